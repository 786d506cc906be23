import { type EventOrigin, type JournalRecord, swipeEvent } from "../../audit/event.ts";
import { instantText } from "../../swipe/calendar.ts";
import type { Pseudonym } from "../../swipe/pseudonymised-swipe.ts";
import type { AppliedOutcome, ReversedRecord, WaitingRecord } from "../recorder.ts";

/** Whom a message names that names nobody: a pseudonym's form, and no person's. */
export const NOBODY: Pseudonym = "A".repeat(14);

/** The part of its id by which the outcome of a step is told from the step as it waited. */
const APPLIED = "applied";

const CHECKS: readonly string[] = ["swipe.decided", "swipe.entered"];

/** A step as it waits: what it asks for, and nothing yet of what it changes. */
export function waitingEvent(record: WaitingRecord, origin: EventOrigin): JournalRecord {
  const { step: asked, fingerprint } = record;
  const key = fingerprint === undefined ? {} : { fingerprint };
  const said = { waiting: true, asked, ...key, state: "waiting" as const };
  return stepEvent(record, said, origin, record.part);
}

export function waitingId(record: WaitingRecord): string {
  return waitingEvent(record, { instance: "", at: record.at }).event.id;
}

/**
 * What a waiting step wrote when it was taken, under ids of their own; the last of them closes it. One that changed
 * nothing, or could not be, is closed by a record that says so.
 */
export function closingEvent(
  step: WaitingRecord,
  done: readonly JournalRecord[],
  outcome: AppliedOutcome,
  origin: EventOrigin,
): readonly JournalRecord[] {
  const closes = waitingId(step);
  const last = done.at(-1);
  if (last === undefined) {
    const { refused, state = "attempted" } = outcome;
    const said = { closes, state, ...(refused === undefined ? {} : { refused }) };
    return [stepEvent(step, said, origin, joined(step.part, APPLIED))];
  }
  return done.map((record) => {
    const isLast = record === last;
    // Its check, brought along, is no outcome of the step: told again it is the same record.
    const id = CHECKS.includes(record.event.type)
      ? record.event.id
      : `${record.event.id}:${APPLIED}`;
    const data = isLast ? { ...record.event.data, closes } : record.event.data;
    return { ...record, event: { ...record.event, id, data } as JournalRecord["event"] };
  });
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(":");
}

type Said = {
  readonly state: AppliedOutcome["state"] & string;
  readonly waiting?: boolean;
  readonly asked?: WaitingRecord["step"];
  readonly fingerprint?: string;
  readonly closes?: string;
  readonly refused?: string;
};

/** One of the three events that a step of its kind ends in, before anything is known of the sale. */
function stepEvent(
  record: WaitingRecord,
  { state, ...said }: Said,
  origin: EventOrigin,
  part: string | undefined,
): JournalRecord {
  const { swipeId, scope, pharmacy, person, step } = record;
  const of = { swipeId, pharmacy, person, personSeq: 0, ...(scope ? { scope } : {}) };
  const at = instantText(record.at);
  if (step.kind === "acknowledge") {
    const { by, choice, code } = step;
    const data = { ...of, by, choice, ...(code === undefined ? {} : { code }), acknowledgedAt: at };
    return swipeEvent("swipe.acknowledged", { ...data, ...said }, origin, joined(choice, part));
  }
  const lines = { lines: [], state };
  if (step.kind === "settle" || (step.kind === "upload" && step.route === "3505")) {
    const flags = { late: false, settledAgainst: false, unchecked: false };
    const data = { ...of, ...settlementOf(step), checkedAt: at, settledAt: at, ...flags, ...lines };
    return swipeEvent("swipe.settled", { ...data, ...said }, origin, part);
  }
  const reversal = step.kind === "reverse" ? step.reversalId : undefined;
  const named = reversal === undefined ? {} : { reversalId: reversal };
  const data = { ...of, ...named, reason: reasonOf(step), reversedAt: at, codesKept: false };
  return swipeEvent("swipe.reversed", { ...data, ...lines, ...said }, origin, part);
}

function settlementOf(step: Extract<WaitingRecord["step"], { kind: "settle" | "upload" }>) {
  const settlementId = step.kind === "settle" ? step.settlementId : step.row.settlementId;
  return settlementId === undefined ? {} : { settlementId };
}

function reasonOf(step: WaitingRecord["step"]): ReversedRecord["reason"] {
  switch (step.kind) {
    case "reverse":
      return step.reason;
    case "release":
      return "refused";
    case "undo":
      return step.of === "2103" ? "restored" : "timeout";
    case "cancel":
      return "void";
    default:
      return "refund";
  }
}
