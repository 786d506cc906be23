/** Redis' own limit of one value is 512 MB; no reply of the guard's scripts comes near this one. */
export const BULK_MAX = 64 * 1_024 * 1_024;
export const ELEMENTS_MAX = 1_000_000;
export const DEPTH_MAX = 8;
/** Characters of a length or a number; a status or an error is longer. */
export const NUMBER_MAX = 20;
const LINE_MAX = 64 * 1_024;

const CR = 13;
const LF = 10;
const MINUS = 45;
const ZERO = 48;
const TYPES: ReadonlySet<number> = new Set([43, 45, 58, 36, 42]);
/** A status, an error: whatever stands in their lines. */
const TEXTS: ReadonlySet<number> = new Set([43, 45]);
const BULK = 36;
const ARRAY = 42;

/** What the bytes said so far were not: replies of Redis. */
const BROKEN = -1;

/**
 * Reads RESP2 strictly and without copying, only to know whether it is: the client's own parser skips what it does
 * not look at, and a reply off by one byte would be taken for another. After a violation it accepts nothing more.
 */
export class ReplyFrames {
  /** Elements still missing of each array that is open. */
  private readonly arrays: number[] = [];
  /** 0 between frames. */
  private type = 0;
  private lineLength = 0;
  /** The number a line has given so far. */
  private number = 0;
  private isNegative = false;
  private sawReturn = false;
  /** Bytes still missing of a bulk and its line end. */
  private body = 0;
  private isBroken = false;

  /** True where the next byte begins a reply, and nothing was amiss. */
  get isBetween(): boolean {
    return this.type === 0 && this.body === 0 && this.arrays.length === 0 && !this.isBroken;
  }

  /** How many replies were completed by these bytes, or -1: whatever speaks there is not Redis. */
  accept(chunk: Buffer): number {
    let completed = 0;
    let position = 0;
    while (position < chunk.length && !this.isBroken) {
      const before =
        this.body > 0 ? this.readBody(chunk, position) : this.readByte(chunk[position]);
      position += before.taken;
      if (before.element && this.closeElement()) completed += 1;
    }
    return this.isBroken ? BROKEN : completed;
  }

  private readBody(chunk: Buffer, position: number): Step {
    const taken = Math.min(this.body, chunk.length - position);
    // The last two bytes of it are the line end.
    const end = position + this.body;
    if (end - 2 < chunk.length && end - 2 >= position && chunk[end - 2] !== CR)
      this.isBroken = true;
    if (end - 1 < chunk.length && chunk[end - 1] !== LF) this.isBroken = true;
    this.body -= taken;
    return { taken, element: this.body === 0 };
  }

  private readByte(byte = 0): Step {
    if (this.type === 0) {
      this.type = byte;
      this.isBroken = !TYPES.has(byte);
      return GOES_ON;
    }
    if (this.sawReturn) return this.endLine(byte);
    if (byte === CR) {
      this.sawReturn = true;
      return GOES_ON;
    }
    return this.readLine(byte);
  }

  private readLine(byte: number): Step {
    this.lineLength += 1;
    if (TEXTS.has(this.type)) {
      this.isBroken = byte === LF || this.lineLength > LINE_MAX;
      return GOES_ON;
    }
    if (byte === MINUS && this.lineLength === 1) {
      this.isNegative = true;
      return GOES_ON;
    }
    this.isBroken = byte < ZERO || byte > ZERO + 9 || this.lineLength > NUMBER_MAX;
    this.number = this.number * 10 + byte - ZERO;
    return GOES_ON;
  }

  private endLine(byte: number): Step {
    const { type, lineLength, number, isNegative } = this;
    this.type = 0;
    this.lineLength = 0;
    this.number = 0;
    this.isNegative = false;
    this.sawReturn = false;
    if (byte !== LF) this.isBroken = true;
    if (TEXTS.has(type)) return ELEMENT;
    if (lineLength === (isNegative ? 1 : 0)) this.isBroken = true;
    if (type !== BULK && type !== ARRAY) return ELEMENT;
    if (!isNegative) return type === BULK ? this.beginBulk(number) : this.beginArray(number);
    // The client's parser takes every negative length for "-1": no other may pass.
    if (number !== 1 || lineLength !== 2) this.isBroken = true;
    return ELEMENT;
  }

  private beginBulk(length: number): Step {
    if (length > BULK_MAX) this.isBroken = true;
    this.body = length + 2;
    return GOES_ON;
  }

  private beginArray(length: number): Step {
    if (length === 0) return ELEMENT;
    if (length > ELEMENTS_MAX || this.arrays.length >= DEPTH_MAX) this.isBroken = true;
    this.arrays.push(length);
    return GOES_ON;
  }

  /** True when a whole reply is complete. */
  private closeElement(): boolean {
    for (;;) {
      const missing = this.arrays.pop();
      if (missing === undefined) return true;
      if (missing > 1) {
        this.arrays.push(missing - 1);
        return false;
      }
    }
  }
}

interface Step {
  readonly taken: number;
  /** An element was completed by it. */
  readonly element: boolean;
}
const GOES_ON: Step = { taken: 1, element: false };
const ELEMENT: Step = { taken: 1, element: true };
