import type { FeatureVector, Reading } from "../features/vector.ts";
import type { Hit } from "../rules/hit.ts";
import type { AnswerHit, DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import { LEVELS, type Level, type Mode } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs } from "../units.ts";

/** A decision as it was taken: enough to answer again, and to write the very same record again. */
export interface Decided {
  readonly swipeId: string;
  readonly decision: Level;
  /** What it would have been with everything enforced; equal to `decision` unless observing only. */
  readonly wouldBe: Level;
  readonly enforced: boolean;
  readonly mode: Mode;
  readonly missing: readonly string[];
  /** What the till is told. */
  readonly answered: readonly AnswerHit[];
  /** Everything the rules said, shadow included; absent for a record made again after the policy changed. */
  readonly hits: readonly Hit[];
  readonly policy: DecidedBy;
  readonly keyVersion: string;
  readonly at: EpochMs;
  readonly decidedAt: EpochMs;
  readonly elapsedMs: number;
  readonly personSeq: number;
  readonly vector: FeatureVector;
  /** How the till counts each line, for settlements and reversals in the unit of the check. */
  readonly lines: readonly CheckedLine[];
}

export interface DecidedBy {
  readonly version: string;
  readonly hash: string;
  readonly reference: string;
}

export interface CheckedLine {
  readonly line: string;
  readonly drug: string;
  /** Ledger units (1/10,000 pack) of one of the till's units: 1 for packs, 1/packUnits for pieces. */
  readonly perUnit: number;
}

export function toAnswer(decided: Decided): DecisionAnswer {
  return {
    swipeId: decided.swipeId,
    decision: decided.decision,
    mode: decided.mode,
    missing: [...decided.missing],
    hits: [...decided.answered],
    policy: decided.policy,
    decidedAt: instantText(decided.decidedAt),
    elapsedMs: decided.elapsedMs,
  };
}

/** Readings as the sealed answer keeps them: a known value is itself, absent is null, missing an empty list. */
type KeptReading = string | number | boolean | null | readonly [];

function keep(reading: Reading): KeptReading {
  if (reading === "absent") return null;
  return reading === "missing" ? [] : reading.known;
}

function read(kept: KeptReading): Reading {
  if (kept === null) return "absent";
  return typeof kept === "object" ? "missing" : { known: kept };
}

interface KeptDecided {
  readonly s: string;
  readonly d: number;
  readonly w: number;
  readonly e: boolean;
  readonly m: Mode;
  readonly i: readonly string[];
  readonly a: readonly AnswerHit[];
  readonly h: readonly Hit[];
  readonly p: DecidedBy;
  readonly k: string;
  readonly t: readonly [EpochMs, EpochMs, number, number];
  readonly v: readonly KeptReading[];
  readonly r: readonly (readonly KeptReading[])[];
  readonly l: readonly (readonly [string, string, number])[];
}

/** The sealed form: short names, because a city keeps a day of them in memory. */
export function encodeDecided(decided: Decided): Bytes {
  const kept: KeptDecided = {
    s: decided.swipeId,
    d: LEVELS.indexOf(decided.decision),
    w: LEVELS.indexOf(decided.wouldBe),
    e: decided.enforced,
    m: decided.mode,
    i: decided.missing,
    a: decided.answered,
    h: decided.hits,
    p: decided.policy,
    k: decided.keyVersion,
    t: [decided.at, decided.decidedAt, decided.elapsedMs, decided.personSeq],
    v: decided.vector.swipe.map(keep),
    r: decided.vector.lines.map((row) => row.map(keep)),
    l: decided.lines.map((line) => [line.line, line.drug, line.perUnit]),
  };
  return Buffer.from(JSON.stringify(kept)).toString("latin1");
}

export function decodeDecided(bytes: Bytes): Decided {
  const kept = JSON.parse(Buffer.from(bytes, "latin1").toString()) as KeptDecided;
  const [at, decidedAt, elapsedMs, personSeq] = kept.t;
  return {
    swipeId: kept.s,
    decision: LEVELS[kept.d] ?? "allow",
    wouldBe: LEVELS[kept.w] ?? "allow",
    enforced: kept.e,
    mode: kept.m,
    missing: kept.i,
    answered: kept.a,
    hits: kept.h,
    policy: kept.p,
    keyVersion: kept.k,
    at,
    decidedAt,
    elapsedMs,
    personSeq,
    vector: { swipe: kept.v.map(read), lines: kept.r.map((row) => row.map(read)) },
    lines: kept.l.map(([line, drug, perUnit]) => ({ line, drug, perUnit })),
  };
}
