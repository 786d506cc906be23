import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { slotOf } from "../../src/counters/redis/cluster-slots.ts";
import { skipWithoutRedisServer, type TestRedis } from "../services/redis.ts";
import { type ClusterNode, startCluster, type TestCluster } from "../services/redis-cluster.ts";
import { bulks, moveSlot } from "../services/reshard.ts";
import { delay } from "../services/service-process.ts";
import { type Audit, audited, auditOf } from "./cluster-audit.ts";
import { type FaultRow, faultRow } from "./fault-row.ts";
import { runCli, startGuard } from "./guard-process.ts";
import { ask } from "./private-redis.ts";
import { Boxes, type Steady, SteadyLoad, type Told } from "./steady-load.ts";
import { DEADLINE_MS, modes, same, within } from "./store-load.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

/** Below what three servers, the guard and this process can do on two cores, so that the fault alone is measured. */
const EVERY_MS = 12;
/** A rebuild works on the same two cores. */
const REBUILD_EVERY_MS = 25;
const SETTLED_AFTER_MS = 200;
/** Every so many slots one is left between two primaries for this long. */
const SLOW_MOVES = 10;
const SLOW_MS = 60;
const skip = { skip: skipWithoutRedisServer() };
const boxes = new Boxes();

/** Everybody is answered in time, with the memory or with a word that it, or a part of it, was away; then the row. */
async function judged(
  t: Test,
  { fault, made }: Pick<FaultRow, "fault" | "made">,
  load: Steady,
  audit: () => Promise<Audit>,
  told = load.told,
): Promise<Audit> {
  const { full = 0, partial = 0, standIn = 0, ...others } = modes(load.answers);
  const { "503 journal_unavailable": late = 0, ...wrong } = others;
  t.comment(`${fault}: ${JSON.stringify({ full, partial, standIn, late })}`);
  t.same(wrong, {}, "answered always");
  t.ok(late === 0 || load.lagMs > 10, `${late} refused; lag ${load.lagMs.toFixed(1)} ms`);
  const slowestMs = within(t, load, fault);
  const { lost, twice } = await audit();
  faultRow({
    ...{ fault, made, runs: 1, requests: told.length },
    ...{ lost: lost.length, countedTwice: twice.length, slowestMs, deadlineMs: DEADLINE_MS },
  });
  return { lost, twice };
}

const idsOf = (told: readonly Told[]) => told.map(({ id }) => id);

/** Each is known to the guard, and as reserved: a further look from outside. */
async function known(t: Test, till: Till, told: readonly Told[]): Promise<void> {
  const some = told.filter((_, index) => index % 7 === 0);
  const states = await Promise.all(
    some.map(async ({ id, answer }) => {
      const { body } = await looked(till, id);
      return answer.body.decision === "allow" || answer.body.decision === "warn"
        ? body.state
        : "reserved";
    }),
  );
  t.same([...new Set(states)], ["reserved"]);
}

/** Turned away for the moment (429, 503), whoever looks comes again. */
async function looked(till: Till, id: string): Promise<Answer> {
  const answer = await till.get(`/v1/swipes/${id}`);
  if (answer.status !== 429 && answer.status !== 503) return answer;
  await delay(100);
  return looked(till, id);
}

async function serve(t: Test, cluster: TestCluster): Promise<Till> {
  return (await open(t, cluster)).till;
}

interface Served {
  readonly cluster: TestCluster;
  readonly dataDir: string;
  readonly till: Till;
}

async function open(t: Test, cluster: TestCluster): Promise<Served> {
  const dataDir = t.testdir();
  const guard = await startGuard(dataDir, { REDIS_URL: cluster.url });
  const till = new Till(guard.url);
  t.teardown(async () => {
    till.close();
    await guard.kill();
  });
  await till.open(8);
  return { cluster, dataDir, till };
}

const primaries = ({ nodes }: TestCluster) => nodes.map(({ redis }) => redis);

t.test("slots move under load", skip, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const till = await serve(t, cluster);
  const [from, to] = cluster.nodes;
  if (from === undefined || to === undefined) throw new Error("no Cluster");
  const load = new SteadyLoad(till, "moved", boxes, EVERY_MS);
  await delay(1_000);
  const keys = bulks(await ask(from.redis.port, "KEYS", "g1:*"));
  const slots = [...new Set(keys.map(slotOf))].slice(0, 150);
  for (const [index, slot] of slots.entries()) {
    await moveSlot(slot, from, to, cluster.nodes, index % SLOW_MOVES === 0 ? SLOW_MS : 0);
  }
  await delay(SETTLED_AFTER_MS);
  const steady = await load.stop();
  const fault = {
    fault: "Cluster: slots move to another primary",
    made: `${slots.length} slots with their keys by SETSLOT and MIGRATE, some of them slowly`,
  };
  const audit = () => audited(primaries(cluster), idsOf(steady.told));
  t.same(await judged(t, fault, steady, audit), { lost: [], twice: [] });
  await known(t, till, steady.told);
});

