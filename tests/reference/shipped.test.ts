import { readFileSync } from "node:fs";
import t from "tap";
import { drugKeyOf } from "../../src/reference/drug-key.ts";
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
  t.ok(shipped.notInstalled.includes("lists/dealers.csv"));
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
