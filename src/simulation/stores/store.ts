import type { ShanghaiDay } from "../../units.ts";

/** How a store's tills speak to the guard. */
export type Form =
  /** The guard's own messages. */
  | "native"
  /** NHSA's messages, trace codes later by 3505. */
  | "mode1"
  /** NHSA's messages with the trace codes beside them. */
  | "mode2";

export type StoreKind =
  | "street"
  | "hospital-gate"
  | "station"
  | "tourist"
  | "factory"
  | "village"
  | "night"
  | "new";

export interface Till {
  readonly id: string;
  /** Serial number of the hardware. */
  readonly device: string;
  /** How far its clock is off, ms. */
  readonly skew: number;
}

/** What a store's software sends of what the interface leaves open. */
export interface Habits {
  readonly verification: boolean;
  readonly tokenTimes: boolean;
  readonly employer: boolean;
  readonly balance: boolean;
  readonly prescriptionTimes: boolean;
  readonly device: boolean;
  /** Tells the guard what the pharmacist did about an answer. */
  readonly acknowledges: boolean;
  /** A trial before each sale. */
  readonly inquires: boolean;
  /** NHSA's answer to 2102 is passed on; otherwise the guard learns by 3505 or by time. */
  readonly passesAnswers: boolean;
}

export interface Store {
  readonly index: number;
  /** P and eleven digits. */
  readonly code: string;
  readonly area: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly kind: StoreKind;
  readonly form: Form;
  readonly tills: readonly Till[];
  /** Counters at work in the rush; more than tills where several share one. */
  readonly counters: number;
  readonly cashiers: readonly string[];
  readonly pharmacists: readonly string[];
  readonly manager: string;
  /** Minutes after midnight; undefined: open all day. */
  readonly hours: { readonly opens: number; readonly closes: number } | undefined;
  /** The first day on which it sells. */
  readonly opened: ShanghaiDay;
  readonly habits: Habits;
  /** How many customers it draws, against a street pharmacy's 1. */
  readonly draw: number;
  /** Keys of drugs it has old stock of, without codes. */
  readonly codeless: readonly string[];
  /** The employer whose people live next door, for a factory store. */
  readonly neighbour?: string;
  readonly suspendedFrom?: ShanghaiDay;
}

export function isOpen(store: Store, minute: number): boolean {
  return store.hours === undefined || (minute >= store.hours.opens && minute < store.hours.closes);
}
