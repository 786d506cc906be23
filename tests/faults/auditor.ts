import type { Test } from "tap";
import type { GuardEvent } from "../../src/audit/event.ts";
import { readTopic } from "../../src/audit/kafka/source.ts";
import { SILENT } from "../../src/units.ts";
import { delay } from "../services/service-process.ts";
import { runCli } from "./guard-process.ts";
import type { AnswerBody } from "./till.ts";

/**
 * Recomputes what must be true from two things alone: what tills sent and were answered, and the events that reached
 * Kafka (or the journal). It knows nothing of the guard's insides and imports no code of them but a reader.
 */

/** 1/10,000 pack, as events count. */
const PACK = 10_000;
/** Looks at the record until everything owed is there. */
const LOOKS_MAX = 40;

export interface SentLine {
  readonly line: string;
  readonly quantity: number;
}

/** One thing a till wanted, however often it had to ask. */
export interface Call {
  readonly kind: "check" | "settlement" | "reversal";
  readonly swipeId: string;
  /** The body as it was sent. */
  readonly sent: object;
  /** Of a check: what was sold. Of a reversal: what came back; absent: all that is left. */
  readonly lines?: readonly SentLine[];
  readonly reversalId?: string;
  /** How often it was sent until it was answered: 1 where all is well. */
  readonly sends: number;
  /** It was answered 429 or 503 meanwhile: each time may have used numbers that nobody was told of. */
  readonly turnedAway?: boolean;
  /** The first 200; absent: it was never answered, and may have happened or not. */
  readonly answer?: AnswerBody;
  /** When it was answered, by the till's own steady clock, in milliseconds. */
  readonly answeredAt?: number;
}

export interface Findings {
  readonly answered: number;
  /** Events delivered, repeats included. */
  readonly delivered: number;
  /** Delivered more than once, under the same id and to the letter the same. */
  readonly repeats: number;
  /** Answered, and in no event. */
  readonly lost: readonly string[];
  /** Told to wait, and never entered. */
  readonly stillWaiting: readonly string[];
  /** The same id with another content. */
  readonly differing: readonly string[];
  /** Recorded otherwise than answered. */
  readonly wrong: readonly string[];
  /** A person's events of one instance, not in order of personSeq. */
  readonly disorder: readonly string[];
  /** The same step told again, after a till repeated it: another time and number, all else the same. */
  readonly toldAgain: number;
  /**
   * A person's numbers that no event has, although everything about the person was answered at the first asking: a
   * step that came to nothing uses numbers too. Taking over an earlier step of a sale uses one, which the successor's
   * `supersedes` accounts for, and one more at each start that does not know from its journal that it was done.
   */
  readonly gaps: readonly string[];
  /** Sales whose settled quantity less what came back is not what the tills did. */
  readonly quantities: readonly string[];
}

/** The part of an event's data that is looked at. */
interface Data {
  readonly swipeId?: string;
  readonly person?: string;
  readonly personSeq?: number;
  readonly decision?: string;
  readonly mode?: string;
  readonly decidedAt?: string;
  readonly lines?: readonly { readonly line: string; readonly quantity: number }[];
  readonly waiting?: boolean;
  readonly closes?: string;
  readonly refused?: string;
  readonly reversalId?: string;
  readonly supersedes?: readonly string[];
}

const dataOf = (event: GuardEvent) => event.data as Data;
const EVENT_OF = {
  check: "swipe.decided",
  settlement: "swipe.settled",
  reversal: "swipe.reversed",
} as const;

/** `crashes`: starts after a guard was killed. */
export function audit(
  calls: readonly Call[],
  delivered: readonly GuardEvent[],
  crashes = 0,
): Findings {
  const swipes = delivered.filter(({ type }) => type.startsWith("swipe."));
  const { first, repeats, toldAgain, differing } = onceEach(swipes);
  const bySwipe = groups(first, ({ subject }) => String(subject));
  const answered = calls.filter(({ answer }) => answer !== undefined);
  const eventsOf = ({ swipeId }: Call) => bySwipe.get(swipeId) ?? [];
  return {
    ...{ answered: answered.length, delivered: swipes.length, repeats, toldAgain, differing },
    lost: answered.filter((call) => !isThere(call, eventsOf(call))).map(nameOf),
    stillWaiting: answered.filter((call) => stillWaits(eventsOf(call))).map(nameOf),
    wrong: answered.filter((call) => isWrong(call, eventsOf(call))).map(nameOf),
    disorder: disorderIn(calls, first),
    gaps: gapsIn(calls, swipes, 1 + crashes),
    quantities: wrongQuantities(calls, bySwipe),
  };
}

