import type { Curve, CurvePoint } from "../report/curve.ts";
import type { CurveGround } from "./curve-point.ts";

/** A curve that can be measured. */
export interface CurvePlan extends Omit<Curve, "points" | "why"> {
  measure(ground: CurveGround): Promise<MeasuredCurve>;
}

export interface MeasuredCurve {
  readonly points: readonly CurvePoint[];
  /** What was measured beside the points; a sentence. */
  readonly beside?: string;
}

/** One point after the other: they share the machine. */
export async function oneByOne<T>(
  values: readonly T[],
  measured: (value: T) => Promise<CurvePoint>,
): Promise<MeasuredCurve> {
  const points: CurvePoint[] = [];
  for (const value of values) points.push(await measured(value));
  return { points };
}
