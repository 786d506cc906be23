import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import type { ListPseudonyms } from "./list-pseudonyms.ts";

/**
 * The bundle's hash over what the files say: trimmed cells in the contract's order of columns,
 * rows in the order of the file, files in the order of their names. Line endings, quoting, a byte
 * order mark, the order of columns and of files do not count.
 */
export interface ContentHash {
  /** Says that the file is there, even without a row. */
  open(file: string): void;
  update(file: string, values: readonly string[]): void;
  /** `sha256:` and 64 hexadecimal digits. */
  finish(): string;
}

/** Rows joined before they are hashed: one call a row costs more than the hashing. */
const ROWS_AT_ONCE = 256;

/**
 * The bundle's hash goes into every decision, and the files hold ids of persons. Whoever knew all
 * rows but one could try all ID numbers against a plain hash, so the digest of a file with ids
 * enters only through the key. (`person` is never called with 64 hexadecimal digits otherwise.)
 * Hence the hash of one content differs under another pseudonym key.
 */
export function createContentHash(
  holdsIds: (file: string) => boolean,
  pseudonymise: ListPseudonyms,
): ContentHash {
  const files = new Map<string, { readonly hash: Hash; readonly rows: string[] }>();
  const open = (file: string) => {
    const known = files.get(file) ?? { hash: createHash("sha256"), rows: [] };
    files.set(file, known);
    return known;
  };
  return {
    open,
    update(file, values) {
      const { hash, rows } = open(file);
      rows.push(JSON.stringify(values));
      if (rows.length >= ROWS_AT_ONCE) hash.update(`${rows.splice(0).join("\n")}\n`);
    },
    finish() {
      const whole = createHash("sha256");
      for (const name of [...files.keys()].sort()) {
        const { hash, rows } = open(name);
        const digest = hash.update(rows.map((row) => `${row}\n`).join("")).digest("hex");
        whole.update(`${name} ${holdsIds(name) ? pseudonymise.person(digest) : digest}\n`);
      }
      return `sha256:${whole.digest("hex")}`;
    },
  };
}
