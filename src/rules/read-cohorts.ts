import { TOGETHER_MAX } from "../features/flag-features.ts";
import { DAY } from "../units.ts";
import type { CohortLimits } from "./indicators.ts";
import type { MapReader } from "./map-reader.ts";
import { readNumber, readSpan } from "./read-number.ts";

/** The policy's `cohorts`; undefined where it has none, and then nobody is looked for. */
export function readCohorts(policy: MapReader): CohortLimits | undefined {
  const map = policy.map("cohorts");
  if (map === undefined) return undefined;
  const together = readSpan(map, "together", TOGETHER_MAX);
  const days = readNumber(map, "days", { min: 2, max: 30, whole: true });
  const within = readSpan(map, "within", 60 * DAY);
  const told = readNumber(map, "told", { min: 3, max: 32, whole: true });
  map.text("source");
  map.finish();
  if (together === undefined || days === undefined) return undefined;
  return within === undefined || told === undefined ? undefined : { together, days, within, told };
}
