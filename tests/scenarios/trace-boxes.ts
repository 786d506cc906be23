import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { clears } from "./clearings.ts";
import { cleared } from "./expectation.ts";
import { native, nhsa, type Stories, story } from "./story.ts";

/** What was scanned: how many, of what shape, of which product, and until when it may be used (TR-03, TR-04, TR-05, TR-07). */

/** Shenyang's and Beijing's tills alike scan this off every box. */
const BARCODE = "6901234567892";
const south = { shop: SHOP.south };
const barcode = (person: string, more: Ask = {}, code = BARCODE): Ask => ({
  person,
  basket: [packs(DRUG.ibuprofen, 1, { codes: [code] })],
  ...more,
});
const noBox = {
  "TR-03": {
    level: "hold",
    evidence: { codesMissing: true, traceMandatory: true },
    lines: ["0001"],
  },
} as const;
const oddShape = {
  "TR-04": { level: "warn", evidence: { traceShapeOther: true }, lines: ["0001"] },
} as const;

const barcodes: Stories = [
  ...story("TR-01 spares: a goods barcode, which is the same on every box, accuses nobody", (s) => {
    for (const [n, code] of [
      BARCODE,
      "(01)06901234567892(17)280101(10)B2107",
      "96385074",
      "无",
      "0".repeat(20),
    ].entries()) {
      const held = s
        .check(barcode(`a${n}`, {}, code))
        .is("hold", { ...noBox, ...oddShape })
        .without("TR-01", "TR-02");
      const again = held.again({ supersedes: held, override: ["NO_CODE_STOCK", "L0031"] });
      s.settle(
        s
          .later("1m")
          .check(again)
          .is("warn", { "TR-03": cleared("NO_CODE_STOCK") }),
      );
      for (const where of [{}, south])
        s.later("1h")
          .check(barcode(`b${n}`, where, code))
          .is("hold", noBox)
          .without("TR-01", "TR-02");
    }
    s.raisesNothing();
  }),
  ...story(
    "TR-03 fires: two packs with two barcodes have no codes, and are not scanned twice",
    (s) => {
      const line = packs(DRUG.saxagliptin, 2, { codes: [BARCODE, BARCODE] });
      s.check({ basket: [line] })
        .is("hold", { ...noBox, ...oddShape })
        .without("TR-02");
    },
  ),
  ...story("TR-03 spares: whoever scans the barcode beside the code", (s) => {
    const codes = [...s.freshCodes(1), BARCODE];
    const line = packs(DRUG.ibuprofen, 1, { codes });
    s.check({ basket: [line] })
      .is("warn", oddShape)
      .without("TR-01", "TR-02", "TR-03");
  }),
  ...native(
    "TR-02 spares: two sales of a quarter of an hour that share a barcode alone are two",
    (s) => {
      const sale = (count: number): Ask => ({
        override: ["NO_CODE_STOCK", "L0031"],
        basket: [packs(DRUG.captopril, count, { codes: Array<string>(count).fill(BARCODE) })],
      });
      const both = [s.check(sale(1)), s.later("1m").check(sale(2))];
      for (const one of both) s.settle(one.is("warn", { "TR-03": "warn" }));
      s.later("1d")
        .inquire({ basket: [packs(DRUG.captopril, 10)] })
        .is("warn", { "OQ-05": ["warn", { packs: 10, packs30d: 13 }] });
    },
  ),
  ...nhsa("TR-01 spares: barcodes that come by 3505 sell nothing anywhere", (s) => {
    for (const where of [{}, south]) {
      const sale = s.later("1h").sell(barcode("Li", { codesLater: true, ...where }));
      s.later("1h").upload(sale, { codes: [[BARCODE]] });
    }
    s.raisesNothing();
    s.later("1h").check(barcode("Wang")).is("hold", noBox).without("TR-01", "TR-02");
  }),
];

