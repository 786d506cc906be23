import {
  type Clock,
  DAY,
  type DurationMs,
  type EpochMs,
  type Observer,
  SECOND,
  type Timers,
} from "../units.ts";
import { JournalUnavailableError } from "./journal-error.ts";
import { Overdue } from "./overdue.ts";
import { type JournalDisk, type JournalFile, segmentPath } from "./segments.ts";

/** A segment takes no more after this long, so that age can be told by segment. */
const SEGMENT_SPAN = DAY;

export interface WriterOptions {
  readonly folder: string;
  readonly disk: JournalDisk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  readonly segmentBytes: number;
  readonly syncEvery: DurationMs;
  /** A flush under way for longer is stuck. */
  readonly stuckAfter: DurationMs;
  /** A segment takes no more; it has these bytes. */
  readonly onSealed: (first: number, bytes: number) => void;
  /** A flush failed: what was written since the one before may not be on disk, although it was acknowledged. */
  readonly onSyncFailed: () => void;
}

interface OpenSegment {
  readonly first: number;
  readonly openedAt: EpochMs;
  readonly file: JournalFile;
  bytes: number;
}

/** What the journal's end looks like. */
export interface WriterEnd {
  /** First record of the segment being written; undefined until one is opened. */
  readonly segment: number | undefined;
  readonly bytes: number;
  /** Number the next record will get. */
  readonly next: number;
}

/** Writes whole batches or nothing, and flushes behind them. One call at a time; the journal queues. */
export class JournalWriter {
  readonly flushing: Overdue;
  private readonly options: WriterOptions;
  private segment: OpenSegment | undefined;
  private next: number;
  /** Written to, not yet flushed. */
  private readonly dirty = new Set<JournalFile>();
  /** Flushed once more, then closed. */
  private readonly sealed = new Set<JournalFile>();
  private dirtySince: EpochMs | undefined;
  /** Of what the flush under way is about. */
  private flushingSince: EpochMs | undefined;
  private cancelSync: (() => void) | undefined;
  private syncing: Promise<void> = Promise.resolve();
  private isClosing = false;

  constructor(options: WriterOptions, next: number) {
    this.options = options;
    this.flushing = new Overdue(options.timers, options.stuckAfter);
    this.next = next;
  }

  get end(): WriterEnd {
    return { segment: this.segment?.first, bytes: this.segment?.bytes ?? 0, next: this.next };
  }

  /** When the oldest record was written that a power loss now would take; undefined while all are on disk. */
  unflushedSince(): EpochMs | undefined {
    return this.flushingSince ?? this.dirtySince;
  }

  /** The segment ends here, and the next record gets this number: those between were given away before. */
  goOnAt(next: number): void {
    this.seal();
    this.next = next;
  }

  /** Goes on where a segment ended. */
  async reopen(first: number, bytes: number): Promise<void> {
    const file = await this.options.disk.open(segmentPath(this.options.folder, first));
    await file.truncate(bytes);
    this.segment = { first, openedAt: this.options.clock.now(), file, bytes };
  }

  /** Hands a batch to the operating system; on failure none of it stays, and the next batch starts a new segment. */
  async write(bytes: Buffer, records: number): Promise<void> {
    let segment: OpenSegment | undefined;
    try {
      segment = this.current(bytes.length) ?? (await this.nextSegment());
      await writeAll(segment.file, bytes);
    } catch (error) {
      if (segment !== undefined) await this.takeBack(segment);
      throw new JournalUnavailableError("append", { cause: error });
    }
    segment.bytes += bytes.length;
    this.next += records;
    this.dirty.add(segment.file);
    this.dirtySince ??= this.options.clock.now();
    this.scheduleSync();
  }

  /** Everything written reaches the disk, and the files are closed. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.cancelSync?.();
    // A flush under way would close what is sealed meanwhile, and the last one find it closed.
    await this.syncing;
    this.seal();
    await this.sync();
  }

  /** The segment that is open, where it takes so much more. */
  private current(length: number): OpenSegment | undefined {
    const { clock, segmentBytes } = this.options;
    const { segment } = this;
    if (segment === undefined || segment.bytes === 0) return segment;
    const isYoung = clock.now() - segment.openedAt < SEGMENT_SPAN;
    return isYoung && segment.bytes + length <= segmentBytes ? segment : undefined;
  }

  private async nextSegment(): Promise<OpenSegment> {
    const { folder, disk, clock } = this.options;
    this.seal();
    const first = this.next;
    const file = await disk.open(segmentPath(folder, first));
    // Where even cutting failed, half a record of the try before may lie here.
    await file.truncate(0);
    this.segment = { first, openedAt: clock.now(), file, bytes: 0 };
    return this.segment;
  }

  /**
   * Readers elsewhere may have seen the half-written batch. Cutting it and going on in the same file
   * would move lines under them; so the file ends here for good. What cannot be cut stays as a torn
   * last line, which readers leave out.
   */
  private async takeBack(segment: OpenSegment): Promise<void> {
    try {
      await segment.file.truncate(segment.bytes);
      if (segment.bytes === 0) return;
    } catch (error) {
      this.report("torn", error);
    }
    this.seal();
  }

  private seal(): void {
    if (this.segment === undefined) return;
    this.sealed.add(this.segment.file);
    this.dirty.add(this.segment.file);
    this.dirtySince ??= this.options.clock.now();
    const { first, bytes } = this.segment;
    this.segment = undefined;
    if (bytes > 0) this.options.onSealed(first, bytes);
    this.scheduleSync();
  }

  private scheduleSync(): void {
    if (this.isClosing || this.cancelSync !== undefined || this.dirty.size === 0) return;
    this.cancelSync = this.options.timers.after(this.options.syncEvery, () => {
      this.syncing = this.sync().finally(() => {
        this.cancelSync = undefined;
        this.scheduleSync();
      });
    });
  }

  private async sync(): Promise<void> {
    const files = [...this.dirty];
    const since = this.dirtySince;
    this.dirty.clear();
    this.flushingSince = since;
    this.dirtySince = undefined;
    this.flushing.begin();
    for (const file of files) await this.syncOne(file);
    this.flushing.end();
    this.flushingSince = undefined;
    if (since === undefined) return;
    const value = (this.options.clock.now() - since) / SECOND;
    this.options.observer.notice({ kind: "journal.synced", value });
  }

  private async syncOne(file: JournalFile): Promise<void> {
    try {
      await file.datasync();
    } catch (error) {
      // After a failed flush the system may have forgotten what was not written: this file is not trusted further.
      this.report("sync", error);
      this.options.onSyncFailed();
      if (this.segment?.file === file && this.segment.bytes > 0) this.seal();
      this.dirty.delete(file);
    }
    if (!this.sealed.delete(file)) return;
    await file.close().catch((error: unknown) => this.report("sync", error));
  }

  private report(reason: string, error: unknown): void {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const message = `The journal failed at its disk (${reason}, ${why}); check the disk under GUARD_DATA_DIR.`;
    this.options.observer.notice({
      kind: "journal.failed",
      labels: { reason },
      message,
      level: "error",
    });
  }
}

async function writeAll(file: JournalFile, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const took = await file.write(written === 0 ? bytes : bytes.subarray(written));
    if (took === 0) throw new Error("the disk took nothing");
    written += took;
  }
}
