import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { pageLines } from "../../src/checkout/indicators/page-text.ts";
import { openPages } from "../../src/control/page-keeper.ts";
import type { DurationMs, Notice, Timers } from "../../src/units.ts";

/** Noon in Shanghai. */
const NOON = Date.UTC(2026, 10, 1, 4);

/** Timers that fire when the test says so. */
function ownTimers() {
  const due: { readonly delay: DurationMs; readonly run: () => void }[] = [];
  const timers: Timers = {
    after: (delay, run) => {
      const timer = { delay, run };
      due.push(timer);
      return () => {
        if (due.includes(timer)) due.splice(due.indexOf(timer), 1);
      };
    },
  };
  return { timers, due, fire: () => due.shift()?.run() };
}

function sale(index: number) {
  return {
    ...{ pharmacy: `P2101020${String(index % 5).padStart(4, "0")}`, area: "210102" },
    ...{ person: `\u00ff\u0000a${index}bc`.slice(0, 6), at: NOON + index * 3_600_000 },
    ...{ total: 1_234 + index, fund: 1_000, accountOnly: index % 2 === 0 },
    makers: [["00501", 900]] as const,
  };
}

t.test("given sums of pharmacies, a restart goes on with every number of them", async (t) => {
  const folder = t.testdir();
  const { timers } = ownTimers();
  const first = await openPages(folder, timers, { notice: () => undefined });
  for (let index = 0; index < 400; index += 1) t.ok(first.pages.count(sale(index)));
  first.pages.lastClosed = 20_000;
  for (const page of first.pages.all()) page.raised.set("AG-01", 19_999);
  await first.close();
  const second = await openPages(folder, timers, { notice: () => undefined });
  t.same([...pageLines(second.pages)], [...pageLines(first.pages)]);
  t.equal(second.pages.all().length, 5);
  t.ok(second.pages.count(sale(401)));
});

t.test(
  "given a file cut off or written by somebody else, the guard starts and says so",
  async (t) => {
    const folder = t.testdir();
    const { timers } = ownTimers();
    const notices: Notice[] = [];
    const observer = { notice: (notice: Notice) => notices.push(notice) };
    const first = await openPages(folder, timers, observer);
    t.same(notices, [], "no file is no fault");
    first.pages.count(sale(1));
    await first.close();
    const file = join(folder, "indicators.ndjson");
    const whole = await readFile(file, "utf8");
    for (const broken of [
      whole.slice(0, -20),
      '{"version":2}\n',
      "null\n",
      '{"version":1}\n{"a":1}\n',
    ]) {
      await writeFile(file, broken);
      t.same((await openPages(folder, timers, observer)).pages.all(), []);
      t.match(notices.pop(), { kind: "indicator.unkept", level: "warn" });
    }
  },
);

t.test(
  "time passes every minute, sums are kept every fifth, and nothing after the end",
  async (t) => {
    const folder = t.testdir();
    const { timers, due, fire } = ownTimers();
    const keeper = await openPages(folder, timers, { notice: () => undefined });
    let ticks = 0;
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    keeper.watch(async () => {
      ticks += 1;
      if (ticks === 2) throw new Error("a tick that fails");
    });
    keeper.pages.count(sale(1));
    for (let minute = 1; minute <= 5; minute += 1) {
      t.match(due, [{ delay: 60_000 }]);
      fire();
      while (due.length === 0) await turn();
      t.equal(ticks, minute);
    }
    t.match(await readFile(join(folder, "indicators.ndjson"), "utf8"), /P21010200001/);
    fire();
    await keeper.close();
    for (let round = 0; round < 20; round += 1) await turn();
    t.same(due, [], "no timer is left");
  },
);
