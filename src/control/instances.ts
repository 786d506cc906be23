import type { Beat, SharedClocks } from "../counters/shared-clocks.ts";
import { type Clock, type DurationMs, type Observer, SECOND, type Timers } from "../units.ts";

/** Live windows reach 5 s past a swipe's `at` (architecture section 3), so 2 s between instances leave room. */
export const CLOCKS_APART_MAX: DurationMs = 2 * SECOND;
const BEAT_EVERY: DurationMs = 1 * SECOND;
/** A reply that took longer says too little about when the store wrote it. */
const ROUND_TRIP_MAX: DurationMs = 250;
/** An instance that said nothing for so long is not compared with. */
const SILENT_AFTER: DurationMs = 10 * SECOND;
/** What was measured of the own clock longer ago says nothing: the store was away, or slow. */
const MEASURE_GOOD_FOR: DurationMs = 10 * SECOND;

/** Compares this instance's clock with those of the others that share the store. */
export interface ClockWatch {
  /** To the furthest of the other instances; undefined while there is none, or the store does not tell. */
  apart(): DurationMs | undefined;
  close(): void;
}

export interface ClockWatchParts {
  readonly clocks: SharedClocks;
  readonly instance: string;
  readonly clock: Clock;
  /** Never stepped. */
  readonly steady: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
}

/** By how much the own clock is ahead of the store's, and when that was measured. */
interface Measured {
  readonly ahead: DurationMs;
  readonly at: DurationMs;
}

export function watchClocks(parts: ClockWatchParts): ClockWatch {
  const { clocks, instance, clock, steady, timers, observer } = parts;
  let own: Measured | undefined;
  let furthest: DurationMs | undefined;
  let heardAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  let cancel = () => {};
  let wasApart = false;

  const ownAhead = () =>
    own !== undefined && steady.now() - own.at < MEASURE_GOOD_FOR ? own.ahead : undefined;

  async function beat(): Promise<void> {
    const asked = steady.now();
    const heard = await clocks.beat(instance, ownAhead());
    const answered = steady.now();
    heardAt = answered;
    if (answered - asked <= ROUND_TRIP_MAX) {
      // The store wrote its time somewhere between: half way is wrong by half the round trip at most.
      const ahead = clock.now() - (answered - asked) / 2 - heard.storeTime;
      own = { ahead, at: answered };
    }
    furthest = furthestOf(heard, instance, ownAhead());
    tell(furthest);
  }

  function tell(apart: DurationMs | undefined): void {
    const isApart = (apart ?? 0) > CLOCKS_APART_MAX;
    const message = isApart
      ? "The clocks of this instance and of another one on the same store are more than 2 s apart: mend their time service."
      : "The clocks of all instances agree again.";
    const said =
      isApart === wasApart
        ? {}
        : { message, level: isApart ? ("error" as const) : ("info" as const) };
    wasApart = isApart;
    observer.notice({ kind: "clock.apart", value: (apart ?? 0) / SECOND, ...said });
  }

  function again(wait: DurationMs): void {
    if (isClosed) return;
    cancel = timers.after(wait, () => {
      beat()
        .catch(() => undefined)
        .finally(() => again(BEAT_EVERY));
    });
  }

  again(0);
  return {
    apart: () => (steady.now() - heardAt < SILENT_AFTER ? furthest : undefined),
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}

function furthestOf(
  { storeTime, told }: Beat,
  instance: string,
  own: DurationMs | undefined,
): DurationMs | undefined {
  if (own === undefined) return undefined;
  const others = told.filter(
    (each) => each.instance !== instance && Math.abs(storeTime - each.at) <= SILENT_AFTER,
  );
  if (others.length === 0) return undefined;
  return Math.max(...others.map(({ ahead }) => Math.abs(ahead - own)));
}
