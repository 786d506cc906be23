import type { Bytes } from "../units.ts";
import {
  type Attempt,
  type Binding,
  CLAIM_STATES,
  type Claim,
  type ClaimUse,
  type CredentialCode,
  FLAG_KINDS,
  type Flag,
  type LogEntry,
} from "./contract.ts";
import { areaNumber, areaText, entryLength } from "./ledger-layout.ts";
import { pharmacyCode, pharmacyNumber } from "./pharmacy-bytes.ts";
import { putBytes } from "./put-bytes.ts";

/**
 * The small entries of the memory, big endian, of fixed width but for attempts:
 * log: at u48, swipe 8, person 10, amount u32, mark 4.
 * claim (a whole trace code): state u8, at u48, swipe 8, person 6, pharmacy 6.
 * use (token, prescription, split pack): state u8, at u48, swipe 8, person 8, pharmacy 6, drug 6, quantity u32.
 * binding: partner 8, at u48, count u32.
 * flag: kind u8, at u48, value u16, reference 8.
 * attempt: length u16, at u48, swipe 8, pharmacy 6, area u24, flags u8 (1 inquiry, credential << 1), basket 4,
 * codes u8, and 4 bytes a code.
 */
export const LOG_WIDTH = 32;
/** Where the scripts find the swipe of a log entry. */
export const LOG_SWIPE_OFFSET = 6;
export const CLAIM_WIDTH = 27;
export const USE_WIDTH = 39;
/** Where a use's drug and quantity stand. */
export const USE_DRUG_OFFSET = 29;
export const USE_QUANTITY_OFFSET = 35;
export const BINDING_WIDTH = 18;
/** Where a binding's time and count stand, behind its partner. */
export const BINDING_AT_OFFSET = 8;
export const BINDING_COUNT_OFFSET = 14;
export const FLAG_WIDTH = 17;
/** Where a flag's time and reference stand, behind its kind. */
export const FLAG_AT_OFFSET = 1;
export const FLAG_REFERENCE_OFFSET = 9;
const ATTEMPT_HEAD = 31;
/** Attempts follow a head: entries u16. */
export const ATTEMPTS_HEAD = 2;
/** Where the scripts find an attempt's time and swipe, from its start. */
export const ATTEMPT_AT_OFFSET = 2;
export const ATTEMPT_SWIPE_OFFSET = 8;

const NO_DRUG = "\0\0\0\0\0\0";
const U16_MAX = 0xffff;
const U32_MAX = 0xffffffff;

export function encodeLogEntry(entry: LogEntry): Buffer {
  const bytes = Buffer.allocUnsafe(LOG_WIDTH);
  bytes.writeUIntBE(entry.at, 0, 6);
  putBytes(bytes, 6, 8, entry.swipe);
  putBytes(bytes, 14, 10, entry.person);
  bytes.writeUInt32BE(Math.min(entry.amount, U32_MAX), 24);
  putBytes(bytes, 28, 4, entry.mark);
  return bytes;
}

export function decodeLog(bytes: Buffer | null, own: Bytes): LogEntry[] {
  const entries: LogEntry[] = [];
  if (bytes === null) return entries;
  const text = bytes.toString("latin1");
  for (let at = 0; at + LOG_WIDTH <= bytes.length; at += LOG_WIDTH) {
    const swipe = text.slice(at + 6, at + 14);
    if (swipe === own) continue;
    entries.push({
      at: bytes.readUIntBE(at, 6),
      swipe,
      person: text.slice(at + 14, at + 24),
      amount: bytes.readUInt32BE(at + 24),
      mark: text.slice(at + 28, at + 32),
    });
  }
  return entries;
}

/** `text`: all of the bytes, turned once. With a call of Buffer for each field two logs of twenty took 10 us, so 4. */
function readAll<T>(bytes: Buffer, width: number, read: (at: number, text: Bytes) => T): T[] {
  const text = bytes.toString("latin1");
  const entries: T[] = [];
  for (let at = 0; at + width <= bytes.length; at += width) entries.push(read(at, text));
  return entries;
}

export function encodeClaim(claim: Claim): Buffer {
  const bytes = Buffer.allocUnsafe(CLAIM_WIDTH);
  bytes.writeUInt8(CLAIM_STATES.indexOf(claim.state), 0);
  bytes.writeUIntBE(claim.at, 1, 6);
  putBytes(bytes, 7, 8, claim.swipe);
  putBytes(bytes, 15, 6, claim.person);
  bytes.writeUIntBE(pharmacyNumber(claim.pharmacy), 21, 6);
  return bytes;
}

export function decodeClaims(bytes: Buffer | null, own: Bytes): Claim[] {
  if (bytes === null) return [];
  return readAll(bytes, CLAIM_WIDTH, (at, text) => ({
    state: CLAIM_STATES[bytes.readUInt8(at)] ?? "sold",
    at: bytes.readUIntBE(at + 1, 6),
    swipe: text.slice(at + 7, at + 15),
    person: text.slice(at + 15, at + 21),
    pharmacy: pharmacyCode(bytes.readUIntBE(at + 21, 6)),
  })).filter((claim) => claim.swipe !== own);
}

