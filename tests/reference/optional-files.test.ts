import t from "tap";
import { drugKeyOf, molecule } from "../../src/reference/drug-key.ts";
import { day, faultsOf, file, load, pseudonyms } from "./support.ts";

const as = pseudonyms();

t.test("trace-prefixes.csv: the product of a box's code, and how that is known", async (t) => {
  const bundle = load([
    file(
      "trace-prefixes.csv",
      "prefix,code,source",
      "8338652,xc10aaa067a001,registry",
      "8999001,ZA09BAA0005,learned",
      "8999002,XC10,",
    ),
  ]);
  t.strictSame(bundle.tracePrefix("8338652"), { drug: "XC10AAA067A001", source: "registry" });
  t.strictSame(bundle.tracePrefix("8999001"), { drug: "ZA09BAA0005", source: "learned" });
  t.equal(bundle.tracePrefix("8999002")?.source, "registry", "unless it says otherwise");
  t.equal(bundle.tracePrefix("8999003"), undefined);
  t.strictSame(
    faultsOf(
      file(
        "trace-prefixes.csv",
        "prefix,code,source",
        "833865,X1,registry",
        "8338652,,registry",
        "8338653,X1,guessed",
        "8338653,X2,learned",
      ),
    ),
    [
      { file: "trace-prefixes.csv", line: 2, reason: "prefix must be 7 digits" },
      { file: "trace-prefixes.csv", line: 3, reason: "code is empty" },
      {
        file: "trace-prefixes.csv",
        line: 4,
        reason: "source must be one of registry, learned",
      },
      {
        file: "trace-prefixes.csv",
        line: 5,
        reason: "prefix is that of line 4; a prefix has one row",
      },
    ],
  );
});

t.test("prescribers.csv: found by pseudonym, with institution, status and day", async (t) => {
  const bundle = load([
    file(
      "prescribers.csv",
      "id,institution,status,since",
      "D1,HOSPITAL-1,active,2020-01-01",
      "D2,,suspended,2026-08-01",
    ),
  ]);
  t.strictSame(bundle.prescriber(as.prescriber("D1")), {
    institution: "HOSPITAL-1",
    status: "active",
    since: day("2020-01-01"),
  });
  t.strictSame(bundle.prescriber(as.prescriber("D2")), {
    status: "suspended",
    since: day("2026-08-01"),
  });
  t.equal(bundle.prescriber("D1"), undefined, "nobody is kept in clear");
  t.equal(bundle.prescriber(as.person("D1")), undefined, "nor found in another domain");
  t.match(faultsOf(file("prescribers.csv", "id,status", ",active", "D1,retired")), [
    { line: 2, reason: "id is empty" },
    { line: 3, reason: "status must be one of active, suspended, ended" },
  ]);
});

t.test(
  "prescribers.csv: who is not in it is unknown, unless it says it is only a part",
  async (t) => {
    const rows = ["id,status", "D1,active"];
    t.equal(load([]).knowsPrescribers, false);
    const whole = load([file("prescribers.csv", ...rows)]);
    t.equal(whole.knowsPrescribers, true);
    t.equal(whole.prescriber(as.prescriber("D2")), undefined);
    const part = load([file("prescribers.csv", ...rows, "*,active")]);
    t.equal(part.knowsPrescribers, false);
    t.equal(part.prescriber(as.prescriber("*")), undefined, "the star is nobody's number");
  },
);

t.test(
  "prescribers.csv: of several institutions a suspension counts first, then where one is active",
  async (t) => {
    const rows = [
      "left,A,ended,2020-01-01",
      "left,B,active,2021-01-01",
      "stopped,A,active,2019-01-01",
      "stopped,B,suspended,2026-08-01",
      "stopped,C,suspended,2026-05-01",
    ];
    for (const order of [rows, [...rows].reverse()]) {
      const { prescriber } = load([
        file("prescribers.csv", "id,institution,status,since", ...order),
      ]);
      t.match(prescriber(as.prescriber("left")), { institution: "B", status: "active" });
      t.match(prescriber(as.prescriber("stopped")), { institution: "C", status: "suspended" });
    }
  },
);

