import type { LedgerEntry, LedgerLine } from "../counters/contract.ts";
import { CLOCK_SLACK } from "../counters/limits.ts";
import { molecule } from "../reference/drug-key.ts";
import type { Bytes, EpochMs } from "../units.ts";
import { DAY } from "../units.ts";
import { isDispensed } from "./live.ts";
import type { ReadContext } from "./read-context.ts";
import type { Moment, Span } from "./span.ts";
import { spanAfter, spanUntil } from "./span.ts";

/** The person's purchases as the features see them, worked out once a swipe. */
export interface LedgerView {
  /** Settled, presumed or reserved in force, with what is left of it. */
  readonly dispensed: readonly LedgerEntry[];
  /** Days of a molecule still at home before this sale. */
  daysLeft(molecule: Bytes): number;
}

/** Undefined when the store was not heard. */
export function ledgerView(context: ReadContext): LedgerView | undefined {
  const { memory, at } = context;
  if (memory === undefined) return undefined;
  const dispensed = dispensedUntil(memory.ledger, at);
  // Most persons have bought nothing lately: one answer for all of them.
  if (dispensed.length === 0) return NO_PURCHASES;
  const left = new Map<Bytes, number>();
  return {
    dispensed,
    daysLeft(of) {
      const known = left.get(of);
      if (known !== undefined) return known;
      const days = daysLeftOf(dispensed, of, at);
      left.set(of, days);
      return days;
    },
  };
}

const NO_PURCHASES: LedgerView = Object.freeze({ dispensed: Object.freeze([]), daysLeft: () => 0 });

/** What was dispensed within a span. */
export function dispensedWithin(
  { dispensed }: LedgerView,
  span: Span,
  moment: Moment,
): readonly LedgerEntry[] {
  if (dispensed.length === 0) return dispensed;
  const after = spanAfter(span, moment);
  const until = spanUntil(span, moment);
  return dispensed.filter(({ at }) => at > after && at <= until);
}

/** Whether anything of a molecule is left of an entry. */
export function hasMolecule(entry: LedgerEntry, of: Bytes): boolean {
  return entry.lines.some((line) => line.quantity > 0 && line.drug.startsWith(of));
}

/** Days that lines of a molecule last; those nobody knows add none. */
export function daysOf(lines: readonly LedgerLine[], of: Bytes): number {
  let days = 0;
  for (const line of lines) if (line.drug.startsWith(of)) days += line.days ?? 0;
  return days;
}

/** The same for a ledger as it is stored. */
export function daysLeft(ledger: readonly LedgerEntry[], drug: Bytes, at: EpochMs): number {
  return daysLeftOf(dispensedUntil(ledger, at), molecule(drug), at);
}

function dispensedUntil(ledger: readonly LedgerEntry[], at: EpochMs): readonly LedgerEntry[] {
  if (ledger.length === 0) return ledger;
  return ledger.filter((entry) => entry.at <= at + CLOCK_SLACK && isDispensed(entry, at));
}

/**
 * Each dispensed entry adds its days to what was left when it was bought; nobody saves up less than nothing.
 * Lines whose days nobody knows add none: what is not known does not accuse.
 */
function daysLeftOf(dispensed: readonly LedgerEntry[], of: Bytes, at: EpochMs): number {
  const bought = dispensed
    .map((entry) => ({ at: Math.min(entry.at, at), days: daysOf(entry.lines, of) }))
    .filter(({ days }) => days > 0)
    .sort((a, b) => a.at - b.at);
  let stock = 0;
  let since = bought[0]?.at ?? at;
  for (const purchase of bought) {
    stock = Math.max(0, stock - (purchase.at - since) / DAY) + purchase.days;
    since = purchase.at;
  }
  return Math.max(0, stock - (at - since) / DAY);
}
