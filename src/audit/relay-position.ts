import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FROM_THE_OLDEST, type JournalPosition } from "./segment-reader.ts";

const Count = z.number().int().min(0);
const Position = z.strictObject({ segment: Count, offset: Count, record: Count });

/** Where the relay goes on after a restart; kept beside the journal. */
export interface PositionFile {
  read(): Promise<JournalPosition>;
  /** Replaces the file at once: a crash leaves the old or the new one, and the old one only repeats records. */
  write(position: JournalPosition): Promise<void>;
}

export function positionFile(folder: string, name = "relay.position"): PositionFile {
  const path = join(folder, name);
  return {
    read: async () => {
      try {
        return Position.parse(JSON.parse(await readFile(path, "utf8")));
      } catch {
        // None yet, or unreadable: records sent twice have equal ids, records not sent would be lost.
        return FROM_THE_OLDEST;
      }
    },
    write: async (position) => {
      const fresh = `${path}.new`;
      await writeFile(fresh, JSON.stringify(position), { mode: 0o640 });
      await rename(fresh, path);
    },
  };
}
