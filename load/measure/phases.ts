import type { LoadShape, TrafficSource } from "../generators/job.ts";
import type { Subject } from "../subjects/subject.ts";
import { type MeasuredRun, measure } from "./measure.ts";
import { median } from "./median.ts";
import { inTurn, type Turns } from "./pairs.ts";

/** A subject and the policy it is started with. */
export interface Contender {
  readonly subject: Subject;
  readonly policyFile: string;
}

/** Where everybody is measured. */
export interface Ground {
  readonly redisUrl: string;
  readonly scratch: string;
  readonly reference: string;
  readonly traffic: TrafficSource;
  /** Hears of each run as it is done. */
  readonly heard: (run: MeasuredRun) => void;
}

export interface Span {
  readonly warmUpS: number;
  readonly forS: number;
  readonly rounds: number;
}

/** Pairs of one phase that are run again because a neighbour took too much, at most. */
const REPEATS_MAX = 4;
/**
 * Of the slowest one's closed-loop throughput: as busy as a guard is planned to be at its peak (capacity on paper). Near
 * its limit whoever is slowest would have a queue for a tail, and the others none.
 */
const CARRIED = 0.5;
const EQUAL_RATE_MAX = 1_000;
const RATE_STEP = 10;

/** The first contender against each of the others, in turn. */
export async function runPhase(
  ground: Ground,
  contenders: readonly Contender[],
  load: LoadShape,
  span: Span,
): Promise<Turns<MeasuredRun>> {
  const byName = new Map(contenders.map((each) => [each.subject.name, each]));
  const [anchor, ...others] = byName.keys();
  if (anchor === undefined) return { runs: [], pairs: new Map(), repeated: 0 };
  return inTurn({ anchor, others, rounds: span.rounds, repeatsMax: REPEATS_MAX }, async (name) => {
    const contender = byName.get(name);
    if (contender === undefined) throw new Error(`nobody is called ${name}`);
    return runOnce(ground, contender, load, span);
  });
}

export async function runOnce(
  { heard, traffic, ...places }: Ground,
  { subject, policyFile }: Contender,
  load: LoadShape,
  { warmUpS, forS }: Omit<Span, "rounds">,
): Promise<MeasuredRun> {
  const around = { ...places, policyFile };
  const run = await measure({ subject, around, traffic, load, warmUpS, forS });
  heard(run);
  return run;
}

/** Swipes a second that each of these subjects carries with room, from its median in the closed loops. */
export function equalRate(runs: readonly MeasuredRun[], subjects: readonly string[]): number {
  const names = new Set(
    runs.map(({ subject }) => subject).filter((name) => subjects.includes(name)),
  );
  const medians = [...names].map((name) => {
    const of = runs.filter(({ subject }) => subject === name).map(({ perSecond }) => perSecond);
    return median(of) ?? 0;
  });
  const slowest = Math.min(EQUAL_RATE_MAX, ...medians.map((rate) => rate * CARRIED));
  return Math.max(RATE_STEP, Math.floor(slowest / RATE_STEP) * RATE_STEP);
}
