import { join } from "node:path";
import t, { type Test } from "tap";
import type { JournalRecord } from "../../src/audit/event.ts";
import { readJournal } from "../../src/audit/reader.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, type Guard, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId, traceCode } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

const skip = { skip: skipWithoutRedisServer() };
/** GUARD_DEADLINE_MS where it is not set. */
const DEADLINE_MS = 50;
const FROZEN_MS = 3_000;
const EVERY_MS = 10;
/** Persons at one till in ten minutes of which CF-01 holds the next. */
const CROWD = 12;

/** A sale as its till knows it: what it was told, and whether it settled. */
interface Sold {
  readonly id: string;
  readonly swipe: Record<string, unknown>;
  readonly answer: Answer;
  readonly settled?: Answer;
}

let boxes = 100_000;

function swipeAt(name: string, number: number, terminal: string): Record<string, unknown> {
  const id = newId(name, number);
  boxes += 1;
  return nativeSwipe({ id, person: id, terminal, code: traceCode(boxes) });
}

/** Turned away for the moment (429, 503), a till sends the same again. */
async function insist(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send();
    if (answer.status !== 429 && answer.status !== 503) return answer;
    await delay(50);
  }
}

/** Checked, and settled where it was allowed: what a till does with a customer. */
async function sell(till: Till, swipe: Record<string, unknown>): Promise<Sold> {
  const id = String(swipe["swipeId"]);
  const answer = await insist(() => till.check(swipe));
  if (answer.body.decision !== "allow" && answer.body.decision !== "warn") {
    return { id, swipe, answer };
  }
  const told = { settlementId: `S-${id}`, visitId: `V-${id}` };
  const settled = await insist(() => till.post(`/v1/swipes/${id}/settlement`, told));
  return { id, swipe, answer, settled };
}

/** Customers at a steady pace, whether or not the ones before are done. */
async function crowd(till: Till, name: string, count: number, terminal?: string): Promise<Sold[]> {
  const sales: Promise<Sold>[] = [];
  for (let number = 0; number < count; number++) {
    sales.push(sell(till, swipeAt(name, number, terminal ?? `${name}-${number}`)));
    await delay(EVERY_MS);
  }
  return Promise.all(sales);
}

async function metric(till: Till, name: string): Promise<number> {
  const { text } = await till.get("/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.split(" ").at(-1) ?? Number.NaN);
}

async function drained(till: Till): Promise<number> {
  const from = performance.now();
  await eventually(async () => {
    const { body } = await till.get("/readyz");
    return body.degraded?.every(({ name }) => name !== "entry" && name !== "redis") ?? false;
  });
  return performance.now() - from;
}

async function recordsOf(...guards: readonly Guard[]): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (const { dataDir } of guards) {
    for await (const { record } of readJournal({ folder: join(dataDir, "journal") })) {
      records.push(record);
    }
  }
  return records;
}

interface Kept {
  readonly [name: string]: unknown;
}

const dataOf = ({ event }: JournalRecord) => event.data as unknown as Kept;

