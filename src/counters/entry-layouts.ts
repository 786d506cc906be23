import type { Bytes, EpochMs } from "../units.ts";
import {
  type Attempt,
  type Binding,
  CLAIM_STATES,
  type Claim,
  type ClaimUse,
  type CredentialCode,
  type LogEntry,
} from "./contract.ts";
import { areaNumber, areaText, entryLength } from "./ledger-layout.ts";
import { pharmacyCode, pharmacyNumber } from "./pharmacy-bytes.ts";

/**
 * The small entries of the memory, big endian, of fixed width but for attempts:
 * log: at u48, swipe 8, person 8, amount u32.
 * claim (a whole trace code): state u8, at u48, swipe 8, person 6, pharmacy 6.
 * use (token, prescription, split pack): state u8, at u48, swipe 8, person 8, pharmacy 6, drug 5, quantity u32.
 * binding: partner 8, at u48.
 * attempt: length u16, at u48, swipe 8, pharmacy 6, area u24, flags u8 (1 inquiry, credential << 1), basket 4,
 * codes u8, and 4 bytes a code.
 */
export const LOG_WIDTH = 26;
/** Where the scripts find the swipe of a log entry. */
export const LOG_SWIPE_OFFSET = 6;
export const CLAIM_WIDTH = 27;
export const USE_WIDTH = 38;
export const BINDING_WIDTH = 14;
const ATTEMPT_HEAD = 31;
/** Attempts follow a head: entries u16. */
export const ATTEMPTS_HEAD = 2;
/** Where the scripts find an attempt's time and swipe, from its start. */
export const ATTEMPT_AT_OFFSET = 2;
export const ATTEMPT_SWIPE_OFFSET = 8;

const NO_DRUG = "\0\0\0\0\0";

export function encodeLogEntry(entry: LogEntry): Buffer {
  const bytes = Buffer.allocUnsafe(LOG_WIDTH);
  bytes.writeUIntBE(entry.at, 0, 6);
  bytes.write(entry.swipe, 6, 8, "latin1");
  bytes.write(entry.person, 14, 8, "latin1");
  bytes.writeUInt32BE(Math.min(entry.amount, 0xffffffff), 22);
  return bytes;
}

export function decodeLog(bytes: Buffer | null, own: Bytes): LogEntry[] {
  if (bytes === null) return [];
  return readAll(bytes, LOG_WIDTH, (at) => ({
    at: bytes.readUIntBE(at, 6),
    swipe: bytes.toString("latin1", at + 6, at + 14),
    person: bytes.toString("latin1", at + 14, at + 22),
    amount: bytes.readUInt32BE(at + 22),
  })).filter((entry) => entry.swipe !== own);
}

function readAll<T>(bytes: Buffer, width: number, read: (at: number) => T): T[] {
  const entries: T[] = [];
  for (let at = 0; at + width <= bytes.length; at += width) entries.push(read(at));
  return entries;
}

export function encodeClaim(claim: Claim): Buffer {
  const bytes = Buffer.allocUnsafe(CLAIM_WIDTH);
  bytes.writeUInt8(CLAIM_STATES.indexOf(claim.state), 0);
  bytes.writeUIntBE(claim.at, 1, 6);
  bytes.write(claim.swipe, 7, 8, "latin1");
  bytes.write(claim.person, 15, 6, "latin1");
  bytes.writeUIntBE(pharmacyNumber(claim.pharmacy), 21, 6);
  return bytes;
}

export function decodeClaims(bytes: Buffer | null, own: Bytes): Claim[] {
  if (bytes === null) return [];
  return readAll(bytes, CLAIM_WIDTH, (at) => ({
    state: CLAIM_STATES[bytes.readUInt8(at)] ?? "sold",
    at: bytes.readUIntBE(at + 1, 6),
    swipe: bytes.toString("latin1", at + 7, at + 15),
    person: bytes.toString("latin1", at + 15, at + 21),
    pharmacy: pharmacyCode(bytes.readUIntBE(at + 21, 6)),
  })).filter((claim) => claim.swipe !== own);
}

