import type { Random } from "../random.ts";
import type { Drug, Product } from "./drug.ts";
import { ALL_DRUGS } from "./drug-table.ts";

/** Every brand there is in the city, by drug. */
export interface Catalogue {
  readonly drugs: readonly Drug[];
  readonly products: readonly Product[];
  brands(key: string): readonly Product[];
  drug(key: string): Drug;
}

const BRANDS_MAX = 3;
/** How much dearer or cheaper another company's box of the same medicine is. */
const BRAND_PRICES = [1, 0.82, 1.18] as const;

export function createCatalogue(random: Random): Catalogue {
  const byKey = new Map<string, readonly Product[]>();
  const drugs = new Map<string, Drug>();
  let sku = 100_000;
  let trace = 8_100_000;
  for (const drug of ALL_DRUGS) {
    const count = isUnbranded(drug) ? 1 : random.between(1, BRANDS_MAX);
    const products: Product[] = [];
    for (let brand = 0; brand < count; brand += 1) {
      sku += random.between(3, 40);
      trace += random.between(11, 900);
      products.push({
        drug,
        code: codeOf(drug, random),
        trace: drug.traceExempt ? "" : String(trace),
        sku,
        price: priced(drug.price * (BRAND_PRICES[brand] ?? 1)),
      });
    }
    byKey.set(drug.key, products);
    drugs.set(drug.key, drug);
  }
  const known = <T>(value: T | undefined, key: string): T => {
    if (value === undefined) throw new RangeError(`GUARD_SIMULATION_DRUG: no drug named ${key}.`);
    return value;
  };
  return {
    drugs: ALL_DRUGS,
    products: [...byKey.values()].flat(),
    brands: (key) => known(byKey.get(key), key),
    drug: (key) => known(drugs.get(key), key),
  };
}

/** Slices are named whole; dear originals have one maker. */
function isUnbranded(drug: Drug): boolean {
  return drug.prefix.startsWith("T") || drug.dualChannel === true || drug.price > 500;
}

function codeOf(drug: Drug, random: Random): string {
  if (drug.prefix.startsWith("T")) return drug.prefix;
  const company = String(random.between(100, 9_999)).padStart(5, "0");
  return drug.prefix.startsWith("C") ? drug.prefix + company : `${drug.prefix}0101${company}`;
}

function priced(yuan: number): number {
  return Math.round(yuan * 100) / 100;
}
