import type { Clock, DurationMs, EpochMs, Observer, Timers } from "../../units.ts";
import type { GuardEvent, Topic } from "../event.ts";
import { CLOCKS_APART, RecordOrder, writtenAt } from "../record-order.ts";
import { Instances, pause, type RecordSource } from "../record-source.ts";
import { SortedRuns } from "../sorted-runs.ts";
import type { KafkaConnection } from "./connection.ts";
import { readTopic, type TopicRecord } from "./source.ts";
import { openTopicEnds, type TopicEnds } from "./topic-ends.ts";

const TOPICS = ["guard.swipes.v1", "guard.clues.v1"] as const satisfies readonly Topic[];
/** How often the brokers are asked whether there is more. */
const ASK_EVERY: DurationMs = 500;
/** Records held before they are taken. */
const HELD_MAX = 20_000;
const WAIT_FOR_ROOM: DurationMs = 20;
/** How long a relay that is not behind takes from its journal to the topic. */
const RELAY: DurationMs = 1_000;

export interface RecordedTopicsParts {
  readonly connection: KafkaConnection;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Where what memory does not hold is sorted. */
  readonly folder: string;
  /** Characters of records that are sorted at once in memory; as `SortedRuns` has it where absent. */
  readonly runChars?: number;
}

/** The topics as one record: what was there at first by time, whatever order it reached the brokers in; then what comes. */
export async function openRecordedTopics(parts: RecordedTopicsParts): Promise<RecordSource> {
  const brokers = await openTopicEnds(parts.connection, parts.observer);
  const trimmed = await brokers.trimmed(TOPICS[0]);
  const record = new RecordedTopics(parts, brokers);
  await record.open();
  return {
    next: (max) => record.next(max),
    readTo: () => record.readTo(),
    facts: () => ({
      name: `Kafka at ${parts.connection.brokers.join(", ")}`,
      trimmed,
      lost: record.lost,
      instances: record.instances.seen,
    }),
    close: () => record.close(),
  };
}

class RecordedTopics {
  lost = 0;
  readonly instances = new Instances();
  private readonly parts: RecordedTopicsParts;
  private readonly brokers: TopicEnds;
  private readonly stop = new AbortController();
  private readonly runs: SortedRuns;
  private readonly order = new RecordOrder();
  private readonly seen = new Map<string, bigint>();
  /** How far the topics went at first, by topic and partition. */
  private goals: ReadonlyMap<string, bigint> = new Map();
  private pumps: readonly Promise<void>[] = [];
  private past: AsyncGenerator<GuardEvent> | undefined;
  private pastAt: EpochMs = 0;
  private dryAt: EpochMs = 0;
  private askedAt: EpochMs = 0;
  private failure: unknown;

  constructor(parts: RecordedTopicsParts, brokers: TopicEnds) {
    this.parts = parts;
    this.brokers = brokers;
    this.runs = new SortedRuns(parts.folder, parts.runChars);
  }

  async open(): Promise<void> {
    this.goals = await this.ends();
    const places = [...this.goals.keys()];
    const present = TOPICS.filter((topic) => places.some((place) => place.startsWith(topic)));
    this.pumps = present.map((topic) =>
      this.pump(topic).catch((error: unknown) => {
        this.failure ??= error;
      }),
    );
  }

  async next(max: number): Promise<readonly GuardEvent[]> {
    const events: GuardEvent[] = [];
    while (events.length < max) {
      if (this.failure !== undefined) throw this.failure;
      const event = this.order.next(this.hasPast() ? this.pastAt - CLOCKS_APART : this.readTo());
      if (event !== undefined) events.push(event);
      else if (!(await this.advance())) break;
    }
    if (events.length === 0 && !this.hasPast()) await this.lookForMore();
    return events;
  }

  /** What was there at first is given back in order; what comes may be behind by its relay. */
  readTo(): EpochMs {
    const dry = this.dryAt === 0 ? 0 : this.dryAt - RELAY;
    return Math.min(this.pastAt, dry) - CLOCKS_APART;
  }

  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.pumps);
    await this.runs.close();
    await this.brokers.close();
  }

  private hasPast(): boolean {
    return this.pastAt !== Number.POSITIVE_INFINITY;
  }

  private async ends(): Promise<ReadonlyMap<string, bigint>> {
    const ends = await Promise.all(
      TOPICS.map(async (topic) =>
        [...(await this.brokers.ends(topic))].map(([at, end]) => [`${topic}/${at}`, end] as const),
      ),
    );
    return new Map(ends.flat());
  }

  private reached(ends: ReadonlyMap<string, bigint>): boolean {
    return [...ends].every(([place, end]) => (this.seen.get(place) ?? 0n) >= end);
  }

  private async pump(topic: Topic): Promise<void> {
    const { connection, observer } = this.parts;
    const onForeign = () => {
      this.lost += 1;
    };
    const follow = this.stop.signal;
    const records = readTopic({ connection, observer, topic, follow, onForeign });
    for await (const record of records) await this.take(record);
  }

  private async take({ topic, partition, offset, event }: TopicRecord): Promise<void> {
    this.instances.note(event);
    while (this.order.size >= HELD_MAX && !this.stop.signal.aborted)
      await pause(this.parts.timers, WAIT_FOR_ROOM);
    // Partitions come mixed: until all are read that were there at first, what comes is sorted among them.
    if (this.past === undefined) await this.runs.add(event);
    else this.order.add(event);
    this.seen.set(`${topic}/${partition}`, BigInt(offset) + 1n);
  }

  /** Moves what was there at first into order; false while it is still being read, or when there is no more of it. */
  private async advance(): Promise<boolean> {
    if (this.past === undefined) {
      if (!this.reached(this.goals)) return false;
      this.past = this.runs.sorted();
    }
    const { done, value } = await this.past.next();
    if (done === true) {
      this.pastAt = Number.POSITIVE_INFINITY;
      return false;
    }
    this.pastAt = writtenAt(value);
    this.order.add(value);
    return true;
  }

  private async lookForMore(): Promise<void> {
    const asked = this.parts.clock.now();
    if (asked - this.askedAt < ASK_EVERY) return;
    this.askedAt = asked;
    if (this.reached(await this.ends())) this.dryAt = asked;
  }
}
