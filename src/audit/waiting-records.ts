import type { Journal } from "./journal.ts";
import { positionFile } from "./relay-position.ts";
import {
  FROM_THE_OLDEST,
  type JournalPosition,
  type ReadBatch,
  SegmentReader,
} from "./segment-reader.ts";
import { parseRecord } from "./segments.ts";

const FILE = "entries.position";

/** The journal read again for what waits in it, and where everything before is closed; kept beside the journal. */
export async function openWaitingRecords(journal: Journal, folder: string) {
  const file = positionFile(folder, FILE);
  const read = await file.read();
  // Beyond the end: the disk lost records at a power failure, or the folder is another one.
  const start = read.record > journal.end().next ? FROM_THE_OLDEST : read;
  journal.owe(start.record);
  let written = start;
  return {
    end: (): JournalPosition => journal.position(),
    read: async (from: JournalPosition, max: number): Promise<ReadBatch> => {
      const reader = new SegmentReader(folder, from, parseRecord);
      try {
        return await reader.read(max);
      } finally {
        await reader.close();
      }
    },
    kept: start,
    keep: async (before: JournalPosition) => {
      journal.owe(before.record);
      if (before.record === written.record) return;
      await file.write(before);
      written = before;
    },
  };
}
