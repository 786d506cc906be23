import { mkdir } from "node:fs/promises";
import {
  type Clock,
  type DurationMs,
  type EpochMs,
  type Observer,
  SECOND,
  type Timers,
} from "../units.ts";
import { type JournalRecord, otherEvent } from "./event.ts";
import { JournalUnavailableError, RecordTooLargeError } from "./journal-error.ts";
import { JournalWriter } from "./journal-writer.ts";
import {
  type ClosedSegment,
  FULL_AT,
  mayGo,
  type RetentionLimits,
  reasonToTrim,
} from "./retention.ts";
import {
  inspectSegment,
  type JournalDisk,
  listSegments,
  RECORD_MAX,
  realDisk,
  type SegmentFacts,
  segmentFacts,
  segmentPath,
} from "./segments.ts";

/** Bytes waiting for the disk; beyond this `append` refuses. About 3,000 records. */
export const QUEUE_BYTES_MAX = 8_000_000;
/** Bytes handed to the system in one call. */
const BATCH_BYTES = 1_000_000;
const SEGMENT_BYTES = 64_000_000;
/** A limit is at least this many segments, so that trimming takes a part and not everything. */
const SEGMENTS_IN_LIMIT = 8;
/** Half of the 0.1 s a record may take to the disk; the flush itself has the other half. */
const SYNC_EVERY: DurationMs = 50;
/** How long a failure counts without a further try: new checks are the probe. */
const FAILING_FOR: DurationMs = 5 * SECOND;
/** A write the system has not taken for this long. */
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
  readonly bytes: number;
  /** Bytes that must not go yet. */
  readonly heldBytes: number;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly records: number;
  readonly taken: () => void;
  readonly refused: (error: Error) => void;
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
  private readonly closed: ClosedSegment[];
  private readonly listeners = new Set<() => void>();
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private pumping: Promise<void> | undefined;
  private busySince: EpochMs | undefined;
  private failedAt: EpochMs | undefined;
  private acknowledged: number;
  private isClosed = false;

  /** Use `openJournal`. */
  constructor(options: JournalOptions, writer: JournalWriter, closed: readonly ClosedSegment[]) {
    this.options = options;
    this.writer = writer;
    this.closed = [...closed];
    this.acknowledged = closed[0]?.first ?? writer.end.segment ?? writer.end.next;
  }

  /** Resolves when the records are handed to the operating system: all of them, or none. */
  async append(records: readonly JournalRecord[]): Promise<void> {
    if (records.length === 0) return;
    const bytes = encode(records);
    if (this.isClosed) throw new JournalUnavailableError("closed");
    if (this.waitingBytes + bytes.length > QUEUE_BYTES_MAX) throw this.refusal("queue");
    if (this.heldBytes() > this.options.limits.maxBytes) throw this.refusal("full");
    await this.enqueue(bytes, records.length);
  }

  end(): JournalEnd {
    const { next, segment } = this.writer.end;
    return { next, oldest: this.closed[0]?.first ?? segment ?? next };
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

  health(): JournalHealth {
    const heldBytes = this.heldBytes();
    const now = this.options.clock.now();
    const failed = this.failedAt !== undefined && now - this.failedAt < FAILING_FOR;
    const stuck = this.busySince !== undefined && now - this.busySince > STUCK_AFTER;
    const full = heldBytes >= FULL_AT * this.options.limits.maxBytes;
    const state = failed || stuck ? "failing" : full ? "full" : "ok";
    return { state, bytes: this.totalBytes(), heldBytes };
  }

  /** Takes no more, writes what waits, flushes. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.pumping;
    await this.writer.close();
  }

  private enqueue(bytes: Buffer, records: number): Promise<void> {
    return new Promise<void>((taken, refused) => {
      this.waiting.push({ bytes, records, taken, refused });
      this.waitingBytes += bytes.length;
      this.pumping ??= this.pump();
    });
  }

  private async pump(): Promise<void> {
    // A turn of the event loop later, so that appends of the same turn go together.
    await Promise.resolve();
    try {
      while (this.waiting.length > 0) {
        await this.writeBatch(this.takeBatch());
        await this.trim();
      }
    } finally {
      // In the same turn as the last look at the queue: whoever comes later starts the pump again.
      this.pumping = undefined;
    }
  }

  private takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const {
      bytes: { length },
    } of this.waiting) {
      if (count > 0 && bytes + length > BATCH_BYTES) break;
      bytes += length;
      count += 1;
    }
    const batch = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    this.waitingBytes -= bytes;
    return batch;
  }

  private async writeBatch(batch: readonly Waiting[]): Promise<void> {
    const bytes = Buffer.concat(batch.map((each) => each.bytes));
    const records = batch.reduce((sum, each) => sum + each.records, 0);
    const before = this.writer.end;
    this.busySince = this.options.clock.now();
    try {
      await this.writer.write(bytes, records);
    } catch (error) {
      this.noteClosed(before.segment, before.bytes);
      const refusal = this.refusal("append", error);
      for (const each of batch) each.refused(refusal);
      return;
    } finally {
      this.busySince = undefined;
    }
    this.failedAt = undefined;
    this.noteClosed(before.segment, before.bytes);
    for (const each of batch) each.taken();
    this.options.observer.notice({ kind: "journal.appended", value: bytes.length });
    for (const listener of this.listeners) listener();
  }

  /** The writer went on to another segment: the one before takes no more. */
  private noteClosed(segment: number | undefined, bytes: number): void {
    if (segment === undefined || segment === this.writer.end.segment) return;
    if (this.closed.at(-1)?.first === segment) return;
    this.closed.push({ first: segment, bytes, writtenAt: this.options.clock.now() });
  }

  private async trim(): Promise<void> {
    const { limits, clock, relayed } = this.options;
    for (;;) {
      const oldest = this.closed[0];
      if (oldest === undefined) return;
      const nextFirst = this.closed[1]?.first ?? this.writer.end.segment ?? this.writer.end.next;
      const reason = reasonToTrim(oldest, this.totalBytes(), limits, clock.now());
      const free = mayGo(oldest, nextFirst, relayed ? this.acknowledged : undefined);
      if (reason === undefined || !free) break;
      this.closed.shift();
      await this.remove(oldest, nextFirst - oldest.first, reason);
    }
    this.options.observer.notice({ kind: "journal.size", value: this.totalBytes() });
  }

  private async remove(
    segment: ClosedSegment,
    records: number,
    reason: "size" | "age",
  ): Promise<void> {
    const { disk = realDisk, folder, observer, relayed, clock, instance } = this.options;
    try {
      await disk.remove(segmentPath(folder, segment.first));
    } catch {
      observer.notice({ kind: "journal.failed", labels: { reason: "remove" }, level: "error" });
      return;
    }
    if (relayed) {
      observer.notice({
        kind: "journal.removed",
        labels: { reason },
        value: records,
        level: "info",
      });
      return;
    }
    const message =
      "The oldest records of the journal went at its limit and exist nowhere else; set KAFKA_BROKERS or raise GUARD_JOURNAL_MAX.";
    observer.notice({
      kind: "journal.removed",
      labels: { reason },
      value: records,
      message,
      level: "error",
    });
    const at = clock.now();
    const trimmedAt = new Date(at).toISOString();
    const data = { reason, firstRecord: segment.first, records, bytes: segment.bytes, trimmedAt };
    const event = otherEvent("journal.trimmed", data, `journal-${segment.first}`, { instance, at });
    // Queued behind what waits; a failure of it is reported like any other.
    void this.enqueue(encode([event]), 1).catch(() => undefined);
  }

  private totalBytes(): number {
    return this.closed.reduce((sum, { bytes }) => sum + bytes, this.writer.end.bytes);
  }

  private heldBytes(): number {
    if (!this.options.relayed) return 0;
    if (this.acknowledged >= this.writer.end.next) return 0;
    return this.closed.reduce((sum, segment, index) => {
      const nextFirst =
        this.closed[index + 1]?.first ?? this.writer.end.segment ?? this.writer.end.next;
      return mayGo(segment, nextFirst, this.acknowledged) ? sum : sum + segment.bytes;
    }, this.writer.end.bytes);
  }

  private refusal(trouble: "append" | "queue" | "full", cause?: unknown): JournalUnavailableError {
    if (trouble === "append") this.failedAt = this.options.clock.now();
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

/** Opens or makes the journal; cuts a torn last record and says so. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, limits, disk = realDisk, syncEvery = SYNC_EVERY } = options;
  await mkdir(folder, { recursive: true });
  const segmentBytes =
    options.segmentBytes ??
    Math.min(SEGMENT_BYTES, Math.floor(limits.maxBytes / SEGMENTS_IN_LIMIT));
  const firsts = await listSegments(folder);
  const facts: SegmentFacts[] = [];
  for (const first of firsts) facts.push(await segmentFacts(folder, first));
  const last = facts.pop();
  const recovered = last && (await inspectSegment(segmentPath(folder, last.first)));
  const next = last === undefined ? 1 : last.first + (recovered?.records ?? 0);
  const { clock, timers, observer } = options;
  const writer = new JournalWriter(
    { folder, disk, clock, timers, observer, segmentBytes, syncEvery },
    next,
  );
  if (last !== undefined && recovered !== undefined) {
    await writer.reopen(last.first, recovered.bytes);
    if (recovered.torn > 0) tellTorn(observer, recovered.torn);
  }
  return new Journal(options, writer, facts);
}

function tellTorn(observer: Observer, value: number): void {
  const message =
    "The last record was torn by a crash and was cut off; nobody had been answered on it.";
  observer.notice({
    kind: "journal.failed",
    labels: { reason: "torn" },
    value,
    message,
    level: "warn",
  });
}

function encode(records: readonly JournalRecord[]): Buffer {
  const lines = records.map((record) => Buffer.from(`${JSON.stringify(record)}\n`));
  if (lines.some((line) => line.length > RECORD_MAX)) throw new RecordTooLargeError();
  return lines.length === 1 && lines[0] !== undefined ? lines[0] : Buffer.concat(lines);
}
