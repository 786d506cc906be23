import type { Memory, Observation } from "../counters/contract.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { FeaturePlan } from "./plan.ts";
import { NO_LINE, ReadContext } from "./read-context.ts";
import { readRow } from "./row-reads.ts";
import type { FeatureVector, Reading } from "./vector.ts";

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
  const whole = readRow(plan.reads.swipe, context, NO_LINE);
  const lines: (readonly Reading[])[] = [];
  for (const facts of context.lines()) lines.push(readRow(plan.reads.lines, context, facts));
  return { swipe: whole, lines };
}
