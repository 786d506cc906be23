import type { Position } from "../features/plan.ts";
import type { FeatureValue, Reading } from "../features/vector.ts";
import type { Comparison, Condition } from "./compile.ts";
import { IS_TRUE } from "./kleene.ts";

type Row = readonly Reading[];

/** How many decimals evidence may need until a value is told from its limit. */
const DECIMALS_MAX = 6;

/** What was seen by the condition that held, and the limit it was held against. */
export function evidenceOf(
  condition: Condition,
  positions: ReadonlyMap<string, Position>,
  swipe: Row,
  line: Row,
): Readonly<Record<string, FeatureValue>> {
  const bound = limitOf(decisive(condition, swipe, line), swipe, line);
  const limit = bound === undefined ? undefined : rounded(bound, undefined);
  const evidence: Record<string, FeatureValue> = {};
  for (const name of condition.features) {
    const reading = readingOf(name, { positions }, swipe, line);
    if (typeof reading === "object") evidence[name] = rounded(reading.known, limit);
  }
  if (limit !== undefined) evidence["limit"] = limit;
  return evidence;
}

/** What a vector's row says of a feature; undefined for one that is not in the plan. */
export function readingOf(
  name: string,
  { positions }: { readonly positions: ReadonlyMap<string, Position> },
  swipe: Row,
  line: Row,
): Reading | undefined {
  const position = positions.get(name);
  return position && (position.scope === "swipe" ? swipe : line)[position.index];
}

/** The first comparison of numbers that held; where none did (under a negation), the first there is. */
function decisive(condition: Condition, swipe: Row, line: Row): Comparison | undefined {
  const numeric = condition.comparisons.filter(
    (comparison) => limitOf(comparison, swipe, line) !== undefined,
  );
  return numeric.find(({ test }) => test(swipe, line) === IS_TRUE) ?? numeric[0];
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
