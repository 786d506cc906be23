import type { Bytes, EpochMs } from "../units.ts";
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
import {
  putBytes,
  putUint8,
  putUint16,
  putUint24,
  putUint32,
  putUint48,
  uint16At,
  uint24At,
  uint32At,
  uint48At,
} from "./put-bytes.ts";

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

/** Before any time: nothing is left out for its age. */
const EVER: EpochMs = -1;
const NO_DRUG = "\0\0\0\0\0\0";
const U16_MAX = 0xffff;
const U32_MAX = 0xffffffff;

export function encodeLogEntry(entry: LogEntry): Buffer {
  const bytes = Buffer.allocUnsafe(LOG_WIDTH);
  putUint48(bytes, 0, entry.at);
  putBytes(bytes, 6, 8, entry.swipe);
  putBytes(bytes, 14, 10, entry.person);
  putUint32(bytes, 24, Math.min(entry.amount, U32_MAX));
  putBytes(bytes, 28, 4, entry.mark);
  return bytes;
}

/** All of a log but the swipe's own entries and those that are not newer than `after`. */
export function decodeLog(bytes: Buffer | null, own: Bytes, after: EpochMs = EVER): LogEntry[] {
  const entries: LogEntry[] = [];
  if (bytes === null) return entries;
  // All of the bytes turned once: with a call of Buffer for each field two logs of twenty took 10 us, so 4.
  const text = bytes.toString("latin1");
  for (let from = 0; from + LOG_WIDTH <= text.length; from += LOG_WIDTH) {
    const at = uint48At(bytes, from);
    if (at <= after) continue;
    const swipe = text.slice(from + 6, from + 14);
    if (swipe === own) continue;
    entries.push({
      at,
      swipe,
      person: text.slice(from + 14, from + 24),
      amount: uint32At(bytes, from + 24),
      mark: text.slice(from + 28, from + 32),
    });
  }
  return entries;
}

export function encodeClaim(claim: Claim): Buffer {
  const bytes = Buffer.allocUnsafe(CLAIM_WIDTH);
  putUint8(bytes, 0, CLAIM_STATES.indexOf(claim.state));
  putUint48(bytes, 1, claim.at);
  putBytes(bytes, 7, 8, claim.swipe);
  putBytes(bytes, 15, 6, claim.person);
  putUint48(bytes, 21, pharmacyNumber(claim.pharmacy));
  return bytes;
}

export function decodeClaims(bytes: Buffer | null, own: Bytes, after: EpochMs = EVER): Claim[] {
  const claims: Claim[] = [];
  if (bytes === null) return claims;
  const text = bytes.toString("latin1");
  for (let from = 0; from + CLAIM_WIDTH <= text.length; from += CLAIM_WIDTH) {
    const at = uint48At(bytes, from + 1);
    const swipe = text.slice(from + 7, from + 15);
    if (at <= after || swipe === own) continue;
    claims.push({
      state: CLAIM_STATES[text.charCodeAt(from)] ?? "sold",
      at,
      swipe,
      person: text.slice(from + 15, from + 21),
      pharmacy: pharmacyCode(uint48At(bytes, from + 21)),
    });
  }
  return claims;
}

export function encodeUse(use: ClaimUse): Buffer {
  const bytes = Buffer.allocUnsafe(USE_WIDTH);
  putUint8(bytes, 0, CLAIM_STATES.indexOf(use.state));
  putUint48(bytes, 1, use.at);
  putBytes(bytes, 7, 8, use.swipe);
  putBytes(bytes, 15, 8, use.person);
  putUint48(bytes, 23, pharmacyNumber(use.pharmacy));
  putBytes(bytes, USE_DRUG_OFFSET, 6, use.drug === "" ? NO_DRUG : use.drug);
  putUint32(bytes, USE_QUANTITY_OFFSET, Math.min(use.quantity, U32_MAX));
  return bytes;
}

export function decodeUses(bytes: Buffer | null, own: Bytes, after: EpochMs): ClaimUse[] {
  const uses: ClaimUse[] = [];
  if (bytes === null) return uses;
  const text = bytes.toString("latin1");
  for (let from = 0; from + USE_WIDTH <= text.length; from += USE_WIDTH) {
    const at = uint48At(bytes, from + 1);
    const swipe = text.slice(from + 7, from + 15);
    if (at <= after || swipe === own) continue;
    uses.push({
      state: CLAIM_STATES[text.charCodeAt(from)] ?? "sold",
      at,
      swipe,
      person: text.slice(from + 15, from + 23),
      pharmacy: pharmacyCode(uint48At(bytes, from + 23)),
      drug: text.slice(from + USE_DRUG_OFFSET, from + USE_QUANTITY_OFFSET),
      quantity: uint32At(bytes, from + USE_QUANTITY_OFFSET),
    });
  }
  return uses;
}

