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
