import type { Bytes, EpochMs, ShanghaiDay } from "../units.ts";
import { TALLY_COLUMNS, type Tally, type TallyColumns } from "./contract.ts";

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
  bytes.writeUInt8(days.length, 0);
  let position = TALLY_HEAD;
  for (const { day, columns } of days) {
    bytes.writeUInt16BE(day, position);
    writeColumns(bytes, position + 2, columns);
    position += TALLY_DAY_WIDTH;
  }
  for (const { at, swipe, columns } of open) {
    bytes.writeUIntBE(at, position, 6);
    bytes.write(swipe, position + 6, 8, "latin1");
    writeColumns(bytes, position + 14, columns);
    position += TALLY_OPEN_WIDTH;
  }
  return bytes;
}

export function decodeTally(bytes: Buffer | null): Tally {
  const days: { day: ShanghaiDay; columns: TallyColumns }[] = [];
  const open: { at: EpochMs; swipe: Bytes; columns: TallyColumns }[] = [];
  if (bytes === null) return { days, open };
  let position = TALLY_HEAD;
  for (let i = 0; i < bytes.readUInt8(0); i++) {
    days.push({ day: bytes.readUInt16BE(position), columns: readColumns(bytes, position + 2) });
    position += TALLY_DAY_WIDTH;
  }
  while (position + TALLY_OPEN_WIDTH <= bytes.length) {
    open.push({
      at: bytes.readUIntBE(position, 6),
      swipe: bytes.toString("latin1", position + 6, position + 14),
      columns: readColumns(bytes, position + 14),
    });
    position += TALLY_OPEN_WIDTH;
  }
  return { days, open };
}

function writeColumns(bytes: Buffer, at: number, columns: TallyColumns): void {
  columns.forEach((value, index) => {
    bytes.writeUInt32BE(boundedColumn(value), at + COLUMN * index);
  });
}

function readColumns(bytes: Buffer, at: number): TallyColumns {
  return mapColumns((index) => bytes.readUInt32BE(at + COLUMN * index));
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
