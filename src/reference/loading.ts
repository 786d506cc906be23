import type { CellReader } from "./cells.ts";
import { createCellReader } from "./cells.ts";
import type { ContentHash } from "./content-hash.ts";
import type { FaultLog } from "./fault.ts";
import type { ListPseudonyms } from "./list-pseudonyms.ts";
import type { ReferenceFile, TableShape } from "./table.ts";
import { readTable } from "./table.ts";

/** What every file's loader is given. */
export interface LoadingContext {
  readonly faults: FaultLog;
  readonly content: ContentHash;
  readonly pseudonymise: ListPseudonyms;
}

/** Rows between two chances for others to run: three keyed digests a row make about half a millisecond. */
export const PAUSE_EVERY_ROWS = 64;

/** Counts small pieces of work: due once every `PAUSE_EVERY_ROWS` of them. */
export function createPause(): { isDue(): boolean } {
  let count = 0;
  return {
    isDue() {
      count += 1;
      return count % PAUSE_EVERY_ROWS === 0;
    },
  };
}

/** One row on its way into a bundle. */
export interface LoadingRow {
  readonly line: number;
  /** In the order of the shape's columns; "" for one the file does not have. */
  readonly values: readonly string[];
  /** Reports what is wrong with a cell at this row's line. */
  readonly read: CellReader;
  report(reason: string): void;
}

/** Hands every well-formed row to `take`, hashes it, and hands back now and then. */
export function* loadRows(
  file: ReferenceFile,
  shape: TableShape,
  context: LoadingContext,
  take: (row: LoadingRow) => void,
): Generator<void, void> {
  let line = 0;
  const pause = createPause();
  const report = (reason: string) => context.faults.add(file.name, line, reason);
  const read = createCellReader(report);
  for (const row of readTable(file, shape, context.faults)) {
    if (pause.isDue()) yield;
    if (row === undefined) continue;
    line = row.line;
    context.content.update(file.name, row.values);
    take({ line, values: row.values, read, report });
  }
}

/** Keys that may stand once in a file: reports the second and says where the first is. */
export function oncePerKey(what: string): (key: string, row: LoadingRow) => boolean {
  const lines = new Map<string, number>();
  return (key, row) => {
    const earlier = lines.get(key);
    if (earlier === undefined) lines.set(key, row.line);
    else row.report(what.replace("{line}", String(earlier)));
    return earlier === undefined;
  };
}
