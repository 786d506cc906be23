import type { FeatureDefinition } from "./definition.ts";
import { ABSENT, NOTHING } from "./definition.ts";
import type { Parameters } from "./parameters.ts";

/**
 * Something a rule of the catalogue needs and nobody tells the guard: the rule can be written down and read, and no
 * active rule may use it. `why` says who would have to say it, or where it is done instead.
 */
export function notHere(parameters: Parameters): FeatureDefinition {
  const why = parameters.sentence("why");
  return {
    type: parameters.word("type", ["number", "boolean", "string"] as const, "boolean"),
    scope: "swipe",
    kind: "swipe",
    bound: "exact",
    needs: NOTHING,
    unavailable: why,
    read: () => ABSENT,
  };
}
