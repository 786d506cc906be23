import type { WatchEntry } from "./bundle.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows, oncePerKey } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

/** Name and dosage form may be anything a notice prints. */
const SHAPE: TableShape = {
  separator: "\t",
  columns: ["list", "rank", "code", "name", "dosage_form"],
  required: ["list", "rank", "code", "name"],
};
const RANK = { min: 1, max: 100_000, decimals: 0 };

export interface LoadedWatchEntry extends WatchEntry {
  readonly line: number;
}

/** Every row: a code may stand under two ranks, as it does in the notice the list comes from. */
export function* loadWatchlist(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, readonly LoadedWatchEntry[]> {
  const entries: LoadedWatchEntry[] = [];
  const once = oncePerKey("list, rank and code are those of line {line}");
  yield* loadRows(file, SHAPE, context, (row) => {
    const entry = readEntry(row);
    if (entry === undefined) return;
    once(JSON.stringify([entry.list, entry.rank, entry.code]), row);
    entries.push(Object.freeze({ ...entry, line: row.line }));
  });
  return entries;
}

function readEntry({ values, read }: LoadingRow): WatchEntry | undefined {
  const [l = "", r = "", written = "", n = ""] = values;
  const c = written.toUpperCase();
  const list = read.required(
    "list",
    l,
    read.text("list", l, /^[a-z0-9_-]{1,40}$/, "a word in small letters"),
  );
  const rank = read.required("rank", r, read.number("rank", r, RANK));
  const code = read.required(
    "code",
    c,
    read.text("code", c, /^[A-Za-z0-9]{1,50}$/, "1 to 50 letters and digits"),
  );
  const name = read.required(
    "name",
    n,
    read.text("name", n, /^.{1,200}$/su, "at most 200 characters"),
  );
  if (list === undefined || rank === undefined || code === undefined || name === undefined)
    return undefined;
  return { list, rank, code, name };
}
