import type { ReferenceBundle } from "../reference/bundle.ts";
import { parseInstant } from "../swipe/calendar.ts";
import type { PseudonymisedLine, PseudonymisedTraceCode } from "../swipe/pseudonymised-swipe.ts";
import { shanghaiDay } from "../units.ts";
import { ABSENT } from "./definition.ts";
import { isTraced, lineFact } from "./line-features.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";

/**
 * A code that is of no kind a box is known to have: not national, not GS1, not a maker's own whose beginning the
 * register knows (rule TR-04).
 */
export const traceShapeOther = () =>
  lineFact(
    "boolean",
    "reference",
    ({ reference }, facts) =>
      isTraced(facts) && facts.line.traceCodes.some((code) => !isOfKnownKind(code, reference)),
  );

function isOfKnownKind(
  { shape, product }: PseudonymisedTraceCode,
  reference: ReferenceBundle,
): boolean {
  if (shape !== "maker") return shape === "national" || shape === "gs1";
  return product !== undefined && reference.tracePrefix(product) !== undefined;
}

const LEARNED = "learned";

/** A box whose code stands for another medicine or form than the line's, by the register (rule TR-05). */
export const prefixDiffers = () =>
  lineFact("boolean", "reference", (context, facts) =>
    standsForAnother(facts, context, (source) => source !== LEARNED),
  );

/** The same, by what was learned from sales. */
export const prefixLearnedFile = () =>
  lineFact("boolean", "reference", (context, facts) =>
    standsForAnother(facts, context, (source) => source === LEARNED),
  );

/** Local codes of goods outside the catalogue may be any medicine's, so they differ from none. */
function standsForAnother(
  { line, drugClass, form }: LineFacts,
  { reference }: ReadContext,
  counts: (source: string) => boolean,
): boolean {
  if (drugClass !== "western" && drugClass !== "patent") return false;
  return line.traceCodes.some(({ product }) => {
    const entry = product === undefined ? undefined : reference.tracePrefix(product);
    if (entry === undefined || !counts(entry.source)) return false;
    const registered = reference.identify(entry.drug).form;
    // A register may name a whole code or its beginning only, and so may a till.
    return !registered.startsWith(form) && !form.startsWith(registered);
  });
}

/** The last day of use is over in Shanghai (rule TR-07); absent where the till does not say. */
export const expired = () =>
  lineFact("boolean", "line", ({ day }, { line }) => {
    const lastDay =
      line.expires === undefined ? undefined : parseInstant(`${line.expires}T00:00:00+08:00`);
    return lastDay === undefined ? ABSENT : day > shanghaiDay(lastDay);
  });

/** The same as an earlier line in everything but its number (rule DQ-02); boxes with codes of their own differ. */
export const repeatedLine = () => {
  const fact = lineFact("boolean", "line", () => false);
  return {
    ...fact,
    read: (context: ReadContext, { index }: LineFacts) => context.shared(repeatedLines).has(index),
  };
};

const NONE: ReadonlySet<number> = new Set();

/** Places of lines that repeat an earlier one. */
function repeatedLines({ swipe }: ReadContext): ReadonlySet<number> {
  if (swipe.lines.length === 1) return NONE;
  // Lines of different drugs differ, whatever else they say: hardly any sale needs to be compared in full.
  if (new Set(swipe.lines.map(({ drug }) => drug)).size === swipe.lines.length) return NONE;
  const seen = new Set<string>();
  const repeated = new Set<number>();
  for (const [index, line] of swipe.lines.entries()) {
    const content = contentOf(line);
    if (seen.has(content)) repeated.add(index);
    seen.add(content);
  }
  return repeated;
}

function contentOf(line: PseudonymisedLine): string {
  const { prescription } = line;
  return JSON.stringify([
    line.drug,
    line.sku,
    line.quantity,
    line.unit,
    line.unitPriceMicro,
    line.amount,
    line.daysSupply,
    line.lot,
    line.expires,
    line.tcmUse,
    line.splitPack,
    prescription?.id,
    line.traceCodes.map(({ id }) => id).sort(),
  ]);
}
