import { readFileSync } from "node:fs";
import t from "tap";
import type { DrugEntry } from "../../src/reference/bundle.ts";
import { LIST_NAMES } from "../../src/reference/bundle.ts";
import { drugKeyOf, molecule } from "../../src/reference/drug-key.ts";
import { DRUG_SETTINGS } from "../../src/reference/drugs.ts";
import { readReferenceFolder } from "../../src/reference/read-folder.ts";
import {
  parseAcknowledgement,
  parseReversal,
  parseSettlement,
} from "../../src/swipe/after-bodies.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import { parseNhsaCancel, parseNhsaSettled, parseNhsaUndo } from "../../src/swipe/nhsa/after.ts";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";
import { day, load, pseudonyms } from "./support.ts";

const FOLDER = "deploy/reference";
const shipped = load(await readReferenceFolder(FOLDER));
const watchCodes = readFileSync(`${FOLDER}/watchlist.tsv`, "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t")[2] ?? "");

t.test("the shipped folder loads and has the pharmacy of the examples, open all day", async (t) => {
  t.match(shipped.pharmacy("P21010200123"), { area: "210102", status: "active", tills: 3 });
  t.equal(shipped.pharmacy("P21010200123")?.opens, undefined);
  t.equal(shipped.pharmacy("P99999999999"), undefined);
  t.equal(shipped.knowsPharmacies, true);
  t.match(shipped.pharmacy("P21010300902"), { status: "suspended", since: day("2026-01-01") });
});

t.test(
  "the watchlist is complete: 171 codes, each watched and each with a key of its own form",
  async (t) => {
    const codes = new Set(watchCodes);
    t.equal(codes.size, 171);
    for (const code of codes) t.ok(shipped.watched(code), code);
    const forms = new Set([...codes].map((code) => shipped.identify(code).form));
    const keys = new Set([...codes].map((code) => drugKeyOf(shipped.identify(code))));
    t.equal(keys.size, forms.size);
    t.equal(shipped.watched("ZA04CAL0115")?.rank, 15, "under two ranks, the better one");
  },
);

t.test("forms of one patent medicine count together", async (t) => {
  const ginkgo = ["0549", "0550", "0552", "0553", "0554", "0555", "0556", "0560"];
  const molecules = new Set(ginkgo.map((number) => shipped.identify(`ZA12HAY${number}`).molecule));
  t.strictSame([...molecules], ["ZA12HAY0549"]);
});

t.test("the drug of the examples is there with its pack, and about thirty others", async (t) => {
  t.match(shipped.drug("XC10AAA067A001010100501"), {
    prescription: true,
    packUnits: 14,
    dailyUnits: 1,
  });
  const rows = readFileSync(`${FOLDER}/drugs.csv`, "utf8").trim().split("\n").length - 1;
  t.ok(rows >= 30);
});

t.test("the sample lists hold who they say", async (t) => {
  const as = pseudonyms();
  t.ok(
    shipped.listed(
      "employees",
      `P21010200123:${as.person("TEST-PERSON-EMPLOYEE-0001")}`,
      day("2026-11-21"),
    ),
  );
  t.ok(shipped.isNoCodeStock("P21010200123", "ZA09BAA0005010100101", day("2026-11-21")));
});

