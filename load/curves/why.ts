import { availableParallelism } from "node:os";
import { type CurvePoint, shapeOfCpu } from "../report/curve.ts";
import { figure, short, size } from "../report/numbers.ts";

type Points = readonly CurvePoint[];

/**
 * Why a curve is neither flat nor straight, or what is to be known beside it, from what was measured at its points: a
 * cause is named only where its trace is in them.
 */
export function whyOf(name: string, points: Points): string | undefined {
  const [first, last] = [points[0], points.at(-1)];
  const tell = WHY[name];
  if (tell === undefined || first === undefined || last === undefined || first === last) return;
  const words = tell(points, first, last).filter((each) => each !== undefined);
  if (words.length > 0) return words.join(" ");
  return isPlain(points)
    ? undefined
    : (upAndDown(points) ?? "The figures beside it name no cause.");
}

type Tell = (
  points: Points,
  first: CurvePoint,
  last: CurvePoint,
) => readonly (string | undefined)[];

const WHY: Readonly<Record<string, Tell>> = {
  rules: (points) => (isPlain(points) ? [] : [rates(points, "rule"), memoryOfRules(points)]),
  windows: (points, first, last) => (isPlain(points) ? [] : [longerRecord(first, last)]),
  lines: (points, first, last) => [
    ...(isPlain(points) ? [] : [rates(points, "line"), longerRecord(first, last)]),
    fewerSteps(first, last),
  ],
  codes: (points, first, last) => [
    ...(isPlain(points) ? [] : [rates(points, "code")]),
    fewerSteps(first, last),
  ],
  swipes: (points, first, last) => [
    ...(isPlain(points) ? [] : [moreBytes(first, last)]),
    fewerSteps(first, last),
  ],
  persons: (points, first, last) => (isPlain(points) ? [] : [dearerRedis(first, last)]),
  instances: (points) => [coresShared(points)],
  shards: (_, first, last) => [moreCommands(first, last)],
};

function isPlain(points: Points): boolean {
  return shapeOfCpu(points) !== "neither";
}

/** What one more costs, before and after the point that lies farthest from the straight way between the ends. */
function rates(points: Points, one: string): string | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const straight = slope(first, last);
  const off = ({ x, cpuUs }: CurvePoint) =>
    Math.abs((first.cpuUs + straight * (x - first.x)) / cpuUs - 1);
  const [bend] = points.slice(1, -1).sort((a, b) => off(b) - off(a));
  if (bend === undefined) return undefined;
  const [before, after] = [slope(first, bend), slope(bend, last)];
  if (before < 0 || after < 0) return deepestFall(points, one);
  return `Up to ${short(bend.x)} a ${one} more costs ${figure(before)} µs, from there on ${figure(after)}.`;
}

/** More of anything is not cheaper: what falls is the machine's doing. */
function deepestFall(points: Points, one: string): string | undefined {
  const steps = points.slice(1).map((to, index) => ({ from: points[index] ?? to, to }));
  const [deepest] = steps.sort((a, b) => a.to.cpuUs / a.from.cpuUs - b.to.cpuUs / b.from.cpuUs);
  if (deepest === undefined) return undefined;
  const { from, to } = deepest;
  return `From ${short(from.x)} to ${short(to.x)} it falls, though more ${one}s are not cheaper: so much do runs differ.`;
}

function slope(one: CurvePoint, other: CurvePoint): number {
  return (other.cpuUs - one.cpuUs) / (other.x - one.x);
}

/** More than runs differ by. */
const GROWN = 1.1;

/** The first twenty of the hundred look at as much as all do (`load/workload/memory-first.ts`). */
function memoryOfRules(points: Points): string | undefined {
  const [ten, twenty, hundred, last] = [10, 20, 100, undefined].map((rules) =>
    rules === undefined ? points.at(-1) : points.find(({ x }) => x === rules),
  );
  const memory = growth(ten, twenty, "redisBytes");
  const record = growth(twenty, last, "recordBytes");
  return (
    [
      ...(memory > GROWN && memory > growth(twenty, hundred, "redisBytes")
        ? [
            `The first twenty bring the kinds of memory, and ${percent(memory - 1)} more bytes to Redis and back between ten and twenty.`,
          ]
        : []),
      ...(record > GROWN
        ? [`Later ones are features to read, to judge and to record: ${recordText(twenty, last)}.`]
        : []),
    ].join(" ") || undefined
  );
}

