import {
  type Found,
  type Names,
  type Phases,
  p99OfFloor,
  throughputOfFloor,
  whyNotText,
} from "./targets.ts";

/** What is compared with an earlier bench: ratios to the memory floor, which hold on another machine too. */
export interface Baseline {
  readonly throughputOfFloor: number | undefined;
  readonly p99OfFloor: number | undefined;
}

/** Throughput below this share of the baseline's has fallen. */
const THROUGHPUT_MIN = 0.85;
/** A p99 above this multiple of the baseline's has risen. */
const P99_MAX = 1.2;

/** What this bench has to compare, and a sentence for each ratio that it could not judge. */
export interface ToFloor {
  readonly baseline: Baseline;
  readonly unjudged: readonly string[];
}

/** From the pairs without a failed run; a run that failed elsewhere takes nothing from them. */
export function toFloorOf(phases: Phases, names: Names): ToFloor {
  const throughput = throughputOfFloor(phases, names);
  const p99 = p99OfFloor(phases, names);
  return {
    baseline: { throughputOfFloor: throughput.value, p99OfFloor: p99.value },
    unjudged: [...unjudged("throughput", throughput), ...unjudged("p99", p99)],
  };
}

function unjudged(name: string, { value, why }: Found): readonly string[] {
  return value === undefined ? [`${name} / memory floor's: ${whyNotText(why)}`] : [];
}

/** One sentence for each gate that is broken. */
export function fallenBehind(now: Baseline, baseline: Baseline): readonly string[] {
  const reasons: string[] = [];
  const throughput = compare(now.throughputOfFloor, baseline.throughputOfFloor);
  if (throughput !== undefined && throughput < THROUGHPUT_MIN) {
    reasons.push(
      `Throughput fell: ${figure(now.throughputOfFloor)} of the memory floor's against ${figure(baseline.throughputOfFloor)} in the baseline, less than ${THROUGHPUT_MIN} of it.`,
    );
  }
  const p99 = compare(now.p99OfFloor, baseline.p99OfFloor);
  if (p99 !== undefined && p99 > P99_MAX) {
    reasons.push(
      `p99 rose: ${figure(now.p99OfFloor)} of the memory floor's against ${figure(baseline.p99OfFloor)} in the baseline, more than ${P99_MAX} of it.`,
    );
  }
  return reasons;
}

function compare(now: number | undefined, then: number | undefined): number | undefined {
  return now === undefined || then === undefined || then === 0 ? undefined : now / then;
}

function figure(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(2);
}