export function encodeUse(use: ClaimUse): Buffer {
  const bytes = Buffer.allocUnsafe(USE_WIDTH);
  bytes.writeUInt8(CLAIM_STATES.indexOf(use.state), 0);
  bytes.writeUIntBE(use.at, 1, 6);
  bytes.write(use.swipe, 7, 8, "latin1");
  bytes.write(use.person, 15, 8, "latin1");
  bytes.writeUIntBE(pharmacyNumber(use.pharmacy), 23, 6);
  bytes.write(use.drug === "" ? NO_DRUG : use.drug, 29, 5, "latin1");
  bytes.writeUInt32BE(Math.min(use.quantity, 0xffffffff), 34);
  return bytes;
}

export function decodeUses(bytes: Buffer | null, own: Bytes): ClaimUse[] {
  if (bytes === null) return [];
  return readAll(bytes, USE_WIDTH, (at) => ({
    state: CLAIM_STATES[bytes.readUInt8(at)] ?? "sold",
    at: bytes.readUIntBE(at + 1, 6),
    swipe: bytes.toString("latin1", at + 7, at + 15),
    person: bytes.toString("latin1", at + 15, at + 23),
    pharmacy: pharmacyCode(bytes.readUIntBE(at + 23, 6)),
    drug: bytes.toString("latin1", at + 29, at + 34),
    quantity: bytes.readUInt32BE(at + 34),
  })).filter((use) => use.swipe !== own);
}

export function encodeBinding(partner: Bytes, at: EpochMs): Buffer {
  const bytes = Buffer.allocUnsafe(BINDING_WIDTH);
  bytes.write(partner, 0, 8, "latin1");
  bytes.writeUIntBE(at, 8, 6);
  return bytes;
}

export function decodeBindings(bytes: Buffer | null): Binding[] {
  if (bytes === null) return [];
  return readAll(bytes, BINDING_WIDTH, (at) => ({
    partner: bytes.toString("latin1", at, at + 8),
    at: bytes.readUIntBE(at + 8, 6),
  }));
}

export function encodeAttempt(attempt: Attempt): Buffer {
  const bytes = Buffer.allocUnsafe(ATTEMPT_HEAD + 4 * attempt.codes.length);
  bytes.writeUInt16BE(bytes.length, 0);
  bytes.writeUIntBE(attempt.at, 2, 6);
  bytes.write(attempt.swipe, 8, 8, "latin1");
  bytes.writeUIntBE(pharmacyNumber(attempt.pharmacy), 16, 6);
  bytes.writeUIntBE(areaNumber(attempt.area), 22, 3);
  bytes.writeUInt8((attempt.inquiry ? 1 : 0) | (attempt.credential << 1), 25);
  bytes.write(attempt.basket, 26, 4, "latin1");
  bytes.writeUInt8(attempt.codes.length, 30);
  attempt.codes.forEach((code, index) => {
    bytes.write(code, ATTEMPT_HEAD + 4 * index, 4, "latin1");
  });
  return bytes;
}

export function decodeAttempts(bytes: Buffer | null, own: Bytes): Attempt[] {
  const attempts: Attempt[] = [];
  if (bytes === null) return attempts;
  let at = ATTEMPTS_HEAD;
  while (at + ATTEMPT_HEAD <= bytes.length) {
    const attempt = decodeAttempt(bytes, at);
    if (attempt.swipe !== own) attempts.push(attempt);
    at += entryLength(bytes, at);
  }
  return attempts;
}

function decodeAttempt(bytes: Buffer, at: number): Attempt {
  const flags = bytes.readUInt8(at + 25);
  const codes: Bytes[] = [];
  for (let i = 0; i < bytes.readUInt8(at + 30); i++) {
    codes.push(bytes.toString("latin1", at + ATTEMPT_HEAD + 4 * i, at + ATTEMPT_HEAD + 4 * i + 4));
  }
  return {
    at: bytes.readUIntBE(at + 2, 6),
    swipe: bytes.toString("latin1", at + 8, at + 16),
    pharmacy: pharmacyCode(bytes.readUIntBE(at + 16, 6)),
    area: areaText(bytes.readUIntBE(at + 22, 3)),
    inquiry: (flags & 1) === 1,
    credential: ((flags >> 1) & 3) as CredentialCode,
    basket: bytes.toString("latin1", at + 26, at + 30),
    codes,
  };
}
