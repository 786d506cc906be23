import type { Bytes } from "../units.ts";
import {
  ENTRY_STATES,
  type LedgerEntry,
  type LedgerLine,
  type SwipeKey,
  type SwipeNature,
} from "./contract.ts";
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
 * A person's ledger: a head (personSeq u32, entries u16), then entries in order of time, big endian:
 * length u16, state u8, at u48, swipe 8, settlement 4, pharmacy 6, area u24, fund u32, flags u16, lines u8,
 * and a line: drug 6, quantity u32, days u16 (tenths), fen u24, tag u16.
 * 37 + 17 a line: two lines take 71 bytes of the 80 that promise 9 allows; a further drug takes 17, one more than
 * it says, since a key that can be read back (therapeutic class, name, form) takes six bytes where a digest took five. Measured in memory.md: a string
 * returned whole is the cheapest form for 1 to 100 swipes, and the only one that keeps 1 KB at 10.
 */
export const LEDGER_HEAD = 6;
const ENTRY_HEAD = 37;
const LINE = 17;
/** Where the fields stand that the scripts touch, from the start of an entry. */
export const ENTRY_STATE_OFFSET = 2;
export const ENTRY_AT_OFFSET = 3;
export const ENTRY_SWIPE_OFFSET = 9;
export const ENTRY_FLAGS_OFFSET = 34;

const ZERO = 48;
const DAYS_UNKNOWN = 0xffff;
/** Tenths of a day, fen and 1/10,000 packs: the most a line can hold. */
export const DAYS_MAX = 0xfffe;
export const FEN_MAX = 0xffffff;
export const U32_MAX = 0xffffffff;

const FLAG = {
  level: 7,
  presume: 8,
  late: 16,
  against: 32,
  unchecked: 64,
  partly: 128,
  again: 256,
  chronic: 512,
  prescribed: 1_024,
  outsider: 2_048,
  soon: 4_096,
  proxied: 8_192,
} as const;

export function ledgerFlags(entry: {
  readonly level: number;
  readonly presume: boolean;
  readonly late?: boolean;
  readonly against?: boolean;
  readonly unchecked?: boolean;
  readonly partlyReturned?: boolean;
  readonly again?: true;
  readonly nature: SwipeNature;
  readonly returnedSoon?: true;
}): number {
  return (
    (entry.level & FLAG.level) |
    (entry.presume ? FLAG.presume : 0) |
    (entry.late ? FLAG.late : 0) |
    (entry.against ? FLAG.against : 0) |
    (entry.unchecked ? FLAG.unchecked : 0) |
    (entry.partlyReturned ? FLAG.partly : 0) |
    (entry.again ? FLAG.again : 0) |
    (entry.nature.chronic ? FLAG.chronic : 0) |
    (entry.nature.prescribed ? FLAG.prescribed : 0) |
    (entry.nature.outsider ? FLAG.outsider : 0) |
    (entry.nature.proxied ? FLAG.proxied : 0) |
    (entry.returnedSoon ? FLAG.soon : 0)
  );
}

export function encodeEntry(entry: LedgerEntry): Buffer {
  const bytes = Buffer.allocUnsafe(ENTRY_HEAD + LINE * entry.lines.length);
  putUint16(bytes, 0, bytes.length);
  putUint8(bytes, ENTRY_STATE_OFFSET, ENTRY_STATES.indexOf(entry.state));
  putUint48(bytes, ENTRY_AT_OFFSET, entry.at);
  putBytes(bytes, ENTRY_SWIPE_OFFSET, 8, entry.swipe);
  putBytes(bytes, 17, 4, entry.settlement);
  putUint48(bytes, 21, pharmacyNumber(entry.pharmacy));
  putUint24(bytes, 27, areaNumber(entry.area));
  putUint32(bytes, 30, Math.min(entry.fund, U32_MAX));
  putUint16(bytes, ENTRY_FLAGS_OFFSET, ledgerFlags(entry));
  putUint8(bytes, 36, entry.lines.length);
  let position = ENTRY_HEAD;
  for (const line of entry.lines) {
    writeLine(bytes, position, line);
    position += LINE;
  }
  return bytes;
}

function writeLine(bytes: Buffer, at: number, line: LedgerLine): void {
  putBytes(bytes, at, 6, line.drug);
  putUint32(bytes, at + 6, Math.min(line.quantity, U32_MAX));
  const tenths =
    line.days === undefined ? DAYS_UNKNOWN : Math.min(Math.round(line.days * 10), DAYS_MAX);
  putUint16(bytes, at + 10, tenths);
  putUint24(bytes, at + 12, Math.min(line.fen, FEN_MAX));
  putUint16(bytes, at + 15, line.tag);
}

