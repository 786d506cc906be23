import t, { type Test } from "tap";
import { StoreUnavailableError, StoreUnreadableError } from "../../src/counters/contract.ts";
import { encodeRead } from "../../src/counters/redis/plan-codec.ts";
import { openRedis, type RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { readScript } from "../../src/counters/redis/scripts.generated.ts";
import type { Notice } from "../../src/units.ts";
import { eventually } from "../faults/guard-process.ts";
import { ask } from "../faults/private-redis.ts";
import {
  cutInTheMiddle,
  doubled,
  halved,
  type Meddler,
  noise,
  otherShapes,
  proxyRedis,
  type RedisProxy,
  swallowing,
} from "../faults/redis-proxy.ts";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";

const skip = { skip: skipWithoutRedisServer() };
const A_STRING = Buffer.from([0]);

interface Bench {
  readonly redis: TestRedis;
  readonly proxy: RedisProxy;
  readonly connection: RedisConnection;
  readonly notices: Notice[];
  /** Lines of the log about the store's state. */
  lines(): string[];
}

async function bench(t: Test): Promise<Bench> {
  const redis = await startRedis();
  const proxy = await proxyRedis(redis.port);
  const notices: Notice[] = [];
  const observer = { notice: (notice: Notice) => void notices.push(notice) };
  const connection = openRedis({ url: proxy.url }, () => performance.now(), observer);
  t.teardown(async () => {
    await connection.close();
    await proxy.close();
    await redis.stop();
  });
  await eventually(() => connection.status() === "up");
  const lines = () =>
    notices.flatMap(({ kind, message }) =>
      kind === "store.connection" && message !== undefined ? [message] : [],
    );
  return { redis, proxy, connection, notices, lines };
}

/** What key `n` holds is known from its name: every third holds nothing. */
const heldBy = (n: number) => (n % 3 === 0 ? undefined : `value of ${n}`);

async function fill(connection: RedisConnection, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const value = heldBy(n);
    if (value !== undefined) await connection.send("SET", [`{k${n}}`, value]);
  }
}

type Heard = "own" | "another's" | "nothing";

async function read(connection: RedisConnection, n: number): Promise<Heard> {
  try {
    const reply = (await connection.run(readScript, [`{k${n}}`], A_STRING)) as [Buffer | null];
    return reply[0]?.toString() === heldBy(n) ? "own" : "another's";
  } catch (error) {
    if (error instanceof StoreUnavailableError) return "nothing";
    throw error;
  }
}

async function readMany(connection: RedisConnection, count: number): Promise<Heard[]> {
  const reads: Promise<Heard>[] = [];
  for (let n = 0; n < count; n++) {
    reads.push(read(connection, n));
    if (n % 5 === 4) await delay(10);
  }
  return Promise.all(reads);
}

const MEDDLERS: readonly (readonly [string, () => Meddler])[] = [
  ["cuts connections in the middle of replies", () => cutInTheMiddle(3)],
  ["says only noise", () => noise],
  ["says half of each reply", () => halved],
  ["says everything twice", () => doubled],
  ["swallows replies now and then", () => swallowing(4)],
  ["says well-formed things of other shapes", otherShapes],
];

t.test("given a proxy that garbles, then no call gets another's reply", skip, async (t) => {
  const { proxy, connection, lines } = await bench(t);
  const COUNT = 100;
  await fill(connection, COUNT);
  t.same(new Set(await readMany(connection, COUNT)), new Set(["own"]));
  for (const [name, meddler] of MEDDLERS) {
    proxy.meddle(meddler());
    const before = { lines: lines().length, taken: proxy.taken() };
    const heard = await readMany(connection, COUNT);
    t.notOk(heard.includes("another's"), `${name}: no reply is taken for another`);
    t.ok(heard.includes("nothing"), `${name}: it was felt`);
    proxy.meddle(undefined);
    const mended = performance.now();
    await eventually(async () => (await read(connection, 1)) === "own");
    const ms = performance.now() - mended;
    const told = lines().slice(before.lines);
    t.comment(
      `${name}: ${count(heard)}; well again after ${ms.toFixed(0)} ms; ${told.length} lines`,
    );
    t.ok(told.length <= 6, `${name}: a line a change and not a call: ${told.join(" | ")}`);
    t.ok(proxy.taken() > before.taken, `${name}: such a connection is given up`);
    t.same(new Set(await readMany(connection, COUNT)), new Set(["own"]));
    await eventually(() => lines().at(-1) === "The store answers.");
  }
});

function count(heard: readonly Heard[]): string {
  const own = heard.filter((one) => one === "own").length;
  return `${own} own, ${heard.length - own} unheard of ${heard.length}`;
}

t.test(
  "given a reply nobody asked for, then the process lives and begins anew",
  skip,
  async (t) => {
    const { proxy, connection } = await bench(t);
    for (const unasked of ["$-1\r\n", ">1\r\n_\r\n", "+OK\r\n"]) {
      await eventually(() => connection.status() === "up");
      const taken = proxy.taken();
      proxy.meddle((said, guard) => void guard.write(Buffer.concat([said, Buffer.from(unasked)])));
      await read(connection, 1);
      await eventually(() => proxy.taken() > taken);
      proxy.meddle(undefined);
      await eventually(async () => (await read(connection, 1)) !== "nothing");
    }
    t.pass("three kinds");
  },
);

