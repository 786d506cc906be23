import type { Memory, Observation } from "../counters/contract.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Seen } from "./definition.ts";
import { ABSENT, MISSING } from "./definition.ts";
import type { FeaturePlan, Read } from "./plan.ts";
import { ReadContext } from "./read-context.ts";
import type { FeatureVector, Reading } from "./vector.ts";

const TRUE: Reading = Object.freeze({ known: true });
const FALSE: Reading = Object.freeze({ known: false });
/** Small counts are most of a vector's numbers, and are shared as true and false are. */
const COUNTS_MAX = 256;
const COUNTS: readonly Reading[] = Array.from({ length: COUNTS_MAX }, (_, known) =>
  Object.freeze({ known }),
);

/**
 * One value a feature, or why there is none. `observation` is what the store was told of this swipe, by the same plan;
 * `memory` undefined means that the store was not heard in time: what only it knows is missing, and what the
 * swipe itself settles (no token, no trace codes) is not.
 */
export function readFeatures(
  plan: FeaturePlan,
  swipe: PseudonymisedSwipe,
  observation: Observation,
  memory: Memory | undefined,
  reference: ReferenceBundle,
): FeatureVector {
  const context = new ReadContext(swipe, observation, memory, reference);
  const whole = readRow(plan.reads.swipe, context, 0);
  const lines: (readonly Reading[])[] = [];
  for (let line = 0; line < swipe.lines.length; line += 1)
    lines.push(readRow(plan.reads.lines, context, line));
  return { swipe: whole, lines };
}

function readRow(reads: readonly Read[], context: ReadContext, line: number): readonly Reading[] {
  const row = new Array<Reading>(reads.length);
  for (let i = 0; i < reads.length; i += 1) {
    const read = reads[i];
    if (read !== undefined) row[i] = toReading(read(context, line));
  }
  return row;
}

function toReading(seen: Seen): Reading {
  if (seen === true) return TRUE;
  if (seen === false) return FALSE;
  if (seen === ABSENT) return "absent";
  if (seen === MISSING) return "missing";
  // An index that is no whole number would be looked up as a text.
  const isCount = typeof seen === "number" && seen >>> 0 === seen && seen < COUNTS_MAX;
  return (isCount && COUNTS[seen]) || { known: seen };
}
