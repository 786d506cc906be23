import { randomUUID } from "node:crypto";
import t from "tap";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { openRedis } from "../../src/counters/redis/redis-connection.ts";
import { createRedisHome } from "../../src/counters/redis/redis-home.ts";
import { SILENT } from "../../src/units.ts";
import { skipWithoutRedis, testRedisUrl } from "../services/redis.ts";
import { cohortsAreFound } from "./cohorts.ts";
import {
  repeatedCodesNameBothSides,
  settlementsAgainstAreFindings,
  sharedIdentitiesAreFindings,
} from "./findings.ts";
import { shopsOf } from "./shop.ts";

t.test("findings behind answers, on Redis", { skip: skipWithoutRedis() }, async (t) => {
  const connection = openRedis({ url: testRedisUrl() ?? "" }, () => performance.now(), SILENT);
  t.teardown(() => connection.close());
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  const home = createRedisHome(connection);
  const open = shopsOf(
    (clock) => createPackedStore(home, createKeyNames(`test-${randomUUID()}`), () => clock.now()),
    "findings-policy.yaml",
  );
  repeatedCodesNameBothSides(t, open);
  settlementsAgainstAreFindings(t, open);
  sharedIdentitiesAreFindings(t, open);
  cohortsAreFound(t, open);
});