t.test("combinations.csv: two medicines, two classes, or one of each; both ways", async (t) => {
  const { combines, identify } = load([
    file(
      "combinations.csv",
      "code,other,note",
      "XB01ACA056,XB01ACL190A001,both after a stent",
      "XA10AE,XA10AB,basal and mealtime insulin",
      "ZA04CAL0115,XM01AE,",
    ),
    file(
      "watchlist.tsv",
      "list\trank\tcode\tname",
      "p\t15\tZA04CAL0115\tlianhua",
      "p\t15\tZA04CAL0116\tlianhua",
    ),
  ]);
  const molecules = (code: string) => molecule(drugKeyOf(identify(code)));
  const together = (one: string, other: string) =>
    combines(molecules(one), molecules(other)) && combines(molecules(other), molecules(one));
  t.ok(together("XB01ACA056A012", "XB01ACL190A001010202301"), "whatever their forms and packs");
  t.ok(together("XA10AEG025B002", "XA10ABM079B002"), "by class");
  t.ok(together("ZA04CAL0116", "XM01AEB103A001"), "every form of a patent medicine");
  t.notOk(together("XB01ACA056A012", "XB01ACT087A001"));
  t.notOk(together("XA10AEG025B002", "XA10ADM080B002"));
  t.notOk(together("XA10AEG025B002", "XA10AEG026B002"), "a class with itself was not said");
  t.notOk(together("T001100659", "XM01AEB103A001"));
  t.equal(load([]).combines(molecules("XB01ACA056A012"), molecules("XB01ACL190A001")), false);
  t.match(faultsOf(file("combinations.csv", "code,other", "XC10AAA06,XC10", ",XC10")), [
    {
      line: 2,
      reason: "code must be a class of at most 6 characters or a medicine of at least 10",
    },
    { line: 3, reason: "code is empty" },
  ]);
});

t.test("filings.csv: a person, a drug or its beginning, and when", async (t) => {
  const { filed, knowsFilings } = load([
    file(
      "filings.csv",
      "person,code,from,to",
      "A,XL01EXA405,2026-01-01,2026-06-30",
      "A,XL01EXA405,2026-09-01,",
      "A,XL04AD,,",
      "B,xl01exa298a001,,",
    ),
  ]);
  t.equal(knowsFilings, true);
  const of = (person: string, drug: string, date: string) =>
    filed(as.person(person), drug, day(date));
  const anlotinib = "XL01EXA405E001010100101";
  t.ok(of("A", anlotinib, "2026-06-30"));
  t.notOk(of("A", anlotinib, "2026-07-01"));
  t.ok(of("A", anlotinib, "2026-09-01"));
  t.ok(of("A", "XL04ADT002E001", "2026-07-01"), "every drug of the class");
  t.notOk(of("B", anlotinib, "2026-06-30"));
  t.ok(of("B", "XL01EXA298A001", "2026-06-30"));
  t.notOk(of("A", "XL01EXA298A001", "2026-06-30"));
  t.ok(of("A", "XC10AAA067A001", "2026-06-30"), "no filings are kept of what no row names");
  t.equal(filed("A", anlotinib, day("2026-06-30")), false, "nobody is kept in clear");
  t.equal(load([]).knowsFilings, false);
  t.match(
    faultsOf(
      file("filings.csv", "person,code,from,to", ",X1,,", "A,X 1,,", "A,X1,2026-02-02,2026-02-01"),
    ),
    [
      { line: 2, reason: "person is empty" },
      { line: 3, reason: "code must be 1 to 50 letters and digits" },
      { line: 4, reason: "from is after to" },
    ],
  );
});

