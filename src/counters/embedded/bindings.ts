import type { EpochMs } from "../../units.ts";
import {
  BINDING_AT_OFFSET,
  BINDING_COUNT_OFFSET,
  BINDING_WIDTH,
  FLAG_AT_OFFSET,
  FLAG_REFERENCE_OFFSET,
  FLAG_WIDTH,
} from "../entry-layouts.ts";
import { U32_MAX } from "../ledger-layout.ts";
import * as limits from "../limits.ts";
import type { FlagPlan, SealOperation } from "../operations.ts";
import type { ByteShelf } from "./byte-shelf.ts";
import { splitEntries, withoutOldest } from "./packed-entries.ts";

type BindOperation = Extract<SealOperation, { kind: "bind" }>;
const NOTHING = Buffer.alloc(0);
const PARTNER = 8;

/** Adds a partner, or renews when and how often it was seen. */
export function bind(shelf: ByteShelf, operation: BindOperation, now: EpochMs): void {
  const { key, entry, ttl } = operation;
  const bound = splitEntries(shelf.get(key, now) ?? NOTHING, BINDING_WIDTH);
  const known = bound.find((other) => other.compare(entry, 0, PARTNER, 0, PARTNER) === 0);
  const others = bound.filter((other) => other !== known);
  const kept = withoutOldest(others, limits.BINDINGS_MAX - 1, BINDING_AT_OFFSET);
  shelf.set(key, Buffer.concat([...kept, seenAgain(entry, known)]), now + ttl);
}

/** A late swipe counts, and does not make its partner older than it is. */
function seenAgain(entry: Buffer, known: Buffer | undefined): Buffer {
  if (known === undefined) return entry;
  const after = Buffer.from(entry);
  const count = known.readUInt32BE(BINDING_COUNT_OFFSET) + entry.readUInt32BE(BINDING_COUNT_OFFSET);
  after.writeUIntBE(Math.max(seenAt(known), seenAt(entry)), BINDING_AT_OFFSET, 6);
  after.writeUInt32BE(Math.min(count, U32_MAX), BINDING_COUNT_OFFSET);
  return after;
}

function seenAt(entry: Buffer): EpochMs {
  return entry.readUIntBE(BINDING_AT_OFFSET, 6);
}

/** Adds what was found out about a person, or renews it. */
export function writeFlag(shelf: ByteShelf, { key, entry, ttl }: FlagPlan, now: EpochMs): void {
  const others = splitEntries(shelf.get(key, now) ?? NOTHING, FLAG_WIDTH).filter(
    (flag) =>
      flag[0] !== entry[0] ||
      flag.compare(entry, FLAG_REFERENCE_OFFSET, FLAG_WIDTH, FLAG_REFERENCE_OFFSET) !== 0,
  );
  const kept = withoutOldest(others, limits.FLAGS_MAX - 1, FLAG_AT_OFFSET);
  shelf.set(key, Buffer.concat([...kept, entry]), now + ttl);
}