const shapes: Stories = [
  ...story("TR-04 fires: what no box's code looks like", (s) => {
    const odd = ["73386520001941653320", "8338652000194165332", "ABC-12345", "6901234567890"];
    for (const [n, code] of [...odd, "106900123456789012"].entries())
      s.later("1h")
        .check(barcode(`p${n}`, {}, code))
        .is("warn", oddShape);
    s.later("1h")
      .inquire(barcode("Wang", {}, "ABC-1"))
      .is("warn", oddShape);
  }),
  ...story("TR-04 spares: the national form, GS1 with a serial, and what is not traced", (s) => {
    for (const [n, code] of [
      "83386520001941653399",
      "88298420000560224025",
      "(01)06901234567892(17)280101(10)B2107(21)ABC123",
      "010690123456789221XYZ987",
    ].entries())
      s.later("1h")
        .check(barcode(`p${n}`, {}, code))
        .is("allow")
        .without("TR-04");
    for (const drug of [DRUG.hawthorn, "T0010000010000000AB1", "C0101010010000100001"])
      s.later("1h")
        .check({ person: drug, basket: [packs(drug, 1, { price: 1, codes: ["ABC-1"] })] })
        .passes()
        .without("TR-04", "TR-03", "TR-02");
  }),
];

const missing: Stories = [
  ...story("TR-03 fires: of two lines the one without its code is named", (s) => {
    const bare = packs(DRUG.ibuprofen, 1, { codes: [] });
    s.check({ basket: [packs(DRUG.calcium, 1), bare] }).is("hold", {
      "TR-03": { ...noBox["TR-03"], lines: ["0002"] },
    });
  }),
  ...story("TR-03 spares: slices, granules, consumables and local goods have no codes", (s) => {
    for (const drug of [
      DRUG.hawthorn,
      "T0010000010000000AB1",
      "C0101010010000100001",
      "LOCAL-0001",
    ])
      s.later("1h")
        .check({ person: drug, basket: [packs(drug, 3, { price: 1, codes: [] })] })
        .passes()
        .without("TR-03");
  }),
  ...story("TR-03 fires: tablets of two boxes have two codes; of one box one is enough", (s) => {
    const some = (person: string, count: number): Ask => ({
      person,
      basket: [packs(DRUG.calcium, count, { pieces: true, price: 1, codes: s.freshCodes(1) })],
    });
    s.check(some("Li", 10)).is("allow").without("TR-03");
    s.later("1h").check(some("Wang", 61)).is("hold", { "TR-03": "hold" });
  }),
  ...native("TR-03 spares: tablets split off a box whose code is not scanned again", (s) => {
    const part = { pieces: true, split: true, price: 1, codes: [] };
    s.check({ basket: [packs(DRUG.calcium, 10, part)] })
      .is("allow")
      .without("TR-03", "TR-06");
  }),
  ...story("TR-03 spares: a bureau that is not there yet warns only, by an overlay", (s) => {
    s.under(`- areas: ["210102"]\n  rules: { TR-03: { mode: shadow } }`);
    const bare: Ask = { basket: [packs(DRUG.ibuprofen, 1, { codes: [] })] };
    s.check(bare).is("allow", { "TR-03": { level: "hold", shadow: true } });
    s.later("1h")
      .check({ ...bare, person: "Wang", shop: SHOP.heping })
      .is("hold", noBox);
  }),
];

