import { isCivilDate } from "../swipe/calendar.ts";

/** What a city is made from. The same options give the same city, byte for byte. */
export interface CityOptions {
  readonly seed: number;
  readonly pharmacies: number;
  readonly persons: number;
  readonly days: number;
  /** First day, yyyy-MM-dd in Shanghai. */
  readonly start: string;
  /** Days of honest life alone at the beginning: baselines need fourteen days of history. */
  readonly quietDays: number;
  /** Episodes of fraud against the default's 1; 0 is an honest city. */
  readonly fraud: number;
  /** 0: all are clumsy; 1: all keep just under what they believe the limits to be. */
  readonly cunning: number;
  /** How much people buy, against the default's 1. */
  readonly demand: number;
  /** How often honest life leaves the usual: mistakes, early refills, lost cards; against the default's 1. */
  readonly mishaps: number;
  /** Only these schemes; empty: all. */
  readonly schemes: readonly string[];
}

export const CITY_DEFAULTS: CityOptions = {
  seed: 1,
  pharmacies: 60,
  persons: 30_000,
  days: 60,
  start: "2026-11-01",
  quietDays: 14,
  fraud: 1,
  cunning: 0.35,
  demand: 1,
  mishaps: 1,
  schemes: [],
};

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

const RANGES: Readonly<Record<string, Range>> = {
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
  pharmacies: { min: 2, max: 5_000, whole: true },
  persons: { min: 200, max: 2_000_000, whole: true },
  days: { min: 1, max: 400, whole: true },
  quietDays: { min: 0, max: 400, whole: true },
  fraud: { min: 0, max: 50 },
  cunning: { min: 0, max: 1 },
  demand: { min: 0.05, max: 20 },
  mishaps: { min: 0, max: 20 },
};

/** Everything that is wrong with the options, one sentence each. */
export function optionFaults(options: CityOptions, schemes: readonly string[]): string[] {
  const faults: string[] = [];
  for (const [name, range] of Object.entries(RANGES)) {
    const kind = range.whole ? "a whole number" : "a number";
    if (!isWithin(options[name as keyof CityOptions], range))
      faults.push(`${name} must be ${kind} from ${range.min} to ${range.max}.`);
  }
  if (!isCivilDate(options.start)) faults.push("start must be a day written yyyy-MM-dd.");
  for (const scheme of options.schemes) {
    if (!schemes.includes(scheme))
      faults.push(`There is no scheme named ${scheme}: ${schemes.join(", ")}.`);
  }
  return faults;
}

function isWithin(value: unknown, { min, max, whole }: Range): boolean {
  if (typeof value !== "number" || !(value >= min && value <= max)) return false;
  return Number.isFinite(value) && (!whole || Number.isInteger(value));
}
