import type { EpochMs } from "../units.ts";
import type { LoadedParts } from "./assemble.ts";
import { freezeBundle } from "./assemble.ts";
import type { ListName, PharmacyEntry, ReferenceBundle } from "./bundle.ts";
import { createContentHash } from "./content-hash.ts";
import type { LoadedDrug } from "./drugs.ts";
import { loadDrugs } from "./drugs.ts";
import { createFaultLog } from "./fault.ts";
import {
  DRUGS_FILE,
  INSTALLABLE_FILES,
  isReferenceFile,
  listOfFile,
  mayHoldIds,
  PHARMACIES_FILE,
  WATCHLIST_FILE,
} from "./files.ts";
import type { ListPseudonyms } from "./list-pseudonyms.ts";
import type { NoCodeStock, PersonalListEntries } from "./lists.ts";
import { loadNoCodeStock, loadPersonalList, NO_STOCK } from "./lists.ts";
import type { LoadingContext } from "./loading.ts";
import { PAUSE_EVERY_ROWS } from "./loading.ts";
import { loadPharmacies } from "./pharmacies.ts";
import type { ReferenceFile } from "./table.ts";
import { readTable } from "./table.ts";
import type { LoadedWatchEntry } from "./watchlist.ts";
import { loadWatchlist } from "./watchlist.ts";

export interface LoadOptions {
  readonly pseudonymise: ListPseudonyms;
  readonly loadedAt: EpochMs;
}

/**
 * Files -> one bundle, all or nothing. Depends on nothing but its arguments.
 * Throws ReferenceBrokenError with every mistake in every file. A list of a million rows in two
 * domains took 8 s, most of it keyed digests: where swipes are answered meanwhile use
 * `loadReferenceGently`, whose longest step was then 18 ms.
 */
export function loadReference(
  files: readonly ReferenceFile[],
  options: LoadOptions,
): ReferenceBundle {
  const steps = loadReferenceInSteps(files, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, letting others run after every few milliseconds of work: `pause` says how (setImmediate, say). */
export async function loadReferenceGently(
  files: readonly ReferenceFile[],
  options: LoadOptions,
  pause: () => Promise<void>,
): Promise<ReferenceBundle> {
  const steps = loadReferenceInSteps(files, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

/** Yields between steps; the last value is the bundle. */
export function* loadReferenceInSteps(
  files: readonly ReferenceFile[],
  options: LoadOptions,
): Generator<void, ReferenceBundle> {
  const context: LoadingContext = {
    faults: createFaultLog(),
    content: createContentHash(mayHoldIds, options.pseudonymise),
    pseudonymise: options.pseudonymise,
  };
  const parts = emptyParts();
  const names = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (names.has(file.name)) context.faults.add(file.name, 0, "the file is given twice");
    else yield* loadFile(file, parts, context);
    names.add(file.name);
    yield;
  }
  const notInstalled = INSTALLABLE_FILES.filter((name) => !names.has(name));
  return yield* freezeBundle(parts, context, { loadedAt: options.loadedAt, notInstalled });
}

function* loadFile(
  file: ReferenceFile,
  parts: Parts,
  context: LoadingContext,
): Generator<void, void> {
  if (file.unreadable !== undefined) {
    context.faults.add(file.name, file.unreadable.line, file.unreadable.reason);
    return;
  }
  if (!isReferenceFile(file.name)) {
    context.faults.add(
      file.name,
      0,
      "no reference file has this name; rename it or take it out of the folder",
    );
    return;
  }
  context.content.open(file.name);
  const list = listOfFile(file.name);
  if (list === "no-code-stock") parts.noCodeStock = yield* loadNoCodeStock(file, context);
  else if (list !== undefined) parts.lists.set(list, yield* loadPersonalList(file, list, context));
  else if (file.name === PHARMACIES_FILE) parts.pharmacies = yield* loadPharmacies(file, context);
  else if (file.name === DRUGS_FILE) parts.drugs = yield* loadDrugs(file, context);
  else if (file.name === WATCHLIST_FILE) parts.watchlist = yield* loadWatchlist(file, context);
  else yield* checkOptionalFile(file, context);
}

/** Its columns are its own affair until something uses them. */
function* checkOptionalFile(file: ReferenceFile, context: LoadingContext): Generator<void, void> {
  for (const row of readTable(file, ",", context.faults)) {
    context.content.update(file.name, row.values);
    if (row.line % PAUSE_EVERY_ROWS === 0) yield;
  }
}

/** LoadedParts while they are being filled. */
interface Parts extends LoadedParts {
  pharmacies: ReadonlyMap<string, PharmacyEntry> | undefined;
  drugs: ReadonlyMap<string, LoadedDrug>;
  watchlist: readonly LoadedWatchEntry[];
  readonly lists: Map<ListName, PersonalListEntries>;
  noCodeStock: NoCodeStock;
}

function emptyParts(): Parts {
  return {
    pharmacies: undefined,
    drugs: new Map(),
    watchlist: [],
    lists: new Map(),
    noCodeStock: NO_STOCK,
  };
}
