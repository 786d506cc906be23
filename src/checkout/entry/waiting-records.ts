import type { JournalPosition, ReadBatch } from "../../audit/segment-reader.ts";

/** The journal as the queue of what the store has yet to be told: what was answered waits there over a restart. */
export interface WaitingRecords {
  /** Everything before it was closed when the process before ended. */
  readonly kept: JournalPosition;
  /** Where the next record will stand: whatever is written from now on is at it or behind it. */
  end(): JournalPosition;
  /** At most `max` records from there on; none where the end is reached. */
  read(from: JournalPosition, max: number): Promise<ReadBatch>;
  /** Everything before it is closed: kept for the next start, and the journal need not keep what is before. */
  keep(before: JournalPosition): Promise<void>;
}
