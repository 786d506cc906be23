import { hash } from "node:crypto";
import { FOREIGN, PSEUDONYM_LENGTH, sixBits } from "./pseudonym-letters.ts";

/**
 * A number for each of many ids: sorted 80-bit digests in typed arrays, found through a small table
 * over their leading bits: about 17 bytes a row (measured at two million; 14 of them are digest and
 * number) where a Map from string to object took 108.
 */
export interface DigestTable {
  /** Rows held; an id on two rows counts twice. */
  readonly size: number;
  /** Whether a number of this id satisfies `wanted`; asked until one does. */
  some(id: string, wanted: (value: number) => boolean): boolean;
}

const DIGEST_BYTES = 10;
/** Digests a bucket holds on average: few enough to scan, many enough to keep the table small. */
const BUCKET_FILL = 8;
const BUCKET_BITS_MAX = 24;
/** Steps of work between two chances for others to run: about a millisecond. */
const STEP = 4_096;
/** Rows a block holds while they come: growing by blocks never copies what is there. */
const BLOCK_ROWS = 8_192;

export interface DigestTableBuilder {
  /** `value` has 32 bits. */
  add(id: string, value: number): void;
  /** Sorts; hands back now and then, because a million digests take about a second. */
  build(): Generator<void, DigestTable>;
}

export function createDigestTableBuilder(): DigestTableBuilder {
  const blocks: Block[] = [];
  let size = 0;
  /** Whether an id was added that is as long as a pseudonym and is none. */
  let hasOthers = false;
  return {
    add(id, value) {
      const at = size % BLOCK_ROWS;
      if (at === 0) blocks.push(emptyBlock(BLOCK_ROWS));
      const block = blocks[blocks.length - 1];
      if (block !== undefined) {
        const isPseudonym = writeDigest(id, block.digests, at * DIGEST_BYTES);
        hasOthers ||= !isPseudonym && id.length === PSEUDONYM_LENGTH;
        block.values[at] = value;
      }
      size += 1;
    },
    *build() {
      return yield* sorted(blocks, size, hasOthers);
    },
  };
}

/** Digest and number side by side. */
interface Block {
  readonly digests: Buffer;
  readonly values: Uint32Array;
}

function emptyBlock(rows: number): Block {
  return {
    // Every byte is written before it is read, and to clear 40 MB at once would hold others up.
    digests: Buffer.allocUnsafeSlow(rows * DIGEST_BYTES),
    values: new Uint32Array(rows),
  };
}

/** Digests are evenly spread, so a bucket by leading bits leaves only a handful to order. */
function* sorted(
  blocks: readonly Block[],
  size: number,
  hasOthers: boolean,
): Generator<void, DigestTable> {
  const bits = bucketBits(size);
  const starts = yield* bucketStarts(blocks, size, bits);
  const rows = yield* spread(blocks, { size, starts, bits });
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) {
    sortBucket(rows, starts[bucket] ?? 0, starts[bucket + 1] ?? 0);
    if (bucket % (STEP / BUCKET_FILL) === 0) yield;
  }
  return tableOver({ rows, size, starts, bits, hasOthers });
}

/** Where each bucket begins once its members stand together; one more than there are buckets. */
function* bucketStarts(
  blocks: readonly Block[],
  size: number,
  bits: number,
): Generator<void, Uint32Array> {
  const starts = new Uint32Array(2 ** bits + 1);
  for (let at = 0; at < size; at += 1) {
    const block = blocks[Math.floor(at / BLOCK_ROWS)];
    const bucket = block === undefined ? 0 : bucketOf(block.digests, at % BLOCK_ROWS, bits);
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    if (at % STEP === 0) yield;
  }
  for (let bucket = 1; bucket < starts.length; bucket += 1) {
    starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    if (bucket % (STEP * 8) === 0) yield;
  }
  return starts;
}

interface Buckets {
  readonly size: number;
  readonly starts: Uint32Array;
  readonly bits: number;
}

/** All rows in one place, bucket by bucket. */
function* spread(
  blocks: readonly Block[],
  { size, starts, bits }: Buckets,
): Generator<void, Block> {
  const rows = emptyBlock(size);
  const next = starts.slice();
  for (let at = 0; at < size; at += 1) {
    const block = blocks[Math.floor(at / BLOCK_ROWS)];
    if (block === undefined) break;
    const from = at % BLOCK_ROWS;
    const bucket = bucketOf(block.digests, from, bits);
    const place = next[bucket] ?? 0;
    copyRow(block, from, rows, place);
    next[bucket] = place + 1;
    if (at % STEP === 0) yield;
  }
  return rows;
}

/** By insertion: a bucket has about eight rows. One that holds an id many times over is sorted aside. */
function sortBucket(rows: Block, start: number, end: number): void {
  if (end - start > BUCKET_FILL * 8) {
    sortAside(rows, start, end);
    return;
  }
  const held = emptyRow();
  for (let at = start + 1; at < end; at += 1) {
    let place = at;
    while (place > start && compareAt(rows.digests, place - 1, rows.digests, at) > 0) place -= 1;
    if (place === at) continue;
    copyRow(rows, at, held, 0);
    rows.digests.copyWithin((place + 1) * DIGEST_BYTES, place * DIGEST_BYTES, at * DIGEST_BYTES);
    rows.values.copyWithin(place + 1, place, at);
    copyRow(held, 0, rows, place);
  }
}