interface Audit {
  /** Answered, and afterwards not there. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly standIns: number;
}

/** What the tills were told, against what the guards say and recorded afterwards. */
async function audit(till: Till, sold: readonly Sold[], guards: readonly Guard[]): Promise<Audit> {
  const records = (await recordsOf(...guards)).map(dataOf);
  const waited = new Set(records.filter((of) => of["waiting"]).map((of) => of["swipeId"]));
  const counts = new Map<unknown, number>();
  for (const { swipeId, counted } of records) {
    if (counted === true) counts.set(swipeId, (counts.get(swipeId) ?? 0) + 1);
  }
  const standIns = sold.filter(({ answer }) => answer.body.mode === "standIn").map(({ id }) => id);
  const missing = standIns.filter((id) => !counts.has(id) || !waited.has(id));
  const settled = sold.filter((each) => each.settled?.status === 200);
  const states = await Promise.all(settled.map(({ id }) => stateOf(till, id)));
  return {
    lost: [...missing, ...states.filter((state) => !state.endsWith(" settled"))],
    twice: [...counts].filter(([, count]) => count > 1).map(([id]) => String(id)),
    standIns: standIns.length,
  };
}

async function stateOf(till: Till, id: string): Promise<string> {
  const { body } = await insist(() => till.get(`/v1/swipes/${id}`));
  return `${id} ${body.state}`;
}

/** What the rules saw at a till: each person who was there, once. */
async function nextIsHeld(t: Test, till: Till, guard: Guard, terminal: string): Promise<number> {
  const swipe = swipeAt(`next-${terminal}`, 1, terminal);
  const next = await insist(() => till.check(swipe));
  t.match(next.body, { mode: "full", decision: "hold" }, next.text.slice(0, 300));
  t.ok(next.body.hits?.some(({ rule }) => rule === "CF-01"));
  const record = (await recordsOf(guard))
    .map(dataOf)
    .find((of) => of["swipeId"] === swipe["swipeId"]);
  const features = record?.["features"] as Record<string, { value: { known: number } }> | undefined;
  const seen = features?.["terminalPersons10m"]?.value.known ?? 0;
  t.equal(seen, CROWD + 1, "each who was at the till is counted once, and this one");
  return seen - CROWD - 1;
}

/** One after the other: nobody is turned away. */
async function again(till: Till, sold: readonly Sold[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const { swipe } of sold) answers.push(await insist(() => till.check(swipe)));
  return answers;
}

const slowest = (sold: readonly Sold[]) => Math.max(...sold.map(({ answer }) => answer.ms));
const same = ({ body }: Answer) => [body.decision, body.mode, body.hits, body.decidedAt];

t.test(
  "Redis frozen for 3 s under load: the thirteenth at the till is held by what was entered",
  skip,
  async (t) => {
    const redis = await startRedis();
    const guard = await startGuard(t.testdir(), { REDIS_URL: redis.url });
    const till = new Till(guard.url);
    t.teardown(async () => {
      till.close();
      await guard.kill();
      await redis.stop();
    });
    await till.open(8);
    const before = await crowd(till, "calm", 50);
    process.kill(redis.pid, "SIGSTOP");
    const frozen = performance.now();
    const there = await crowd(till, "crowd", CROWD, "E01");
    const others: Sold[] = [];
    for (let round = 0; performance.now() - frozen < FROZEN_MS; round++) {
      others.push(...(await crowd(till, `frozen-${round}`, 20)));
    }
    t.match((await till.get("/readyz")).body, {
      status: "degraded",
      degraded: [{ name: "redis" }, { name: "entry" }],
    });
    const asked = there[0]?.id ?? "";
    t.match((await till.get(`/v1/swipes/${asked}`)).body, { swipeId: asked, state: "waiting" });
    process.kill(redis.pid, "SIGCONT");
    const took = await drained(till);
    const wrong = await nextIsHeld(t, till, guard, "E01");
    const all = [...before, ...there, ...others];
    t.same([...new Set(all.map(({ answer }) => answer.status))], [200]);
    t.ok(
      there.every(({ settled }) => settled?.body.state === "waiting"),
      "their settlements waited with them",
    );
    const { lost, twice, standIns } = await audit(till, all, [guard]);
    t.same(lost, []);
    t.same(twice, []);
    t.equal(await metric(till, "guard_entry_waiting"), 0);
    const repeated = await again(till, there);
    t.same(
      repeated.map(same),
      there.map(({ answer }) => same(answer)),
      "repeats are answered alike",
    );
    t.comment(
      `${standIns} stand-ins entered ${took.toFixed(0)} ms after the thaw; slowest answer ${slowest(all).toFixed(0)} ms`,
    );
    faultRow({
      fault: "Redis frozen under load",
      made: "SIGSTOP for 3 s, then SIGCONT; stand-ins and their settlements are entered late",
      runs: 1,
      requests: all.length * 2,
      lost: lost.length + Math.max(0, -wrong),
      countedTwice: twice.length + Math.max(0, wrong),
      slowestMs: slowest(all),
      deadlineMs: DEADLINE_MS,
    });
  },
);

t.test(
  "Redis dead, the guard killed and started meanwhile: what was answered is entered",
  skip,
  async (t) => {
    const first = await startRedis();
    const folder = t.testdir();
    const settings = { REDIS_URL: first.url };
    let guard = await startGuard(folder, settings);
    let till = new Till(guard.url);
    await till.open(4);
    const all: Sold[] = await crowd(till, "alive", 30);
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    await first.stop();
    all.push(
      ...(await crowd(till, "E02-one", CROWD / 2, "E02")),
      ...(await crowd(till, "dead", 60)),
    );
    const gone = all.filter(({ answer }) => answer.body.mode === "standIn");
    await guard.kill();
    till.close();
    guard = await startGuard(folder, settings);
    till = new Till(guard.url);
    t.teardown(async () => {
      till.close();
      await guard.kill();
    });
    const repeats = await again(till, gone.slice(0, 10));
    t.same(
      repeats.map(same),
      gone.slice(0, 10).map(({ answer }) => same(answer)),
      "a repeat after the restart",
    );
    all.push(
      ...(await crowd(till, "E02-two", CROWD / 2, "E02")),
      ...(await crowd(till, "still", 60)),
    );
    await guard.kill();
    till.close();
    guard = await startGuard(folder, settings);
    till = new Till(guard.url);
    const second = await startRedis({ port: first.port });
    t.teardown(() => second.stop());
    const took = await drained(till);
    const wrong = await nextIsHeld(t, till, guard, "E02");
    const sinceDeath = all.filter(({ answer }) => answer.body.mode === "standIn");
    const { lost, twice, standIns } = await audit(till, sinceDeath, [guard]);
    t.same(lost, []);
    t.same(twice, []);
    t.equal(standIns, sinceDeath.length);
    t.ok(standIns > 100, `${standIns} stand-ins`);
    t.comment(
      `${standIns} stand-ins of three lives entered ${took.toFixed(0)} ms after Redis was back`,
    );
    faultRow({
      fault: "Redis dead, guard killed meanwhile",
      made: "kill -9 of Redis; kill -9 and start of the guard, twice; Redis started again, empty",
      runs: 1,
      requests: all.length * 2,
      lost: lost.length + Math.max(0, -wrong),
      countedTwice: twice.length + Math.max(0, wrong),
      slowestMs: slowest(all),
      deadlineMs: DEADLINE_MS,
    });
  },
);

t.test(
  "two guards that were both asked while Redis was frozen: each sale is counted once",
  skip,
  async (t) => {
    const redis = await startRedis();
    const folder = t.testdir();
    const settings = { REDIS_URL: redis.url };
    const one = await startGuard(join(folder, "one"), settings);
    let two = await startGuard(join(folder, "two"), settings);
    const till = new Till(one.url);
    let other = new Till(two.url);
    t.teardown(async () => {
      till.close();
      other.close();
      await Promise.all([one.kill(), two.kill()]);
      await redis.stop();
    });
    await Promise.all([till.open(4), other.open(4)]);
    await Promise.all([crowd(till, "warm-one", 10), crowd(other, "warm-two", 10)]);
    process.kill(redis.pid, "SIGSTOP");
    const there = await crowd(till, "both", CROWD, "E03");
    const many = await crowd(till, "many", 40);
    const all = [...there, ...many];
    const elsewhere = await again(other, all);
    t.same([...new Set(elsewhere.map(({ body }) => body.mode))], ["standIn"]);
    await two.kill();
    other.close();
    process.kill(redis.pid, "SIGCONT");
    await drained(till);
    two = await startGuard(join(folder, "two"), settings);
    other = new Till(two.url);
    await drained(other);
    const wrong = await nextIsHeld(t, other, two, "E03");
    const { lost, twice, standIns } = await audit(other, all, [one, two]);
    t.same(lost, []);
    t.same(twice, []);
    const notCounted = (await recordsOf(two)).map(dataOf).filter((of) => of["counted"] === false);
    t.equal(notCounted.length, all.length, "the second says that it counted nothing");
    t.same((await again(till, all)).map(same), (await again(other, all)).map(same));
    t.comment(`${standIns} swipes answered by both`);
    faultRow({
      fault: "two guards answer the same swipe without Redis",
      made: "SIGSTOP of Redis; both guards asked; one killed with -9 and started again",
      runs: 1,
      requests: all.length * 3,
      lost: lost.length + Math.max(0, -wrong),
      countedTwice: twice.length + Math.max(0, wrong),
      slowestMs: slowest(all),
      deadlineMs: DEADLINE_MS,
    });
  },
);
