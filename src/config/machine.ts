import type { Clock, DurationMs, EpochMs, Observer, Timers } from "../units.ts";

/** A wall clock further than this from the monotonic one was stepped: the anchor is set again, with an alarm. */
const ANCHOR_TOLERANCE: DurationMs = 1_000;
const ANCHOR_CHECK: DurationMs = 1_000;

/** Wall clock at start plus monotonic time: never runs backwards between two checks of the anchor. */
export function systemClock(observer: Observer): Clock & { close(): void } {
  let anchor: EpochMs = Date.now() - performance.now();
  const now = () => anchor + performance.now();
  const watch = setInterval(() => {
    const apart = Date.now() - now();
    if (Math.abs(apart) <= ANCHOR_TOLERANCE) return;
    anchor += apart;
    const message = "The machine's clock was stepped; windows now follow the new time.";
    observer.notice({ kind: "clock.anchored", value: apart / 1_000, message, level: "error" });
  }, ANCHOR_CHECK);
  watch.unref();
  return { now, close: () => clearInterval(watch) };
}

export const systemTimers: Timers = {
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
