import type { ByteShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { type LogDisk, realLogDisk } from "../../src/counters/embedded/log-disk.ts";
import { DAY, type EpochMs } from "../../src/units.ts";

const NOW: EpochMs = Date.UTC(2026, 10, 22);
export const LATER = NOW + DAY;
/** So small that the file is brought up to date every few commands. */
export const TINY = { logBytes: 6_000, tableBytes: 1_000_000 };
export const KEYS = ["a", "b", "c"].map((name) => `g1:${name}`);

/** A command that puts the same text under three keys. */
export async function putThree(shelf: ByteShelf, text: string): Promise<void> {
  await shelf.together(() => {
    for (const key of KEYS) shelf.set(key, Buffer.from(text), LATER);
  });
}

export const three = (shelf: ByteShelf) => KEYS.map((key) => shelf.get(key, NOW)?.toString());
export interface Faults {
  /** Bytes the disk still takes; what is beyond is taken in part, then not at all. */
  room: number;
  /** Writes wait for this. */
  frozen: Promise<void>;
  flushFails: boolean;
  removeFails: boolean;
}

const failed = (code: string) => Object.assign(new Error(code), { code });

export function faultyDisk(): { readonly disk: LogDisk; readonly faults: Faults } {
  const faults: Faults = {
    ...{ room: Number.POSITIVE_INFINITY, frozen: Promise.resolve() },
    ...{ flushFails: false, removeFails: false },
  };
  const disk: LogDisk = {
    ...realLogDisk,
    open: async (path) => {
      const file = await realLogDisk.open(path);
      return {
        ...file,
        write: async (bytes, position) => {
          await faults.frozen;
          if (faults.room === 0) throw failed("ENOSPC");
          const took = await file.write(bytes.subarray(0, faults.room), position);
          faults.room -= took;
          return took;
        },
        datasync: async () => {
          if (faults.flushFails) throw failed("EIO");
          await file.datasync();
        },
      };
    },
    remove: async (path) => {
      if (faults.removeFails) throw failed("EIO");
      await realLogDisk.remove(path);
    },
  };
  return { disk, faults };
}
