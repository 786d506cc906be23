import type { Position } from "../features/plan.ts";
import type { FeatureValue, Reading } from "../features/vector.ts";
import type { Comparison, Condition } from "./compile.ts";
import { compileCondition } from "./compile.ts";
import { IS_TRUE } from "./kleene.ts";
import type { DraftLevel, LevelLimits, RaisedLevel } from "./rule.ts";

/** Enough for every rule of single comparisons; more than this is not tried out. */
const COMBINATIONS_MAX = 20_000;
/** Away from every threshold, so that a text not written in the policy is tried too. */
const OTHER_TEXT = "\u0000";

/**
 * The levels that can never be the answer: whatever is seen, they do not hold, or a higher one does too.
 * Tried out on every value that matters (each threshold, just below and just above it) when all comparisons are of one
 * feature with a plain value; else only conditions spelled alike are found.
 */
export function unreachableLevels(
  levels: readonly DraftLevel[],
  limits: LevelLimits,
): readonly RaisedLevel[] {
  const positions = localPositions(levels);
  const compiled = levels.map(({ level, condition }) => ({
    level,
    condition: compileCondition(condition, positions, limits[level]),
  }));
  const values = criticalValues(
    compiled.map(({ condition }) => condition),
    positions,
  );
  if (values === undefined) return repeated(levels);
  const reached = new Set<RaisedLevel>();
  for (const row of combinations(values)) {
    const answer = compiled.find(({ condition }) => condition.test(row, row) === IS_TRUE);
    if (answer !== undefined) reached.add(answer.level);
    if (reached.size === levels.length) break;
  }
  return levels.map(({ level }) => level).filter((level) => !reached.has(level));
}

/** Each feature of the rule in a row of its own. */
function localPositions(levels: readonly DraftLevel[]): ReadonlyMap<string, Position> {
  const names = new Set(levels.flatMap(({ condition }) => condition.features));
  return new Map([...names].map((name, index) => [name, { scope: "swipe", index }]));
}

/** A lower level spelled as a higher one. */
function repeated(levels: readonly DraftLevel[]): readonly RaisedLevel[] {
  return levels
    .filter(({ condition }, index) =>
      levels.slice(0, index).some((higher) => isSame(higher.condition, condition)),
    )
    .map(({ level }) => level);
}

/** Only where no `limit` makes equal spellings differ. */
function isSame(a: DraftLevel["condition"], b: DraftLevel["condition"]): boolean {
  return a.text === b.text && !/\blimit\b/.test(a.text);
}

/** By place in the row: the values on both sides of every threshold; undefined when they cannot be listed. */
function criticalValues(
  conditions: readonly Condition[],
  positions: ReadonlyMap<string, Position>,
): readonly (readonly Reading[])[] | undefined {
  const byFeature = new Map<string, FeatureValue[]>(
    [...positions.keys()].map((name) => [name, []]),
  );
  for (const comparison of conditions.flatMap(({ comparisons }) => comparisons)) {
    const { feature, constant } = comparison;
    if (feature === undefined || constant === undefined) return undefined;
    byFeature.get(feature)?.push(constant);
  }
  if (conditions.some(({ text }) => text.includes(" in "))) return undefined;
  const rows = [...byFeature.values()].map((constants) =>
    around(constants).map((known): Reading => ({ known })),
  );
  const total = rows.reduce((product, row) => product * row.length, 1);
  return total > COMBINATIONS_MAX ? undefined : rows;
}

function around(constants: readonly FeatureValue[]): readonly FeatureValue[] {
  const texts = constants.filter((constant) => typeof constant === "string");
  if (texts.length > 0) return [...new Set([...texts, OTHER_TEXT])];
  const numbers = [...new Set(constants.filter((constant) => typeof constant === "number"))].sort(
    (a, b) => a - b,
  );
  // Booleans stand in conditions by themselves and leave no constant.
  if (numbers.length === 0) return [true, false];
  const values = new Set<number>([(numbers[0] ?? 0) - 1]);
  numbers.forEach((number, index) => {
    values.add(number);
    values.add((number + (numbers[index + 1] ?? number + 2)) / 2);
  });
  return [...values];
}

function* combinations(values: readonly (readonly Reading[])[]): Generator<readonly Reading[]> {
  const [first, ...rest] = values;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of combinations(rest)) for (const value of first) yield [value, ...tail];
}

/** Thresholds of a condition: which feature, against which number. */
export function thresholds(
  condition: Condition,
): readonly (Comparison & { readonly constant: number; readonly feature: string })[] {
  return condition.comparisons.filter(isThreshold);
}

function isThreshold(
  comparison: Comparison,
): comparison is Comparison & { readonly constant: number; readonly feature: string } {
  return typeof comparison.constant === "number" && comparison.feature !== undefined;
}
