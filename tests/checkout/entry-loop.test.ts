import t from "tap";
import type { EntryLoop } from "../../src/checkout/entry/entry.ts";
import { RunningEntry } from "../../src/checkout/entry/entry-loop.ts";
import type { WaitingRecords } from "../../src/checkout/entry/waiting-records.ts";
import { GivenAnswers } from "../../src/checkout/recent-swipes.ts";
import type { DeskTools } from "../../src/checkout/tools.ts";
import { type Notice, SECOND, type Timers } from "../../src/units.ts";

const at = (record: number) => ({ segment: 1, offset: record, record });

/** An entry loop with nobody to do its work: there is nothing to be entered. */
function open(records: WaitingRecords, after: Timers["after"], notices: Notice[] = []): EntryLoop {
  const tools = {
    clock: { now: () => 0 },
    timers: { after },
    observer: { notice: (notice: Notice) => notices.push(notice) },
    keyring: { agreed: () => true },
  } as unknown as DeskTools;
  const supersession = {
    release: () => undefined,
    letGo: async () => undefined,
    idle: async () => undefined,
  };
  return new RunningEntry({ tools, supersession, records, answers: new GivenAnswers() });
}

t.test("given a journal that cannot be read, then it is read again, and not at once", async (t) => {
  let isBroken = true;
  let reads = 0;
  const records: WaitingRecords = {
    kept: at(1),
    end: () => at(5),
    keep: async () => undefined,
    read: async () => {
      reads += 1;
      if (isBroken) throw new Error("EIO");
      return { records: [], after: at(5), lost: 0 };
    },
  };
  const waits: { readonly wait: number; readonly run: () => void }[] = [];
  const notices: Notice[] = [];
  const after: Timers["after"] = (wait, run) => {
    waits.push({ wait, run });
    return () => undefined;
  };
  const entry = open(records, after, notices);
  await entry.start();
  await new Promise(setImmediate);
  t.equal(reads, 2, "at the start, and once more");
  t.ok(notices.some(({ kind }) => kind === "entry.failed"));
  const again = waits.filter(({ wait }) => wait < 5 * SECOND).at(-1);
  t.ok(again && again.wait >= 50, "then it waits");
  isBroken = false;
  again?.run();
  await new Promise(setImmediate);
  t.match(entry.state(), { waiting: 0, more: false });
});

t.test(
  "given a long journal, then a check that comes meanwhile does not have it read twice",
  async (t) => {
    let underWay = 0;
    let most = 0;
    let reads = 0;
    const records: WaitingRecords = {
      kept: at(1),
      end: () => at(5),
      keep: async () => undefined,
      read: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        reads += 1;
        return { records: [], after: at(5), lost: 0 };
      },
    };
    const entry = open(records, () => () => undefined);
    const started = entry.start();
    entry.added();
    await Promise.all([started, entry.idle()]);
    t.equal(most, 1);
    t.equal(reads, 2, "what is closed in it, and what waits in it");
    t.match(entry.state(), { waiting: 0, more: false });
  },
);
