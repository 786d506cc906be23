import type { Admin, ITopicConfig } from "kafkajs";
import { DAY, type Observer } from "../../units.ts";
import type { Topic } from "../event.ts";
import { TOPICS } from "../event.ts";
import { connectKafka, type KafkaConnection } from "./connection.ts";

/** As long as a trace code is remembered. */
const RETENTION = 400 * DAY;
const FOR_EVER = -1;
const REPLICAS_MAX = 3;

interface TopicPlan {
  /** Fixed for good: another number would move persons to other partitions. */
  readonly partitions: number;
  readonly retention: number;
}

const PLANS: Readonly<Record<Topic, TopicPlan>> = {
  "guard.swipes.v1": { partitions: 12, retention: RETENTION },
  "guard.clues.v1": { partitions: 3, retention: RETENTION },
  // Few, and without them an old decision cannot be read.
  "guard.control.v1": { partitions: 3, retention: FOR_EVER },
};

/**
 * Makes the topics that are not there and leaves the others as somebody made them.
 * Returns those it made. Rejects when Kafka does not answer or forbids it.
 */
export async function ensureTopics(
  connection: KafkaConnection,
  observer: Observer,
): Promise<Topic[]> {
  const admin = connectKafka(connection, observer).admin();
  try {
    await admin.connect();
    const there = new Set(await admin.listTopics());
    const absent = TOPICS.filter((topic) => !there.has(topic));
    if (absent.length === 0) return [];
    const { brokers } = await admin.describeCluster();
    const made: Topic[] = [];
    for (const topic of absent) {
      // False when another instance was first.
      if (await createTopic(admin, topicConfig(topic, brokers.length))) made.push(topic);
    }
    return made;
  } finally {
    await admin.disconnect();
  }
}

function createTopic(admin: Admin, config: ITopicConfig): Promise<boolean> {
  return admin.createTopics({
    topics: [config],
    validateOnly: false,
    waitForLeaders: true,
    timeout: 10_000,
  });
}

export function topicConfig(topic: Topic, brokers: number): ITopicConfig {
  const { partitions, retention } = PLANS[topic];
  const replicas = Math.min(REPLICAS_MAX, brokers);
  // Of three copies two must have it, so one broker may be away; of fewer, one broker away must not stop the relay.
  const inSync = replicas >= REPLICAS_MAX ? 2 : 1;
  return {
    topic,
    numPartitions: partitions,
    replicationFactor: replicas,
    configEntries: [
      { name: "cleanup.policy", value: "delete" },
      { name: "retention.ms", value: String(retention) },
      { name: "retention.bytes", value: String(FOR_EVER) },
      { name: "min.insync.replicas", value: String(inSync) },
      { name: "message.timestamp.type", value: "CreateTime" },
    ],
  };
}
