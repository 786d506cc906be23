import { z } from "zod";
import type { EpochMs } from "../units.ts";
import { ClueRaised, IndicatorRaised } from "./clue-events.ts";
import { JournalTrimmed, ListChanged, PolicyActivated, ReferenceLoaded } from "./notice-events.ts";
import {
  SwipeAcknowledged,
  SwipeDecided,
  SwipeEntered,
  SwipeReversed,
  SwipeSettled,
} from "./swipe-events.ts";
import type { WaitingStep as WaitingStepSchema } from "./waiting-step.ts";

export const TOPICS = ["guard.swipes.v1", "guard.clues.v1", "guard.control.v1"] as const;
export type Topic = (typeof TOPICS)[number];

/** Every event of contract section 4: its type, its topic, what it carries. v1 only grows. */
export const EVENTS = {
  "swipe.decided": { topic: "guard.swipes.v1", data: SwipeDecided },
  "swipe.settled": { topic: "guard.swipes.v1", data: SwipeSettled },
  "swipe.reversed": { topic: "guard.swipes.v1", data: SwipeReversed },
  "swipe.acknowledged": { topic: "guard.swipes.v1", data: SwipeAcknowledged },
  "swipe.entered": { topic: "guard.swipes.v1", data: SwipeEntered },
  "clue.raised": { topic: "guard.clues.v1", data: ClueRaised },
  "indicator.raised": { topic: "guard.clues.v1", data: IndicatorRaised },
  "policy.activated": { topic: "guard.control.v1", data: PolicyActivated },
  "list.changed": { topic: "guard.control.v1", data: ListChanged },
  "reference.loaded": { topic: "guard.control.v1", data: ReferenceLoaded },
  "journal.trimmed": { topic: "guard.control.v1", data: JournalTrimmed },
} as const satisfies Record<string, { readonly topic: Topic; readonly data: z.ZodType }>;

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as readonly EventType[];

export type EventData<T extends EventType> = DeepReadonly<z.infer<(typeof EVENTS)[T]["data"]>>;

/** What a till reported while the store did not answer, as a record keeps it. */
export type WaitingStep = Said<z.infer<typeof WaitingStepSchema>>;

/** Read from JSON an optional key is absent, never undefined, which a schema's type cannot say. */
type Said<T> = T extends readonly (infer U)[]
  ? readonly Said<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Said<Exclude<T[K], undefined>> }
    : T;

type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
export type SwipeEventType = Extract<EventType, `swipe.${string}`>;
export type OtherEventType = Exclude<
  EventType,
  SwipeEventType | "clue.raised" | "indicator.raised"
>;

/** A CloudEvents 1.0 event in its JSON form. */
export interface GuardEvent<T extends EventType = EventType> {
  readonly specversion: "1.0";
  /** The same fact has the same id, however often it is delivered. */
  readonly id: string;
  /** Which instance said it: `guard/<instance>`. */
  readonly source: string;
  readonly type: T;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** The swipe, the list, the policy …: what the event is about. */
  readonly subject?: string;
  readonly datacontenttype: "application/json";
  readonly data: EventData<T>;
}

/** One line of the journal, and one message of Kafka. */
export interface JournalRecord {
  readonly topic: Topic;
  /** Kafka's key: events of one key keep their order. The person's pseudonym for swipes. */
  readonly key: string;
  readonly event: GuardEvent;
}

/** A record as its line says it, without the line break. */
export function recordText(record: JournalRecord): string {
  return JSON.stringify(record);
}

/** The envelope's schema for one type. */
export function eventSchema<T extends EventType>(type: T) {
  return z.strictObject({
    specversion: z.literal("1.0"),
    id: z.string().min(1),
    source: z.string().min(1),
    type: z.literal(type),
    time: z.iso.datetime(),
    subject: z.string().optional(),
    datacontenttype: z.literal("application/json"),
    data: EVENTS[type].data as (typeof EVENTS)[T]["data"],
  });
}

export interface EventOrigin {
  /** Name of this instance, stable across its restarts. */
  readonly instance: string;
  readonly at: EpochMs;
}

/**
 * `<pharmacy>:<swipeId>:<type>[:reversalId]`, so that a repeat is known by its id. `again` tells apart what may
 * happen to one swipe more than once: a settlement after a return, a cancellation taken back.
 */
export function swipeEvent<T extends SwipeEventType>(
  type: T,
  data: EventData<T>,
  origin: EventOrigin,
  again?: string,
): JournalRecord {
  const { pharmacy, swipeId, person } = data;
  const reversal = "reversalId" in data ? data.reversalId : undefined;
  const id = [pharmacy, swipeId, type, reversal, again]
    .filter((part) => part !== undefined)
    .join(":");
  return {
    topic: EVENTS[type].topic,
    key: person,
    event: envelope(type, data, id, swipeId, origin),
  };
}

/** An event that is about no swipe. `about` names its subject and is its key: one list's changes keep their order. */
export function otherEvent<T extends OtherEventType>(
  type: T,
  data: EventData<T>,
  about: string,
  origin: EventOrigin,
): JournalRecord {
  const id = `${origin.instance}:${about}:${type}:${origin.at}`;
  return { topic: EVENTS[type].topic, key: about, event: envelope(type, data, id, about, origin) };
}

/**
 * A finding about a swipe: `<pharmacy>:<swipeId>:clue.raised:<clueId>`, so that the same finding made again is known by
 * its id; `part` tells apart what one clue says as it grows. Its key is the clue: what is said of it keeps its order.
 */
export function clueEvent(
  data: EventData<"clue.raised">,
  origin: EventOrigin,
  part?: string,
): JournalRecord {
  const { pharmacy, swipeId } = data.now;
  const id = [pharmacy, swipeId, "clue.raised", data.clueId, ...(part === undefined ? [] : [part])];
  const event = envelope("clue.raised", data, id.join(":"), swipeId, origin);
  return { topic: EVENTS["clue.raised"].topic, key: data.clueId, event };
}

/** One a pharmacy, indicator and Shanghai day of an instance. */
export function indicatorEvent(
  data: EventData<"indicator.raised">,
  origin: EventOrigin,
): JournalRecord {
  const { entity, indicatorId, day } = data;
  const id = [entity, `${indicatorId}.${day}`, "indicator.raised", origin.instance].join(":");
  const event = envelope("indicator.raised", data, id, entity, origin);
  return { topic: EVENTS["indicator.raised"].topic, key: entity, event };
}

function envelope<T extends EventType>(
  type: T,
  data: EventData<T>,
  id: string,
  subject: string,
  origin: EventOrigin,
): GuardEvent {
  return {
    specversion: "1.0",
    id,
    source: `guard/${origin.instance}`,
    type,
    time: new Date(origin.at).toISOString(),
    subject,
    datacontenttype: "application/json",
    data,
  };
}
