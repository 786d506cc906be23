import { open, rename } from "node:fs/promises";

/** Writes a file whole or not at all, readable by its owner alone: a crash leaves the one before. */
export async function keepFile(path: string, text: string | Iterable<string>): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    // Part by part, so that a large file holds nobody up.
    for (const part of typeof text === "string" ? [text] : text) await file.writeFile(part);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
