import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { freePort } from "../services/service-process.ts";
import { eventually, runServerProgram, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { metric, Till } from "./till.ts";

const EXIT_CONFIG = 78;
const deploy = join(packageRoot(), "deploy");
const shippedPolicy = () => readFileSync(join(deploy, "policy/policy.yaml"), "utf8");

function keyFile(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `keys-${randomBytes(4).toString("hex")}.json`);
  const key = randomBytes(32).toString("base64");
  writeFileSync(path, JSON.stringify({ version: "1", keys: { "1": key } }));
  return path;
}

/** A busy disk of the machine must not turn an answer into a 503: how soon is not asked here. */
const PATIENT = { GUARD_DEADLINE_MS: "1000" };

t.test("wrong settings: all are listed at once, and nothing starts", async (t) => {
  const { status, stdout, stderr } = await runServerProgram({
    GUARD_DATA_DIR: t.testdir(),
    PORT: "70000",
    REDIS_URL: "http://example.test",
    KAFKA_BROKERS: "nowhere",
    GUARD_ENFORCE: "some",
    GUARD_DEADLINE_MS: "1",
    GUARD_KEYS: "/not/there.json",
    HOST: "0.0.0.0",
    LOG_LEVEL: "loud",
  });
  t.equal(status, EXIT_CONFIG);
  t.equal(stdout, "");
  for (const name of ["PORT", "REDIS_URL", "KAFKA_BROKERS", "GUARD_ENFORCE", "GUARD_DEADLINE_MS"]) {
    t.match(stderr, new RegExp(`^- ${name} `, "m"));
  }
  for (const name of ["GUARD_KEYS", "HOST", "LOG_LEVEL"]) {
    t.match(stderr, new RegExp(`^- ${name} `, "m"));
  }
  t.match(stderr, /8 mistakes/);
  t.notMatch(stderr, /^\s+at /m, "no stack");
});

t.test("a broken policy, a missing one and broken reference files stop the start", async (t) => {
  const folder = t.testdir({
    "broken.yaml": shippedPolicy().replace("tokenAgeSeconds > 120.0", "tokenAgeSeconds > > 120.0"),
    reference: {},
    keys: { "keys.json": '{"version":"1","keys":{"1":"c2hvcnQ="}}' },
  });
  cpSync(join(deploy, "reference"), join(folder, "reference"), { recursive: true });
  const drugs = join(folder, "reference/drugs.csv");
  const rows = readFileSync(drugs, "utf8").split("\n");
  rows[2] = (rows[2] ?? "").replace(",1,", ",perhaps,");
  rows[4] = (rows[4] ?? "").replace(",1,", ",perhaps,");
  writeFileSync(drugs, rows.join("\n"));
  const start = (settings: Record<string, string>) =>
    runServerProgram({ GUARD_DATA_DIR: join(folder, "data"), ...settings });

  const policy = await start({ GUARD_POLICY: join(folder, "broken.yaml") });
  t.equal(policy.status, EXIT_CONFIG);
  t.match(policy.stderr, /broken\.yaml:\d+: \S/, "file, line and reason");

  const missing = await start({ GUARD_POLICY: join(folder, "absent.yaml") });
  t.equal(missing.status, EXIT_CONFIG);
  t.match(missing.stderr, /^- GUARD_POLICY .*absent\.yaml/m);

  const reference = await start({ GUARD_REFERENCE: join(folder, "reference") });
  t.equal(reference.status, EXIT_CONFIG);
  t.match(reference.stderr, /drugs\.csv:3: \S/, "file, line and reason");
  t.match(reference.stderr, /drugs\.csv:5: \S/, "each of them");
  t.notMatch(reference.stderr, /perhaps/, "cells are not repeated");

  const keys = await start({ GUARD_KEYS: join(folder, "keys/keys.json") });
  t.equal(keys.status, EXIT_CONFIG);
  t.match(keys.stderr, /key file/i);
  for (const { stderr } of [policy, missing, reference, keys]) t.notMatch(stderr, /^\s+at /m);
});

