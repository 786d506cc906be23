import t, { type Test } from "tap";
import { skipWithoutRedisServer, type TestRedis } from "../services/redis.ts";
import { startSentinels, type TestSentinels } from "../services/redis-sentinel.ts";
import { delay } from "../services/service-process.ts";
import { type Audit, audited, auditOf } from "./cluster-audit.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, type Guard, runCli, startGuard } from "./guard-process.ts";
import { ask } from "./private-redis.ts";
import { proxyRedis, type RedisProxy } from "./redis-proxy.ts";
import { Boxes, SteadyLoad } from "./steady-load.ts";
import {
  type Burst,
  DEADLINE_MS,
  load,
  modes,
  plainSwipes,
  recovered,
  same,
  within,
} from "./store-load.ts";
import { type Answer, Till } from "./till.ts";

const skip = { skip: skipWithoutRedisServer() };
const EVERY_MS = 10;
/** Long enough that a failover begins and ends in it, at the small patience of the test's sentinels. */
const CHECKS = 400;
const BEFORE = 100;
/** A rebuild works on the same two cores. */
const REBUILD_EVERY_MS = 25;

interface World {
  readonly sentinels: TestSentinels;
  readonly guard: Guard;
  readonly till: Till;
}

async function open(t: Test, sentinels: TestSentinels): Promise<World> {
  const guard = await startGuard(t.testdir(), { REDIS_URL: sentinels.url });
  const till = new Till(guard.url);
  await till.open(8);
  t.teardown(async () => {
    till.close();
    await guard.kill();
    await sentinels.stop();
  });
  await recovered(till, "begun");
  return { sentinels, guard, till };
}

interface Failover {
  /** What was answered before it began, and while it went on. */
  readonly calm: Burst;
  readonly during: Burst;
  readonly slowestMs: number;
  readonly heir: TestRedis;
}

/** Load, and in the middle of it the primary fails. */
async function failOver(
  t: Test,
  { sentinels, till, guard }: World,
  name: string,
  fail: (primary: TestRedis) => void,
): Promise<Failover> {
  const [primary, heir] = sentinels.servers;
  const calm = await load(till, plainSwipes(`${name}a`, BEFORE, 0), EVERY_MS);
  const failed = performance.now();
  const lastFull = load(till, plainSwipes(`${name}b`, CHECKS, BEFORE), EVERY_MS);
  await delay(5 * EVERY_MS);
  fail(primary);
  const promoted = eventually(async () => (await sentinels.primary()) === heir.port).then(() =>
    performance.now(),
  );
  const during = await lastFull;
  const slowestMs = within(t, during, name);
  const promotedMs = (await promoted) - failed;
  await recovered(till, name);
  const counts = modes(during.answers);
  t.comment(
    `${name}: ${JSON.stringify(counts)}; promoted after ${promotedMs.toFixed(0)} ms, without a memory for ${(counts["standIn"] ?? 0) * EVERY_MS} ms`,
  );
  answered(t, during);
  const lines = guard.said().split("\n");
  const store = lines.filter((line) => line.includes('"kind":"store.connection"'));
  t.ok(store.length <= 10, `a line a change: ${store.length}`);
  return { calm, during, slowestMs, heir };
}

/** Everybody, and either with the whole memory or with a word that it is away. */
function answered(t: Test, { answers, lagMs }: Burst): void {
  const { full = 0, standIn = 0, "503 journal_unavailable": late = 0, ...others } = modes(answers);
  t.same(others, {}, "answered always");
  t.ok(late === 0 || lagMs > 10, `${late} refused; lag ${lagMs.toFixed(1)} ms`);
  t.ok(full > 0 && standIn > 0, "before, and while it lasted");
}

const idsOf = ({ swipes, answers }: Burst, mode: string) =>
  swipes.filter((_, index) => answers[index]?.body.mode === mode).map((s) => String(s["swipeId"]));

/** Everything is in the new primary but what the old one confirmed and never passed on; and nothing twice. */
async function audit(t: Test, { calm, during, heir }: Failover): Promise<Audit> {
  const standIns = idsOf(during, "standIn");
  await eventually(async () => (await auditOf([heir], standIns)).lost.length === 0);
  const all = [...idsOf(calm, "full"), ...idsOf(during, "full"), ...standIns];
  const found = await auditOf([heir], all);
  t.same(found.twice, [], "nothing is counted twice");
  return found;
}

/** The same ids again get the answers they got, also those of stand-ins. */
async function repeats(t: Test, till: Till, { during }: Failover, lost: readonly string[]) {
  const told = during.answers.map((answer, index) => ({
    ...{ answer, swipe: during.swipes[index] ?? {} },
  }));
  const kept = told.filter(({ answer, swipe }) => {
    return answer.status === 200 && !lost.includes(String(swipe["swipeId"]));
  });
  const some = [...kept.slice(0, 3), ...kept.slice(-3)];
  const again: Answer[] = [];
  for (const { swipe } of some) again.push(await till.check(swipe));
  t.same(
    again.map(same),
    some.map(({ answer }) => same(answer)),
    "a repeat afterwards",
  );
}

function report(failover: Failover, looked: Audit, fault: string, made: string): void {
  faultRow({
    ...{ fault, made, runs: 1, requests: BEFORE + CHECKS },
    ...{ lost: looked.lost.length, countedTwice: looked.twice.length },
    ...{ slowestMs: failover.slowestMs, deadlineMs: DEADLINE_MS },
  });
}

