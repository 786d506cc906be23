import { join } from "node:path";
import t, { type Test } from "tap";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import {
  makeDisk,
  mountMemory,
  skipWithoutDisk,
  skipWithoutMount,
  type TestDisk,
  type TestVolume,
} from "../services/volume.ts";
import { audit, type Call, eventsInJournal, type Findings, whole } from "./auditor.ts";
import { type Customer, customers } from "./customer.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, type Guard, type Settings, startGuard } from "./guard-process.ts";
import { DEADLINE_MS, inTime } from "./store-load.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { type Answer, metric, percentile, serverLag, Till } from "./till.ts";

/** A volume's reserve is a tenth of it (disk-space.ts). */
const VOLUME_BYTES = 64 * 1_024 * 1_024;
const RESERVE_BYTES = VOLUME_BYTES / 10;
const PERSONS = 6;
/** A disk fills by what the test does to it and not by the load. */
const PAUSE_MS = 100;

const blocking = ({ body }: Answer) => body.blocking?.map(({ name }) => name) ?? [];
const degraded = ({ body }: Answer) => body.degraded?.map(({ name }) => name) ?? [];

async function becomes(till: Till, status: number, names: readonly string[]): Promise<void> {
  await eventually(async () => {
    const ready = await till.get("/readyz");
    return ready.status === status && names.every((name) => blocking(ready).includes(name));
  });
}

/** Customers shop until told to stop; then everything open is asked until it is answered. */
function shopping(all: readonly Customer[], till: Till): () => Promise<void> {
  let isOver = false;
  const working = all.map((customer) => customer.shop(till, () => isOver));
  return async () => {
    isOver = true;
    await Promise.all(working);
    for (const customer of all) await customer.finish(till);
  };
}

const callsOf = (all: readonly Customer[]) => all.flatMap((customer) => customer.calls());

/** The record of a folder, read by the command line, against what the tills know. */
async function recordOf(guard: Guard, calls: readonly Call[]): Promise<Findings> {
  return audit(calls, await eventsInJournal(guard.dataDir));
}

interface Served {
  readonly guard: Guard;
  readonly till: Till;
}

async function serve(
  t: Test,
  folder: string,
  settings: Settings,
  volume: TestVolume & Partial<Pick<TestDisk, "thaw">>,
): Promise<Served> {
  const guard = await startGuard(folder, settings);
  const till = new Till(guard.url);
  await till.open(4);
  t.teardown(async () => {
    till.close();
    // A process that hangs in a write cannot even be killed.
    volume.thaw?.();
    await guard.kill();
    volume.remove();
  });
  return { guard, till };
}

function row(fault: string, made: string, all: readonly Customer[], found: Findings): void {
  faultRow({
    ...{ fault, made, runs: 1 },
    requests: all.reduce((sum, { asked }) => sum + asked, 0),
    lost: found.lost.length + found.stillWaiting.length,
    countedTwice: found.quantities.length + found.differing.length,
    slowestMs: Math.max(...all.map(({ slowestMs }) => slowestMs)),
    deadlineMs: DEADLINE_MS,
  });
}

const stores = [
  { store: "embedded", skip: skipWithoutMount() },
  { store: "Redis", skip: skipWithoutMount() || skipWithoutRedisServer() },
] as const;

for (const { store, skip } of stores) {
  t.test(
    `a disk that fills up, ${store}: unready long before, refused at the end, and well again`,
    { skip },
    async (t) => {
      const volume = mountMemory(String(VOLUME_BYTES));
      const redis = store === "Redis" ? await startRedis() : undefined;
      t.teardown(() => redis?.stop());
      const settings = redis === undefined ? {} : { REDIS_URL: redis.url };
      const { guard, till } = await serve(t, join(volume.folder, "data"), settings, volume);
      const all = customers(`full-${store.toLowerCase()}`, PERSONS, 1_000_000, PAUSE_MS);
      const finish = shopping(all, till);
      await eventually(() => callsOf(all).length > 50);

      volume.fillUpTo(RESERVE_BYTES * 1.5);
      await eventually(async () => degraded(await till.get("/readyz")).includes("disk"));
      t.equal((await till.get("/readyz")).status, 200, "told beforehand, and still ready");
      volume.fillUpTo(RESERVE_BYTES * 0.8);
      await becomes(till, 503, ["disk"]);
      const name = `full-${store.toLowerCase()}`;
      const check = (number: number) =>
        till.check(nativeSwipe({ id: newId(name, 900_000 + number), person: `${name}-${number}` }));
      t.equal((await check(1)).status, 200, "unready, and not one record is refused yet");
      t.ok((await metric(till, "guard_disk_free_bytes")) <= RESERVE_BYTES);

      volume.fillUpTo(0);
      await eventually(async () => (await check(2)).status === 503);
      await delay(1_500);
      const refused = await check(3);
      t.match([refused.status, refused.body.code], [503, "journal_unavailable"]);
      t.equal((await till.get("/healthz")).status, 200, "the process lives");

      volume.empty();
      await becomes(till, 200, []);
      await eventually(async () => (await check(4)).status === 200);
      await finish();
      const calls = callsOf(all);
      const found = await recordOf(guard, calls);
      whole(t, found, `full disk, ${store}`);
      t.same(
        all.flatMap(({ problems }) => problems),
        [],
      );
      t.notMatch(guard.said(), /torn/, "no half record was left");
      row(`disk full, ${store}`, "a tmpfs of 64 MB filled to the last byte", all, found);
      t.equal(await guard.stop(), "exit status 0");
    },
  );
}

