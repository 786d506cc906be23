import { RULES_MAX } from "../../src/rules/policy.ts";
import { type CurvePlan, oneByOne } from "./curve-plan.ts";
import { measurePoint } from "./curve-point.ts";

const RULES = [10, 20, 50, 100, 200, 500];
const WINDOWS = [1, 4, 12, 24];
/** Eight at each of the twelve kinds of entity. */
const RULES_OVER_WINDOWS = 96;

export const POLICY_CURVES: readonly CurvePlan[] = [
  {
    name: "rules",
    title: "More rules",
    x: "rules in force",
    measure: (ground) =>
      oneByOne(
        ground,
        RULES.filter((rules) => rules <= RULES_MAX),
        (rules) => measurePoint(ground, rules, { policy: { rules } }),
      ),
  },
  {
    name: "windows",
    title: "More windows",
    x: "different windows that 96 counters look back over",
    measure: (ground) =>
      oneByOne(ground, WINDOWS, (windows) =>
        measurePoint(ground, windows, { policy: { rules: RULES_OVER_WINDOWS, windows } }),
      ),
  },
];
