import { join } from "node:path";
import type { Test } from "tap";
import {
  EVENT_TYPES,
  type EventType,
  eventSchema,
  type JournalRecord,
} from "../../src/audit/event.ts";
import { type Journal, openJournal } from "../../src/audit/journal.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { readJournal } from "../../src/audit/reader.ts";
import { openWaitingRecords } from "../../src/audit/waiting-records.ts";
import { createShop, type Shop as Opened } from "../../src/checkout/create-desk.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring, type Keyring } from "../../src/checkout/keyring.ts";
import { systemTimers } from "../../src/config/machine.ts";
import { type CounterStore, StoreUnavailableError } from "../../src/counters/contract.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { PATIENT_TIMERS } from "../../src/replay/virtual-clock.ts";
import type { OpenShop, Shop } from "./shop.ts";

type Call = Exclude<keyof CounterStore, "close">;

/** A memory that can be away: nothing is done, or it is done and nobody hears of it. */
export class Fickle {
  /** Calls that fail before anything is done. */
  away: readonly Call[] | "all" = [];
  /** Calls that are carried out and whose reply is lost. */
  deaf: readonly Call[] = [];
  readonly store: CounterStore;

  constructor(under: CounterStore) {
    const wrapped = Object.entries(under).map(([name, call]) => [
      name,
      async (...args: readonly unknown[]) => {
        const isAway = this.away === "all" || this.away.includes(name as Call);
        if (isAway) throw new StoreUnavailableError("away");
        const answer = await (call as (...given: readonly unknown[]) => unknown)(...args);
        if (this.deaf.includes(name as Call)) throw new StoreUnavailableError("not heard");
        return answer;
      },
    ]);
    this.store = Object.fromEntries(wrapped) as CounterStore;
  }
}

export const KEY = new Pseudonymiser("1", Buffer.alloc(32, 7));

export interface Instance {
  readonly desk: Opened["desk"];
  readonly entry: Opened["entry"];
  readonly journal: Journal;
  readonly folder: string;
  /** Everything in its journal. */
  events(): Promise<readonly JournalRecord[]>;
  /** As kill -9: nothing is said to anybody, the journal is as it is. */
  die(): Promise<void>;
  /** As SIGTERM. */
  stop(): Promise<void>;
}

export interface InstanceOptions {
  readonly name?: string;
  readonly keyring?: Keyring;
  readonly heldMax?: number;
  /** Refuses what is to be written while it says so. */
  readonly full?: () => boolean;
}

/** A guard's shop with a journal of its own on the disk, over a memory that others may share. */
export async function openInstance(
  t: Test,
  shop: Shop,
  store: CounterStore,
  { name = "one", keyring = fixedKeyring(KEY), heldMax, full }: InstanceOptions = {},
): Promise<Instance> {
  const folder = join(t.testdirName, name);
  const { clock } = shop;
  const observer = { notice: (notice: (typeof shop.notices)[number]) => shop.notices.push(notice) };
  const journal = await openJournal({
    ...{ folder, clock, observer, instance: name, timers: systemTimers },
    limits: { maxBytes: 1e9, maxDays: 30 },
    relayed: false,
  });
  const sink = {
    append: async (records: readonly RecordText[]) => {
      if (full?.()) throw new Error("full");
      await journal.append(records);
    },
  };
  const { desk, entry } = createShop(
    {
      ...{ clock, timers: PATIENT_TIMERS, observer, store, keyring },
      recorder: createJournalRecorder(sink, name, clock),
      bundle: () => shop.bundle,
      enforce: "all",
      deadline: Number.POSITIVE_INFINITY,
      patient: false,
    },
    { records: await openWaitingRecords(journal, folder), ...(heldMax ? { heldMax } : {}) },
  );
  await entry.start();
  t.teardown(() => journal.close());
  return {
    ...{ desk, entry, journal, folder },
    events: async () => {
      const records: JournalRecord[] = [];
      for await (const { record } of readJournal({ folder })) records.push(record);
      return records;
    },
    die: () => journal.close(),
    stop: async () => {
      await entry.stop();
      await journal.close();
    },
  };
}

/** What the journal says of waiting and of what became of it; every record has its published form. */
export async function story(t: Test, instance: Instance): Promise<readonly string[]> {
  const events = (await instance.events()).map(({ event }) => event);
  for (const event of events) {
    t.ok(EVENT_TYPES.includes(event.type));
    const parsed = eventSchema(event.type as EventType).safeParse(event);
    t.ok(parsed.success, `${event.id} has its published form`);
  }
  return events.filter(({ type }) => type.startsWith("swipe.")).map(sentence);
}

function sentence({ id, data }: JournalRecord["event"]): string {
  const said = data as unknown as Readonly<Record<string, unknown>>;
  const words = (name: string, tell: (value: unknown) => string) =>
    said[name] === undefined ? [] : [tell(said[name])];
  return [
    id.split(":").slice(1).join(":"),
    ...words("state", String),
    ...words("waiting", () => "waits"),
    ...words("counted", (counted) => (counted === true ? "counted" : "not counted")),
    ...words("matched", () => "matched 0"),
    ...words("refused", (code) => `refused ${code}`),
    ...words("closes", () => "closes"),
  ].join(" ");
}

/** A shop whose memory can be taken away, and one instance of the guard in it. */
export async function away(t: Test, open: OpenShop, options: InstanceOptions = {}) {
  const shop = await open();
  const memory = new Fickle(shop.store);
  t.testdir();
  const one = await openInstance(t, shop, memory.store, options);
  return { shop, memory, one };
}

export const settlement = { settlementId: "S1", visitId: "V1" };
export const WAITING = { swipeId: "sale-0001", state: "waiting" };
