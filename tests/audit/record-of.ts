import type { JournalRecord } from "../../src/audit/event.ts";

/** What a line of the journal says. */
export function recordOf(text: string): JournalRecord {
  return JSON.parse(text) as JournalRecord;
}
