import type { ListName } from "./bundle.ts";
import { LIST_NAMES } from "./bundle.ts";

/** The names of contract section 7. */
export const PHARMACIES_FILE = "pharmacies.csv";
export const DRUGS_FILE = "drugs.csv";
export const WATCHLIST_FILE = "watchlist.tsv";
export const LISTS_FOLDER = "lists";

export const TRACE_PREFIXES_FILE = "trace-prefixes.csv";
export const PRESCRIBERS_FILE = "prescribers.csv";
export const COMBINATIONS_FILE = "combinations.csv";
export const FILINGS_FILE = "filings.csv";
export const CALENDAR_FILE = "calendar.csv";
export const AREAS_FILE = "areas.csv";

export function listFile(name: ListName): string {
  return `${LISTS_FOLDER}/${name}.csv`;
}

export function listOfFile(file: string): ListName | undefined {
  return LIST_NAMES.find((name) => listFile(name) === file);
}

/** Everything a bundle consists of; each may be absent. */
export const INSTALLABLE_FILES: readonly string[] = [
  PHARMACIES_FILE,
  DRUGS_FILE,
  WATCHLIST_FILE,
  TRACE_PREFIXES_FILE,
  PRESCRIBERS_FILE,
  COMBINATIONS_FILE,
  FILINGS_FILE,
  CALENDAR_FILE,
  AREAS_FILE,
  ...LIST_NAMES.map(listFile),
];

export function isReferenceFile(file: string): boolean {
  return INSTALLABLE_FILES.includes(file);
}

/** Lists name persons, prescribers.csv prescribers, filings.csv patients. */
export function mayHoldIds(file: string): boolean {
  return file.startsWith(`${LISTS_FOLDER}/`) || file === PRESCRIBERS_FILE || file === FILINGS_FILE;
}
