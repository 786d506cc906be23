import type { LedgerEntry } from "../counters/contract.ts";
import { RESERVATION } from "../counters/limits.ts";
import type { SwipeStateName } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";

/**
 * What an entry is at an instant. Lapse and presumption are read, never written: nobody has to act
 * for a reservation to end, and every reader sees it from the same millisecond.
 */
export function stateAt(entry: LedgerEntry, at: EpochMs): SwipeStateName {
  switch (entry.state) {
    case "unsealed":
      return at < entry.at + RESERVATION ? "reserved" : "lapsed";
    case "reserved":
      if (at < entry.at + RESERVATION) return "reserved";
      return entry.presume ? "presumed" : "lapsed";
    case "settled":
      return entry.partlyReturned ? "returned" : "settled";
    case "folded":
      return "settled";
    default:
      return entry.state;
  }
}

/** Still without a settlement: a later step of the same sale supersedes it. */
export function isUnsettled(entry: LedgerEntry): boolean {
  return entry.state === "unsealed" || entry.state === "reserved" || entry.state === "attempted";
}
