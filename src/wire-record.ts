import { join } from "node:path";
import { type Journal, openJournal } from "./audit/journal.ts";
import { createKafkaSink } from "./audit/kafka/sink.ts";
import { Relay } from "./audit/relay.ts";
import { atMost } from "./checkout/deadline.ts";
import type { Config } from "./config/config.ts";
import { systemTimers } from "./config/machine.ts";
import { instanceName } from "./control/instance-name.ts";
import type { Clock, DurationMs, Observer } from "./units.ts";

/** A Kafka that is away must not use up the 10 s of a graceful stop. */
const RELAY_AT_STOP: DurationMs = 3_000;
const SINK_AT_STOP: DurationMs = 1_000;

export interface RecordKeeping {
  readonly journal: Journal;
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
  if (config.kafka === undefined) {
    const name = `journal in ${folder} (no Kafka)`;
    return { journal, instance, name, kafkaDown: () => false, close: () => journal.close() };
  }
  const sink = createKafkaSink(config.kafka, observer);
  let down = false;
  const watched = {
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
  const relay = new Relay({ journal, folder, sink: watched, timers: systemTimers, observer });
  relay.start();
  return {
    journal,
    instance,
    name: `Kafka at ${config.kafka.brokers.join(", ")}, through the journal in ${folder}`,
    kafkaDown: () => down,
    close: async () => {
      await relay.stop(RELAY_AT_STOP);
      await atMost(systemTimers, SINK_AT_STOP, sink.close());
      await journal.close();
    },
  };
}
