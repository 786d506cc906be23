/**
 * Reads separated values as RFC 4180 has them: quotes, doubled quotes, line breaks inside quotes,
 * LF or CRLF, a byte order mark. Rows come one at a time, because a list may have a million.
 * A file with tabs knows no quotes: drug names may contain them.
 */
export type CsvRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly reason: string };

export type Separator = "," | "\t";

/** A file's text, whole or in pieces that may end anywhere. */
export type Text = string | Iterable<string>;

/** What a source of pieces throws at bytes that are no text. */
export class NotTextError extends Error {
  readonly code = "GUARD_REFERENCE_NOT_TEXT";
  /** Line breaks between the end of the piece before and the bad line. */
  readonly linesBefore: number;
  constructor(linesBefore: number, options?: ErrorOptions) {
    super("The bytes are not UTF-8.", options);
    this.name = "NotTextError";
    this.linesBefore = linesBefore;
  }
}

/** A longer row is one whose quote was never closed; the rest of the file would be read as its cell. */
export const ROW_CHARACTERS_MAX = 1_000_000;

/** Blank lines are skipped. `line` is where the row begins. */
export function* readCsv(text: Text, separator: Separator): Generator<CsvRow, void> {
  let line = 1;
  let rest = "";
  try {
    for (const piece of withoutMark(typeof text === "string" ? [text] : text)) {
      const view = rest + piece;
      const left = yield* rowsBefore(view, separator, line);
      rest = view.slice(left.position);
      line = left.line;
      if (rest.length > ROW_CHARACTERS_MAX) {
        const reason = `the row is longer than ${ROW_CHARACTERS_MAX} characters; a quote may not be closed`;
        yield { line, reason };
        return;
      }
    }
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    const bad = line + lineBreaks(rest, 0, rest.length) + error.linesBefore;
    yield { line: bad, reason: "the line is not UTF-8; save the file as UTF-8" };
    return;
  }
  for (const { row } of rowsIn(rest, separator, line)) if (row !== undefined) yield row;
}

/** The mark stands at the very beginning, which may be in a later piece. */
function* withoutMark(pieces: Iterable<string>): Generator<string, void> {
  let isBegun = false;
  for (const piece of pieces) {
    yield !isBegun && piece.startsWith("\uFEFF") ? piece.slice(1) : piece;
    isBegun ||= piece !== "";
  }
}

interface Place {
  readonly position: number;
  readonly line: number;
}

/** All rows but one that reaches the end: more of it may come. Says where that one begins. */
function* rowsBefore(view: string, separator: Separator, line: number): Generator<CsvRow, Place> {
  let place: Place = { position: 0, line };
  for (const { row, end, next } of rowsIn(view, separator, line)) {
    if (end >= view.length) return place;
    if (row !== undefined) yield row;
    place = next;
  }
  return place;
}

interface PlacedRow {
  /** undefined for a blank line. */
  readonly row: CsvRow | undefined;
  /** Where the line break that ends the row stands, or the text's length. */
  readonly end: number;
  readonly next: Place;
}

function* rowsIn(text: string, separator: Separator, first: number): Generator<PlacedRow, void> {
  let position = 0;
  let line = first;
  const quoteFrom = (from: number) =>
    separator === "\t" ? Number.POSITIVE_INFINITY : nextQuote(text, from);
  let quote = quoteFrom(0);
  while (position < text.length) {
    const start = line;
    let end = lineEnd(text, position);
    let row: CsvRow | undefined;
    if (quote >= end) {
      const plain = withoutReturn(text.slice(position, end));
      if (plain.trim() !== "") row = { line: start, cells: plain.split(separator) };
    } else {
      const quoted = readQuotedRow(text, position, separator);
      end = quoted.end;
      line += lineBreaks(text, position, end);
      quote = quoteFrom(end + 1);
      const { cells, reason } = quoted;
      row = reason === undefined ? { line: start, cells } : { line: start, reason };
    }
    position = end + 1;
    line += 1;
    yield { row, end, next: { position, line } };
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
