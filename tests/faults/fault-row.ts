import { appendFileSync } from "node:fs";

/** One row of the README's table of faults, as a test saw it. */
export interface FaultRow {
  /** What went wrong, in a few words; names the row. */
  readonly fault: string;
  /** How it is made: which real thing was done to which real process. */
  readonly made: string;
  /** How often in this run. */
  readonly runs: number;
  /** Requests the tills sent while it lasted and after. */
  readonly requests: number;
  /** Answered requests (or settlements) whose effect or record is nowhere afterwards. */
  readonly lost: number;
  readonly countedTwice: number;
  /** The slowest answer of an accepted check, in milliseconds, beside the deadline it was given. */
  readonly slowestMs?: number;
  readonly deadlineMs?: number;
}

/** Written where the command that prints the table asks for it; a plain test run keeps none. */
export function faultRow(row: FaultRow): void {
  const file = process.env["GUARD_FAULT_ROWS"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}
