import type { JournalRecord } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { openBatchDesk } from "../../src/checkout/batch/batch-desk.ts";
import { type Batches, createBatches, type PlayedLine } from "../../src/checkout/batch/batches.ts";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { createDesk } from "../../src/checkout/create-desk.ts";
import type { Desk } from "../../src/checkout/desk.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import { routeTestPharmacy, testTools } from "../../src/checkout/test-pharmacy.ts";
import type { DeskTools } from "../../src/checkout/tools.ts";
import { type CounterStore, StoreUnavailableError } from "../../src/counters/contract.ts";
import { type ByteShelf, createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { createVirtualClock } from "../../src/replay/virtual-clock.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { DAY, type Notice, type Timers } from "../../src/units.ts";
import { recordOf } from "../audit/record-of.ts";
import { AT } from "./shop.ts";

const pseudonymiser = new Pseudonymiser("1", Buffer.alloc(32, 7));
/** Waits that are over at once: how long they would have been is noted. */
const WAITS_NOTED = (waits: number[]): Timers => ({
  after: (delay, run) => {
    // A line's patience is never at an end here.
    if (delay >= 1_000) return () => undefined;
    waits.push(delay);
    setImmediate(run);
    return () => undefined;
  },
});

/** A living shop with its test pharmacy and its uploads, over one shelf; `now` is two days after `AT`. */
export class OfflineShop {
  readonly clock = createVirtualClock(AT + 2 * DAY);
  readonly records: JournalRecord[] = [];
  readonly notices: Notice[] = [];
  readonly waits: number[] = [];
  readonly keys = new Set<string>();
  /** Swipes that were answered without the store and are still to be entered. */
  readonly waiting = new Set<string>();
  readonly desk: Desk;
  readonly batches: Batches;
  /** Set: from the so-manieth call on the store does not answer. */
  storeEndsAfter = Number.POSITIVE_INFINITY;
  private storeIsBackAfter = Number.POSITIVE_INFINITY;
  private readonly shelf: ByteShelf;
  private calls = 0;

  constructor(bundle: Bundle) {
    this.shelf = noted(createMemoryShelf(), this.keys);
    const home = createEmbeddedHome(this.shelf, () => this.clock.now());
    const storeOf = (generation: string) => (now: () => number) =>
      this.faulty(createPackedStore(home, createKeyNames(generation), now));
    const append = async (written: readonly RecordText[]) => {
      this.records.push(...written.map(recordOf));
    };
    const tools: DeskTools = {
      clock: this.clock,
      timers: WAITS_NOTED(this.waits),
      observer: { notice: (notice) => this.notices.push(notice) },
      store: storeOf("live")(this.clock.now),
      keyring: fixedKeyring(pseudonymiser),
      recorder: createJournalRecorder({ append }, "one", this.clock),
      bundle: () => bundle,
      enforce: "all",
      deadline: Number.POSITIVE_INFINITY,
      patient: true,
    };
    const test = createDesk(testTools(tools, storeOf("test")(this.clock.now)));
    this.desk = routeTestPharmacy(createDesk(tools), test, tools.observer, this.clock);
    this.batches = createBatches({
      clock: this.clock,
      timers: tools.timers,
      observer: tools.observer,
      agreed: () => true,
      waits: (_scope, swipeId) => this.waiting.has(swipeId),
      openDesk: (clock) => openBatchDesk(tools, storeOf("live"), storeOf("test"), clock),
    });
  }

  private faulty(store: CounterStore): CounterStore {
    const turn =
      <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>) =>
      (...given: A): Promise<T> => {
        this.calls += 1;
        return this.calls > this.storeEndsAfter && this.calls <= this.storeIsBackAfter
          ? Promise.reject(new StoreUnavailableError("gone"))
          : call(...given);
      };
    return {
      ...store,
      observe: turn(store.observe),
      seal: turn(store.seal),
      locate: turn(store.locate),
      readEntry: turn(store.readEntry),
      change: turn(store.change),
    };
  }

  /** From now on so many calls are answered, the next so many are not, and after them all are again. */
  storeEndsIn(calls: number, away = Number.POSITIVE_INFINITY): void {
    this.calls = 0;
    this.storeEndsAfter = calls;
    this.storeIsBackAfter = calls + away;
  }

  async upload(lines: readonly (object | string)[]): Promise<readonly PlayedLine[]> {
    const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
    const played = this.batches.play(text.join("\n"), {}, () => undefined);
    return all(accepted(played));
  }

  events(type?: string): JournalRecord["event"][] {
    const events = this.records.map(({ event }) => event);
    return type === undefined ? events : events.filter((event) => event.type === type);
  }
}

export async function all<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

function accepted<T>(outcome: Outcome<T>): T {
  if ("problem" in outcome) throw new Error(`refused: ${outcome.problem.code}`);
  return outcome.value;
}

/** A shelf that notes which keys were ever written. */
function noted(shelf: ByteShelf, keys: Set<string>): ByteShelf {
  return {
    ...shelf,
    set: (key, value, expiresAt) => {
      keys.add(key);
      shelf.set(key, value, expiresAt);
    },
  };
}
