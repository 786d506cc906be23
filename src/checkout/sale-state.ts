import type { LedgerEntry, LedgerLine } from "../counters/contract.ts";
import { stateAt } from "../decision/entry-state.ts";
import { lineTag } from "../features/digests.ts";
import type { SwipeState } from "../swipe/answer.ts";
import { present } from "../swipe/present.ts";
import { LEVELS } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import { inTillUnits } from "./moved-lines.ts";
import { checkedLine, type Sale } from "./sale-steps.ts";

/** What a till is told of a sale: `entry` is the sale's, or what a step has just made of it. */
export function saleState(
  swipeId: string,
  sale: Sale,
  entry: LedgerEntry,
  now: EpochMs,
): SwipeState {
  const { decided } = sale;
  const state = {
    swipeId,
    state: stateAt(entry, now),
    // A step taken elsewhere before the seal left the entry without its level: the answer itself has it.
    level: decided?.decision ?? LEVELS[entry.level] ?? "allow",
    lines: entry.lines.map((line) => lineState(sale, entry, line)),
  };
  const told = decided ? { ...state, hits: [...decided.answered] } : state;
  // Most sales have no mark.
  const isMarked = entry.partlyReturned || entry.late || entry.against || entry.unchecked;
  if (!isMarked) return told;
  return present({
    ...told,
    partlyReturned: entry.partlyReturned || undefined,
    late: entry.late || undefined,
    settledAgainst: entry.against || undefined,
    unchecked: entry.unchecked || undefined,
  });
}

function lineState(sale: Sale, { state }: LedgerEntry, { tag, quantity }: LedgerLine) {
  const checked = checkedLine(sale, tag, lineTag);
  const left = inTillUnits(state === "returned" ? 0 : quantity, checked?.perUnit ?? 1);
  if (checked === undefined) return { line: String(tag), quantity: left };
  return { line: checked.line, drug: checked.drug, quantity: left };
}
