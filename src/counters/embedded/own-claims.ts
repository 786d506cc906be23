import type { Bytes, EpochMs } from "../../units.ts";
import { CLAIM_STATES } from "../contract.ts";
import {
  CLAIM_WIDTH,
  USE_DRUG_OFFSET as DRUG,
  USE_QUANTITY_OFFSET as QUANTITY,
  USE_WIDTH,
} from "../entry-layouts.ts";
import { sameBytes } from "../ledger-layout.ts";
import * as limits from "../limits.ts";
import type { ChangeOperation, SealOperation } from "../operations.ts";
import { bind } from "./bindings.ts";
import { AS_LONG_AS_BEFORE, type ByteShelf } from "./byte-shelf.ts";
import { splitEntries } from "./packed-entries.ts";
import { writeTally } from "./tallies.ts";

const OWNER = 7;
const NOTHING = Buffer.alloc(0);

/** What seal and change do for a swipe: its own claims get a new state or go, its partners and tallies are written. */
export function ownOperation(
  shelf: ByteShelf,
  operation: SealOperation,
  swipe: Bytes,
  now: EpochMs,
): void {
  switch (operation.kind) {
    case "traceState":
      setTraceState(shelf, operation, swipe, now);
      break;
    case "useState":
      setUseState(shelf, operation, swipe, now);
      break;
    case "bind":
      bind(shelf, operation, now);
      break;
    case "tally":
      writeTally(shelf, operation, swipe, now);
      break;
  }
}

function setTraceState(
  shelf: ByteShelf,
  operation: Extract<SealOperation, { kind: "traceState" }>,
  swipe: Bytes,
  now: EpochMs,
): void {
  const key = operation.key + operation.field;
  const entries = splitEntries(Buffer.from(shelf.get(key, now) ?? NOTHING), CLAIM_WIDTH);
  const own = entries.filter((entry) => sameBytes(entry, OWNER, swipe));
  moveOwn(shelf, key, entries, own, operation.state);
}

function setUseState(
  shelf: ByteShelf,
  operation: Extract<SealOperation, { kind: "useState" }>,
  swipe: Bytes,
  now: EpochMs,
): void {
  const { key, state, use } = operation;
  const entries = splitEntries(Buffer.from(shelf.get(key, now) ?? NOTHING), USE_WIDTH);
  const own = entries.filter(
    (entry) =>
      sameBytes(entry, OWNER, swipe) && (use === undefined || sameBytes(entry, DRUG, use.drug)),
  );
  if (use !== undefined) for (const entry of own) entry.writeUInt32BE(use.quantity, QUANTITY);
  moveOwn(shelf, key, entries, own, state);
}

/** A use is claimed again after it was let go; where it still stands only its state and quantity change. */
export function takeUse(
  shelf: ByteShelf,
  operation: Extract<ChangeOperation, { kind: "useTake" }>,
  swipe: Bytes,
  now: EpochMs,
): void {
  const { key, entry, measured, ttl } = operation;
  const drug = entry.toString("latin1", DRUG, QUANTITY);
  const entries = splitEntries(Buffer.from(shelf.get(key, now) ?? NOTHING), USE_WIDTH);
  const own = entries.filter((use) => sameBytes(use, OWNER, swipe) && sameBytes(use, DRUG, drug));
  for (const use of own) {
    entry.copy(use, 0, 0, 1);
    if (measured) entry.copy(use, QUANTITY, QUANTITY);
  }
  // What was sold is written down, whoever stands there.
  const room = () => withRoom(entries, now) ?? entries.slice(1);
  const kept = own.length > 0 ? entries : [...room(), entry];
  shelf.set(key, Buffer.concat(kept), now + ttl);
}

/** Room for one more use: where there are `USES_MAX`, the oldest that no longer stands goes. Undefined: all of them stand. */
export function withRoom(uses: readonly Buffer[], now: EpochMs): readonly Buffer[] | undefined {
  if (uses.length < limits.USES_MAX) return uses;
  const gone = uses.findIndex((use) => !stands(use, now));
  return gone < 0 ? undefined : uses.filter((_, index) => index !== gone);
}

function stands(use: Buffer, now: EpochMs): boolean {
  const state = CLAIM_STATES[use.readUInt8(0)];
  const isInForce = use.readUIntBE(1, 6) + limits.RESERVATION > now;
  return state === "sold" || state === "presumable" || (state === "reserved" && isInForce);
}

function moveOwn(
  shelf: ByteShelf,
  key: Bytes,
  entries: readonly Buffer[],
  own: readonly Buffer[],
  state: number | undefined,
): void {
  if (own.length === 0) return;
  if (state !== undefined) for (const entry of own) entry.writeUInt8(state, 0);
  const kept = state === undefined ? entries.filter((entry) => !own.includes(entry)) : entries;
  if (kept.length === 0) shelf.remove(key);
  else shelf.set(key, Buffer.concat(kept), AS_LONG_AS_BEFORE);
}
