import {
  type LedgerEntry,
  type LedgerLine,
  NO_SETTLEMENT,
  type ReturnsSheet,
} from "../counters/contract.ts";
import { isRefusal, LEVELS, type SwipeStateName } from "../swipe/vocabulary.ts";
import type { Bytes, Fen } from "../units.ts";
import { fundShare } from "./came-back.ts";
import { stateAt } from "./entry-state.ts";
import { claimsByLine, quantityOf, scaled, stillOut } from "./held.ts";
import type { LineQuantity, Moved, RefusedWhy, Standing, Step, Transition } from "./life-cycle.ts";

/** What was dispensed is sold: the step of the life cycle that most can go wrong with. */
export function settle(standing: Standing, step: Extract<Step, { kind: "settle" }>): Moved {
  const { entry, claims, at } = standing;
  const state = stateAt(entry, at);
  const settled = settledBefore(standing, step.settlement) ?? overtaken(standing, step);
  if (settled !== undefined) return settled;
  const finding = findingOf(entry, state);
  const again = finding === "resettled";
  const original = standing.returns?.original ?? entry.lines;
  const dispensed = dispensedLines(original, again ? original : entry.lines, step.lines);
  if ("refused" in dispensed) return { refused: state, why: dispensed.refused };
  const soldFund = fundShare(standing.returns?.fund ?? entry.fund, dispensed.sold, original);
  const after = soldEntry(standing, step, { ...dispensed, finding, fund: soldFund });
  return {
    to: {
      after,
      returns: soldAs(standing.returns, dispensed.sold, soldFund, again),
      claims: claimsByLine(again ? claims : stillOut(standing), after.lines, "sold"),
      codesKept: false,
      finding,
    },
  };
}

interface Sold {
  /** What is left of what was sold: a part may have come back before. */
  readonly lines: readonly LedgerLine[];
  readonly sold: readonly LedgerLine[];
  /** What the fund pays of all that was sold. */
  readonly fund: Fen;
  readonly finding: Transition["finding"];
}

function soldEntry(
  { entry, at }: Standing,
  step: Extract<Step, { kind: "settle" }>,
  { lines, sold, fund, finding }: Sold,
): LedgerEntry {
  const after: LedgerEntry = {
    ...entry,
    state: "settled",
    settlement: step.settlement,
    late: entry.late || stateAt(entry, at) === "lapsed",
    against: entry.against || finding === "settledAgainst",
    unchecked: step.unchecked ?? entry.unchecked,
    // A part that came back before its settlement arrived stays returned.
    partlyReturned: entry.partlyReturned && isLess(lines, sold),
    lines,
    fund: fundShare(fund, lines, sold),
  };
  return finding === "resettled" ? { ...after, again: true } : after;
}

/** The same settlement again; its number, after an upload without one had settled the sale; or another settlement. */
function settledBefore({ entry, returns, at }: Standing, settlement: Bytes): Moved | undefined {
  const isSold = entry.state === "settled" || entry.state === "returned";
  if (settlement === NO_SETTLEMENT ? isSold : entry.settlement === settlement)
    return { same: true };
  if (entry.state === "settled" && entry.settlement === NO_SETTLEMENT)
    return { to: { after: { ...entry, settlement }, returns, claims: [], codesKept: false } };
  const state = stateAt(entry, at);
  return state === "settled" ? { refused: state, why: "state" } : undefined;
}

/** Its return came through another instance first: the sale was made and is back, and nothing of it is out. */
function overtaken(
  { entry, returns }: Standing,
  { waited, settlement }: Extract<Step, { kind: "settle" }>,
): Moved | undefined {
  const isBefore = waited && entry.state === "returned" && entry.settlement === NO_SETTLEMENT;
  if (!isBefore) return undefined;
  return { to: { after: { ...entry, settlement }, returns, claims: [], codesKept: false } };
}

function findingOf(entry: LedgerEntry, state: SwipeStateName): Transition["finding"] {
  if (state === "returned") return "resettled";
  // What NHSA had refused first is attempted too, but nobody settled it against the guard.
  const isAgainst = state === "attempted" && isRefusal(LEVELS[entry.level] ?? "allow");
  return isAgainst ? "settledAgainst" : undefined;
}

/** The sheet of returns measures by what was sold last; sold again, every code is out again. */
function soldAs(
  returns: ReturnsSheet | undefined,
  original: readonly LedgerLine[],
  fund: Fen,
  again: boolean,
): ReturnsSheet | undefined {
  if (returns === undefined) return undefined;
  return again ? { ...returns, original, fund, codes: [] } : { ...returns, original, fund };
}

interface Dispensed {
  /** What the settlement says was sold: the measure of later returns. */
  readonly sold: readonly LedgerLine[];
  /** What is left of it: less where a part came back before the settlement arrived. */
  readonly lines: readonly LedgerLine[];
}

function dispensedLines(
  original: readonly LedgerLine[],
  left: readonly LedgerLine[],
  named: readonly LineQuantity[] | undefined,
): Dispensed | { readonly refused: RefusedWhy } {
  if (named === undefined) return { sold: original, lines: left };
  const wanted = new Map(named.map((line) => [line.tag, line.quantity]));
  for (const { tag, quantity } of named) {
    const line = original.find((of) => of.tag === tag);
    if (line === undefined) return { refused: "no_such_line" };
    if (quantity > line.quantity) return { refused: "more_than_left" };
  }
  const sold = original.map((line) => scaled(line, wanted.get(line.tag) ?? 0));
  return {
    sold,
    lines: sold.map((line) => scaled(line, Math.min(line.quantity, quantityOf(left, line.tag)))),
  };
}

function isLess(lines: readonly LedgerLine[], than: readonly LedgerLine[]): boolean {
  return lines.some((line) => line.quantity < quantityOf(than, line.tag));
}
