import type { Observer } from "../../units.ts";
import type { Topic } from "../event.ts";
import { connectKafka, type KafkaConnection } from "./connection.ts";

export interface TopicEnds {
  /** Partition to the offset after its last record; those without records are left out. Nothing where there is no such topic. */
  ends(topic: Topic): Promise<ReadonlyMap<number, bigint>>;
  /** The oldest records were removed. */
  trimmed(topic: Topic): Promise<boolean>;
  close(): Promise<void>;
}

/** Asks brokers how far their topics go, over one connection. */
export async function openTopicEnds(
  connection: KafkaConnection,
  observer: Observer,
): Promise<TopicEnds> {
  const admin = connectKafka(connection, observer).admin();
  await admin.connect();
  async function offsets(topic: Topic) {
    const topics = await admin.listTopics();
    return topics.includes(topic) ? admin.fetchTopicOffsets(topic) : [];
  }
  return {
    ends: async (topic) => {
      const found = await offsets(topic);
      const filled = found.filter(({ high, low }) => BigInt(high) > BigInt(low));
      return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
    },
    trimmed: async (topic) => (await offsets(topic)).some(({ low }) => BigInt(low) > 0n),
    close: () => admin.disconnect(),
  };
}
