import { hasFailed } from "./full-share.ts";
import type { MeasuredRun } from "./measure.ts";
import { median } from "./median.ts";
import { medianRatio, type Pair, type Turns } from "./pairs.ts";

/** A figure to reach. Ratios are of the guard to the other, medians of pairs. */
export interface Target {
  readonly what: string;
  /** Undefined where the runs for it were left out, failed, or lost too much time to be judged. */
  readonly value: number | undefined;
  readonly limit: number;
  readonly must: "atLeast" | "atMost";
  readonly unit: "ratio" | "ms";
  /** What the bare floor reaches in the guard's place: no guard is faster than a server that does next to nothing. */
  readonly bare?: number | undefined;
}

/** The phases of a bench, each of the guard against others in turn. */
export interface Phases {
  /** Closed loops: as fast as they can. */
  readonly fast: Turns<MeasuredRun>;
  /** Open loop at 1,000 swipes a second. */
  readonly tail: Turns<MeasuredRun>;
  /** Open loop at a rate that all of them carry. */
  readonly equal: Turns<MeasuredRun>;
}

/** Whose runs are whose. */
export interface Names {
  readonly guard: string;
  /** The guard with 20 of its 100 rules, and with the peers' 20. */
  readonly fewRules: string;
  readonly peersRules: string;
  readonly memoryFloor: string;
  readonly bareFloor: string;
  readonly peers: readonly string[];
}

/** A tail of 10 ms is judged only where the neighbours took less than this. */
const TAIL_STOLEN_MAX = 0.02;
const RULES_COST = 1.15;
const PEER_THROUGHPUT = 5;
const PEER_P99 = 0.1;

export function isMet({ value, limit, must }: Target): boolean | undefined {
  if (value === undefined) return undefined;
  return must === "atLeast" ? value >= limit : value <= limit;
}

export function targetsOf(phases: Phases, names: Names): readonly Target[] {
  const { fast, tail } = phases;
  const memory = pairsOf(fast, names.memoryFloor);
  return [
    atLeast(
      "throughput / memory floor's",
      0.65,
      medianRatio(memory, perSecond),
      ratioBetween(fast, names.bareFloor, names.memoryFloor, perSecond),
    ),
    atMost(
      "CPU a swipe / memory floor's",
      1.5,
      medianRatio(memory, cpuUs),
      ratioBetween(fast, names.bareFloor, names.memoryFloor, cpuUs),
    ),
    atMost("CPU a swipe / bare floor's", 3, medianRatio(pairsOf(fast, names.bareFloor), cpuUs)),
    atMost(
      "p99 / memory floor's at the same rate",
      1.5,
      medianRatio(pairsOf(tail, names.memoryFloor), p99),
    ),
    ...names.peers.flatMap((peer) => peerTargets(phases, names, peer)),
    atMost(
      "CPU a swipe, 100 rules / 20 of them over the same memory",
      RULES_COST,
      medianRatio(pairsOf(fast, names.fewRules), cpuUs),
    ),
    atMost(
      "CPU a swipe, 100 rules / the peers' 20, which look at less",
      RULES_COST,
      medianRatio(pairsOf(fast, names.peersRules), cpuUs),
    ),
    ...tailTargets(tail, names.guard),
  ];
}

/** With a fifth of the guard's rules, and rule for rule. */
function peerTargets({ fast, equal }: Phases, names: Names, peer: string): readonly Target[] {
  const own = names.peersRules;
  const throughput = ratioBetween(fast, names.bareFloor, peer, perSecond);
  const tail = ratioBetween(equal, names.bareFloor, peer, p99);
  return [
    atLeast(
      `throughput, 100 rules / ${peer}'s with 20`,
      PEER_THROUGHPUT,
      medianRatio(pairsOf(fast, peer), perSecond),
      throughput,
    ),
    atLeast(
      `throughput, the same 20 rules / ${peer}'s`,
      PEER_THROUGHPUT,
      ratioBetween(fast, own, peer, perSecond),
      throughput,
    ),
    atMost(
      `p99, 100 rules / ${peer}'s with 20 at the same rate`,
      PEER_P99,
      medianRatio(pairsOf(equal, peer), p99),
      tail,
    ),
    atMost(
      `p99, the same 20 rules / ${peer}'s at the same rate`,
      PEER_P99,
      ratioBetween(equal, own, peer, p99),
      tail,
    ),
  ];
}

/** Of two that never met, by way of the one that both took turns with. */
function ratioBetween(
  turns: Turns<MeasuredRun>,
  one: string,
  other: string,
  of: (run: MeasuredRun) => number,
): number | undefined {
  const toOne = medianRatio(pairsOf(turns, one), of);
  const toOther = medianRatio(pairsOf(turns, other), of);
  return toOne === undefined || toOther === undefined ? undefined : toOther / toOne;
}

function tailTargets(tail: Turns<MeasuredRun>, guard: string): readonly Target[] {
  const calm = tail.runs.filter(
    (run) => run.subject === guard && run.stolen < TAIL_STOLEN_MAX && !hasFailed(run),
  );
  return [
    { ...atMost("p99 at 1,000/s, ms", 10, median(calm.map(p99))), unit: "ms" },
    { ...atMost("p99.9 at 1,000/s, ms", 25, median(calm.map(({ p999 }) => p999))), unit: "ms" },
  ];
}

/** Pairs without a failed run: what was shed is fast, and says nothing. */
export function pairsOf(turns: Turns<MeasuredRun>, other: string): readonly Pair<MeasuredRun>[] {
  const pairs = turns.pairs.get(other) ?? [];
  return pairs.filter(({ anchor, other }) => !(hasFailed(anchor) || hasFailed(other)));
}

function atLeast(what: string, limit: number, value: number | undefined, bare?: number): Target {
  return { what, value, limit, must: "atLeast", unit: "ratio", bare };
}

function atMost(what: string, limit: number, value: number | undefined, bare?: number): Target {
  return { what, value, limit, must: "atMost", unit: "ratio", bare };
}

function perSecond(run: MeasuredRun): number {
  return run.perSecond;
}

function cpuUs(run: MeasuredRun): number {
  return run.cpuUs;
}

function p99(run: MeasuredRun): number {
  return run.p99;
}
