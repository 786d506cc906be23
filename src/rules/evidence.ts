import type { FeatureValue, Reading } from "../features/vector.ts";
import type { Comparison, Condition, Place } from "./compile.ts";
import { IS_TRUE } from "./kleene.ts";

type Row = readonly Reading[];

/** How many decimals evidence may need until a value is told from its limit. */
const DECIMALS_MAX = 6;

/** What was seen by the condition that held, and the limit it was held against. */
export function evidenceOf(
  condition: Condition,
  swipe: Row,
  line: Row,
): Readonly<Record<string, FeatureValue>> {
  const bound = limitOf(decisive(condition, swipe, line), swipe, line);
  const limit = bound === undefined ? undefined : rounded(bound, undefined);
  const evidence: Record<string, FeatureValue> = {};
  for (const place of condition.places) {
    const reading = readingAt(place, swipe, line);
    if (typeof reading === "object") evidence[place.name] = rounded(reading.known, limit);
  }
  if (limit !== undefined) evidence["limit"] = limit;
  return evidence;
}

/** What a vector says of a feature; undefined where there is no line. */
export function readingAt({ scope, index }: Place, swipe: Row, line: Row): Reading | undefined {
  return (scope === "swipe" ? swipe : line)[index];
}

/** The first comparison of numbers that held; where none did (under a negation), the first there is. */
function decisive(condition: Condition, swipe: Row, line: Row): Comparison | undefined {
  let first: Comparison | undefined;
  for (const comparison of condition.comparisons) {
    if (limitOf(comparison, swipe, line) === undefined) continue;
    if (comparison.test(swipe, line) === IS_TRUE) return comparison;
    first ??= comparison;
  }
  return first;
}

function limitOf(comparison: Comparison | undefined, swipe: Row, line: Row): number | undefined {
  const bound = comparison?.bound(swipe, line);
  return typeof bound === "number" ? bound : undefined;
}

/** How far beyond its limit a line is, to tell the worst of several: a ratio, 0 where nothing is measured. */
export function excess(condition: Condition, swipe: Row, line: Row): number {
  const comparison = decisive(condition, swipe, line);
  const limit = limitOf(comparison, swipe, line);
  const value = comparison?.subject(swipe, line);
  if (comparison === undefined || limit === undefined || typeof value !== "number") return 0;
  const [above, below] = comparison.isUpper ? [value, limit] : [limit, value];
  return below === 0 ? above : above / below;
}

/** One decimal is enough to read; more only where a value would otherwise look like its limit. */
function rounded<T extends FeatureValue>(value: T, limit: FeatureValue | undefined): T | number {
  if (typeof value !== "number") return value;
  // Most evidence is a count, and writing decimals to read them back is dear.
  if (Number.isInteger(value)) return value === 0 ? 0 : value;
  for (let decimals = 1; decimals < DECIMALS_MAX; decimals += 1) {
    const short = Number(value.toFixed(decimals));
    if (value === limit || short !== limit) return short;
  }
  return value;
}
