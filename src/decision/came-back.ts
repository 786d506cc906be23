import type { LedgerEntry, LedgerLine } from "../counters/contract.ts";
import { type DurationMs, type EpochMs, type Fen, MINUTE } from "../units.ts";

/** What comes back within this time of its check is remembered as such: RS-06 (domain 6) looks for 30 minutes. */
const SOON: DurationMs = 30 * MINUTE;

/** A reversal as it comes: of lines, or of the whole sale; a whole one may have no id. */
export interface Reversal {
  readonly reversal?: string;
  readonly lines?: readonly unknown[];
}

/**
 * Whether a reversal is of a sale that was made, and counts as one; and not the undoing of a check that came to nothing.
 * A part comes back only of a sale that was made, even where its settlement is still on its way. An NHSA sale is made
 * when it is reserved: its cancellation (2103) has an id, while the undoing of one whose answer was lost (2601) has none.
 */
export function isReturn(entry: LedgerEntry, { reversal, lines }: Reversal): boolean {
  if (entry.state === "settled" || lines !== undefined) return true;
  return entry.state === "reserved" && entry.presume && reversal !== undefined;
}

/** The mark of a sale that came back at once. Where a part came back before, it has said so. */
export function cameBackSoon(
  { entry, at }: { readonly entry: LedgerEntry; readonly at: EpochMs },
  how: Reversal,
): Pick<LedgerEntry, "returnedSoon"> {
  const isFirst = !entry.partlyReturned;
  const isSoon = isFirst && isReturn(entry, how) && at - entry.at < SOON;
  return isSoon ? { returnedSoon: true } : {};
}

/** A sale whose cancellation was taken back never came back, unless a part of it had before. */
export function standsAgain(entry: LedgerEntry): LedgerEntry {
  if (entry.partlyReturned) return entry;
  const { returnedSoon: _, ...rest } = entry;
  return rest;
}

/** What the fund pays of a sale goes with its lines' money: the till says it only of the whole. */
export function fundShare(
  fund: Fen,
  lines: readonly LedgerLine[],
  original: readonly LedgerLine[],
): Fen {
  const whole = moneyOf(original);
  return whole <= 0 ? fund : Math.round((fund * moneyOf(lines)) / whole);
}

function moneyOf(lines: readonly LedgerLine[]): Fen {
  return lines.reduce((sum, line) => sum + line.fen, 0);
}
