import { readdir, readFile, rename, writeFile } from "node:fs/promises";
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

/** Whoever reads the journal keeps where it stands in a file of this name's ending, beside the segments. */
const ENDING = ".position";

/** `onBroken`: there is a file, and it says nothing that can be used. */
export function positionFile(
  folder: string,
  name = `relay${ENDING}`,
  onBroken: () => void = () => undefined,
): PositionFile {
  const path = join(folder, name);
  return {
    read: async () => {
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") onBroken();
        return FROM_THE_OLDEST;
      }
      const position = parsePosition(text);
      // Records sent twice have equal ids; records not sent would be lost.
      if (position === undefined) onBroken();
      return position ?? FROM_THE_OLDEST;
    },
    write: async (position) => {
      const fresh = `${path}.new`;
      await writeFile(fresh, JSON.stringify(position), { mode: 0o640 });
      await rename(fresh, path);
    },
  };
}

function parsePosition(text: string): JournalPosition | undefined {
  try {
    return Position.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The furthest that any reader of the folder ever came: numbers below it were given away, whatever the disk still has. */
export async function furthestPosition(folder: string): Promise<number> {
  let furthest = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith(ENDING)) continue;
    furthest = Math.max(furthest, (await positionFile(folder, name).read()).record);
  }
  return furthest;
}
