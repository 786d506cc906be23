import type { Bytes } from "../units.ts";
import { ENTRY_STATES, type StoredState } from "./contract.ts";
import { ENTRY_STATE_OFFSET, findEntry } from "./ledger-layout.ts";
import type { ObserveOperation } from "./operations.ts";

const BEFORE_SEAL: readonly StoredState[] = ["unsealed"];
const BY_SEAL: readonly StoredState[] = ["unsealed", "reserved", "attempted"];

/** Something became of the sale before its seal: its claims were moved, and one let go is not taken again. */
export function hasMovedOn(ledger: Buffer | null, swipe: Bytes): boolean {
  return !isIn(BEFORE_SEAL, ledger, swipe);
}

/** The same after its seal, which itself leaves it reserved or attempted. */
export function hasMovedOnSince(ledger: Buffer | null, swipe: Bytes): boolean {
  return !isIn(BY_SEAL, ledger, swipe);
}

/** What is not in the ledger has not moved either. */
function isIn(states: readonly StoredState[], ledger: Buffer | null, swipe: Bytes): boolean {
  const position = ledger === null ? -1 : findEntry(ledger, swipe);
  if (ledger === null || position < 0) return true;
  const state = ENTRY_STATES[ledger.readUInt8(position + ENTRY_STATE_OFFSET)];
  return state !== undefined && states.includes(state);
}

/** All else is done, and nothing is claimed. */
export function withoutClaiming(operations: readonly ObserveOperation[]): ObserveOperation[] {
  return operations.map((operation) =>
    operation.kind === "trace" || operation.kind === "use"
      ? { ...operation, write: false }
      : operation,
  );
}
