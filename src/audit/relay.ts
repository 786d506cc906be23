import {
  type DurationMs,
  type EpochMs,
  MINUTE,
  type Observer,
  SECOND,
  type Timers,
} from "../units.ts";
import type { Journal } from "./journal.ts";
import { type PositionFile, positionFile } from "./relay-position.ts";
import { type RelayedRecord, relayedRecord } from "./relayed-record.ts";
import { FROM_THE_OLDEST, type ReadBatch, SegmentReader } from "./segment-reader.ts";

/** Where the relay sends to. */
export interface Sink {
  /**
   * Resolves once every record is safe there; on rejection the whole batch is sent again, in halves after a
   * BatchTooLargeError.
   */
  send(batch: readonly RelayedRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** The sink will never take a batch of this size; a smaller one it may. */
export class BatchTooLargeError extends Error {
  readonly code = "GUARD_AUDIT_BATCH_TOO_LARGE";
  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = "BatchTooLargeError";
  }
}

/** Records sent at once. Records of 2.5 KB make 0.6 MB. */
export const RELAY_BATCH = 250;
/** The first wait after a failed send; doubles up to the longest, for ever: nothing is dropped. */
const FIRST_WAIT: DurationMs = 250;
const LONGEST_WAIT: DurationMs = 30 * SECOND;
/** Appends wake the relay; this is only so that no sleep is without an end. */
const LOOK_AGAIN: DurationMs = MINUTE;

const FROM_THE_START =
  "Where the relay stood is not known (relay.position): all that the journal keeps is sent again, under the same ids.";

export interface RelayOptions {
  readonly journal: Journal;
  /** The journal's folder. */
  readonly folder: string;
  readonly sink: Sink;
  readonly timers: Timers;
  readonly observer: Observer;
}

/**
 * Brings every record of the journal to the sink, at least once and in order: one batch is under way
 * at a time, and the next is sent only after it was acknowledged. Where it stands is kept on disk after
 * the acknowledgement, so a crash in between sends the same records, with the same ids, again.
 */
export class Relay {
  private readonly options: RelayOptions;
  private running: Promise<void> | undefined;
  private sent = 0;
  private stopping = false;
  private gaveUp = false;
  private wake: (() => void) | undefined;
  private appended = false;
  private oldest: EpochMs | undefined;

  constructor(options: RelayOptions) {
    this.options = options;
  }

  start(): void {
    this.running ??= this.run().catch(() => this.failed("stopped"));
  }

  /** Records not yet acknowledged by the sink. */
  lag(): number {
    const { next, oldest } = this.options.journal.end();
    return next - Math.min(next, Math.max(this.sent, oldest));
  }

  /** When the oldest record was made that the sink has not acknowledged; undefined where it has all, or that is not known yet. */
  oldestUnsent(): EpochMs | undefined {
    return this.lag() === 0 ? undefined : this.oldest;
  }

