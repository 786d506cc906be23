import type { ClaimUse } from "../counters/contract.ts";
import { TOKEN_KEPT } from "../counters/limits.ts";
import type { TenThousandths } from "../units.ts";
import type { FeatureDefinition, Needs, Scope } from "./definition.ts";
import { ABSENT, MISSING } from "./definition.ts";
import { PRESCRIPTION } from "./grounds.ts";
import { isTraced } from "./line-features.ts";
import { inWindow, isClaimed, isSameSale, isSameVisit } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import type { LineTrace } from "./trace-codes.ts";

function stored(
  scope: Scope,
  type: "number" | "boolean",
  needs: Needs,
  read: FeatureDefinition["read"],
): FeatureDefinition {
  return { type, scope, kind: "store", bound: "exact", needs, read };
}

/** What was done with a line's prescription: nothing where it has none. */
function ofPrescription(read: FeatureDefinition["read"]): FeatureDefinition {
  const definition = stored("line", "boolean", { prescriptions: true }, read);
  return { ...definition, rests: { on: PRESCRIPTION, without: false } };
}

/**
 * A one-time token that was used before (rule CF-14); the same person at the same pharmacy within fifteen
 * minutes is no replay. Absent where no token was shown.
 */
export function tokenReplayed(parameters: Parameters): FeatureDefinition {
  const window = parameters.duration("window", TOKEN_KEPT);
  return stored("swipe", "boolean", { token: true }, (context) => {
    if (context.swipe.credential.type !== "01") return ABSENT;
    const uses = context.memory?.token;
    if (uses === undefined) return MISSING;
    const { at } = context;
    const holder = holderOf(context);
    return uses.some(
      (use) => inWindow(use.at, at, window) && isClaimed(use, at) && !isSameVisit(use, holder),
    );
  });
}

/** A line's prescription was used by somebody else (rule RX-01). */
export const prescriptionOfOther = () =>
  ofPrescription((context, { index }) => {
    const uses = usesOf(context, index);
    if (uses === undefined || uses === MISSING) return uses === undefined ? false : MISSING;
    const { person } = context.observation;
    return uses.some((use) => !person.startsWith(use.person) && isClaimed(use, context.at));
  });

/**
 * More was dispensed on a line's prescription than prescribed, this sale included; or, where no quantity is
 * prescribed, it was used before (rule RX-01). Long prescriptions and other drugs on it say nothing. Unsettled steps
 * of this sale do not count, and a second use by the same person there within fifteen minutes is no reuse.
 */
export const prescriptionOverused = () =>
  ofPrescription((context, { index, line: { prescription } }) => {
    if (prescription === undefined || prescription.long) return false;
    const before = dispensedBefore(context, index);
    const prescribed = prescription.quantity;
    if (prescribed === undefined) return before === MISSING ? MISSING : before.reused;
    const now = quantityInSale(context, index);
    // What this sale asks alone may already be too much: then the memory is not needed to say so.
    if (isMore(now, prescribed)) return true;
    return before === MISSING ? MISSING : isMore(dispensedWith(before, now), prescribed);
  });

/**
 * A line's prescription says how much, and that covers all dispensed on it, this sale included. False where it does
 * not say.
 */
export const prescriptionCovers = () => prescriptionCovering(() => true);

/**
 * It does, and part of it was dispensed before: this sale completes it, at whatever pharmacy (rule OQ-03). A
 * prescription of its own covers every sale and completes none.
 */
export const prescriptionCompletes = () => prescriptionCovering(({ quantity }) => quantity > 0);

function prescriptionCovering(counts: (before: DispensedBefore) => boolean): FeatureDefinition {
  return ofPrescription((context, { index, line }) => {
    const prescribed = line.prescription?.quantity;
    if (prescribed === undefined) return false;
    const now = quantityInSale(context, index);
    if (isMore(now, prescribed)) return false;
    const before = dispensedBefore(context, index);
    if (before === MISSING) return MISSING;
    return counts(before) && !isMore(dispensedWith(before, now), prescribed);
  });
}

/** Packs in 1/10,000, of so many uses each rounded to it. */
interface Dispensed {
  readonly quantity: TenThousandths;
  readonly uses: number;
}

interface DispensedBefore extends Dispensed {
  readonly reused: boolean;
}

/** Prescribed in packs, however the till counts. Tablets were rounded at each use: two by two they are not more than a pack. */
function isMore({ quantity, uses }: Dispensed, prescribed: TenThousandths): boolean {
  return quantity > prescribed + uses / 2;
}

function dispensedWith(before: Dispensed, now: Dispensed): Dispensed {
  return { quantity: before.quantity + now.quantity, uses: before.uses + now.uses };
}

function dispensedBefore(context: ReadContext, line: number): DispensedBefore | typeof MISSING {
  const uses = usesOf(context, line) ?? MISSING;
  if (uses === MISSING) return MISSING;
  const { at, observation } = context;
  const holder = holderOf(context);
  const drug = observation.lines[line]?.drug;
  let quantity = 0;
  let counted = 0;
  let reused = false;
  for (const use of uses) {
    const isOwn = use.drug === drug && holder.person.startsWith(use.person) && isClaimed(use, at);
    if (!isOwn || isSameSale(use, holder)) continue;
    quantity += use.quantity;
    counted += 1;
    if (!isSameVisit(use, holder)) reused = true;
  }
  return { quantity, uses: counted, reused };
}

/** What all lines of this sale take of one drug on one prescription. */
function quantityInSale(context: ReadContext, line: number): Dispensed {
  const { swipe, observation } = context;
  const prescription = swipe.lines[line]?.prescription?.id;
  const drug = observation.lines[line]?.drug;
  let quantity = 0;
  let uses = 0;
  for (let i = 0; i < swipe.lines.length; i += 1) {
    const other = observation.lines[i];
    if (other?.drug !== drug || swipe.lines[i]?.prescription?.id !== prescription) continue;
    quantity += other?.quantity ?? 0;
    uses += 1;
  }
  return { quantity, uses };
}

/** Undefined: the line has no prescription. Prescriptions stand in the memory in the order of the lines that have one. */
function usesOf(
  context: ReadContext,
  line: number,
): readonly ClaimUse[] | undefined | typeof MISSING {
  const { lines } = context.swipe;
  if (lines[line]?.prescription === undefined) return undefined;
  let position = 0;
  for (let i = 0; i < line; i += 1) if (lines[i]?.prescription !== undefined) position += 1;
  return context.memory?.prescriptions[position] ?? MISSING;
}

function holderOf({ at, here, observation }: ReadContext) {
  return { at, pharmacy: here, person: observation.person };
}

/** What the trace-code table says of a line; a line without codes is clean whatever the store says. */
function traceFeature(read: (trace: LineTrace) => boolean): () => FeatureDefinition {
  return () =>
    stored("line", "boolean", {}, (context, facts) => {
      if (facts.codes.length === 0 || !isTraced(facts)) return false;
      const trace = context.trace(facts.index);
      if (trace === undefined) return MISSING;
      return read(trace) || (trace.unread ? MISSING : false);
    });
}

export const traceSoldElsewhere = traceFeature((trace) => trace.soldElsewhere);
export const traceHeldElsewhere = traceFeature((trace) => trace.heldElsewhere);
export const traceSoldHere = traceFeature((trace) => trace.soldHere);
export const traceOverSplit = traceFeature((trace) => trace.overSplit);
export const traceResold = traceFeature((trace) => trace.resold);
