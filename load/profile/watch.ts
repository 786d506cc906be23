import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startGenerator } from "../generators/generator.ts";
import type { LoadShape, TrafficSource } from "../generators/job.ts";
import { askRedis, portsOf } from "../measure/ask-redis.ts";
import { cpuUsOf, parseCpuUs, readMachineTime, stolenShare } from "../measure/machine-time.ts";
import type { Surroundings } from "../subjects/subject.ts";
import { type CallNode, callTree } from "./cpu-profile.ts";
import { type LeftBehind, leftBehind } from "./left-behind.ts";
import { sourcePlaces } from "./place.ts";
import { startProfiledGuard } from "./profiled-guard.ts";

export interface WatchJob {
  readonly around: Surroundings;
  readonly dist: string;
  readonly traffic: TrafficSource;
  readonly load: LoadShape;
  readonly warmUpS: number;
  readonly forS: number;
}

/** What the profiler saw of the measured time. */
export interface Watched {
  readonly tree: CallNode;
  /** CPU of the main thread and of all threads but the profiler's, µs. */
  readonly mainUs: number;
  readonly allUs: number;
  readonly swipes: number;
  readonly stolen: number;
  readonly left: LeftBehind;
}

/** A guard sheds a little where its machine is held up; more would be another load. */
const FAILED_MAX = 0.02;
/** As V8 names it. */
const PROFILER_THREAD = "v8:ProfEvntProc";

/** One run of the guard under the profiler, from an empty Redis. */
export async function watch(job: WatchJob): Promise<Watched> {
  const { around, traffic, load, warmUpS, forS, dist } = job;
  for (const port of portsOf(around.redisUrl)) await askRedis(port, ["FLUSHALL", "SYNC"]);
  const guard = await startProfiledGuard(around, dist);
  const generator = startGenerator({ url: guard.url, traffic, load, warmUpS, forS });
  try {
    await generator.warm;
    const before = reading(guard.pid);
    const { answered, failed, failures } = await generator.go();
    const after = reading(guard.pid);
    if (failed > answered * FAILED_MAX)
      throw new Error(`${failed} requests failed, the first: ${failures[0]}`);
    const left = await leftBehind(around.redisUrl, guard.dataDir);
    const written = await guard.finish();
    return {
      tree: callTree(written, { from: before.at, to: after.at }, sourcePlaces(dist)),
      mainUs: after.mainUs - before.mainUs,
      allUs: after.allUs - before.allUs,
      swipes: answered,
      stolen: stolenShare(before.machine, after.machine),
      left,
    };
  } finally {
    await generator.stop();
    await guard.stop();
  }
}

/** CPU so far, µs, and the instant in µs of the clock that V8's profiler goes by too. */
function reading(pid: number) {
  return {
    at: Number(process.hrtime.bigint() / 1_000n),
    allUs: cpuUsOf([pid]) - profilerUs(pid),
    mainUs: parseCpuUs(readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8")),
    machine: readMachineTime(),
  };
}

/** CPU of the profiler's own thread, which is no part of the guard. */
function profilerUs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  for (const task of readdirSync(tasks)) {
    if (readFileSync(join(tasks, task, "comm"), "utf8").startsWith(PROFILER_THREAD))
      return parseCpuUs(readFileSync(join(tasks, task, "stat"), "utf8"));
  }
  return 0;
}