t.test("a busy port is said so", async (t) => {
  const holder = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
  t.teardown(() => holder.close());
  const ran = await runServerProgram({ GUARD_DATA_DIR: t.testdir(), PORT: String(port) });
  t.equal(ran.status, EXIT_CONFIG);
  t.match(ran.stderr, /^guard: The address is already in use.*\n$/);
});

t.test("a second server on a data folder is refused, and the first lives on", async (t) => {
  const folder = t.testdir();
  const first = await startGuard(folder);
  const till = new Till(first.url);
  t.teardown(() => till.close());
  const second = await runServerProgram({ GUARD_DATA_DIR: folder });
  t.equal(second.status, EXIT_CONFIG);
  t.match(second.stderr, /^guard: Another guard is already working on the data folder .*\.\n$/);
  const answer = await till.check(nativeSwipe({ id: newId("second", 1), person: "SECOND" }));
  t.equal(answer.status, 200);
  await first.kill();

  const heirs = [runOrStart(folder), runOrStart(folder), runOrStart(folder)];
  const ends = await Promise.all(heirs);
  t.equal(
    ends.filter((end) => end === "serves").length,
    1,
    "after a kill exactly one of several takes over",
  );
});

/** Starts a server on a folder others may be after too; says whether it got it. */
async function runOrStart(folder: string): Promise<"serves" | "refused"> {
  try {
    const guard = await startGuard(folder);
    t.teardown(() => guard.kill());
    return "serves";
  } catch (error) {
    if (String(error).includes("already working on the data folder")) return "refused";
    throw error;
  }
}

t.test("another pseudonym key than the store was filled under stops the start", async (t) => {
  const folder = t.testdir();
  const [one, other] = [keyFile(join(folder, "a")), keyFile(join(folder, "b"))];
  const data = join(folder, "data");
  const first = await startGuard(data, { GUARD_KEYS: one });
  t.equal(await first.stop(), "exit status 0");
  const foreign = await runServerProgram({ GUARD_DATA_DIR: data, GUARD_KEYS: other });
  t.equal(foreign.status, EXIT_CONFIG);
  t.match(foreign.stderr, /filled under another pseudonym key/);
  const again = await startGuard(data, { GUARD_KEYS: one });
  t.equal(await again.stop(), "exit status 0", "its own key is welcome");
});

t.test(
  "the same on Redis, where the store's key wins",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const folder = t.testdir();
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const settings = { REDIS_URL: redis.url };
    const first = await startGuard(join(folder, "one"), settings);
    const second = await startGuard(join(folder, "two"), settings);
    const tills = [new Till(first.url), new Till(second.url)] as const;
    const swipe = nativeSwipe({ id: newId("keys", 1), person: "KEYS" });
    const answers = [await tills[0].check(swipe), await tills[1].check(swipe)];
    t.same(
      answers.map(({ body }) => [body.mode, body.decidedAt]),
      [
        ["full", answers[0]?.body.decidedAt],
        ["full", answers[0]?.body.decidedAt],
      ],
      "two guards with default settings know each other's persons",
    );
    t.match(second.said(), /The store's pseudonym key replaces the one of the data folder/);
    const foreign = await runServerProgram({
      ...settings,
      GUARD_DATA_DIR: join(folder, "three"),
      GUARD_KEYS: keyFile(folder),
    });
    t.equal(foreign.status, EXIT_CONFIG);
    t.match(foreign.stderr, /filled under another pseudonym key/);
    for (const till of tills) till.close();
    await first.stop();
    await second.stop();

    await redis.stop();
    const back = await startGuard(join(folder, "two"), settings);
    const till = new Till(back.url);
    const standIn = await till.check(nativeSwipe({ id: newId("keys", 2), person: "KEYS" }));
    till.close();
    await back.kill();
    const recorded = journalText(back.dataDir);
    const persons = new Set([...recorded.matchAll(/"key":"([\w-]{14})"/g)].map(([, key]) => key));
    t.equal(standIn.body.mode, "standIn");
    t.equal(persons.size, 1, "the key taken from the store is kept: a person keeps the pseudonym");
  },
);

