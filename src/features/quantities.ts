import type { DrugClass, DrugEntry } from "../reference/bundle.ts";
import type { PseudonymisedLine } from "../swipe/pseudonymised-swipe.ts";
import type { TenThousandths } from "../units.ts";

/** One pack (slices: one gram) as the guard counts it. */
export const ONE: TenThousandths = 10_000;

type Counted = Pick<PseudonymisedLine, "unit">;
type Dosed = Pick<DrugEntry, "packUnits" | "dailyUnits"> | undefined;

/** A quantity in packs; undefined when tablets were counted and the pack's size is unknown. */
export function packQuantity(
  quantity: TenThousandths,
  line: Counted,
  drug: Dosed,
): TenThousandths | undefined {
  if (line.unit === "pack") return quantity;
  const units = drug?.packUnits;
  return units === undefined || units <= 0 ? undefined : Math.round(quantity / units);
}

/**
 * What the ledger and the claims keep. Tablets of a pack of unknown size count one smallest amount each:
 * they can be returned in proportion, and never add up to packs that nobody bought.
 */
export function ledgerQuantity(
  quantity: TenThousandths,
  line: Counted,
  drug: Dosed,
): TenThousandths {
  return packQuantity(quantity, line, drug) ?? Math.max(1, Math.round(quantity / ONE));
}

/** Days one pack lasts by the reference data. A gram of slices is its own unit. */
export function referencePackDays(drug: Dosed, drugClass: DrugClass): number | undefined {
  const units = drug?.packUnits ?? (drugClass === "slice" ? 1 : undefined);
  const daily = drug?.dailyUnits;
  return units === undefined || daily === undefined || daily <= 0 ? undefined : units / daily;
}

/** Days this line lasts: as stated by the till, else by the reference dose, else undefined. */
export function daysSupply(
  line: PseudonymisedLine,
  drug: Dosed,
  drugClass: DrugClass,
): number | undefined {
  if (line.daysSupply !== undefined) return line.daysSupply;
  if (line.unit === "piece") {
    const daily = drug?.dailyUnits;
    return daily === undefined || daily <= 0 ? undefined : line.quantity / ONE / daily;
  }
  const days = referencePackDays(drug, drugClass);
  return days === undefined ? undefined : (line.quantity / ONE) * days;
}

/** Days one pack lasts: by the reference data, else what the till stated divided by the packs. */
export function packDays(
  line: PseudonymisedLine,
  drug: Dosed,
  drugClass: DrugClass,
): number | undefined {
  const known = referencePackDays(drug, drugClass);
  if (known !== undefined) return known;
  const packs = packQuantity(line.quantity, line, drug);
  if (line.daysSupply === undefined || packs === undefined || packs <= 0) return undefined;
  return (line.daysSupply * ONE) / packs;
}

/** Price of one pack in 1/1,000,000 yuan; undefined when tablets are priced and the pack's size is unknown. */
export function packPriceMicro(
  line: Pick<PseudonymisedLine, "unit" | "unitPriceMicro">,
  drug: Dosed,
): number | undefined {
  if (line.unit === "pack") return line.unitPriceMicro;
  const units = drug?.packUnits;
  return units === undefined || units <= 0 ? undefined : Math.round(line.unitPriceMicro * units);
}
