import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import type { LoadedFile } from "./bundle.ts";
import type { ListPseudonyms } from "./list-pseudonyms.ts";

/**
 * The bundle's hash over what the files say: trimmed cells in the contract's order of columns,
 * rows in the order of the file, files in the order of their names. Line endings, quoting, a byte
 * order mark, the order of columns and of files do not count.
 */
export interface ContentHash {
  /** Says that the file is there, even without a row. */
  open(file: string): void;
  /** Says that the file is there and what its digest is. */
  keep(file: LoadedFile): void;
  update(file: string, values: readonly string[]): void;
  finish(): Hashes;
}

export interface Hashes {
  /** Of everything: `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
  /** Of each file that is there, by name. */
  readonly files: readonly LoadedFile[];
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
  const files = new Map<string, Digesting>();
  const kept = new Map<string, LoadedFile>();
  const open = (file: string) => {
    const known = files.get(file) ?? { hash: createHash("sha256"), rows: [], count: 0 };
    files.set(file, known);
    return known;
  };
  const digested = (name: string): LoadedFile => {
    const { hash, rows, count } = open(name);
    const digest = hash.update(rows.map((row) => `${row}\n`).join("")).digest("hex");
    const shown = holdsIds(name) ? pseudonymise.person(digest) : digest;
    return Object.freeze({ name, digest: shown, rows: count });
  };
  return {
    open,
    keep(file) {
      kept.set(file.name, file);
    },
    update(file, values) {
      const digesting = open(file);
      const { hash, rows } = digesting;
      digesting.count += 1;
      rows.push(JSON.stringify(values));
      if (rows.length >= ROWS_AT_ONCE) hash.update(`${rows.splice(0).join("\n")}\n`);
    },
    finish() {
      const whole = createHash("sha256");
      const names = [...files.keys(), ...kept.keys()].sort();
      const loaded = names.map((name) => kept.get(name) ?? digested(name));
      for (const { name, digest } of loaded) whole.update(`${name} ${digest}\n`);
      return { hash: `sha256:${whole.digest("hex")}`, files: Object.freeze(loaded) };
    },
  };
}

/** A file's digest while its rows come. */
interface Digesting {
  readonly hash: Hash;
  readonly rows: string[];
  count: number;
}
