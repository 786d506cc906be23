import type { Bytes } from "../../units.ts";
import type { Put } from "./log-frames.ts";

/** Beside key and value: the table's slot, the entry and its buffer. */
const ENTRY_BYTES = 300;

export interface Kept extends Put {
  /** In which table it was put; 0: it is in the file as it is here. */
  readonly table: number;
}

/**
 * What was put or read lately, in two tables: the young one takes everything, and becomes the old one as a whole. So
 * what is asked for stays, and nothing needs a list of how long ago each was used.
 */
export class KeptTables {
  private young = new Map<Bytes, Kept>();
  private old = new Map<Bytes, Kept>();
  private number = 1;
  /** Of the young one, about. */
  bytes = 0;

  get(key: Bytes): Kept | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const old = this.old.get(key);
    if (old !== undefined) this.add(old);
    return old;
  }

  has(key: Bytes): boolean {
    return this.young.has(key) || this.old.has(key);
  }

  /** Returns what stood there. */
  put({ key, value, expiresAt }: Put): Kept | undefined {
    const before = this.young.get(key);
    if (before !== undefined) this.bytes -= sizeOf(before);
    this.add({ key, value, expiresAt, table: this.number });
    return before;
  }

  /** As if these puts had never been; `before` is what they returned. */
  takeBack(puts: readonly Put[], before: readonly (Kept | undefined)[]): void {
    for (let last = puts.length - 1; last >= 0; last--) {
      const key = puts[last]?.key ?? "";
      const stood = before[last];
      const put = this.young.get(key);
      if (put !== undefined) this.bytes -= sizeOf(put);
      this.young.delete(key);
      if (stood !== undefined) this.add(stood);
    }
  }

  /** What the file holds of a key that is in neither table; a value undefined: nothing. */
  note(kept: Kept): void {
    this.add(kept);
  }

  /** The young one becomes the old one, whose place it takes. */
  turn(): void {
    this.old = this.young;
    this.young = new Map();
    this.bytes = 0;
    this.number += 1;
  }

  /** What the old table has and the file has not; the table stays as it is while this is gone through. */
  *unsettled(): Generator<Kept> {
    for (const kept of this.old.values()) if (kept.table === this.number - 1) yield kept;
  }

  /** Takes and gives keys with this prefix, so that `keys` are those that stand. */
  correct(keys: Set<Bytes>, prefix: Bytes): void {
    for (const table of [this.old, this.young]) {
      for (const { key, value } of table.values()) {
        if (!key.startsWith(prefix)) continue;
        if (value === undefined) keys.delete(key);
        else keys.add(key);
      }
    }
  }

  private add(kept: Kept): void {
    this.young.set(kept.key, kept);
    this.bytes += sizeOf(kept);
  }
}

function sizeOf({ key, value }: Kept): number {
  return ENTRY_BYTES + key.length + (value?.length ?? 0);
}
