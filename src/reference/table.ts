import type { CsvRow, Separator, Text } from "./csv.ts";
import { readCsv } from "./csv.ts";
import type { FaultLog } from "./fault.ts";

/** A reference file as read: nothing of it is understood yet. */
export interface ReferenceFile {
  /** Name inside the folder with forward slashes: `drugs.csv`, `lists/deceased.csv`. */
  readonly name: string;
  readonly text: Text;
  /** Set when the file could not be read; `text` is then empty. Told together with all other faults. */
  readonly unreadable?: { readonly line: number; readonly reason: string };
}

export interface TableShape {
  readonly separator: Separator;
  /** Every column the file may have, in the order in which values are handed out. */
  readonly columns: readonly string[];
  /** Those it must have. */
  readonly required: readonly string[];
}

export interface TableRow {
  readonly line: number;
  /** Trimmed, in the order of the shape's columns; a column the file does not have gives "". */
  readonly values: readonly string[];
}

/** Rows after the header; one list of a whole country's deceased is well below this. */
export const TABLE_ROWS_MAX = 20_000_000;

/** Hands out the rows that have the right number of cells and reports the others; undefined stands for one of those. */
export function* readTable(
  file: ReferenceFile,
  shape: TableShape,
  faults: FaultLog,
): Generator<TableRow | undefined, void> {
  const rows = readCsv(file.text, shape.separator);
  const first = rows.next();
  if (first.done === true) {
    faults.add(file.name, 1, "the file has no header");
    return;
  }
  const header = cellsOf(file.name, first.value, faults);
  // Without a header every later row would be a fault of its own and hide this one.
  const order = header && readHeader(file.name, first.value.line, header, shape, faults);
  if (header === undefined || order === undefined) return;
  let count = 0;
  for (const row of rows) {
    count += 1;
    if (count > TABLE_ROWS_MAX) {
      faults.add(file.name, row.line, `the file has more than ${TABLE_ROWS_MAX} rows`);
      return;
    }
    const cells = cellsOf(file.name, row, faults, header.length);
    yield cells && { line: row.line, values: order.map((at) => cells[at] ?? "") };
  }
}

function cellsOf(
  file: string,
  row: CsvRow,
  faults: FaultLog,
  width?: number,
): readonly string[] | undefined {
  if ("reason" in row) {
    faults.add(file, row.line, row.reason);
    return undefined;
  }
  if (width !== undefined && row.cells.length !== width) {
    faults.add(file, row.line, `the row has ${row.cells.length} cells, the header ${width}`);
    return undefined;
  }
  return row.cells.map((cell) => cell.trim());
}

/** Where each column of the shape stands (-1: not in this file); undefined when the header is wrong. */
function readHeader(
  file: string,
  line: number,
  header: readonly string[],
  shape: TableShape,
  faults: FaultLog,
): readonly number[] | undefined {
  const before = faults.count;
  header.forEach((column, at) => {
    const place = `column ${at + 1} of the header`;
    if (column === "") faults.add(file, line, `${place} has no name`);
    else if (header.indexOf(column) !== at)
      faults.add(file, line, `${place} repeats an earlier one`);
    else if (!shape.columns.includes(column)) {
      faults.add(file, line, `${place} is unknown; known are ${shape.columns.join(", ")}`);
    }
  });
  for (const column of shape.required) {
    if (!header.includes(column)) faults.add(file, line, `the column ${column} is missing`);
  }
  if (faults.count > before) return undefined;
  return shape.columns.map((column) => header.indexOf(column));
}