function journalText(dataDir: string): string {
  const folder = join(dataDir, "journal");
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}

t.test(
  "Redis away at start: stand-ins at once, and full when it comes",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const port = await freePort();
    const guard = await startGuard(t.testdir(), {
      REDIS_URL: `redis://127.0.0.1:${port}`,
      ...PATIENT,
    });
    t.teardown(() => guard.kill());
    const till = new Till(guard.url);
    t.teardown(() => till.close());
    t.equal(guard.said().match(/Redis is not there at start[^"]*\./g)?.length, 1);
    const without = await till.check(nativeSwipe({ id: newId("late", 1), person: "LATE" }));
    t.match(without, { status: 200, body: { mode: "standIn" } });
    const ready = await till.get("/readyz");
    t.equal(ready.status, 200);
    t.match(ready.body, { status: "degraded" });
    t.ok(ready.body.degraded?.some(({ name }) => name === "redis"));

    const redis = await startRedis({ port });
    t.teardown(() => redis.stop());
    let tried = 1;
    await eventually(async () => {
      tried += 1;
      const answer = await till.check(
        nativeSwipe({ id: newId("late", tried), person: `L${tried}` }),
      );
      return answer.body.mode === "full";
    });
    // What was answered without it is entered first.
    await eventually(async () => (await till.get("/readyz")).body.degraded?.length === 0);
  },
);

t.test(
  "a Redis that takes no writes at start is no reason to stay down",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const redis = await startRedis({ args: ["--maxmemory", "1"] });
    t.teardown(() => redis.stop());
    const guard = await startGuard(t.testdir(), { REDIS_URL: redis.url, ...PATIENT });
    t.teardown(() => guard.kill());
    const till = new Till(guard.url);
    t.teardown(() => till.close());
    const swipe = nativeSwipe({ id: newId("full", 1), person: "FULL" });
    t.match(await till.check(swipe), { status: 200, body: { mode: "standIn" } });
  },
);

t.test(
  "a Redis that freezes before the start does not hold it up",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    process.kill(redis.pid, "SIGSTOP");
    const guard = await startGuard(t.testdir(), { REDIS_URL: redis.url, ...PATIENT });
    t.teardown(() => guard.kill());
    const till = new Till(guard.url);
    t.teardown(() => till.close());
    t.match(await till.check(nativeSwipe({ id: newId("frozen", 1), person: "FROZEN" })), {
      status: 200,
      body: { mode: "standIn" },
    });
    process.kill(redis.pid, "SIGCONT");
    let tried = 1;
    await eventually(async () => {
      tried += 1;
      const id = newId("frozen", tried);
      return (await till.check(nativeSwipe({ id, person: `Z${tried}` }))).body.mode === "full";
    });
    t.ok(tried > 1);
  },
);

t.test(
  "an embedded store whose log ends in what is no command says so, and goes on with what is whole",
  async (t) => {
    const folder = t.testdir();
    const before = await startGuard(folder, PATIENT);
    const till = new Till(before.url);
    const swipe = nativeSwipe({ id: newId("cut", 1), person: "CUT" });
    const told = await till.check(swipe);
    t.match(told, { status: 200, body: { mode: "full" } });
    t.equal(await metric(till, "guard_memory_cut_bytes_total"), 0);
    till.close();
    await before.kill();
    const memory = join(folder, "memory");
    const newest = readdirSync(memory)
      .filter((name) => name.startsWith("ahead-"))
      .sort()
      .at(-1);
    appendFileSync(join(memory, newest ?? ""), "unfinished");

    const after = await startGuard(folder, PATIENT);
    t.teardown(() => after.kill());
    const again = new Till(after.url);
    t.teardown(() => again.close());
    t.equal(await metric(again, "guard_memory_cut_bytes_total"), "unfinished".length);
    t.match(after.said(), /"kind":"memory\.cut".*guard rebuild/);
    const { decidedAt } = (await again.check(swipe)).body;
    t.equal(decidedAt, told.body.decidedAt, "what was whole is remembered");
  },
);
