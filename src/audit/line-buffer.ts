import { RecordTooLargeError } from "./journal-error.ts";
import { RECORD_MAX } from "./segments.ts";

/** What is kept between batches; a larger batch gets a piece of its own. */
const KEPT_MAX = 1_000_000;
const KEPT_AT_FIRST = 64_000;
const NEWLINE = 0x0a;

/**
 * Bytes the records take as lines.
 *
 * @throws RecordTooLargeError where one of them takes more than a line may
 */
export function lineBytes(texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) {
    const length = Buffer.byteLength(text) + 1;
    if (length > RECORD_MAX) throw new RecordTooLargeError();
    bytes += length;
  }
  return bytes;
}

/** One piece of memory for one batch after the other: a fresh one for each record took 5 µs and the collector's time. */
export class LineBuffer {
  private kept = Buffer.allocUnsafeSlow(0);

  /** The records as lines of `length` bytes altogether; valid until the next call. */
  fill(texts: Iterable<string>, length: number): Buffer {
    const bytes = this.room(length);
    let at = 0;
    for (const text of texts) {
      at += bytes.write(text, at);
      bytes[at] = NEWLINE;
      at += 1;
    }
    return bytes.subarray(0, at);
  }

  private room(length: number): Buffer {
    if (length <= this.kept.length) return this.kept;
    if (length > KEPT_MAX) return Buffer.allocUnsafeSlow(length);
    const grown = Math.max(length, 2 * this.kept.length, KEPT_AT_FIRST);
    this.kept = Buffer.allocUnsafeSlow(Math.min(grown, KEPT_MAX));
    return this.kept;
  }
}
