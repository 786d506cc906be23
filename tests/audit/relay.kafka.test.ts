import { Kafka, logLevel } from "kafkajs";
import t from "tap";
import { TOPICS, type Topic } from "../../src/audit/event.ts";
import { createKafkaSink } from "../../src/audit/kafka/sink.ts";
import { readTopic, type TopicRecord } from "../../src/audit/kafka/source.ts";
import { ensureTopics, topicConfig } from "../../src/audit/kafka/topics.ts";
import { Relay, type Sink } from "../../src/audit/relay.ts";
import { positionFile } from "../../src/audit/relay-position.ts";
import { SILENT } from "../../src/units.ts";
import {
  newKafkaHome,
  skipWithoutKafka,
  skipWithoutKafkaServer,
  startKafka,
  testKafkaBrokers,
} from "../services/kafka.ts";
import { line, Notices, type Opened, open, realTimers, relayed, until } from "./support.ts";

const CONTROL: Topic = "guard.control.v1";
const connection = { brokers: (testKafkaBrokers() ?? "").split(",") };
/** Tells this run's events from those of others in the shared topics. */
const run = `${process.pid}-${Date.now()}`;

async function inKafka(prefix: string, from = connection): Promise<TopicRecord[]> {
  const found: TopicRecord[] = [];
  for await (const each of readTopic({ connection: from, observer: SILENT, topic: CONTROL })) {
    if (each.key.startsWith(prefix)) found.push(each);
  }
  return found;
}

function idsByKey(records: readonly TopicRecord[]): Map<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const { key, event } of records) byKey.set(key, [...(byKey.get(key) ?? []), event.id]);
  return byKey;
}

function relayOf({ journal, notices }: Opened, folder: string, sink: Sink): Relay {
  return new Relay({ journal, folder, sink, timers: realTimers, observer: notices });
}

t.test(
  "topics are made with the settings they need, and left alone afterwards",
  { skip: skipWithoutKafkaServer() },
  async (t) => {
    const kafka = await startKafka();
    const own = { brokers: [kafka.brokers] };
    const admin = new Kafka({ brokers: own.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const clues = {
      topic: "guard.clues.v1",
      numPartitions: 1,
      configEntries: [{ name: "retention.ms", value: "3600000" }],
    };
    await admin.createTopics({ topics: [clues] });

    t.same(await ensureTopics(own, SILENT), ["guard.swipes.v1", "guard.control.v1"]);
    t.same(await ensureTopics(own, SILENT), [], "a second time there is nothing to do");

    const { topics } = await admin.fetchTopicMetadata({ topics: [...TOPICS] });
    const partitions = Object.fromEntries(
      topics.map(({ name, partitions: each }) => [name, each.length]),
    );
    t.same(partitions, { "guard.swipes.v1": 12, "guard.clues.v1": 1, "guard.control.v1": 3 });
    const names = ["retention.ms", "cleanup.policy", "min.insync.replicas"];
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: TOPICS.map((name) => ({ type: 2, name, configNames: names })),
    });
    const settings = Object.fromEntries(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        Object.fromEntries(
          configEntries.map(({ configName, configValue }) => [configName, configValue]),
        ),
      ]),
    );
    t.match(settings["guard.swipes.v1"], {
      "retention.ms": `${400 * 86_400_000}`,
      "cleanup.policy": "delete",
      "min.insync.replicas": "1",
    });
    t.match(
      settings["guard.clues.v1"],
      { "retention.ms": "3600000" },
      "somebody's own topic stays as it was",
    );
    t.match(topicConfig("guard.swipes.v1", 5), { replicationFactor: 3 });
    t.ok(
      topicConfig("guard.swipes.v1", 5).configEntries?.some(
        ({ name, value }) => name === "min.insync.replicas" && value === "2",
      ),
    );
    await admin.disconnect();
    await kafka.stop();
    kafka.remove();
  },
);

t.test(
  "every journalled record is in Kafka once, in order of its key",
  { skip: skipWithoutKafka() },
  async (t) => {
    const folder = t.testdir();
    const prefix = `${run}-once-`;
    const opened = await open(folder, { relayed: true, segmentBytes: 20_000 });
    const { journal, notices } = opened;
    // Half before the relay runs, half while it does.
    const write = async (from: number, to: number): Promise<void> => {
      for (let i = from; i <= to; i++) {
        await journal.append([1, 2, 3, 4, 5].map((key) => line(`${prefix}${key}`, i)));
      }
    };
    await write(1, 100);
    const sink = createKafkaSink(connection, notices);
    const relay = relayOf(opened, folder, sink);
    relay.start();
    await write(101, 200);
    await relay.stop(60_000);
    t.equal(relay.lag(), 0);
    await sink.close();
    await journal.close();

    const found = await inKafka(prefix);
    t.equal(found.length, 1_000);
    const expected = Array.from({ length: 200 }, (_, index) => index + 1);
    for (const [key, ids] of idsByKey(found)) {
      t.same(
        ids,
        expected.map((number) => `${key}:${number}`),
      );
    }
    t.equal(
      notices.of("relay.sent").reduce((sum, { value = 0 }) => sum + value, 0),
      1_000,
    );
  },
);

