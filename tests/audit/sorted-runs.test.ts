import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type GuardEvent, otherEvent } from "../../src/audit/event.ts";
import { SortedRuns } from "../../src/audit/sorted-runs.ts";

const AT = Date.UTC(2026, 10, 21, 2, 15, 30);

/** As a broker gives them: partitions mixed, each in its own order. */
function mixed(count: number): readonly GuardEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const turn = (index * 7_919) % count;
    // Several of one time: what was added first stays first.
    const at = AT + Math.floor(turn / 4);
    const data = {
      list: "x",
      version: String(index),
      entries: 1,
      by: "b",
      changedAt: new Date(at).toISOString(),
    };
    return otherEvent("list.changed", data, `about-${index}`, { instance: "one", at }).event;
  });
}

function inOrder(events: readonly GuardEvent[]): readonly string[] {
  return events
    .map((event, index) => ({ event, index, at: Date.parse(event.time) }))
    .sort((one, other) => one.at - other.at || one.index - other.index)
    .map(({ event }) => event.id);
}

async function idsOf(runs: SortedRuns): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of runs.sorted()) ids.push(id);
  return ids;
}

function spooled(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((spool) =>
    readdirSync(join(folder, spool)).map((run) => join(folder, spool, run)),
  );
}

t.test("a record larger than memory is sorted, and each event comes once", async (t) => {
  const events = mixed(2_000);
  const chars = events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
  for (const [name, add] of Object.entries({ oneByOne, atOnce, stillWritten })) {
    const folder = t.testdir({});
    const runs = new SortedRuns(folder, chars / 10);
    await add(runs, events);
    t.same(await idsOf(runs), inOrder(events), `${name}: by time, and of one time as they came`);
    const files = spooled(folder);
    t.ok(files.length >= 5, `${name}: ${files.length} files`);
    t.ok(
      files.every((file) => (statSync(file).mode & 0o077) === 0),
      "nobody else may read them",
    );
    await runs.close();
    t.same(readdirSync(folder), [], "nothing is left behind");
  }
});

async function oneByOne(runs: SortedRuns, events: readonly GuardEvent[]): Promise<void> {
  for (const event of events) await runs.add(event);
}

/** Topics are read side by side: one goes on while the other's part is being written. */
async function atOnce(runs: SortedRuns, events: readonly GuardEvent[]): Promise<void> {
  const half = events.length / 2;
  const [one, other] = [events.slice(0, half), events.slice(half)];
  await Promise.all([
    ...one.map((event) => runs.add(event)),
    ...other.map((event) => runs.add(event)),
  ]);
}

/** Asked for while the last of it is on its way to its file. */
async function stillWritten(runs: SortedRuns, events: readonly GuardEvent[]): Promise<void> {
  for (const event of events) void runs.add(event);
}

t.test("a folder that cannot be written to ends the sorting with its error", async (t) => {
  const runs = new SortedRuns(join(t.testdir({}), "not-there"), 1_000);
  await t.rejects(oneByOne(runs, mixed(50)), { code: "ENOENT" });
  await runs.close();
});
