import { randomBytes } from "node:crypto";
import t from "tap";
import { readConfig } from "../../src/config/read-config.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import type { Observation } from "../../src/counters/contract.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { BINDINGS_MAX, FLAGS_MAX, TRACE_KEPT } from "../../src/counters/limits.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { openRedis, type RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { createRedisHome } from "../../src/counters/redis/redis-home.ts";
import { generateKey } from "../../src/privacy/key-file.ts";
import { openReplay } from "../../src/replay/open-replay.ts";
import { createVirtualClock } from "../../src/replay/virtual-clock.ts";
import { DAY, HOUR, MINUTE, type Notice, SILENT } from "../../src/units.ts";
import { digest, observation, sealing } from "../conformance/swipes.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";

/**
 * What MEMORY USAGE leaves out of a key: 8 B its entry is rounded up by, 32 B of an entry in the table of times,
 * and both tables' slots, 16 to 32 B as they grow. Checked once against 60,000 keys: 193 B of used_memory, 136 B told.
 */
const TABLES = 64;
const PERSONS = 2_000;
const AT_ONCE = 200;

async function connect(port: number): Promise<RedisConnection> {
  const url = `redis://127.0.0.1:${port}`;
  // A clock that stands still: a busy machine must not look like a stalled store.
  const redis = openRedis({ url }, () => 0, SILENT);
  await new Promise<void>((resolve) => redis.whenReady(resolve));
  return redis;
}

async function ask(redis: RedisConnection, command: string, ...args: (string | number)[]) {
  return String(await redis.send(command, args));
}

async function keysOf(redis: RedisConnection, pattern: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor = "0";
  do {
    const reply = await redis.send("SCAN", [cursor, "MATCH", pattern, "COUNT", 1_000]);
    const [next, found] = reply as [Buffer, Buffer[]];
    keys.push(...found.map(String));
    cursor = next.toString();
  } while (cursor !== "0");
  return keys;
}

/** What keys of this pattern take, all that belongs to them included. */
async function bytesOf(redis: RedisConnection, pattern: string) {
  const keys = await keysOf(redis, pattern);
  let bytes = 0;
  for (const key of keys)
    bytes += Number(await ask(redis, "MEMORY", "USAGE", key, "SAMPLES", 0)) + TABLES;
  return { keys: keys.length, bytes };
}

/** Keys that would stay for ever, or longer than anything is remembered; trace buckets are pruned instead. */
async function endlessKeys(redis: RedisConnection, pattern: string): Promise<string[]> {
  const endless: string[] = [];
  for (const key of await keysOf(redis, pattern)) {
    const left = Number(await ask(redis, "PTTL", key));
    if (!/\{K[^}]*\}$/.test(key) && (left <= 0 || left > TRACE_KEPT)) endless.push(key);
  }
  return endless;
}

function keyText(person: string): string {
  return Buffer.from(digest(person, 6), "latin1").toString("base64url");
}

function withLines(of: Observation, lines: number): Observation {
  const line = of.lines[0];
  if (line === undefined) throw new Error("an observation has a line");
  return {
    ...of,
    lines: Array.from({ length: lines }, (_, tag) => ({
      ...line,
      drug: digest(`drug ${tag}`, 6),
      tag,
    })),
  };
}

