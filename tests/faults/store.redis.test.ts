import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { auditOf } from "./cluster-audit.ts";
import { type FaultRow, faultRow } from "./fault-row.ts";
import { eventually, type Settings, startGuard } from "./guard-process.ts";
import { ask, commandCounts, Monitor } from "./private-redis.ts";
import {
  type Burst,
  DEADLINE_MS,
  load,
  modes,
  onlyStandIns,
  plainSwipes,
  recovered,
  same,
  within,
} from "./store-load.ts";
import { nativeSwipe, newId, shanghaiNow, traceCode } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

const skip = { skip: skipWithoutRedisServer() };

const TERMINALS = 1_000;
/** Bursts of one test, each with boxes and tills of its own. */
const swipes = (name: string, count: number, burst: number) =>
  plainSwipes(name, count, burst * TERMINALS);

async function connections(port: number): Promise<number> {
  const text = await ask(port, "INFO", "stats");
  return Number(/total_connections_received:(\d+)/.exec(text)?.[1]);
}

/** Ends when everything that was answered is in the store, once. */
async function report(
  t: Test,
  row: Pick<FaultRow, "fault" | "made">,
  redis: TestRedis,
  bursts: readonly Burst[],
  slowestMs: number,
): Promise<void> {
  const told = bursts.flatMap(({ swipes: asked, answers }) =>
    asked.filter((_, index) => answers[index]?.status === 200),
  );
  const ids = told.map(({ swipeId }) => String(swipeId));
  let audit = await auditOf([redis], ids);
  await eventually(async () => {
    audit = await auditOf([redis], ids);
    return audit.lost.length === 0;
  });
  const requests = bursts.reduce((sum, { answers }) => sum + answers.length, 0);
  const counts = { requests, lost: audit.lost.length, countedTwice: audit.twice.length };
  t.equal(counts.countedTwice, 0, row.fault);
  faultRow({ ...row, runs: 1, ...counts, slowestMs, deadlineMs: DEADLINE_MS });
}

/** Where time is not the promise, so that a slow machine does not make stand-ins of its own. */
const UNHURRIED: Settings = { GUARD_DEADLINE_MS: "5000" };

async function serve(t: Test, redisUrl: string, settings: Settings = {}): Promise<{ till: Till }> {
  const guard = await startGuard(t.testdir(), { REDIS_URL: redisUrl, ...settings });
  const till = new Till(guard.url);
  await till.open(8);
  t.teardown(async () => {
    till.close();
    await guard.kill();
  });
  await till.untilStoreAnswers();
  return { till };
}

t.test(
  "a frozen Redis: everybody is answered in time, and all is well when it thaws",
  skip,
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const { till } = await serve(t, redis.url);
    const other = await startGuard(join(t.testdirName, "other"), { REDIS_URL: redis.url });
    const otherTill = new Till(other.url);
    t.teardown(async () => {
      otherTill.close();
      await other.kill();
    });
    const before = await load(till, swipes("calm", 200, 0), 8);
    t.ok((modes(before.answers)["full"] ?? 0) > 100, "the store is heard before it freezes");
    within(t, before, "healthy");
    const connectionsBefore = await connections(redis.port);

    process.kill(redis.pid, "SIGSTOP");
    const during = await load(till, swipes("frozen", 300, 1), 8);
    onlyStandIns(t, during);
    const slowestMs = within(t, during, "frozen");
    await hardRulesStillDeny(t, till);
    const told = during.answers.map((answer, index) => ({
      ...{ answer, swipe: during.swipes[index] ?? {} },
    }));
    const firstFive = told.filter(({ answer }) => answer.status === 200).slice(0, 5);
    const frozen = firstFive.map(({ swipe }) => swipe);
    const expected = firstFive.map(({ answer }) => same(answer));
    const repeated = await Promise.all(frozen.map((swipe) => till.check(swipe)));
    t.same(repeated.map(same), expected, "a repeat meanwhile");

    process.kill(redis.pid, "SIGCONT");
    await recovered(till, "thawed");
    t.equal(
      await connections(redis.port),
      connectionsBefore + 1,
      "without a new connection but ours",
    );
    const after = await Promise.all(frozen.map((swipe) => till.check(swipe)));
    t.same(after.map(same), expected, "a repeat afterwards");
    await till.untilEntered();
    const elsewhere = await otherTill.check(frozen[0] ?? {});
    t.same(same(elsewhere), expected[0], "and at the other guard");
    const row = { fault: "Redis frozen", made: "SIGSTOP under load, SIGCONT after" };
    await report(t, row, redis, [before, during], slowestMs);
  },
);

