/** What is kept from one record to another; the usual has 14,000 bytes. */
const KEPT_MAX = 256_000;
const AT_FIRST = 32_000;
/** A character of UTF-16 takes at most so many bytes in UTF-8. */
const BYTES_OF_CHARACTER = 3;

/** One record after the other put together from texts and bytes, in one piece of memory. */
export class RecordBytes {
  private bytes = Buffer.allocUnsafeSlow(AT_FIRST);
  private length = 0;

  /** Good until the next call. */
  of(parts: readonly (string | Buffer)[]): Buffer {
    if (this.bytes.length > KEPT_MAX) this.bytes = Buffer.allocUnsafeSlow(AT_FIRST);
    this.length = 0;
    for (const part of parts) this.add(part);
    return this.bytes.subarray(0, this.length);
  }

  private add(part: string | Buffer): void {
    if (typeof part === "string") {
      this.makeRoom(part.length * BYTES_OF_CHARACTER);
      this.length += this.bytes.write(part, this.length);
    } else {
      this.makeRoom(part.length);
      this.bytes.set(part, this.length);
      this.length += part.length;
    }
  }

  private makeRoom(length: number): void {
    const needed = this.length + length;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * needed);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