const rowsOf = (name: string): readonly (readonly string[])[] =>
  readFileSync(`${FOLDER}/${name}`, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

t.test("every file and every list of the contract is there, with rows", async (t) => {
  t.strictSame(shipped.notInstalled, []);
  for (const list of LIST_NAMES) t.ok(shipped.listSize(list) > 0, list);
  for (const { name, rows } of shipped.files) t.ok(rows > 0, name);
});

t.test("nobody in it exists: ids say so, but for the prescribers of the examples", async (t) => {
  const fictitious = /^(?:P\d{11}:)?TEST-|虚构/;
  for (const list of LIST_NAMES.filter((name) => name !== "no-code-stock")) {
    for (const [id = ""] of rowsOf(`lists/${list}.csv`)) t.match(id, fictitious, `${list}: ${id}`);
  }
  for (const [person = ""] of rowsOf("filings.csv")) t.match(person, fictitious);
  const examples = ["D421003007628", "D210102000101"];
  for (const [id = ""] of rowsOf("prescribers.csv")) {
    // The row that says that the file is only a part.
    if (id === "*") continue;
    if (!examples.includes(id)) t.match(id, fictitious);
  }
  for (const [prefix = ""] of rowsOf("trace-prefixes.csv")) t.match(prefix, /^8999/);
});

t.test("an example or a stranger meets no rule because of the sample alone", async (t) => {
  t.equal(shipped.knowsPrescribers, false, "the sample is no whole register");
  const person = pseudonyms().person("43000030281000128715");
  for (const drug of ["XL01XEA298A001", "XC10AAA067A001010100501"]) {
    t.ok(shipped.filed(person, drug, day("2026-11-21")), "needs no filing");
  }
  t.notOk(shipped.filed(person, "XL01EXA405E001", day("2026-11-21")));
  t.equal(shipped.tracePrefix("8338652"), undefined);
  t.strictSame(shipped.periods(day("2026-11-21")), []);
});

t.test(
  "it reaches over several provinces, with places, hours and kinds of pharmacies",
  async (t) => {
    const pharmacies = rowsOf("pharmacies.csv").map(([code = ""]) => shipped.pharmacy(code));
    t.ok(pharmacies.every((entry) => entry?.latitude !== undefined));
    const areas = pharmacies.map((entry) => entry?.area ?? "");
    t.ok(new Set(areas.map((area) => area.slice(0, 2))).size >= 6, "provinces");
    t.ok(new Set(areas.map((area) => area.slice(0, 4))).size >= 8, "prefectures");
    t.ok(pharmacies.some((entry) => entry?.opens === undefined));
    t.ok(pharmacies.some((entry) => entry?.opens !== undefined));
    const gate = pharmacies.find((entry) => entry?.kind === "hospital-gate");
    t.ok((gate?.tills ?? 0) >= 5);
    for (const kind of ["station", "tourist", "campus", "factory"]) {
      t.ok(
        pharmacies.some((entry) => entry?.kind === kind),
        kind,
      );
    }
  },
);

t.test("there is a drug for every kind of limit", async (t) => {
  const drugs = rowsOf("drugs.csv").flatMap(([code = ""]) => shipped.drug(code) ?? []);
  const has = (what: string, wanted: (drug: DrugEntry) => boolean) =>
    t.ok(drugs.some(wanted), what);
  has("men", ({ sex }) => sex === "1");
  has("women", ({ sex }) => sex === "2");
  has("from an age", ({ minAge }) => minAge === 18);
  has("up to an age", ({ maxAge }) => maxAge !== undefined);
  has("a disease", ({ diseases }) => diseases !== undefined);
  has("dual channel", ({ dualChannel }) => dualChannel === true);
  for (const setting of DRUG_SETTINGS) has(setting, (drug) => drug.setting === setting);
  has("no codes needed", ({ traceExempt, code }) => traceExempt && !code.startsWith("T"));
  for (const letter of ["X", "Z", "T", "C"]) has(letter, ({ code }) => code.startsWith(letter));
  for (const [, code = ""] of rowsOf("trace-prefixes.csv")) t.ok(shipped.drug(code), code);
  const key = (code: string) => molecule(drugKeyOf(shipped.identify(code)));
  t.ok(shipped.combines(key("XB01ACA056A012"), key("XB01ACL190A001")), "aspirin and clopidogrel");
  t.notOk(shipped.combines(key("XC10AAA067A001"), key("XC10AAR069A001")), "two statins");
});

t.test("the retail medicines of the watchlist are known with their packs", async (t) => {
  const retail = /片|胶囊|丸|颗粒|口服|露|浆|合剂|阿胶/;
  const names = readFileSync(`${FOLDER}/watchlist.tsv`, "utf8").trim().split("\n").slice(1);
  const ranks = new Map<string, boolean>();
  for (const [list = "", rank = "", code = "", name = ""] of names.map((row) => row.split("\t"))) {
    if (list !== "tcm_patent" || !retail.test(name)) continue;
    const medicine = `${rank} ${name}`;
    ranks.set(
      medicine,
      ranks.get(medicine) === true || shipped.drug(code)?.packUnits !== undefined,
    );
  }
  t.ok(ranks.size >= 20);
  for (const [medicine, isKnown] of ranks) t.ok(isKnown, medicine);
});

const example = (name: string): string => readFileSync(`schemas/examples/${name}`, "utf8");

t.test("the native examples pass the door", async (t) => {
  t.match(parseCheck(JSON.parse(example("swipe.json"))), { value: { total: 7300 } });
  t.match(parseSettlement(JSON.parse(example("settlement.json"))), {
    value: { settlementId: String },
  });
  t.match(parseReversal(JSON.parse(example("reversal.json"))), { value: { reason: "refund" } });
  t.match(parseAcknowledgement(JSON.parse(example("acknowledgement.json"))), {
    value: { choice: "continue" },
  });
});

t.test("the examples sell what the reference files know, where they know it", async (t) => {
  const lines = example("day.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const parsers: Record<string, (body: unknown) => object> = {
    check: parseCheck,
    settlement: parseSettlement,
    reversal: parseReversal,
    acknowledgement: parseAcknowledgement,
  };
  for (const [at, { op, body }] of lines.entries()) {
    t.ok(parsers[op] && "value" in parsers[op](body), `line ${at + 1} is a good ${op}`);
    if (op !== "check") continue;
    t.equal(shipped.pharmacy(body.pharmacy.code)?.area, body.pharmacy.area);
    t.ok(
      body.lines.every(({ drug }: { drug: string }) => shipped.drug(drug)),
      `line ${at + 1} has known drugs`,
    );
  }
  const times = lines.map(({ at }) => Date.parse(at));
  t.strictSame(
    times,
    [...times].sort((a, b) => a - b),
    "in order of time",
  );
});

t.test("the NHSA examples pass the door", async (t) => {
  const read = (name: string): unknown => JSON.parse(example(`nhsa-${name}.json`));
  t.match(parseNhsaSale("2101", read("2101")), { value: { stage: "inquiry", total: 3650 } });
  t.match(parseNhsaSale("2102", read("2102")), {
    value: { stage: "settle", disease: "M03900", codesExpected: true, lines: [{ daysSupply: 14 }] },
  });
  t.match(parseNhsaSettled(read("2102-answer")), { value: { settled: true } });
  t.match(parseNhsaCancel(read("2103")), { value: { pharmacy: "P21010200123" } });
  t.match(parseNhsaUndo(read("2601")), { value: { kind: "2102" } });
});

t.test("the NHSA examples belong together", async (t) => {
  const [sale, answer, cancel, reverse] = ["2102", "2102-answer", "2103", "2601"].map((name) =>
    JSON.parse(example(`nhsa-${name}.json`)),
  );
  t.equal(sale.msgid.length, 30);
  t.equal(answer.inf_refmsgid, sale.msgid);
  t.equal(cancel.input.data.setl_id, answer.output.setlinfo.setl_id);
  t.equal(reverse.input.data.omsgid, sale.msgid);
  const sum = sale.input.drugdetail.reduce(
    (fen: number, line: { det_item_fee_sumamt: number }) => fen + line.det_item_fee_sumamt * 100,
    0,
  );
  t.equal(Math.round(sum), Math.round(sale.input.druginfo.medfee_sumamt * 100));
  t.ok(shipped.drug(sale.input.drugdetail[0].med_list_codg));
});
