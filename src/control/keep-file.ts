import { open, rename } from "node:fs/promises";

/** Writes a small file whole or not at all, readable by its owner alone: a crash leaves the one before. */
export async function keepFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
