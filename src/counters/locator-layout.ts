import { type Bytes, DAY, type EpochMs } from "../units.ts";
import type { Located, LocatedClaim } from "./contract.ts";
import { pharmacyCode, pharmacyNumber } from "./pharmacy-bytes.ts";

/**
 * A swipe's locator: at u48, person 10, pharmacy 6, kept u8 (days), claims u16, and a claim: kind u8, line u16, id 10.
 * It outlives the answer, so that settlements and reversals find their person and codes for 90 days.
 */
export const LOCATOR_HEAD = 25;
const CLAIM = 13;
const KINDS = ["trace", "split", "prescription", "token"] as const;

export function encodeLocator(
  at: EpochMs,
  person: Bytes,
  pharmacy: string,
  keptDays: number,
  claims: readonly LocatedClaim[],
): Buffer {
  const bytes = Buffer.allocUnsafe(LOCATOR_HEAD + CLAIM * claims.length);
  bytes.writeUIntBE(at, 0, 6);
  bytes.write(person, 6, 10, "latin1");
  bytes.writeUIntBE(pharmacyNumber(pharmacy), 16, 6);
  bytes.writeUInt8(keptDays, 22);
  bytes.writeUInt16BE(claims.length, 23);
  claims.forEach((claim, index) => {
    const position = LOCATOR_HEAD + CLAIM * index;
    bytes.writeUInt8(KINDS.indexOf(claim.kind), position);
    bytes.writeUInt16BE(claim.line, position + 1);
    bytes.write(claim.id, position + 3, 10, "latin1");
  });
  return bytes;
}

/** Until when a locator stands. */
export function locatorEnds(bytes: Buffer): EpochMs {
  return bytes.readUIntBE(0, 6) + bytes.readUInt8(22) * DAY;
}

export function decodeLocator(bytes: Buffer): Located {
  const claims: LocatedClaim[] = [];
  for (let i = 0; i < bytes.readUInt16BE(23); i++) {
    const position = LOCATOR_HEAD + CLAIM * i;
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
