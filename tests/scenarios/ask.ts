import { createHash } from "node:crypto";

/** A line of a basket: `packs(DRUG.aspirin, 2)`. Packs get a code each unless told otherwise. */
export interface Packs {
  readonly drug: string;
  readonly quantity: number;
  readonly days?: number;
  readonly codes?: readonly string[];
  readonly pieces?: boolean;
  readonly split?: boolean;
  readonly rx?: Rx;
  readonly price?: number;
}

export interface Rx {
  readonly number: string;
  readonly prescriber?: string;
  readonly quantity?: number;
  readonly long?: boolean;
}

/** What a till asks. Whatever a story does not care about has a harmless default. */
export interface Ask {
  readonly id?: string;
  readonly person?: string;
  /** The person's number itself, where a list names it. */
  readonly number?: string;
  readonly status?: string;
  readonly shop?: string;
  readonly till?: string;
  readonly operator?: string;
  readonly pharmacist?: string;
  /** Type 01 with this one-time token. */
  readonly token?: string;
  readonly tokenIssued?: string;
  /** Type 02 with this number. */
  readonly idCard?: string;
  /** Type 03 with this number; the default is a card of the person's own. */
  readonly card?: string;
  readonly cardSn?: string;
  readonly basket?: readonly Packs[];
  readonly disease?: string;
  readonly medicalType?: string;
  readonly verified?: readonly [method: string, outcome: string];
  readonly agent?: { readonly id?: string; readonly registered?: boolean };
  readonly override?: readonly [code: string, approver: string];
  /** The earlier check this one replaces. */
  readonly supersedes?: { readonly ask: { readonly id: string } };
  readonly familyAccount?: number;
  readonly employer?: string;
  readonly insuredArea?: string;
  /** How far the stated total is from the sum of the lines, yuan. */
  readonly totalOff?: number;
  /** NHSA only: the message carries no `drugtracinfo` at all. */
  readonly codesLater?: boolean;
}

export type Filled = Ask & {
  readonly id: string;
  readonly at: number;
  readonly inquiry: boolean;
  readonly basket: readonly Packs[];
};

const CHINA_OFFSET_MS = 8 * 3_600_000;

export function packs(
  drug: string,
  quantity: number,
  more: Omit<Packs, "drug" | "quantity"> = {},
): Packs {
  return { drug, quantity, ...more };
}

export function lineId(index: number): string {
  return String(index + 1).padStart(4, "0");
}

/** A person's number: twenty digits of the name's own. */
export function numberOf({ number, person }: Ask): string {
  return number ?? digitsOf(`person ${person ?? "Li"}`, 20);
}

export function digitsOf(name: string, length: number): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return BigInt(`0x${hex}`).toString().slice(0, length);
}

/** `yyyy-MM-dd HH:mm:ss[.SSS]` in China. */
export function chinaTime(time: string): number {
  return Date.parse(`${time.replace(" ", "T")}+08:00`);
}

export function chinaText(at: number): string {
  return new Date(at + CHINA_OFFSET_MS).toISOString().replace("Z", "+08:00");
}
