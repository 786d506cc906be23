import type { BenchOptions } from "../options.ts";
import type { Contenders } from "../subjects/contenders.ts";
import type { MeasuredRun } from "./measure.ts";
import { type Contender, equalRate, type Ground, runOnce, runPhase, type Span } from "./phases.ts";
import type { Phases } from "./targets.ts";

export interface Plan {
  readonly fast: Span;
  readonly tail: Span;
  readonly equal: Span;
  readonly standIns: Span;
  /** As it comes without flags that make it smaller: only such results are stored and compared. */
  readonly isWhole: boolean;
}

/** Tills at once: enough to keep one guard busy, few enough that autocannon leaves it a core of two. */
const TILLS = 16;
const TAIL_RATE = 1_000;
const STAND_IN_RATE = 300;

/**
 * About sixteen minutes on two cores, start-ups included; warm-ups end early where a subject is fast. Where a p99 is
 * judged a run must be long: before the flags of `npm start` a full collection, every 16 s at 790 swipes a second,
 * delayed the checks of 200 ms. Of 5 s a third had one, and their p99 was 150 ms beside 12 of the others: medians of two
 * differed fourteenfold between tries, medians of two of 20 s sixfold (measured on windows of one minute).
 */
const WHOLE = {
  fast: { warmUpS: 10, forS: 6, rounds: 3 },
  tail: { warmUpS: 10, forS: 20, rounds: 3 },
  equal: { warmUpS: 8, forS: 20, rounds: 2 },
  standIns: { warmUpS: 4, forS: 5, rounds: 1 },
} as const;
const QUICK = {
  fast: { warmUpS: 5, forS: 3, rounds: 1 },
  tail: { warmUpS: 5, forS: 5, rounds: 1 },
  equal: { warmUpS: 3, forS: 3, rounds: 1 },
  standIns: { warmUpS: 2, forS: 3, rounds: 1 },
} as const;

export function planOf({ quick, only, rounds, seconds, dist }: BenchOptions): Plan {
  const base = quick ? QUICK : WHOLE;
  const sized = (span: Span): Span => ({
    ...span,
    rounds: rounds ?? span.rounds,
    forS: seconds ?? span.forS,
  });
  return {
    fast: sized(base.fast),
    tail: sized(base.tail),
    equal: sized(base.equal),
    standIns: { ...sized(base.standIns), rounds: 1 },
    isWhole: !quick && only.length === 0 && dist === undefined && isAtLeastWhole(rounds, seconds),
  };
}

function isAtLeastWhole(rounds: number | undefined, seconds: number | undefined): boolean {
  const { fast, tail } = WHOLE;
  return (rounds ?? fast.rounds) >= fast.rounds && (seconds ?? tail.forS) >= tail.forS;
}

export interface Outcome {
  readonly phases: Phases;
  readonly standIns: readonly MeasuredRun[];
}

export async function runPlan(
  plan: Plan,
  ground: Ground,
  contenders: Contenders,
  say: (text: string) => void,
): Promise<Outcome> {
  const { guard, fewRules, peersRules, ownStore, memoryFloor, bareFloor, peers } = contenders;
  const here = (...wanted: readonly (Contender | undefined)[]) =>
    wanted.filter((each) => each !== undefined && contenders.isWanted(each)) as Contender[];
  say(`Closed loops, ${TILLS} tills:`);
  const fast = await runPhase(
    ground,
    here(guard, memoryFloor, bareFloor, fewRules, ownStore, peersRules, ...peers),
    { kind: "closed", connections: TILLS },
    plan.fast,
  );
  say(`Open loop, ${TAIL_RATE} swipes a second:`);
  const tail = await runPhase(
    ground,
    here(guard, memoryFloor),
    { kind: "open", perSecond: TAIL_RATE },
    plan.tail,
  );
  const equals = here(guard, memoryFloor, bareFloor, peersRules, ...peers);
  const rate = equalRate(
    fast.runs,
    equals.map(({ subject }) => subject.name),
  );
  say(`Open loop, ${rate} swipes a second, half of what the slowest of them carries:`);
  const equal = await runPhase(ground, equals, { kind: "open", perSecond: rate }, plan.equal);
  say(`Open loop, ${STAND_IN_RATE} swipes a second, Redis slow and dead:`);
  const standIns: MeasuredRun[] = [];
  for (const contender of here(...contenders.standIns)) {
    const load = { kind: "open", perSecond: STAND_IN_RATE } as const;
    standIns.push(await runOnce(ground, contender, load, plan.standIns));
  }
  return { phases: { fast, tail, equal }, standIns };
}
