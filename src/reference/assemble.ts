import type { EpochMs } from "../units.ts";
import type { DrugEntry, ListName, PharmacyEntry, ReferenceBundle, WatchEntry } from "./bundle.ts";
import { createDrugIdentifier } from "./drug-identity.ts";
import type { LoadedDrug } from "./drugs.ts";
import { DRUGS_FILE, WATCHLIST_FILE } from "./files.ts";
import type { ListedCode } from "./key-collisions.ts";
import { refuseKeyCollisions } from "./key-collisions.ts";
import type { NoCodeStock, PersonalListEntries } from "./lists.ts";
import type { LoadingContext } from "./loading.ts";
import { createPrefixTable, remember } from "./prefix-table.ts";
import type { LoadedWatchEntry } from "./watchlist.ts";

/** What the files gave, each by itself. */
export interface LoadedParts {
  /** undefined when there is no pharmacies.csv. */
  readonly pharmacies: ReadonlyMap<string, PharmacyEntry> | undefined;
  readonly drugs: ReadonlyMap<string, LoadedDrug>;
  readonly watchlist: readonly LoadedWatchEntry[];
  readonly lists: ReadonlyMap<ListName, PersonalListEntries>;
  readonly noCodeStock: NoCodeStock;
}

/** Codes whose entries are remembered: more than a city's pharmacies sell. Codes come from tills and have no bound of their own. */
const CODES_REMEMBERED_MAX = 20_000;

/** Checks what concerns several files together, then makes the bundle. Throws ReferenceBrokenError. */
export function* freezeBundle(
  parts: LoadedParts,
  context: LoadingContext,
  facts: { readonly loadedAt: EpochMs; readonly notInstalled: readonly string[] },
): Generator<void, ReferenceBundle> {
  const entries = new Map<string, DrugEntry>();
  for (const [code, { entry }] of parts.drugs) entries.set(code, entry);
  const drugs = createPrefixTable(entries);
  const watchlist = createPrefixTable(byCode(parts.watchlist));
  const identify = createDrugIdentifier(drugs, parts.watchlist, entries.values());
  yield* refuseKeyCollisions(listedCodes(parts), identify, context.faults);
  context.faults.throwIfAny();
  const { pharmacies, lists, noCodeStock } = parts;
  return Object.freeze<ReferenceBundle>({
    hash: context.content.finish(),
    loadedAt: facts.loadedAt,
    notInstalled: Object.freeze([...facts.notInstalled]),
    knowsPharmacies: pharmacies !== undefined,
    pharmacy: (code) => pharmacies?.get(code),
    drug: remember(CODES_REMEMBERED_MAX, drugs.find),
    identify: remember(CODES_REMEMBERED_MAX, identify),
    watched: remember(CODES_REMEMBERED_MAX, watchlist.find),
    listed: (list, id, day) => lists.get(list)?.digests.holds(id, day) ?? false,
    isNoCodeStock: noCodeStock.holds,
    listSize: (list) =>
      list === "no-code-stock" ? noCodeStock.rows : (lists.get(list)?.rows ?? 0),
  });
}

/** A code under several ranks has its best one. */
function byCode(entries: readonly LoadedWatchEntry[]): ReadonlyMap<string, WatchEntry> {
  const best = new Map<string, WatchEntry>();
  for (const { line: _, ...entry } of entries) {
    const known = best.get(entry.code);
    if (known === undefined || entry.rank < known.rank) best.set(entry.code, Object.freeze(entry));
  }
  return best;
}

function* listedCodes(parts: LoadedParts): Generator<ListedCode, void> {
  for (const [code, { line }] of parts.drugs) yield { file: DRUGS_FILE, line, code };
  for (const { code, line } of parts.watchlist) yield { file: WATCHLIST_FILE, line, code };
}
