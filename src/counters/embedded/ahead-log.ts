import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { DurationMs, Timers } from "../../units.ts";
import type { LogDisk, LogFile } from "./log-disk.ts";
import { FrameBuffer, type Put } from "./log-frames.ts";
import { type SegmentFacts, segmentHead, segmentPath } from "./log-segments.ts";

/** As the journal's: half of the 0.1 s an answer may take to the disk; the flush itself has the other half. */
const SYNC_EVERY: DurationMs = 50;
/** A write the system has not taken for this long: who waits for it hears so, and nothing is begun before it has. */
const STUCK_AFTER: DurationMs = 1_000;
/** Bytes of commands behind a write under way. */
const WAITING_BYTES_MAX = 8_000_000;

interface Segment {
  readonly number: number;
  /** Undefined: it was there at the start, and is only to be removed. */
  readonly file: LogFile | undefined;
  bytes: number;
}

/**
 * Commands in the order they were carried out, before their puts are in the file of the shelf: handed to the system in
 * one write for all that came in a turn of the event loop (they survive kill -9 then), and `SYNC_EVERY` later on disk.
 */
export class AheadLog {
  private readonly folder: string;
  private readonly timers: Timers;
  private readonly disk: LogDisk;
  private readonly segments: Segment[];
  private lastNumber: number;
  private current: Segment | undefined;
  private filling = new Batch();
  private spare = new Batch();
  /** Being written; or what a write has failed to, until one succeeds. */
  private owed: Batch | undefined;
  /** Of the last write, until one succeeds. */
  private failure: Error | undefined;
  /** Of the write under way. */
  private stuck: Error | undefined;
  private isPumping = false;
  private pumped: Promise<void> = Promise.resolve();
  private readonly unsynced = new Set<Segment>();
  private isFolderUnsynced = false;
  private cancelSync: (() => void) | undefined;
  private syncing: Promise<void> = Promise.resolve();
  private isClosing = false;
  /** Bytes since the last `turn`. */
  bytes: number;
  /** Bytes since the start. */
  added = 0;
  /** A flush failed since the last `turn`: what it was for is safe once it is in the file. */
  isDoubtful = false;

