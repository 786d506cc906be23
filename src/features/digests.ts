import { hash } from "node:crypto";
import type { SwipeKey } from "../counters/contract.ts";
import { FOREIGN, PSEUDONYM_LENGTH, sixBits } from "../reference/pseudonym-letters.ts";
import type { Pseudonym, PseudonymisedLine } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes } from "../units.ts";

const SEPARATOR = "\u0000";
const TAG_LIMIT = 65_536;
const DIGITS = /^\d{1,30}$/;

/** In one call: a quarter of the time of a hash object. */
function sha256(text: string): Bytes {
  return hash("sha256", text, "binary");
}

/**
 * The ten bytes of a pseudonym, one character a byte. Read by hand: a swipe has some ten, and a Buffer for each took
 * an eighth of what is told to the store of it.
 */
export function pseudonymBytes(pseudonym: Pseudonym): Bytes {
  const a = threeBytes(pseudonym, 0);
  const b = threeBytes(pseudonym, 4);
  const c = threeBytes(pseudonym, 8);
  const last = sixBits(pseudonym, 12);
  const least = sixBits(pseudonym, 13);
  // Buffer reads more than pseudonyms: other lengths, and the alphabet of plain base64.
  if (pseudonym.length !== PSEUDONYM_LENGTH || (a | b | c) < 0 || ((last | least) & FOREIGN) !== 0)
    return Buffer.from(pseudonym, "base64url").toString("latin1");
  // biome-ignore format: a row a group of four letters
  return String.fromCharCode(
    a >>> 16, (a >>> 8) & 255, a & 255,
    b >>> 16, (b >>> 8) & 255, b & 255,
    c >>> 16, (c >>> 8) & 255, c & 255,
    (last << 2) | (least >>> 4),
  );
}

/** What four letters stand for; negative where one is foreign. */
function threeBytes(text: string, at: number): number {
  const a = sixBits(text, at);
  const b = sixBits(text, at + 1);
  const c = sixBits(text, at + 2);
  const d = sixBits(text, at + 3);
  return ((a | b | c | d) & FOREIGN) !== 0 ? -1 : (a << 18) | (b << 12) | (c << 6) | d;
}

/**
 * First 8 bytes of SHA-256 over the scope and the till's id.
 * `scope` is the caller's pharmacy where callers authenticate, else empty.
 */
export function swipeKey(scope: string, swipeId: string): SwipeKey {
  return sha256(scope + SEPARATOR + swipeId).slice(0, 8);
}

/**
 * Finds a till's line again at settlement and reversal, in 16 bits.
 * A number (leading zeros aside) below 65,536 is itself, so the usual `0001`, `0002` never collide;
 * any other id is the first two bytes of its SHA-256.
 */
export function lineTag(lineId: string): number {
  const number = DIGITS.test(lineId) ? Number(lineId) : TAG_LIMIT;
  if (number < TAG_LIMIT) return number;
  const digest = sha256(lineId);
  return digest.charCodeAt(0) * 256 + digest.charCodeAt(1);
}

/** Four bytes: the same drugs in the same quantities give the same ones, in whatever order. */
export function basketDigest(lines: readonly PseudonymisedLine[]): Bytes {
  const [only] = lines;
  const text =
    lines.length === 1 && only !== undefined
      ? itemText(only)
      : lines.map(itemText).sort().join("\n");
  return sha256(text).slice(0, 4);
}

function itemText({ drug, quantity, unit }: PseudonymisedLine): string {
  return `${drug}${SEPARATOR}${quantity}${SEPARATOR}${unit}`;
}

/** Four bytes by which a settlement is known again; the ledger keeps no more of it. */
export function settlementDigest(settlementId: string): Bytes {
  return sha256(`settlement${SEPARATOR}${settlementId}`).slice(0, 4);
}

/** Eight bytes for a partner that is no pseudonym: a pharmacy, a drug code, a pseudonym with something beside it. */
export function partnerDigest(...parts: readonly string[]): Bytes {
  return sha256(parts.join(SEPARATOR)).slice(0, 8);
}

const U32_MAX = 0xffffffff;

/** An unsigned number in four bytes, big endian; what is more than they hold is the most they hold. */
export function bytes32(value: number): Bytes {
  const whole = Math.min(value, U32_MAX) >>> 0;
  return String.fromCharCode(whole >>> 24, (whole >>> 16) & 255, (whole >>> 8) & 255, whole & 255);
}

export function number32(bytes: Bytes): number {
  return (
    bytes.charCodeAt(0) * 0x1000000 +
    ((bytes.charCodeAt(1) << 16) | (bytes.charCodeAt(2) << 8) | bytes.charCodeAt(3))
  );
}

/** A whole number up to 2^53 in eight bytes, big endian. */
export function bytes64(value: number): Bytes {
  return bytes32(Math.floor(value / 2 ** 32)) + bytes32(value % 2 ** 32);
}

export function number64(bytes: Bytes): number {
  return number32(bytes) * 2 ** 32 + number32(bytes.slice(4));
}
