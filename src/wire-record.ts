import { join } from "node:path";
import { readVolume } from "./audit/disk-space.ts";
import { type Journal, openJournal } from "./audit/journal.ts";
import { watchJournal } from "./audit/journal-watch.ts";
import { createKafkaSink } from "./audit/kafka/sink.ts";
import { Relay } from "./audit/relay.ts";
import { openWaitingRecords } from "./audit/waiting-records.ts";
import { atMost } from "./checkout/deadline.ts";
import type { WaitingRecords } from "./checkout/entry/waiting-records.ts";
import type { Config } from "./config/config.ts";
import { systemTimers } from "./config/machine.ts";
import { instanceName } from "./control/instance-name.ts";
import type { Clock, DurationMs, Observer } from "./units.ts";

/** A Kafka that is away must not use up the 10 s of a graceful stop. */
const RELAY_AT_STOP: DurationMs = 3_000;
const SINK_AT_STOP: DurationMs = 1_000;
/** Nor may a disk that hangs: what it has taken survives the process all the same. */
const JOURNAL_AT_STOP: DurationMs = 1_000;

export interface RecordKeeping {
  readonly journal: Journal;
  /** The same journal, read again for what waits in it. */
  readonly waiting: WaitingRecords;
  readonly instance: string;
  readonly name: string;
  kafkaDown(): boolean;
  close(): Promise<void>;
}

export async function openRecord(
  config: Config,
  clock: Clock,
  observer: Observer,
): Promise<RecordKeeping> {
  const folder = join(config.dataDir, "journal");
  const instance = await instanceName(config.dataDir);
  const journal = await openJournal({
    folder,
    clock,
    timers: systemTimers,
    observer,
    instance,
    limits: { maxBytes: config.journal.maxBytes, maxDays: config.journal.days },
    relayed: config.kafka !== undefined,
  });
  const waiting = await openWaitingRecords(journal, folder);
  const watched = { journal, folder, readVolume, clock, observer, timers: systemTimers };
  const closeJournal = () => atMost(systemTimers, JOURNAL_AT_STOP, journal.close());
  if (config.kafka === undefined) {
    const stopWatching = watchJournal(watched);
    return {
      ...{ journal, waiting, instance, kafkaDown: () => false },
      name: `journal in ${folder} (no Kafka)`,
      close: async () => {
        stopWatching();
        await closeJournal();
      },
    };
  }
  const sink = createKafkaSink(config.kafka, observer);
  let down = false;
  const observed = {
    send: (batch: Parameters<typeof sink.send>[0]) =>
      sink.send(batch).then(
        () => {
          down = false;
        },
        (error: unknown) => {
          down = true;
          throw error;
        },
      ),
    close: () => sink.close(),
  };
  const relay = new Relay({ journal, folder, sink: observed, timers: systemTimers, observer });
  relay.start();
  const stopWatching = watchJournal({ ...watched, relay });
  return {
    journal,
    waiting,
    instance,
    name: `Kafka at ${config.kafka.brokers.join(", ")}, through the journal in ${folder}`,
    kafkaDown: () => down,
    close: async () => {
      stopWatching();
      await relay.stop(RELAY_AT_STOP);
      await atMost(systemTimers, SINK_AT_STOP, sink.close());
      await closeJournal();
    },
  };
}