function sortAside(rows: Block, start: number, end: number): void {
  const order = Uint32Array.from({ length: end - start }, (_, at) => start + at);
  order.sort((a, b) => compareAt(rows.digests, a, rows.digests, b));
  const aside = emptyBlock(order.length);
  for (const [place, at] of order.entries()) copyRow(rows, at, aside, place);
  for (let at = start; at < end; at += 1) copyRow(aside, at - start, rows, at);
}

function emptyRow(): Block {
  return { digests: Buffer.alloc(DIGEST_BYTES), values: new Uint32Array(1) };
}

function copyRow(from: Block, at: number, to: Block, place: number): void {
  const start = at * DIGEST_BYTES;
  from.digests.copy(to.digests, place * DIGEST_BYTES, start, start + DIGEST_BYTES);
  to.values[place] = from.values[at] ?? 0;
}

interface Sorted extends Buckets {
  readonly rows: Block;
  readonly hasOthers: boolean;
}

function tableOver({ rows, size, starts, bits, hasOthers }: Sorted): DigestTable {
  const wanted = Buffer.alloc(DIGEST_BYTES);
  const { digests, values } = rows;
  const isWanted = (at: number): boolean => at < size && compareAt(digests, at, wanted, 0) === 0;
  /** Most ids stand on no list, and four of their letters say so: 470 instructions, where all ten bytes took 1,710. */
  const mayHold = (id: string): boolean => {
    if (hasOthers || id.length !== PSEUDONYM_LENGTH) return true;
    const leading = leadingBits(id);
    const bucket = leading >>> (LEADING_BITS - bits);
    const end = starts[bucket + 1] ?? 0;
    for (let at = starts[bucket] ?? 0; at < end; at += 1) {
      const known = leadingAt(digests, at);
      if (known >= leading) return known === leading;
    }
    return false;
  };
  const firstAt = (): number => {
    const bucket = bucketOf(wanted, 0, bits);
    const end = starts[bucket + 1] ?? 0;
    let at = starts[bucket] ?? 0;
    while (at < end && compareAt(digests, at, wanted, 0) < 0) at += 1;
    return at;
  };
  return {
    size,
    some(id, satisfies) {
      if (size === 0 || !mayHold(id)) return false;
      writeDigest(id, wanted, 0);
      for (let at = firstAt(); isWanted(at); at += 1) {
        if (satisfies(values[at] ?? 0)) return true;
      }
      return false;
    },
  };
}

/** Negative when digest `a` of `left` sorts before digest `b` of `right`. Byte by byte: a call out to compare ten costs more. */
function compareAt(left: Buffer, a: number, right: Buffer, b: number): number {
  const first = a * DIGEST_BYTES;
  const second = b * DIGEST_BYTES;
  for (let i = 0; i < DIGEST_BYTES; i += 1) {
    const apart = (left[first + i] ?? 0) - (right[second + i] ?? 0);
    if (apart !== 0) return apart;
  }
  return 0;
}

function bucketBits(size: number): number {
  const buckets = Math.ceil(size / BUCKET_FILL);
  return buckets <= 1 ? 0 : Math.min(Math.floor(Math.log2(buckets)), BUCKET_BITS_MAX);
}

function bucketOf(digests: Buffer, at: number, bits: number): number {
  return leadingAt(digests, at) >>> (LEADING_BITS - bits);
}

const LEADING_BITS = 24;

function leadingAt(digests: Buffer, at: number): number {
  const first = at * DIGEST_BYTES;
  return (
    ((digests[first] ?? 0) << 16) | ((digests[first + 1] ?? 0) << 8) | (digests[first + 2] ?? 0)
  );
}

/**
 * A pseudonym is its own digest; a composed id (`pharmacy:pseudonym`) is hashed down to the same length, and the answer
 * is false.
 */
function writeDigest(id: string, into: Buffer, offset: number): boolean {
  if (writePseudonym(id, into, offset)) return true;
  into.write(hash("sha256", id, "binary"), offset, DIGEST_BYTES, "latin1");
  return false;
}

/** The first three bytes of a pseudonym; of what is none, anything. */
function leadingBits(id: string): number {
  return (sixBits(id, 0) << 18) | (sixBits(id, 1) << 12) | (sixBits(id, 2) << 6) | sixBits(id, 3);
}

/**
 * False for what is no pseudonym: 14 characters of base64url whose last four bits are zero, exactly one spelling for
 * 10 bytes. Read by hand, and compared so: that took 12 of 45 µs off reading a swipe's features, which look up some
 * fifteen ids.
 */
function writePseudonym(id: string, into: Buffer, offset: number): boolean {
  if (id.length !== PSEUDONYM_LENGTH) return false;
  let seen = 0;
  let held = 0;
  let bits = 0;
  let at = offset;
  for (let i = 0; i < PSEUDONYM_LENGTH; i += 1) {
    const six = sixBits(id, i);
    seen |= six;
    held = ((held << 6) | six) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    into[at] = held >>> bits;
    at += 1;
  }
  return (seen & FOREIGN) === 0 && (held & 0b1111) === 0;
}