t.test("a guard that was paused itself does not blame the store", skip, async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const deadline = 1_000;
  const guard = await startGuard(t.testdir(), {
    REDIS_URL: redis.url,
    GUARD_DEADLINE_MS: String(deadline),
  });
  const till = new Till(guard.url);
  t.teardown(async () => {
    till.close();
    await guard.kill();
  });
  await till.open(20);
  await till.untilStoreAnswers();
  process.kill(redis.pid, "SIGSTOP");
  const asked = swipes("paused", 20, 0).map((swipe) => till.check(swipe));
  await delay(50);
  // While the guard is paused Redis answers in good time: the replies wait in the socket beside timers long due.
  guard.signal("SIGSTOP");
  process.kill(redis.pid, "SIGCONT");
  await delay(deadline + 200);
  guard.signal("SIGCONT");
  t.same(modes(await Promise.all(asked)), { full: 20 });
});

t.test("a host that swallows everything: no answer even to a connection", skip, async (t) => {
  const redis = await startRedis({ args: ["--tcp-backlog", "1"] });
  t.teardown(() => redis.stop());
  const { till } = await serve(t, redis.url);
  t.match(await till.check(swipes("hole", 1, 0)[0] ?? {}), { body: { mode: "full" } });
  // Nobody takes connections any more, and once its queue is full the kernel does not answer for it either.
  process.kill(redis.pid, "SIGSTOP");
  const queue = Array.from({ length: 4 }, () => connect({ host: "127.0.0.1", port: redis.port }));
  for (const socket of queue) socket.on("error", () => undefined);
  const during = await load(till, swipes("swallowed", 300, 1), 30);
  onlyStandIns(t, during);
  const slowestMs = within(t, during, "swallowed");
  const reasonOf = async () => (await till.get("/readyz")).body.degraded?.[0]?.reason ?? "";
  t.match(await reasonOf(), /cannot be reached/);

  for (const socket of queue) socket.destroy();
  process.kill(redis.pid, "SIGCONT");
  const ms = await recovered(till, "hole");
  t.comment(`full again ${ms.toFixed(0)} ms after the host was there again`);
  const row = { fault: "Redis' host swallows everything", made: "SIGSTOP, accept queue full" };
  await report(t, row, redis, [during], slowestMs);
});

/** Turned away for the moment (429, 503), a till sends the same body again. */
async function heard(till: Till, swipe: Record<string, unknown>): Promise<Answer> {
  const answer = await till.check(swipe);
  return answer.status === 429 || answer.status === 503 ? heard(till, swipe) : answer;
}

async function hardRulesStillDeny(t: Test, till: Till): Promise<void> {
  const bySwipe = nativeSwipe({
    id: newId("deny", 1),
    person: "DENY-1",
    more: { person: { number: "DENY-1", insuredArea: "210100", insurance: "310", status: "2" } },
  });
  const byReference = nativeSwipe({
    id: newId("deny", 2),
    person: "DENY-2",
    more: { pharmacy: { code: "P21010300902", area: "210103", terminal: "T1", operator: "1" } },
  });
  const byList = nativeSwipe({ id: newId("deny", 3), person: "TEST-PERSON-DECEASED-0001" });
  const answers = await Promise.all(
    [bySwipe, byReference, byList].map((each) => heard(till, each)),
  );
  for (const [index, answer] of answers.entries()) {
    t.match(answer.body, { decision: "deny", mode: "standIn" }, `hard rule ${index + 1} of 3`);
  }
}

t.test("a Redis that dies and comes back empty-handed: the same", skip, async (t) => {
  const first = await startRedis();
  const { till } = await serve(t, first.url);
  t.match(await till.check(swipes("alive", 1, 0)[0] ?? {}), { body: { mode: "full" } });
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  const during = await load(till, swipes("dead", 150, 1), 8);
  onlyStandIns(t, during);
  const slowestMs = within(t, during, "dead");
  t.match((await till.get("/readyz")).body, { status: "degraded" });
  await first.stop();

  const second = await startRedis({ port: first.port });
  t.teardown(() => second.stop());
  await recovered(till, "restarted");
  const told = during.answers.map((answer, index) => ({
    ...{ answer, swipe: during.swipes[index] ?? {} },
  }));
  const five = told.filter(({ answer }) => answer.status === 200).slice(0, 5);
  const again = await Promise.all(five.map(({ swipe }) => till.check(swipe)));
  t.same(
    again.map(same),
    five.map(({ answer }) => same(answer)),
    "repeats are answered alike",
  );
  const row = { fault: "Redis dead", made: "SIGKILL, port closed, started again empty" };
  await report(t, row, second, [during], slowestMs);
});

