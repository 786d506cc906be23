import { ABSENT } from "./definition.ts";
import { lineFact } from "./line-features.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";

/** What is not said by a file is this word, so that a rule may name what it does not want. */
const NONE = "none";

/** western, patent, slice, consumable, preparation or unknown. */
export const drugClass = () => lineFact("string", "line", (_, facts) => facts.drugClass);
export const isListedDrug = () =>
  lineFact("boolean", "reference", (_, { drug }) => drug !== undefined);
/** Where the fund pays for it: inpatient, emergency, or retail although it is injected; `none` where drugs.csv does not say. */
export const setting = () =>
  lineFact("string", "reference", (_, { drug }) => drug?.setting ?? NONE);
/** Paid for at pharmacies only on an electronic prescription from outside (双通道). */
export const dualChannel = () =>
  lineFact("boolean", "reference", (_, { drug }) => drug?.dualChannel === true);

/**
 * A western code tells the form by a letter; a patent medicine's does not, but its name does (注射液, 注射用…), as
 * drugs.csv or the watchlist has it (rule LP-01).
 */
const INJECTED_FORM = "B";
const FORM_LETTER = 10;
const INJECTED_NAME = "注射";

export const isInjection = () => lineFact("boolean", "reference", injected);

function injected(context: ReadContext, facts: LineFacts): boolean {
  if (facts.drugClass === "western") return facts.form.charAt(FORM_LETTER) === INJECTED_FORM;
  if (facts.drugClass !== "patent") return false;
  const name = facts.drug?.name ?? context.reference.watched(facts.line.drug)?.name;
  return name?.includes(INJECTED_NAME) === true;
}

/** Insulins and GLP-1 receptor agonists, by their class in the code. */
const SELF_INJECTED = ["XA10A", "XA10BJ"] as const;

/** An injection that patients give themselves: by class, a dual-channel biologic, or retail by drugs.csv (rule LP-01). */
export const isSelfInjected = () =>
  lineFact("boolean", "reference", (context, facts) => {
    if (!injected(context, facts)) return false;
    const { drug, form } = facts;
    return (
      drug?.dualChannel === true ||
      drug?.setting === "retail" ||
      SELF_INJECTED.some((beginning) => form.startsWith(beginning))
    );
  });

/** Whether this person has a filing for the drug today (rule LP-05); absent where there is no filings.csv to know it from. */
export const filed = () =>
  lineFact("boolean", "reference", ({ reference, swipe, day }, { line }) =>
    reference.knowsFilings ? reference.filed(swipe.person.id, line.drug, day) : ABSENT,
  );