t.test("calendar.csv: the periods of a day by name, first and last day included", async (t) => {
  const { periods } = load([
    file(
      "calendar.csv",
      "name,from,to",
      "spring-festival,2026-02-03,2026-02-23",
      "flu-wave,2026-01-10,2026-02-05",
      "spring-festival,2027-01-23,2027-02-12",
      "flu-wave,2026-02-01,2026-02-04",
      "国庆,2026-10-01,2026-10-07",
    ),
  ]);
  t.strictSame(periods(day("2026-02-02")), ["flu-wave"]);
  t.strictSame(periods(day("2026-02-03")), ["flu-wave", "spring-festival"]);
  t.strictSame(periods(day("2026-02-23")), ["spring-festival"]);
  t.strictSame(periods(day("2026-02-24")), []);
  t.strictSame(periods(day("2027-02-01")), ["spring-festival"]);
  t.strictSame(periods(day("2026-10-07")), ["国庆"]);
  t.strictSame(load([]).periods(day("2026-02-03")), []);
  t.match(
    faultsOf(
      file(
        "calendar.csv",
        "name,from,to",
        "spring festival,2026-02-03,2026-02-23",
        "spring,2026-02-03,",
      ),
    ),
    [
      {
        line: 2,
        reason: "name must be a word of at most 60 letters, digits, hyphens and underscores",
      },
      { line: 3, reason: "to is empty" },
    ],
    "a period without an end would be no period",
  );
});

t.test("areas.csv: neighbours by prefecture or county, whichever row says so", async (t) => {
  const { isNear } = load([
    file("areas.csv", "area,name,neighbours", "2101,a,2104; 210521", "310115,b,3205"),
  ]);
  t.ok(isNear("210102", "210199"), "one prefecture");
  t.ok(isNear("210102", "210402"));
  t.ok(isNear("210402", "210102"), "both ways");
  t.ok(isNear("210102", "210521"));
  t.notOk(isNear("210102", "210502"), "another county of that prefecture");
  t.ok(isNear("320502", "310115"));
  t.notOk(isNear("320502", "310101"));
  t.notOk(isNear("210402", "210521"), "a neighbour's neighbour");
  const alone = load([]);
  t.ok(alone.isNear("210102", "210103"));
  t.notOk(alone.isNear("210102", "210402"));
  t.ok(alone.isNear("210102", "210000"), "insured with the province");
  t.ok(alone.isNear("219900", "210402"), "by its own office too");
  t.notOk(alone.isNear("219900", "220100"));
  t.match(
    faultsOf(file("areas.csv", "area,neighbours", "21010,", "2101,21", "2102,2103", "2102,2104")),
    [
      { line: 2, reason: "area must be 4 or 6 digits" },
      { line: 3, reason: /neighbours must be at most 200 areas of 4 or 6 digits/ },
      { line: 5, reason: "area is that of line 4; an area has one row" },
    ],
  );
});

t.test("pharmacies.csv: a kind that overlays of the policy go by", async (t) => {
  const header = "code,area,status,kind";
  const { pharmacy } = load([
    file("pharmacies.csv", header, "P1,210102,active,hospital-gate", "P2,210102,active,"),
  ]);
  t.equal(pharmacy("P1")?.kind, "hospital-gate");
  t.notOk("kind" in (pharmacy("P2") ?? {}));
  t.match(faultsOf(file("pharmacies.csv", header, "P1,210102,active,Hospital Gate")), [
    { file: "pharmacies.csv", line: 2, reason: /^kind must be a word/ },
  ]);
});

t.test("an optional file of wrong columns is refused like any other", async (t) => {
  t.match(faultsOf(file("calendar.csv", "day,kind", "2026-10-01,holiday")), [
    { file: "calendar.csv", line: 1, reason: /column 1 .* unknown; known are name, from, to/ },
    { line: 1 },
    { line: 1, reason: "the column name is missing" },
    { line: 1 },
    { line: 1 },
  ]);
  t.match(faultsOf(file("filings.csv", "person,code", "A")), [
    { file: "filings.csv", line: 2, reason: "the row has 1 cells, the header 2" },
  ]);
});