t.test(
  "a Redis that takes no writes: stand-ins, and never an error at the till",
  skip,
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const { till } = await serve(t, redis.url, UNHURRIED);
    const kinds: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ["full", ["maxmemory", "1"], ["maxmemory", "0"]],
      ["no-replica", ["min-replicas-to-write", "1"], ["min-replicas-to-write", "0"]],
    ];
    for (const [burst, [name, on, off]] of kinds.entries()) {
      await ask(redis.port, "CONFIG", "SET", ...on);
      const { answers } = await load(till, swipes(name, 40, burst), 8);
      t.same(modes(answers), { standIn: 40 }, name);
      await ask(redis.port, "CONFIG", "SET", ...off);
      await recovered(till, name);
    }
    // A replica of a port nobody serves: reads are answered from what it has, writes are refused.
    await ask(redis.port, "CONFIG", "SET", "replica-serve-stale-data", "yes");
    await ask(redis.port, "REPLICAOF", "127.0.0.1", "1");
    const { answers } = await load(till, swipes("replica", 40, 2), 8);
    t.same(modes(answers), { standIn: 40 }, "read-only replica");
    await ask(redis.port, "CONFIG", "SET", "replica-serve-stale-data", "no");
    const stale = await load(till, swipes("stale", 40, 3), 8);
    t.same(modes(stale.answers), { standIn: 40 }, "replica without data");
    await ask(redis.port, "REPLICAOF", "NO", "ONE");
    await recovered(till, "promoted");
  },
);

t.test("a Redis that forgot the scripts is told them again", skip, async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const { till } = await serve(t, redis.url, UNHURRIED);
  for (const round of [1, 2, 3]) {
    await ask(redis.port, "SCRIPT", "FLUSH");
    const { answers } = await load(till, swipes(`flushed-${round}`, 20, round), 5);
    t.same(modes(answers), { full: 20 });
  }
});

/** A 2101 or 2102 as a till sends it, about a person and a box of its own. */
function envelope(infno: "2101" | "2102", number: number): string {
  const file = join(packageRoot(), `schemas/examples/nhsa-${infno}.json`);
  const id = newId(`n${infno}`, number);
  return readFileSync(file, "utf8")
    .replaceAll(/"msgid": "[^"]+"/g, `"msgid": "${id}"`)
    .replaceAll(/2026-11-21 10:15:30/g, shanghaiNow().slice(0, 19).replace("T", " "))
    .replaceAll(/"psn_no": "[^"]+"/g, `"psn_no": "${id}"`)
    .replaceAll(/"mdtrt_cert_no": "[^"]+"/g, `"mdtrt_cert_no": "C-${id}"`)
    .replaceAll(/"cardSn": "[^"]+"/g, `"cardSn": "S-${id}"`)
    .replaceAll(/"rxno": "[^"]+"/g, `"rxno": "R-${id}"`)
    .replaceAll(/"drug_trac_codg": "[^"]+"/g, `"drug_trac_codg": "${traceCode(50_000 + number)}"`)
    .replaceAll(/"dev_no": "[^"]+"/g, `"dev_no": "N${number}"`);
}

function mixedCheck(till: Till, number: number): Promise<Answer> {
  if (number % 4 === 0) return till.post("/nhsa/2101", envelope("2101", number));
  if (number % 4 === 1) return till.post("/nhsa/2102", envelope("2102", number));
  const person = `MIX-${number}`;
  const swipe = nativeSwipe({
    id: newId("mix", number),
    person,
    terminal: `M${number}`,
    code: traceCode(number),
    more: {
      stage: number % 4 === 2 ? "inquiry" : "settle",
      credential:
        number % 8 < 4
          ? { type: "01", number: `TOKEN-${person}` }
          : { type: "03", number: `CARD-${person}`, cardSn: `CHIP-${person}` },
    },
  });
  const [line] = swipe["lines"] as [Record<string, unknown>];
  line["prescription"] = { number: `RX-${person}`, quantity: 2 };
  return till.check(swipe);
}

t.test("a check is exactly two commands", skip, async (t) => {
  const CHECKS = 1_000;
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const { till } = await serve(t, redis.url, UNHURRIED);
  const monitor = new Monitor(redis.port);
  await monitor.start();
  const before = await commandCounts(redis.port);
  const answers: Answer[] = [];
  for (let number = 0; number < CHECKS; number += 10) {
    const ten = Array.from({ length: 10 }, (_, index) => mixedCheck(till, number + index));
    answers.push(...(await Promise.all(ten)));
  }
  const after = await commandCounts(redis.port);
  const sent = await monitor.stop();
  t.same([...new Set(answers.map(({ status }) => status))], [200]);
  t.equal((after["evalsha"] ?? 0) - (before["evalsha"] ?? 0), 2 * CHECKS);
  // Each instance looks which generation of the memory lives, and compares clocks; no check does.
  const { INFO: ours, GET: looks = 0, EVAL: beats = 0, ...theirs } = sent;
  t.ok(looks + beats < CHECKS / 10, "neither is part of a check");
  t.ok(ours, "the test's own look at the statistics");
  t.same(theirs, { EVALSHA: 2 * CHECKS }, "no other command was sent, inside no transaction");
  const perCheck = Object.entries(after)
    .map(([name, calls]) => [name, (calls - (before[name] ?? 0)) / CHECKS] as const)
    .filter(([, calls]) => calls > 0.01);
  t.comment(
    `calls a check, scripts' own among them: ${JSON.stringify(Object.fromEntries(perCheck))}`,
  );
});
