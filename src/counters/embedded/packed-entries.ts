import type { Bytes, EpochMs } from "../../units.ts";
import { entryLength, sameBytes } from "../ledger-layout.ts";

/** Fixed-width entries as views of the packed bytes. */
export function splitEntries(packed: Buffer, width: number): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at + width <= packed.length; at += width) {
    entries.push(packed.subarray(at, at + width));
  }
  return entries;
}

/** Where the variable-length entry with this swipe starts, or -1. */
export function findVariable(packed: Buffer, head: number, offset: number, swipe: Bytes): number {
  let position = head;
  while (position < packed.length) {
    if (sameBytes(packed, position + offset, swipe)) return position;
    position += entryLength(packed, position);
  }
  return -1;
}

/**
 * Puts an entry to its place by time, behind a head whose last two bytes count the entries. What is older than
 * `keptFrom` leaves from the front; of more than `max` the oldest goes, which may be the new one: what is late never
 * pushes out what is newer.
 */
export function insertEntry(
  packed: Buffer,
  entry: Buffer,
  bounds: { head: number; atOffset: number; keptFrom: EpochMs; max: number },
): Buffer {
  const { head, atOffset, keptFrom, max } = bounds;
  const timeOf = (of: Buffer): EpochMs => of.readUIntBE(atOffset, 6);
  const entries = variableEntries(packed, head);
  while (entries[0] !== undefined && timeOf(entries[0]) < keptFrom) entries.shift();
  const place = entries.findLastIndex((of) => timeOf(of) <= timeOf(entry)) + 1;
  entries.splice(place, 0, entry);
  const kept = entries.slice(-max);
  const after = Buffer.concat([packed.subarray(0, head), ...kept]);
  after.writeUInt16BE(kept.length, head - 2);
  return after;
}

/** Variable-length entries as views of the packed bytes. */
function variableEntries(packed: Buffer, head: number): Buffer[] {
  const entries: Buffer[] = [];
  for (let position = head; position < packed.length; ) {
    const length = entryLength(packed, position);
    entries.push(packed.subarray(position, position + length));
    position += length;
  }
  return entries;
}

/** At most `max` entries: where there are more, the one whose time lies furthest back goes. */
export function withoutOldest(entries: readonly Buffer[], max: number, atOffset: number): Buffer[] {
  const kept = [...entries];
  while (kept.length > max) {
    const times = kept.map((entry) => entry.readUIntBE(atOffset, 6));
    kept.splice(times.indexOf(Math.min(...times)), 1);
  }
  return kept;
}
