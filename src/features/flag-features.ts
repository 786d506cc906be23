import type { FlagKind } from "../counters/contract.ts";
import { FLAG_KEPT } from "../counters/limits.ts";
import { type DurationMs, MINUTE } from "../units.ts";
import type { FeatureDefinition, Needs, Seen } from "./definition.ts";
import { MISSING } from "./definition.ts";
import { FLAGS } from "./grounds.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";

/** How far a till's log reaches back for those who look for groups of cards in it (the policy's `cohorts`). */
export const TOGETHER_MAX: DurationMs = 15 * MINUTE;
/** A sale with credential and scan takes 60 to 90 s, so 15 minutes see about 15 persons at a till. */
const TOGETHER_EXACT = 64;

/** What was found out about the person off the answer's path, within a window. */
function flagFeature(
  parameters: Parameters,
  kind: FlagKind,
  join: (so: number, value: number) => number,
  needs: Needs = { flags: true },
): FeatureDefinition {
  const window = parameters.duration("window", FLAG_KEPT);
  return {
    type: "number",
    scope: "swipe",
    kind: "store",
    bound: "exact",
    needs,
    rests: { on: FLAGS, without: 0 },
    read({ memory, at }): Seen {
      const flags = memory?.flags;
      if (flags === undefined) return MISSING;
      let value = 0;
      for (const flag of flags)
        if (flag.kind === kind && inWindow(flag.at, at, window)) value = join(value, flag.value);
      return value;
    },
  };
}

/**
 * Members of the largest group of cards this person was seen in (rule CF-13); 0 where there is none. Groups are found
 * behind the answers, among those whom the till's log names.
 */
export const cohortSize = (parameters: Parameters) =>
  flagFeature(parameters, "cohort", Math.max, {
    flags: true,
    log: { entity: "terminal", window: TOGETHER_MAX, exact: TOGETHER_EXACT },
  });

/** How often a trace code that was sold again elsewhere had been bought by this person first (rule RS-03). */
export const firstBuyerFindings = (parameters: Parameters) =>
  flagFeature(parameters, "firstBuyer", (so) => so + 1);
