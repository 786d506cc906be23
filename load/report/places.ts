import { LOG_WIDTH } from "../../src/counters/entry-layouts.ts";
import {
  ANSWER_KEPT,
  LEDGER_KEPT,
  LOG_ENTRIES_A_SWIPE,
  LOG_EXACT_MAX,
  TRACE_BUCKET_BITS,
  TRACE_KEPT,
} from "../../src/counters/limits.ts";
import type { Assumptions, Kept } from "./capacity.ts";

/** China: what the shares of a city and a province are taken from. */
const NATION = { persons: 1_400_000_000, pharmacies: 480_000 } as const;

/** Holds for every place. */
const EVERYWHERE = {
  swipesADay: 150,
  codes: 2.2,
  articles: 1_000,
  logs: 15,
  logBytes: LOG_EXACT_MAX * LOG_ENTRIES_A_SWIPE * LOG_WIDTH,
  busiestHour: 0.134,
  worstDay: 2,
  busy: 0.5,
  zones: 3,
  shardBytes: 25e9,
  replicas: 1,
  kafkaCopies: 3,
  diskRoom: 1.3,
  partitionsLeast: 12,
} as const;

export interface Place {
  readonly name: string;
  readonly given: Assumptions;
}

function placeOf(name: string, persons: number): Place {
  const pharmacies = Math.round((NATION.pharmacies * persons) / NATION.persons);
  return { name, given: { ...EVERYWHERE, persons, pharmacies } };
}

export const PLACES: readonly Place[] = [
  placeOf("a city of 10 million", 10_000_000),
  placeOf("a province of 60 million", 60_000_000),
  placeOf("the nation", NATION.persons),
];

export const KEPT: Kept = {
  codes: TRACE_KEPT,
  ledger: LEDGER_KEPT,
  answer: ANSWER_KEPT,
  /** Retention of the topics the guard makes: as long as a trace code, so that a memory can be rebuilt whole. */
  record: TRACE_KEPT,
  codesABucket: 64,
  bucketBits: TRACE_BUCKET_BITS,
  /** GUARD_JOURNAL_MAX by default. */
  journalBytes: 10e9,
};

/** Each assumption with where it is from, for the reader. */
export const SOURCES: readonly (readonly [what: string, value: string, from: string])[] = [
  [
    "designated retail pharmacies",
    "480,000",
    "National Healthcare Security Administration; a city and a province have their share by persons",
  ],
  ["insured persons", "1.4 bn", "all of them buy within 90 days: the upper bound of ledgers"],
  [
    "swipes a pharmacy a day",
    "150",
    "upper bound: with the codes of a swipe it makes five sixths of the 70 bn boxes dispensed a year in all; a store caught in Lanzhou had 196",
  ],
  [
    "trace codes a swipe",
    "2.2",
    "the canonical traffic; inquiries, which keep none, counted like sales",
  ],
  [
    "articles a pharmacy sells in a year",
    "1,000",
    "assumed; each has its name and its last prices",
  ],
  [
    "logs a pharmacy",
    "15, all full",
    "tills, operators and the rest of `src/features/entities.ts`; each at its bound",
  ],
  ["busiest hour", "13.4 % of a day", "the city of `guard simulate`, 10 to 11 in the morning"],
  ["worst day", "2 × an ordinary one", "flu wave, last days of a year; assumed"],
  ["a core at the peak", "50 % busy", "leaves half for what a stall or a lost zone piles up"],
  ["zones", "3, one may be lost", "guards and copies are spread evenly"],
  ["one guard", "one process, about one core", "measured: one thread does nearly all"],
  ["a Redis primary", "25 GB of data", "so that a copy is made in minutes; give the server 40 GB"],
  [
    "copies",
    "1 replica a primary, 3 of each Kafka record",
    "in different zones; `min.insync.replicas` 2",
  ],
  [
    "kept",
    "codes and records 400 days, ledgers and locators 90, answers 1",
    "`src/counters/limits.ts`, `src/audit/kafka/topics.ts`",
  ],
  [
    "a Kafka partition",
    "one reader, at a guard's cost a swipe",
    "12 at least, as the guard makes them; the number is fixed at birth",
  ],
  ["room on Kafka's disks", "30 %", "assumed"],
];
