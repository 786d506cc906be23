import { BULK_MAX, DEPTH_MAX, ELEMENTS_MAX, NUMBER_MAX } from "./reply-frames.ts";

const CR = 13;
const LF = 10;
const MINUS = 45;
const ZERO = 48;
const INTEGER = 58;
const BULK = 36;
const ARRAY = 42;

/** What a script returns; bulks are views of the chunk. */
type Reply = number | Buffer | null | readonly Reply[];

/**
 * The replies of a chunk that begins and ends between two of them, read as strictly as `ReplyFrames` does. Undefined
 * where it does not, where there is a status or an error among them, or what no Redis says: all that is for others.
 *
 * Of a check's first reply the client's parser makes the same in 95 thousand instructions, this in 20 (measured).
 */
export function wholeReplies(chunk: Buffer): readonly Reply[] | undefined {
  const reader = new ReplyReader(chunk);
  const replies: Reply[] = [];
  while (!reader.isAtEnd) {
    const reply = reader.next(0);
    if (reply === undefined) return undefined;
    replies.push(reply);
  }
  return replies;
}

class ReplyReader {
  private readonly chunk: Buffer;
  private at = 0;

  constructor(chunk: Buffer) {
    this.chunk = chunk;
  }

  get isAtEnd(): boolean {
    return this.at >= this.chunk.length;
  }

  next(depth: number): Reply | undefined {
    const type = this.chunk[this.at];
    this.at += 1;
    switch (type) {
      case INTEGER:
        return this.number();
      case BULK:
        return this.bulk();
      case ARRAY:
        return this.array(depth);
      default:
        return undefined;
    }
  }

  private bulk(): Buffer | null | undefined {
    const length = this.length(BULK_MAX);
    if (length === undefined || length < 0) return length === undefined ? undefined : null;
    const from = this.at;
    const end = from + length;
    if (this.chunk[end] !== CR || this.chunk[end + 1] !== LF) return undefined;
    this.at = end + 2;
    return this.chunk.subarray(from, end);
  }

  private array(depth: number): readonly Reply[] | null | undefined {
    const length = depth < DEPTH_MAX ? this.length(ELEMENTS_MAX) : undefined;
    if (length === undefined || length < 0) return length === undefined ? undefined : null;
    const items: Reply[] = [];
    for (let item = 0; item < length; item += 1) {
      const reply = this.next(depth + 1);
      if (reply === undefined) return undefined;
      items.push(reply);
    }
    return items;
  }

  /** From 0 to `max`, or -1 for nothing at all. */
  private length(max: number): number | undefined {
    const from = this.at;
    const value = this.number();
    if (value === undefined || value > max) return undefined;
    if (this.chunk[from] !== MINUS) return value;
    return value === -1 && this.at === from + "-1\r\n".length ? value : undefined;
  }

  /** To the end of its line. */
  private number(): number | undefined {
    const { chunk, at: from } = this;
    const first = chunk[from] === MINUS ? from + 1 : from;
    let value = 0;
    let at = first;
    for (; chunk[at] !== CR; at += 1) {
      const digit = (chunk[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9 || at - from >= NUMBER_MAX) return undefined;
      value = value * 10 + digit;
    }
    if (at === first || chunk[at + 1] !== LF) return undefined;
    this.at = at + 2;
    return first === from ? value : -value;
  }
}
