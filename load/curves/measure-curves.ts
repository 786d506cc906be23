import { BenchOptionsError } from "../options.ts";
import type { Curve } from "../report/curve.ts";
import { BASKET_CURVES } from "./basket-curves.ts";
import type { CurvePlan } from "./curve-plan.ts";
import type { CurveGround } from "./curve-point.ts";
import { PERSON_CURVES } from "./person-curves.ts";
import { POLICY_CURVES } from "./policy-curves.ts";
import { SERVER_CURVES } from "./server-curves.ts";
import { whyOf } from "./why.ts";

export const CURVES: readonly CurvePlan[] = [
  ...POLICY_CURVES,
  ...BASKET_CURVES,
  ...PERSON_CURVES,
  ...SERVER_CURVES,
];

/** @param only names of curves; all where there are none */
export function curvesNamed(only: readonly string[]): readonly CurvePlan[] {
  const names = CURVES.map(({ name }) => name);
  const stranger = only.find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new BenchOptionsError(`no curve is called ${stranger}; there are ${names.join(", ")}`);
  return only.length === 0 ? CURVES : CURVES.filter(({ name }) => only.includes(name));
}

/** Measures one curve: about a minute. */
export async function measureCurve(
  ground: CurveGround,
  { measure, ...plan }: CurvePlan,
): Promise<Curve> {
  ground.heard(`${plan.title} (${plan.x})`);
  const { points, beside } = await measure(ground);
  const why = [whyOf(plan.name, points), beside].filter((words) => words !== undefined).join(" ");
  const measuredOn = new Date().toISOString().slice(0, 10);
  return { ...plan, points, measuredOn, ...(why === "" ? {} : { why }) };
}
