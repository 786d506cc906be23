import type { Neighbourhood } from "./areas.ts";
import { loadAreas, SAME_PREFECTURE } from "./areas.ts";
import type { ListName, PharmacyEntry, TracePrefixEntry } from "./bundle.ts";
import type { Calendar } from "./calendar.ts";
import { loadCalendar, NO_CALENDAR } from "./calendar.ts";
import type { Combination } from "./combinations.ts";
import { loadCombinations } from "./combinations.ts";
import type { LoadedDrug } from "./drugs.ts";
import { loadDrugs } from "./drugs.ts";
import {
  AREAS_FILE,
  CALENDAR_FILE,
  COMBINATIONS_FILE,
  DRUGS_FILE,
  FILINGS_FILE,
  listOfFile,
  PHARMACIES_FILE,
  PRESCRIBERS_FILE,
  TRACE_PREFIXES_FILE,
  WATCHLIST_FILE,
} from "./files.ts";
import type { Filings } from "./filings.ts";
import { loadFilings } from "./filings.ts";
import type { NoCodeStock, PersonalListEntries } from "./lists.ts";
import { loadNoCodeStock, loadPersonalList, NO_STOCK } from "./lists.ts";
import type { LoadingContext } from "./loading.ts";
import { loadPharmacies } from "./pharmacies.ts";
import type { Prescribers } from "./prescribers.ts";
import { loadPrescribers, NO_PRESCRIBERS } from "./prescribers.ts";
import type { ReferenceFile } from "./table.ts";
import { loadTracePrefixes } from "./trace-prefixes.ts";
import type { LoadedWatchEntry } from "./watchlist.ts";
import { loadWatchlist } from "./watchlist.ts";

/** What the files gave, each by itself. */
export interface LoadedParts {
  /** undefined when there is no pharmacies.csv. */
  readonly pharmacies: ReadonlyMap<string, PharmacyEntry> | undefined;
  readonly drugs: ReadonlyMap<string, LoadedDrug>;
  readonly watchlist: readonly LoadedWatchEntry[];
  readonly lists: ReadonlyMap<ListName, PersonalListEntries>;
  readonly noCodeStock: NoCodeStock;
  readonly tracePrefixes: ReadonlyMap<string, TracePrefixEntry>;
  readonly prescribers: Prescribers;
  readonly combinations: readonly Combination[];
  /** undefined when there is no filings.csv. */
  readonly filings: Filings | undefined;
  readonly calendar: Calendar;
  readonly isNear: Neighbourhood;
}

/** LoadedParts while they are being filled. */
export type Parts = { -readonly [K in keyof LoadedParts]: LoadedParts[K] } & {
  readonly lists: Map<ListName, PersonalListEntries>;
};

/** What one file came to: puts it where it belongs. May be used again, for another set of parts. */
export type Part = (parts: Parts) => void;

type Loader = (file: ReferenceFile, context: LoadingContext) => Generator<void, Part>;

/** Reads one file that `isReferenceFile` knows. */
export function* loadPart(file: ReferenceFile, context: LoadingContext): Generator<void, Part> {
  const list = listOfFile(file.name);
  if (list === undefined) return (yield* LOADERS[file.name]?.(file, context) ?? []) ?? NOTHING;
  if (list === "no-code-stock") {
    const noCodeStock = yield* loadNoCodeStock(file, context);
    return (parts) => Object.assign(parts, { noCodeStock });
  }
  const entries = yield* loadPersonalList(file, list, context);
  return (parts) => parts.lists.set(list, entries);
}

const NOTHING: Part = () => undefined;

/** Who reads a file that is no list. */
const LOADERS: Readonly<Record<string, Loader>> = {
  [PHARMACIES_FILE]: intoPart(loadPharmacies, "pharmacies"),
  [DRUGS_FILE]: intoPart(loadDrugs, "drugs"),
  [WATCHLIST_FILE]: intoPart(loadWatchlist, "watchlist"),
  [TRACE_PREFIXES_FILE]: intoPart(loadTracePrefixes, "tracePrefixes"),
  [PRESCRIBERS_FILE]: intoPart(loadPrescribers, "prescribers"),
  [COMBINATIONS_FILE]: intoPart(loadCombinations, "combinations"),
  [FILINGS_FILE]: intoPart(loadFilings, "filings"),
  [CALENDAR_FILE]: intoPart(loadCalendar, "calendar"),
  [AREAS_FILE]: intoPart(loadAreas, "isNear"),
};

function intoPart<K extends Exclude<keyof Parts, "lists">>(
  load: (file: ReferenceFile, context: LoadingContext) => Generator<void, Parts[K]>,
  name: K,
): Loader {
  return function* (file, context) {
    const loaded = yield* load(file, context);
    return (parts) => {
      parts[name] = loaded;
    };
  };
}

const NO_DRUGS: LoadedParts["drugs"] = new Map();
const NO_ROWS: readonly never[] = Object.freeze([]);

export function emptyParts(): Parts {
  return {
    pharmacies: undefined,
    drugs: NO_DRUGS,
    watchlist: NO_ROWS,
    lists: new Map(),
    noCodeStock: NO_STOCK,
    tracePrefixes: new Map(),
    prescribers: NO_PRESCRIBERS,
    combinations: NO_ROWS,
    filings: undefined,
    calendar: NO_CALENDAR,
    isNear: SAME_PREFECTURE,
  };
}
