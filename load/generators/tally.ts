import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Shot } from "../workload/traffic.ts";
import type { GeneratorResult } from "./job.ts";

/** The deadline a guard has by default. */
const DEADLINE_MS = 50;
/** Three figures up to two minutes: an HDR histogram of about 200 KB. */
const HIGHEST_US = 120_000_000;
const FIGURES = 3;
const FAILURES_SHOWN = 5;
const FAILURE_CHARS = 300;

/** Counts what tills saw in one span of time. Latencies are of checks alone, failed ones among them. */
export class Tally {
  private readonly latency = microseconds();
  private readonly late = microseconds();
  private readonly failures: string[] = [];
  private checks = 0;
  private steps = 0;
  private answered = 0;
  private failed = 0;
  private withMode = 0;
  private full = 0;
  private withinDeadline = 0;

  /** A request is due now, sent or not. */
  due(shot: Shot): void {
    if (shot.kind === "check") this.checks += 1;
    else this.steps += 1;
  }

  /** @param ms how long after its intended instant it was sent */
  sent(ms: number): void {
    record(this.late, ms);
  }

  /** @param status 0 where no answer came @param ms from the intended start to the last byte, or to giving up */
  done(shot: Shot, status: number, body: string, ms: number): void {
    const isGood = status >= 200 && status < 300;
    if (!isGood) this.fail(`${shot.path} answered ${status}: ${body}`);
    if (shot.kind !== "check") return;
    record(this.latency, ms);
    if (!isGood) return;
    this.answered += 1;
    if (ms <= DEADLINE_MS) this.withinDeadline += 1;
    if (!body.includes('"mode":"')) return;
    this.withMode += 1;
    if (body.includes('"mode":"full"')) this.full += 1;
  }

  /** Checks that were due and lost, nobody knows when: they have no latency. */
  lose(count: number, reason: string): void {
    this.checks += count;
    this.fail(reason, count);
  }

  private fail(reason: string, count = 1): void {
    this.failed += count;
    if (this.failures.length < FAILURES_SHOWN) this.failures.push(reason.slice(0, FAILURE_CHARS));
  }

  /** @param cpuUs of the generator's process, in these seconds */
  result(seconds: number, cpuUs: number): GeneratorResult {
    const at = (percent: number) => this.latency.percentile(percent) / 1_000;
    const isEmpty = this.latency.count === 0;
    return {
      seconds,
      checks: this.checks,
      steps: this.steps,
      answered: this.answered,
      failed: this.failed,
      withMode: this.withMode,
      full: this.full,
      withinDeadline: this.withinDeadline,
      p50: isEmpty ? 0 : at(50),
      p99: isEmpty ? 0 : at(99),
      p999: isEmpty ? 0 : at(99.9),
      max: isEmpty ? 0 : this.latency.max / 1_000,
      lateP99: this.late.count === 0 ? 0 : this.late.percentile(99) / 1_000,
      cpuCores: cpuUs / (seconds * 1e6),
      failures: this.failures,
    };
  }
}

function microseconds(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: HIGHEST_US, figures: FIGURES });
}

function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.min(HIGHEST_US, Math.max(1, Math.round(ms * 1_000))));
}