t.test("a primary stands still for three seconds, and comes back", skip, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const till = await serve(t, cluster);
  const pid = cluster.nodes[2]?.redis.pid ?? 0;
  const load = new SteadyLoad(till, "still", boxes, EVERY_MS);
  await delay(700);
  const stoppedAt = performance.now();
  process.kill(pid, "SIGSTOP");
  await delay(3_000);
  process.kill(pid, "SIGCONT");
  await delay(1_500);
  const steady = await load.stop();
  const fault = {
    fault: "Cluster: a primary stands still",
    made: "SIGSTOP of one of three for 3 s under load, no replica",
  };
  const open = steady.told.filter(({ at }) => at > stoppedAt + 1_000 && at < stoppedAt + 2_900);
  const kinds = modes(open.map(({ answer }) => answer));
  t.comment(`while nothing is sent to it: ${JSON.stringify(kinds)}`);
  t.ok((kinds["standIn"] ?? 0) > 0 && (kinds["partial"] ?? 0) > 0, "its own persons, and others");
  t.ok((kinds["standIn"] ?? 0) < 0.6 * open.length, "most persons are on other primaries");
  await becomesFull(till, "still");
  const audit = () => audited(primaries(cluster), idsOf(steady.told));
  t.same(await judged(t, fault, steady, audit), { lost: [], twice: [] });
  await known(t, till, steady.told);
});

/** Waits for a row of answers that are all full. */
async function becomesFull(till: Till, name: string): Promise<void> {
  for (let tried = 0; ; tried += 1) {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, nth) => {
        const number = tried * 12 + nth;
        const person = `${name}-again-${number}`;
        return till.check(nativeSwipe({ id: newId(`${name}a`, number), person, terminal: person }));
      }),
    );
    if (answers.every(({ body }) => body.mode === "full")) return;
    await delay(100);
  }
}

t.test(
  "a primary dies and its replica takes over; another dies with all it knew, until it is rebuilt",
  skip,
  async (t) => {
    const cluster = await startCluster({ replicas: [0] });
    t.teardown(() => cluster.stop());
    const served = await open(t, cluster);
    const told = await failover(t, served);
    const later = await withoutReplica(t, served);
    await rebuilt(t, served, [...told, ...later]);
  },
);

async function failover(t: Test, { cluster, till }: Served): Promise<readonly Told[]> {
  const [first, ...others] = cluster.nodes;
  const replica = first?.replica;
  if (first === undefined || replica === undefined) throw new Error("no replica");
  const load = new SteadyLoad(till, "over", boxes, EVERY_MS);
  await delay(1_000);
  const killedAt = performance.now();
  process.kill(first.redis.pid, "SIGKILL");
  await first.redis.ended;
  while (!(await ask(replica.port, "INFO", "replication")).includes("role:master")) {
    await delay(50);
  }
  const promotedMs = performance.now() - killedAt;
  await becomesFull(till, "over");
  const fullMs = performance.now() - killedAt;
  t.comment(`promoted after ${promotedMs.toFixed(0)} ms, all full after ${fullMs.toFixed(0)} ms`);
  await delay(SETTLED_AFTER_MS);
  const steady = await load.stop();
  const fault = {
    fault: "Cluster: a primary dies, its replica takes over",
    made: "SIGKILL under load; cluster-node-timeout 1 s",
  };
  const serving = [replica, ...others.map(({ redis }) => redis)];
  const { lost, twice } = await judged(t, fault, steady, () =>
    audited(serving, idsOf(steady.told)),
  );
  // Replication is asynchronous: what was written in the last instant may not have reached the replica.
  const late = steady.told.filter(({ at }) => at > killedAt - 100 && at <= killedAt);
  const lateIds = new Set(idsOf(late));
  t.same(
    lost.filter((id) => !lateIds.has(id)),
    [],
  );
  t.same(twice, []);
  t.comment(`lost by asynchronous replication: ${lost.length}`);
  return steady.told;
}