t.test(
  "a crash between send and acknowledgement repeats records under their own ids, and loses none",
  { skip: skipWithoutKafka() },
  async (t) => {
    const folder = t.testdir();
    const prefix = `${run}-crash-`;
    const opened = await open(folder, { relayed: true });
    for (let i = 1; i <= 20; i++) await opened.journal.append([line(`${prefix}a`, i)]);
    const before = createKafkaSink(connection, SILENT);
    // Sent, and then the process is gone before the position is kept.
    let delivered: (() => void) | undefined;
    const sentOnce = new Promise<void>((resolve) => {
      delivered = resolve;
    });
    const lostAnswer: Sink = {
      send: async (batch) => {
        await before.send(batch);
        delivered?.();
        await new Promise<void>(() => undefined);
      },
      close: () => before.close(),
    };
    const dead = relayOf(opened, folder, lostAnswer);
    dead.start();
    await sentOnce;
    await dead.stop(0);
    await opened.journal.close();
    await before.close();
    t.equal((await positionFile(folder).read()).record, 0, "nothing was kept as sent");

    const again = await open(folder, { relayed: true });
    for (let i = 21; i <= 30; i++) await again.journal.append([line(`${prefix}a`, i)]);
    const sink = createKafkaSink(connection, SILENT);
    const relay = relayOf(again, folder, sink);
    relay.start();
    await relay.stop(60_000);
    await sink.close();
    await again.journal.close();

    const ids = (await inKafka(prefix)).map(({ event }) => event.id);
    t.ok(ids.length > 30, "some came twice");
    const firsts = [...new Set(ids)];
    t.same(
      firsts,
      Array.from({ length: 30 }, (_, index) => `${prefix}a:${index + 1}`),
      "all of them, first seen in order",
    );
    t.equal((await positionFile(folder).read()).record, 31);
  },
);

t.test(
  "a restart sends only what was not acknowledged",
  { skip: skipWithoutKafka() },
  async (t) => {
    const folder = t.testdir();
    const prefix = `${run}-resume-`;
    for (const [from, to] of [
      [1, 50],
      [51, 80],
    ] as const) {
      const opened = await open(folder, { relayed: true, segmentBytes: 5_000 });
      const sink = createKafkaSink(connection, SILENT);
      const relay = relayOf(opened, folder, sink);
      relay.start();
      for (let i = from; i <= to; i++) await opened.journal.append([line(`${prefix}a`, i)]);
      await relay.stop(60_000);
      await sink.close();
      await opened.journal.close();
    }
    const ids = (await inKafka(prefix)).map(({ event }) => event.id);
    t.same(
      ids,
      Array.from({ length: 80 }, (_, index) => `${prefix}a:${index + 1}`),
    );
  },
);

t.test(
  "Kafka away at first, and away again later, loses nothing",
  { skip: skipWithoutKafkaServer() },
  async (t) => {
    const folder = t.testdir();
    const home = await newKafkaHome();
    const own = { brokers: [`127.0.0.1:${home.port}`] };
    const opened = await open(folder, { relayed: true });
    const { journal, notices } = opened;
    const sink = createKafkaSink(own, new Notices());
    const relay = relayOf(opened, folder, sink);
    relay.start();
    for (let i = 1; i <= 30; i++) await journal.append([line("down-a", i)]);
    await until(() => notices.of("relay.failed").length > 0);
    t.equal(relay.lag(), 30);
    t.equal(journal.health().state, "ok", "the journal does not mind");

    const first = await startKafka({ home });
    await until(() => relay.lag() === 0);
    await first.stop();
    for (let i = 31; i <= 60; i++) await journal.append([line("down-a", i)]);
    const failures = notices.of("relay.failed").length;
    await until(() => notices.of("relay.failed").length > failures);

    const second = await startKafka({ home });
    await until(() => relay.lag() === 0);
    await relay.stop(10_000);
    await sink.close();
    await journal.close();
    const ids = [...new Set((await inKafka("down-", own)).map(({ event }) => event.id))];
    t.same(
      ids,
      Array.from({ length: 60 }, (_, index) => `down-a:${index + 1}`),
    );
    await second.stop();
    second.remove();
  },
);

t.test(
  "a follower of a topic gets what comes later, and ends when told",
  { skip: skipWithoutKafka() },
  async (t) => {
    const prefix = `${run}-follow-`;
    const sink = createKafkaSink(connection, SILENT);
    await sink.send([relayed(`${prefix}a`, 1)]);
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      const topic = readTopic({
        connection,
        observer: SILENT,
        topic: CONTROL,
        follow: stop.signal,
      });
      for await (const { key, event } of topic) if (key.startsWith(prefix)) seen.push(event.id);
    })();
    await until(() => seen.length === 1);
    await sink.send([relayed(`${prefix}a`, 2)]);
    await until(() => seen.length === 2);
    stop.abort();
    await following;
    t.same(seen, [`${prefix}a:1`, `${prefix}a:2`]);
    await sink.close();
  },
);
