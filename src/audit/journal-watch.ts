import {
  type Clock,
  type DurationMs,
  type EpochMs,
  type Observer,
  SECOND,
  type Timers,
} from "../units.ts";
import { type SpaceState, spaceState, type Volume } from "./disk-space.ts";
import type { Journal } from "./journal.ts";
import type { Relay } from "./relay.ts";
import { relayedRecord } from "./relayed-record.ts";
import { FROM_THE_OLDEST, SegmentReader } from "./segment-reader.ts";

/** At 1,000 records of 7 KB a second a thirtieth of the reserve. */
const LOOK_EVERY: DurationMs = SECOND;

export interface JournalWatchOptions {
  readonly journal: Journal;
  /** The journal's folder. */
  readonly folder: string;
  /** Absent without Kafka. */
  readonly relay?: Pick<Relay, "lag" | "oldestUnsent">;
  readonly readVolume: (folder: string) => Promise<Volume>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
}

/**
 * Looks every second at what the journal holds, how old it is, what Kafka is owed and how much room the volume has;
 * tells operators and the journal. Returns the way to stop it.
 */
export function watchJournal(options: JournalWatchOptions): () => void {
  const watch = new JournalWatch(options);
  let cancel: () => void = () => undefined;
  const look = (): void => {
    watch.look();
    cancel = options.timers.after(LOOK_EVERY, look);
  };
  look();
  return () => cancel();
}

class JournalWatch {
  private readonly options: JournalWatchOptions;
  private space: SpaceState = "ok";
  private looking = false;
  private oldest: { readonly number: number; readonly at: EpochMs } | undefined;

  constructor(options: JournalWatchOptions) {
    this.options = options;
  }

  look(): void {
    this.tellSizes();
    // A volume that hangs must not keep the figures from being told: one question at a time, and nobody waits for it.
    if (this.looking) return;
    this.looking = true;
    void this.askDisk().finally(() => {
      this.looking = false;
    });
  }

  private tellSizes(): void {
    const { journal, relay, clock } = this.options;
    const { bytes, heldBytes, unflushed } = journal.health();
    const now = clock.now();
    this.tell("journal.size", bytes);
    this.tell("journal.held", heldBytes);
    this.tell("journal.unflushed", unflushed / SECOND);
    this.tell("journal.oldest", this.oldest === undefined ? 0 : seconds(now - this.oldest.at));
    if (relay === undefined) return;
    this.tell("relay.lag", relay.lag());
    this.tell("relay.age", seconds(now - (relay.oldestUnsent() ?? now)));
  }

  private async askDisk(): Promise<void> {
    const { journal, folder, readVolume } = this.options;
    try {
      const volume = await readVolume(folder);
      journal.noteVolume(volume);
      this.tell("disk.free", volume.free);
      this.tellSpace(spaceState(volume));
      await this.findOldest();
    } catch {
      this.options.observer.notice({ kind: "disk.unknown", level: "warn" });
    }
  }

  private async findOldest(): Promise<void> {
    const { journal, folder } = this.options;
    const { oldest, next } = journal.end();
    if (this.oldest?.number === oldest || oldest === next) return;
    const reader = new SegmentReader(folder, FROM_THE_OLDEST, relayedRecord);
    try {
      const [first] = (await reader.read(1)).records;
      this.oldest = first && { number: oldest, at: first.record.at };
    } finally {
      await reader.close();
    }
  }

  private tellSpace(space: SpaceState): void {
    if (space === this.space) return;
    this.space = space;
    const level = space === "ok" ? "info" : space === "low" ? "warn" : "error";
    const message = SENTENCES[space];
    this.options.observer.notice({ kind: "disk.space", labels: { space }, message, level });
  }

  private tell(kind: string, value: number): void {
    this.options.observer.notice({ kind, value });
  }
}

const SENTENCES: Readonly<Record<SpaceState, string>> = {
  ok: "The journal's volume has room again.",
  low: "The journal's volume has less than twice its reserve; free space on it.",
  short: "The journal's volume is down to its reserve: this instance is unready; free space on it.",
  out: "The journal's volume is as good as full: checks are answered 503; free space on it.",
};

function seconds(duration: DurationMs): number {
  return Math.max(0, duration) / SECOND;
}
