import { statfsSync } from "node:fs";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Bytes, DurationMs, EpochMs, Timers } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import { AheadLog } from "./ahead-log.ts";
import { type ByteShelf, KEPT_LONGER } from "./byte-shelf.ts";
import { BytesFile } from "./bytes-file.ts";
import { type Kept, KeptTables } from "./kept-tables.ts";
import { type LogDisk, realLogDisk } from "./log-disk.ts";
import type { Put } from "./log-frames.ts";
import { recoverSegments } from "./log-segments.ts";

/** At which the file is brought up to date: bytes of the log, and of what is kept in memory. About 6,000 swipes. */
const SIZES = { logBytes: 16_000_000, tableBytes: 32_000_000 };
/** So many times as much, and nothing more is taken before the file has followed. What it follows is as much again. */
const BEHIND_MAX = 4;
/** Puts handed to the file between two turns of the event loop: 0.1 ms. */
const SLICE = 64;
const RETRY_AFTER: DurationMs = 1_000;

/**
 * Bytes of the volume that are left alone, and the part of a small one: a commit that fails half-way for want of room
 * is lmdb's to take back, so none is begun then. The look costs a few µs, so it is not made for every command.
 */
const LEFT_MAX = 32_000_000;
const LEFT_SHARE = 1 / 80;
const LOOK_EVERY_BYTES = 64_000;
const FULL = "The volume of the embedded store is as good as full; free space on it.";
const BEHIND = "The disk of the embedded store does not keep up.";
const NOT_WRITTEN = "The disk of the embedded store does not take what is written.";

export interface ShelfOnDisk extends ByteShelf {
  /**
   * Bytes of the log that were cut off when it was opened: an unfinished command, or what a power loss or a bad disk has
   * spoilt and all that came after it. Opened again before the file has followed, it tells of the unfinished one again.
   */
  readonly cut: number;
}

/**
 * Bytes on disk: a log of commands, and behind it one lmdb file. A command reaches the operating system before it is
 * answered (survives kill -9) and the disk within 0.1 s (at power loss all commands up to an instant stand, and none
 * after it). Measured: lmdb flushes a transaction of its own before the call returns, 2 ms of everybody's time; in the
 * log 12 puts of 700 B cost 20 µs, and 60 µs in the file, in transactions of thousands.
 */
export function createDiskShelf(
  path: string,
  timers: Timers,
  sizes = SIZES,
  disk: LogDisk = realLogDisk,
): ShelfOnDisk {
  const shelf = new DiskShelf(path, timers, sizes, disk);
  return {
    cut: shelf.cut,
    get: (key, now) => shelf.get(key, now),
    set: (key, value, expiresAt) => shelf.set(key, value, expiresAt),
    remove: (key) => shelf.remove(key),
    keys: (prefix) => shelf.keys(prefix),
    together: (work) => shelf.together(work),
    close: () => shelf.close(),
  };
}

class DiskShelf {
  readonly cut: number;
  private readonly path: string;
  private readonly sizes: typeof SIZES;
  private readonly tables = new KeptTables();
  private readonly log: AheadLog;
  private readonly file: BytesFile;
  /** What the command that runs now has put, and what stood there before. */
  private command: { readonly puts: Put[]; readonly before: (Kept | undefined)[] } | undefined;
  /** Not the latest: a clock that was stepped ahead and back must not make everything expire from then on. */
  private heardAt: EpochMs = 0;
  /** The old table is not in the file yet, nor what the log has up to this segment. */
  private unsettledTo: number | undefined;
  private settling: Promise<void> | undefined;
  private retryAt = 0;
  private lookAt = 0;

  constructor(path: string, timers: Timers, sizes: typeof SIZES, disk: LogDisk) {
    this.path = path;
    this.sizes = sizes;
    this.file = new BytesFile(path);
    const { segments, cut } = recoverSegments(path, (put) => this.tables.put(put));
    this.cut = cut;
    this.log = new AheadLog(path, timers, disk, segments);
  }

  get(key: Bytes, now: EpochMs): Buffer | undefined {
    this.heardAt = now;
    const { value, expiresAt } = this.find(key);
    return expiresAt + KEPT_LONGER > now ? value : undefined;
  }

  set(key: Bytes, value: Buffer, expiresAt: EpochMs): void {
    this.put({ key, value, expiresAt: Math.max(this.find(key).expiresAt, expiresAt) });
  }

  remove(key: Bytes): void {
    this.put({ key, value: undefined, expiresAt: 0 });
  }

  keys(prefix: Bytes): Bytes[] {
    const keys = new Set(this.file.keys(prefix));
    this.tables.correct(keys, prefix);
    return [...keys];
  }

