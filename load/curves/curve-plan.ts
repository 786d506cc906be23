import type { Curve, CurvePoint } from "../report/curve.ts";
import { type CurveGround, middleOf } from "./curve-point.ts";

/** A curve that can be measured. */
export interface CurvePlan extends Omit<Curve, "points" | "why"> {
  measure(ground: CurveGround): Promise<MeasuredCurve>;
}

export interface MeasuredCurve {
  readonly points: readonly CurvePoint[];
  /** What was measured beside the points; a sentence. */
  readonly beside?: string;
}

/**
 * One point after the other, for they share the machine, and then back again: the same guard costs up to a half more
 * some minutes later (measured), and so such a drift falls on both ends of the curve alike.
 */
export async function oneByOne<T>(
  { span: { rounds } }: Pick<CurveGround, "span">,
  values: readonly T[],
  measured: (value: T) => Promise<CurvePoint>,
): Promise<MeasuredCurve> {
  const places = values.map((value) => ({ value, runs: [] as CurvePoint[] }));
  for (let round = 0; round < rounds; round++) {
    const way = round % 2 === 0 ? places : [...places].reverse();
    for (const { value, runs } of way) runs.push(await measured(value));
  }
  return { points: places.map(({ runs }) => middleOf(runs)) };
}

/** As often, without leaving the point: where going back would cost minutes. */
export async function again(
  { span: { rounds } }: Pick<CurveGround, "span">,
  measured: () => Promise<CurvePoint>,
): Promise<CurvePoint> {
  const runs: CurvePoint[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await measured());
  return middleOf(runs);
}