t.test(
  "a disk that hangs: everybody is told 503 in time, and all is well when it is back",
  { skip: skipWithoutDisk() || skipWithoutRedisServer() },
  async (t) => {
    const disk = makeDisk();
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const settings = { REDIS_URL: redis.url };
    const { guard, till } = await serve(t, join(disk.folder, "data"), settings, disk);
    const all = customers("stuck", PERSONS, 2_000_000, PAUSE_MS);
    const finish = shopping(all, till);
    await eventually(() => callsOf(all).length > 50);

    disk.freeze();
    await becomes(till, 503, ["journal"]);
    await serverLag(till);
    const answers: Answer[] = [];
    for (let number = 0; number < 60; number++) {
      const id = newId("stuck", 800_000 + number);
      answers.push(await till.check(nativeSwipe({ id, person: `STUCK-${number}` })));
    }
    const lagMs = await serverLag(till);
    const kinds = new Set(answers.map(({ status, body }) => `${status} ${body.code}`));
    t.same([...kinds], ["503 journal_unavailable"]);
    const p99 = percentile(
      answers.map(({ ms }) => ms),
      0.99,
    );
    inTime(t, p99, lagMs, "a disk that hangs");

    disk.thaw();
    await becomes(till, 200, []);
    await finish();
    const found = await recordOf(guard, callsOf(all));
    whole(t, found, "stuck disk");
    row("disk hangs", "fsfreeze of the data folder's ext4 under load", all, found);
    t.equal(await guard.stop(), "exit status 0");
  },
);

/** A flush begins 50 ms after the first record it is for; after 1 s of a flush nothing more is taken (journal.ts). */
const WINDOW_MAX_MS = 1_050;

t.test(
  "a power loss takes what was answered within the flush window at most, and nothing before it",
  { skip: skipWithoutDisk() || skipWithoutRedisServer() },
  async (t) => {
    const disk = makeDisk();
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const settings = { REDIS_URL: redis.url };
    const folder = join(disk.folder, "data");
    const guard = await startGuard(folder, settings);
    t.teardown(() => guard.kill());
    const till = new Till(guard.url);
    const all = customers("power", PERSONS, 3_000_000, 5);
    let isOver = false;
    const working = all.map((customer) => customer.shop(till, () => isOver));
    await eventually(() => callsOf(all).length > 400);
    const powerAt = performance.now();
    disk.losePower();
    await delay(100);
    isOver = true;
    await guard.kill();
    await Promise.all(working);
    till.close();

    disk.restart();
    const restartedAt = performance.now();
    const { guard: again, till: next } = await serve(t, folder, settings, disk);
    const before = callsOf(all).filter(({ answeredAt }) => answeredAt !== undefined);
    const events = await eventsInJournal(folder);
    const lost = before.filter((call) => audit([call], events).lost.length > 0);
    const ages = lost.map(({ answeredAt = 0 }) => powerAt - answeredAt);
    const oldest = Math.max(0, ...ages);
    t.comment(`${lost.length} of ${before.length} lost, the oldest ${oldest.toFixed(0)} ms old`);
    t.ok(oldest <= WINDOW_MAX_MS, `nothing older than the window: ${oldest.toFixed(0)} ms`);
    t.equal((await next.get("/readyz")).status, 200, "the journal opens and goes on");

    for (const customer of all) await customer.finish(next);
    const after = callsOf(all).filter(({ answeredAt = 0 }) => answeredAt > restartedAt);
    const found = audit(after, await eventsInJournal(folder));
    t.same(found.lost, [], "what is answered afterwards is recorded");
    t.same(found.differing, []);
    faultRow({
      fault: "power loss (answers of the last flush window; the row counts those older)",
      made: "FS_IOC_SHUTDOWN without the log on the data folder's ext4, under load",
      ...{ runs: 1, requests: before.length, countedTwice: found.differing.length },
      lost: ages.filter((age) => age > WINDOW_MAX_MS).length,
    });
    t.equal(await again.stop(), "exit status 0");
  },
);
