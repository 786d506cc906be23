import type { LedgerEntry, LedgerLine } from "../counters/contract.ts";
import { LEDGER_KEPT } from "../counters/limits.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import type { DurationMs } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING, NOTHING } from "./definition.ts";
import { lineFact } from "./line-features.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import { swipeFact } from "./swipe-features.ts";

/** Whom a drug is paid for, by drugs.csv. */
interface Limits {
  readonly sex?: "1" | "2";
  readonly minAge?: number;
  readonly maxAge?: number;
}

/** What is known of a person; the ages between which they were when it matters. */
interface Known {
  readonly sex: string | undefined;
  readonly youngest: number | undefined;
  readonly oldest: number | undefined;
}

/** undefined: a limit speaks of something nobody said. */
function isOutside(limits: Limits, { sex, youngest, oldest }: Known): boolean | undefined {
  const { minAge, maxAge } = limits;
  const bySex = limits.sex === undefined ? false : differs(sex, limits.sex);
  const byMin = minAge === undefined ? false : below(oldest, minAge);
  const byMax = maxAge === undefined ? false : below(maxAge, youngest);
  if (bySex || byMin || byMax) return true;
  return bySex === undefined || byMin === undefined || byMax === undefined ? undefined : false;
}

/** 9 is unspecified (domain 1.3): it neither fits nor breaks a limit. */
function differs(sex: string | undefined, limit: string): boolean | undefined {
  return sex === "1" || sex === "2" ? sex !== limit : undefined;
}

function below(value: number | undefined, limit: number | undefined): boolean | undefined {
  return value === undefined || limit === undefined ? undefined : value < limit;
}

function personNow({ swipe: { person } }: ReadContext): Known {
  return { sex: person.sex, youngest: person.age, oldest: person.age };
}

/** A line's drug is not for a person of this sex or age (rule IM-03); absent where sex or age would say and is not said. */
export const outsideLimits = () =>
  lineFact("boolean", "reference", (context, { drug }) =>
    drug === undefined ? false : isOutside(drug, personNow(context)),
  );

/**
 * Swipes with a drug that is not for a person of this sex or age, this one included (rule IM-03); refused ones count too,
 * because the refusal is the finding. Absent where neither sex nor age is said.
 */
export function limitBreaches(parameters: Parameters): FeatureDefinition {
  const window = parameters.duration("window", LEDGER_KEPT);
  return {
    type: "number",
    scope: "swipe",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    read(context): Seen {
      const { sex, age } = context.swipe.person;
      if (sex === undefined && age === undefined) return ABSENT;
      if (context.memory === undefined) return MISSING;
      const before = breachesBefore(context.memory.ledger, window, context);
      return breachesNow(context) ? before + 1 : before;
    },
  };
}

function breachesBefore(
  ledger: readonly LedgerEntry[],
  window: DurationMs,
  { at, swipe: { person }, reference }: ReadContext,
): number {
  const { sex, age } = person;
  // In the weeks before, the person may have been a year younger: nobody is accused by a birthday.
  const then = { sex, youngest: age === undefined ? undefined : age - 1, oldest: age };
  const breaches = ledger.filter(
    (entry) =>
      inWindow(entry.at, at, window) &&
      isSwipeOfItsOwn(entry) &&
      breaks(entry.lines, then, reference),
  );
  return breaches.length;
}

function breachesNow(context: ReadContext): boolean {
  const person = personNow(context);
  return context.swipe.lines.some((_, index) => {
    const { drug } = context.line(index);
    return drug !== undefined && isOutside(drug, person) === true;
  });
}

/** The step that superseded another is there itself, and a sale counts once. */
function isSwipeOfItsOwn({ state }: LedgerEntry): boolean {
  return state !== "superseded";
}

function breaks(lines: readonly LedgerLine[], then: Known, reference: ReferenceBundle): boolean {
  return lines.some(({ drug }) => {
    const limits = reference.drugOfKey(drug);
    return limits !== undefined && isOutside(limits, then) === true;
  });
}

/**
 * Whether the filed disease is one the drug is paid for (rule LP-02); no filed disease fits none. Absent for drugs
 * without such a limit. A code in drugs.csv stands for all codes that begin with it.
 */
export const diseaseFits = () =>
  lineFact("boolean", "reference", ({ swipe }, { drug }) => {
    if (drug?.diseases === undefined || drug.diseases.length === 0) return ABSENT;
    const disease = swipe.disease?.toUpperCase();
    return (
      disease !== undefined && drug.diseases.some((code) => disease.startsWith(code.toUpperCase()))
    );
  });

/** tcmdrug_used_way: 1 in a compound prescription, 2 alone (rule LP-03). */
export const tcmUse = () => lineFact("string", "line", (_, { line }) => line.tcmUse);
/** Different slices in this sale: one herb on two lines is still alone. */
export const slices = () =>
  swipeFact("number", "swipe", (context) => {
    const herbs = new Set<string>();
    context.swipe.lines.forEach((_, index) => {
      const { drugClass, form } = context.line(index);
      if (drugClass === "slice") herbs.add(form);
    });
    return herbs.size;
  });

/** chrgitm_lv: 1 class A, 2 class B, 3 paid by oneself. */
export const chargeLevel = () => lineFact("string", "line", (_, { line }) => line.chargeLevel);

const SELF_PAID = "3";
/** Rounding may leave 0.05 yuan between lines and total (DQ-01). */
const ROUNDING_FEN = 5;

/**
 * A line paid by oneself, in a sale of which the pool pays more than all other lines cost (rule LP-04). The personal
 * account may pay for such lines. Absent where the class, or who pays, is not said.
 */
export const selfPaidOnPool = () =>
  lineFact("boolean", "line", ({ swipe }, { line }) => {
    if (line.chargeLevel === undefined) return ABSENT;
    if (line.chargeLevel !== SELF_PAID) return false;
    if (swipe.funds === undefined) return ABSENT;
    let payable = 0;
    for (const other of swipe.lines) if (other.chargeLevel !== SELF_PAID) payable += other.amount;
    return (swipe.funds.pooled ?? 0) > payable + ROUNDING_FEN;
  });
