import type { JournalRecord } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";

/** What a line of the journal says. */
export function recordOf(text: RecordText): JournalRecord {
  return JSON.parse(String(text)) as JournalRecord;
}
