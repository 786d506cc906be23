import type { EpochMs } from "../units.ts";
import type { ReferenceBundle } from "./bundle.ts";
import type { Hashes } from "./content-hash.ts";
import type { LoadedParts } from "./file-parts.ts";
import type { Goods } from "./goods.ts";

export interface BundleFacts extends Hashes {
  readonly loadedAt: EpochMs;
  readonly notInstalled: readonly string[];
}

/** The bundle as others see it: questions, and no way to change the answers. */
export function freezeBundle(
  parts: LoadedParts,
  goods: Goods,
  { hash, files, loadedAt, notInstalled }: BundleFacts,
): ReferenceBundle {
  const { pharmacies, lists, noCodeStock, filings, prescribers, tracePrefixes } = parts;
  return Object.freeze<ReferenceBundle>({
    hash,
    files,
    loadedAt,
    notInstalled: Object.freeze([...notInstalled]),
    knowsPharmacies: pharmacies !== undefined,
    pharmacy: (code) => pharmacies?.get(code),
    ...goods,
    listed: (list, id, day) => lists.get(list)?.digests.holds(id, day) ?? false,
    isNoCodeStock: noCodeStock.holds,
    listSize: (list) =>
      list === "no-code-stock" ? noCodeStock.rows : (lists.get(list)?.rows ?? 0),
    tracePrefix: (product) => tracePrefixes.get(product),
    knowsPrescribers: prescribers.isWhole,
    prescriber: prescribers.find,
    knowsFilings: filings !== undefined,
    filed: (person, drug, day) => filings?.filed(person, drug, day) ?? false,
    periods: parts.calendar,
    isNear: parts.isNear,
  });
}
