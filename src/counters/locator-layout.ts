import { type Bytes, DAY, type EpochMs } from "../units.ts";
import type { Located, LocatedClaim } from "./contract.ts";
import { pharmacyCode, pharmacyNumber } from "./pharmacy-bytes.ts";
import { putBytes, putUint8, putUint16, putUint48 } from "./put-bytes.ts";

/**
 * A swipe's locator: at u48, person 10, pharmacy 6, kept u8 (days), claims u16, and a claim: kind u8, line u16, id 10.
 * It outlives the answer, so that settlements and reversals find their person and codes for 90 days.
 */
export const LOCATOR_HEAD = 25;
/** A claim's bytes, all of them its identity. */
export const LOCATOR_CLAIM = 13;
/** Where the number of claims stands. */
export const LOCATOR_COUNT_OFFSET = 23;
const KINDS = ["trace", "split", "prescription", "token"] as const;

export function encodeLocator(
  at: EpochMs,
  person: Bytes,
  pharmacy: string,
  keptDays: number,
  claims: readonly LocatedClaim[],
): Buffer {
  const bytes = Buffer.allocUnsafe(LOCATOR_HEAD + LOCATOR_CLAIM * claims.length);
  putUint48(bytes, 0, at);
  putBytes(bytes, 6, 10, person);
  putUint48(bytes, 16, pharmacyNumber(pharmacy));
  putUint8(bytes, 22, keptDays);
  putUint16(bytes, LOCATOR_COUNT_OFFSET, claims.length);
  writeClaims(bytes, LOCATOR_HEAD, claims);
  return bytes;
}

export function encodeClaims(claims: readonly LocatedClaim[]): Buffer {
  const bytes = Buffer.allocUnsafe(LOCATOR_CLAIM * claims.length);
  writeClaims(bytes, 0, claims);
  return bytes;
}

function writeClaims(bytes: Buffer, from: number, claims: readonly LocatedClaim[]): void {
  let position = from;
  for (const { kind, line, id } of claims) {
    putUint8(bytes, position, KINDS.indexOf(kind));
    putUint16(bytes, position + 1, line);
    putBytes(bytes, position + 3, 10, id);
    position += LOCATOR_CLAIM;
  }
}

/** Until when a locator stands. */
export function locatorEnds(bytes: Buffer): EpochMs {
  return bytes.readUIntBE(0, 6) + bytes.readUInt8(22) * DAY;
}

export function decodeLocator(bytes: Buffer): Located {
  const claims: LocatedClaim[] = [];
  for (let i = 0; i < bytes.readUInt16BE(LOCATOR_COUNT_OFFSET); i++) {
    const position = LOCATOR_HEAD + LOCATOR_CLAIM * i;
    claims.push({
      kind: KINDS[bytes.readUInt8(position)] ?? "trace",
      line: bytes.readUInt16BE(position + 1),
      id: bytes.toString("latin1", position + 3, position + 13),
    });
  }
  return {
    at: bytes.readUIntBE(0, 6),
    person: bytes.toString("latin1", 6, 16),
    pharmacy: pharmacyCode(bytes.readUIntBE(16, 6)),
    claims,
  };
}
