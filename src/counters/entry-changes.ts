import type { Bytes, EpochMs, Fen, TenThousandths } from "../units.ts";
import type {
  Attempt,
  ClaimState,
  DrugKey,
  LedgerEntry,
  LedgerLine,
  PersonKey,
  SwipeKey,
  TallyMove,
} from "./contract.ts";

// What happens to a sale after its check: found, read, changed.

export interface Located {
  readonly person: PersonKey;
  readonly pharmacy: string;
  readonly at: EpochMs;
  readonly claims: readonly LocatedClaim[];
}

export interface LocatedClaim {
  readonly kind: "trace" | "split" | "prescription" | "token";
  readonly line: number;
  /** 10 pseudonym bytes. */
  readonly id: Bytes;
}

export interface StoredEntry {
  readonly entry: LedgerEntry | undefined;
  /** The whole ledger, for finding the other steps of a sale. */
  readonly ledger: readonly LedgerEntry[];
  readonly attempts: readonly Attempt[];
  readonly answer: Bytes | undefined;
  readonly returns: ReturnsSheet | undefined;
}

/** Kept only for swipes returned in part: what was dispensed at first, and which reversals were applied. */
export interface ReturnsSheet {
  readonly original: readonly LedgerLine[];
  /** What the fund paid of it. */
  readonly fund?: Fen;
  /** Digests of the last eight reversals, oldest first. */
  readonly reversals: readonly string[];
  /** 10 bytes of each trace code that came back with a part. */
  readonly codes?: readonly Bytes[];
}

export type ClaimMove = LocatedClaim & {
  /** `released`: nobody's. What is reserved, presumable or sold is claimed anew where it was let go before. */
  readonly to: ClaimState | "released";
  /** A prescription's use of one drug, and what is left of it. */
  readonly use?: { readonly drug: DrugKey; readonly quantity: TenThousandths };
};

export interface EntryChange {
  readonly person: PersonKey;
  readonly swipe: SwipeKey;
  readonly pharmacy: string;
  readonly at: EpochMs;
  /** As read; when it no longer stands the change is refused and nothing else is written. */
  readonly before: LedgerEntry;
  readonly after: LedgerEntry;
  readonly returns: ReturnsSheet | undefined;
  readonly claims: readonly ClaimMove[];
  readonly tallies: readonly TallyMove[];
  /** Codes that came after the check: a later return must find them with the swipe. */
  readonly lateClaims?: readonly LocatedClaim[];
}

export type Changed =
  /** `incomplete`: the entry is changed, and some of its claims or tallies may not be: see `completeChange`. */
  | { readonly changed: true; readonly personSeq: number; readonly incomplete?: true }
  | { readonly changed: false };
