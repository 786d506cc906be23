import type { ClaimState, LedgerEntry } from "../counters/contract.ts";
import { CLOCK_SLACK, RESERVATION } from "../counters/limits.ts";
import type { DurationMs, EpochMs } from "../units.ts";

/** Inside the half-open window `(at - window, at]`, live up to five seconds past `at`. */
export function inWindow(when: EpochMs, at: EpochMs, window: DurationMs): boolean {
  return when > at - window && when <= at + CLOCK_SLACK;
}

/** A reservation has lapsed from the instant its fifteen minutes are over. */
function isInForce(when: EpochMs, at: EpochMs): boolean {
  return at - when < RESERVATION;
}

/** Settled or presumed, or reserved in force: what counts as dispensed to its person. */
export function isDispensed(entry: LedgerEntry, at: EpochMs): boolean {
  switch (entry.state) {
    case "settled":
    case "folded":
      return true;
    case "reserved":
      return entry.presume || isInForce(entry.at, at);
    case "unsealed":
      return isInForce(entry.at, at);
    default:
      return false;
  }
}

/** Reserved in force, presumed or sold: somebody has it. */
export function isClaimed(
  claim: { readonly state: ClaimState; readonly at: EpochMs },
  at: EpochMs,
): boolean {
  switch (claim.state) {
    case "sold":
    case "presumable":
      return true;
    case "reserved":
      return isInForce(claim.at, at);
    case "returned":
      return false;
  }
}

interface Held {
  readonly state: ClaimState;
  readonly at: EpochMs;
  readonly pharmacy: string;
  /** The first bytes of the owner. */
  readonly person: string;
}

interface Holder {
  readonly at: EpochMs;
  readonly pharmacy: string;
  /** All ten bytes. */
  readonly person: string;
}

/** Same person, same pharmacy, less than fifteen minutes apart. */
export function isSameVisit(claim: Held, holder: Holder): boolean {
  return (
    claim.pharmacy === holder.pharmacy &&
    Math.abs(holder.at - claim.at) < RESERVATION &&
    holder.person.startsWith(claim.person)
  );
}

/** An earlier step of the same sale: the same visit, and not settled yet. */
export function isSameSale(claim: Held, holder: Holder): boolean {
  return (claim.state === "reserved" || claim.state === "presumable") && isSameVisit(claim, holder);
}