export function encodeBinding(binding: Binding): Buffer {
  const bytes = Buffer.allocUnsafe(BINDING_WIDTH);
  putBytes(bytes, 0, 8, binding.partner);
  putUint48(bytes, BINDING_AT_OFFSET, binding.at);
  putUint32(bytes, BINDING_COUNT_OFFSET, Math.min(binding.count, U32_MAX));
  return bytes;
}

export function decodeBindings(bytes: Buffer | null, after: EpochMs): Binding[] {
  const bindings: Binding[] = [];
  if (bytes === null) return bindings;
  const text = bytes.toString("latin1");
  for (let from = 0; from + BINDING_WIDTH <= text.length; from += BINDING_WIDTH) {
    const at = uint48At(bytes, from + BINDING_AT_OFFSET);
    if (at <= after) continue;
    const count = uint32At(bytes, from + BINDING_COUNT_OFFSET);
    bindings.push({ partner: text.slice(from, from + 8), at, count });
  }
  return bindings;
}

export function encodeFlag(flag: Flag): Buffer {
  const bytes = Buffer.allocUnsafe(FLAG_WIDTH);
  putUint8(bytes, 0, FLAG_KINDS.indexOf(flag.kind));
  putUint48(bytes, FLAG_AT_OFFSET, flag.at);
  putUint16(bytes, 7, Math.min(flag.value, U16_MAX));
  putBytes(bytes, FLAG_REFERENCE_OFFSET, 8, flag.reference);
  return bytes;
}

/** A kind that this version does not know is left out: a newer one may have written it. */
export function decodeFlags(bytes: Buffer | null, after: EpochMs): Flag[] {
  const flags: Flag[] = [];
  if (bytes === null) return flags;
  const text = bytes.toString("latin1");
  for (let from = 0; from + FLAG_WIDTH <= text.length; from += FLAG_WIDTH) {
    const kind = FLAG_KINDS[text.charCodeAt(from)];
    const at = uint48At(bytes, from + FLAG_AT_OFFSET);
    if (kind === undefined || at <= after) continue;
    const reference = text.slice(from + FLAG_REFERENCE_OFFSET, from + FLAG_WIDTH);
    flags.push({ kind, at, value: uint16At(bytes, from + 7), reference });
  }
  return flags;
}

export function encodeAttempt(attempt: Attempt): Buffer {
  const bytes = Buffer.allocUnsafe(ATTEMPT_HEAD + 4 * attempt.codes.length);
  putUint16(bytes, 0, bytes.length);
  putUint48(bytes, 2, attempt.at);
  putBytes(bytes, 8, 8, attempt.swipe);
  putUint48(bytes, 16, pharmacyNumber(attempt.pharmacy));
  putUint24(bytes, 22, areaNumber(attempt.area));
  putUint8(bytes, 25, (attempt.inquiry ? 1 : 0) | (attempt.credential << 1));
  putBytes(bytes, 26, 4, attempt.basket);
  putUint8(bytes, 30, attempt.codes.length);
  let position = ATTEMPT_HEAD;
  for (const code of attempt.codes) {
    putBytes(bytes, position, 4, code);
    position += 4;
  }
  return bytes;
}

export function decodeAttempts(bytes: Buffer | null, own: Bytes, after: EpochMs): Attempt[] {
  const attempts: Attempt[] = [];
  if (bytes === null) return attempts;
  let at = ATTEMPTS_HEAD;
  while (at + ATTEMPT_HEAD <= bytes.length) {
    const attempt = decodeAttempt(bytes, at);
    if (attempt.at > after && attempt.swipe !== own) attempts.push(attempt);
    at += entryLength(bytes, at);
  }
  return attempts;
}

function decodeAttempt(bytes: Buffer, at: number): Attempt {
  const flags = bytes[at + 25] ?? 0;
  const count = bytes[at + 30] ?? 0;
  const text = bytes.toString("latin1", at, at + ATTEMPT_HEAD + 4 * count);
  const codes: Bytes[] = [];
  for (let i = 0; i < count; i++) {
    codes.push(text.slice(ATTEMPT_HEAD + 4 * i, ATTEMPT_HEAD + 4 * i + 4));
  }
  return {
    at: uint48At(bytes, at + 2),
    swipe: text.slice(8, 16),
    pharmacy: pharmacyCode(uint48At(bytes, at + 16)),
    area: areaText(uint24At(bytes, at + 22)),
    inquiry: (flags & 1) === 1,
    credential: ((flags >> 1) & 3) as CredentialCode,
    basket: text.slice(26, 30),
    codes,
  };
}
