import type { Memory, Observation } from "../counters/contract.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Seen } from "./definition.ts";
import { ABSENT, MISSING } from "./definition.ts";
import type { FeaturePlan, PlannedFeature } from "./plan.ts";
import { ReadContext } from "./read-context.ts";
import type { FeatureVector, Reading } from "./vector.ts";

const TRUE: Reading = Object.freeze({ known: true });
const FALSE: Reading = Object.freeze({ known: false });

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
  return {
    swipe: readRow(plan.swipe, context, 0),
    lines: swipe.lines.map((_, line) => readRow(plan.lines, context, line)),
  };
}

function readRow(
  features: readonly PlannedFeature[],
  context: ReadContext,
  line: number,
): readonly Reading[] {
  return features.map(({ definition }) => toReading(definition.read(context, line)));
}

function toReading(seen: Seen): Reading {
  if (seen === true) return TRUE;
  if (seen === false) return FALSE;
  if (seen === ABSENT) return "absent";
  if (seen === MISSING) return "missing";
  return { known: seen };
}
