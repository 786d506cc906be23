import type { ShanghaiDay } from "../../units.ts";
import type { Product } from "../goods/drug.ts";

/** A medicine somebody takes every day. */
export interface Regimen {
  readonly product: Product;
  /** Days one pack lasts this person: some take half, some take double. */
  readonly packDays: number;
  /** What is at home is used up on this day (a fraction of days is kept). */
  until: number;
}

export interface Person {
  readonly index: number;
  /** psn_no, 20 digits. */
  readonly number: string;
  readonly idNumber: string;
  /** yyyy-MM-dd */
  readonly birth: string;
  readonly age: number;
  readonly sex: "1" | "2";
  readonly insuredArea: string;
  /** 310 employees, 390 residents. */
  readonly insurance: "310" | "390";
  readonly employer: string | undefined;
  /** Another one after the card was stolen. */
  cardNumber: string;
  /** Changes when the card is replaced. */
  cardSn: string;
  /** Fen in the personal account. */
  balance: number;
  /** Pharmacies nearby, the usual one first; indexes of the store map. */
  readonly stores: readonly number[];
  /** Shows the telephone's code rather than the card, this often. */
  readonly tokenShare: number;
  readonly disease: string | undefined;
  /** The disease is on the file of the insurance. */
  readonly filed: boolean;
  readonly regimens: readonly Regimen[];
  /** Twelve weeks at a time. */
  readonly longPrescriptions: boolean;
  /** Who fetches for this one: another person's index. */
  readonly fetchedBy: number | undefined;
  /** Whom this one fetches for. */
  readonly fetchesFor: number[];
  /** Index of the care home. */
  readonly careHome: number | undefined;
  /** Works in this store. */
  readonly worksAt: number | undefined;
  /** Visits a year for a passing illness. */
  readonly illnesses: number;
  /** Lives here and works in the city. */
  readonly commutes: boolean;
  /** Dead or in hospital, up to and without this day: whoever swipes is somebody else. */
  goneUntil: ShanghaiDay;
  /** Had something on this day and bought something for it. */
  illOn: ShanghaiDay;
  /** Bottles at home that last for weeks, by drug: used up on this day. */
  readonly cupboard: Map<string, ShanghaiDay>;
  /** Away from home until this day. */
  awayUntil: ShanghaiDay;
  /** Stores at hand while away. */
  awayStores: readonly number[];
}

export function paysFromAccount(person: Person): boolean {
  return person.insurance === "310";
}
