import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Curve } from "../report/curve.ts";
import { BASKET_CURVES } from "./basket-curves.ts";
import type { CurvePlan } from "./curve-plan.ts";
import type { CurveGround } from "./curve-point.ts";
import { PERSON_CURVES } from "./person-curves.ts";
import { POLICY_CURVES } from "./policy-curves.ts";
import { SERVER_CURVES } from "./server-curves.ts";
import { WHY } from "./why.ts";

const RESULTS = fileURLToPath(new URL("../../../load/results/", import.meta.url));

export const CURVES: readonly CurvePlan[] = [
  ...POLICY_CURVES,
  ...BASKET_CURVES,
  ...PERSON_CURVES,
  ...SERVER_CURVES,
];

/** Measures the curves, all or those named, one after the other: about nine minutes for all. */
export async function measureCurves(
  ground: CurveGround,
  only: readonly string[] = CURVES.map(({ name }) => name),
): Promise<readonly Curve[]> {
  const curves: Curve[] = [];
  for (const { measure, ...plan } of CURVES.filter(({ name }) => only.includes(name))) {
    ground.heard(`${plan.title} (${plan.x})`);
    const { points, beside } = await measure(ground);
    const why = [WHY[plan.name], beside].filter((sentence) => sentence !== undefined).join(" ");
    curves.push({ ...plan, points, ...(why === "" ? {} : { why }) });
  }
  return curves;
}

/** load/results/curves.json, from which the curves are drawn. */
export function writeCurves(curves: readonly Curve[]): string {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, "curves.json");
  const rounded = JSON.stringify(
    curves,
    (_, value: unknown) =>
      typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
    2,
  );
  writeFileSync(path, `${rounded}\n`);
  return path;
}
