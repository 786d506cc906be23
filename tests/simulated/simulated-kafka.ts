import type { GuardEvent, JournalRecord, Topic } from "../../src/audit/event.ts";
import type { Sink } from "../../src/audit/relay.ts";
import type { RelayedRecord } from "../../src/audit/relayed-record.ts";
import type { Random } from "../../src/simulation/random.ts";
import type { DurationMs } from "../../src/units.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * `down`: takes nothing. `deaf`: takes a batch, or a part of it, and fails without saying so. `late`: acknowledges only
 * after a while, so that an instance dies in between.
 */
export type KafkaMood = "well" | "down" | "deaf" | "late";

const USUAL: readonly [DurationMs, DurationMs] = [0.5, 6];
const LATE: readonly [DurationMs, DurationMs] = [500, 4_000];

/** A message as the topic keeps it: the bytes of then, whoever sent them. */
export interface KafkaMessage {
  readonly instance: string;
  readonly record: JournalRecord;
}

/** What the world's topics took, in order. */
export class SimulatedKafka {
  mood: KafkaMood = "well";
  readonly messages: KafkaMessage[] = [];
  private readonly scheduler: Scheduler;
  private readonly random: Random;

  constructor(scheduler: Scheduler, random: Random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /** One process's way in: nothing comes back to it after its death, what it sent may arrive all the same. */
  sink(instance: string, isAlive: () => boolean): Sink {
    const never = new Promise<never>(() => undefined);
    return {
      send: async (batch) => {
        const mood = this.mood;
        const sent = batch.map((record) => ({ instance, record: recordOf(record) }));
        await this.scheduler.sleep(this.random.within(...USUAL));
        if (mood !== "down") {
          const taken = mood === "deaf" ? this.random.below(sent.length + 1) : sent.length;
          this.messages.push(...sent.slice(0, taken));
        }
        if (mood === "late") await this.scheduler.sleep(this.random.within(...LATE));
        if (!isAlive()) await never;
        if (mood === "down" || mood === "deaf") throw new Error("the broker did not acknowledge");
      },
      close: async () => undefined,
    };
  }
}

function recordOf({ topic, key, event }: RelayedRecord): JournalRecord {
  return { topic: topic as Topic, key, event: JSON.parse(String(event)) as GuardEvent };
}