const ATORVASTATIN_BOX = "89990010000000000001";
const swapped: Stories = [
  ...story("TR-05 fires: the box is of another medicine than is billed", (s) => {
    const wrong = { basket: [packs(DRUG.valsartan, 1, { codes: [ATORVASTATIN_BOX] })] };
    const held = s.check(wrong).is("hold", {
      "TR-05": { level: "hold", evidence: { prefixDiffers: true }, lines: ["0001"] },
    });
    clears(s, held, "TR-05", ["OTHER", "EMERGENCY"], ["SYSTEM_RETRY", "SPLIT_PACK"]);
  }),
  ...story("TR-05 fires: another form of the molecule is another product", (s) => {
    const capsules = "XC10AAA067E001010100501";
    s.check({ basket: [packs(capsules, 1, { codes: [ATORVASTATIN_BOX] })] }).is("hold", {
      "TR-05": "hold",
    });
  }),
  ...story("TR-05 fires: also of tablets split off the box", (s) => {
    const part = { pieces: true, split: true, price: 1, codes: ["89990010000000000009"] };
    s.check({ basket: [packs(DRUG.calcium, 10, part)] }).is("hold", { "TR-05": "hold" });
  }),
  ...story("TR-05 fires: warns by what a register only learned from sales", (s) => {
    s.check({ basket: [packs(DRUG.paracetamol, 1, { codes: ["89990160000000000001"] })] }).is(
      "warn",
      {
        "TR-05": { level: "warn", evidence: { prefixLearned: true, learnedDrugDiffers: false } },
      },
    );
  }),
  ...story("TR-05 spares: another pack or maker of the same form, and local goods", (s) => {
    for (const [n, drug] of [DRUG.atorvastatin, DRUG.atorvastatinOtherPack, "LOCAL-17"].entries())
      s.later("1h")
        .check({
          person: `p${n}`,
          basket: [packs(drug, 1, { codes: [`8999001000000000001${n}`] })],
        })
        .passes()
        .without("TR-05");
  }),
  ...story("TR-05 fires: warns from fifty sales of one medicine on, not at forty-nine", (s) => {
    const code = () => s.freshCodes(1, DRUG.ibuprofen);
    const other = (person: string): Ask => ({
      person,
      basket: [packs(DRUG.paracetamol, 1, { codes: code() })],
    });
    for (let sale = 1; sale <= 49; sale++)
      s.later("10m").sell({
        person: `a${sale}`,
        basket: [packs(DRUG.ibuprofen, 1, { codes: code() })],
      });
    s.later("10m").inquire(other("b")).is("allow").without("TR-05");
    s.later("10m").sell({ person: "a50", basket: [packs(DRUG.ibuprofen, 1, { codes: code() })] });
    s.later("1h")
      .check(other("c"))
      .is("warn", {
        "TR-05": { level: "warn", evidence: { learnedDrugDiffers: true, prefixLearned: false } },
      });
    s.later("1h")
      .check({ person: "d", basket: [packs(DRUG.ibuprofen, 1, { codes: code() })] })
      .is("allow");
  }),
  ...story(
    "TR-05 spares: sales of which only nineteen in twenty and less agree teach nothing",
    (s) => {
      const one = (person: string, drug: string): Ask => ({
        person,
        basket: [packs(drug, 1, { codes: s.freshCodes(1, DRUG.ibuprofen) })],
      });
      for (let sale = 1; sale <= 50; sale++)
        s.later("10m").sell(one(`a${sale}`, sale % 16 === 0 ? DRUG.paracetamol : DRUG.ibuprofen));
      s.later("1h").check(one("Wang", DRUG.paracetamol)).is("allow").without("TR-05");
    },
  ),
];

const expiry: Stories = [
  ...story("TR-07 fires: denies what expired yesterday, against any override", (s) => {
    const old = {
      basket: [packs(DRUG.rehydration, 1), packs(DRUG.ibuprofen, 1, { expires: "2026-11-20" })],
    };
    const denied = s.check(old).is("deny", {
      "TR-07": { level: "deny", evidence: { expired: true }, lines: ["0002"] },
    });
    s.later("1m")
      .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
      .is("deny", { "TR-07": "deny" });
  }),
  ...story("TR-07 spares: the last day of use is a day of use, in Shanghai", (s) => {
    const today = { basket: [packs(DRUG.ibuprofen, 1, { expires: "2026-11-21" })] };
    s.at("2026-11-21 23:59:59").check(today).passes().without("TR-07");
    s.at("2026-11-22 00:00:00")
      .check({ ...today, person: "Wang" })
      .is("deny", { "TR-07": "deny" });
    s.check({ person: "Zhao", basket: [packs(DRUG.ibuprofen, 1, { expires: null })] })
      .passes()
      .without("TR-07");
  }),
];

const lots: Stories = [
  ...story("TR-07 spares: boxes of several lots, each on a line of its own", (s) => {
    const of = (lot: string, expires: string) => packs(DRUG.ibuprofen, 1, { lot, expires });
    s.check({ basket: [of("B2101", "2027-01-31"), of("B2207", "2028-07-31")] })
      .passes()
      .without("TR-07", "DQ-02", "TR-03");
  }),
];

export const traceBoxes: Stories = [
  ...barcodes,
  ...shapes,
  ...missing,
  ...swapped,
  ...expiry,
  ...lots,
];
