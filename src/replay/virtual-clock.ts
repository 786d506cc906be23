import type { Clock, EpochMs, Timers } from "../units.ts";

/** A clock that stands where it is put. */
export interface VirtualClock extends Clock {
  set(at: EpochMs): void;
}

export function createVirtualClock(start: EpochMs = 0): VirtualClock {
  let now = start;
  return {
    now: () => now,
    set: (at) => {
      now = at;
    },
  };
}

/** Virtual time has no deadlines: nothing is ever late. */
export const PATIENT_TIMERS: Timers = { after: () => () => undefined };
