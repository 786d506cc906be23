import {
  clueEvent,
  type EventData,
  type EventOrigin,
  indicatorEvent,
  type JournalRecord,
  recordText,
  swipeEvent,
} from "../audit/event.ts";
import type { RecordText } from "../audit/line-buffer.ts";
import { base64urlOf } from "../counters/key-text.ts";
import { instantText } from "../swipe/calendar.ts";
import { isRefusal, type Level, type Stage, type SwipeStateName } from "../swipe/vocabulary.ts";
import type { Clock } from "../units.ts";
import { DecidedTexts } from "./decided-text.ts";
import { closingEvent, waitingEvent } from "./entry/waiting-record.ts";
import { FeatureTexts } from "./feature-texts.ts";
import { RecordBytes } from "./record-bytes.ts";
import type {
  AcknowledgedRecord,
  DecidedRecord,
  Done,
  EnteredRecord,
  Recorder,
  ReversedRecord,
  SettledRecord,
  StepRecord,
  UploadedRecord,
} from "./recorder.ts";

/** Where records go: the journal, or nowhere in a replay that keeps none. */
export interface RecordSink {
  /** Each is a record's JSON, without a line break in it. Bytes are good only until the call returns. */
  append(records: readonly RecordText[]): Promise<void>;
}

type Features = EventData<"swipe.decided">["features"];

/** Of a record whose features are written straight to its bytes. */
const WRITTEN_LATER: Features = {};
/** Where they stand in it: no text within a record reads like that, for there the quotes are escaped. */
const NAME = '"features":';
const PLACE = `${NAME}{}`;

/**
 * Turns what the desk did into events and hands them to the journal. Two kinds of writing: a decision that the store has,
 * which is what nearly every till waits for, is put together of texts that are the event to the letter (`DecidedTexts`
 * and, of its features, `FeatureTexts`); everything else is an event first.
 */
export function createJournalRecorder(sink: RecordSink, instance: string, clock: Clock): Recorder {
  const featureTexts = new FeatureTexts();
  const decidedTexts = new DecidedTexts(instance);
  const bytes = new RecordBytes();
  const origin = (): EventOrigin => ({ instance, at: Math.floor(clock.now()) });
  const append = (record: JournalRecord) => sink.append([recordText(record)]);
  const appendJudged = (record: JournalRecord, { plan, decided }: Judged) => {
    const text = recordText(record);
    const at = text.indexOf(PLACE);
    const features = featureTexts.of(plan, decided.vector);
    return sink.append([
      bytes.of([text.slice(0, at + NAME.length), features, text.slice(at + PLACE.length)]),
    ]);
  };
  const appendDecided = (record: DecidedRecord) => {
    const { before, hits, after } = decidedTexts.of(
      record,
      base64urlOf(record.content),
      stateAfter(record),
    );
    const features = featureTexts.of(record.plan, record.decided.vector);
    return sink.append([bytes.of([before, features, hits, after])]);
  };
  const named = ({ plan, decided }: Judged) =>
    JSON.parse(String(featureTexts.of(plan, decided.vector))) as Features;
  return {
    decided: (record) =>
      record.waiting || record.entered
        ? appendJudged(decidedEvent(record, WRITTEN_LATER, origin()), record)
        : appendDecided(record),
    settled: (record) => append(settledEvent(record, origin())),
    reversed: (record) => append(reversedEvent(record, origin())),
    acknowledged: (record) => append(acknowledgedEvent(record, origin())),
    waiting: (record) => append(waitingEvent(record, origin())),
    entered: (record) => appendJudged(enteredEvent(record, origin()), record),
    applied: (step, done, outcome) => {
      const events = done.map((each) => doneEvent(each, named, origin()));
      return sink.append(closingEvent(step, events, outcome, origin()).map(recordText));
    },
    clue: (data, part) => append(clueEvent(data, origin(), part)),
    indicator: (data) => append(indicatorEvent(data, origin())),
  };
}

type Judged = Pick<DecidedRecord, "plan" | "decided">;

function doneEvent(
  { type, record }: Done,
  named: (record: DecidedRecord) => Features,
  origin: EventOrigin,
): JournalRecord {
  switch (type) {
    case "decided":
      return decidedEvent(record, named(record), origin);
    case "settled":
      return settledEvent(record, origin);
    case "reversed":
      return reversedEvent(record, origin);
    case "acknowledged":
      return acknowledgedEvent(record, origin);
  }
}

function decidedEvent(
  record: DecidedRecord,
  features: Features,
  origin: EventOrigin,
): JournalRecord {
  // The same decision written again is the same event to the letter, whichever process writes it.
  const at = { ...origin, at: record.decided.decidedAt };
  const data = decisionData(record, features, stateAfter(record));
  if (record.entered) {
    const entered = { enteredAt: instantText(origin.at), counted: true };
    return swipeEvent("swipe.entered", { ...data, ...entered }, at);
  }
  if (!record.waiting) return swipeEvent("swipe.decided", data, at);
  return swipeEvent("swipe.decided", { ...data, waiting: true, ...keyOf(record) }, at);
}

