import { createHash } from "node:crypto";

/** A line of a basket: `packs(DRUG.aspirin, 2)`. Every field but the first two has a harmless default (fill.ts). */
export interface Packs {
  readonly drug: string;
  readonly quantity: number;
  readonly days?: number;
  /** A fresh one a pack, where the drug has codes. */
  readonly codes?: readonly string[];
  readonly pieces?: boolean;
  readonly split?: boolean;
  /** Prescription drugs get one; null: none. */
  readonly rx?: Rx | null;
  /** Yuan a unit; ten. */
  readonly price?: number;
  /** The store's article; the drug's own. */
  readonly sku?: string | null;
  /** rx_flag; what drugs.csv says. */
  readonly prescriptionDrug?: boolean | null;
  /** 1 compound, 2 single; slices: 1. */
  readonly tcmUse?: string;
  /** 1, 2, 3 (self-paid). */
  readonly chargeLevel?: string;
  readonly lot?: string;
  /** Two years from now. */
  readonly expires?: string | null;
}

/** What is left out is filled: a doctor of the person's own, issued an hour ago, for this much. Null: not said. */
export interface Rx {
  readonly number?: string;
  readonly prescriber?: string | null;
  readonly quantity?: number | null;
  readonly long?: boolean;
  /** China local: `2026-11-21 09:00:00`. */
  readonly issued?: string | null;
  /** Through the electronic centre; true. */
  readonly external?: boolean | null;
  readonly source?: string | null;
}

/** Yuan. What is not named is paid from the personal account. */
export interface Paid {
  readonly pooled?: number;
  readonly account?: number;
  readonly familyAccount?: number;
  readonly cash?: number;
}

export interface Agent {
  readonly id?: string | null;
  readonly relation?: string;
  readonly registered?: boolean;
}

/** What a till asks. Whatever a story does not care about has a harmless default (fill.ts); null: not said. */
export interface Ask {
  readonly id?: string;
  /** A name: number, card and chip are made of it. */
  readonly person?: string;
  /** The person's number itself, where a list names it. */
  readonly number?: string;
  readonly status?: string | null;
  readonly sex?: "1" | "2" | "9" | null;
  readonly birthDate?: string | null;
  readonly employer?: string;
  readonly insuredArea?: string;
  readonly insurance?: string;
  /** Yuan. */
  readonly balance?: number | null;
  readonly shop?: string;
  readonly till?: string;
  readonly device?: string | null;
  readonly operator?: string;
  /** 1 clerk, 2 self-service, 3 mobile. */
  readonly operatorType?: string | null;
  readonly pharmacist?: string | null;
  /** Type 01 with this one-time token. */
  readonly token?: string;
  /** Native only. */
  readonly tokenIssued?: string;
  /** Type 02 with this number; birth date and sex are then its own. */
  readonly idCard?: string;
  /** Type 03 with this number; the default is a card of the person's own. */
  readonly card?: string;
  readonly cardSn?: string | null;
  readonly basket?: readonly Packs[];
  readonly disease?: string;
  readonly medicalType?: string;
  readonly channel?: string;
  readonly verified?: readonly [method: string, outcome: string];
  readonly agent?: Agent;
  readonly funds?: Paid | null;
  readonly override?: readonly [code: string, approver: string];
  /** The earlier check this one replaces. */
  readonly supersedes?: { readonly ask: { readonly id: string } };
  /** How far the stated total is from the sum of the lines, yuan. */
  readonly totalOff?: number;
  /** What the till's own clock shows, China local. */
  readonly tillClock?: string;
  /** NHSA only: the message carries no `drugtracinfo` at all. */
  readonly codesLater?: boolean;
  /** NHSA only: no line says what it counts (`min_prcunt_type`). */
  readonly unitUnsaid?: boolean;
}

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

/** An identity card's number that checks (GB 11643): of somebody born on this day, of this sex (1, 2). */
export function idCardOf(birthDate: string, sex: "1" | "2"): string {
  const first = `210102${birthDate.replaceAll("-", "")}00${sex}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(first[index]), 0);
  return `${first}${"10X98765432"[sum % 11]}`;
}

export function digitsOf(name: string, length: number): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return BigInt(`0x${hex}`).toString().slice(0, length);
}

/** `yyyy-MM-dd HH:mm:ss[.SSS]` in China. */
export function chinaTime(time: string): number {
  return Date.parse(`${time.replace(" ", "T")}+08:00`);
}

const CHINA_OFFSET_MS = 8 * 3_600_000;

/** RFC 3339 with China's offset. */
export function chinaText(at: number): string {
  return new Date(at + CHINA_OFFSET_MS).toISOString().replace("Z", "+08:00");
}

export function amountOf({ quantity, price }: { quantity: number; price: number }): number {
  return Math.round(quantity * price * 100) / 100;
}
