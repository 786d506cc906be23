import { randomUUID } from "node:crypto";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import type { Observer } from "../../units.ts";
import type { GuardEvent, Topic } from "../event.ts";
import { connectKafka, type KafkaConnection } from "./connection.ts";

/** Session of the reader's group; a reader that takes nothing for longer goes on from its last commit, with repeats. */
const SESSION_MS = 60_000;
/** Records handed over before the reader must take some. */
const HANDED_MAX = 500;

export interface TopicRecord {
  readonly topic: Topic;
  readonly key: string;
  readonly event: GuardEvent;
  readonly partition: number;
  readonly offset: string;
}

export interface ReadTopicOptions {
  readonly connection: KafkaConnection;
  readonly observer: Observer;
  readonly topic: Topic;
  /** Goes on until it aborts; without it reading ends where the topic ended when reading began. */
  readonly follow?: AbortSignal;
  /** Messages that are no events of the guard. */
  readonly onForeign?: () => void;
}

/**
 * A topic from its oldest record: in order of offsets within a partition, partitions mixed.
 * Reads under a group of its own, removed at the end, so readers never disturb each other. At-least-once:
 * after a lost connection the last five seconds may come again, with the same ids and offsets.
 */
export async function* readTopic(options: ReadTopicOptions): AsyncGenerator<TopicRecord> {
  const { connection, observer, topic, follow } = options;
  const kafka = connectKafka(connection, observer);
  const groupId = `guard-read-${randomUUID()}`;
  const goals = follow === undefined ? await endOfTopic(kafka, topic) : undefined;
  if (goals?.size === 0) return;
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: SESSION_MS,
    heartbeatInterval: 3_000,
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    maxBytesPerPartition: 1 << 20,
    minBytes: 1,
    maxBytes: 10 << 20,
    maxWaitTimeInMs: 250,
    readUncommitted: false,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 5_000 },
  });
  const hand = new Hand();
  const stop = (): void => hand.finish();
  follow?.addEventListener("abort", stop);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    consumer.on("consumer.crash", ({ payload }) => {
      // What kafkajs starts again by itself goes on from the last commit.
      if (!payload.restart) hand.fail(payload.error);
    });
    await consumer.run({
      autoCommit: true,
      autoCommitInterval: 5_000,
      partitionsConsumedConcurrently: 1,
      eachBatchAutoResolve: true,
      eachBatch: (payload) => takeBatch(payload, topic, hand, goals, options.onForeign),
    });
    yield* hand.records();
  } finally {
    follow?.removeEventListener("abort", stop);
    hand.finish();
    await leave(kafka, consumer, groupId);
  }
}

/** Partition to the offset after its last record; partitions without records are left out. */
async function endOfTopic(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const goals = new Map<number, bigint>();
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) goals.set(partition, BigInt(high));
    }
    return goals;
  } finally {
    await admin.disconnect();
  }
}

async function takeBatch(
  payload: EachBatchPayload,
  topic: Topic,
  hand: Hand,
  goals: Map<number, bigint> | undefined,
  onForeign: (() => void) | undefined,
): Promise<void> {
  const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
  const { partition } = batch;
  const goal = goals?.get(partition);
  const wanted = batch.messages.filter(({ offset }) => goal === undefined || BigInt(offset) < goal);
  for (const message of wanted) {
    if (!isRunning() || isStale() || hand.finished) return;
    const record = toRecord(message, topic, partition);
    if (record === undefined) onForeign?.();
    else await hand.give(record);
    resolveOffset(message.offset);
    await heartbeat();
  }
  if (goal === undefined || BigInt(batch.lastOffset()) + 1n < goal) return;
  goals?.delete(partition);
  if (goals?.size === 0) hand.finish();
}

function toRecord(message: KafkaMessage, topic: Topic, partition: number): TopicRecord | undefined {
  const event = parseEvent(message.value);
  if (event === undefined) return undefined;
  return { topic, key: message.key?.toString() ?? "", event, partition, offset: message.offset };
}

function parseEvent(value: Buffer | null): GuardEvent | undefined {
  try {
    const parsed: unknown = JSON.parse(value?.toString() ?? "");
    const isEvent =
      typeof parsed === "object" && parsed !== null && "specversion" in parsed && "type" in parsed;
    return isEvent ? (parsed as GuardEvent) : undefined;
  } catch {
    return undefined;
  }
}

async function leave(kafka: Kafka, consumer: Consumer, groupId: string): Promise<void> {
  await consumer.disconnect();
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.deleteGroups([groupId]);
  } catch {
    // An empty group that nobody joins again goes by itself.
  } finally {
    await admin.disconnect();
  }
}

/** From the consumer's hand to the reader's: the consumer waits while the reader has enough. */
class Hand {
  finished = false;
  private readonly held: TopicRecord[] = [];
  private error: Error | undefined;
  private taken: (() => void) | undefined;
  private given: (() => void) | undefined;

  async give(record: TopicRecord): Promise<void> {
    while (this.held.length >= HANDED_MAX && !this.finished) {
      await new Promise<void>((resolve) => {
        this.taken = resolve;
      });
    }
    this.held.push(record);
    this.given?.();
  }

  finish(): void {
    this.finished = true;
    this.taken?.();
    this.given?.();
  }

  fail(error: Error): void {
    this.error ??= error;
    this.finish();
  }

  /** What was given, until finished and empty. */
  async *records(): AsyncGenerator<TopicRecord> {
    for (;;) {
      const record = this.held.shift();
      if (record !== undefined) {
        this.taken?.();
        yield record;
      } else if (this.error !== undefined) {
        throw new Error(
          "GUARD_AUDIT_SOURCE_FAILED: the topic could not be read to its end; read it again.",
          { cause: this.error },
        );
      } else if (this.finished) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.given = resolve;
        });
      }
    }
  }
}
