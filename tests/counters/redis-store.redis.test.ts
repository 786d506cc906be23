import { randomUUID } from "node:crypto";
import t from "tap";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { openRedis } from "../../src/counters/redis/redis-connection.ts";
import { createRedisHome } from "../../src/counters/redis/redis-home.ts";
import { SILENT } from "../../src/units.ts";
import { counterStoreConforms } from "../conformance/counter-store.ts";
import { START } from "../conformance/swipes.ts";
import { skipWithoutRedis, testRedisUrl } from "../services/redis.ts";

t.test("the store on Redis", { skip: skipWithoutRedis() }, async (t) => {
  const connection = openRedis({ url: testRedisUrl() ?? "" }, () => 0, SILENT);
  t.teardown(() => connection.close());
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  counterStoreConforms(t, async () => {
    let now = START;
    const store = createPackedStore(
      createRedisHome(connection),
      createKeyNames(`test-${randomUUID()}`),
      () => now,
    );
    return {
      store,
      setNow: (at) => {
        now = at;
      },
    };
  });
});