t.test("the primary is killed under load: its replica takes over", skip, async (t) => {
  const world = await open(t, await startSentinels());
  const [primary] = world.sentinels.servers;
  const failover = await failOver(t, world, "ki", () => process.kill(primary.pid, "SIGKILL"));
  const looked = await audit(t, failover);
  t.comment(`lost by replication: ${looked.lost.length}`);
  const before = idsOf(failover.calm, "full");
  t.same(
    looked.lost.filter((id) => before.includes(id)),
    [],
    "what had been passed on is there",
  );
  await repeats(t, world.till, failover, looked.lost);
  report(failover, looked, "Sentinel: primary killed", "SIGKILL under load; lost before rebuild");
});

t.test("the primary is frozen under load, and comes back as a replica", skip, async (t) => {
  const world = await open(t, await startSentinels());
  const [primary, heir] = world.sentinels.servers;
  const failover = await failOver(t, world, "fr", () => process.kill(primary.pid, "SIGSTOP"));
  const looked = await audit(t, failover);
  t.comment(`lost by replication: ${looked.lost.length}`);
  await repeats(t, world.till, failover, looked.lost);

  // The one that was primary wakes up and believes for a moment that it still is.
  process.kill(primary.pid, "SIGCONT");
  const after = await load(world.till, plainSwipes("frc", BEFORE, BEFORE + CHECKS), EVERY_MS);
  await eventually(async () => (await ask(primary.port, "ROLE")).includes("slave"));
  t.equal(await world.sentinels.primary(), heir.port);
  const full = idsOf(after, "full");
  t.ok(full.length > BEFORE / 2, `${full.length} of ${BEFORE} are full all the while`);
  t.same(await auditOf([heir], full), { lost: [], twice: [] }, "and none went to the old primary");
  report(failover, looked, "Sentinel: primary frozen", "SIGSTOP under load, SIGCONT after");
});

t.test(
  "what the primary had not passed on is lost with it, until it is rebuilt",
  skip,
  async (t) => {
    let link: RedisProxy | undefined;
    const sentinels = await startSentinels(async (primary) => {
      link = await proxyRedis(primary);
      return link.port;
    });
    t.teardown(() => link?.close());
    const world = await open(t, sentinels);
    const [primary] = world.sentinels.servers;
    const calm = await load(world.till, plainSwipes("la", BEFORE, BEFORE + CHECKS), EVERY_MS);
    // From here on the replica hears nothing more, as behind a cut line; the guard and the sentinels still do.
    link?.meddle(() => undefined);
    const failover = await failOver(t, world, "lb", () => process.kill(primary.pid, "SIGKILL"));
    const looked = await audit(t, failover);
    const told = [...idsOf(failover.calm, "full"), ...idsOf(failover.during, "full")];
    const unheard = new Set(idsOf(failover.calm, "full"));
    t.ok(looked.lost.length >= unheard.size, `${looked.lost.length} of ${told.length} are lost`);
    t.ok(
      [...unheard].every((id) => looked.lost.includes(id)),
      "those told after the line was cut",
    );
    const kept = await auditOf([failover.heir], idsOf(calm, "full"));
    t.same(kept, { lost: [], twice: [] }, "those told before it are there");
    report(
      failover,
      looked,
      "Sentinel: primary lost with what it had not passed on",
      "replication cut, 1 s of load, SIGKILL; lost before rebuild",
    );
    await rebuilt(t, world, [calm, failover.calm, failover.during], looked.lost.length);
  },
);

/** What was lost is written again from the journal, while tills go on. */
async function rebuilt(t: Test, world: World, bursts: readonly Burst[], lost: number) {
  const { sentinels, guard, till } = world;
  const [, heir] = sentinels.servers;
  const load = new SteadyLoad(till, "re", new Boxes(2 * BEFORE + CHECKS), REBUILD_EVERY_MS);

  const settings = { GUARD_DATA_DIR: guard.dataDir, REDIS_URL: sentinels.url };
  const ran = await runCli(["rebuild", "--json"], settings);

  t.equal(ran.status, 0, ran.stderr);
  t.comment(ran.stdout);
  const { compared } = JSON.parse(ran.stdout || "{}");
  t.ok(compared?.cameBack > 0, "purchases came back");
  const steady = await load.stop();
  const {
    full = 0,
    standIn = 0,
    "503 journal_unavailable": late = 0,
    ...wrong
  } = modes(steady.answers);
  t.same(wrong, {}, "answered always");
  t.comment(`while it was rebuilt: ${full} full, ${standIn} stand-ins, ${late} refused`);
  const slowestMs = within(t, steady, "while it was rebuilt");
  const told = bursts.flatMap(({ swipes, answers }) =>
    swipes.flatMap((swipe, index) => {
      const answer = answers[index];
      return answer?.status === 200 ? [{ id: String(swipe["swipeId"]), swipe, answer }] : [];
    }),
  );
  const ids = [...told, ...steady.told].map(({ id }) => id);
  const found = await audited([heir], ids, "g2");
  t.same(found, { lost: [], twice: [] }, "what was lost is back, and nothing counts twice");
  const some = told.filter((_, index) => index % 7 === 0);
  const again: Answer[] = [];
  for (const { swipe } of some) again.push(await till.check(swipe));
  t.same(
    again.map(same),
    some.map(({ answer }) => same(answer)),
    "a repeat gets what its till was told",
  );
  faultRow({
    fault: "Sentinel: what a failover lost is rebuilt",
    made: `the same, ${lost} lost before; guard rebuild from the journal under load`,
    ...{ runs: 1, requests: ids.length, slowestMs, deadlineMs: DEADLINE_MS },
    ...{ lost: found.lost.length, countedTwice: found.twice.length },
  });
}
