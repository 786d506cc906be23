import type { DurationMs } from "../units.ts";
import type { DeskTools } from "./tools.ts";
import type { Check } from "./under-check.ts";

/** When a step must be done, and the least it gets when the process itself was late: shares of the deadline. */
export interface Share {
  readonly by: number;
  readonly least: number;
}

export const OBSERVE: Share = { by: 0.7, least: 0.7 };
/** Without the seal the answer still stands in this process. */
export const SEAL: Share = { by: 0.85, least: 0.15 };
/**
 * Without the record there is no answer at all. The least shares make up the deadline and no more: a slow store and a
 * slow disk at once must not add up to an answer that comes too late (found in the simulated world).
 */
export const RECORD: Share = { by: 0.97, least: 0.15 };

/**
 * What is left for a step, and at least its own least share of the deadline: a process that was held up itself
 * (other checks, the machine) answers that much later, and does not call a store or a journal late that was not.
 */
export function timeLeft(
  { deadline, clock, steady = clock }: Pick<DeskTools, "deadline" | "clock" | "steady">,
  { steadyAt }: Pick<Check, "steadyAt">,
  { by, least }: Share,
): DurationMs {
  return Math.max(steadyAt + deadline * by - steady.now(), deadline * least);
}
