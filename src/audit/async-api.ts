import { z } from "zod";
import { EVENT_TYPES, EVENTS, type EventType, eventSchema, TOPICS, type Topic } from "./event.ts";

/** What each event says, for those who read the topics. */
const SUMMARIES: Readonly<Record<EventType, string>> = {
  "swipe.decided": "A check was answered; carries all that is needed to decide it again.",
  "swipe.settled": "What was dispensed on the fund.",
  "swipe.reversed": "What came back, or that a reservation was let go.",
  "swipe.acknowledged": "What the pharmacist did about the answer.",
  "swipe.entered": "A sale entered without its check: what the decision would have been.",
  "clue.raised":
    "Something an inspector should look at: who sold and bought now, and who before; or a group of persons.",
  "indicator.raised": "A number about a pharmacy that left its bounds, as one instance saw it.",
  "policy.activated": "A policy decides from now on.",
  "list.changed": "A list has a new version.",
  "reference.loaded": "Reference data were loaded.",
  "journal.trimmed": "The oldest records went at the journal's limit.",
};

const CHANNELS: Readonly<Record<Topic, { readonly description: string; readonly key: string }>> = {
  "guard.swipes.v1": {
    description:
      "What happened to swipes. In order per person and instance; `personSeq` orders across instances.",
    key: "the person's pseudonym",
  },
  "guard.clues.v1": {
    description: "What inspectors should look at, and numbers that left their bounds.",
    key: "the clue, or the pharmacy an indicator speaks of",
  },
  "guard.control.v1": {
    description: "Policies, lists, reference data and the journal itself.",
    key: "what the event is about",
  },
};

type Json = Readonly<Record<string, unknown>>;

/**
 * An event's JSON Schema, the CloudEvents envelope and its data together. The guard itself is strict and lets nothing
 * else be written; what is published is open, because v1 grows and yesterday's reader must not refuse tomorrow's event.
 */
export function eventJsonSchema(type: EventType, target: "draft-2020-12" | "draft-7"): Json {
  const open = ({ jsonSchema }: { readonly jsonSchema: { additionalProperties?: unknown } }) => {
    if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  };
  const schema = z.toJSONSchema(eventSchema(type), { target, override: open });
  return { ...schema, title: type, description: SUMMARIES[type] };
}

/** The events as an AsyncAPI 3.0 document; its own schema language is JSON Schema draft 7. */
export function asyncApiDocument(version: string): Json {
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Pharmacy checkout guard, events",
      version,
      description:
        "CloudEvents 1.0 in structured mode, delivered at least once: the same fact has the same `id`. Nobody's number, credential, prescription or trace code is in clear. v1 only grows.",
    },
    defaultContentType: "application/cloudevents+json",
    channels: Object.fromEntries(TOPICS.map((topic) => [topic, channel(topic)])),
    operations: Object.fromEntries(TOPICS.map((topic) => [`send.${topic}`, operation(topic)])),
    components: {
      messages: Object.fromEntries(EVENT_TYPES.map((type) => [type, message(type)])),
      schemas: Object.fromEntries(EVENT_TYPES.map((type) => [type, payload(type)])),
    },
  };
}

function typesOf(topic: Topic): readonly EventType[] {
  return EVENT_TYPES.filter((type) => EVENTS[type].topic === topic);
}

function channel(topic: Topic): Json {
  const messages = typesOf(topic).map((type) => [type, ref(`components/messages/${type}`)]);
  const { description } = CHANNELS[topic];
  return { address: topic, description, messages: Object.fromEntries(messages) };
}

function operation(topic: Topic): Json {
  return {
    action: "send",
    channel: ref(`channels/${topic}`),
    messages: typesOf(topic).map((type) => ref(`channels/${topic}/messages/${type}`)),
  };
}

function message(type: EventType): Json {
  const key = { type: "string", description: CHANNELS[EVENTS[type].topic].key };
  return {
    name: type,
    title: type,
    summary: SUMMARIES[type],
    contentType: "application/cloudevents+json",
    payload: ref(`components/schemas/${type}`),
    bindings: { kafka: { key, bindingVersion: "0.5.0" } },
  };
}

function payload(type: EventType): Json {
  const { $schema: _written, ...schema } = eventJsonSchema(type, "draft-7");
  return schema;
}

function ref(path: string): Json {
  return { $ref: `#/${path}` };
}
