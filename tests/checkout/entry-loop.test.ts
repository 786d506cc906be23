import t from "tap";
import { RunningEntry } from "../../src/checkout/entry/entry-loop.ts";
import type { WaitingRecords } from "../../src/checkout/entry/waiting-records.ts";
import { GivenAnswers } from "../../src/checkout/recent-swipes.ts";
import type { DeskTools } from "../../src/checkout/tools.ts";
import { type Notice, SECOND } from "../../src/units.ts";

const at = (record: number) => ({ segment: 1, offset: record, record });

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
  const tools = {
    clock: { now: () => 0 },
    timers: {
      after: (wait: number, run: () => void) => {
        waits.push({ wait, run });
        return () => undefined;
      },
    },
    observer: { notice: (notice: Notice) => notices.push(notice) },
    keyring: { agreed: () => true },
  } as unknown as DeskTools;
  const supersession = {
    release: () => undefined,
    letGo: async () => undefined,
    idle: async () => undefined,
  };
  const entry = new RunningEntry({ tools, supersession, records, answers: new GivenAnswers() });
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
