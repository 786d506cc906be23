import { createHash } from "node:crypto";
import type { SwipeKey } from "../counters/contract.ts";
import type { Pseudonym, PseudonymisedLine } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes } from "../units.ts";

const SEPARATOR = "\u0000";
const TAG_LIMIT = 65_536;
const DIGITS = /^\d{1,30}$/;

function sha256(text: string): Bytes {
  return createHash("sha256").update(text).digest().toString("latin1");
}

/** The ten bytes of a pseudonym, one character a byte. */
export function pseudonymBytes(pseudonym: Pseudonym): Bytes {
  return Buffer.from(pseudonym, "base64url").toString("latin1");
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
  const items = lines.map(
    (line) => `${line.drug}${SEPARATOR}${line.quantity}${SEPARATOR}${line.unit}`,
  );
  return sha256(items.sort().join("\n")).slice(0, 4);
}

/** Four bytes by which a settlement is known again; the ledger keeps no more of it. */
export function settlementDigest(settlementId: string): Bytes {
  return sha256(`settlement${SEPARATOR}${settlementId}`).slice(0, 4);
}
