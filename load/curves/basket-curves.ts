import { type CurvePlan, oneByOne } from "./curve-plan.ts";
import { measurePoint } from "./curve-point.ts";

const LINES = [1, 2, 4, 8, 16];
const CODES = [1, 2, 4, 8, 16, 32];
/** More packs of one drug are held by the rules, and a hold has no settlement: the curve would be that of holds. */
const CODES_A_LINE = 4;

export const BASKET_CURVES: readonly CurvePlan[] = [
  {
    name: "lines",
    title: "More lines a swipe",
    x: "lines a swipe, each with its boxes",
    measure: (ground) =>
      oneByOne(ground, LINES, (lines) => measurePoint(ground, lines, { traffic: { lines } })),
  },
  {
    name: "codes",
    title: "More trace codes a swipe",
    x: "trace codes a swipe, four a line at most",
    measure: (ground) =>
      oneByOne(ground, CODES, (codes) =>
        measurePoint(ground, codes, {
          traffic: { codes, lines: Math.ceil(codes / CODES_A_LINE) },
        }),
      ),
  },
];
