import { StoreUnreadableError } from "../counters/contract.ts";
import type { FeatureVector } from "../features/vector.ts";
import { ENFORCEMENTS, type Enforcement } from "../rules/enforcement.ts";
import type { Hit } from "../rules/hit.ts";
import { type AnswerHit, DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import { LEVELS, type Level, type Mode } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs } from "../units.ts";
import { readReadings } from "./kept-readings.ts";
import { SealedTexts } from "./sealed-text.ts";
import { told } from "./told.ts";

/** A decision as it was taken: enough to answer again, and to write the very same record again. */
export interface Decided extends DecidedSale {
  readonly vector: FeatureVector;
}

/** All of it but what the rules saw: what later steps of the sale need. */
export interface DecidedSale {
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
  /** The till's clock, where a repeat may come with another one: an NHSA envelope's time is no content. */
  readonly occurredAt?: EpochMs | undefined;
  readonly decidedAt: EpochMs;
  readonly elapsedMs: number;
  readonly timings: Timings;
  readonly personSeq: number;
  /** How the till counts each line, for settlements and reversals in the unit of the check. */
  readonly lines: readonly CheckedLine[];
  /** Earlier steps of the same sale that this one supersedes: their keys in base64url. */
  readonly supersedes: readonly string[];
  /** Sold without asking (an offline till): nobody was told, so its settlement is unchecked and never against an answer. */
  readonly unasked?: true | undefined;
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

export function toAnswer(decided: DecidedSale): DecisionAnswer {
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

function readHash(kept: string): string {
  if (!kept.startsWith("=")) return kept;
  return `sha256:${Buffer.from(kept.slice(1), "base64url").toString("hex")}`;
}

function readAnswered(answered: AnswerHit | number, hits: readonly Hit[]): AnswerHit {
  if (typeof answered !== "number") return answered;
  const hit = hits[answered];
  if (hit === undefined)
    throw new RangeError("GUARD_DECISION_SEALED: a sealed answer names no hit");
  return told(hit);
}

/** The sealed form, written by `SealedTexts`: lists without names, because a city keeps a day of them in memory. */
type KeptDecided = readonly [
  till: readonly [swipeId: string, lines: readonly (readonly [string, string, number])[]],
  said: readonly [
    decision: number,
    wouldBe: number,
    enforcement: number,
    mode: Mode,
    missing: readonly string[],
    unasked?: 1,
  ],
  /** In place of what was answered a number: what is told of that hit. */
  hits: readonly [answered: readonly (AnswerHit | number)[], all: readonly Hit[]],
  by: readonly [version: string, hash: string, reference: string, keyVersion: string],
  /** The decision's time is counted from `at`, and the till's clock too. */
  times: readonly [
    at: EpochMs,
    after: number,
    elapsedMs: number,
    personSeq: number,
    observe: number,
    judge: number,
    occurred?: number,
  ],
  vector: readonly [swipe: string, lines: readonly string[]],
  supersedes: readonly string[],
];

/** One by one; whoever seals many keeps a `SealedTexts`. */
export function encodeDecided(decided: Decided): Bytes {
  return new SealedTexts().of(decided);
}

function textOf(bytes: Bytes): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString();
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** @throws StoreUnreadableError: whoever keeps it gave something else than it was given */
export function decodeDecided(bytes: Bytes): Decided {
  const decided = readable(bytes, readWhole);
  if (decided === undefined) throw new StoreUnreadableError("A sealed answer cannot be read.");
  return decided;
}

/**
 * Undefined where there is none, or none that can be read: after a day there is none either. The readings are not
 * looked at: they are two thirds of the work (11 of 16 us for a policy of 150 features), and no later step asks for them.
 */
export function decidedSaleIn(bytes: Bytes | undefined): DecidedSale | undefined {
  return bytes === undefined ? undefined : readable(bytes, readSale);
}

function readable<T extends DecidedSale>(
  bytes: Bytes,
  read: (kept: KeptDecided) => T,
): T | undefined {
  try {
    const decided = read(JSON.parse(textOf(bytes)) as KeptDecided);
    return isWhole(decided) ? decided : undefined;
  } catch {
    return undefined;
  }
}

/** Fit to be told, sealed and recorded again: what was altered on the way may still be JSON. */
function isWhole(decided: DecidedSale): boolean {
  return (
    areTimes(decided) &&
    areLists(decided) &&
    typeof decided.keyVersion === "string" &&
    DecisionAnswer.safeParse(toAnswer(decided)).success
  );
}

function areTimes({ at, decidedAt, occurredAt, personSeq, timings }: DecidedSale): boolean {
  return (
    Number.isSafeInteger(at) &&
    Number.isSafeInteger(decidedAt) &&
    (occurredAt === undefined || Number.isSafeInteger(occurredAt)) &&
    Number.isSafeInteger(personSeq) &&
    Number.isFinite(timings.observe) &&
    Number.isFinite(timings.judge)
  );
}

function areLists({ missing, hits, lines, supersedes }: DecidedSale): boolean {
  return (
    Array.isArray(missing) &&
    Array.isArray(hits) &&
    hits.every((hit) => Array.isArray(hit.lines)) &&
    lines.every(isCheckedLine) &&
    Array.isArray(supersedes) &&
    supersedes.every((key) => typeof key === "string")
  );
}

function isCheckedLine({ line, drug, perUnit }: CheckedLine): boolean {
  return typeof line === "string" && typeof drug === "string" && Number.isFinite(perUnit);
}

function readWhole(kept: KeptDecided): Decided {
  const [swipe, rows] = kept[5];
  return readKept(kept, { swipe: readReadings(swipe), lines: rows.map(readReadings) });
}

function readSale(kept: KeptDecided): DecidedSale {
  return readKept(kept, undefined);
}

/** In one piece, what is not there too: V8 keeps what many parts are spread into as a table, and is slow to read it. */
function readKept<Vector>(
  kept: KeptDecided,
  vector: Vector,
): DecidedSale & { readonly vector: Vector } {
  const [[swipeId, lines], said, [answered, hits], by, times, , supersedes] = kept;
  const [decision, wouldBe, enforcement, mode, missing, unasked] = said;
  const [version, hash, reference, keyVersion] = by;
  const [at, after, elapsedMs, personSeq, observe, judge, occurred] = times;
  return {
    swipeId,
    decision: LEVELS[decision] ?? "allow",
    wouldBe: LEVELS[wouldBe] ?? "allow",
    enforcement: ENFORCEMENTS[enforcement] ?? "all",
    mode,
    missing,
    answered: answered.map((answer) => readAnswered(answer, hits)),
    hits,
    policy: { version, hash: readHash(hash), reference: readHash(reference) },
    keyVersion,
    at,
    occurredAt: occurred === undefined ? undefined : at + occurred,
    decidedAt: at + after,
    elapsedMs,
    timings: { observe, judge },
    personSeq,
    lines: lines.map(([line, drug, perUnit]) => ({ line, drug, perUnit })),
    supersedes,
    unasked: unasked === 1 ? true : undefined,
    vector,
  };
}
