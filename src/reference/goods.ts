import type { DrugEntry, ReferenceBundle, WatchEntry } from "./bundle.ts";
import { combinationsOf } from "./combinations.ts";
import { createDrugIdentifier } from "./drug-identity.ts";
import type { LoadedParts } from "./file-parts.ts";
import { DRUGS_FILE, WATCHLIST_FILE } from "./files.ts";
import type { ListedCode } from "./key-collisions.ts";
import { refuseKeyCollisions } from "./key-collisions.ts";
import type { LoadingContext } from "./loading.ts";
import { createPrefixTable, remember } from "./prefix-table.ts";
import { rememberedDrugs } from "./remembered-drugs.ts";
import type { LoadedWatchEntry } from "./watchlist.ts";

/** What drugs.csv, watchlist.tsv and combinations.csv say together. */
export type Goods = Pick<
  ReferenceBundle,
  "drug" | "identify" | "watched" | "drugOfKey" | "combines"
>;
export type GoodsParts = Pick<LoadedParts, "drugs" | "watchlist" | "combinations">;

/** Codes whose entries are remembered: more than a city's pharmacies sell. Codes come from tills and have no bound of their own. */
const CODES_REMEMBERED_MAX = 20_000;

/** Reports drugs whose keys collide. */
export function* goodsOf(parts: GoodsParts, context: LoadingContext): Generator<void, Goods> {
  const rows = createPrefixTable(parts.drugs);
  const find = (code: string): DrugEntry | undefined => rows.find(code)?.entry;
  const watched = createPrefixTable(byCode(parts.watchlist)).find;
  const identify = yield* createDrugIdentifier(find, parts.watchlist, entriesOf(parts));
  yield* refuseKeyCollisions(listedCodes(parts), identify, context.faults);
  const isWatched = (code: string) => watched(code) !== undefined;
  const facts = { identify, entry: find, isWatched };
  return {
    drug: remember(CODES_REMEMBERED_MAX, find),
    identify: remember(CODES_REMEMBERED_MAX, identify),
    watched: remember(CODES_REMEMBERED_MAX, watched),
    drugOfKey: yield* rememberedDrugs(codesOf(parts), facts),
    combines: combinationsOf(parts.combinations, identify),
  };
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

function* entriesOf({ drugs }: GoodsParts): Generator<DrugEntry, void> {
  for (const { entry } of drugs.values()) yield entry;
}

function* listedCodes(parts: GoodsParts): Generator<ListedCode, void> {
  for (const [code, { line }] of parts.drugs) yield { file: DRUGS_FILE, line, code };
  for (const { code, line } of parts.watchlist) yield { file: WATCHLIST_FILE, line, code };
}

function* codesOf(parts: GoodsParts): Generator<string, void> {
  for (const { code } of listedCodes(parts)) yield code;
}
