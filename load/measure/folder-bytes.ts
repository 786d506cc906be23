import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes of all files under a folder; 0 where there is none. A file that goes away meanwhile counts nothing. */
export function folderBytes(folder: string): number {
  let sum = 0;
  for (const name of list(folder)) {
    try {
      const stat = statSync(join(folder, name));
      if (stat.isFile()) sum += stat.size;
    } catch {
      // Gone meanwhile.
    }
  }
  return sum;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}
