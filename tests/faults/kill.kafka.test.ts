import t, { type Test } from "tap";
import { skipWithoutKafka, testKafkaBrokers } from "../services/kafka.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { auditUntilWhole, type Call, eventsInKafka, whole } from "./auditor.ts";
import { type Customer, customers } from "./customer.ts";
import { faultRow } from "./fault-row.ts";
import { type Settings, startGuard } from "./guard-process.ts";
import { type AnswerBody, Till } from "./till.ts";

/** Kills of each store's run; GUARD_KILL_ROUNDS=50 for as many as were promised once. */
const ROUNDS = Number(process.env["GUARD_KILL_ROUNDS"] ?? 9);
const PERSONS = 12;
/** Of load before a kill, at random. */
const LOAD_MS = [50, 900] as const;
/** Of each customer's answered checks, asked again at the end. */
const ASKED_AGAIN = 6;
const brokers = testKafkaBrokers() ?? "";
/** What is lost or kept must not hang on how fast this machine is: nobody here is answered without the store. */
const PATIENT: Settings = { GUARD_DEADLINE_MS: "5000", KAFKA_BROKERS: brokers };

function someTime(): number {
  const [least, most] = LOAD_MS;
  return least + Math.random() * (most - least);
}

/** Load, and a kill in the middle of it. */
async function killedOnce(folder: string, settings: Settings, all: Customer[]): Promise<void> {
  const guard = await startGuard(folder, settings);
  const till = new Till(guard.url);
  let isDead = false;
  const shopping = all.map((customer) => customer.shop(till, () => isDead));
  await delay(someTime());
  await guard.kill();
  isDead = true;
  await Promise.all(shopping);
  till.close();
}

const told = ({ decision, mode, hits, decidedAt, policy }: AnswerBody) =>
  JSON.stringify([decision, mode, hits, decidedAt, policy]);

async function answeredAlike(t: Test, till: Till, calls: readonly Call[]): Promise<void> {
  const differ: string[] = [];
  for (const { swipeId, sent, answer } of calls) {
    const again = await till.check(sent);
    if (told(again.body) !== told(answer ?? {})) differ.push(`${swipeId}: ${again.text}`);
  }
  t.same(differ, [], `${calls.length} checks are answered as before the last kills`);
}

async function killedAgainAndAgain(t: Test, name: string, settings: Settings): Promise<void> {
  const folder = t.testdir();
  const all = customers(name, PERSONS, name === "redis" ? 5_000_000 : 6_000_000);
  for (let round = 0; round < ROUNDS; round++) await killedOnce(folder, settings, all);
  const last = await startGuard(folder, settings);
  const till = new Till(last.url);
  for (const customer of all) await customer.finish(till);
  const lastChecks = all.flatMap(({ done }) =>
    done.filter(({ kind }) => kind === "check").slice(-ASKED_AGAIN),
  );
  await answeredAlike(t, till, lastChecks);
  t.same(
    all.flatMap(({ problems }) => problems),
    [],
    "no till was refused what it had been promised",
  );
  const calls = all.flatMap((customer) => customer.calls());
  const found = await auditUntilWhole(calls, () => eventsInKafka(brokers, calls), ROUNDS);
  whole(t, found, `${ROUNDS} kills on ${name}`);
  t.ok(calls.length > ROUNDS * PERSONS, `there was load: ${calls.length} calls`);
  till.close();
  t.equal(await last.stop(), "exit status 0");
  faultRow({
    fault: `guard killed under load, ${name}`,
    made: "kill -9 of the server at a random moment, then a start on the same folder",
    runs: ROUNDS,
    requests: all.reduce((sum, { asked }) => sum + asked, 0),
    lost: found.lost.length + found.stillWaiting.length,
    countedTwice: found.quantities.length + found.differing.length,
  });
}

t.test("killed under load, embedded: nothing answered is lost", { skip: skipWithoutKafka() }, (t) =>
  killedAgainAndAgain(t, "embedded", PATIENT),
);

t.test(
  "killed under load, on Redis: nothing answered is lost",
  { skip: skipWithoutKafka() || skipWithoutRedisServer() },
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    await killedAgainAndAgain(t, "redis", { ...PATIENT, REDIS_URL: redis.url });
  },
);
