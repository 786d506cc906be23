import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Generator, startGenerator } from "../generators/generator.ts";
import type { GeneratorResult, LoadShape, TrafficSource } from "../generators/job.ts";
import type { Running, Subject, Surroundings } from "../subjects/subject.ts";
import { askRedis, portsOf } from "./ask-redis.ts";
import { folderBytes } from "./folder-bytes.ts";
import { busyUs, cpuUsOf, type MachineTime, readMachineTime, stolenShare } from "./machine-time.ts";
import { busiest, type ProcessTimes, readProcessTimes } from "./other-programs.ts";
import { sampleOf } from "./prometheus-text.ts";
import {
  hearSenders,
  type RedisUsage,
  readRedisUsage,
  type Senders,
  sentBetween,
} from "./redis-usage.ts";
import type { RunResult } from "./run-result.ts";

export interface MeasureJob {
  readonly subject: Subject;
  readonly around: Surroundings;
  readonly traffic: TrafficSource;
  readonly load: LoadShape;
  /** Sent first under the same load, and counted nowhere. */
  readonly warmUpS: number;
  /** Ends it earlier; absent: 20,000. */
  readonly warmUpAnswers?: number;
  readonly forS: number;
  /** Leaves in Redis what is there; else it is emptied before the subject starts. */
  readonly keepMemory?: boolean;
}

/** A run, and what is known of it beside its figures. */
export interface MeasuredRun extends RunResult {
  /** Checks that were due, answered or not. */
  readonly checks: number;
  /** Share of them answered 2xx within 50 ms, 0 to 1. */
  readonly inTime: number;
  /** CPU of the subject and of the generator, in cores. */
  readonly subjectCores: number;
  readonly generatorCores: number;
  /** CPU of everything else on the machine but Redis and this bench, in cores: where it is much, nothing here says much. */
  readonly otherCores: number;
  /** Who of them used most, by name, in cores. */
  readonly otherMost?: { readonly name: string; readonly cores: number };
  /** How late the generator itself sent what was due, ms. */
  readonly lateP99: number;
  readonly failures: readonly string[];
}

/** How long Redis tells who sends what. */
const SENDERS_MS = 300;
/** By then steps are sent too. */
const SENDERS_FROM_MS = 700;

interface Reading {
  readonly cpuUs: number;
  readonly redis: RedisUsage;
  readonly folder: number;
  readonly machine: MachineTime;
  readonly processes: ProcessTimes;
  /** CPU of this process: it asks, and stands in for a slow Redis. */
  readonly ownUs: number;
}

/** Starts the subject, warms it up, measures it under the load and stops it. */
export async function measure(job: MeasureJob): Promise<MeasuredRun> {
  const { around, subject, load } = job;
  const { redisUrl } = around;
  if (job.keepMemory !== true) {
    for (const port of portsOf(redisUrl)) await askRedis(port, ["FLUSHALL", "SYNC"]);
  }
  mkdirSync(around.scratch, { recursive: true });
  const scratch = mkdtempSync(join(around.scratch, "run-"));
  const running = await subject.start({ ...around, scratch });
  const generator = startGenerator({
    url: running.url,
    traffic: job.traffic,
    load,
    ...{ warmUpS: job.warmUpS, forS: job.forS },
    ...(job.warmUpAnswers === undefined ? {} : { warmUpAnswers: job.warmUpAnswers }),
  });
  try {
    const senders = await sendersDuring(generator, redisUrl, job.warmUpS);
    await running.befall?.();
    await generator.pace();
    // Reading the metrics begins their event-loop delay anew, and costs: outside of what is measured.
    await running.metrics();
    const before = await read(running, redisUrl, scratch);
    const seen = await generator.go();
    const after = await read(running, redisUrl, scratch);
    const metrics = await running.metrics();
    const ours = [...running.pids, ...after.redis.pids, generator.pid, process.pid];
    return toRun(job, seen, { before, after, senders, metrics, ours });
  } finally {
    await generator.stop();
    await running.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Listens during the warm-up. */
async function sendersDuring(
  { begun, warm }: Generator,
  redisUrl: string,
  warmUpS: number,
): Promise<Senders> {
  await begun;
  await delay(Math.max(0, Math.min(SENDERS_FROM_MS, warmUpS * 1_000 - SENDERS_MS)));
  const senders = await hearSenders(redisUrl, SENDERS_MS);
  await warm;
  return senders;
}

async function read(running: Running, redisUrl: string, scratch: string): Promise<Reading> {
  const redis = await readRedisUsage(redisUrl);
  return {
    redis,
    cpuUs: cpuUsOf(running.pids),
    folder: folderBytes(scratch),
    machine: readMachineTime(),
    processes: readProcessTimes(),
    ownUs: cpuUsOf([process.pid]),
  };
}

interface Readings {
  readonly before: Reading;
  readonly after: Reading;
  readonly senders: Senders;
  readonly metrics: string | undefined;
  /** Pids of all that takes part. */
  readonly ours: readonly number[];
}

function toRun(
  { subject, load }: MeasureJob,
  seen: GeneratorResult,
  { before, after, senders, metrics, ours }: Readings,
): MeasuredRun {
  const { seconds, answered, checks, p50, p99, p999, max, failed, failures } = seen;
  const perSwipe = (amount: number) => (answered === 0 ? 0 : amount / answered);
  const sent = sentBetween(before.redis, after.redis, senders);
  const cpuUs = after.cpuUs - before.cpuUs;
  const redisCpuUs = after.redis.cpuUs - before.redis.cpuUs;
  const cores = (us: number) => us / (seconds * 1e6);
  const most = busiest(before.processes, after.processes, ours);
  const share = (count: number) => (checks === 0 ? 0 : count / checks);
  return {
    subject: subject.name,
    load: load.kind === "open" ? `${load.perSecond}/s open` : `${load.connections} tills`,
    ...{ seconds, requests: checks + seen.steps, swipes: answered, failed },
    perSecond: answered / seconds,
    ...{ p50, p99, p999, max },
    cpuUs: perSwipe(cpuUs),
    redisCpuUs: perSwipe(redisCpuUs),
    redisCommands: perSwipe(sent.calls),
    redisUs: perSwipe(sent.us),
    bytesIn: perSwipe(after.redis.bytesIn - before.redis.bytesIn),
    bytesOut: perSwipe(after.redis.bytesOut - before.redis.bytesOut),
    journalBytes: perSwipe(after.folder - before.folder),
    loopDelayP99: loopDelay(metrics),
    fullShare: seen.withMode === 0 ? undefined : share(seen.full),
    stolen: stolenShare(before.machine, after.machine),
    checks,
    inTime: share(seen.withinDeadline),
    subjectCores: cores(cpuUs),
    generatorCores: seen.cpuCores,
    otherCores: Math.max(
      0,
      cores(
        busyUs(before.machine, after.machine) - (cpuUs + redisCpuUs + after.ownUs - before.ownUs),
      ) - seen.cpuCores,
    ),
    ...(most === undefined ? {} : { otherMost: { name: most.name, cores: cores(most.cpuUs) } }),
    lateP99: seen.lateP99,
    failures,
  };
}

/** The guard's own gauge has its timer's 10 ms already taken off. */
function loopDelay(metrics: string | undefined): number | undefined {
  if (metrics === undefined) return undefined;
  const seconds = sampleOf(metrics, "guard_event_loop_lag_seconds", { quantile: "0.99" });
  return seconds === undefined ? undefined : seconds * 1_000;
}