function onceEach(events: readonly GuardEvent[]) {
  const seen = new Map<string, GuardEvent>();
  const differing: string[] = [];
  let repeats = 0;
  let toldAgain = 0;
  for (const event of events) {
    const before = seen.get(event.id);
    if (before === undefined) seen.set(event.id, event);
    else if (contentOf(before) === contentOf(event)) repeats += 1;
    else if (isSameStep(before, event)) toldAgain += 1;
    else differing.push(`${event.id}: ${differenceOf(before, event)}`);
  }
  return { first: [...seen.values()], repeats, toldAgain, differing };
}

/** Another instance may tell the same again, and only that may differ. */
const contentOf = (event: GuardEvent) => JSON.stringify({ ...event, source: "" });

/**
 * What a repeat may say anew. Of a step: when it was told, and as the how manieth of its person. Of a decision: that
 * the store has confirmed it meanwhile.
 */
const NEW_EACH_TIME = { personSeq: 0, settledAt: "", reversedAt: "", acknowledgedAt: "" };
const CONFIRMED = { waiting: false, fingerprint: "", state: "" };

function isSameStep(one: GuardEvent, other: GuardEvent): boolean {
  if (one.type === "swipe.decided") {
    const decisionOf = (event: GuardEvent) =>
      sortedText({ ...event.data, ...CONFIRMED }, event.time);
    return dataOf(one).waiting === true && decisionOf(one) === decisionOf(other);
  }
  const stepOf = (event: GuardEvent) =>
    contentOf({ ...event, time: "", data: { ...event.data, ...NEW_EACH_TIME } });
  return stepOf(one) === stepOf(other);
}

function sortedText(data: object, time: string): string {
  const named = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([time, named]);
}

function differenceOf(one: GuardEvent, other: GuardEvent): string {
  const there = { ...one, ...one.data } as Record<string, unknown>;
  const here = { ...other, ...other.data } as Record<string, unknown>;
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])].filter(
    (name) => name !== "data" && JSON.stringify(there[name]) !== JSON.stringify(here[name]),
  );
  return names
    .map((name) =>
      `${name} ${JSON.stringify(there[name])} / ${JSON.stringify(here[name])}`.slice(0, 200),
    )
    .join(", ");
}

const nameOf = ({ kind, swipeId }: Call) => `${kind} of ${swipeId}`;

function isThere({ kind, reversalId }: Call, events: readonly GuardEvent[]): boolean {
  return events.some(
    (event) =>
      event.type === EVENT_OF[kind] &&
      (reversalId === undefined || dataOf(event).reversalId === reversalId),
  );
}

function stillWaits(events: readonly GuardEvent[]): boolean {
  const closed = new Set(events.map((event) => dataOf(event).closes));
  return events.some((event) => dataOf(event).waiting === true && !closed.has(event.id));
}

function isWrong({ kind, answer }: Call, events: readonly GuardEvent[]): boolean {
  const recorded = events.find(({ type }) => type === "swipe.decided");
  if (kind !== "check" || recorded === undefined || answer?.decidedAt === undefined) return false;
  const { decision, decidedAt, mode } = dataOf(recorded);
  return decision !== answer.decision || decidedAt !== answer.decidedAt || mode !== answer.mode;
}

/** What waited has no number of its own: its outcome has. */
const isNumbered = (event: GuardEvent) =>
  dataOf(event).waiting !== true && (dataOf(event).personSeq ?? 0) > 0;

/** A decision that was made, could not be recorded, and was told at the till's repeat has the number of its making. */
function disorderIn(calls: readonly Call[], events: readonly GuardEvent[]): string[] {
  const late = new Set(calls.filter(isUnsure).map(({ swipeId }) => swipeId));
  const lanes = groups(
    events.filter(isNumbered),
    (event) => `${dataOf(event).person} ${event.source}`,
  );
  return [...lanes.values()].flatMap((lane) =>
    lane
      .filter(({ subject }) => !late.has(String(subject)))
      .filter((event, index, sure) => seqOf(event) < seqOf(sure[index - 1]))
      .map((event) => `${event.id} (${seqOf(event)})`),
  );
}

const seqOf = (event: GuardEvent | undefined) =>
  event === undefined ? 0 : (dataOf(event).personSeq ?? 0);

const isUnsure = ({ answer, turnedAway }: Call) => answer === undefined || turnedAway === true;