t.test("given its own event loop held up, then the store is not called late", skip, async (t) => {
  const { connection, redis } = await bench(t);
  await fill(connection, 30);
  for (const ms of [200, 400, 900]) {
    process.kill(redis.pid, "SIGSTOP");
    const reads = [1, 2, 4].map((n) => read(connection, n));
    await delay(20);
    process.kill(redis.pid, "SIGCONT");
    hold(ms);
    const next = read(connection, 5);
    t.same(await Promise.all([...reads, next]), ["own", "own", "own", "own"], `held up ${ms} ms`);
    t.equal(connection.status(), "up");
  }
});

/** Holds the event loop, as a burst of work or a machine without a turn for this process does. */
function hold(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

t.test(
  "given a store that stalls, then its callers are called when it is itself",
  skip,
  async (t) => {
    const { connection, redis, lines } = await bench(t);
    let calls = 0;
    connection.whenReady(() => {
      calls += 1;
    });
    t.equal(calls, 1, "at once, where it is fit already");
    process.kill(redis.pid, "SIGSTOP");
    const late = read(connection, 3);
    await eventually(() => connection.status() === "stalled");
    const CALLS = 2_000;
    const started = performance.now();
    for (let n = 0; n < CALLS; n++) await read(connection, n);
    const each = (performance.now() - started) / CALLS;
    t.comment(`a call to a stalled store costs ${(each * 1_000).toFixed(1)} µs`);
    t.ok(each < 1, "less than a millisecond");
    t.equal(calls, 1);
    process.kill(redis.pid, "SIGCONT");
    t.equal(await late, "own", "a late reply still comes");
    await eventually(() => calls === 2);
    t.equal(connection.status(), "up", "without a new connection, and without another call");
    await eventually(() => lines().at(-1) === "The store answers.");
    t.ok(lines().length <= 4, lines().join(" | "));
  },
);

t.test("given a store that is always too late, then one call at a time asks", skip, async (t) => {
  const { connection, proxy, notices } = await bench(t);
  proxy.slow(200);
  await read(connection, 1);
  await eventually(() => connection.reason() === "slow" || connection.status() === "stalled");
  const heard = await readMany(connection, 100);
  t.ok(heard.filter((one) => one === "nothing").length > 80, count(heard));
  proxy.slow(0);
  await eventually(() => connection.status() === "up");
  t.equal(await read(connection, 3), "own");
  t.ok(notices.filter(({ message }) => message !== undefined).length <= 4, "and it is said once");
});

t.test("given refusals, then their reason is told and the store is left alone", skip, async (t) => {
  const { connection, redis, lines } = await bench(t);
  await fill(connection, 3);
  const cases: readonly (readonly [string, readonly (readonly string[])[], readonly string[][]])[] =
    [
      ["memory", [["CONFIG", "SET", "maxmemory", "1"]], [["CONFIG", "SET", "maxmemory", "0"]]],
      [
        "replicas",
        [["CONFIG", "SET", "min-replicas-to-write", "1"]],
        [["CONFIG", "SET", "min-replicas-to-write", "0"]],
      ],
      ["readOnly", [["REPLICAOF", "127.0.0.1", "1"]], [["REPLICAOF", "NO", "ONE"]]],
    ];
  for (const [reason, made, mended] of cases) {
    for (const words of made) await ask(redis.port, ...words);
    await connection.send("SET", ["{k1}", "x"]).catch(() => undefined);
    t.equal(connection.status(), "refusing", reason);
    t.equal(connection.reason(), reason);
    const before = lines().length;
    await t.rejects(connection.send("SET", ["{k1}", "x"]), StoreUnavailableError);
    t.equal(await read(connection, 1), "nothing", "a read that would succeed closes nothing");
    await delay(300);
    t.equal(connection.status(), "refusing");
    t.equal(lines().length, before);
    for (const words of mended) await ask(redis.port, ...words);
    const at = performance.now();
    await eventually(() => connection.status() === "up");
    t.comment(`${reason}: well again after ${(performance.now() - at).toFixed(0)} ms`);
    await connection.send("SET", ["{k1}", heldBy(1) ?? ""]);
  }
});

t.test(
  "given memory that a script stumbles over, then that is told apart from a store that is away",
  skip,
  async (t) => {
    const { connection } = await bench(t);
    await fill(connection, 3);
    await connection.send("RPUSH", ["{k9}", "not what the guard keeps there"]);
    const { keys, plan } = encodeRead([{ key: "{k9}" }]);
    await t.rejects(connection.run(readScript, keys, plan), StoreUnreadableError);
    t.equal(connection.status(), "up", "nobody else suffers from it");
    t.equal(await read(connection, 1), "own");
  },
);
