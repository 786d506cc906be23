import type { DurationMs } from "../units.ts";
import type { Bilingual } from "./hit.ts";

/** What an indicator measures of one pharmacy; each is worked out by checkout/indicators/measures.ts. */
export const MEASURES = [
  "averageTicketGrowth",
  "ticketVariation",
  "soldOverPurchased",
  "makerShare",
  "accountOnlyShare",
  "topPersonsShare",
  "fundGrowth",
  "reversalShare",
] as const;
export type Measure = (typeof MEASURES)[number];

/** Numbers below which nothing is said, so that a small store's few sales raise no alarm. */
export interface LeastVolume {
  readonly sales?: number;
  readonly persons?: number;
  readonly reversals?: number;
  readonly yuan?: number;
}

/** A number about a pharmacy that is watched off the answer's path (rules AG-01..07 and RS-07). */
export interface Indicator {
  readonly id: string;
  readonly name: Bilingual;
  readonly measure: Measure;
  /** Raised above this. */
  readonly over: number;
  /** Shanghai days in its window; growth compares it with as many days before. */
  readonly days: number;
  /** Days since the pharmacy's first sale on record before anything is said of it. */
  readonly history: number;
  readonly least: LeastVolume;
  /** By how much it must exceed the same number of the other pharmacies of its prefecture: a flu wave is nobody's fraud. */
  readonly beyondArea: number | undefined;
  /** How many times the other pharmacies' number it must be. */
  readonly timesArea: number | undefined;
  /** Why it is not worked out: the data it waits for. */
  readonly off: string | undefined;
}

/** How persons who appear together are found (rule CF-13). */
export interface CohortLimits {
  /** So close in time that two swipes at one till count as together. */
  readonly together: DurationMs;
  /** Different Shanghai days on which two persons were together before they are linked. */
  readonly days: number;
  /** How far back those days may lie. */
  readonly within: DurationMs;
  /** From this many members on inspectors are told. */
  readonly told: number;
}
