import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrafficSource } from "../generators/job.ts";
import { countingShare } from "../measure/full-share.ts";
import { type MeasuredRun, measure } from "../measure/measure.ts";
import { median } from "../measure/median.ts";
import { STOLEN_MAX } from "../measure/pairs.ts";
import { OTHER_CORES_MAX } from "../measure/remarks.ts";
import type { CurvePoint } from "../report/curve.ts";
import type { Subject } from "../subjects/subject.ts";
import { CANONICAL_RULES, type PolicyOptions, policyText } from "../workload/policies.ts";

/** Where the curves are measured, and with which guard. */
export interface CurveGround {
  readonly subject: Subject;
  readonly redisUrl: string;
  readonly scratch: string;
  readonly reference: string;
  readonly traffic: TrafficSource;
  readonly span: CurveSpan;
  readonly heard: (text: string) => void;
}

/** How long each point is warmed up and measured. */
export interface CurveSpan {
  /** At most, and as many answers at most. */
  readonly warmUpS: number;
  readonly warmUpAnswers: number;
  readonly forS: number;
  /** How often. */
  readonly rounds: number;
  /** Once more where the machine was disturbed. */
  readonly isRepeated: boolean;
}

/** A memory that several runs share. */
export interface KeptMemory {
  /** Goods that none of them has sold: a box sold twice is held, and a hold is another work than a sale. */
  nextPass(): number;
}

/** What is different at one point from the canonical workload. */
export interface CurveSetting {
  readonly policy?: PolicyOptions;
  readonly traffic?: Partial<TrafficSource>;
  readonly subject?: Subject;
  readonly redisUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the memory holds is part of the setting. */
  readonly keepMemory?: KeptMemory;
  /** So many share the swipes, and each of them must be warm. */
  readonly instances?: number;
}

/**
 * Short, because there are forty points: medians of pairs are for the table, shapes for the curves. All are as warm as
 * each other: a guard that has answered some thousands of requests costs up to three times as much as later (measured),
 * and a dear point would get fewer of them in the same time.
 */
export const WHOLE: CurveSpan = {
  ...{ warmUpS: 12, warmUpAnswers: 8_000, forS: 4, rounds: 2, isRepeated: true },
};
export const QUICK: CurveSpan = {
  ...{ warmUpS: 1, warmUpAnswers: 8_000, forS: 1, rounds: 1, isRepeated: false },
};
/** Fewer than in the table: where a swipe costs four times as much, none of them may wait for its deadline. */
const TILLS = 8;

export async function measurePoint(
  ground: CurveGround,
  x: number,
  setting: CurveSetting,
): Promise<CurvePoint> {
  const first = await runAt(ground, setting);
  const isRepeated = ground.span.isRepeated && disturbance(first) > 1;
  const again = isRepeated ? await runAt(ground, setting) : first;
  const run = disturbance(again) <= disturbance(first) ? again : first;
  const point = pointOf(x, run);
  ground.heard(
    `  ${pointText(point)}${run.failed > 0 ? `; ${run.failed} failed: ${run.failures[0]}` : ""}`,
  );
  return point;
}

/** The runs of one point as one: medians, but of what speaks against them the worst. */
export function middleOf(runs: readonly CurvePoint[]): CurvePoint {
  const [first] = runs;
  if (first === undefined) throw new Error("no runs to take the middle of");
  const valuesOf = (name: keyof CurvePoint) =>
    runs.map((run) => run[name]).filter((value) => value !== undefined);
  const figures = (Object.keys(first) as (keyof CurvePoint)[]).map((name) => [
    name,
    median(valuesOf(name)),
  ]);
  const cpu = valuesOf("cpuUs");
  return {
    ...(Object.fromEntries(figures) as CurvePoint),
    ...(first.full === undefined ? {} : { full: Math.min(...valuesOf("full")) }),
    ...(first.stolen === undefined ? {} : { stolen: Math.max(...valuesOf("stolen")) }),
    ...(first.otherCores === undefined ? {} : { otherCores: Math.max(...valuesOf("otherCores")) }),
    ...(runs.length < 2 ? {} : { spread: Math.max(...cpu) / Math.min(...cpu) - 1 }),
  };
}

/** What neighbours and other programs took of the machine; above 1 the point is measured once more. */
function disturbance({ stolen, otherCores }: MeasuredRun): number {
  return Math.max(stolen / STOLEN_MAX, otherCores / OTHER_CORES_MAX);
}

function pointOf(x: number, run: MeasuredRun): CurvePoint {
  const { cpuUs, redisCpuUs, p50, p99, perSecond, redisCommands, journalBytes, stolen } = run;
  return {
    ...{ x, cpuUs, redisCpuUs, p50, p99, perSecond, redisCommands, stolen },
    otherCores: run.otherCores,
    redisBytes: run.bytesIn + run.bytesOut,
    recordBytes: journalBytes,
    steps: run.swipes === 0 ? 0 : (run.requests - run.checks) / run.swipes,
    full: countingShare(run),
  };
}

function pointText({
  x,
  cpuUs,
  redisCpuUs,
  p99,
  perSecond,
  full,
  steps,
  stolen,
  otherCores = 0,
}: CurvePoint): string {
  const figures = [
    `${x}: ${cpuUs.toFixed(0)} µs guard, ${redisCpuUs.toFixed(0)} µs Redis, p99 ${p99.toFixed(1)} ms`,
    `${(perSecond ?? 0).toFixed(0)}/s, ${(100 * (full ?? 1)).toFixed(2)} % full, ${(steps ?? 0).toFixed(2)} steps a swipe, ${(100 * (stolen ?? 0)).toFixed(1)} % stolen`,
  ].join(", ");
  return otherCores > OTHER_CORES_MAX
    ? `${figures}, ${otherCores.toFixed(2)} cores busy elsewhere`
    : figures;
}

function runAt(ground: CurveGround, setting: CurveSetting): Promise<MeasuredRun> {
  const { reference, scratch } = ground;
  const { warmUpS, warmUpAnswers, forS } = ground.span;
  const { instances = 1, keepMemory } = setting;
  const pass = keepMemory === undefined ? {} : { firstPass: keepMemory.nextPass() };
  const policyFile = policyFileOf(ground, setting.policy ?? { rules: CANONICAL_RULES });
  return measure({
    subject: setting.subject ?? ground.subject,
    around: {
      redisUrl: setting.redisUrl ?? ground.redisUrl,
      scratch,
      reference,
      policyFile,
      ...(setting.env === undefined ? {} : { env: setting.env }),
    },
    traffic: { ...ground.traffic, ...setting.traffic, ...pass },
    load: { kind: "closed", connections: TILLS },
    ...{ warmUpS: warmUpS * instances, warmUpAnswers: warmUpAnswers * instances, forS },
    ...(keepMemory === undefined ? {} : { keepMemory: true }),
  });
}

/** Written once for each size. */
export function policyFileOf({ scratch }: CurveGround, options: PolicyOptions): string {
  const path = join(scratch, `policy-${options.rules}-${options.windows ?? "own"}.yaml`);
  mkdirSync(scratch, { recursive: true });
  writeFileSync(path, policyText(options));
  return path;
}
