import { mkdir } from "node:fs/promises";
import {
  type Clock,
  type DurationMs,
  type EpochMs,
  type Observer,
  SECOND,
  type Timers,
} from "../units.ts";
import { type SpaceState, spaceState, type Volume } from "./disk-space.ts";
import { otherEvent, recordText } from "./event.ts";
import { type JournalTrouble, JournalUnavailableError } from "./journal-error.ts";
import { JournalWriter } from "./journal-writer.ts";
import { lineBytes, type RecordText } from "./line-buffer.ts";
import { type LineBatch, LineQueue } from "./line-queue.ts";
import { Overdue } from "./overdue.ts";
import { furthestPosition } from "./relay-position.ts";
import { FULL_AT, KeptSegments, type RetentionLimits, type Trim } from "./retention.ts";
import type { JournalPosition } from "./segment-reader.ts";
import {
  inspectSegment,
  type JournalDisk,
  listSegments,
  realDisk,
  type SegmentFacts,
  segmentFacts,
  segmentPath,
} from "./segments.ts";

/** Bytes waiting for the disk; beyond this `append` refuses. About 3,000 records. */
export const QUEUE_BYTES_MAX = 8_000_000;
const SEGMENT_BYTES = 64_000_000;
/** A limit is at least this many segments, so that trimming takes a part and not everything. */
const SEGMENTS_IN_LIMIT = 8;
/** For want of room a segment ends early, but not before it has this part of its size. */
const PARTS_OF_SEGMENT = 8;
/** Half of the 0.1 s a record may take to the disk; the flush itself has the other half. */
const SYNC_EVERY: DurationMs = 50;
/** How long a failure counts without a further try: new checks are the probe. */
const FAILING_FOR: DurationMs = 5 * SECOND;
/**
 * A write the system has not taken, or a flush it has not ended, for this long: nothing more is taken, so that a power
 * loss takes what came in this second at most. A shared disk was seen to need 130 ms for one flush in a hundred.
 */
const STUCK_AFTER: DurationMs = SECOND;

export interface JournalOptions {
  /** The journal's own folder; made if it is not there. One process at a time may write to it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  /** Names this instance in the events the journal writes itself. */
  readonly instance: string;
  readonly limits: RetentionLimits;
  /** True with Kafka: what it has not acknowledged stays, and `release` says what it has. */
  readonly relayed: boolean;
  readonly segmentBytes?: number;
  readonly syncEvery?: DurationMs;
  readonly disk?: JournalDisk;
}

/** Where the journal ends for readers of this process: everything before was acknowledged. */
export interface JournalEnd {
  /** Number the next record will get. */
  readonly next: number;
  /** Number of the oldest record kept. */
  readonly oldest: number;
}

export interface JournalHealth {
  /** `full`: 80 % of the limit is owed to Kafka. `failing`: the disk does not take records. */
  readonly state: "ok" | "full" | "failing";
  /** Of the volume; `ok` until somebody has looked. */
  readonly space: SpaceState;
  readonly bytes: number;
  /** Bytes that must not go yet. */
  readonly heldBytes: number;
  /** How long the oldest record that a power loss would take has waited for the disk. */
  readonly unflushed: DurationMs;
}

/**
 * The durable local journal: what `append` acknowledged is with the operating system (it survives
 * kill -9) and, `syncEvery` later, on disk. Records are numbered from 1; their order is that of the
 * calls. Rejects with `GUARD_AUDIT_JOURNAL_UNAVAILABLE` or `GUARD_AUDIT_RECORD_TOO_LARGE`; has no
 * deadline of its own: a caller that gave up may find its record written all the same.
 */
export class Journal {
  private readonly options: JournalOptions;
  private readonly writer: JournalWriter;
  private readonly kept: KeptSegments;
  private readonly listeners = new Set<() => void>();
  private readonly queue = new LineQueue();
  private pumping: Promise<void> | undefined;
  private readonly writing: Overdue;
  private failedAt: EpochMs | undefined;
  private acknowledged: number;
  private owed = Number.POSITIVE_INFINITY;
  private volume: Volume | undefined;
  private isClosed = false;

  /** Use `openJournal`. */
  constructor(options: JournalOptions, start: JournalStart) {
    this.options = options;
    const { disk = realDisk, syncEvery = SYNC_EVERY, timers } = options;
    this.writing = new Overdue(timers, STUCK_AFTER);
    this.writer = new JournalWriter(
      {
        ...{ ...options, disk, syncEvery, stuckAfter: STUCK_AFTER },
        segmentBytes: segmentBytesOf(options),
        onSealed: (first, bytes) => this.kept.close({ first, bytes, writtenAt: this.now() }),
        onSyncFailed: () => {
          this.failedAt = this.now();
        },
      },
      start.next,
    );
    this.kept = new KeptSegments(start.closed, () => this.writer.end);
    this.acknowledged = this.kept.oldest();
  }

