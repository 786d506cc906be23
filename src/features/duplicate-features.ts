import { isWestern, molecule } from "../reference/drug-key.ts";
import type { Bytes } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING, NOTHING } from "./definition.ts";
import { PURCHASES } from "./grounds.ts";
import type { LedgerView } from "./ledger-view.ts";
import { dispensedWithin } from "./ledger-view.ts";
import type { ReadContext } from "./read-context.ts";
import { CALENDAR_DAY } from "./span.ts";

/** Bytes of a drug key that name the therapeutic class, its kind of drug included. */
const CLASS_BYTES = 3;

/** What would duplicate a line: same class, another molecule, not taken together by the book (rule OQ-06). */
type Duplicates = (drug: Bytes) => boolean;

/** Days left of the molecule that duplicates a line and lasts longest; 0 where there is none. */
export const similarOnHand = (): FeatureDefinition => ({
  ...duplicated("number", 0, (duplicates, context) => {
    const ledger = context.ledger();
    if (ledger === undefined) return MISSING;
    let most = 0;
    for (const other of context.shared(moleculesBought)) {
      if (duplicates(other)) most = Math.max(most, ledger.daysLeft(other));
    }
    return most;
  }),
  rests: { on: PURCHASES, without: 0 },
});

/** A duplicate of a line was bought earlier today (Shanghai), or is in this sale. */
export const similarToday = () =>
  duplicated("boolean", false, (duplicates, context) => {
    if (context.observation.lines.some(({ drug }) => duplicates(drug))) return true;
    const ledger = context.ledger();
    return ledger === undefined ? MISSING : wasBoughtToday(ledger, duplicates, context);
  });

function wasBoughtToday(ledger: LedgerView, duplicates: Duplicates, context: ReadContext): boolean {
  for (const { lines } of dispensedWithin(ledger, CALENDAR_DAY, context)) {
    if (lines.some(({ drug, quantity }) => quantity > 0 && duplicates(drug))) return true;
  }
  return false;
}

/** `none`: the value for drugs without a class that means the same effect: only western ones have (domain 2.1, atc4). */
function duplicated(
  type: "number" | "boolean",
  none: number | boolean,
  read: (duplicates: Duplicates, context: ReadContext) => Seen,
): FeatureDefinition {
  return {
    type,
    scope: "line",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    read(context, facts): Seen {
      const own = context.observation.lines[facts.index]?.drug;
      if (own === undefined) return ABSENT;
      if (facts.drugClass !== "western" || !isWestern(own)) return none;
      return read(duplicatesOf(own, context), context);
    },
  };
}

function duplicatesOf(own: Bytes, { reference }: ReadContext): Duplicates {
  const ownClass = own.slice(0, CLASS_BYTES);
  const ownMolecule = molecule(own);
  return (drug) => {
    if (!drug.startsWith(ownClass) || drug.startsWith(ownMolecule)) return false;
    return !reference.combines(ownMolecule, molecule(drug));
  };
}

/** Every molecule of which something was dispensed and is left with the person. */
function moleculesBought(context: ReadContext): ReadonlySet<Bytes> {
  const molecules = new Set<Bytes>();
  for (const { lines } of context.ledger()?.dispensed ?? []) {
    for (const { drug, quantity } of lines) if (quantity > 0) molecules.add(molecule(drug));
  }
  return molecules;
}
