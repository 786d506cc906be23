import t from "tap";
import { again, oneByOne } from "../../load/curves/curve-plan.ts";
import { middleOf } from "../../load/curves/curve-point.ts";
import type { CurvePoint } from "../../load/report/curve.ts";

const ROUNDS = (rounds: number) => ({
  span: { warmUpS: 1, warmUpAnswers: 1, forS: 1, rounds, isRepeated: false },
});

function point(x: number, cpuUs: number, more: Partial<CurvePoint> = {}): CurvePoint {
  return { x, cpuUs, ...{ redisCpuUs: 100, p50: 2, p99: 9 }, ...more };
}

t.test(
  "a curve is measured there and back, so that a drift falls on both ends alike",
  async (t) => {
    const order: number[] = [];
    const { points } = await oneByOne(ROUNDS(2), [1, 2, 3], async (x) => {
      order.push(x);
      return point(x, 100 * order.length);
    });
    t.same(order, [1, 2, 3, 3, 2, 1]);
    t.same(
      points.map(({ x, cpuUs }) => [x, cpuUs]),
      [
        [1, 350],
        [2, 350],
        [3, 350],
      ],
      "the machine grew slower all the time, and the curve is flat",
    );
  },
);

t.test(
  "a point is the middle of its runs, with what they differed by and the worst that befell them",
  async (t) => {
    const middle = middleOf([
      point(7, 400, { p99: 8, full: 1, stolen: 0, otherCores: 0.5 }),
      point(7, 500, { p99: 12, full: 0.99, stolen: 0.06, otherCores: 0 }),
    ]);
    t.same(middle, {
      ...{ x: 7, cpuUs: 450, redisCpuUs: 100, p50: 2, p99: 10, full: 0.99, stolen: 0.06 },
      ...{ otherCores: 0.5, spread: 0.25 },
    });
    const single = await again(ROUNDS(1), async () => point(7, 400));
    t.same(single, point(7, 400), "one run has no spread");
  },
);