async function withoutReplica(t: Test, { cluster, till }: Served): Promise<readonly Told[]> {
  const dead = cluster.nodes[1];
  if (dead === undefined) throw new Error("no primary");
  const load = new SteadyLoad(till, "dead", boxes, EVERY_MS);
  await delay(700);
  process.kill(dead.redis.pid, "SIGKILL");
  await dead.redis.ended;
  const diedAt = performance.now();
  await delay(2_500);
  const steady = await load.stop();
  const after = steady.told.filter(({ at }) => at > diedAt + 100);
  const partial = after.filter(({ answer }) => answer.body.mode === "partial");
  t.ok(partial.length > 0);
  const unnamed = partial.filter(({ answer }) => {
    const { missing } = answer.body as { readonly missing?: readonly string[] };
    return (missing?.length ?? 0) === 0;
  });
  t.same(unnamed, [], "partial answers name what is missing");
  const { body } = await till.get("/readyz");
  t.ok(
    body.degraded?.some(({ name }) => name === "redis"),
    "readyz says so",
  );
  const serving = survivors(cluster);
  await takeOver(dead, serving);
  await becomesFull(till, "dead");
  const fault = {
    fault: "Cluster: a primary dies and nobody takes over",
    made: "SIGKILL of a primary without replica under load; its slots are given to another later",
  };
  const audit = () => audited(serving, idsOf(after));
  const found = await judged(t, fault, steady, audit, after);
  t.same(found, { lost: [], twice: [] }, "what was told without it is entered once it is replaced");
  return steady.told;
}

/** Who is left of a Cluster whose first primary was replaced by its replica, and whose second by nobody. */
function survivors({ nodes }: TestCluster): readonly TestRedis[] {
  return [nodes[0]?.replica, nodes[2]?.redis].flatMap((of) => of ?? []);
}

/** What the dead primaries took with them is written again from the journal, while tills go on. */
async function rebuilt(t: Test, served: Served, told: readonly Told[]): Promise<void> {
  const { cluster, dataDir, till } = served;
  const serving = survivors(cluster);
  const before = await auditOf(serving, idsOf(told));
  t.ok(before.lost.length > told.length / 10, `${before.lost.length} of ${told.length} are lost`);
  const load = new SteadyLoad(till, "again", boxes, REBUILD_EVERY_MS);

  const ran = await runCli(["rebuild", "--json"], {
    ...{ GUARD_DATA_DIR: dataDir, REDIS_URL: cluster.url },
  });

  t.equal(ran.status, 0, ran.stderr);
  t.comment(ran.stdout);
  await delay(SETTLED_AFTER_MS);
  const steady = await load.stop();
  const all = [...told, ...steady.told];
  const fault = {
    fault: "Cluster: a primary is lost with its data, and the memory rebuilt",
    made: `the same, ${before.lost.length} of ${told.length} swipes lost with it; guard rebuild from the journal under load`,
  };
  const audit = () => audited(serving, idsOf(all), "g2");
  t.same(await judged(t, fault, steady, audit, all), { lost: [], twice: [] });
  await known(t, till, all);
  await repeats(t, till, told);
}

/** The same ids again get the answers they got, also where the memory of them was lost. */
async function repeats(t: Test, till: Till, told: readonly Told[]): Promise<void> {
  const some = told.filter((_, index) => index % 11 === 0);
  const again: Answer[] = [];
  for (const { swipe } of some) again.push(await till.check(swipe));
  t.same(
    again.map(same),
    some.map(({ answer }) => same(answer)),
    "a repeat gets what its till was told",
  );
}

/** An operator gives a dead primary's slots to a living one; what it knew is gone. */
async function takeOver({ slots }: ClusterNode, serving: readonly TestRedis[]): Promise<void> {
  const range = slots.map(String);
  const [heir] = serving;
  for (const { port } of serving) await ask(port, "CLUSTER", "DELSLOTSRANGE", ...range);
  await ask(heir?.port ?? 0, "CLUSTER", "ADDSLOTSRANGE", ...range);
  await ask(heir?.port ?? 0, "CLUSTER", "BUMPEPOCH");
}

t.test(
  "a replay on a Cluster says what it says in memory, and leaves nothing behind",
  skip,
  async (t) => {
    const cluster = await startCluster();
    t.teardown(() => cluster.stop());
    const day = join(packageRoot(), "schemas/examples/day.jsonl");
    const [here, there] = ["here", "there"].map((name) => join(t.testdir({}), name));
    if (here === undefined || there === undefined) throw new Error("no files");
    const onCluster = await runCli(["replay", day, "--out", there, "--store", cluster.url]);
    t.same([onCluster.status, onCluster.stderr], [0, ""]);
    t.equal((await runCli(["replay", day, "--out", here])).status, 0);
    const said = readFileSync(there, "utf8");
    t.ok(said.length > 0);
    t.equal(said, readFileSync(here, "utf8"));
    const sizes = await Promise.all(primaries(cluster).map(({ port }) => ask(port, "DBSIZE")));
    t.same(sizes, [":0\r\n", ":0\r\n", ":0\r\n"]);
  },
);