/** What the decision would have been, and what became of what the till was told. */
function enteredEvent(record: EnteredRecord, origin: EventOrigin): JournalRecord {
  const { swipe, answered, counted } = record;
  const data = {
    ...decisionData(record, WRITTEN_LATER, heldAs(swipe.stage, answered)),
    enteredAt: instantText(origin.at),
    answered,
    counted,
    closes: `${swipe.pharmacy.code}:${swipe.swipeId}:swipe.decided`,
  };
  return swipeEvent("swipe.entered", data, origin);
}

/** In one piece: V8 keeps what many parts are spread into as a table, and a settlement's record took 7 µs in place of 3. */
function decisionData(
  { swipe, decided, content, scope }: Omit<DecidedRecord, "waiting" | "entered">,
  features: Features,
  state: SwipeStateName,
): EventData<"swipe.decided"> {
  const { supersedes } = decided;
  return {
    swipeId: swipe.swipeId,
    pharmacy: swipe.pharmacy.code,
    person: swipe.person.id,
    personSeq: decided.personSeq,
    swipe,
    features,
    hits: decided.hits,
    decision: decided.decision,
    wouldBe: decided.wouldBe,
    enforced: decided.enforcement !== "none",
    enforcement: decided.enforcement,
    mode: decided.mode,
    missing: decided.missing,
    policy: decided.policy,
    keyVersion: decided.keyVersion,
    decidedAt: instantText(decided.decidedAt),
    elapsedMs: decided.elapsedMs,
    timings: { ...decided.timings },
    content: base64urlOf(content),
    scope: scope || undefined,
    supersedes: supersedes.length === 0 ? undefined : supersedes,
    state,
  };
}

function keyOf({ fingerprint }: DecidedRecord) {
  return fingerprint ? { fingerprint } : {};
}

function stateAfter({ swipe, decided, waiting, entered }: DecidedRecord): SwipeStateName {
  if (waiting) return "waiting";
  if (decided.mode === "standIn") return "attempted";
  return heldAs(swipe.stage, entered ? "allow" : decided.decision);
}

function heldAs(stage: Stage, answered: Level): SwipeStateName {
  return stage === "inquiry" || isRefusal(answered) ? "attempted" : "reserved";
}

function scoped(scope: string | undefined) {
  return scope ? { scope } : {};
}

function ofSwipe({ swipeId, pharmacy, person, personSeq, scope }: StepRecord) {
  return { swipeId, pharmacy, person, personSeq, ...scoped(scope) };
}

function settledEvent(record: SettledRecord, origin: EventOrigin): JournalRecord {
  const { settlementId, again, upload } = record;
  const data: EventData<"swipe.settled"> = {
    swipeId: record.swipeId,
    pharmacy: record.pharmacy,
    person: record.person,
    personSeq: record.personSeq,
    scope: record.scope || undefined,
    settlementId,
    visitId: record.visitId,
    checkedAt: instantText(record.checkedAt),
    settledAt: instantText(record.at),
    lines: record.lines,
    funds: record.funds,
    late: record.late,
    settledAgainst: record.against,
    resettled: again ? true : undefined,
    unchecked: record.unchecked,
    matched: record.matched === 0 ? 0 : undefined,
    upload,
    state: record.state,
  };
  return swipeEvent(
    "swipe.settled",
    data,
    origin,
    record.part ?? (again ? settlementId : undefined),
  );
}

function uploaded(upload: UploadedRecord) {
  return { ...upload, traceCodes: [...upload.traceCodes] };
}

function reversedEvent(record: ReversedRecord, origin: EventOrigin): JournalRecord {
  const { reversalId, upload } = record;
  const data = {
    ...ofSwipe(record),
    ...(reversalId === undefined ? {} : { reversalId }),
    reason: record.reason,
    reversedAt: instantText(record.at),
    lines: record.lines.map((line) => ({ ...line, traceCodes: [...line.traceCodes] })),
    codesKept: record.codesKept,
    ...(record.matched === 0 ? { matched: 0 as const } : {}),
    ...(upload === undefined ? {} : { upload: uploaded(upload) }),
    state: record.state,
  };
  const again = record.reason === "restored" ? "restored" : record.settlement;
  return swipeEvent("swipe.reversed", data, origin, record.part ?? again);
}

function acknowledgedEvent(record: AcknowledgedRecord, origin: EventOrigin): JournalRecord {
  const { code } = record;
  const data = {
    ...ofSwipe(record),
    by: record.by,
    choice: record.choice,
    ...(code === undefined ? {} : { code }),
    acknowledgedAt: instantText(record.at),
  };
  return swipeEvent("swipe.acknowledged", data, origin, record.choice);
}
