import { stat } from "node:fs/promises";
import type { Observer, Timers } from "../units.ts";
import { type GuardEvent, TOPICS } from "./event.ts";
import { JournalMissingError } from "./journal-error.ts";
import type { KafkaConnection } from "./kafka/connection.ts";
import { readTopic } from "./kafka/source.ts";
import { readJournal } from "./reader.ts";

export interface EventsWanted {
  /** The journal's folder. */
  readonly folder: string;
  /** Absent: the journal is read. */
  readonly kafka?: KafkaConnection;
  /** Goes on with new ones until it aborts; absent: ends at the end. */
  readonly follow?: AbortSignal;
  readonly timers: Timers;
  readonly observer: Observer;
  /** Told how many records of the journal were damaged, or gone before they could be read. */
  readonly onLost: (records: number) => void;
}

/**
 * Hands over every recorded event, oldest first (of a topic or of the journal).
 * @throws JournalMissingError where the journal's folder is not there, also with `follow`: nobody may write to it ever.
 */
export async function readEvents(
  wanted: EventsWanted,
  take: (event: GuardEvent) => void,
): Promise<void> {
  if (wanted.kafka === undefined) return fromJournal(wanted, take);
  if (wanted.follow !== undefined) {
    await Promise.all(TOPICS.map((topic) => fromTopic(wanted, topic, take)));
    return;
  }
  for (const topic of TOPICS) await fromTopic(wanted, topic, take);
}

async function fromJournal(
  { folder, follow, timers, onLost }: EventsWanted,
  take: (event: GuardEvent) => void,
): Promise<void> {
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) throw new JournalMissingError(folder);
  const following = follow === undefined ? {} : { follow: { timers, signal: follow } };
  for await (const { record } of readJournal({ folder, onLost, ...following })) take(record.event);
}

async function fromTopic(
  { kafka, follow, observer }: EventsWanted,
  topic: (typeof TOPICS)[number],
  take: (event: GuardEvent) => void,
): Promise<void> {
  if (kafka === undefined) return;
  const following = follow === undefined ? {} : { follow };
  const events = readTopic({ connection: kafka, observer, topic, ...following });
  for await (const { event } of events) take(event);
}