function longerRecord(first: CurvePoint, last: CurvePoint): string | undefined {
  return growth(first, last, "recordBytes") > GROWN
    ? `More is recorded: ${recordText(first, last)}.`
    : undefined;
}

function recordText(one: CurvePoint | undefined, other: CurvePoint | undefined): string {
  return `the record grows from ${size(one?.recordBytes ?? 0)} to ${size(other?.recordBytes ?? 0)}`;
}

/** Holds are not settled, so a dot at which there are more of them is lower than its x alone would make it. */
function fewerSteps(first: CurvePoint, last: CurvePoint): string | undefined {
  return growth(first, last, "steps") < 1 / GROWN
    ? `More swipes are held, and a hold has no settlement: ${figure(first.steps ?? 0)} steps follow a swipe at ${short(first.x)}, ${figure(last.steps ?? 0)} at ${short(last.x)}.`
    : undefined;
}

function moreBytes(first: CurvePoint, last: CurvePoint): string | undefined {
  return growth(first, last, "redisBytes") > GROWN
    ? `The whole ledger is read with each check: ${size(first.redisBytes ?? 0)} to Redis and back at ${short(first.x)}, ${size(last.redisBytes ?? 0)} at ${short(last.x)}.`
    : undefined;
}

function dearerRedis(first: CurvePoint, last: CurvePoint): string | undefined {
  // Where the guard is as much dearer, it is the machine that was slower.
  return growth(first, last, "redisCpuUs") > GROWN * Math.max(1, last.cpuUs / first.cpuUs)
    ? `Redis itself takes ${figure(first.redisCpuUs)} µs a swipe with the fewest and ${figure(last.redisCpuUs)} with the most: of a large memory less is in the processor's caches.`
    : undefined;
}

function upAndDown(points: Points): string | undefined {
  const [first, ...others] = points;
  const rises = others.filter(({ cpuUs }, index) => cpuUs > (points[index]?.cpuUs ?? 0)).length;
  return first !== undefined && rises > 0 && rises < others.length
    ? "It goes up and down without order: that is how much runs differ, and not what it is drawn against."
    : undefined;
}

function coresShared(points: Points): string | undefined {
  const [first, last] = [points[0], points.at(-1)];
  const most = Math.max(...points.map(({ perSecond = 0 }) => perSecond));
  const cores = availableParallelism();
  if (first?.perSecond === undefined || last === undefined || cores >= last.x + 2) return undefined;
  return `Guards, Redis and the tills share ${cores} cores: ${last.x} guards answer ${figure(Math.round(last.perSecond ?? 0))} swipes a second and one ${figure(Math.round(first.perSecond))}, and never more than ${figure(Math.round(most))}. On machines of their own each has its core; here the curve shows only what several cost each other.`;
}

/** On one Redis a check and a settlement are some four commands. */
function moreCommands(first: CurvePoint, last: CurvePoint): string {
  const isDearer = last.cpuUs > GROWN * first.cpuUs;
  const [from, to] = [first.redisCommands ?? 0, last.redisCommands ?? 0];
  const writes =
    isDearer && to < GROWN * from ? " Each further primary has writes and replies of its own." : "";
  return `On a Cluster a swipe is ${figure(first.redisCommands ?? 0)} commands with one primary and ${figure(last.redisCommands ?? 0)} with ${short(last.x)}: the person goes first, and then a call an entity instead of one for all.${writes}`;
}

type Measured = "redisBytes" | "recordBytes" | "steps" | "redisCpuUs";

/** 1 where it was not measured. */
function growth(one: CurvePoint | undefined, other: CurvePoint | undefined, of: Measured): number {
  const [from, to] = [one?.[of], other?.[of]];
  return from === undefined || to === undefined || from === 0 ? 1 : to / from;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
