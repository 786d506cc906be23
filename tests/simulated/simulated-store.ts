import {
  AS_LONG_AS_BEFORE,
  type ByteShelf,
  KEPT_LONGER,
} from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import type { MemoryHome } from "../../src/counters/operations.ts";
import type { Bytes, DurationMs, EpochMs } from "../../src/units.ts";
import type { Scheduler } from "./scheduler.ts";

interface Kept {
  readonly value: Buffer;
  readonly expiresAt: EpochMs;
}

interface Undo {
  readonly at: EpochMs;
  readonly key: Bytes;
  readonly before: Kept | undefined;
  /** Whose command wrote it. */
  readonly swipe: Bytes;
}

/** A shelf that can lose its last writes, as a replica does that takes over before it has heard everything. */
export class ForgetfulShelf implements ByteShelf {
  private readonly kept = new Map<Bytes, Kept>();
  private readonly written: Undo[] = [];
  private readonly now: () => EpochMs;
  /** The swipe whose command runs now. */
  swipe: Bytes = "";

  constructor(now: () => EpochMs) {
    this.now = now;
  }

  // Own properties: homes may take a shelf apart and put it together again.
  readonly get = (key: Bytes, now: EpochMs): Buffer | undefined => {
    const found = this.kept.get(key);
    return found !== undefined && found.expiresAt + KEPT_LONGER > now ? found.value : undefined;
  };

  readonly set = (key: Bytes, value: Buffer, expiresAt: EpochMs): void => {
    const before = this.kept.get(key);
    this.written.push({ at: this.now(), key, before, swipe: this.swipe });
    const until = Math.max(before?.expiresAt ?? AS_LONG_AS_BEFORE, expiresAt);
    this.kept.set(key, { value, expiresAt: until });
  };

  readonly remove = (key: Bytes): void => {
    this.written.push({ at: this.now(), key, before: this.kept.get(key), swipe: this.swipe });
    this.kept.delete(key);
  };

  readonly together = <T>(work: () => T): T => work();

  readonly keys = (prefix: Bytes): Bytes[] =>
    [...this.kept.keys()].filter((key) => key.startsWith(prefix));

  readonly close = async (): Promise<void> => {
    this.kept.clear();
  };

  /** Everything since then was never written. Returns the swipes whose commands are lost with it. */
  forget(since: EpochMs): ReadonlySet<Bytes> {
    const lost = new Set<Bytes>();
    for (let last = this.written.at(-1); last !== undefined; last = this.written.at(-1)) {
      if (last.at <= since) break;
      this.written.pop();
      lost.add(last.swipe);
      if (last.before === undefined) this.kept.delete(last.key);
      else this.kept.set(last.key, last.before);
    }
    return lost;
  }
}

export type StoreMood = "well" | "stalled" | "gone" | "full";

/** The one store of a world, at the far end of every instance's connection. */
export class SimulatedStore {
  mood: StoreMood = "well";
  readonly home: MemoryHome;
  /** Swipes of which a command was lost in a failover: the one loss that is allowed. */
  readonly forgotten = new Set<Bytes>();
  private readonly shelf: ForgetfulShelf;
  private readonly scheduler: Scheduler;
  private queue: (() => void)[] = [];
  private readonly cutters = new Set<() => void>();

  constructor(scheduler: Scheduler, now = () => Math.floor(scheduler.now())) {
    this.scheduler = scheduler;
    this.shelf = new ForgetfulShelf(() => scheduler.now());
    this.home = createEmbeddedHome(this.shelf, now);
  }

  /** `cut` is called when connections break. */
  connect(cut: () => void): void {
    this.cutters.add(cut);
  }

  /** A command has come in: it runs now, once the store goes on, or never. */
  arrive(run: () => void): void {
    if (this.mood === "stalled") this.queue.push(run);
    else if (this.mood !== "gone") run();
  }

  /** Runs a command as that of a swipe: so that it is known whose writes a failover loses. */
  execute<T>(swipe: Bytes, work: () => Promise<T>): Promise<T> {
    this.shelf.swipe = swipe;
    // The embedded home writes before it first waits for anything.
    const done = work();
    this.shelf.swipe = "";
    return done;
  }

  set(mood: StoreMood): void {
    if (mood === this.mood) return;
    this.mood = mood;
    if (mood === "gone") this.breakConnections();
    if (mood === "well" || mood === "full") {
      const waiting = this.queue;
      this.queue = [];
      for (const run of waiting) run();
    }
  }

  /** A replica takes over that has not heard the last writes. */
  failOver(lost: DurationMs): number {
    this.breakConnections();
    const swipes = this.shelf.forget(this.scheduler.now() - lost);
    for (const swipe of swipes) this.forgotten.add(swipe);
    return swipes.size;
  }

  private breakConnections(): void {
    this.queue = [];
    for (const cut of this.cutters) cut();
  }
}
