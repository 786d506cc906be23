/**
 * Reads separated values as RFC 4180 has them: quotes, doubled quotes, line breaks inside quotes,
 * LF or CRLF, a byte order mark. Rows come one at a time, because a list may have a million.
 * A file with tabs knows no quotes: drug names may contain them.
 */
export type CsvRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly reason: string };

export type Separator = "," | "\t";

/** Blank lines are skipped. `line` is where the row begins. */
export function* readCsv(text: string, separator: Separator): Generator<CsvRow, void> {
  let position = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  let quote = separator === "\t" ? Number.POSITIVE_INFINITY : nextQuote(text, position);
  while (position < text.length) {
    const end = lineEnd(text, position);
    if (quote >= end) {
      const plain = withoutReturn(text.slice(position, end));
      if (plain.trim() !== "") yield { line, cells: plain.split(separator) };
      position = end + 1;
      line += 1;
      continue;
    }
    const row = readQuotedRow(text, position, separator);
    if (row.reason === undefined) yield { line, cells: row.cells };
    else yield { line, reason: row.reason };
    line += 1 + lineBreaks(text, position, row.end);
    position = row.end + 1;
    quote = nextQuote(text, position);
  }
}

interface QuotedRow {
  readonly cells: readonly string[];
  /** Where the line break that ends the row stands, or the text's length. */
  readonly end: number;
  readonly reason?: string;
}

function readQuotedRow(text: string, start: number, separator: Separator): QuotedRow {
  const cells: string[] = [];
  let position = start;
  for (;;) {
    const cell =
      text[position] === '"' ? readQuoted(text, position) : readPlain(text, position, separator);
    if (cell.reason !== undefined) {
      return { cells, end: lineEnd(text, cell.end), reason: cell.reason };
    }
    cells.push(cell.value);
    if (text[cell.end] === separator) {
      position = cell.end + 1;
      continue;
    }
    const end = text[cell.end] === "\r" ? cell.end + 1 : cell.end;
    if (end >= text.length || text[end] === "\n") return { cells, end };
    return { cells, end: lineEnd(text, end), reason: "text follows a closing quote" };
  }
}

interface Cell {
  readonly value: string;
  readonly end: number;
  readonly reason?: string;
}

function readPlain(text: string, start: number, separator: Separator): Cell {
  const stop = lineEnd(text, start);
  const comma = text.indexOf(separator, start);
  const end = comma === -1 || comma > stop ? stop : comma;
  const value = text.slice(start, end);
  if (value.includes('"')) {
    return { value, end, reason: "a quote stands inside a cell that does not begin with one" };
  }
  return end === stop && value.endsWith("\r")
    ? { value: value.slice(0, -1), end: end - 1 }
    : { value, end };
}

function readQuoted(text: string, start: number): Cell {
  let value = "";
  let position = start + 1;
  for (;;) {
    const close = text.indexOf('"', position);
    if (close === -1) {
      return { value, end: text.length, reason: "a quote is opened and never closed" };
    }
    value += text.slice(position, close);
    if (text[close + 1] !== '"') return { value, end: close + 1 };
    value += '"';
    position = close + 2;
  }
}

function nextQuote(text: string, from: number): number {
  const at = text.indexOf('"', from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if (text[at] === "\n") count += 1;
  return count;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
