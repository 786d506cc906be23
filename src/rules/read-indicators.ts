import type { FaultList } from "./fault.ts";
import type { Indicator, LeastVolume } from "./indicators.ts";
import { MEASURES } from "./indicators.ts";
import { MapReader } from "./map-reader.ts";
import { readNumber } from "./read-number.ts";

/** More than the catalogue has, few enough for a gauge each. */
const INDICATORS_MAX = 20;
const ID = /^[A-Z]{2}-\d{2}$/;
/** What an indicator's book remembers of a pharmacy. */
export const INDICATOR_DAYS_MAX = 28;
const LEAST = ["sales", "persons", "reversals", "yuan"] as const;

/** The policy's list of indicators; empty where it has none. */
export function readIndicators(policy: MapReader, faults: FaultList): readonly Indicator[] {
  const entry = policy.entry("indicators");
  if (entry === undefined) return [];
  if (entry.value.form !== "list") {
    policy.fault(entry.line, "indicators must be a list");
    return [];
  }
  if (entry.value.items.length > INDICATORS_MAX)
    policy.fault(entry.line, `at most ${INDICATORS_MAX} indicators`);
  const seen = new Set<string>();
  return entry.value.items.slice(0, INDICATORS_MAX).flatMap((item) => {
    if (item.form !== "map") {
      faults.add(item.line, "an indicator is a map");
      return [];
    }
    const indicator = readIndicator(new MapReader(item, "indicator: ", faults));
    if (indicator === undefined) return [];
    if (seen.has(indicator.id)) faults.add(item.line, `indicator ${indicator.id} is there twice`);
    seen.add(indicator.id);
    return [indicator];
  });
}

function readIndicator(map: MapReader): Indicator | undefined {
  const id = map.text("id", ID, "an id such as AG-01");
  const name = map.bilingual("name");
  if (map.entry("measure") === undefined) map.fault(map.line, "measure is missing");
  const measure = map.word("measure", MEASURES, "fundGrowth");
  const off = map.entry("off") === undefined ? undefined : map.text("off");
  const over = readNumber(map, "over", { min: 0, max: 1_000 });
  const days = readNumber(map, "days", { min: 1, max: INDICATOR_DAYS_MAX, whole: true });
  const history = readNumber(map, "history", { min: 0, max: 365, whole: true });
  const beyondArea = optional(map, "beyondArea");
  const timesArea = optional(map, "timesArea");
  const least = readLeast(map.map("least"));
  map.text("source");
  map.finish();
  if (id === undefined || name === undefined) return undefined;
  if (over === undefined || days === undefined || history === undefined) return undefined;
  return { id, name, measure, over, days, history, least, beyondArea, timesArea, off };
}

function optional(map: MapReader, key: string): number | undefined {
  if (map.entry(key) === undefined) return undefined;
  return readNumber(map, key, { min: 0, max: 1_000 });
}

function readLeast(map: MapReader | undefined): LeastVolume {
  if (map === undefined) return {};
  const least: { -readonly [K in keyof LeastVolume]: LeastVolume[K] } = {};
  for (const key of LEAST) {
    if (map.entry(key) === undefined) continue;
    const value = readNumber(map, key, { min: 0, max: 10_000_000 });
    if (value !== undefined) least[key] = value;
  }
  map.finish();
  return least;
}
