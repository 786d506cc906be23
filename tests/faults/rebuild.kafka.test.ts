import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { skipWithoutKafkaServer, startKafka } from "../services/kafka.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
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
  faultRow({
    fault: "the whole memory is lost, and the journals with it",
    made: "FLUSHALL of Redis; guard rebuild --from kafka while the guard runs",
    runs: 1,
    requests,
    lost: apart.length,
    countedTwice: apart.length,
  });
});
