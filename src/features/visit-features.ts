import type { LedgerEntry, SwipeNature } from "../counters/contract.ts";
import { LEDGER_KEPT } from "../counters/limits.ts";
import { therapeuticGroup } from "../reference/drug-key.ts";
import type { Fen } from "../units.ts";
import type { FeatureDefinition } from "./definition.ts";
import { MISSING, NOTHING } from "./definition.ts";
import { PURCHASES } from "./grounds.ts";
import type { LedgerView } from "./ledger-view.ts";
import { dispensedWithin } from "./ledger-view.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import type { Span } from "./span.ts";
import { CALENDAR_DAY, readSpan } from "./span.ts";

type ReadPurchases = (ledger: LedgerView, context: ReadContext) => number | undefined;

/** A number that is read from what the person bought before. */
export function ofPerson(read: ReadPurchases): FeatureDefinition {
  return {
    type: "number",
    scope: "swipe",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    read(context) {
      const ledger = context.ledger();
      return ledger === undefined ? MISSING : read(ledger, context);
    },
  };
}

/** The same; `without` of a person who has bought nothing. */
export function ofPurchases(without: number | undefined, read: ReadPurchases): FeatureDefinition {
  return { ...ofPerson(read), rests: { on: PURCHASES, without } };
}

function here(ledger: LedgerView, span: Span, context: ReadContext): readonly LedgerEntry[] {
  const within = dispensedWithin(ledger, span, context);
  return within.length === 0 ? within : within.filter(({ pharmacy }) => pharmacy === context.here);
}

/** Purchases of this person at this pharmacy, this one included (rule CF-04). */
export function purchasesHere(parameters: Parameters): FeatureDefinition {
  const span = readSpan(parameters, LEDGER_KEPT);
  return ofPurchases(1, (ledger, context) => 1 + here(ledger, span, context).length);
}

/** Purchases of this person today (Shanghai) at all pharmacies, this one included (rule OQ-07). */
export const purchasesToday = () =>
  ofPurchases(1, (ledger, context) => 1 + dispensedWithin(ledger, CALENDAR_DAY, context).length);

/** Different therapeutic groups this person bought at this pharmacy, this sale included (rule CF-04). */
export function groupsHere(parameters: Parameters): FeatureDefinition {
  const span = readSpan(parameters, LEDGER_KEPT);
  return ofPerson((ledger, context) => {
    const own = context.shared(ownGroups);
    if (ledger.dispensed.length === 0) return own.size;
    const groups = new Set(own);
    for (const { lines } of here(ledger, span, context)) addGroups(lines, groups);
    return groups.size;
  });
}

function ownGroups({ observation }: ReadContext): ReadonlySet<string> {
  const groups = new Set<string>();
  addGroups(observation.lines, groups);
  return groups;
}

/** What has no class (slices, goods outside the catalogue) adds none. */
function addGroups(lines: LedgerEntry["lines"], groups: Set<string>): void {
  for (const { drug, quantity } of lines) {
    const group = quantity > 0 ? therapeuticGroup(drug) : undefined;
    if (group !== undefined) groups.add(group);
  }
}

/**
 * Purchases of this person here for the same amount and of the same nature, this one included (rule CF-08). A chronic
 * sale beside an ordinary one, or one on a prescription beside one without, is a split by rule and no double.
 */
export function sameAmountHere(parameters: Parameters): FeatureDefinition {
  const span = readSpan(parameters, LEDGER_KEPT);
  return ofPurchases(1, (ledger, context) => {
    const { lines, nature } = context.observation;
    const amount = amountOf(lines);
    let same = 1;
    for (const entry of here(ledger, span, context)) {
      if (amountOf(entry.lines) === amount && isAlike(entry.nature, nature)) same += 1;
    }
    return same;
  });
}

function amountOf(lines: LedgerEntry["lines"]): Fen {
  let fen = 0;
  for (const line of lines) fen += line.fen;
  return fen;
}

function isAlike(a: SwipeNature, b: SwipeNature): boolean {
  return a.chronic === b.chronic && a.prescribed === b.prescribed;
}