t.test(
  "promise 9, measured on a Redis of its own",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const server = await startRedis();
    const redis = await connect(server.port);
    t.teardown(async () => {
      await redis.close();
      await server.stop();
    });
    const now = Date.now();
    const notices: Notice[] = [];
    const observer = { notice: (notice: Notice) => notices.push(notice) };
    const keys = createKeyNames("m1");
    const store = createPackedStore(createRedisHome(redis), keys, () => now, observer);

    t.test("a person's ledger at ten swipes of two lines takes at most 1 KB", async (t) => {
      for (let swipe = 0; swipe < 10; swipe++) {
        for (let first = 0; first < PERSONS; first += AT_ONCE) {
          const batch = Array.from({ length: AT_ONCE }, async (_, i) => {
            const person = `person ${first + i}`;
            const at = now - (10 - swipe) * DAY;
            const of = withLines(
              observation({ id: `${person} ${swipe}`, at, person, terminal: `T${i}` }),
              2,
            );
            await store.observe(of);
            await store.seal(sealing(of));
          });
          await Promise.all(batch);
        }
      }
      const { keys, bytes } = await bytesOf(redis, "m1:{p*}l");
      await redis.removeAll("m1:");
      t.equal(keys, PERSONS);
      t.comment(`a ledger of ten swipes: ${Math.round(bytes / keys)} B`);
      t.ok(bytes / keys <= 1_024, `${bytes / keys} B`);
    });

    t.test("a trace code at the declared fill takes at most 45 B", async (t) => {
      const buckets = 500;
      const fill = 64;
      const code = (i: number) =>
        String.fromCharCode((i % buckets) >> 8, (i % buckets) & 255, 0) + digest(`code ${i}`, 7);
      for (let first = 0; first < buckets * fill; first += 100) {
        const id = `codes ${first}`;
        await store.observe({
          ...observation({ id, at: now, person: id }),
          logs: [],
          traceCodes: Array.from({ length: 100 }, (_, i) => ({
            ...{ code: code(first + i), line: 1, split: false, units: 0 },
          })),
        });
      }
      const hashes = await keysOf(redis, "m1:{K*}");
      t.equal(hashes.length, buckets);
      t.equal(await ask(redis, "OBJECT", "ENCODING", hashes[0] ?? ""), "listpack");
      const { bytes } = await bytesOf(redis, "m1:{K*}");
      await redis.removeAll("m1:");
      t.comment(`a trace code: ${(bytes / (buckets * fill)).toFixed(1)} B`);
      t.ok(bytes / (buckets * fill) <= 45, `${bytes / (buckets * fill)} B`);
    });

    t.test(
      "a bucket never outgrows the compact encoding, however many codes land in it",
      async (t) => {
        for (let i = 0; i < 300; i++) {
          const id = `crowd ${i}`;
          const taken = { code: `\0\0\0${digest(id, 7)}`, line: 1, split: false, units: 0 };
          const of = { ...observation({ id, at: now + i, person: id }), traceCodes: [taken] };
          await store.observe(of);
          // Every third is let go and settled after all: what is taken then is bounded as well.
          await store.seal(sealing(of, { holds: i % 3 !== 0 }));
          const { entry } = await store.readEntry(of.person, of.swipe);
          const located = await store.locate(of.swipe);
          if (entry === undefined || located === undefined)
            throw new Error("the swipe is not known");
          const after = { ...entry, state: "settled" } as const;
          const claims = located.claims.map((claim) => ({ ...claim, to: "sold" as const }));
          const what = { ...of, before: entry, after, returns: undefined, claims, tallies: [] };
          await store.change({ ...what, at: now + i });
        }
        const [bucket = ""] = await keysOf(redis, "m1:{K*}");
        t.equal(Number(await ask(redis, "HLEN", bucket)), 127);
        const lost = notices.filter(({ kind }) => kind === "trace.bucket.full");
        t.equal(
          lost.reduce((sum, { value = 0 }) => sum + value, 0),
          300 - 127,
          "each code that made room is told of",
        );
        t.equal(await ask(redis, "OBJECT", "ENCODING", bucket), "listpack");
      },
    );

    t.test("what is counted of an entity keeps its size, however long it goes on", async (t) => {
      await redis.removeAll("m1:");
      const of = observation({ id: "sale-0001", at: now });
      await store.observe(of);
      const add = { kind: "H", entity: of.pharmacy, move: "add", columns: [1, 0, 100, 0] } as const;
      for (let day = 0; day <= 40; day++) {
        const { entry } = await store.readEntry(of.person, of.swipe);
        if (entry === undefined) throw new Error("the swipe is not known");
        const what = { ...of, before: entry, after: entry, returns: undefined, claims: [] };
        await store.change({ ...what, tallies: [{ ...add, at: now - (40 - day) * DAY }] });
      }
      for (let i = 0; i < 12; i++) {
        const sale = observation({
          id: `open ${i}`,
          at: now,
          person: `p${i}`,
          tally: [1, 0, 1, 0],
        });
        await store.observe(sale);
        await store.seal(sealing(sale, { presume: true }));
      }
      for (let i = 0; i < 40; i++) {
        const seen = observation({ id: `card ${i}`, at: now, person: `q${i}`, card: "c" });
        await store.observe(seen);
        await store.seal(sealing(seen, { bind: true }));
        const reference = digest(`finding ${i}`, 8);
        await store.flag(digest("person ann", 6), { kind: "cohort", at: now, value: 7, reference });
      }
      const card = Buffer.from(digest("card c"), "latin1").toString("base64url");
      for (const [what, key, width] of [
        ["a tally of 29 days and 12 open sales", `m1:{H${of.pharmacy}}d`, 1 + 29 * 18 + 12 * 30],
        ["the persons of a card", `m1:{b${card}}b`, BINDINGS_MAX * 18],
        ["the flags of a person", `m1:{f${keyText("person ann")}}`, FLAGS_MAX * 17],
      ] as const) {
        t.equal(Number(await ask(redis, "STRLEN", key)), width, what);
        const { bytes } = await bytesOf(redis, key);
        t.comment(`${what}: ${bytes} B`);
      }
      await redis.removeAll("m1:");
    });

    t.test(
      "real decisions: a sealed answer takes little more than 700 B, and every key ends by itself",
      async (t) => {
        // As long as the living generation's name, so that keys take what they take in earnest.
        const generation = "m2";
        const clock = createVirtualClock();
        const pseudonymiser = pseudonymiserOf(JSON.stringify(generateKey(randomBytes)));
        const bundle = await loadBundle(readConfig({}), pseudonymiser, now);
        const packed = createPackedStore(createRedisHome(redis), createKeyNames(generation), () =>
          clock.now(),
        );
        const replay = openReplay({
          clock,
          store: packed,
          pseudonymiser,
          bundle,
          observer: SILENT,
        });
        await redis.removeAll("m1:");
        const decisions = new Map<string, number>();
        for (let i = 0; i < 1_000; i++) {
          const told = await replay.feed(JSON.stringify(typicalCheck(i, now + i * MINUTE)));
          const decision = told?.check?.decision ?? told?.check?.problem ?? "";
          decisions.set(decision, (decisions.get(decision) ?? 0) + 1);
        }
        t.comment(`decisions: ${JSON.stringify(Object.fromEntries(decisions))}`);
        t.equal(decisions.get("allow"), 1_000);

        const endless = await endlessKeys(redis, `${generation}:*`);
        t.same(endless, [], "each key but trace buckets ends by itself");

        const locators = await bytesOf(redis, `${generation}:{s*}`);
        t.equal(locators.keys, 1_000);
        t.comment(`a locator: ${Math.round(locators.bytes / 1_000)} B`);
        // Promise 9 says 170. Of 200 the key, its time and the tables take 128 where the allocator rounds up to 16 B
        // (Debian's jemalloc); the jemalloc that comes with Redis rounds up to 8 B and takes 168 for two codes.
        t.ok(locators.bytes / 1_000 <= 205, `${locators.bytes / 1_000} B`);
        const answers = await bytesOf(redis, `${generation}:{p*}a:*`);
        t.equal(answers.keys, 1_000);
        t.comment(`a sealed answer: ${Math.round(answers.bytes / 1_000)} B`);
        // Promise 9 says 700, of a policy with 20 features: the shipped one has seven times as many, a byte or two each.
        t.ok(answers.bytes / 1_000 <= 730, `${answers.bytes / 1_000} B`);

        await redis.removeAll(`${generation}:`);
        t.same(await keysOf(redis, `${generation}:*`), []);
        t.equal(
          await ask(redis, "DBSIZE"),
          "0",
          "a generation that is removed leaves nothing behind",
        );
      },
    );
  },
);

