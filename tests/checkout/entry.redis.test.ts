import { randomUUID } from "node:crypto";
import t from "tap";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { openRedis } from "../../src/counters/redis/redis-connection.ts";
import { createRedisHome } from "../../src/counters/redis/redis-home.ts";
import { SILENT } from "../../src/units.ts";
import { skipWithoutRedis, testRedisUrl } from "../services/redis.ts";
import { lateEntryKeepsItsPromises } from "./entry.ts";

t.test("what Redis is told late", { skip: skipWithoutRedis() }, async (t) => {
  const connection = openRedis({ url: testRedisUrl() ?? "" }, () => performance.now(), SILENT);
  t.teardown(() => connection.close());
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  const home = createRedisHome(connection);
  lateEntryKeepsItsPromises(t, (clock) =>
    createPackedStore(home, createKeyNames(`test-${randomUUID()}`), () => clock.now()),
  );
});
