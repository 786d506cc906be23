import type { EpochMs, Fen } from "../../units.ts";
import type { CartLine } from "../goods/cart.ts";
import type { Agent, Credential, Sale, Verification } from "../sale.ts";
import type { Store, Till } from "../stores/store.ts";

/** A line as the cashier has scanned it. */
export interface ScannedLine {
  readonly id: string;
  readonly line: CartLine;
  readonly codes: readonly string[];
}

/** Fen by who pays. */
export interface Shares {
  readonly pooled: Fen;
  readonly account: Fen;
  readonly familyAccount: Fen;
  readonly cash: Fen;
}

/** A sale at a till, ready to be written down. */
export interface Presentation {
  readonly id: string;
  readonly at: EpochMs;
  readonly store: Store;
  readonly till: Till;
  readonly cashier: string;
  readonly sale: Sale;
  readonly lines: readonly ScannedLine[];
  readonly total: Fen;
  readonly shares: Shares;
}

/** The same wish again, after an answer that asked for more. */
export interface Again {
  readonly id: string;
  readonly at: EpochMs;
  readonly supersedes?: string;
  readonly verification?: Verification;
  readonly agent?: Agent;
  readonly override?: { readonly code: string; readonly approver: string };
  readonly credential?: Credential;
  readonly lines?: readonly ScannedLine[];
}

/** A replay line without its time. */
export interface Message {
  readonly op: string;
  readonly swipeId?: string;
  readonly body?: unknown;
  /** RFC 7386, over the body of the check that is followed. */
  readonly change?: unknown;
}

/** What a till can say in its language. */
export interface TillForm {
  check(presented: Presentation, stage: "settle" | "inquiry"): Message;
  again(presented: Presentation, again: Again): Message;
  /** NHSA settled; undefined where this till tells nobody. */
  settled(presented: Presentation, swipeId: string, at: EpochMs): Message | undefined;
  /** The codes of a settled sale, where they are sent later. */
  upload(presented: Presentation, swipeId: string, id: string, at: EpochMs): Message | undefined;
  /** The answer was lost, or nothing came of it: what was reserved is let go. */
  undone(presented: Presentation, swipeId: string, id: string, at: EpochMs): Message;
  /** A settled sale comes back whole. */
  returned(presented: Presentation, swipeId: string, id: string, at: EpochMs): Message;
  /** The boxes that came back, where codes are sent apart. */
  returnUpload(
    presented: Presentation,
    swipeId: string,
    id: string,
    at: EpochMs,
  ): Message | undefined;
  /** One box of a line comes back; undefined where the language has no word for it. */
  partReturned(
    presented: Presentation,
    swipeId: string,
    id: string,
    at: EpochMs,
  ): Message | undefined;
}

export function settlementIdOf(swipeId: string): string {
  return `S${swipeId.slice(1)}`;
}

export function visitIdOf(swipeId: string): string {
  return `V${swipeId.slice(1)}`;
}

export function totalOf(lines: readonly ScannedLine[], amount: (line: CartLine) => Fen): Fen {
  return lines.reduce((sum, { line }) => sum + amount(line), 0);
}

export function yuan(fen: Fen): number {
  return fen / 100;
}
