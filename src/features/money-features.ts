import type { LedgerEntry } from "../counters/contract.ts";
import { LEDGER_KEPT } from "../counters/limits.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import { shanghaiMonth } from "../swipe/calendar.ts";
import type { EpochMs, Fen } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT } from "./definition.ts";
import type { LedgerView } from "./ledger-view.ts";
import { dispensedWithin } from "./ledger-view.ts";
import type { ReadContext } from "./read-context.ts";
import { CALENDAR_DAY } from "./span.ts";
import { FEN_A_YUAN, swipeFact } from "./swipe-features.ts";
import { ofPerson, ofPurchases } from "./visit-features.ts";

/**
 * Fund money of this person's purchases. Dual-channel drugs (双通道) are dear by nature and are judged by their
 * prescriptions and filings, so their lines are left out (rules OQ-07, CF-12).
 */

/** Yuan today (Shanghai) at all pharmacies, this sale included. */
export const fundToday = () =>
  ofPerson((ledger, context) => {
    let fen = ownFund(context);
    for (const entry of dispensedWithin(ledger, CALENDAR_DAY, context))
      fen += ordinaryFund(entry, context.reference);
    return fen / FEN_A_YUAN;
  });

/** Yuan in the calendar month (Shanghai), this sale included. */
export const fundThisMonth = () =>
  ofPerson((_, context) => {
    const { thisMonth } = context.shared(fundByMonth);
    return (ownFund(context) + thisMonth) / FEN_A_YUAN;
  });

/** Yuan a month: the mean of the earlier months in which the fund paid anything; absent where there is none. */
export const fundMonthlyMean = () =>
  ofPurchases(ABSENT, (_, context) => {
    const { earlier } = context.shared(fundByMonth);
    if (earlier.length === 0) return undefined;
    return earlier.reduce((sum, fen) => sum + fen, 0) / earlier.length / FEN_A_YUAN;
  });

interface FundByMonth {
  readonly thisMonth: Fen;
  /** Earlier months with fund money. */
  readonly earlier: readonly Fen[];
}

const NO_LEDGER: Pick<LedgerView, "dispensed"> = { dispensed: [] };
const NOTHING_PAID: FundByMonth = Object.freeze({ thisMonth: 0, earlier: Object.freeze([]) });

function fundByMonth(context: ReadContext): FundByMonth {
  const { at, reference } = context;
  const { dispensed } = context.ledger() ?? NO_LEDGER;
  if (dispensed.length === 0) return NOTHING_PAID;
  const now = shanghaiMonth(at);
  let thisMonth = 0;
  const months = new Map<number, Fen>();
  for (const entry of dispensed) {
    if (entry.at <= at - LEDGER_KEPT) continue;
    const month = shanghaiMonth(entry.at);
    const fen = ordinaryFund(entry, reference);
    if (month >= now) thisMonth += fen;
    else if (fen > 0) months.set(month, (months.get(month) ?? 0) + fen);
  }
  return { thisMonth, earlier: wholeMonths(months, at) };
}

/** Of the oldest month the ledger has lost the beginning: it counts only where there is no whole one. */
function wholeMonths(months: Map<number, Fen>, at: EpochMs): readonly Fen[] {
  const cut = shanghaiMonth(at - LEDGER_KEPT);
  const whole = [...months].filter(([month]) => month > cut);
  return (whole.length > 0 ? whole : [...months]).map(([, fen]) => fen);
}

/** What the fund paid of an entry's other lines; of what came back nothing is paid any more. */
function ordinaryFund({ fund, lines }: LedgerEntry, reference: ReferenceBundle): Fen {
  let left = 0;
  let dual = 0;
  for (const { drug, fen } of lines) {
    left += fen;
    if (reference.drugOfKey(drug)?.dualChannel === true) dual += fen;
  }
  return Math.max(0, Math.min(fund, left) - dual);
}

function ownFund(context: ReadContext): Fen {
  return Math.max(0, context.observation.fund - context.shared(ownDual));
}

function ownDual(context: ReadContext): Fen {
  let dual = 0;
  for (let i = 0; i < context.swipe.lines.length; i += 1) {
    const { line, drug } = context.line(i);
    if (drug?.dualChannel === true) dual += line.amount;
  }
  return dual;
}

/** Yuan of this sale out of the person's own account; absent where the till did not say who pays. */
export const accountYuan = () => fromAccount((fen) => fen / FEN_A_YUAN);

/** The part of the account's balance that this sale takes; absent where there was none or it is not said. */
export const accountShare = () =>
  fromAccount((fen, { swipe: { person } }) => {
    const balance: Fen = person.balance ?? 0;
    return balance <= 0 ? ABSENT : fen / balance;
  });

/** What the pool leaves of dual-channel drugs is taken to be the account's first, and is left out here too. */
function fromAccount(read: (fen: Fen, context: ReadContext) => Seen): FeatureDefinition {
  return swipeFact("number", "reference", (context) => {
    const { funds } = context.swipe;
    if (funds === undefined) return ABSENT;
    const dual = Math.max(0, context.shared(ownDual) - (funds.pooled ?? 0));
    return read(Math.max(0, (funds.account ?? 0) - dual), context);
  });
}
