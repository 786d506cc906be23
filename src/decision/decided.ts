import type { FeatureVector, Reading } from "../features/vector.ts";
import { ENFORCEMENTS, type Enforcement } from "../rules/enforcement.ts";
import type { Hit } from "../rules/hit.ts";
import type { AnswerHit, DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import { LEVELS, type Level, type Mode } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs } from "../units.ts";

/** A decision as it was taken: enough to answer again, and to write the very same record again. */
export interface Decided {
  readonly swipeId: string;
  readonly decision: Level;
  /** What it would have been with everything enforced; equal to `decision` where all is enforced. */
  readonly wouldBe: Level;
  /** How much of it was answered: a fact of its own, for the setting of the moment is in no policy. */
  readonly enforcement: Enforcement;
  readonly mode: Mode;
  readonly missing: readonly string[];
  /** What the till is told. */
  readonly answered: readonly AnswerHit[];
  /** Everything the rules said, shadow included. */
  readonly hits: readonly Hit[];
  readonly policy: DecidedBy;
  readonly keyVersion: string;
  readonly at: EpochMs;
  readonly decidedAt: EpochMs;
  readonly elapsedMs: number;
  readonly timings: Timings;
  readonly personSeq: number;
  readonly vector: FeatureVector;
  /** How the till counts each line, for settlements and reversals in the unit of the check. */
  readonly lines: readonly CheckedLine[];
  /** Earlier steps of the same sale that this one supersedes: their keys in base64url. */
  readonly supersedes: readonly string[];
}

/** Milliseconds of the steps before the answer was made. */
export interface Timings {
  readonly observe: number;
  readonly judge: number;
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

/** Ends each word of a row, so that an empty row is an empty text. */
const END = ",";
const ESCAPED_END = "\\u002c";

/** A row of readings as text, a word each: nothing is absent, `?` missing, then `t`, `f`, a number, or a text after `'`. */
function keep(row: readonly Reading[]): string {
  let text = "";
  for (const reading of row) text += wordOf(reading) + END;
  return text;
}

function wordOf(reading: Reading): string {
  if (reading === "absent") return "";
  if (reading === "missing") return "?";
  const { known } = reading;
  if (typeof known === "string")
    return `'${JSON.stringify(known).slice(1, -1).replaceAll(END, ESCAPED_END)}`;
  return typeof known === "boolean" ? (known ? "t" : "f") : String(known);
}

function read(row: string): Reading[] {
  return row.split(END).slice(0, -1).map(readingOf);
}

function readingOf(word: string): Reading {
  switch (word) {
    case "":
      return "absent";
    case "?":
      return "missing";
    case "t":
    case "f":
      return { known: word === "t" };
    default:
      return {
        known: word.startsWith("'") ? String(JSON.parse(`"${word.slice(1)}"`)) : Number(word),
      };
  }
}

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** The hashes of policy and reference data are a fifth of a sealed answer; in base64url they are a third shorter. */
function keepHash(hash: string): string {
  return SHA256.test(hash) ? `=${Buffer.from(hash.slice(7), "hex").toString("base64url")}` : hash;
}

function readHash(kept: string): string {
  if (!kept.startsWith("=")) return kept;
  return `sha256:${Buffer.from(kept.slice(1), "base64url").toString("hex")}`;
}

interface KeptDecided {
  readonly s: string;
  readonly d: number;
  readonly w: number;
  readonly e: number;
  readonly m: Mode;
  readonly i: readonly string[];
  readonly a: readonly AnswerHit[];
  readonly h: readonly Hit[];
  readonly p: readonly [version: string, hash: string, reference: string];
  readonly k: string;
  /** at, decidedAt counted from it, elapsedMs, personSeq, observe, judge. */
  readonly t: readonly [EpochMs, number, number, number, number, number];
  readonly v: string;
  readonly r: readonly string[];
  readonly l: readonly (readonly [string, string, number])[];
  /** Only where there is one. */
  readonly u?: readonly string[];
}

/** The sealed form: short names, because a city keeps a day of them in memory. */
export function encodeDecided(decided: Decided): Bytes {
  const { policy } = decided;
  const kept: KeptDecided = {
    s: decided.swipeId,
    d: LEVELS.indexOf(decided.decision),
    w: LEVELS.indexOf(decided.wouldBe),
    e: ENFORCEMENTS.indexOf(decided.enforcement),
    m: decided.mode,
    i: decided.missing,
    a: decided.answered,
    h: decided.hits,
    p: [policy.version, keepHash(policy.hash), keepHash(policy.reference)],
    k: decided.keyVersion,
    t: [
      decided.at,
      decided.decidedAt - decided.at,
      decided.elapsedMs,
      decided.personSeq,
      decided.timings.observe,
      decided.timings.judge,
    ],
    v: keep(decided.vector.swipe),
    r: decided.vector.lines.map(keep),
    l: decided.lines.map((line) => [line.line, line.drug, line.perUnit]),
    ...(decided.supersedes.length === 0 ? {} : { u: decided.supersedes }),
  };
  return Buffer.from(JSON.stringify(kept)).toString("latin1");
}

export function decodeDecided(bytes: Bytes): Decided {
  const kept = JSON.parse(Buffer.from(bytes, "latin1").toString()) as KeptDecided;
  const [at, after, elapsedMs, personSeq, observe, judge] = kept.t;
  const [version, hash, reference] = kept.p;
  return {
    swipeId: kept.s,
    decision: LEVELS[kept.d] ?? "allow",
    wouldBe: LEVELS[kept.w] ?? "allow",
    enforcement: ENFORCEMENTS[kept.e] ?? "all",
    mode: kept.m,
    missing: kept.i,
    answered: kept.a,
    hits: kept.h,
    policy: { version, hash: readHash(hash), reference: readHash(reference) },
    keyVersion: kept.k,
    at,
    decidedAt: at + after,
    elapsedMs,
    timings: { observe, judge },
    personSeq,
    vector: { swipe: read(kept.v), lines: kept.r.map(read) },
    lines: kept.l.map(([line, drug, perUnit]) => ({ line, drug, perUnit })),
    supersedes: kept.u ?? [],
  };
}
