import { hasFailed } from "./full-share.ts";
import type { MeasuredRun } from "./measure.ts";
import { median } from "./median.ts";
import { medianRatio, type Pair, pairsBetween, type Turns } from "./pairs.ts";

/** A figure to reach. Ratios are of the guard to the other, medians of pairs. */
export interface Target extends Found {
  readonly what: string;
  readonly limit: number;
  readonly must: "atLeast" | "atMost";
  readonly unit: "ratio" | "ms";
  /** What the bare floor reaches in the guard's place: no guard is faster than a server that does next to nothing. */
  readonly bare?: number | undefined;
}

/** Why a figure could not be judged: its runs were not made, failed, or lost too much time to neighbours. */
export type WhyNot = "leftOut" | "failed" | "stolen";

/** A figure, or why there is none. */
export interface Found {
  readonly value: number | undefined;
  /** Only where there is no value. */
  readonly why?: WhyNot;
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
/** Of the guard's CPU to a floor's, both alone or both with what Redis takes for them. */
const MEMORY_CPU = 1.5;
const BARE_CPU = 3;
const RULES_COST = 1.15;
const PEER_THROUGHPUT = 5;
const PEER_P99 = 0.1;

const WHY_NOT: Readonly<Record<WhyNot, string>> = {
  leftOut: "not run",
  failed: "its runs failed",
  stolen: `neighbours took ${100 * TAIL_STOLEN_MAX} % of the machine or more`,
};

/** For whoever reads that a figure was not judged; an older file does not say why. */
export function whyNotText(why: WhyNot | undefined): string {
  return why === undefined ? "not judged" : `not judged: ${WHY_NOT[why]}`;
}

export function isMet({ value, limit, must }: Target): boolean | undefined {
  if (value === undefined) return undefined;
  return must === "atLeast" ? value >= limit : value <= limit;
}

/** What is also held against earlier benches: how fast, and how late at the same rate. */
export function throughputOfFloor({ fast }: Phases, { memoryFloor }: Names): Found {
  return ratioTo(fast, memoryFloor, perSecond);
}

export function p99OfFloor({ tail }: Phases, { memoryFloor }: Names): Found {
  return ratioTo(tail, memoryFloor, p99);
}

export function targetsOf(phases: Phases, names: Names): readonly Target[] {
  const { fast, tail } = phases;
  const { bareFloor, memoryFloor } = names;
  const bareToMemory = (of: Figure) => ratioBetween(fast, bareFloor, memoryFloor, of);
  return [
    atLeast(
      "throughput / memory floor's",
      0.65,
      throughputOfFloor(phases, names),
      bareToMemory(perSecond),
    ),
    atMost(
      "CPU a swipe / memory floor's",
      MEMORY_CPU,
      ratioTo(fast, memoryFloor, cpuUs),
      bareToMemory(cpuUs),
    ),
    atMost(
      "CPU a swipe, process and Redis / memory floor's with its Redis",
      MEMORY_CPU,
      ratioTo(fast, memoryFloor, wholeCpuUs),
      bareToMemory(wholeCpuUs),
    ),
    atMost("CPU a swipe / bare floor's", BARE_CPU, ratioTo(fast, bareFloor, cpuUs)),
    atMost(
      "CPU a swipe, process and Redis / bare floor's with its Redis",
      BARE_CPU,
      ratioTo(fast, bareFloor, wholeCpuUs),
    ),
    atMost("p99 / memory floor's at the same rate", 1.5, p99OfFloor(phases, names)),
    ...names.peers.flatMap((peer) => peerTargets(phases, names, peer)),
    atMost(
      "CPU a swipe, 100 rules / 20 of them over the same memory",
      RULES_COST,
      ratioTo(fast, names.fewRules, cpuUs),
    ),
    atMost(
      "CPU a swipe, 100 rules / the peers' 20, which look at less",
      RULES_COST,
      ratioTo(fast, names.peersRules, cpuUs),
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
      ratioTo(fast, peer, perSecond),
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
      ratioTo(equal, peer, p99),
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

function tailTargets({ runs }: Turns<MeasuredRun>, guard: string): readonly Target[] {
  const own = runs.filter(({ subject }) => subject === guard);
  const good = own.filter((run) => !hasFailed(run));
  const calm = good.filter(({ stolen }) => stolen < TAIL_STOLEN_MAX);
  const why = own.length === 0 ? "leftOut" : good.length === 0 ? "failed" : "stolen";
  const inMs = (what: string, limit: number, of: Figure): Target => ({
    ...atMost(what, limit, foundOr(why, median(calm.map(of)))),
    unit: "ms",
  });
  return [inMs("p99 at 1,000/s, ms", 10, p99), inMs("p99.9 at 1,000/s, ms", 25, p999)];
}

type Figure = (run: MeasuredRun) => number;

function ratioTo({ pairs }: Turns<MeasuredRun>, other: string, of: Figure): Found {
  return ratioOf(pairs.get(other) ?? [], of);
}

function ratioBetween(turns: Turns<MeasuredRun>, one: string, other: string, of: Figure): Found {
  return ratioOf(pairsBetween(turns, one, other), of);
}

/** Without the pairs in which a run failed: what was shed is fast, and says nothing. */
function ratioOf(pairs: readonly Pair<MeasuredRun>[], of: Figure): Found {
  const good = pairs.filter(({ anchor, other }) => !(hasFailed(anchor) || hasFailed(other)));
  return foundOr(pairs.length === 0 ? "leftOut" : "failed", medianRatio(good, of));
}

function foundOr(why: WhyNot, value: number | undefined): Found {
  return value === undefined ? { value, why } : { value };
}

function atLeast(what: string, limit: number, found: Found, bare?: Found): Target {
  return { what, ...found, limit, must: "atLeast", unit: "ratio", bare: bare?.value };
}

function atMost(what: string, limit: number, found: Found, bare?: Found): Target {
  return { ...atLeast(what, limit, found, bare), must: "atMost" };
}

function perSecond(run: MeasuredRun): number {
  return run.perSecond;
}

function cpuUs(run: MeasuredRun): number {
  return run.cpuUs;
}

function wholeCpuUs(run: MeasuredRun): number {
  return run.cpuUs + run.redisCpuUs;
}

function p99(run: MeasuredRun): number {
  return run.p99;
}

function p999(run: MeasuredRun): number {
  return run.p999;
}
