import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openRecordedTopics } from "../../src/audit/kafka/recorded-topics.ts";
import { readJournal } from "../../src/audit/reader.ts";
import { writtenAt } from "../../src/audit/record-order.ts";
import { systemTimers } from "../../src/config/machine.ts";
import { type EpochMs, SILENT } from "../../src/units.ts";
import { skipWithoutKafkaServer, startKafka } from "../services/kafka.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, runCli, startGuard } from "./guard-process.ts";
import { differences, dumpMemory, openDumps } from "./memory-dump.ts";
import { KINDS, playErrand } from "./mixed-sales.ts";
import { Till } from "./till.ts";

const skip = skipWithoutKafkaServer() || skipWithoutRedisServer();

t.test("an emptied memory is filled again from the topics", { skip }, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "guard-rebuild-"));
  const kafka = await startKafka();
  const redis = await startRedis();
  const settings = {
    ...{ REDIS_URL: redis.url, KAFKA_BROKERS: kafka.brokers, GUARD_DATA_DIR: dataDir },
    ...{ GUARD_DEADLINE_MS: "4000", LOG_LEVEL: "warn" },
  };
  const guard = await startGuard(dataDir, settings);
  const till = new Till(guard.url);
  t.teardown(async () => {
    till.close();
    await guard.kill();
    await redis.stop();
    await kafka.stop();
    kafka.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const errands = [];
  for (let number = 0; number < 6 * KINDS; number += 1)
    errands.push(await playErrand(till, number));
  const connection = await openDumps(redis.url);
  t.teardown(() => connection.close());
  const before = await dumpMemory(connection, "g1");
  await connection.send("FLUSHALL", []);
  // The record is in the topics alone: the command has another folder, and the key by name.
  const elsewhere = mkdtempSync(join(tmpdir(), "guard-rebuild-"));
  t.teardown(() => rmSync(elsewhere, { recursive: true, force: true }));
  const own = { GUARD_DATA_DIR: elsewhere, GUARD_KEYS: join(dataDir, "keys.json") };
  const requests = errands.flatMap(({ answers }) => answers).length;
  await eventually(async () => {
    const lag = /^guard_relay_lag_records (\d+)$/m.exec((await till.get("/metrics")).text)?.[1];
    return lag === undefined || lag === "0";
  });

  const ran = await runCli(["rebuild", "--from", "kafka", "--json"], { ...settings, ...own });

  t.equal(ran.status, 0, ran.stderr);
  t.comment(ran.stdout);
  const apart = differences(before, await dumpMemory(connection, "g2"));
  if (apart.length > 0) t.comment(apart.join("; "));
  t.same(apart, [], `${before.size} keys, all lost, ${apart.length} differ`);
  await sortedThroughFiles(t, kafka.brokers, dataDir);
  faultRow({
    fault: "the whole memory is lost, and the journals with it",
    made: "FLUSHALL of Redis; guard rebuild --from kafka while the guard runs",
    runs: 1,
    requests,
    lost: apart.length,
    countedTwice: apart.length,
  });
});

/** The same topics again, of which memory holds next to nothing: all that the journal has, once, in order. */
async function sortedThroughFiles(t: Test, brokers: string, dataDir: string): Promise<void> {
  const recorded = await idsIn(join(dataDir, "journal"));
  const folder = t.testdir({});
  const source = await openRecordedTopics({
    connection: { brokers: brokers.split(",") },
    ...{ observer: SILENT, clock: { now: () => Date.now() }, timers: systemTimers },
    ...{ folder, runChars: 20_000 },
  });
  const ids: string[] = [];
  const facts = new Set<string>();
  const times: EpochMs[] = [];
  let files = 0;
  const until = Date.now();
  while (source.readTo() < until) {
    const events = await source.next(100);
    if (events.length === 0) await delay(20);
    ids.push(...events.map(({ id }) => id));
    for (const { id, data } of events)
      facts.add(`${id} ${"personSeq" in data ? data.personSeq : 0}`);
    times.push(...events.map(writtenAt));
    const [spool] = readdirSync(folder);
    if (spool !== undefined) files = Math.max(files, readdirSync(join(folder, spool)).length);
  }
  await source.close();
  t.ok(files >= 5, `${ids.length} records through ${files} files`);
  t.same(
    [...recorded].filter((id) => !ids.includes(id)),
    [],
    "nothing is missing",
  );
  t.equal(facts.size, ids.length, "nothing comes twice");
  const early = times.filter((at, index) => at < (times[index - 1] ?? 0));
  t.ok(early.length < times.length / 20, "by time, but where a person's sequence says otherwise");
  t.same(readdirSync(folder), [], "nothing is left behind");
}

async function idsIn(folder: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { record } of readJournal({ folder })) {
    if (/^(swipe|clue)\./.test(record.event.type)) ids.add(record.event.id);
  }
  return ids;
}
