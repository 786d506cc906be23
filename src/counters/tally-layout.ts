import type { Bytes, EpochMs, ShanghaiDay } from "../units.ts";
import { TALLY_COLUMNS, type Tally, type TallyColumns } from "./contract.ts";
import {
  putBytes,
  putUint8,
  putUint16,
  putUint32,
  putUint48,
  uint16At,
  uint32At,
  uint48At,
} from "./put-bytes.ts";

/**
 * A tally: days u8, then a day: Shanghai day u16 and four columns u32, oldest first; then, to the end, an open sale:
 * at u48, swipe 8 and four columns u32, in order of arrival. A Shanghai day fits 16 bits until the year 2149.
 */
export const TALLY_HEAD = 1;
const COLUMN = 4;
const COLUMNS_WIDTH = TALLY_COLUMNS * COLUMN;
export const TALLY_DAY_WIDTH = 2 + COLUMNS_WIDTH;
export const TALLY_OPEN_WIDTH = 14 + COLUMNS_WIDTH;

const U32_MAX = 0xffffffff;
const NOTHING: TallyColumns = [0, 0, 0, 0];

export function encodeTally({ days, open }: Tally): Buffer {
  const bytes = Buffer.allocUnsafe(
    TALLY_HEAD + TALLY_DAY_WIDTH * days.length + TALLY_OPEN_WIDTH * open.length,
  );
  putUint8(bytes, 0, days.length);
  let position = TALLY_HEAD;
  for (const { day, columns } of days) {
    putUint16(bytes, position, day);
    writeColumns(bytes, position + 2, columns);
    position += TALLY_DAY_WIDTH;
  }
  for (const { at, swipe, columns } of open) {
    putUint48(bytes, position, at);
    putBytes(bytes, position + 6, 8, swipe);
    writeColumns(bytes, position + 14, columns);
    position += TALLY_OPEN_WIDTH;
  }
  return bytes;
}

export function decodeTally(bytes: Buffer | null): Tally {
  const days: { day: ShanghaiDay; columns: TallyColumns }[] = [];
  const open: { at: EpochMs; swipe: Bytes; columns: TallyColumns }[] = [];
  if (bytes === null) return { days, open };
  const count = bytes.readUInt8(0);
  let position = TALLY_HEAD;
  if (position + TALLY_DAY_WIDTH * count > bytes.length)
    throw new RangeError("GUARD_COUNTERS_PACKED: a tally has lost its days");
  for (let i = 0; i < count; i++) {
    days.push({ day: uint16At(bytes, position), columns: readColumns(bytes, position + 2) });
    position += TALLY_DAY_WIDTH;
  }
  while (position + TALLY_OPEN_WIDTH <= bytes.length) {
    open.push({
      at: uint48At(bytes, position),
      swipe: bytes.toString("latin1", position + 6, position + 14),
      columns: readColumns(bytes, position + 14),
    });
    position += TALLY_OPEN_WIDTH;
  }
  return { days, open };
}

function writeColumns(bytes: Buffer, at: number, columns: TallyColumns): void {
  for (let i = 0; i < TALLY_COLUMNS; i += 1)
    putUint32(bytes, at + COLUMN * i, boundedColumn(columns[i] ?? 0));
}

function readColumns(bytes: Buffer, at: number): TallyColumns {
  return [
    uint32At(bytes, at),
    uint32At(bytes, at + COLUMN),
    uint32At(bytes, at + 2 * COLUMN),
    uint32At(bytes, at + 3 * COLUMN),
  ];
}

/** Sums stay within what a column holds, and never go below nothing. */
export function boundedColumn(value: number): number {
  return Math.min(Math.max(Math.round(value), 0), U32_MAX);
}

function mapColumns(value: (index: 0 | 1 | 2 | 3) => number): TallyColumns {
  return [value(0), value(1), value(2), value(3)];
}

export function addedColumns(sum: TallyColumns | undefined, more: TallyColumns): TallyColumns {
  const from = sum ?? NOTHING;
  return mapColumns((index) => boundedColumn(from[index] + more[index]));
}

export function subtractedColumns(from: TallyColumns, less: TallyColumns): TallyColumns {
  return mapColumns((index) => boundedColumn(from[index] - less[index]));
}
