import type { ListName } from "./bundle.ts";
import { LIST_NAMES } from "./bundle.ts";

/** The names of contract section 7. */
export const PHARMACIES_FILE = "pharmacies.csv";
export const DRUGS_FILE = "drugs.csv";
export const WATCHLIST_FILE = "watchlist.tsv";
export const LISTS_FOLDER = "lists";

/** Read, checked as tables and hashed; nothing uses what they say yet. */
export const OPTIONAL_FILES = [
  "trace-prefixes.csv",
  "prescribers.csv",
  "combinations.csv",
  "filings.csv",
  "calendar.csv",
  "areas.csv",
] as const;

export function listFile(name: ListName): string {
  return `${LISTS_FOLDER}/${name}.csv`;
}

export function listOfFile(file: string): ListName | undefined {
  return LIST_NAMES.find((name) => listFile(name) === file);
}

/** Everything a bundle consists of, beside the optional files. */
export const INSTALLABLE_FILES: readonly string[] = [
  PHARMACIES_FILE,
  DRUGS_FILE,
  WATCHLIST_FILE,
  ...LIST_NAMES.map(listFile),
];

export function isReferenceFile(file: string): boolean {
  return INSTALLABLE_FILES.includes(file) || OPTIONAL_FILES.some((name) => name === file);
}

/** Lists name persons, prescribers.csv prescribers, filings.csv patients. */
export function mayHoldIds(file: string): boolean {
  return (
    file.startsWith(`${LISTS_FOLDER}/`) || file === "prescribers.csv" || file === "filings.csv"
  );
}