export function encodeUse(use: ClaimUse): Buffer {
  const bytes = Buffer.allocUnsafe(USE_WIDTH);
  bytes.writeUInt8(CLAIM_STATES.indexOf(use.state), 0);
  bytes.writeUIntBE(use.at, 1, 6);
  putBytes(bytes, 7, 8, use.swipe);
  putBytes(bytes, 15, 8, use.person);
  bytes.writeUIntBE(pharmacyNumber(use.pharmacy), 23, 6);
  putBytes(bytes, USE_DRUG_OFFSET, 6, use.drug === "" ? NO_DRUG : use.drug);
  bytes.writeUInt32BE(Math.min(use.quantity, U32_MAX), USE_QUANTITY_OFFSET);
  return bytes;
}

export function decodeUses(bytes: Buffer | null, own: Bytes): ClaimUse[] {
  if (bytes === null) return [];
  return readAll(bytes, USE_WIDTH, (at, text) => ({
    state: CLAIM_STATES[bytes.readUInt8(at)] ?? "sold",
    at: bytes.readUIntBE(at + 1, 6),
    swipe: text.slice(at + 7, at + 15),
    person: text.slice(at + 15, at + 23),
    pharmacy: pharmacyCode(bytes.readUIntBE(at + 23, 6)),
    drug: text.slice(at + USE_DRUG_OFFSET, at + USE_QUANTITY_OFFSET),
    quantity: bytes.readUInt32BE(at + USE_QUANTITY_OFFSET),
  })).filter((use) => use.swipe !== own);
}

export function encodeBinding(binding: Binding): Buffer {
  const bytes = Buffer.allocUnsafe(BINDING_WIDTH);
  putBytes(bytes, 0, 8, binding.partner);
  bytes.writeUIntBE(binding.at, BINDING_AT_OFFSET, 6);
  bytes.writeUInt32BE(Math.min(binding.count, U32_MAX), BINDING_COUNT_OFFSET);
  return bytes;
}

export function decodeBindings(bytes: Buffer | null): Binding[] {
  if (bytes === null) return [];
  return readAll(bytes, BINDING_WIDTH, (at, text) => ({
    partner: text.slice(at, at + 8),
    at: bytes.readUIntBE(at + BINDING_AT_OFFSET, 6),
    count: bytes.readUInt32BE(at + BINDING_COUNT_OFFSET),
  }));
}

export function encodeFlag(flag: Flag): Buffer {
  const bytes = Buffer.allocUnsafe(FLAG_WIDTH);
  bytes.writeUInt8(FLAG_KINDS.indexOf(flag.kind), 0);
  bytes.writeUIntBE(flag.at, FLAG_AT_OFFSET, 6);
  bytes.writeUInt16BE(Math.min(flag.value, U16_MAX), 7);
  putBytes(bytes, FLAG_REFERENCE_OFFSET, 8, flag.reference);
  return bytes;
}

/** A kind that this version does not know is left out: a newer one may have written it. */
export function decodeFlags(bytes: Buffer | null): Flag[] {
  if (bytes === null) return [];
  return readAll(bytes, FLAG_WIDTH, (at, text) => ({
    kind: FLAG_KINDS[bytes.readUInt8(at)],
    at: bytes.readUIntBE(at + FLAG_AT_OFFSET, 6),
    value: bytes.readUInt16BE(at + 7),
    reference: text.slice(at + FLAG_REFERENCE_OFFSET, at + FLAG_WIDTH),
  })).flatMap(({ kind, ...flag }) => (kind === undefined ? [] : [{ kind, ...flag }]));
}

export function encodeAttempt(attempt: Attempt): Buffer {
  const bytes = Buffer.allocUnsafe(ATTEMPT_HEAD + 4 * attempt.codes.length);
  bytes.writeUInt16BE(bytes.length, 0);
  bytes.writeUIntBE(attempt.at, 2, 6);
  putBytes(bytes, 8, 8, attempt.swipe);
  bytes.writeUIntBE(pharmacyNumber(attempt.pharmacy), 16, 6);
  bytes.writeUIntBE(areaNumber(attempt.area), 22, 3);
  bytes.writeUInt8((attempt.inquiry ? 1 : 0) | (attempt.credential << 1), 25);
  putBytes(bytes, 26, 4, attempt.basket);
  bytes.writeUInt8(attempt.codes.length, 30);
  attempt.codes.forEach((code, index) => {
    putBytes(bytes, ATTEMPT_HEAD + 4 * index, 4, code);
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
  const count = bytes.readUInt8(at + 30);
  const text = bytes.toString("latin1", at, at + ATTEMPT_HEAD + 4 * count);
  const codes: Bytes[] = [];
  for (let i = 0; i < count; i++) {
    codes.push(text.slice(ATTEMPT_HEAD + 4 * i, ATTEMPT_HEAD + 4 * i + 4));
  }
  return {
    at: bytes.readUIntBE(at + 2, 6),
    swipe: text.slice(8, 16),
    pharmacy: pharmacyCode(bytes.readUIntBE(at + 16, 6)),
    area: areaText(bytes.readUIntBE(at + 22, 3)),
    inquiry: (flags & 1) === 1,
    credential: ((flags >> 1) & 3) as CredentialCode,
    basket: text.slice(26, 30),
    codes,
  };
}
