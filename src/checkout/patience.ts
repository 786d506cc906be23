import { StoreUnavailableError } from "../counters/contract.ts";
import { TOO_LATE, within } from "./deadline.ts";
import type { DeskTools } from "./tools.ts";

/** What comes after a check may wait longer than checks: nobody stands at the counter for it. In deadlines. */
const PATIENCE = 4;

/** @throws StoreUnavailableError where the store does not answer in time */
export async function heard<T>(
  { patient, timers, deadline }: Pick<DeskTools, "patient" | "timers" | "deadline">,
  work: Promise<T>,
): Promise<T> {
  if (patient) return work;
  const answer = await within(timers, deadline * PATIENCE, work, () => undefined);
  if (answer === TOO_LATE) throw new StoreUnavailableError("The store did not answer in time.");
  return answer;
}

/**
 * A record of what comes after a check, handed over before its answer leaves. False: the journal did not take it, or
 * not in time; it may be written all the same.
 */
export async function written(
  { timers, deadline }: Pick<DeskTools, "timers" | "deadline">,
  write: Promise<void>,
): Promise<boolean> {
  try {
    return (await within(timers, deadline * PATIENCE, write, () => undefined)) !== TOO_LATE;
  } catch {
    return false;
  }
}
