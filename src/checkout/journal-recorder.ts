import {
  clueEvent,
  type EventOrigin,
  indicatorEvent,
  type JournalRecord,
  swipeEvent,
} from "../audit/event.ts";
import type { Decided } from "../decision/decided.ts";
import type { FeaturePlan, PlannedFeature } from "../features/plan.ts";
import type { Reading } from "../features/vector.ts";
import { instantText } from "../swipe/calendar.ts";
import { isRefusal, type Level, type Stage, type SwipeStateName } from "../swipe/vocabulary.ts";
import type { Clock } from "../units.ts";
import { closingEvent, waitingEvent } from "./entry/waiting-record.ts";
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
  append(records: readonly JournalRecord[]): Promise<void>;
}

/** Turns what the desk did into events and hands them to the journal. */
export function createJournalRecorder(sink: RecordSink, instance: string, clock: Clock): Recorder {
  const origin = (): EventOrigin => ({ instance, at: Math.floor(clock.now()) });
  return {
    decided: (record) => sink.append([decidedEvent(record, origin())]),
    settled: (record) => sink.append([settledEvent(record, origin())]),
    reversed: (record) => sink.append([reversedEvent(record, origin())]),
    acknowledged: (record) => sink.append([acknowledgedEvent(record, origin())]),
    waiting: (record) => sink.append([waitingEvent(record, origin())]),
    entered: (record) => sink.append([enteredEvent(record, origin())]),
    applied: (step, done, outcome) => {
      const events = done.map((each) => doneEvent(each, origin()));
      return sink.append(closingEvent(step, events, outcome, origin()));
    },
    clue: (data, part) => sink.append([clueEvent(data, origin(), part)]),
    indicator: (data) => sink.append([indicatorEvent(data, origin())]),
  };
}

function doneEvent({ type, record }: Done, origin: EventOrigin): JournalRecord {
  switch (type) {
    case "decided":
      return decidedEvent(record, origin);
    case "settled":
      return settledEvent(record, origin);
    case "reversed":
      return reversedEvent(record, origin);
    case "acknowledged":
      return acknowledgedEvent(record, origin);
  }
}

function decidedEvent(record: DecidedRecord, origin: EventOrigin): JournalRecord {
  // The same decision written again is the same event to the letter, whichever process writes it.
  const at = { ...origin, at: record.decided.decidedAt };
  const data = { ...decisionData(record), state: stateAfter(record) };
  if (!record.entered) {
    const { waiting, fingerprint } = record;
    const waits = waiting ? { waiting, ...(fingerprint ? { fingerprint } : {}) } : {};
    return swipeEvent("swipe.decided", { ...data, ...waits }, at);
  }
  const entered = { enteredAt: instantText(origin.at), counted: true };
  return swipeEvent("swipe.entered", { ...data, ...entered }, at);
}

/** What the decision would have been, and what became of what the till was told. */
function enteredEvent(record: EnteredRecord, origin: EventOrigin): JournalRecord {
  const { swipe, answered, counted } = record;
  const data = {
    ...decisionData(record),
    state: heldAs(swipe.stage, answered),
    enteredAt: instantText(origin.at),
    answered,
    counted,
    closes: `${swipe.pharmacy.code}:${swipe.swipeId}:swipe.decided`,
  };
  return swipeEvent("swipe.entered", data, origin);
}

function decisionData(record: Omit<DecidedRecord, "waiting" | "entered">) {
  const { swipe, decided, plan, content, scope } = record;
  const { supersedes } = decided;
  return {
    swipeId: swipe.swipeId,
    pharmacy: swipe.pharmacy.code,
    person: swipe.person.id,
    personSeq: decided.personSeq,
    swipe,
    features: namedFeatures(plan, decided),
    hits: [...decided.hits],
    decision: decided.decision,
    wouldBe: decided.wouldBe,
    enforced: decided.enforcement !== "none",
    enforcement: decided.enforcement,
    mode: decided.mode,
    missing: [...decided.missing],
    policy: decided.policy,
    keyVersion: decided.keyVersion,
    decidedAt: instantText(decided.decidedAt),
    elapsedMs: decided.elapsedMs,
    timings: { ...decided.timings },
    content: Buffer.from(content, "latin1").toString("base64url"),
    ...scoped(scope),
    ...(supersedes.length === 0 ? {} : { supersedes: [...supersedes] }),
  };
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

function namedFeatures(plan: FeaturePlan, { vector }: Decided) {
  const reading = (value: Reading | undefined) => value ?? ("missing" as const);
  const whole = (feature: PlannedFeature, index: number) =>
    [feature.name, { kind: feature.definition.kind, value: reading(vector.swipe[index]) }] as const;
  const byLine = (feature: PlannedFeature, index: number) =>
    [
      feature.name,
      { kind: feature.definition.kind, lines: vector.lines.map((row) => reading(row[index])) },
    ] as const;
  return Object.fromEntries([...plan.swipe.map(whole), ...plan.lines.map(byLine)]);
}

function ofSwipe({ swipeId, pharmacy, person, personSeq, scope }: StepRecord) {
  return { swipeId, pharmacy, person, personSeq, ...scoped(scope) };
}

function settledEvent(record: SettledRecord, origin: EventOrigin): JournalRecord {
  const { settlementId, visitId, funds, again, upload } = record;
  const data = {
    ...ofSwipe(record),
    ...(settlementId === undefined ? {} : { settlementId }),
    ...(visitId === undefined ? {} : { visitId }),
    checkedAt: instantText(record.checkedAt),
    settledAt: instantText(record.at),
    lines: record.lines.map((line) => ({ ...line, traceCodes: [...line.traceCodes] })),
    ...(funds === undefined ? {} : { funds }),
    late: record.late,
    settledAgainst: record.against,
    ...(again ? { resettled: true } : {}),
    unchecked: record.unchecked,
    ...(record.matched === 0 ? { matched: 0 as const } : {}),
    ...(upload === undefined ? {} : { upload: uploaded(upload) }),
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
