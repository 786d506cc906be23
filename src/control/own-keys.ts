import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createPseudonymiser, generateKey, parseKeyFile } from "../privacy/key-file.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import { keepFile } from "./keep-file.ts";

/** The pseudonym key this process brings along. */
export interface OwnKeys {
  /** The key file's text: what is shared with other instances when it was generated. */
  readonly text: string;
  /** Made by the guard itself: the store's key wins over it. */
  readonly generated: boolean;
  /** Keeps the store's key in the folder, so that after a restart stand-ins know the same persons. */
  keep(text: string): Promise<void>;
}

/** The key file cannot be used; one sentence a mistake, nothing of a key. */
export class KeysBrokenError extends Error {
  readonly code = "GUARD_CONTROL_KEYS_BROKEN";
  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.name = "KeysBrokenError";
  }
}

const FILE = "keys.json";

/** From `GUARD_KEYS`, else from the data folder, else made there, readable by its owner alone. */
export async function readOwnKeys(keysFile: string | undefined, dataDir: string): Promise<OwnKeys> {
  const own = join(dataDir, FILE);
  const keep = (text: string) => keepFile(own, text);
  if (keysFile !== undefined) return { text: await read(keysFile), generated: false, keep };
  const kept = await readFile(own, "utf8").catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw new KeysBrokenError([`The key file in the data folder cannot be read: ${own}`]);
  });
  if (kept !== undefined) return { text: kept, generated: true, keep };
  const text = JSON.stringify(generateKey(randomBytes));
  await keep(text);
  return { text, generated: true, keep };
}

/** A key that is there and cannot be read must not be replaced by another. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => {
    throw new KeysBrokenError(["The file named by GUARD_KEYS cannot be read."]);
  });
}

/** @throws KeysBrokenError */
export function pseudonymiserOf(text: string): Pseudonymiser {
  const parsed = parseKeyFile(text);
  if ("mistakes" in parsed) throw new KeysBrokenError(parsed.mistakes);
  const pseudonymiser = createPseudonymiser(parsed.keySet);
  if (pseudonymiser === undefined) throw new KeysBrokenError(["The key file has no key in force."]);
  return pseudonymiser;
}