/** An area of six digits fits three bytes; anything else is area 0, which no pharmacy has. */
export function areaNumber(area: string): number {
  if (area.length !== 6) return 0;
  let digits = 0;
  for (let i = 0; i < 6; i += 1) {
    const digit = area.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    digits = digits * 10 + digit;
  }
  return digits;
}

export function areaText(value: number): string {
  return String(value).padStart(6, "0");
}

export function decodeLedger(bytes: Buffer | null): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  if (bytes === null) return entries;
  let position = LEDGER_HEAD;
  while (position + ENTRY_HEAD <= bytes.length) {
    entries.push(decodeEntry(bytes, position));
    position += entryLength(bytes, position);
  }
  return entries;
}

/** A whole ledger anew. */
export function encodeLedger(seq: number, entries: readonly LedgerEntry[]): Buffer {
  const head = Buffer.allocUnsafe(LEDGER_HEAD);
  head.writeUInt32BE(seq, 0);
  head.writeUInt16BE(entries.length, 4);
  return Buffer.concat([head, ...entries.map(encodeEntry)]);
}

/** The length that begins a variable entry; one of zero would be walked for ever. */
export function entryLength(bytes: Buffer, position: number): number {
  const length = bytes.readUInt16BE(position);
  if (length === 0) throw new Error("GUARD_COUNTERS_PACKED: an entry has no length");
  return length;
}

export function ledgerSeq(bytes: Buffer | null): number {
  return bytes === null || bytes.length < LEDGER_HEAD ? 0 : bytes.readUInt32BE(0);
}

/** The bytes of one entry as stored, for comparing before a change. */
export function findEntry(bytes: Buffer, swipe: SwipeKey): number {
  let position = LEDGER_HEAD;
  while (position + ENTRY_HEAD <= bytes.length) {
    if (sameBytes(bytes, position + ENTRY_SWIPE_OFFSET, swipe)) return position;
    position += entryLength(bytes, position);
  }
  return -1;
}

export function sameBytes(bytes: Buffer, at: number, text: Bytes): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

export function decodeEntry(bytes: Buffer, position: number): LedgerEntry {
  const flags = uint16At(bytes, position + ENTRY_FLAGS_OFFSET);
  const count = bytes[position + 36] ?? 0;
  const end = position + ENTRY_HEAD + LINE * count;
  if (end > bytes.length)
    throw new RangeError("GUARD_COUNTERS_PACKED: an entry has lost its lines");
  const text = bytes.toString("latin1", position, end);
  const lines: LedgerLine[] = [];
  for (let i = 0; i < count; i++)
    lines.push(readLine(bytes, position, ENTRY_HEAD + LINE * i, text));
  const entry = {
    swipe: text.slice(9, 17),
    state: ENTRY_STATES[bytes[position + ENTRY_STATE_OFFSET] ?? 0] ?? "attempted",
    at: uint48At(bytes, position + ENTRY_AT_OFFSET),
    settlement: text.slice(17, 21),
    pharmacy: pharmacyCode(uint48At(bytes, position + 21)),
    area: areaText(uint24At(bytes, position + 27)),
    fund: uint32At(bytes, position + 30),
    level: flags & FLAG.level,
    presume: (flags & FLAG.presume) !== 0,
    late: (flags & FLAG.late) !== 0,
    against: (flags & FLAG.against) !== 0,
    unchecked: (flags & FLAG.unchecked) !== 0,
    partlyReturned: (flags & FLAG.partly) !== 0,
    nature: {
      chronic: (flags & FLAG.chronic) !== 0,
      prescribed: (flags & FLAG.prescribed) !== 0,
      outsider: (flags & FLAG.outsider) !== 0,
      proxied: (flags & FLAG.proxied) !== 0,
    },
    lines,
  };
  return (flags & (FLAG.again | FLAG.soon)) === 0 ? entry : withFindings(entry, flags);
}

/** Apart, since they are rare: with optional keys in its middle every entry took 0.7 us to read, so 0.3 (measured). */
function withFindings({ nature, lines, ...head }: LedgerEntry, flags: number): LedgerEntry {
  return {
    ...head,
    ...((flags & FLAG.again) === 0 ? {} : { again: true as const }),
    nature,
    ...((flags & FLAG.soon) === 0 ? {} : { returnedSoon: true as const }),
    lines,
  };
}

/** `text`: of the entry at `position`; `offset`: of the line in it. */
function readLine(bytes: Buffer, position: number, offset: number, text: Bytes): LedgerLine {
  const at = position + offset;
  const tenths = uint16At(bytes, at + 10);
  return {
    drug: text.slice(offset, offset + 6),
    quantity: uint32At(bytes, at + 6),
    days: tenths === DAYS_UNKNOWN ? undefined : tenths / 10,
    fen: uint24At(bytes, at + 12),
    tag: uint16At(bytes, at + 15),
  };
}
