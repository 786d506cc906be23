import { FULL_SHARE_MIN } from "../measure/full-share.ts";
import { STOLEN_MAX } from "../measure/pairs.ts";
import { OTHER_CORES_MAX } from "../measure/remarks.ts";
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
  /** Of a swipe: commands to Redis, bytes to it and back, bytes of the record, settlements and the like. */
  readonly redisCommands?: number;
  readonly redisBytes?: number;
  readonly recordBytes?: number;
  readonly steps?: number;
  /** Shares of 0 to 1: full answers of all checks due, and the machine's time taken by neighbours. */
  readonly full?: number;
  readonly stolen?: number;
  /** Cores that other programs kept busy. */
  readonly otherCores?: number;
  /** By what share of the cheapest of its runs the dearest cost the guard more CPU; absent of a single run. */
  readonly spread?: number;
  /** Memory of Redis, bytes a person. */
  readonly personBytes?: number;
}

/** One curve of `load/results/curves.json`. */
export interface Curve {
  /** Of its file: `curve-<name>.svg`. */
  readonly name: string;
  readonly title: string;
  /** What x counts. */
  readonly x: string;
  readonly points: readonly CurvePoint[];
  /** What a person's memory may be at most, bytes (promise 9). */
  readonly personBytesMost?: number;
  /** The day it was measured, yyyy-mm-dd. */
  readonly measuredOn?: string;
  /** Why it is neither flat nor straight, where it is neither; one sentence. */
  readonly why?: string;
}

type Figure = Exclude<keyof CurvePoint, "x">;

const MEMORY = "Memory of Redis";

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
  { title: MEMORY, unit: "bytes a person", lines: [["personBytes", "ledger"]] },
];

export function curveSvg({ title, x, points, personBytesMost }: Curve): string {
  const panels: Panel[] = PANELS.map(({ lines, ...panel }) => ({
    ...panel,
    lines: lines
      .map(([figure, name]) => lineOf(points, figure, name))
      .filter(({ points }) => points.length > 0),
    ...(panel.title === MEMORY && personBytesMost !== undefined
      ? { limit: { name: "promised at most", y: personBytesMost } }
      : {}),
  })).filter(({ lines }) => lines.length > 0);
  return linePlot({ title, x, panels });
}

function lineOf(points: readonly CurvePoint[], of: Figure, name: string): Line {
  return {
    name,
    points: points.flatMap((point) =>
      point[of] === undefined ? [] : [{ x: point.x, y: point[of], hasFailed: hasFailed(point) }],
    ),
  };
}

/** Too few full answers to count; an older file does not say. */
function hasFailed({ full = 1 }: CurvePoint): boolean {
  return full < FULL_SHARE_MIN;
}

/** Runs of a few seconds differ by so much at least: a line that passes each point this closely is straight. */
const NOISE = 0.1;

export type Shape = "flat" | "linear" | "neither";

interface XY {
  readonly x: number;
  readonly y: number;
}

/** @param noise what a point may lie off the line, and the line's end off its beginning where it is flat; a share */
export function shapeOf(points: readonly XY[], noise = NOISE): Shape {
  const { at } = straightLine(points);
  if (points.some(({ x, y }) => Math.abs(at(x) / y - 1) > noise)) return "neither";
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "flat";
  return Math.abs(at(last.x) / at(first.x) - 1) <= noise ? "flat" : "linear";
}

export function shapeOfCpu(points: readonly CurvePoint[]): Shape {
  return shapeOf(cpuOf(points), noiseOf(points));
}

/** The middle of a point's runs may be off by half of what they differ by. */
export function noiseOf(points: readonly CurvePoint[]): number {
  return Math.max(NOISE, ...points.map(({ spread = 0 }) => spread / 2));
}

/** The line nearest to all points, each by its share of itself: a tenth off is as bad at 500 µs as at 5,000. */
function straightLine(points: readonly XY[]): { readonly slope: number; at(x: number): number } {
  const sum = (of: (point: XY) => number) =>
    points.reduce((all, point) => all + of(point) / point.y ** 2, 0);
  const weight = sum(() => 1);
  const [mx, my] = [sum(({ x }) => x) / weight, sum(({ y }) => y) / weight];
  const spread = sum(({ x }) => (x - mx) ** 2);
  const slope = spread === 0 ? 0 : sum(({ x, y }) => (x - mx) * (y - my)) / spread;
  return { slope, at: (x) => my + slope * (x - mx) };
}

const WORDS = {
  flat: "flat",
  linear: "a straight line",
  neither: "neither flat nor straight",
} as const;

/** One sentence: from where to where, and of what shape; and why, where it is told. */
export function curveSentence(curve: Curve): string {
  const { x, points, why } = curve;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  const cpu = cpuOf(points);
  const shape = shapeOfCpu(points);
  const each = shape === "linear" ? ` of ${figure(straightLine(cpu).slope)} µs for one more` : "";
  const memory =
    first.personBytes === undefined || last.personBytes === undefined
      ? ""
      : `, memory a person from ${size(first.personBytes)} to ${size(last.personBytes)}`;
  const sentence = `From ${short(first.x)} to ${short(last.x)} (${x}): CPU from ${figure(Math.round(first.cpuUs))} to ${figure(Math.round(last.cpuUs))} µs, ${WORDS[shape]}${each}; p99 from ${first.p99.toFixed(1)} to ${last.p99.toFixed(1)} ms${memory}.`;
  return [sentence, why, ...doubts(curve)].filter((words) => words !== undefined).join(" ");
}

function cpuOf(points: readonly CurvePoint[]): readonly XY[] {
  return points.map(({ x, cpuUs }) => ({ x, y: cpuUs }));
}

/** What a reader must know not to trust a point too much. */
function doubts({ points }: Curve): readonly string[] {
  const at = (of: readonly CurvePoint[]) => of.map(({ x }) => short(x)).join(", ");
  const failed = points.filter(hasFailed);
  const disturbed = points.filter(
    ({ stolen = 0, otherCores = 0 }) => stolen > STOLEN_MAX || otherCores > OTHER_CORES_MAX,
  );
  const spread = Math.max(0, ...points.map(({ spread = 0 }) => spread));
  return [
    spread <= NOISE
      ? []
      : `Runs of one point differed by up to ${Math.round(100 * spread)} %; its dot is their middle.`,
    failed.length === 0
      ? []
      : `Hollow dots failed: at ${at(failed)} less than 99.95 % of the answers were full.`,
    disturbed.length === 0
      ? []
      : `Other programs or neighbours took part of the machine at ${at(disturbed)}.`,
  ].flat();
}
