/** A medicine as the city knows it: one row of `drugs.csv`, with what it costs and where it is bought. */
export interface Drug {
  /** The city's own short name for it. */
  readonly key: string;
  /** 14 characters (western), 11 (patent), 10 (slice) or 15 (consumable) of the NHSA code. */
  readonly prefix: string;
  readonly name: string;
  readonly prescription: boolean;
  /** Yuan a pack; slices: yuan a gram. */
  readonly price: number;
  /** Tablets or the like in a pack, and how many of them a day. */
  readonly packUnits?: number;
  readonly dailyUnits?: number;
  readonly sex?: "1" | "2";
  readonly minAge?: number;
  readonly maxAge?: number;
  readonly dualChannel?: boolean;
  readonly setting?: "inpatient" | "emergency" | "retail" | "compound";
  readonly diseases?: readonly string[];
  readonly traceExempt?: boolean;
  /** Packs of a usual sale, for the area's median. */
  readonly usualPacks: number;
  /** Forms of one patent medicine share it. */
  readonly group?: string;
}

/** One brand of a drug: a full code, with the digits its trace codes begin with. */
export interface Product {
  readonly drug: Drug;
  readonly code: string;
  /** Seven digits; empty for what needs no trace code. */
  readonly trace: string;
  /** The number the chain's goods ledger has for it, before the store's own. */
  readonly sku: number;
  /** Yuan a pack. */
  readonly price: number;
}

/** Days a pack lasts at the usual dose. */
export function packDays(drug: Drug): number | undefined {
  const { packUnits, dailyUnits } = drug;
  return packUnits === undefined || dailyUnits === undefined ? undefined : packUnits / dailyUnits;
}

export function isSlice(drug: Drug): boolean {
  return drug.prefix.startsWith("T");
}
