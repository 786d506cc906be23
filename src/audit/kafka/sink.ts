import { CompressionTypes, Partitioners, type Producer, type TopicMessages } from "kafkajs";
import type { Observer } from "../../units.ts";
import { BatchTooLargeError, type Sink } from "../relay.ts";
import type { RelayedRecord } from "../relayed-record.ts";
import { connectKafka, type KafkaConnection } from "./connection.ts";
import { ensureTopics } from "./topics.ts";

const ACKNOWLEDGED_BY_ALL = -1;
const ACKNOWLEDGE_LIMIT_MS = 10_000;

/**
 * The relay's way to Kafka. Connects at the first send and makes the topics that are not there;
 * a send that fails starts over with a new connection the next time.
 */
export function createKafkaSink(connection: KafkaConnection, observer: Observer): Sink {
  const kafka = connectKafka(connection, observer);
  let ready: Promise<Producer> | undefined;
  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      // The key's murmur2, as the Java client: other producers and readers agree on a person's partition.
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      // One request a broker at a time keeps a key's order when a request is sent again.
      maxInFlightRequests: 1,
      // Idempotence ends with the producer's session, while what repeats here are batches of an earlier process:
      // it would promise what it cannot keep. Readers tell repeats by the event's id.
      idempotent: false,
    });
    try {
      await producer.connect();
      await ensureTopics(connection, observer);
    } catch (error) {
      await producer.disconnect();
      throw error;
    }
    return producer;
  };
  const forget = async (): Promise<void> => {
    const old = ready;
    ready = undefined;
    await old?.then((producer) => producer.disconnect()).catch(() => undefined);
  };
  return {
    send: async (batch) => {
      ready ??= connect();
      try {
        const producer = await ready;
        await producer.sendBatch({
          topicMessages: toTopicMessages(batch),
          acks: ACKNOWLEDGED_BY_ALL,
          timeout: ACKNOWLEDGE_LIMIT_MS,
          compression: CompressionTypes.GZIP,
        });
      } catch (error) {
        // The broker said so over a sound connection, and means this batch alone.
        if (isTooLarge(error)) throw new BatchTooLargeError(TOO_LARGE_SENTENCE, { cause: error });
        await forget();
        throw error;
      }
    },
    close: forget,
  };
}

const TOO_LARGE_SENTENCE =
  "Kafka refuses records of this size; raise the topic's max.message.bytes.";
const TOO_LARGE: readonly unknown[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"];

/** kafkajs wraps what the broker said once for each of its own tries. */
function isTooLarge(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("type" in at && TOO_LARGE.includes(at.type)) return true;
  }
  return false;
}

function toTopicMessages(batch: readonly RelayedRecord[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const { topic, key, at, event } of batch) {
    const messages = byTopic.get(topic) ?? { topic, messages: [] };
    byTopic.set(topic, messages);
    messages.messages.push({
      key,
      value: event,
      // CloudEvents' structured mode: the whole envelope is the value.
      headers: { "content-type": "application/cloudevents+json; charset=UTF-8" },
      timestamp: String(at),
    });
  }
  return [...byTopic.values()];
}
