import { randomUUID } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { redisAddress } from "../../src/config/redis-address.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { openRedisHome } from "../../src/counters/redis/open-redis-home.ts";
import { SILENT } from "../../src/units.ts";
import { counterStoreConforms } from "../conformance/counter-store.ts";
import { START } from "../conformance/swipes.ts";
import { skipWithoutRedisServer } from "../services/redis.ts";
import { startCluster } from "../services/redis-cluster.ts";
import { assertTwins } from "./assert-twins.ts";
import { FAR, NEAR, ONE_OLD_BOX } from "./twins-steps.ts";

t.test("the store on a Cluster of three", { skip: skipWithoutRedisServer() }, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const address = redisAddress(cluster.url);
  if ("fault" in address) throw new Error(address.fault);
  const { connection, home, documents } = openRedisHome(
    address.value,
    () => performance.now(),
    systemTimers,
    SILENT,
  );
  t.teardown(() => connection.close());
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  t.equal(connection.status(), "up");
  counterStoreConforms(t, async () => {
    let now = START;
    const store = createPackedStore(home, createKeyNames(`test-${randomUUID()}`), () => now);
    return {
      store,
      setNow: (at) => {
        now = at;
      },
    };
  });

  t.test("which memory lives is known after any one primary has lost its word of it", async (t) => {
    for (const lost of ["{control}", "{control-189}{control}", "{control-22}{control}"]) {
      const prefix = `test-${randomUUID()}`;
      const shared = documents(prefix);
      t.equal(await shared.read("generations"), undefined);
      t.equal(await shared.replace("generations", undefined, "g1 lives"), true);
      await connection.send("DEL", [`${prefix}:${lost}generations`]);
      t.equal(await shared.read("generations"), "g1 lives", `without ${lost}`);
      t.equal(await shared.replace("generations", undefined, "g9 lives"), false, "not anew");
      t.equal(await shared.replace("generations", "g1 lives", "g2 lives"), true, "but changed");
      t.equal(await shared.read("generations"), "g2 lives");
    }
  });

  t.test("it answers as the embedded home does, step by step", async (t) => {
    const runs = Number(process.env["GUARD_TWINS_RUNS"] ?? 1);
    for (const { name, histories, years, numRuns } of [
      { name: "minutes", histories: NEAR, years: false, numRuns: 60 },
      { name: "days", histories: FAR, years: false, numRuns: 40 },
      { name: "years of visits for one box", histories: ONE_OLD_BOX, years: true, numRuns: 80 },
    ]) {
      const property = fc.asyncProperty(histories, async (steps) => {
        await assertTwins(home, steps, years);
      });
      await fc.assert(property, { numRuns: numRuns * runs });
      t.pass(`${numRuns * runs} histories over ${name}`);
    }
  });
});
