import t from "tap";
import { FAULTS_LISTED_MAX } from "../../src/reference/fault.ts";
import { faultsOf, file, load, refusal } from "./support.ts";

const PHARMACIES = "code,area,latitude,longitude,status,since,opens,closes,tills";
const DRUGS =
  "code,name,prescription,sex,minAge,maxAge,packUnits,dailyUnits,ceilingPrice,traceExempt";

t.test("every mistake of every file is told at once, with file, line and reason", async (t) => {
  const faults = faultsOf(
    file(
      "pharmacies.csv",
      PHARMACIES,
      "P1,210102,41.7,123.4,active,2024-01-01,,,3",
      "P2,210102,141.7,123.4,open,2024-02-30,08:00,,0",
      "P1,210102,,,active,,,,",
      "P4,210102,41.7,,active,,09:00,09:00,",
    ),
    file("drugs.csv", DRUGS, "X1,,1,3,10,5,0,1.23456,-1,yes", "X2,only two"),
    file("lists/deceased.csv", "id,from,to", "A,2026-01-01,2025-12-31", ",,", "B,01.02.2026,"),
    file("lists/employees.csv", "id", "P1:A", "nobody's pharmacy"),
  );
  t.strictSame(faults, [
    { file: "drugs.csv", line: 2, reason: "name is empty" },
    { file: "drugs.csv", line: 2, reason: "minAge is above maxAge" },
    { file: "drugs.csv", line: 2, reason: "sex must be one of 1, 2" },
    {
      file: "drugs.csv",
      line: 2,
      reason: "packUnits must be a number with at most 4 decimals from 0.0001 to 100000",
    },
    {
      file: "drugs.csv",
      line: 2,
      reason: "dailyUnits must be a number with at most 4 decimals from 0.0001 to 100000",
    },
    {
      file: "drugs.csv",
      line: 2,
      reason: "ceilingPrice must be a number with at most 2 decimals from 0 to 10000000",
    },
    { file: "drugs.csv", line: 2, reason: "traceExempt must be 0 or 1" },
    { file: "drugs.csv", line: 3, reason: "the row has 2 cells, the header 10" },
    { file: "lists/deceased.csv", line: 2, reason: "from is after to" },
    { file: "lists/deceased.csv", line: 3, reason: "id is empty" },
    { file: "lists/deceased.csv", line: 4, reason: "from must be a day written like 2026-11-21" },
    { file: "lists/employees.csv", line: 3, reason: "id must be pharmacyCode:personNumber" },
    { file: "pharmacies.csv", line: 3, reason: "status must be one of active, suspended, ended" },
    {
      file: "pharmacies.csv",
      line: 3,
      reason: "latitude must be a number with at most 9 decimals from -90 to 90",
    },
    {
      file: "pharmacies.csv",
      line: 3,
      reason: "opens and closes must both be given or both be empty (open all day)",
    },
    { file: "pharmacies.csv", line: 3, reason: "since must be a day written like 2026-11-21" },
    { file: "pharmacies.csv", line: 3, reason: "tills must be a whole number from 1 to 1000" },
    { file: "pharmacies.csv", line: 4, reason: "code is that of line 2; a pharmacy has one row" },
    {
      file: "pharmacies.csv",
      line: 5,
      reason: "latitude and longitude must both be given or both be empty",
    },
    {
      file: "pharmacies.csv",
      line: 5,
      reason: "opens and closes are equal; leave both empty for open all day",
    },
  ]);
});

t.test(
  "headers: unknown, repeated, nameless and missing columns are faults of the first line",
  async (t) => {
    const unknown = faultsOf(file("lists/dishonest.csv", "id,form,to", "A,,"));
    t.match(unknown, [
      { file: "lists/dishonest.csv", line: 1, reason: /column 2 .* unknown; known are id, from/ },
    ]);
    t.match(faultsOf(file("drugs.csv", "code,name,name,", "X,a,b,c")), [
      { line: 1, reason: "column 3 of the header repeats an earlier one" },
      { line: 1, reason: "column 4 of the header has no name" },
      { line: 1, reason: "the column prescription is missing" },
    ]);
    t.match(faultsOf({ name: "watchlist.tsv", text: "" }), [
      { line: 1, reason: "the file has no header" },
    ]);
  },
);

t.test("columns that sharpen an answer may be missing, and may come in any order", async (t) => {
  const bundle = load([
    file("pharmacies.csv", "status,code,area", "active,P1,210102"),
    file("drugs.csv", "prescription,name,code", "1,some drug,XC10AAA067A001"),
    file("lists/deceased.csv", "id", "A"),
  ]);
  t.strictSame(bundle.pharmacy("P1"), { code: "P1", area: "210102", status: "active" });
  t.strictSame(bundle.drug("XC10AAA067A001"), {
    code: "XC10AAA067A001",
    name: "some drug",
    prescription: true,
    traceExempt: false,
  });
});

t.test(
  "a file or list nobody knows is refused, so that a misspelt name is not an empty list",
  async (t) => {
    const names = ["drug.csv", "lists/decease.csv", "lists/deceased.tsv", "deceased.csv"];
    const faults = faultsOf(...names.map((name) => file(name, "id", "A")));
    t.strictSame(
      faults.map(({ file, line }) => [file, line]),
      [...names].sort().map((name) => [name, 0]),
    );
  },
);

t.test(
  "codes twice are faults: drugs, and rows of the watchlist that say the same again",
  async (t) => {
    const drugs = file(
      "drugs.csv",
      "code,name,prescription",
      "XC10AAA067A001,a,1",
      "xc10aaa067a001,b,0",
    );
    t.match(faultsOf(drugs), [{ line: 3, reason: "code is that of line 2; a code has one row" }]);
    const rows = [
      "list\trank\tcode\tname",
      "p\t1\tZA04CAL0115\ta",
      "p\t2\tZA04CAL0115\ta",
      "p\t1\tZA04CAL0115\tb",
    ];
    t.match(faultsOf(file("watchlist.tsv", ...rows)), [{ line: 4, reason: /those of line 2/ }]);
  },
);

t.test("nothing that stands in a cell is repeated, for it may be a person's number", async (t) => {
  const secret = "210102199001011234";
  const error = refusal([
    file("lists/deceased.csv", "id,from,to", `${secret},${secret},`, `${secret}`, `"${secret}"x,,`),
    file("lists/employees.csv", "id", secret),
    file("lists/dishonest.csv", `id,${secret}`, `${secret},`),
    file("pharmacies.csv", "code,area,status", `${secret} ,${secret},${secret}`),
    file("prescribers.csv", "id,status", `${secret},${secret}`),
    file("filings.csv", "person,code,from", `${secret},${secret} ${secret},${secret}`),
  ]);
  t.ok(error.faults.length >= 9);
  t.notMatch(JSON.stringify([error.message, error.stack, error.faults]), secret);
});

t.test("a file in the wrong format names fifty mistakes and counts the others", async (t) => {
  const rows = Array.from({ length: 120 }, () => ",2026-13-01");
  const error = refusal([file("lists/deceased.csv", "id,from", ...rows)]);
  t.equal(error.code, "GUARD_REFERENCE_BROKEN");
  t.equal(error.faults.length, FAULTS_LISTED_MAX);
  t.equal(error.more, 240 - FAULTS_LISTED_MAX);
  t.match(error.message, /240 mistakes.*lists\/deceased\.csv, line 2/);
});
