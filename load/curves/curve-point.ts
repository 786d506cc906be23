import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrafficSource } from "../generators/job.ts";
import { type MeasuredRun, measure } from "../measure/measure.ts";
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
  readonly heard: (text: string) => void;
}

/** What is different at one point from the canonical workload. */
export interface CurveSetting {
  readonly policy?: PolicyOptions;
  readonly traffic?: Partial<TrafficSource>;
  readonly subject?: Subject;
  readonly redisUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the memory holds is part of the setting. */
  readonly keepMemory?: boolean;
  /** Longer where several share the swipes. */
  readonly warmUpS?: number;
}

/**
 * Short, because there are forty points: medians of pairs are for the table, shapes for the curves. A guard that has
 * seen less than some thousands of swipes still runs uncompiled code, at up to three times the cost (measured).
 */
export const WARM_UP_S = 4;
const FOR_S = 4;
const TILLS = 16;
/** A point whose neighbours took more of the machine is measured once more. */
const STOLEN_MAX = 0.05;

export async function measurePoint(
  ground: CurveGround,
  x: number,
  setting: CurveSetting,
): Promise<CurvePoint> {
  const first = await runAt(ground, setting);
  const again = first.stolen > STOLEN_MAX ? await runAt(ground, setting) : first;
  const run = again.stolen <= first.stolen ? again : first;
  const { cpuUs, redisCpuUs, p50, p99, perSecond, failed } = run;
  ground.heard(
    `  ${x}: ${cpuUs.toFixed(0)} µs guard, ${redisCpuUs.toFixed(0)} µs Redis, p99 ${p99.toFixed(1)} ms, ${perSecond.toFixed(0)}/s${failed > 0 ? `, ${failed} FAILED: ${run.failures[0]}` : ""}`,
  );
  return { x, cpuUs, redisCpuUs, p50, p99, perSecond };
}

function runAt(ground: CurveGround, setting: CurveSetting): Promise<MeasuredRun> {
  const { reference, scratch } = ground;
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
    traffic: { ...ground.traffic, ...setting.traffic },
    load: { kind: "closed", connections: TILLS },
    warmUpS: setting.warmUpS ?? WARM_UP_S,
    forS: FOR_S,
    ...(setting.keepMemory === true ? { keepMemory: true } : {}),
  });
}

/** Written once for each size. */
export function policyFileOf({ scratch }: CurveGround, options: PolicyOptions): string {
  const path = join(scratch, `policy-${options.rules}-${options.windows ?? "own"}.yaml`);
  mkdirSync(scratch, { recursive: true });
  writeFileSync(path, policyText(options));
  return path;
}