  /** Sends what is left, for at most `within` milliseconds; what then remains is sent after the next start. */
  async stop(within: DurationMs): Promise<void> {
    if (this.running === undefined) return;
    this.stopping = true;
    this.wake?.();
    let cancel: () => void = () => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.options.timers.after(within, resolve);
    });
    await Promise.race([this.running, limit]);
    cancel();
    this.gaveUp = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    const { journal, folder } = this.options;
    const file = positionFile(folder, undefined, () => this.failed("unreadable", FROM_THE_START));
    const kept = await file.read();
    // Beyond the end: somebody put another journal here. Better everything again than a gap.
    const start = kept.record > journal.end().next ? FROM_THE_OLDEST : kept;
    if (start !== kept) this.failed("beyond", FROM_THE_START);
    this.acknowledge(start.record);
    const reader = new SegmentReader(folder, start, relayedRecord);
    const stopListening = journal.onAppend(() => {
      this.appended = true;
      this.wake?.();
    });
    try {
      while (await this.step(reader, file)) {
        // Every step says whether there is another.
      }
    } finally {
      stopListening();
      await reader.close();
    }
  }

  /** One batch, or one wait for a batch; false when the relay is to end. */
  private async step(reader: SegmentReader<RelayedRecord>, file: PositionFile): Promise<boolean> {
    this.appended = false;
    const batch = await this.readAcknowledged(reader);
    if (batch === undefined) {
      if (!this.stopping && !this.appended) await this.sleep(LOOK_AGAIN);
      // A read that failed while stopping leaves its records for the next start.
      return !this.stopping || this.appended;
    }
    if (!(await this.deliver(batch))) return false;
    await file.write(batch.after).catch(() => this.failed("position"));
    this.acknowledge(batch.after.record);
    this.options.observer.notice({ kind: "relay.sent", value: batch.records.length });
    this.options.observer.notice({ kind: "relay.lag", value: this.lag() });
    return !this.gaveUp;
  }

  /** Only what the journal has acknowledged: what it is just writing may yet be taken back. */
  private async readAcknowledged(
    reader: SegmentReader<RelayedRecord>,
  ): Promise<ReadBatch<RelayedRecord> | undefined> {
    const { next, oldest } = this.options.journal.end();
    const ready = next - Math.max(oldest, reader.position.record);
    if (ready <= 0) return undefined;
    try {
      const batch = await reader.read(Math.min(RELAY_BATCH, ready));
      if (batch.lost > 0) this.lost(batch.lost);
      return batch.records.length > 0 || batch.lost > 0 ? batch : undefined;
    } catch {
      this.failed("read");
      await this.sleep(FIRST_WAIT);
      return undefined;
    }
  }

  /** True once the sink has it; false when the relay was told to give up first. */
  private async deliver({ records }: ReadBatch<RelayedRecord>): Promise<boolean> {
    if (records.length === 0) return true;
    // A repeat carries the time of its first telling, so the newest of them is the batch's.
    this.oldest = Math.max(...records.map(({ record }) => record.at));
    return this.deliverAll(records.map(({ record }) => record));
  }

  private async deliverAll(records: readonly RelayedRecord[]): Promise<boolean> {
    for (let wait = FIRST_WAIT; !this.gaveUp; wait = Math.min(LONGEST_WAIT, wait * 2)) {
      try {
        await this.options.sink.send(records);
        return true;
      } catch (error) {
        const isTooLarge = error instanceof BatchTooLargeError;
        if (isTooLarge && records.length > 1) return this.deliverHalves(records);
        // One record alone: nothing is dropped and nothing overtakes it, so it is tried until the topic takes it.
        if (isTooLarge) this.failed("size", error.message);
        else this.failed("send");
        this.options.observer.notice({ kind: "relay.lag", value: this.lag() });
        await this.pauseUnlessGivenUp(wait);
      }
    }
    return false;
  }

  private async deliverHalves(records: readonly RelayedRecord[]): Promise<boolean> {
    const middle = Math.ceil(records.length / 2);
    const isFirstThere = await this.deliverAll(records.slice(0, middle));
    return isFirstThere && this.deliverAll(records.slice(middle));
  }

  private async pauseUnlessGivenUp(wait: DurationMs): Promise<void> {
    // Appends wake the relay too; they are no reason to press a sink that has just failed.
    let over = false;
    const cancel = this.options.timers.after(wait, () => {
      over = true;
      this.wake?.();
    });
    while (!over && !this.gaveUp) await this.sleep(LOOK_AGAIN);
    cancel();
  }

  private sleep(limit: DurationMs): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.timers.after(limit, finish);
      const wake = (): void => finish();
      this.wake = wake;
      function finish(): void {
        cancel();
        resolve();
      }
    });
  }

  private acknowledge(next: number): void {
    this.sent = next;
    this.options.journal.release(next);
  }

  private failed(
    reason: "send" | "size" | "read" | "position" | "unreadable" | "beyond" | "stopped",
    message = "The journal could not be relayed and will be tried again; see whether Kafka answers.",
  ): void {
    this.options.observer.notice({
      kind: "relay.failed",
      labels: { reason },
      message,
      level: "warn",
    });
  }

  private lost(records: number): void {
    const message =
      "Records were damaged or had gone at the journal's limit before they could be relayed.";
    this.options.observer.notice({
      kind: "journal.failed",
      labels: { reason: "lost" },
      value: records,
      message,
      level: "error",
    });
  }
}
