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
 * Appends an entry behind a head whose last two bytes count the entries; what is older than
 * `keptFrom`, or more than `max`, leaves from the front.
 */
export function appendEntry(
  packed: Buffer,
  entry: Buffer,
  bounds: { head: number; atOffset: number; keptFrom: EpochMs; max: number },
): Buffer {
  const { head, atOffset, keptFrom, max } = bounds;
  let count = packed.readUInt16BE(head - 2);
  let position = head;
  while (position < packed.length) {
    if (count < max && packed.readUIntBE(position + atOffset, 6) >= keptFrom) break;
    position += entryLength(packed, position);
    count -= 1;
  }
  const after = Buffer.concat([packed.subarray(0, head), packed.subarray(position), entry]);
  after.writeUInt16BE(count + 1, head - 2);
  return after;
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
