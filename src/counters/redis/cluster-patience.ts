import type { DurationMs, Timers } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";

/** What a caller has left to wait, shared by the steps of one call. */
export interface Patience {
  /** Undefined where the work was not heard in this share of the time, or its node does not answer at all. */
  heard<T>(work: Promise<T>, share: number): Promise<T | undefined>;
}

/** Without a limit everything is waited for that is answered at all. */
const ENDLESS: Patience = { heard: (work) => unlessUnavailable(work) };

/** `wait`: from now on; a share is of the whole of it, so a later step has what an earlier one left. */
export function patienceOf(
  timers: Timers,
  wait: DurationMs | undefined,
  now: () => number,
): Patience {
  if (wait === undefined) return ENDLESS;
  const from = now();
  return {
    heard: (work, share) => atMost(timers, from + wait * share - now(), unlessUnavailable(work)),
  };
}

function atMost<T>(
  timers: Timers,
  wait: DurationMs,
  work: Promise<T | undefined>,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(Math.max(0, wait), () => resolve(undefined));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error as Error);
      },
    );
  });
}

async function unlessUnavailable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreUnavailableError) return undefined;
    throw error;
  }
}
