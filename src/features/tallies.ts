import type { LedgerEntry, TallyColumns, TallyUse } from "../counters/contract.ts";
import { base64urlOf } from "../counters/key-text.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import { therapeuticGroup } from "../reference/drug-key.ts";
import type { Bytes } from "../units.ts";

/** Daily totals that are kept: of a pharmacy, and of each watched drug there. */
export type TallyKind = "pharmacy" | "pharmacyDrug";

/** First letter of its keys in the store, upper case, so that no log or binding shares it. */
export const TALLY_LETTERS: Readonly<Record<TallyKind, string>> = {
  pharmacy: "H",
  pharmacyDrug: "D",
};

/** What a pharmacy's columns count. */
export const PHARMACY_COLUMN = { sales: 0, outsiders: 1, fundFen: 2, reversals: 3 } as const;
/** What a drug's columns count; packs in 1/10,000. */
export const DRUG_COLUMN = { packs: 0, sales: 1 } as const;

/** What a sale counts by: a check's observation has it, and so has its ledger entry. */
export type Tallied = Pick<LedgerEntry, "pharmacy" | "fund" | "nature" | "lines">;

/**
 * The totals a sale counts in, and what it adds to each once it is dispensed. Everything is taken from what the ledger
 * keeps, so that a check, its settlement and its reversal months later name the same totals.
 */
export function tallyUsesOf(
  plan: { readonly tallies: readonly TallyKind[] },
  sale: Tallied,
  reference: Pick<ReferenceBundle, "drugOfKey">,
): readonly TallyUse[] {
  if (plan.tallies.length === 0) return NONE;
  // As the memory gives codes back: those of another shape are not readable there.
  const pharmacy = rememberedPharmacy(sale.pharmacy);
  const uses: TallyUse[] = [];
  if (plan.tallies.includes("pharmacy")) {
    const outsiders = sale.nature.outsider ? 1 : 0;
    uses.push(use("pharmacy", pharmacy, [1, outsiders, sale.fund, 0]));
  }
  if (plan.tallies.includes("pharmacyDrug")) {
    for (const [drug, quantity] of watchedQuantities(sale, reference)) {
      uses.push(use("pharmacyDrug", drugAt(pharmacy, drug), [quantity, 1, 0, 0]));
    }
  }
  return uses;
}

const NONE: readonly TallyUse[] = Object.freeze([]);

function use(kind: TallyKind, entity: string, columns: TallyColumns): TallyUse {
  return { kind: TALLY_LETTERS[kind], entity, columns };
}

/** A drug at a pharmacy, as the entity of its tally; `pharmacy` as the memory gives it back. */
export function drugAt(pharmacy: string, drug: Bytes): string {
  return `${pharmacy}:${base64urlOf(drug)}`;
}

/** Packs of watched drugs, lines of one drug together. */
function watchedQuantities(
  { lines }: Tallied,
  reference: Pick<ReferenceBundle, "drugOfKey">,
): ReadonlyMap<Bytes, number> {
  const quantities = new Map<Bytes, number>();
  for (const { drug, quantity } of lines) {
    // Nothing is left of a line that was returned whole.
    if (quantity <= 0 || !isWatchedInPacks(drug, reference)) continue;
    quantities.set(drug, (quantities.get(drug) ?? 0) + quantity);
  }
  return quantities;
}

/** Only X and Z drugs have a therapeutic class: slices are grams, and consumables have rules of their own. */
function isWatchedInPacks(drug: Bytes, reference: Pick<ReferenceBundle, "drugOfKey">): boolean {
  return therapeuticGroup(drug) !== undefined && reference.drugOfKey(drug)?.watched === true;
}
