import type { FeatureDefinition, Seen, ValueType } from "./definition.ts";
import { ABSENT, NOTHING } from "./definition.ts";
import { PRESCRIPTION } from "./grounds.ts";
import type { Parameters } from "./parameters.ts";
import { ONE } from "./quantities.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";
import type { FeatureKind } from "./vector.ts";

const FEN_A_YUAN = 100;

/** X and Z lines are counted in packs; slices are grams, consumables have rules of their own. */
export function isCountedInPacks(facts: LineFacts): boolean {
  return (
    (facts.drugClass === "western" || facts.drugClass === "patent") && facts.packs !== undefined
  );
}

/** Slices have no trace codes, and a consumable's code may be that of its whole lot: TR-* do not judge them. */
export function isTraced({ drugClass }: LineFacts): boolean {
  return drugClass !== "slice" && drugClass !== "consumable";
}

export function lineFact(
  type: ValueType,
  kind: FeatureKind,
  read: FeatureDefinition["read"],
): FeatureDefinition {
  return { type, scope: "line", kind, bound: "exact", needs: NOTHING, read };
}

/** What a line's prescription says; `without` of a line that has none. */
export function prescriptionFact(
  type: ValueType,
  kind: FeatureKind,
  without: Seen,
  read: FeatureDefinition["read"],
): FeatureDefinition {
  return { ...lineFact(type, kind, read), rests: { on: PRESCRIPTION, without } };
}

export const daysSupplied = () => lineFact("number", "reference", (_, facts) => facts.days);
/** Whether the till itself said how long the line lasts; a denial may not rest on an assumed dose. */
export const daysStated = () =>
  lineFact("boolean", "line", (_, { line }) => line.daysSupply !== undefined);
export const lineYuan = () => lineFact("number", "line", (_, { line }) => line.amount / FEN_A_YUAN);
export const isPrescriptionDrug = () =>
  lineFact(
    "boolean",
    "reference",
    (_, { line, drug }) => line.prescriptionDrug ?? drug?.prescription,
  );
export const hasPrescription = () =>
  prescriptionFact("boolean", "line", false, (_, { line }) => line.prescription !== undefined);

/** Packs of a line's form in this sale, lines of one form together; X and Z lines only (rule OQ-05). */
export const packsInSale = () =>
  lineFact("number", "reference", (context, facts) => {
    const packs = packsOfForm(facts, context);
    return packs === undefined ? ABSENT : packs / ONE;
  });

/** X and Z lines only. */
export function packsOfForm(facts: LineFacts, context: ReadContext): number | undefined {
  if (!isCountedInPacks(facts)) return undefined;
  if (context.swipe.lines.length === 1) return facts.packs ?? 0;
  return context.shared(packsByForm).get(facts.form) ?? 0;
}

/** Once a swipe: a sale of 200 lines would else be walked through for each of them. */
function packsByForm(context: ReadContext): ReadonlyMap<string, number> {
  const packs = new Map<string, number>();
  for (let i = 0; i < context.swipe.lines.length; i += 1) {
    const { form, packs: own } = context.line(i);
    packs.set(form, (packs.get(form) ?? 0) + (own ?? 0));
  }
  return packs;
}

/** How many days a line may last, before the slack. */
export interface Allowance {
  readonly ordinary: number;
  readonly chronic: number;
  readonly long: number;
  readonly chronicTypes: ReadonlySet<string>;
  readonly slackShare: number;
  readonly slackPacks: number;
}

/** A year: nothing in law allows more at once. */
const DAYS = { min: 0, max: 366 };

export function readAllowance(parameters: Parameters): Allowance {
  parameters.source();
  return {
    ordinary: parameters.number("ordinary", DAYS),
    chronic: parameters.number("chronic", DAYS),
    long: parameters.number("long", DAYS),
    chronicTypes: parameters.words("chronicTypes"),
    slackShare: parameters.number("slackShare", { min: 0, max: 1 }),
    slackPacks: parameters.number("slackPacks", { min: 0, max: 10 }),
  };
}

function allowedDays(allowance: Allowance, facts: LineFacts, { swipe }: ReadContext): number {
  if (facts.line.prescription?.long === true) return allowance.long;
  const isChronic = swipe.disease !== undefined || allowance.chronicTypes.has(swipe.medicalType);
  return isChronic ? allowance.chronic : allowance.ordinary;
}

/**
 * The allowance with its slack: so much more by share, and so many whole packs, because packs are not split. Not rounded:
 * a hair below 14.7 would make exactly one and a half times of it too much. Evidence is rounded where it is written.
 */
function withSlack(allowance: Allowance, days: number, onePack: number): number {
  return days * (1 + allowance.slackShare) + allowance.slackPacks * onePack;
}

/** Half a tablet a day is common and makes twice the days of a pack; beyond that the days stated are in doubt. */
const SLOWEST_DOSE = 2;

/**
 * Days a line may last, slack included (rule OQ-01); absent where nobody knows how long a pack lasts. One pack is
 * always allowed (domain, OQ-01), also at half the usual dose.
 */
export function dayAllowance(parameters: Parameters): FeatureDefinition {
  const allowance = readAllowance(parameters);
  return lineFact("number", "reference", (context, facts) => {
    if (facts.packDays === undefined) return ABSENT;
    const allowed = withSlack(allowance, allowedDays(allowance, facts, context), facts.packDays);
    const isOnePack = isCountedInPacks(facts) && (facts.packs ?? 0) <= ONE;
    return isOnePack ? Math.max(allowed, SLOWEST_DOSE * facts.packDays) : allowed;
  });
}

/**
 * True when the reference dose is known and the packs of this sale last no longer than allowed: many small
 * packs are then no excess (domain, rule OQ-05: express as days where the dose is known).
 */
export function doseCovered(parameters: Parameters): FeatureDefinition {
  const allowance = readAllowance(parameters);
  return lineFact("boolean", "reference", (context, facts) => {
    const packs = packsOfForm(facts, context);
    return packs !== undefined && isCovered(allowance, packs / ONE, facts, context);
  });
}

/** By the reference dose alone: what a till states may be anything. */
export function isCovered(
  allowance: Allowance,
  packs: number,
  facts: LineFacts,
  context: ReadContext,
): boolean {
  const each = facts.referencePackDays;
  if (each === undefined) return false;
  return packs * each <= withSlack(allowance, allowedDays(allowance, facts, context), each);
}

/** An X or Z line about to be settled whose trace codes are not one a pack (rule TR-03). */
export const codesMissing = () =>
  lineFact("boolean", "reference", (context, facts) => {
    const { line, drug, drugClass, packs } = facts;
    const { swipe, reference, day } = context;
    if (drugClass !== "western" && drugClass !== "patent") return false;
    if (swipe.stage !== "settle" || !swipe.codesExpected || line.splitPack) return false;
    if (drug?.traceExempt === true) return false;
    if (packs === undefined) return ABSENT;
    if (facts.codes.length === Math.ceil(packs / ONE)) return false;
    return !reference.isNoCodeStock(swipe.pharmacy.code, line.drug, day);
  });

/** A code given more than once in one request by a line that is not split: scan again (rule TR-02). */
export const traceTwiceInRequest = () =>
  lineFact("boolean", "line", (context, facts) => {
    const { line } = facts;
    if (line.splitPack || line.traceCodes.length === 0 || !isTraced(facts)) return false;
    const repeated = context.repeatedCodes();
    return repeated.size > 0 && line.traceCodes.some(({ id }) => repeated.has(id));
  });
