import {
  type GuardEvent,
  type JournalRecord,
  otherEvent,
  recordText,
} from "../../src/audit/event.ts";
import { type Journal, type JournalOptions, openJournal } from "../../src/audit/journal.ts";
import { readJournal } from "../../src/audit/reader.ts";
import { type RelayedRecord, readRecord } from "../../src/audit/relayed-record.ts";
import type { Clock, Notice, Observer, Timers } from "../../src/units.ts";

export const wallClock: Clock = { now: () => Date.now() };

export const realTimers: Timers = {
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

/** Keeps every notice, to be asked afterwards. */
export class Notices implements Observer {
  readonly all: Notice[] = [];
  notice(notice: Notice): void {
    this.all.push(notice);
  }
  of(kind: string): Notice[] {
    return this.all.filter((notice) => notice.kind === kind);
  }
}

const AT = Date.UTC(2026, 10, 21, 2, 15, 30);

/** A small event of a key; `text` makes it longer. */
export function record(key: string, number: number, text = ""): JournalRecord {
  const made = otherEvent(
    "list.changed",
    {
      list: key,
      version: `${number}`,
      entries: number,
      by: text,
      changedAt: new Date(AT).toISOString(),
    },
    key,
    { instance: "one", at: AT },
  );
  return { ...made, event: { ...made.event, id: `${key}:${number}` } };
}

/** The same as the journal takes it. */
export function line(key: string, number: number, text = ""): string {
  return recordText(record(key, number, text));
}

/** The same as a sink takes it. */
export function relayed(key: string, number: number): RelayedRecord {
  const read = readRecord(Buffer.from(line(key, number)));
  if (read === undefined) throw new Error("a record that cannot be read");
  return read;
}

/** What a sink was given, read. */
export function eventOf({ event }: RelayedRecord): GuardEvent {
  return JSON.parse(String(event)) as GuardEvent;
}

export interface Opened {
  readonly journal: Journal;
  readonly notices: Notices;
}

export async function open(folder: string, options: Partial<JournalOptions> = {}): Promise<Opened> {
  const notices = new Notices();
  const journal = await openJournal({
    folder,
    clock: wallClock,
    timers: realTimers,
    observer: notices,
    instance: "one",
    limits: { maxBytes: 1e9, maxDays: 30 },
    relayed: false,
    ...options,
  });
  return { journal, notices };
}

/** Ids of everything in the folder, in order. */
export async function idsIn(folder: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { record: read } of readJournal({ folder })) ids.push(read.event.id);
  return ids;
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
