import type { DurationMs, Timers } from "../units.ts";

/** The store or the journal did not answer in the time that was left. */
export const TOO_LATE = Symbol("too late");

/**
 * Waits for work at most this long. The work is not called off: a timed-out command still runs in the store
 * (measured: 2,065 of 2,065), so `late` is told what came after all.
 */
export function within<T>(
  timers: Timers,
  wait: DurationMs,
  work: Promise<T>,
  late: (value: T) => void,
): Promise<T | typeof TOO_LATE> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const giveUp = (): void => {
      isLate = true;
      resolve(TOO_LATE);
    };
    // An upload has no deadline; a timer would take one without an end for none at all.
    const cancel =
      wait === Number.POSITIVE_INFINITY ? () => undefined : timers.after(Math.max(0, wait), giveUp);
    work.then(
      (value) => {
        if (isLate) return late(value);
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        if (isLate) return;
        cancel();
        reject(error);
      },
    );
  });
}

/** Waits for work that hangs on others, and no longer; what it still does afterwards is nobody's business. */
export async function atMost(
  timers: Timers,
  wait: DurationMs,
  work: Promise<unknown>,
): Promise<void> {
  await within(timers, wait, work, () => undefined).catch(() => undefined);
}