/** `starts`: of the guard, each of which may have taken over again what was taken over before. */
function gapsIn(calls: readonly Call[], events: readonly GuardEvent[], starts: number): string[] {
  const askedAgain = calls.filter((call) => isUnsure(call) || call.sends > 1);
  const unsure = new Set(askedAgain.map(({ swipeId }) => swipeId));
  const persons = groups(events.filter(isNumbered), (event) => String(dataOf(event).person));
  return [...persons].flatMap(([person, own]) => {
    if (own.some(({ subject }) => unsure.has(String(subject)))) return [];
    const numbers = new Set(own.map(seqOf));
    const takenOver =
      starts * own.reduce((sum, event) => sum + (dataOf(event).supersedes?.length ?? 0), 0);
    const missing: string[] = [];
    for (let number = 1; number <= Math.max(...numbers); number++) {
      if (!numbers.has(number)) missing.push(`${person} ${number}`);
    }
    return missing.length > takenOver ? missing : [];
  });
}

function wrongQuantities(
  calls: readonly Call[],
  bySwipe: ReadonlyMap<string, readonly GuardEvent[]>,
): string[] {
  const wrong: string[] = [];
  for (const [swipeId, own] of groups(calls, (call) => call.swipeId)) {
    if (own.some(({ answer }) => answer === undefined)) continue;
    const told = toldQuantity(own);
    const recorded = recordedQuantity(bySwipe.get(swipeId) ?? []);
    if (told !== recorded) wrong.push(`${swipeId}: recorded ${recorded}, told ${told}`);
  }
  return wrong;
}

function toldQuantity(calls: readonly Call[]): number {
  const sold = calls.find(({ kind }) => kind === "check")?.lines;
  let left = calls.some(({ kind }) => kind === "settlement") ? quantityOf(sold) * PACK : 0;
  for (const { kind, lines } of calls) {
    if (kind === "reversal") left -= lines === undefined ? left : quantityOf(lines) * PACK;
  }
  return left;
}

function recordedQuantity(events: readonly GuardEvent[]): number {
  let left = 0;
  for (const event of events) {
    const { lines, waiting, refused } = dataOf(event);
    if (waiting === true || refused !== undefined) continue;
    if (event.type === "swipe.settled") left += quantityOf(lines);
    if (event.type === "swipe.reversed") left -= quantityOf(lines);
  }
  // A reversal of a reservation gives back what was never settled.
  return Math.max(0, left);
}

function quantityOf(lines: readonly SentLine[] | undefined): number {
  return (lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group === undefined) found.set(keyOf(item), [item]);
    else group.push(item);
  }
  return found;
}

/** Everything of the topic whose subject is one of the tills' swipes. */
export async function eventsInKafka(
  brokers: string,
  calls: readonly Call[],
): Promise<GuardEvent[]> {
  const ids = new Set(calls.map(({ swipeId }) => swipeId));
  const found: GuardEvent[] = [];
  const connection = { brokers: brokers.split(",") };
  for await (const { event } of readTopic({
    connection,
    observer: SILENT,
    topic: "guard.swipes.v1",
  })) {
    if (ids.has(String(event.subject))) found.push(event);
  }
  return found;
}

/** Everything the journal under a data folder has, by `guard events`. */
export async function eventsInJournal(dataDir: string): Promise<GuardEvent[]> {
  const { status, stdout, stderr } = await runCli(["events", "--json", "--journal"], {
    GUARD_DATA_DIR: dataDir,
  });
  if (status !== 0) throw new Error(`guard events ended with ${status}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as GuardEvent);
}

/** Looks again until nothing answered is missing, or it is clear that it never comes. */
export async function auditUntilWhole(
  calls: readonly Call[],
  read: () => Promise<readonly GuardEvent[]>,
  crashes = 0,
): Promise<Findings> {
  let found = audit(calls, await read(), crashes);
  for (let look = 1; look < LOOKS_MAX && isUnfinished(found); look++) {
    await delay(500);
    found = audit(calls, await read(), crashes);
  }
  return found;
}

const isUnfinished = ({ lost, stillWaiting }: Findings) => lost.length + stillWaiting.length > 0;

/** Nothing lost, nothing counted twice, nothing out of order. */
export function whole(t: Test, found: Findings, what: string): void {
  const { answered, delivered, repeats, toldAgain } = found;
  t.same(found.lost.slice(0, 5), [], `${what}: everything answered is recorded`);
  t.same(found.stillWaiting.slice(0, 5), [], `${what}: everything that waited was entered`);
  t.same(found.differing.slice(0, 5), [], `${what}: what comes again is the same to the letter`);
  t.same(found.wrong.slice(0, 5), [], `${what}: the record is of the answer given`);
  t.same(found.disorder.slice(0, 5), [], `${what}: a person's events are in order of personSeq`);
  t.same(found.gaps.slice(0, 5), [], `${what}: no number of a person is missing`);
  t.same(found.quantities.slice(0, 5), [], `${what}: every settled quantity is there once`);
  const again = `${repeats} delivered again, ${toldAgain} steps told again`;
  t.comment(`${what}: ${answered} answered, ${delivered} events, ${again}`);
}
