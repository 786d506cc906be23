import { fileURLToPath } from "node:url";
import t from "tap";
import { bareWork } from "../../load/floors/bare-work.ts";
import { calibrate } from "../../load/floors/calibrate.ts";
import { openGuardConnection } from "../../load/floors/guard-connection.ts";
import type { MemoryShape } from "../../load/floors/memory-shape.ts";
import { fillMemory, memoryWork } from "../../load/floors/memory-work.ts";
import { guard } from "../../load/subjects/guard.ts";
import { program } from "../../load/subjects/program.ts";
import { shipped } from "../../src/config/settings.ts";
import type { RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import { ask } from "../faults/private-redis.ts";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { createCustomers } from "./customers.ts";

/** As it was compiled for the tests. */
const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
const skip = skipWithoutRedisServer();
const SHAPE: MemoryShape = {
  check: {
    ...{ rewritten: 3, rewrittenBytes: 200, readOnly: 5, readOnlyBytes: 40 },
    ...{ fresh: 2, freshBytes: 700, argumentBytes: 90 },
  },
  step: {
    ...{ rewritten: 2, rewrittenBytes: 60, readOnly: 1, readOnlyBytes: 10 },
    ...{ fresh: 0, freshBytes: 0, argumentBytes: 30 },
  },
};

const customers = createCustomers(Date.now());

function swipe() {
  const parsed = parseCheck(customers.body({}));
  if ("problem" in parsed) throw new Error("the body is in the guard's form");
  return parsed.value;
}

async function open(t: Tap) {
  const redis = await startRedis();
  t.teardown(redis.stop);
  const connection = await openGuardConnection(redis.url);
  t.teardown(() => connection.close());
  return { redis, connection };
}
type Tap = { teardown(end: () => Promise<void>): void };

/** Calls of a command inside and outside scripts, as Redis counts them. */
async function calls(redis: TestRedis, command: string): Promise<number> {
  const stats = await ask(redis.port, "INFO", "commandstats");
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

async function reset(redis: TestRedis): Promise<void> {
  await ask(redis.port, "CONFIG", "RESETSTAT");
}

t.test("the bare floor counts on eight keys by one command", { skip }, async (t) => {
  const { redis, connection } = await open(t);
  const work = bareWork(connection);
  await work.check(swipe());
  await reset(redis);
  t.same(await work.check(swipe()), { decision: "allow", hits: [] });
  t.equal(await calls(redis, "evalsha"), 1);
  t.equal(await calls(redis, "hincrby"), 8);
  await work.settle("S1");
  t.equal(await calls(redis, "evalsha"), 2);
  t.equal(await calls(redis, "hincrby"), 16);
});

t.test("the memory floor touches as many keys and bytes as it is told", { skip }, async (t) => {
  const { redis, connection } = await open(t);
  await fillMemory(connection, SHAPE);
  const work = memoryWork(connection, SHAPE);
  await work.check(swipe());
  await reset(redis);
  await work.check(swipe());
  t.equal(await calls(redis, "evalsha"), 1);
  t.equal(await calls(redis, "get"), 10, "all keys are read, also those that are fresh");
  t.equal(await calls(redis, "set"), 5, "rewritten and fresh");
  await work.settle("S1");
  t.equal(await calls(redis, "evalsha"), 2);
  t.equal(await calls(redis, "get"), 13);
  t.equal(await calls(redis, "set"), 7);
});

t.test("it finds what was there, returns it, and leaves as much", { skip }, async (t) => {
  const { redis, connection } = await open(t);
  let replies: readonly (Buffer | null)[] = [];
  let sent = 0;
  const heard: Pick<RedisConnection, "run" | "send"> = {
    send: (...call) => connection.send(...call),
    run: async (script, keys, plan) => {
      replies = (await connection.run(script, keys, plan)) as readonly (Buffer | null)[];
      sent = plan.length;
      return replies;
    },
  };
  await fillMemory(connection, SHAPE);
  const work = memoryWork(heard, SHAPE);
  for (let round = 0; round < 2; round++) {
    await work.check(swipe());
    t.same(
      replies.map((value) => value?.length),
      [200, 200, 200, 40, 40, 40, 40, 40, undefined, undefined],
      "fresh keys are not there yet",
    );
    t.equal(sent, 90);
  }
  const keyspace = await ask(redis.port, "INFO", "keyspace");
  const pool = 1_024 * (8 + 3);
  t.match(keyspace, `keys=${pool + 4},`, "two fresh keys a check, and the rest from the pool");
});

t.test("a guard's traffic gives the floor its shape", { skip, timeout: 60_000 }, async (t) => {
  const redis = await startRedis();
  t.teardown(redis.stop);
  const heard = await calibrate(redis.url);
  const scratch = t.testdir();
  const { policyFile, referenceDir: reference } = shipped();
  const around = { redisUrl: redis.url, scratch, policyFile, reference };
  const running = await guard("guard", SOURCE).start(around);
  t.teardown(() => running.stop());
  heard.begin();
  for (let count = 0; count < 20; count++) {
    const body = customers.body({ person: count % 5 });
    await post(`${running.url}/v1/swipes`, body);
    const step = { settlementId: `S${count}`, visitId: `V${count}` };
    await post(`${running.url}/v1/swipes/${body.swipeId}/settlement`, step);
  }
  const shape = await heard.done();
  const keys = shape.check.rewritten + shape.check.readOnly + shape.check.fresh;
  t.ok(keys > 8 && keys < 60, `${keys} keys a check`);
  t.ok(shape.check.argumentBytes > 300, `${shape.check.argumentBytes} bytes of plans`);
  t.ok(shape.step.rewritten >= 1, "a settlement writes the person's ledger");
  const floor = program("memory", "floors/memory.js", {
    environment: { FLOOR_SHAPE: JSON.stringify(shape) },
  });
  const { url, stop } = await floor.start(around);
  t.teardown(stop);
  t.match(await post(`${url}/v1/swipes`, customers.body({})), { decision: "allow" });
});

async function post(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.json();
}
