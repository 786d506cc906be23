import { type Database, open } from "lmdb";
import type { Bytes, EpochMs } from "../../units.ts";
import type { Put } from "./log-frames.ts";

/** Before each value. */
const EXPIRY = 6;
const BELOW_ALL = "\0";
const ABOVE_ALL = "\xff";

/** Keys are text of single bytes, written as they are. */
const KEYS = {
  writeKey: (key: Bytes, target: Buffer, start: number) =>
    start + target.write(key, start, key.length, "latin1"),
  readKey: (source: Buffer, start: number, end: number) => source.toString("latin1", start, end),
};

export interface Filed {
  readonly value: Buffer;
  readonly expiresAt: EpochMs;
}

/** The shelf's lmdb file. Reads are at once; writes go to lmdb's own thread, in its order. */
export class BytesFile {
  private readonly file: Database<Buffer, Bytes>;
  private sweptTo: Bytes | undefined;
  /** Of one commit all promises are the same one. */
  private committing: Promise<unknown> | undefined;
  private watched: Promise<unknown> = Promise.resolve();
  private failure: Error | undefined;

  constructor(path: string) {
    this.file = open<Buffer, Bytes>({
      path,
      encoding: "binary",
      keyEncoder: KEYS,
      overlappingSync: true,
      maxReaders: 32,
    });
  }

  get(key: Bytes): Filed | undefined {
    const stored = this.file.get(key);
    return stored && { value: stored.subarray(EXPIRY), expiresAt: stored.readUIntBE(0, EXPIRY) };
  }

  /** Handed over; whether it got there is what `settled` says. */
  write(puts: readonly Put[]): void {
    // In one piece: lmdb asks for the address of each piece of memory.
    const all = Buffer.allocUnsafeSlow(puts.reduce((sum, put) => sum + storedBytes(put), 0));
    let at = 0;
    for (const put of puts) {
      const { key, value, expiresAt } = put;
      if (value === undefined) {
        this.watch(this.file.remove(key));
        continue;
      }
      const end = at + storedBytes(put);
      all.writeUIntBE(expiresAt, at, EXPIRY);
      value.copy(all, at + EXPIRY);
      this.watch(this.file.put(key, all.subarray(at, end)));
      at = end;
    }
  }

  /** Resolves when everything handed over is on disk. Rejects where something of it is not, and forgets that it said so. */
  async settled(): Promise<void> {
    await this.watched;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    await this.file.flushed;
  }

  /** Looks at so many keys, goes on where it ended last, and removes those that `isOver`. */
  sweep(limit: number, isOver: (key: Bytes, expiresAt: EpochMs) => boolean): void {
    const start = this.sweptTo ?? BELOW_ALL;
    // One more: it begins with the key it ended with.
    const range = this.file.getRange({ limit: limit + 1, start });
    let last: Bytes | undefined;
    let looked = 0;
    for (const { key, value } of range) {
      last = key;
      looked += 1;
      if (isOver(key, value.readUIntBE(0, EXPIRY))) this.watch(this.file.remove(key));
    }
    this.sweptTo = looked > limit ? last : undefined;
  }

  /** Text of the prefix and nothing above it: no byte of a key is 255 behind one. */
  keys(prefix: Bytes): Iterable<Bytes> {
    return this.file.getKeys({ start: prefix, end: prefix + ABOVE_ALL });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private watch(committing: Promise<unknown>): void {
    if (committing === this.committing) return;
    this.committing = committing;
    this.watched = committing.catch((error: Error & { commitError?: Promise<unknown> }) => {
      this.failure ??= error;
      // The reason, which lmdb rejects besides: it must not end the process.
      error.commitError?.catch(() => undefined);
    });
  }
}

function storedBytes({ value }: Put): number {
  return value === undefined ? 0 : EXPIRY + value.length;
}
