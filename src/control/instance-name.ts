import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { keepFile } from "./keep-file.ts";

/** Kept in the data folder: events of one instance keep their source across restarts. */
export async function instanceName(dataDir: string): Promise<string> {
  const path = join(dataDir, "instance");
  const kept = await readFile(path, "utf8").catch(() => undefined);
  if (kept !== undefined && /^[0-9a-f]{12}$/.test(kept)) return kept;
  const name = randomBytes(6).toString("hex");
  await keepFile(path, name);
  return name;
}
