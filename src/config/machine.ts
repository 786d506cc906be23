import type { Clock, DurationMs, EpochMs, Observer, Timers } from "../units.ts";

/** A wall clock further than this from the monotonic one was stepped: the anchor is set again, with an alarm. */
const ANCHOR_TOLERANCE: DurationMs = 1_000;
const ANCHOR_CHECK: DurationMs = 1_000;
/** Less than that is followed by so much a check: small corrections must not add up to an alarm. */
const FOLLOWED_PER_CHECK: DurationMs = 50;

/** The machine's clock, or one that a demo or a test sets. */
export type StoppableClock = Clock & { close(): void };

/**
 * Wall clock at start plus monotonic time. Never runs backwards, except where the wall clock was stepped back: then it
 * follows, once, with an alarm. Small corrections are followed at 50 ms a second.
 */
export function systemClock(
  observer: Observer,
  wall: () => EpochMs = () => Date.now(),
): StoppableClock {
  let anchor: EpochMs = wall() - performance.now();
  let last: EpochMs = Number.NEGATIVE_INFINITY;
  const now = () => {
    last = Math.max(last, anchor + performance.now());
    return last;
  };
  const watch = setInterval(() => {
    const apart = wall() - (anchor + performance.now());
    if (Math.abs(apart) <= ANCHOR_TOLERANCE) {
      anchor += Math.max(-FOLLOWED_PER_CHECK, Math.min(apart, FOLLOWED_PER_CHECK));
      return;
    }
    anchor += apart;
    last = Number.NEGATIVE_INFINITY;
    const message = "The machine's clock was stepped; windows now follow the new time.";
    observer.notice({ kind: "clock.anchored", value: apart / 1_000, message, level: "error" });
  }, ANCHOR_CHECK);
  watch.unref();
  return { now, close: () => clearInterval(watch) };
}

/** For lengths of time: never stepped, and without a date. */
export const steadyClock: Clock = { now: () => performance.now() };

/** A timer this late was held up: by a full event loop, or by a machine that gave the process no turn. */
const HELD_UP: DurationMs = 4;
/** How often a timer that was held up waits once more; each time no longer than it was late, nor than its delay. */
const ONCE_MORE_MAX = 3;

/**
 * Timers that measure others' lateness and not this process's own. After a pause every timer is due at once while the
 * replies waited for lie unread: so what has arrived is handled first, and a timer that was held up waits once more.
 */
export const systemTimers: Timers = {
  after: (delay, run) => {
    let timer: NodeJS.Timeout | undefined;
    let strike: NodeJS.Immediate | undefined;
    const arm = (wait: DurationMs, again: number) => {
      const due = performance.now() + wait;
      timer = setTimeout(() => {
        const late = performance.now() - due;
        if (late > HELD_UP && again > 0) arm(Math.min(late, delay), again - 1);
        else strike = setImmediate(run);
      }, wait);
    };
    arm(delay, ONCE_MORE_MAX);
    return () => {
      clearTimeout(timer);
      clearImmediate(strike);
    };
  },
};
