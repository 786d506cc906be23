import { LineBuffer, type RecordText } from "./line-buffer.ts";

/** Bytes handed to the system in one call; a single append may bring more. */
const BATCH_BYTES = 1_000_000;

/** Appends that are written together: all of them, or none. */
export class LineBatch {
  readonly buffer: LineBuffer;
  readonly written: Promise<void>;
  records = 0;
  bytes = 0;
  taken!: () => void;
  refused!: (error: Error) => void;

  constructor(buffer: LineBuffer) {
    this.buffer = buffer;
    this.written = new Promise((taken, refused) => {
      this.taken = taken;
      this.refused = refused;
    });
  }
}

/** What waits for the disk, as lines already, in the order of the calls. */
export class LineQueue {
  private readonly batches: LineBatch[] = [];
  /** One is written while another is filled; a third is only there while the disk is slow. */
  private spare: LineBuffer | undefined;
  private waiting = 0;

  /** Not counting what was taken. */
  get bytes(): number {
    return this.waiting;
  }

  /** The records are read before this returns. Resolves or rejects with all that is written together. */
  add(records: readonly RecordText[], bytes: number): Promise<void> {
    const batch = this.batchFor(bytes);
    batch.buffer.add(records, bytes);
    batch.records += records.length;
    batch.bytes += bytes;
    this.waiting += bytes;
    return batch.written;
  }

  take(): LineBatch | undefined {
    const batch = this.batches.shift();
    this.waiting -= batch?.bytes ?? 0;
    return batch;
  }

  /** Written or refused: its memory may be used again. */
  release({ buffer }: LineBatch): void {
    buffer.clear();
    this.spare = buffer;
  }

  private batchFor(bytes: number): LineBatch {
    const last = this.batches.at(-1);
    if (last !== undefined && last.bytes + bytes <= BATCH_BYTES) return last;
    const batch = new LineBatch(this.spare ?? new LineBuffer());
    this.spare = undefined;
    this.batches.push(batch);
    return batch;
  }
}
