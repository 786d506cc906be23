import { statfsSync } from "node:fs";
import { open } from "lmdb";
import type { Bytes, EpochMs } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import { type ByteShelf, KEPT_LONGER } from "./byte-shelf.ts";

const EXPIRY = 6;
/** Expired entries are looked for in steps behind the writes, so that no timer is needed. */
const SWEEP_STEP = 4;
const SWEEP_EVERY = 8;

/**
 * Bytes of the volume that are left alone, and the part of a small one: a commit that fails half-way for want of room
 * is lmdb's to take back, so none is begun then. The look costs a few µs.
 */
const LEFT_MAX = 32_000_000;
const LEFT_SHARE = 1 / 80;
const FULL = "The volume of the embedded store is as good as full; free space on it.";

function isAsGoodAsFull(path: string): boolean {
  const { bavail, blocks, bsize } = statfsSync(path);
  return bavail * bsize < Math.min(LEFT_MAX, blocks * bsize * LEFT_SHARE);
}

function isOver(stored: Buffer, now: EpochMs): boolean {
  return stored.readUIntBE(0, EXPIRY) + KEPT_LONGER <= now;
}

/**
 * Bytes on disk in one lmdb file. A commit reaches the operating system before the call returns
 * (survives kill -9) and the disk shortly after (`overlappingSync`: at power loss the last synced state stands).
 * Measured here, 12 puts of 700 B: p50 85 µs, p99 161 µs; without sync 17 µs, which power loss could corrupt.
 */
export function createDiskShelf(path: string): ByteShelf {
  const file = open<Buffer, Buffer>({
    path,
    encoding: "binary",
    keyEncoding: "binary",
    overlappingSync: true,
    maxReaders: 32,
  });
  let writes = 0;
  let sweepNow: EpochMs = 0;
  let sweptTo: Buffer | undefined;
  const sweepSome = (now: EpochMs) => {
    const range = file.getRange({ limit: SWEEP_STEP, ...(sweptTo ? { start: sweptTo } : {}) });
    let last: Buffer | undefined;
    for (const { key, value } of range) {
      last = key;
      if (isOver(value, now)) file.removeSync(key);
    }
    sweptTo = last === undefined || last.equals(sweptTo ?? Buffer.alloc(0)) ? undefined : last;
  };
  const name = (key: Bytes) => Buffer.from(key, "latin1");
  return {
    get: (key, now) => {
      const stored = file.get(name(key));
      if (stored === undefined || isOver(stored, now)) return undefined;
      sweepNow = Math.max(sweepNow, now);
      return stored.subarray(EXPIRY);
    },
    set: (key, value, expiresAt) => {
      const stored = Buffer.allocUnsafe(EXPIRY + value.length);
      const before = file.get(name(key))?.readUIntBE(0, EXPIRY) ?? 0;
      stored.writeUIntBE(Math.max(before, expiresAt), 0, EXPIRY);
      value.copy(stored, EXPIRY);
      file.putSync(name(key), stored);
      writes += 1;
      if (writes % SWEEP_EVERY === 0) sweepSome(sweepNow);
    },
    remove: (key) => {
      file.removeSync(name(key));
    },
    keys: (prefix) =>
      file
        // Text of the prefix and nothing above it: no byte of a key is 255 behind one.
        .getKeys({ start: name(prefix), end: name(`${prefix}\xff`) })
        .map((key) => key.toString("latin1")),
    together: (work) => {
      if (isAsGoodAsFull(path)) throw new StoreUnavailableError(FULL);
      let isDone = false;
      try {
        return file.transactionSync(() => {
          const result = work();
          isDone = true;
          return result;
        });
      } catch (error) {
        if (!isDone) throw error;
        throw new StoreUnavailableError(FULL, { cause: error });
      }
    },
    close: () => file.close(),
  };
}