  together<T>(work: () => T): T | Promise<T> {
    this.assertUsable();
    const puts: Put[] = [];
    const before: (Kept | undefined)[] = [];
    this.command = { puts, before };
    let result: T;
    try {
      result = work();
      this.log.add(puts);
    } catch (error) {
      this.tables.takeBack(puts, before);
      throw error;
    } finally {
      this.command = undefined;
    }
    this.settleWhereDue();
    // Also where it put nothing: what it has seen may not be written yet.
    return this.written(result);
  }

  /** What can still be brought into the file is; the rest stays in the log, for the next start. */
  async close(): Promise<void> {
    try {
      await this.log.written();
      await this.settling;
      if (this.unsettledTo !== undefined) await this.settle();
      if (this.log.bytes > 0) await this.settle();
    } catch {
      // As after kill -9.
    }
    // Also where the log has failed meanwhile: it must not find the file closed.
    await this.settling?.catch(() => undefined);
    await this.log.close();
    await this.file.close();
  }

  private find(key: Bytes): Kept {
    const found = this.tables.get(key);
    if (found !== undefined) return found;
    const filed = this.file.get(key);
    const kept = { key, value: filed?.value, expiresAt: filed?.expiresAt ?? 0, table: 0 };
    // While nothing can be put, reading goes on: it must not fill the memory.
    if (!this.isBeyond(BEHIND_MAX)) this.tables.note(kept);
    return kept;
  }

  private put(put: Put): void {
    const before = this.tables.put(put);
    if (this.command === undefined) {
      this.log.add([put]);
      this.settleWhereDue();
      return;
    }
    this.command.puts.push(put);
    this.command.before.push(before);
  }

  private async written<T>(result: T): Promise<T> {
    try {
      await this.log.written();
      return result;
    } catch (error) {
      throw new StoreUnavailableError(NOT_WRITTEN, { cause: error });
    }
  }

  private assertUsable(): void {
    const cause = this.log.trouble();
    if (cause !== undefined) throw new StoreUnavailableError(NOT_WRITTEN, { cause });
    if (this.log.added >= this.lookAt) {
      this.assertRoom();
      this.lookAt = this.log.added + LOOK_EVERY_BYTES;
    }
    if (!this.isBeyond(BEHIND_MAX)) return;
    // No command that goes through will ask for it.
    this.settleWhereDue();
    if (this.isBeyond(BEHIND_MAX)) throw new StoreUnavailableError(BEHIND);
  }

  private assertRoom(): void {
    const { bavail, blocks, bsize } = statfsSync(this.path);
    const isFull = bavail * bsize < Math.min(LEFT_MAX, blocks * bsize * LEFT_SHARE);
    if (isFull) throw new StoreUnavailableError(FULL);
  }

  private isBeyond(times: number): boolean {
    const { logBytes, tableBytes } = this.sizes;
    return this.log.bytes > times * logBytes || this.tables.bytes > times * tableBytes;
  }

  private settleWhereDue(): void {
    if (this.settling !== undefined || performance.now() < this.retryAt) return;
    if (this.isBeyond(1) || this.log.isDoubtful) void this.settle().catch(() => undefined);
  }

  /** Brings the file up to date with everything until now; after a failure, with what was left then. */
  private settle(): Promise<void> {
    this.settling ??= this.settleOld().finally(() => {
      this.settling = undefined;
    });
    return this.settling;
  }

  private async settleOld(): Promise<void> {
    if (this.unsettledTo === undefined) {
      this.tables.turn();
      this.unsettledTo = this.log.turn();
    }
    try {
      // First the log, so that no power loss finds a part of a command in the file and none of it in the log.
      await this.log.written();
      await this.log.sync();
      await this.fill();
      await this.log.forget(this.unsettledTo);
      this.unsettledTo = undefined;
    } catch (error) {
      this.retryAt = performance.now() + RETRY_AFTER;
      throw error;
    }
  }

  private async fill(): Promise<void> {
    const isOver = (key: Bytes, expiresAt: EpochMs) =>
      expiresAt + KEPT_LONGER <= this.heardAt && !this.tables.has(key);
    let slice: Kept[] = [];
    const hand = async () => {
      this.assertRoom();
      this.file.write(slice);
      // Expired entries are looked for in steps behind the writes, so that no timer is needed.
      this.file.sweep(slice.length, isOver);
      slice = [];
      await turnOfTheLoop();
    };
    for (const kept of this.tables.unsettled()) {
      slice.push(kept);
      if (slice.length === SLICE) await hand();
    }
    await hand();
    await this.file.settled();
  }
}
