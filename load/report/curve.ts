import { type Line, linePlot, type Panel } from "./line-plot.ts";
import { figure, short, size } from "./numbers.ts";

/** Costs at one value of what a curve is drawn against. Absent figures are not drawn. */
export interface CurvePoint {
  readonly x: number;
  /** CPU of the guard and of Redis, µs a swipe. */
  readonly cpuUs: number;
  readonly redisCpuUs: number;
  /** Of checks, ms. */
  readonly p50: number;
  readonly p99: number;
  /** Swipes a second. */
  readonly perSecond?: number;
  /** Memory of Redis, bytes. */
  readonly personBytes?: number;
  readonly codeBytes?: number;
}

/** One curve of `load/results/curves.json`. */
export interface Curve {
  /** Of its file: `curve-<name>.svg`. */
  readonly name: string;
  readonly title: string;
  /** What x counts. */
  readonly x: string;
  readonly points: readonly CurvePoint[];
  /** Why it is neither flat nor straight, where it is neither; one sentence. */
  readonly why?: string;
}

type Figure = Exclude<keyof CurvePoint, "x">;

/** The pairs of axes: those of which nothing was measured are left out. */
const PANELS: readonly {
  title: string;
  unit: string;
  lines: readonly (readonly [Figure, string])[];
}[] = [
  {
    title: "CPU",
    unit: "µs a swipe",
    lines: [
      ["cpuUs", "guard"],
      ["redisCpuUs", "Redis"],
    ],
  },
  {
    title: "Latency",
    unit: "ms",
    lines: [
      ["p50", "p50"],
      ["p99", "p99"],
    ],
  },
  { title: "Throughput", unit: "swipes a second", lines: [["perSecond", "answered"]] },
  {
    title: "Memory of Redis",
    unit: "bytes",
    lines: [
      ["personBytes", "a person"],
      ["codeBytes", "a trace code"],
    ],
  },
];

export function curveSvg({ title, x, points }: Curve): string {
  const panels: Panel[] = PANELS.map(({ lines, ...panel }) => ({
    ...panel,
    lines: lines
      .map(([figure, name]) => lineOf(points, figure, name))
      .filter(({ points }) => points.length > 0),
  })).filter(({ lines }) => lines.length > 0);
  return linePlot({ title, x, panels });
}

function lineOf(points: readonly CurvePoint[], of: Figure, name: string): Line {
  return {
    name,
    points: points.flatMap(({ x, [of]: y }) => (y === undefined ? [] : [{ x, y }])),
  };
}

/** Within this of its first value a curve is flat: pairs of runs differ by as much. */
const FLAT = 0.1;
/** A straight line leaves at most this share of the differences unexplained. */
const STRAIGHT = 0.05;

export type Shape = "flat" | "linear" | "neither";

export function shapeOf(points: readonly { readonly x: number; readonly y: number }[]): Shape {
  const values = points.map(({ y }) => y);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high <= low * (1 + FLAT)) return "flat";
  const middle = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [mx, my] = [middle(points.map(({ x }) => x)), middle(values)];
  const sum = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((all, point) => all + of(point), 0);
  const slope = sum(({ x, y }) => (x - mx) * (y - my)) / sum(({ x }) => (x - mx) ** 2);
  const left = sum(({ x, y }) => (y - my - slope * (x - mx)) ** 2) / sum(({ y }) => (y - my) ** 2);
  return left <= STRAIGHT ? "linear" : "neither";
}

/** One sentence: from where to where, and of what shape. */
export function curveSentence({ x, points, why }: Curve): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  const shape = shapeOf(points.map((point) => ({ x: point.x, y: point.cpuUs })));
  const words = { flat: "flat", linear: "a straight line", neither: "neither flat nor straight" }[
    shape
  ];
  const memory =
    first.personBytes === undefined || last.personBytes === undefined
      ? ""
      : `, memory a person from ${size(first.personBytes)} to ${size(last.personBytes)}`;
  const sentence = `From ${short(first.x)} to ${short(last.x)} (${x}): CPU from ${figure(Math.round(first.cpuUs))} to ${figure(Math.round(last.cpuUs))} µs, ${words}; p99 from ${first.p99.toFixed(1)} to ${last.p99.toFixed(1)} ms${memory}.`;
  return why === undefined ? sentence : `${sentence} ${why}`;
}
