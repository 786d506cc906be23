import type { Clock, EpochMs } from "../../units.ts";
import type { VirtualClock } from "../virtual-clock.ts";

/** Runs at its own pace and jumps forward to where it is put: a city's hour in a minute, and answers timed as they are. */
export type DemoClock = VirtualClock & { close(): void };

/** `pace` is a monotonic clock in milliseconds. */
export function createDemoClock(start: EpochMs, pace: Clock): DemoClock {
  let anchor = start - pace.now();
  const now = () => anchor + pace.now();
  return {
    now,
    // Never back: a line that is due while others are still answered comes a moment late.
    set: (at) => {
      anchor = Math.max(anchor, at - pace.now());
    },
    close: () => undefined,
  };
}
