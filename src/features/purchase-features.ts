import type { LedgerEntry, LedgerLine } from "../counters/contract.ts";
import { LEDGER_KEPT } from "../counters/limits.ts";
import type { Bytes } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING, NOTHING } from "./definition.ts";
import { PURCHASES } from "./grounds.ts";
import type { LedgerView } from "./ledger-view.ts";
import { daysOf, dispensedWithin, hasMolecule } from "./ledger-view.ts";
import { isCountedInPacks, isCovered, readAllowance } from "./line-features.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import { ONE } from "./quantities.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";
import type { Span } from "./span.ts";
import { readSpan, slidingSpan } from "./span.ts";

const NO_ENTRIES: readonly LedgerEntry[] = Object.freeze([]);

/** A line's feature that is read from what its person bought before. */
function bought(
  type: "number" | "boolean",
  read: (ledger: LedgerView, own: LineFacts, context: ReadContext) => Seen,
): FeatureDefinition {
  return {
    type,
    scope: "line",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    read(context, facts): Seen {
      const ledger = context.ledger();
      return ledger === undefined ? MISSING : read(ledger, facts, context);
    },
  };
}

/** `without` of a person who has bought nothing. */
function ofPurchases(without: number, counted: FeatureDefinition): FeatureDefinition {
  return { ...counted, rests: { on: PURCHASES, without } };
}

/** Days of a line's molecule still at home before this sale (rule OQ-02). */
export const onHandDays = () =>
  ofPurchases(
    0,
    bought("number", (ledger, own) => ledger.daysLeft(own.molecule)),
  );

/** Packs of a line's form bought within `window`, this sale included; X and Z lines only (rule OQ-05). */
export function packsDispensed(parameters: Parameters): FeatureDefinition {
  const span = slidingSpan(parameters.duration("window", LEDGER_KEPT));
  return inPacks(
    ABSENT,
    bought("number", (ledger, own, context) => packsWithin(span, ledger, own, context)),
  );
}

/**
 * True when the reference dose is known and the packs of a line's form bought within `window`, this sale included, last
 * no longer than allowed (rules OQ-05, RS-01): packs of three days make ten a month. Days that tills state play no part,
 * or a case of packs would be a week's each.
 */
export function packsCovered(parameters: Parameters): FeatureDefinition {
  const span = slidingSpan(parameters.duration("window", LEDGER_KEPT));
  const allowance = readAllowance(parameters);
  return inPacks(
    false,
    bought("boolean", (ledger, own, context) =>
      isCovered(allowance, packsWithin(span, ledger, own, context), own, context),
    ),
  );
}

/** `none`: of what is not counted in packs. */
function inPacks(none: Seen, counted: FeatureDefinition): FeatureDefinition {
  return {
    ...counted,
    read: (context, facts) => (isCountedInPacks(facts) ? counted.read(context, facts) : none),
  };
}

function packsWithin(
  span: Span,
  ledger: LedgerView,
  { key }: LineFacts,
  context: ReadContext,
): number {
  let total = quantityOf(context.observation.lines, key);
  for (const entry of dispensedWithin(ledger, span, context)) total += quantityOf(entry.lines, key);
  return total / ONE;
}

function quantityOf(lines: readonly LedgerLine[], drug: Bytes): number {
  let quantity = 0;
  for (const line of lines) if (line.drug === drug) quantity += line.quantity;
  return quantity;
}

/** Different pharmacies that dispensed a line's molecule to this person, this one included (rules OQ-03, OQ-04). */
export function pharmaciesOfMolecule(parameters: Parameters): FeatureDefinition {
  const span = readSpan(parameters, LEDGER_KEPT);
  const count = bought("number", (ledger, own, context) => {
    const within = dispensedWithin(ledger, span, context);
    if (within.length === 0) return 1;
    const pharmacies = new Set([context.here]);
    for (const entry of within) {
      if (hasMolecule(entry, own.molecule)) pharmacies.add(entry.pharmacy);
    }
    return pharmacies.size;
  });
  return ofPurchases(1, count);
}

/**
 * Days that all dispensed of a line's molecule lasts, this sale included (rules OQ-04, OQ-08). Lines whose days
 * nobody knows add none.
 */
export function supplyOfMolecule(parameters: Parameters): FeatureDefinition {
  const span = readSpan(parameters, LEDGER_KEPT);
  return bought("number", (ledger, own, context) => {
    let days = daysOf(context.observation.lines, own.molecule);
    for (const entry of dispensedWithin(ledger, span, context))
      days += daysOf(entry.lines, own.molecule);
    return days;
  });
}

/**
 * Sales of a line's molecule to this person of which something came back within 30 minutes (rule RS-06). What came back
 * is dispensed no longer, so the whole ledger is looked at.
 */
export function soonReturned(parameters: Parameters): FeatureDefinition {
  const window = parameters.duration("window", LEDGER_KEPT);
  return bought("number", (_, own, { memory, at }) => {
    let sales = 0;
    for (const entry of memory?.ledger ?? NO_ENTRIES) {
      if (entry.returnedSoon !== true || !inWindow(entry.at, at, window)) continue;
      if (entry.lines.some(({ drug }) => drug.startsWith(own.molecule))) sales += 1;
    }
    return sales;
  });
}
