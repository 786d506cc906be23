import type { DurationMs, EpochMs, Timers } from "../../src/units.ts";

interface Event {
  readonly at: EpochMs;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Virtual time: everything that happens in a life is an event in one queue, and the clock jumps from one to the next.
 * Between two events all promises are worked off, so the same seed gives the same life on every machine.
 */
export class Scheduler {
  private readonly heap: Event[] = [];
  private order = 0;
  private time: EpochMs;

  constructor(start: EpochMs) {
    this.time = start;
  }

  now(): EpochMs {
    return this.time;
  }

  /** Returns the way to call it off. */
  after(delay: DurationMs, run: () => void): () => void {
    const event: Event = { at: this.time + Math.max(0, delay), order: this.order++, run };
    this.push(event);
    return () => {
      event.run = undefined;
    };
  }

  sleep(delay: DurationMs): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** Lives on until nothing is left to happen by then, or `over` says so. Returns how many events there were. */
  async runUntil(end: EpochMs, over: () => boolean = () => false): Promise<number> {
    let events = 0;
    await workedOff();
    for (let next = this.heap[0]; next !== undefined && next.at <= end; next = this.heap[0]) {
      if (over()) return events;
      this.pop();
      if (next.run === undefined) continue;
      this.time = Math.max(this.time, next.at);
      next.run();
      events += 1;
      await workedOff();
    }
    this.time = Math.max(this.time, over() ? this.time : end);
    return events;
  }

  private push(event: Event): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Event;
      if (!isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight = right < heap.length && isBefore(heap[right] as Event, heap[left] as Event);
      const child = isRight ? right : left;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** The queue of promises is empty before the next turn of the event loop begins. */
function workedOff(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Timers of one process: none of them fires after its death. */
export function mortalTimers(scheduler: Scheduler, isAlive: () => boolean): Timers {
  return {
    after: (delay, run) =>
      scheduler.after(delay, () => {
        if (isAlive()) run();
      }),
  };
}
