import { createHash } from "node:crypto";
import type { ShanghaiDay } from "../units.ts";
import type { Period } from "./periods.ts";
import { holds } from "./periods.ts";

/**
 * Which ids a list holds, and when: sorted 80-bit digests in typed arrays, found through a small
 * table over their leading bits: about 17 bytes a digest (measured at two million; 14 of them are
 * digest and days) where a Map from string to period took 108. A look-up among them took 0.5 µs.
 */
export interface DigestList {
  /** Digests held; an id that was loaded in two domains counts twice. */
  readonly size: number;
  holds(id: string, day: ShanghaiDay): boolean;
}

const DIGEST_BYTES = 10;
/** Digests a bucket holds on average: few enough to scan, many enough to keep the table small. */
const BUCKET_FILL = 8;
const BUCKET_BITS_MAX = 24;
/** Steps of work between two chances for others to run: about a millisecond. */
const STEP = 4_096;

export interface DigestListBuilder {
  add(id: string, period: Period): void;
  /** Sorts; hands back now and then, because a million digests take about a second. */
  build(): Generator<void, DigestList>;
}

export function createDigestListBuilder(): DigestListBuilder {
  let digests = Buffer.alloc(64 * DIGEST_BYTES);
  let periods = new Uint16Array(64 * 2);
  let size = 0;
  return {
    add(id, period) {
      if (size * 2 === periods.length) {
        digests = Buffer.concat([digests, Buffer.alloc(digests.length)]);
        const wider = new Uint16Array(periods.length * 2);
        wider.set(periods);
        periods = wider;
      }
      writeDigest(id, digests, size * DIGEST_BYTES);
      periods[size * 2] = period.from;
      periods[size * 2 + 1] = period.to;
      size += 1;
    },
    *build() {
      return yield* sorted({ digests, periods, size });
    },
  };
}

/** Rows as they came, or as they are kept: digest and period side by side. */
interface Rows {
  readonly digests: Buffer;
  readonly periods: Uint16Array;
  readonly size: number;
}

/** Digests are evenly spread, so a bucket by leading bits leaves only a handful to order. */
function* sorted(rows: Rows): Generator<void, DigestList> {
  const bits = bucketBits(rows.size);
  const starts = yield* bucketStarts(rows, bits);
  const order = yield* spread(rows, starts, bits);
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) {
    const members = order.subarray(starts[bucket], starts[bucket + 1]);
    members.sort((a, b) => compareAt(rows.digests, a, rows.digests, b));
    if (bucket % (STEP / BUCKET_FILL) === 0) yield;
  }
  return listOver(yield* arranged(rows, order), starts, bits);
}

/** Where each bucket begins once its members stand together; one more than there are buckets. */
function* bucketStarts({ digests, size }: Rows, bits: number): Generator<void, Uint32Array> {
  const starts = new Uint32Array(2 ** bits + 1);
  for (let at = 0; at < size; at += 1) {
    const bucket = bucketOf(digests, at, bits);
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    if (at % STEP === 0) yield;
  }
  for (let bucket = 1; bucket < starts.length; bucket += 1) {
    starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
  }
  return starts;
}

/** Row numbers, bucket by bucket. */
function* spread(
  { digests, size }: Rows,
  starts: Uint32Array,
  bits: number,
): Generator<void, Uint32Array> {
  const order = new Uint32Array(size);
  const next = starts.slice();
  for (let at = 0; at < size; at += 1) {
    const bucket = bucketOf(digests, at, bits);
    const place = next[bucket] ?? 0;
    order[place] = at;
    next[bucket] = place + 1;
    if (at % STEP === 0) yield;
  }
  return order;
}

function* arranged({ digests, periods, size }: Rows, order: Uint32Array): Generator<void, Rows> {
  const kept = {
    digests: Buffer.alloc(size * DIGEST_BYTES),
    periods: new Uint16Array(size * 2),
    size,
  };
  for (let at = 0; at < size; at += 1) {
    const from = order[at] ?? 0;
    digests.copy(kept.digests, at * DIGEST_BYTES, from * DIGEST_BYTES, (from + 1) * DIGEST_BYTES);
    kept.periods[at * 2] = periods[from * 2] ?? 0;
    kept.periods[at * 2 + 1] = periods[from * 2 + 1] ?? 0;
    if (at % STEP === 0) yield;
  }
  return kept;
}

function listOver({ digests, periods, size }: Rows, starts: Uint32Array, bits: number): DigestList {
  const wanted = Buffer.alloc(DIGEST_BYTES);
  const periodAt = (at: number): Period => ({
    from: periods[at * 2] ?? 0,
    to: periods[at * 2 + 1] ?? 0,
  });
  const isWanted = (at: number): boolean => at < size && compareAt(digests, at, wanted, 0) === 0;
  const firstAt = (): number => {
    const bucket = bucketOf(wanted, 0, bits);
    const end = starts[bucket + 1] ?? 0;
    let at = starts[bucket] ?? 0;
    while (at < end && compareAt(digests, at, wanted, 0) < 0) at += 1;
    return at;
  };
  return {
    size,
    holds(id, day) {
      if (size === 0) return false;
      writeDigest(id, wanted, 0);
      for (let at = firstAt(); isWanted(at); at += 1) {
        // The same id may stand on several rows with different periods.
        if (holds(periodAt(at), day)) return true;
      }
      return false;
    },
  };
}

/** Negative when digest `a` of `left` sorts before digest `b` of `right`. */
function compareAt(left: Buffer, a: number, right: Buffer, b: number): number {
  const from = b * DIGEST_BYTES;
  return left.compare(right, from, from + DIGEST_BYTES, a * DIGEST_BYTES, (a + 1) * DIGEST_BYTES);
}

function bucketBits(size: number): number {
  const buckets = Math.ceil(size / BUCKET_FILL);
  return buckets <= 1 ? 0 : Math.min(Math.floor(Math.log2(buckets)), BUCKET_BITS_MAX);
}

function bucketOf(digests: Buffer, at: number, bits: number): number {
  return digests.readUIntBE(at * DIGEST_BYTES, 3) >>> (24 - bits);
}

/** 14 characters of base64url whose last four bits are zero: exactly one spelling for 10 bytes. */
const PSEUDONYM = /^[A-Za-z0-9_-]{13}[AQgw]$/;

/** A pseudonym is its own digest; a composed id (`pharmacy:pseudonym`) is hashed down to the same length. */
function writeDigest(id: string, into: Buffer, offset: number): void {
  if (PSEUDONYM.test(id)) {
    into.write(id, offset, DIGEST_BYTES, "base64url");
    return;
  }
  createHash("sha256").update(id).digest().copy(into, offset, 0, DIGEST_BYTES);
}
