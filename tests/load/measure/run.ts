import type { MeasuredRun } from "../../../load/measure/measure.ts";

/** A run in which nothing went wrong, and what is different in this one. */
export function runOf(different: Partial<MeasuredRun> = {}): MeasuredRun {
  return {
    ...{ subject: "guard", load: "16 tills", seconds: 6, requests: 12_000, swipes: 6_000 },
    ...{ failed: 0, perSecond: 1_000, p50: 1, p99: 4, p999: 8, max: 20, cpuUs: 400 },
    ...{ redisCpuUs: 150, redisCommands: 3, redisUs: 100, bytesIn: 3_000, bytesOut: 600 },
    ...{ journalBytes: 9_000, loopDelayP99: 2, fullShare: 1, stolen: 0, checks: 6_000 },
    ...{ inTime: 1, subjectCores: 0.9, generatorCores: 0.3, otherCores: 0, lateP99: 0 },
    failures: [],
    ...different,
  };
}