  constructor(folder: string, timers: Timers, disk: LogDisk, recovered: readonly SegmentFacts[]) {
    this.folder = folder;
    this.timers = timers;
    this.disk = disk;
    this.segments = recovered.map((facts) => ({ ...facts, file: undefined }));
    this.lastNumber = recovered.at(-1)?.number ?? 0;
    this.bytes = recovered.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Why no command can be begun now. Asking is the probe: what is owed is tried once more. */
  trouble(): Error | undefined {
    if (this.isClosing) return new Error("the log is closed");
    if (this.stuck !== undefined) return this.stuck;
    if (this.failure !== undefined) {
      this.pump();
      return this.failure;
    }
    const isFull = this.filling.frames.length > WAITING_BYTES_MAX;
    return isFull ? new Error("too much waits for the disk") : undefined;
  }

  /** As one: at a start after a crash all of them are found, or none. */
  add(puts: readonly Put[]): void {
    if (puts.length === 0) return;
    const before = this.filling.frames.length;
    this.filling.frames.add(puts);
    const bytes = this.filling.frames.length - before;
    this.bytes += bytes;
    this.added += bytes;
    this.pump();
  }

  /**
   * Resolves when everything added so far is with the operating system. Rejects where a write fails, or is under way
   * for `STUCK_AFTER`; what was added is kept then, and tried again when something is asked of the log.
   */
  written(): Promise<void> {
    const last = this.filling.frames.length > 0 ? this.filling : this.owed;
    if (last === undefined) return WRITTEN;
    if (this.stuck !== undefined) return Promise.reject(this.stuck);
    // What was refused is not under way: without this nobody would ever settle the promise.
    this.pump();
    return last.promise();
  }

  /** Resolves when everything written so far is on disk; a failure says `isDoubtful`. */
  sync(): Promise<void> {
    this.syncing = this.syncing.then(() => this.syncNow());
    return this.syncing;
  }

  /** What comes now goes into a new segment. Returns the last one before it. */
  turn(): number {
    this.current = undefined;
    this.bytes = 0;
    this.isDoubtful = false;
    return this.lastNumber;
  }

  /** Everything up to this segment is in the file, on disk. */
  async forget(last: number): Promise<void> {
    for (let oldest = this.segments[0]; oldest !== undefined; oldest = this.segments[0]) {
      if (oldest.number > last) break;
      await oldest.file?.close();
      await this.disk.remove(segmentPath(this.folder, oldest.number));
      this.segments.shift();
    }
    // None may come back at a power loss beside a later one, over a file that is newer.
    await this.disk.syncFolder(this.folder);
  }

  async close(): Promise<void> {
    this.isClosing = true;
    this.cancelSync?.();
    // A write under way ends first: later it would fall into what the next process reads and goes on with.
    if (this.isPumping) await turnOfTheLoop();
    await this.pumped;
    await this.sync();
    // What a close can fail with, the flush has met before it.
    await Promise.allSettled(this.segments.map(async ({ file }) => file?.close()));
  }

  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    // A turn of the event loop later, so that the commands of this turn go together.
    setImmediate(() => {
      this.pumped = this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    try {
      for (let batch = this.next(); batch !== undefined; batch = this.next()) {
        await this.writeInTime(batch.frames.view());
        this.failure = undefined;
        this.owed = undefined;
        batch.taken();
        this.spare = batch;
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.refuse(this.failure);
    } finally {
      this.isPumping = false;
    }
  }

  private async writeInTime(bytes: Buffer): Promise<void> {
    const cancel = this.timers.after(STUCK_AFTER, () => {
      this.stuck = new Error("the system has not taken a write for a second");
      this.refuse(this.stuck);
    });
    try {
      await this.write(bytes);
    } finally {
      cancel();
      this.stuck = undefined;
    }
  }

  private refuse(error: Error): void {
    this.owed?.refused(error);
    this.filling.refused(error);
  }

  private next(): Batch | undefined {
    if (this.owed === undefined && this.filling.frames.length > 0) {
      this.owed = this.filling;
      this.filling = this.spare;
    }
    return this.owed;
  }

  /** Always to where the last sound write ended: what a failed one left is written over. */
  private async write(bytes: Buffer): Promise<void> {
    const segment = this.current ?? (await this.begin());
    await writeAt(segment, bytes);
    segment.bytes += bytes.length;
    this.unsynced.add(segment);
    this.scheduleSync();
  }

  private async begin(): Promise<Segment> {
    if (this.isClosing) throw new Error("the log is closed");
    const number = this.lastNumber + 1;
    const file = await this.disk.open(segmentPath(this.folder, number));
    const segment = { number, file, bytes: 0 };
    try {
      const head = segmentHead(this.segments.at(-1));
      await writeAt(segment, head);
      segment.bytes = head.length;
    } catch (error) {
      await file.close();
      throw error;
    }
    this.isFolderUnsynced = true;
    this.lastNumber = number;
    this.segments.push(segment);
    this.current = segment;
    return segment;
  }

  private scheduleSync(): void {
    if (this.isClosing || this.cancelSync !== undefined) return;
    this.cancelSync = this.timers.after(SYNC_EVERY, () => {
      void this.sync().then(() => {
        this.cancelSync = undefined;
        if (this.unsynced.size > 0) this.scheduleSync();
      });
    });
  }

  private async syncNow(): Promise<void> {
    const due = [...this.unsynced];
    this.unsynced.clear();
    try {
      for (const { file } of due) await file?.datasync();
      if (this.isFolderUnsynced) await this.disk.syncFolder(this.folder);
      this.isFolderUnsynced = false;
    } catch {
      this.isDoubtful = true;
    }
  }
}

const WRITTEN = Promise.resolve();
const IGNORED = () => undefined;

/** What one write hands over, and who waits for it. */
class Batch {
  readonly frames = new FrameBuffer();
  private waited: Promise<void> | undefined;
  private resolve: () => void = IGNORED;
  private reject: (error: Error) => void = IGNORED;

  promise(): Promise<void> {
    this.waited ??= new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    return this.waited;
  }

  taken(): void {
    this.frames.clear();
    this.waited = undefined;
    this.resolve();
  }

  /** The frames stay: they are owed. */
  refused(error: Error): void {
    this.waited = undefined;
    this.reject(error);
  }
}

async function writeAt(segment: Segment, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    const took = (await segment.file?.write(rest, segment.bytes + done)) ?? 0;
    if (took === 0) throw new Error("the disk took nothing");
    done += took;
  }
}
