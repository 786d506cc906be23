import { randomUUID } from "node:crypto";
import t, { type Test } from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { redisAddress } from "../../src/config/redis-address.ts";
import { StoreUnavailableError } from "../../src/counters/contract.ts";
import type { SharedDocuments } from "../../src/counters/control-documents.ts";
import { createKeyNames, type KeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { slotOf } from "../../src/counters/redis/cluster-slots.ts";
import { openRedisHome } from "../../src/counters/redis/open-redis-home.ts";
import { SILENT } from "../../src/units.ts";
import { remembered, type StoreUnderTest } from "../conformance/steps.ts";
import { digest, observation, type Sale, START, sealing } from "../conformance/swipes.ts";
import { eventually } from "../faults/guard-process.ts";
import { ask } from "../faults/private-redis.ts";
import { skipWithoutRedisServer } from "../services/redis.ts";
import { type ClusterNode, startCluster, type TestCluster } from "../services/redis-cluster.ts";
import { beginMove, carryKeys, endMove } from "../services/reshard.ts";

/** What a check would wait. */
const WAIT_MS = 60;

interface Under extends StoreUnderTest {
  readonly keys: KeyNames;
  readonly nodes: readonly ClusterNode[];
  status(): string;
  readonly documents: SharedDocuments;
}

async function open(t: Test, cluster: TestCluster): Promise<Under> {
  const address = redisAddress(cluster.url);
  if ("fault" in address) throw new Error(address.fault);
  const steady = () => performance.now();
  const opened = openRedisHome(address.value, steady, systemTimers, SILENT);
  const { connection, home } = opened;
  t.teardown(() => connection.close());
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  const keys = createKeyNames(`test-${randomUUID()}`);
  let now = START;
  return {
    store: createPackedStore(home, keys, () => now),
    setNow: (at) => {
      now = at;
    },
    keys,
    nodes: cluster.nodes,
    status: () => connection.status(),
    documents: opened.documents(`test-${randomUUID()}`),
  };
}

/** A name of which what it stands for is kept on this primary. */
function nameOn(node: ClusterNode | undefined, keyOf: (name: string) => string, from = 0): string {
  const [first, last] = node?.slots ?? [0, -1];
  for (let n = from; ; n++) {
    const slot = slotOf(keyOf(`n${n}`));
    if (slot >= first && slot <= last) return `n${n}`;
  }
}

/** A sale of a person, a swipe, a till, a card and a box on primaries of the test's choice. */
function saleOn(
  under: Under,
  place: { person: number; swipe: number; others: number },
  nth = 0,
): Sale {
  const { keys, nodes } = under;
  const others = nodes[place.others];
  const log = (name: string) => keys.log("t", `P21010200123:${name}`);
  const cardKey = (name: string) =>
    keys.binding("b", Buffer.from(digest(`card ${name}`), "latin1").toString("base64url"));
  const from = nth * 1_000;
  return {
    id: nameOn(nodes[place.swipe], (name) => keys.locator(digest(name, 8)), from),
    at: START,
    person: nameOn(nodes[place.person], (name) => keys.ledger(digest(`person ${name}`)), from),
    terminal: nameOn(others, log, from),
    card: nameOn(others, cardKey, from),
    codes: [nameOn(others, (name) => keys.traceBucket(digest(`code ${name}`)), from)],
  };
}

/** What another swipe at the same till, with the same card and box, is told of what was before it. */
async function countedBefore(under: Under, sale: Sale, id: string) {
  const of = observation({ ...sale, id, at: START + 1, person: "somebody else", inquiry: true });
  const { memory } = remembered(await under.store.observe(of));
  return {
    till: memory.logs[0]?.filter(({ swipe }) => swipe === digest(sale.id, 8)).length,
    card: memory.bindings[0]?.map(({ count }) => count),
    box: memory.traceCodes[0]?.claims.map(({ state }) => state),
  };
}

const ONCE = { till: 1, card: [1], box: ["reserved"] };
const skip = { skip: skipWithoutRedisServer() };

t.test("a primary that stands still stops nobody else", skip, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const under = await open(t, cluster);
  const [, , frozen] = cluster.nodes;
  const stopped = frozen?.redis.pid ?? 0;
  const others = saleOn(under, { person: 0, swipe: 1, others: 2 });
  const whole = saleOn(under, { person: 0, swipe: 1, others: 1 }, 1);
  const lost = saleOn(under, { person: 2, swipe: 1, others: 1 }, 2);
  process.kill(stopped, "SIGSTOP");
  t.teardown(() => process.kill(stopped, "SIGCONT"));

  const started = performance.now();
  const observed = await under.store.observe(observation(others), WAIT_MS);
  t.ok(performance.now() - started >= WAIT_MS / 2, "it is waited for while nothing is known of it");
  if (observed.verdict !== "new") throw new Error(observed.verdict);
  t.equal(observed.incomplete, true);
  t.same(
    [observed.memory.logs, observed.memory.traceCodes, observed.memory.bindings[0]],
    [[undefined], [undefined], undefined],
    "unread is not nothing",
  );
  t.same(observed.memory.ledger, [], "the person is there");
  const sealed = await under.store.seal(sealing(observation(others), { bind: true }), WAIT_MS);
  t.same(sealed, { won: true, incomplete: true });
  t.notOk(remembered(await under.store.observe(observation(whole), WAIT_MS)).incomplete);

  await eventually(async () => under.status() === "partly");
  const quick: number[] = [];
  for (let i = 0; i < 20; i++) {
    const from = performance.now();
    await t.rejects(
      under.store.observe(observation({ ...lost, id: `lost-${i}` }), WAIT_MS),
      StoreUnavailableError,
    );
    quick.push(performance.now() - from);
  }
  t.comment(`a person of the stopped primary costs ${median(quick).toFixed(2)} ms`);
  t.ok(median(quick) < WAIT_MS / 4, "nothing is waited for that is known not to answer");
  await t.rejects(
    under.store.complete(sealing(observation(others), { bind: true })),
    StoreUnavailableError,
  );

  process.kill(stopped, "SIGCONT");
  await eventually(async () => under.status() === "up");
  await under.store.complete(sealing(observation(others), { bind: true }));
  t.same(
    await countedBefore(under, others, "after-01"),
    ONCE,
    "what ran late and what was completed are one",
  );
  await under.store.complete(sealing(observation(others), { bind: true }));
  t.same(await countedBefore(under, others, "after-02"), ONCE);
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

t.test(
  "a repeat completes what a death between the person and the others left",
  skip,
  async (t) => {
    const cluster = await startCluster();
    t.teardown(() => cluster.stop());
    const under = await open(t, cluster);
    const pid = cluster.nodes[2]?.redis.pid ?? 0;
    const sale = saleOn(under, { person: 0, swipe: 1, others: 2 });
    // The others were never sent: nothing is sent to a primary that is known to stand still.
    process.kill(pid, "SIGSTOP");
    t.teardown(() => process.kill(pid, "SIGCONT"));
    await under.store.observe(observation({ ...sale, id: "first-001", codes: [] }), 5);
    await eventually(async () => under.status() === "partly");
    await under.store.observe(observation(sale), WAIT_MS);
    process.kill(pid, "SIGCONT");
    await eventually(async () => under.status() === "up");

    const again = remembered(await under.store.observe(observation(sale)));
    t.equal(again.verdict, "retry");
    t.same(again.memory.traceCodes, [{ claims: [], splits: [] }]);
    await under.store.seal(sealing(observation(sale), { bind: true }));
    t.same(await countedBefore(under, sale, "after-01"), { ...ONCE, box: ["reserved"] });
  },
);

t.test(
  "a repeated settlement completes what a death behind the first one left",
  skip,
  async (t) => {
    const cluster = await startCluster();
    t.teardown(() => cluster.stop());
    const under = await open(t, cluster);
    const pid = cluster.nodes[2]?.redis.pid ?? 0;
    const sale = saleOn(under, { person: 0, swipe: 1, others: 2 });
    const of = observation(sale);
    await under.store.observe(of);
    await under.store.seal(sealing(of, { bind: true }));
    under.setNow(START + 1);
    const { entry } = await under.store.readEntry(of.person, of.swipe);
    const located = await under.store.locate(of.swipe);
    if (!entry || !located) throw new Error("not remembered");
    const settled = { ...entry, state: "settled" as const };
    const change = {
      ...{ person: of.person, swipe: of.swipe, pharmacy: of.pharmacy, at: START + 1 },
      ...{ before: entry, after: settled, returns: undefined, tallies: [] },
      claims: located.claims.map((claim) => ({ ...claim, to: "sold" as const })),
    };
    process.kill(pid, "SIGSTOP");
    t.teardown(() => process.kill(pid, "SIGCONT"));
    await under.store.observe(observation({ ...sale, id: "first-001", codes: [] }), 5);
    await eventually(async () => under.status() === "partly");
    t.match(await under.store.change(change), { changed: true, incomplete: true });
    process.kill(pid, "SIGCONT");
    await eventually(async () => under.status() === "up");
    t.same((await countedBefore(under, sale, "before-1")).box, ["reserved"], "nobody told the box");
    const repeat = { ...change, before: settled, at: START + 2, claims: [] };
    t.match(await under.store.change(repeat), { changed: true });
    t.same((await countedBefore(under, sale, "after-01")).box, ["sold"]);
  },
);

t.test("slots on their way: each command finds its keys", skip, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const under = await open(t, cluster);
  const [from, to] = cluster.nodes;
  if (from === undefined || to === undefined) throw new Error("no Cluster");
  const sale = saleOn(under, { person: 0, swipe: 0, others: 0 });
  await under.store.observe(observation(sale));
  const slots = [
    slotOf(under.keys.ledger(digest(`person ${sale.person}`))),
    slotOf(under.keys.log("t", `P21010200123:${sale.terminal}`)),
    slotOf(under.keys.locator(digest(sale.id, 8))),
  ];
  for (const slot of slots) await beginMove(slot, from, to);
  for (const slot of slots) await carryKeys(slot, from, to);
  const asked = remembered(await under.store.observe(observation(sale)));
  t.equal(asked.verdict, "retry", "asked of the new owner, which has the keys by now");
  t.notOk(asked.incomplete);
  for (const slot of slots) await endMove(slot, to, cluster.nodes);
  await under.store.seal(sealing(observation(sale), { bind: true }));
  t.same(await countedBefore(under, sale, "after-01"), ONCE, "moved");
  under.setNow(START + 1);
  const { ledger } = await under.store.readEntry(
    digest(`person ${sale.person}`),
    digest(sale.id, 8),
  );
  t.equal(ledger.length, 1);
});

t.test("a node that forgot the scripts is told them again", skip, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const under = await open(t, cluster);
  for (const { redis } of cluster.nodes) await ask(redis.port, "SCRIPT", "FLUSH");
  const sale = saleOn(under, { person: 0, swipe: 1, others: 2 });
  t.notOk(remembered(await under.store.observe(observation(sale))).incomplete);
  t.same(await under.store.seal(sealing(observation(sale), { bind: true })), { won: true });
  t.same(await countedBefore(under, sale, "after-01"), ONCE);
});

t.test("what instances share is told also while its primary stands still", skip, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const { documents, status } = await open(t, cluster);
  const slot = slotOf("{control}");
  const home = cluster.nodes.find(({ slots: [first, last] }) => first <= slot && slot <= last);
  const pid = home?.redis.pid ?? 0;
  t.equal(await documents.read("memory"), undefined);
  t.equal(await documents.replace("memory", undefined, "one"), true);
  t.equal(await documents.replace("memory", undefined, "two"), false, "somebody else was first");
  t.equal(
    await documents.replace("memory", undefined, "one"),
    true,
    "what stands is written again",
  );
  process.kill(pid, "SIGSTOP");
  t.teardown(() => process.kill(pid, "SIGCONT"));
  t.equal(await documents.read("memory"), "one");
  await eventually(async () => status() === "partly");
  t.equal(await documents.read("memory"), "one");
  await t.rejects(documents.replace("memory", "one", "two"), StoreUnavailableError);
  t.equal(await documents.read("memory"), "one", "changed by all or by none");
  process.kill(pid, "SIGCONT");
  await eventually(async () => status() === "up");
  t.equal(await documents.replace("memory", "one", "two"), true);
});
