import type { EventData, GuardEvent, JournalRecord, WaitingStep } from "../../audit/event.ts";
import type { JournalPosition } from "../../audit/segment-reader.ts";
import type { PersonKey, SwipeKey } from "../../counters/contract.ts";
import { pseudonymBytes, swipeKey } from "../../features/digests.ts";
import type { ReferenceBundle } from "../../reference/bundle.ts";
import { recordedCheck, recordedDecision } from "../recorded-check.ts";
import type { WaitingRecord } from "../recorder.ts";
import { aboutOf, laneOfPerson } from "./step-keys.ts";
import { swipeLane, type WaitingItem } from "./waiting-items.ts";
import { NOBODY } from "./waiting-record.ts";

/** Which waiting record this one is the outcome of. */
export function closedBy({ event }: JournalRecord): string | undefined {
  return "closes" in event.data ? event.data.closes : undefined;
}

/** The item that a record waits as; undefined where it does not wait, or cannot be entered any more. */
export function waitingItem(
  { event }: JournalRecord,
  from: JournalPosition,
  reference: ReferenceBundle,
): WaitingItem | undefined {
  if (!("waiting" in event.data) || event.data.waiting !== true) return undefined;
  if (event.type === "swipe.decided") {
    return waitingCheck(event.id, event.data as EventData<"swipe.decided">, from, reference);
  }
  const data = event.data as StepData;
  return data.asked === undefined ? undefined : waitingStep(event, data, data.asked, from);
}

type StepData = EventData<"swipe.settled" | "swipe.reversed" | "swipe.acknowledged">;

function waitingCheck(
  id: string,
  data: EventData<"swipe.decided">,
  from: JournalPosition,
  reference: ReferenceBundle,
): WaitingItem | undefined {
  const recorded = recordedCheck(data);
  if (recorded === undefined) return undefined;
  const { fingerprint } = data;
  return {
    kind: "check",
    id,
    lane: laneOfPerson(data.person),
    pharmacy: data.pharmacy,
    at: recorded.swipe.at,
    from,
    key: swipeKey(recorded.scope, data.swipeId),
    recorded,
    given: recordedDecision(data, reference),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

function waitingStep(
  { id }: GuardEvent,
  data: StepData,
  asked: NonNullable<StepData["asked"]>,
  from: JournalPosition,
): WaitingItem {
  const step = asked as WaitingStep;
  const { swipeId, pharmacy, person, scope = "", fingerprint } = data;
  const at = Date.parse(toldAt(data));
  const { key } = aboutOf(step);
  const part = partOf(id, data);
  const record: WaitingRecord = {
    ...{ swipeId, scope, pharmacy, person, at, step },
    ...(part === undefined ? {} : { part }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
  const lane = person === NOBODY ? swipeLane(key ?? step.kind) : laneOfPerson(person);
  return { kind: "step", id, lane, pharmacy, at, from, key, record };
}

function toldAt(data: StepData): string {
  if ("settledAt" in data) return data.settledAt;
  return "reversedAt" in data ? data.reversedAt : data.acknowledgedAt;
}

/** What the id has behind the words that every id of its kind has. */
function partOf(id: string, data: StepData): string | undefined {
  const type =
    "settledAt" in data ? "swipe.settled" : "reversedAt" in data ? "swipe.reversed" : undefined;
  const head =
    type === undefined
      ? `${data.pharmacy}:${data.swipeId}:swipe.acknowledged:${"choice" in data ? data.choice : ""}`
      : `${data.pharmacy}:${data.swipeId}:${type}`;
  const reversal =
    "reversalId" in data && data.reversalId !== undefined ? `:${data.reversalId}` : "";
  const rest = id.slice(head.length + reversal.length);
  return rest.startsWith(":") ? rest.slice(1) : undefined;
}

/** The earlier steps of a sale that a decision took the place of: what they held is let go behind its answer. */
export function releaseOf({
  event,
}: JournalRecord):
  | { readonly person: PersonKey; readonly swipes: readonly SwipeKey[] }
  | undefined {
  if (event.type !== "swipe.decided") return undefined;
  const { supersedes = [], person, waiting } = event.data as EventData<"swipe.decided">;
  if (supersedes.length === 0 || waiting === true) return undefined;
  const swipes = supersedes.map((key) => Buffer.from(key, "base64url").toString("latin1"));
  return { person: pseudonymBytes(person), swipes };
}
