import fc from "fast-check";
import t from "tap";
import type { Separator } from "../../src/reference/csv.ts";
import { NotTextError, ROW_CHARACTERS_MAX, readCsv } from "../../src/reference/csv.ts";

const rows = (text: string, separator: Separator = ",") => [...readCsv(text, separator)];

t.test("plain rows come with the line they stand on", async (t) => {
  t.same(rows("code,name\nA,first\nB,second"), [
    { line: 1, cells: ["code", "name"] },
    { line: 2, cells: ["A", "first"] },
    { line: 3, cells: ["B", "second"] },
  ]);
});

t.test("a byte order mark, CRLF and blank lines change nothing but the line numbers", async (t) => {
  t.same(rows("\uFEFFcode,name\r\n\r\nA,first\r\n   \r\n"), [
    { line: 1, cells: ["code", "name"] },
    { line: 3, cells: ["A", "first"] },
  ]);
});

t.test("quotes hold separators, quotes and line breaks", async (t) => {
  t.same(rows('"a,b","say ""yes""","two\nlines",\r\nnext,,,"x"\r\nlast,1,2,3'), [
    { line: 1, cells: ["a,b", 'say "yes"', "two\nlines", ""] },
    { line: 3, cells: ["next", "", "", "x"] },
    { line: 4, cells: ["last", "1", "2", "3"] },
  ]);
});

t.test("a broken row is told and the next one is read", async (t) => {
  t.same(rows('a,b\n"x"y,1\nno"quote,2\nok,3'), [
    { line: 1, cells: ["a", "b"] },
    { line: 2, reason: "text follows a closing quote" },
    { line: 3, reason: "a quote stands inside a cell that does not begin with one" },
    { line: 4, cells: ["ok", "3"] },
  ]);
});

t.test("a quote that is never closed is told at the line that opens it", async (t) => {
  t.same(rows('a,b\nok,1\n"open,2\nmore,3\n'), [
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ["ok", "1"] },
    { line: 3, reason: "a quote is opened and never closed" },
  ]);
});

t.test("tabs separate without quoting, so a name may hold a quote", async (t) => {
  t.same(rows('code\tname\nA\t5" tube, "soft"', "\t"), [
    { line: 1, cells: ["code", "name"] },
    { line: 2, cells: ["A", '5" tube, "soft"'] },
  ]);
});

/** The dumbest writer there is: quote everything, or only what needs it. */
function write(table: readonly (readonly string[])[], always: boolean, lineBreak: string): string {
  const needs = (cell: string) => /[",\r\n]/.test(cell);
  const cell = (value: string) =>
    always || needs(value) ? `"${value.replaceAll('"', '""')}"` : value;
  return table.map((row) => row.map(cell).join(",")).join(lineBreak);
}

t.test("whatever is written is read back", async (t) => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "药", "\t") }),
    fc.string(),
  );
  // A first cell that is not blank: a blank line is no row.
  const row = fc.tuple(fc.constantFrom("x", "码"), fc.array(cell, { maxLength: 4 }));
  const table = fc.array(
    row.map(([first, rest]) => [first, ...rest]),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(table, fc.boolean(), fc.constantFrom("\n", "\r\n"), (table, always, lineBreak) => {
      const text = write(table, always, lineBreak);
      const read = rows(text);
      t.strictSame(
        read.map((row) => ("cells" in row ? row.cells : row.reason)),
        table,
      );
      // Line numbers: one more than the line breaks written before the row.
      const last = table.length - 1;
      const before = write(table.slice(0, last), always, lineBreak) + (last > 0 ? lineBreak : "");
      t.equal(read.at(-1)?.line, before.split("\n").length);
    }),
    { numRuns: 300 },
  );
});

t.test("no text makes the reader fail or run on", async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ") }), (text) => {
      t.ok(rows(text).length <= text.length);
    }),
    { numRuns: 300 },
  );
});

t.test("a text in pieces reads like the whole, wherever it is cut", async (t) => {
  const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "药", "\uFEFF") });
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 30 })), (whole, cuts) => {
      const at = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((start, index) => whole.slice(start, at[index]));
      t.strictSame([...readCsv(pieces, ",")], rows(whole));
    }),
    { numRuns: 1_000 },
  );
});

t.test(
  "bytes that are no text are told with their line, and what stands before is read",
  async (t) => {
    function* pieces() {
      yield "a,b\n1,2\n3";
      throw new NotTextError(1);
    }
    t.same(
      [...readCsv(pieces(), ",")],
      [
        { line: 1, cells: ["a", "b"] },
        { line: 2, cells: ["1", "2"] },
        { line: 4, reason: "the line is not UTF-8; save the file as UTF-8" },
      ],
    );
  },
);

t.test("a quote that is not closed does not make a huge file one cell", async (t) => {
  let handedOut = 0;
  function* pieces() {
    yield 'a,b\n"open,2\n';
    for (;;) {
      handedOut += 1;
      yield "x,1\n".repeat(10_000);
    }
  }
  const read = [...readCsv(pieces(), ",")];
  t.match(read.at(-1), { line: 2, reason: /longer than .* a quote may not be closed/ });
  t.ok(handedOut <= ROW_CHARACTERS_MAX / 40_000 + 2, "the rest is not read");
});
