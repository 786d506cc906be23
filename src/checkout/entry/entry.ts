import type { EpochMs } from "../../units.ts";
import type { Ticket, WaitingBook } from "./waiting-book.ts";

/** How much waits for the store, for readyz and for metrics. */
export interface EntryState {
  /** Checks and steps that are held; what is only in the journal comes on top. */
  readonly waiting: number;
  /** Some of it is only in the journal. */
  readonly more: boolean;
  /** When the oldest of them was told. */
  readonly oldest: EpochMs | undefined;
}

/** What the desks hand over, and what they ask before they act. */
export interface Entry {
  readonly book: WaitingBook;
  /** Called before a record that waits is written. */
  expect(): Ticket;
  /** Something is there to enter. */
  added(): void;
  /** The store answered just now: whoever waits for it may try. */
  storeAnswers(): void;
}

/** What the composition root does with it. */
export interface EntryLoop extends Entry {
  /** Reads the journal for what the process before left behind, as much as is held; then goes on by itself. */
  start(): Promise<void>;
  state(): EntryState;
  /** Enters what can be entered now; resolves when nothing of it is under way any more. */
  idle(): Promise<void>;
  /** Stops taking items; what is not entered stays in the journal for the next start. */
  stop(): Promise<void>;
}