  /** Goes on where the newest segment ends, or past numbers that were given away and are not on disk. */
  async open({ last, furthest }: JournalStart): Promise<void> {
    if (last !== undefined) await this.writer.reopen(last.first, last.bytes);
    if (furthest > this.writer.end.next) this.writer.goOnAt(furthest);
    this.acknowledged = this.kept.oldest();
  }

  /**
   * Resolves when the records are handed to the operating system: all of them, or none. They are read before the call
   * returns: their bytes are then the caller's again.
   */
  async append(records: readonly RecordText[]): Promise<void> {
    if (records.length === 0) return;
    const bytes = lineBytes(records);
    if (this.isClosed) throw new JournalUnavailableError("closed");
    if (this.isStuck()) throw this.refusal("stuck");
    if (this.queue.bytes + bytes > QUEUE_BYTES_MAX) throw this.refusal("queue");
    if (spaceState(this.volume) === "out") throw this.refusal("space");
    if (this.heldBytes() > this.options.limits.maxBytes) throw this.refusal("full");
    await this.enqueue(records, bytes);
  }

  end(): JournalEnd {
    return { next: this.writer.end.next, oldest: this.kept.oldest() };
  }

  /** Calls `listener` after every append until it is taken off again. */
  onAppend(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Kafka has acknowledged every record below `next`. */
  release(next: number): void {
    this.acknowledged = Math.max(this.acknowledged, next);
  }

  /** Records from `next` on are not to go yet, with Kafka or without: this process has to read them again. */
  owe(next: number): void {
    this.owed = next;
  }

  /** Where the next record will stand, for a reader of these files. */
  position(): JournalPosition {
    const { segment, bytes, next } = this.writer.end;
    return { segment: segment ?? next, offset: segment === undefined ? 0 : bytes, record: next };
  }

  /** How much room the volume has. Short of it, what Kafka has acknowledged goes before its time. */
  noteVolume(volume: Volume): void {
    this.volume = volume;
    if (this.makesRoom()) this.pumping ??= this.pump();
  }

  health(): JournalHealth {
    const heldBytes = this.heldBytes();
    const now = this.now();
    const failed = this.failedAt !== undefined && now - this.failedAt < FAILING_FOR;
    const full = heldBytes >= FULL_AT * this.options.limits.maxBytes;
    return {
      state: failed || this.isStuck() ? "failing" : full ? "full" : "ok",
      space: spaceState(this.volume),
      bytes: this.kept.totalBytes(),
      heldBytes,
      unflushed: now - (this.writer.unflushedSince() ?? now),
    };
  }

  /** Takes no more, writes what waits, flushes. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.pumping;
    await this.writer.close();
  }

  private enqueue(records: readonly RecordText[], bytes: number): Promise<void> {
    const written = this.queue.add(records, bytes);
    this.pumping ??= this.pump();
    return written;
  }

  private async pump(): Promise<void> {
    // A turn of the event loop later, so that appends of the same turn go together.
    await Promise.resolve();
    try {
      do {
        const batch = this.queue.take();
        if (batch !== undefined) await this.writeBatch(batch);
        this.sealToMakeRoom();
        for (let trim = this.nextTrim(); trim !== undefined; trim = this.nextTrim()) {
          if (!(await this.trim(trim))) break;
        }
      } while (this.queue.bytes > 0);
    } finally {
      // In the same turn as the last look at the queue: whoever comes later starts the pump again.
      this.pumping = undefined;
    }
  }

  private async writeBatch(batch: LineBatch): Promise<void> {
    this.writing.begin();
    try {
      await this.writer.write(batch.buffer.lines, batch.records);
    } catch (error) {
      batch.refused(this.refusal("append", error));
      return;
    } finally {
      this.writing.end();
      this.queue.release(batch);
    }
    this.failedAt = undefined;
    batch.taken();
    this.options.observer.notice({ kind: "journal.appended", value: batch.bytes });
    for (const listener of this.listeners) listener();
  }

  /** The segment being written can go only once it takes no more. */
  private sealToMakeRoom(): void {
    if (!this.makesRoom()) return;
    const { segment, bytes, next } = this.writer.end;
    const isWorthIt =
      segment !== undefined && bytes * PARTS_OF_SEGMENT > segmentBytesOf(this.options);
    if (isWorthIt && this.needed() >= next) this.writer.goOnAt(next);
  }

  private nextTrim(): Trim | undefined {
    return this.kept.toGo({
      limits: this.options.limits,
      now: this.now(),
      needed: this.needed(),
      makeRoom: this.makesRoom(),
    });
  }

  /** False where it could not be removed: it still counts, and the next batch tries again. */
  private async trim(trim: Trim): Promise<boolean> {
    const { disk = realDisk, folder, observer } = this.options;
    try {
      await disk.remove(segmentPath(folder, trim.segment.first));
    } catch {
      observer.notice({ kind: "journal.failed", labels: { reason: "remove" }, level: "error" });
      return false;
    }
    this.kept.forget(trim.segment);
    this.tellRemoved(trim);
    return true;
  }

  private tellRemoved({ segment, records, reason }: Trim): void {
    const { observer, relayed, instance } = this.options;
    const labels = { reason };
    if (relayed || reason === "space") {
      observer.notice({ kind: "journal.removed", labels, value: records, level: "info" });
      return;
    }
    const message =
      "The oldest records of the journal went at its limit and exist nowhere else; set KAFKA_BROKERS or raise GUARD_JOURNAL_MAX.";
    observer.notice({ kind: "journal.removed", labels, value: records, message, level: "error" });
    const at = this.now();
    const trimmedAt = new Date(at).toISOString();
    const data = { reason, firstRecord: segment.first, records, bytes: segment.bytes, trimmedAt };
    const event = otherEvent("journal.trimmed", data, `journal-${segment.first}`, { instance, at });
    const texts = [recordText(event)];
    // Queued behind what waits; a failure of it is reported like any other.
    void this.enqueue(texts, lineBytes(texts)).catch(() => undefined);
  }

  private heldBytes(): number {
    return this.kept.heldBytes(this.needed());
  }

  /** Only what Kafka has may go for want of room: of anything else this is the one copy. */
  private makesRoom(): boolean {
    return this.options.relayed && spaceState(this.volume) !== "ok";
  }

  private isStuck(): boolean {
    return this.writing.isOver || this.writer.flushing.isOver;
  }

  private now(): EpochMs {
    return this.options.clock.now();
  }

  /** Below it a record is needed by nobody: Kafka has it, and nothing of it waits for the store. */
  private needed(): number {
    return Math.min(this.options.relayed ? this.acknowledged : Number.POSITIVE_INFINITY, this.owed);
  }

  private refusal(trouble: JournalTrouble, cause?: unknown): JournalUnavailableError {
    if (trouble === "append") this.failedAt = this.now();
    const error =
      cause instanceof JournalUnavailableError ? cause : new JournalUnavailableError(trouble);
    const labels = { reason: trouble };
    this.options.observer.notice({
      kind: "journal.failed",
      labels,
      message: error.message,
      level: "error",
    });
    return error;
  }
}

/** What was found in the folder. */
export interface JournalStart {
  /** All segments but the newest. */
  readonly closed: readonly SegmentFacts[];
  /** The newest, and where its last sound record ends. */
  readonly last: { readonly first: number; readonly bytes: number } | undefined;
  /** Number of the next record by what the disk has. */
  readonly next: number;
  /** Number of the next record by what readers were given. */
  readonly furthest: number;
}

/** Opens or makes the journal; cuts a torn end and says so. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, observer } = options;
  await mkdir(folder, { recursive: true });
  const closed: SegmentFacts[] = [];
  for (const first of await listSegments(folder)) closed.push(await segmentFacts(folder, first));
  const newest = closed.pop();
  const recovered = newest && (await inspectSegment(segmentPath(folder, newest.first)));
  const start: JournalStart = {
    closed,
    last: newest && recovered && { first: newest.first, bytes: recovered.bytes },
    next: newest === undefined ? 1 : newest.first + (recovered?.records ?? 0),
    furthest: await furthestPosition(folder),
  };
  const journal = new Journal(options, start);
  await journal.open(start);
  if (recovered && recovered.torn > 0) tell(observer, "torn", recovered.torn, TORN);
  if (start.furthest > start.next) tell(observer, "lost", start.furthest - start.next, CUT_SHORT);
  return journal;
}

const TORN =
  "The journal's end was torn by a crash or a power loss and was cut off after the last sound record; after a power loss look for the last 0.1 s before it.";
const CUT_SHORT =
  "A power loss took records from the journal's end that had been read before; their numbers are not used again.";

function tell(observer: Observer, reason: string, value: number, message: string): void {
  observer.notice({ kind: "journal.failed", labels: { reason }, value, message, level: "error" });
}

function segmentBytesOf({ segmentBytes, limits }: JournalOptions): number {
  return segmentBytes ?? Math.min(SEGMENT_BYTES, Math.floor(limits.maxBytes / SEGMENTS_IN_LIMIT));
}
