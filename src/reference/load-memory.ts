import { createHash } from "node:crypto";
import type { LoadedFile } from "./bundle.ts";
import { NotTextError } from "./csv.ts";
import type { Part } from "./file-parts.ts";
import type { Goods, GoodsParts } from "./goods.ts";
import type { ReferenceFile } from "./table.ts";

/**
 * What the last good load made of each file, so that a file that still says the same is not made
 * again: where a list of a nation takes half a minute, a row more in another takes a second.
 * One pseudonym key has one memory, because lists are digests under it.
 */
export interface LoadMemory {
  last?: Kept;
}

export interface Kept {
  readonly files: ReadonlyMap<string, KeptFile>;
  readonly goodsParts: GoodsParts;
  readonly goods: Goods;
}

interface KeptFile {
  /** Digest of its text as it was read. */
  readonly text: string;
  readonly part: Part;
  readonly loaded: LoadedFile;
}

/** What a file came to in this load. */
export interface MadeFile {
  readonly text: string;
  readonly part: Part;
}

/** The part made of the same text before. */
export function keptPart(
  { last }: LoadMemory,
  file: ReferenceFile,
  text: string,
): KeptFile | undefined {
  const kept = last?.files.get(file.name);
  return kept?.text === text ? kept : undefined;
}

/** The goods made of the same parts before. */
export function keptGoods({ last }: LoadMemory, parts: GoodsParts): Goods | undefined {
  if (last === undefined) return undefined;
  const { drugs, watchlist, combinations } = last.goodsParts;
  const isSame =
    parts.drugs === drugs && parts.watchlist === watchlist && parts.combinations === combinations;
  return isSame ? last.goods : undefined;
}

/** Remembers what made the last bundle, and nothing older. */
export function keep(
  memory: LoadMemory,
  made: ReadonlyMap<string, MadeFile>,
  loaded: readonly LoadedFile[],
  { parts, goods }: { readonly parts: GoodsParts; readonly goods: Goods },
): void {
  const files = new Map<string, KeptFile>();
  for (const each of loaded) {
    const file = made.get(each.name);
    if (file !== undefined) files.set(each.name, { ...file, loaded: each });
  }
  const { drugs, watchlist, combinations } = parts;
  memory.last = { files, goodsParts: { drugs, watchlist, combinations }, goods };
}

/** Hands back now and then. undefined where the bytes are no text: reading it will say so. */
export function* textDigest({ text }: ReferenceFile): Generator<void, string | undefined> {
  const hash = createHash("sha256");
  try {
    for (const piece of typeof text === "string" ? [text] : text) {
      hash.update(piece);
      yield;
    }
  } catch (error) {
    if (error instanceof NotTextError) return undefined;
    throw error;
  }
  return hash.digest("base64");
}