/** 1.6 lines and 2.2 codes on average, over the counter, with a card as a till sends it. */
function typicalCheck(i: number, at: number) {
  const line = (number: number, drug: string, codes: number) => ({
    ...{ line: `000${number}`, drug, quantity: codes, unit: "pack" },
    ...{ unitPrice: 9.5, amount: 9.5 * codes, daysSupply: 4 * codes },
    traceCodes: Array.from(
      { length: codes },
      (_, box) => `8338652000${String(i * 10 + number * 4 + box).padStart(10, "0")}`,
    ),
  });
  const lines =
    i % 5 < 2
      ? [line(1, "XM01AEB103A001010100501", 2)]
      : [
          line(1, "XM01AEB103A001010100501", 1),
          line(2, "XN02BED230A001010100001", i % 5 === 2 ? 2 : 1),
        ];
  const swipeId = `P21010200123202611211015${String(i).padStart(6, "0")}`;
  const total = lines.reduce((sum, of) => sum + of.amount, 0);
  const instant = `${new Date(at + 8 * HOUR).toISOString().slice(0, 19)}+08:00`;
  const body = {
    swipeId,
    ...{ stage: "settle", occurredAt: instant },
    pharmacy: { code: "P21010200123", area: "210102", terminal: `T0${i % 4}`, operator: "0007" },
    person: {
      number: `M${String(i).padStart(17, "0")}`,
      insuredArea: "210100",
      insurance: "310",
      status: "1",
    },
    credential: { type: "03", number: `C${i}`, cardSn: `SN${i}` },
    ...{ channel: "counter", medicalType: "41", total, lines },
  };
  return { at: instant, op: "check", swipeId, body };
}
