import { type Ask, packs } from "./ask.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/** Legitimate patterns of domain section 6 that are about stores: busy days, split packs, timeouts, returns. */

const ibuprofen = [packs(DRUG.ibuprofen, 1, { price: 12 })];
const valsartan = [packs(DRUG.valsartan, 1, { price: 34 })];

/** A store with five tills at a hospital's gate: so many patients from eight o'clock on, each another person. */
function morning(s: Story, day: number, patients: number, apart: string): void {
  for (let n = 0; n < patients; n++) {
    const ask = { shop: SHOP.gate, till: `T0${(n % 5) + 1}`, basket: ibuprofen };
    s.later(apart).sell({ ...ask, person: `patient ${day}.${n}` });
  }
}

const busyStores: Stories = [
  ...story(
    "Pattern 5: 250 settlements in a day at five tills, in a store without a history",
    (s) => {
      for (let n = 0; n < 250; n++) {
        const ask = { shop: SHOP.gate, till: `T0${(n % 5) + 1}`, basket: ibuprofen };
        s.settle(
          s
            .later("18s")
            .check({ ...ask, person: `patient ${n}` })
            .is("allow"),
        );
      }
    },
  ),
  ...native("Pattern 5: 250 on a Monday where 90 a day are usual", (s) => {
    s.at("2026-11-01 08:00:00").daily(15, (day) => morning(s, day, 90, "5m"));
    for (let n = 0; n < 250; n++) {
      const ask = { shop: SHOP.gate, till: `T0${(n % 5) + 1}`, basket: ibuprofen };
      s.settle(
        s
          .later("100s")
          .check({ ...ask, person: `of Monday ${n}` })
          .is("allow"),
      );
    }
  }),
  ...story("Pattern 5: one device name for five cashiers", (s) => {
    for (let n = 0; n < 60; n++) {
      const ask = { shop: SHOP.gate, till: "T01", operator: `000${n % 5}`, basket: ibuprofen };
      s.settle(
        s
          .later("18s")
          .check({ ...ask, person: `patient ${n}` })
          .passes(),
      );
    }
  }),
  ...story("Pattern 6: flu week: forty people buy Lianhua and ibuprofen in two hours", (s) => {
    const basket = [packs(DRUG.lianhuaCapsules, 2, { price: 20 }), ...ibuprofen];
    for (let n = 0; n < 40; n++) {
      s.settle(
        s
          .later("3m")
          .check({ person: `patient ${n}`, basket })
          .is("allow"),
      );
    }
  }),
  ...story("Pattern 6: in a store that sells two packs a day otherwise", (s) => {
    const packsOf = (count: number) => [
      packs(DRUG.lianhuaCapsules, count, { price: 20 }),
      ...ibuprofen,
    ];
    s.at("2026-11-01 10:00:00").daily(20, (day) => {
      s.sell({ person: `before ${day}`, basket: packsOf(2) });
    });
    for (let n = 0; n < 40; n++) {
      const check = s.later("3m").check({ person: `patient ${n}`, basket: packsOf(2) });
      s.settle(check.passes(n < 5 ? {} : { "RS-05": "warn" }));
    }
  }),
  ...story("Pattern 6: and the children's dose, and paracetamol, for whole families", (s) => {
    const basket = [
      packs(DRUG.lianhuaTablets, 3, { price: 20 }),
      packs(DRUG.paracetamol, 2, { price: 9 }),
      packs(DRUG.vitaminC, 1, { price: 6 }),
    ];
    for (let n = 0; n < 40; n++) {
      s.settle(
        s
          .later("3m")
          .check({ person: `patient ${n}`, basket })
          .passes(),
      );
    }
  }),
];

const EXEMPT = "测试虚构体检单位有限公司";

/** Twenty people of one employer, one every ninety seconds. */
function workers(s: Story, ask: Ask) {
  return Array.from({ length: 20 }, (_, n) =>
    s.later("90s").check({ person: `worker ${n}`, basket: ibuprofen, ...ask }),
  );
}

const healthDays: Stories = [
  ...story("Pattern 15: a company's health day, registered in advance", (s) => {
    for (const check of workers(s, { employer: EXEMPT })) s.settle(check.is("allow"));
  }),
  ...story("Pattern 15: on a mobile terminal in the company's hall", (s) => {
    for (const check of workers(s, { employer: EXEMPT, operatorType: "3" }))
      s.settle(check.is("allow"));
  }),
  ...story("Pattern 15: a store inside a factory has one employer's people every day", (s) => {
    for (const check of workers(s, { shop: SHOP.factory, employer: "某某有限公司" }))
      s.settle(check.is("allow"));
  }),
  ...story(
    "Pattern 15: its evil twin is nobody's event, and a mobile terminal counts half",
    (s) => {
      const counter = workers(s, { employer: "某某有限公司" });
      for (const check of counter.slice(0, 7)) check.is("allow");
      for (const check of counter.slice(7, 14)) check.is("warn", { "CF-11": "warn" });
      counter[14]?.is("hold", { "CF-11": ["hold", { employerPersonsToday: 15, limit: 15 }] });
      const hall = workers(s.later("1d"), { employer: "某某有限公司", operatorType: "3" });
      for (const check of hall.slice(0, 3)) check.is("allow");
      for (const check of hall.slice(3, 7)) check.is("warn", { "CF-11": "warn" });
      hall[7]?.is("hold", { "CF-11": ["hold", { employerPersonsToday: 8, operatorType: "3" }] });
    },
  ),
];

/** A box that is opened and sold in parts, tablets of one price. */
const part = (codes: readonly string[], pieces: number, drug: string = DRUG.vitaminC): Ask => ({
  basket: [packs(drug, pieces, { pieces: true, split: true, price: 0.1, days: 4, codes })],
});

const boxes: Stories = [
  ...story("Pattern 7: a hundred tablets sold ten by ten, one code ten times", (s) => {
    const codes = s.freshCodes(1, DRUG.vitaminC);
    for (let n = 0; n < 10; n++) {
      s.settle(
        s
          .later("20m")
          .check({ person: `part ${n}`, ...part(codes, 10) })
          .is("allow"),
      );
    }
    s.raisesNothing();
  }),
  ...story("Pattern 7: its evil twin sells an eleventh part of the box", (s) => {
    const codes = s.freshCodes(1, DRUG.vitaminC);
    for (let n = 0; n < 10; n++) s.later("20m").sell({ person: `part ${n}`, ...part(codes, 10) });
    s.later("20m")
      .check({ person: "part 11", ...part(codes, 10) })
      .is("hold", {
        "TR-06": { level: "hold", evidence: { traceOverSplit: true }, lines: ["0001"] },
      })
      .without("TR-01", "TR-02");
  }),
  ...story("Pattern 7: of unknown size, ten parts", (s) => {
    const codes = s.freshCodes(1, DRUG.captopril);
    for (let n = 0; n < 10; n++) {
      s.settle(
        s
          .later("20m")
          .check({ person: `part ${n}`, ...part(codes, 10, DRUG.captopril) })
          .is("allow"),
      );
    }
  }),
  ...story("Pattern 8: a lost answer: repeated, taken back, and sold under a new number", (s) => {
    const sale = s.check({ basket: valsartan, token: "T-8" }).is("allow");
    s.later("30s").repeat(sale).is("allow");
    s.later("30s").giveBack(sale, "timeout");
    s.settle(s.later("30s").check(sale.again()).is("allow"));
    s.raisesNothing();
  }),
  ...story("Pattern 8: never taken back, just tried again and again", (s) => {
    const sale = s.check({ basket: valsartan, token: "T-8" }).is("allow");
    const second = s.later("30s").check(sale.again()).is("allow");
    const third = s.later("30s").check(second.again()).is("allow");
    s.settle(third).later("1m").repeat(sale).is("allow");
    s.raisesNothing();
  }),
  ...nhsa("Pattern 8: NHSA had settled the first one after all, and 2103 takes it back", (s) => {
    const sale = s.check({ basket: valsartan, token: "T-8" }).is("allow");
    s.later("1m").settle(sale).later("1m").cancel(sale);
    s.settle(s.later("1m").check(sale.again()).passes());
    s.raisesNothing("traceDuplicate");
  }),
  ...story("Pattern 9: a sealed box comes back the same day and is sold again, once", (s) => {
    const sale = s.sell({ basket: valsartan });
    s.later("3h").giveBack(sale);
    const again = s
      .later("2h")
      .check(sale.again({ person: "Wang" }))
      .is("allow");
    s.settle(again).raisesNothing();
    s.later("1h")
      .check(sale.again({ person: "Zhao" }))
      .is("hold", { "TR-02": ["hold", { traceSoldHere: true }] });
    s.raises({ kind: "traceDuplicate", pharmacies: [SHOP.north], buyer: "Zhao" });
  }),
  ...nhsa("Pattern 9: by 3506 and 2103, with codes that come by 3505", (s) => {
    const [box = ""] = s.freshCodes(1, DRUG.valsartan);
    const later: Ask = { codesLater: true, basket: [packs(DRUG.valsartan, 1, { codes: [] })] };
    const sale = s.sell(later);
    s.later("10m").upload(sale, { codes: [[box]] });
    s.later("2h").uploadReturn(sale, 1, [box]).later("1m").cancel(sale);
    const again = s.later("1h").sell({ ...later, person: "Wang" });
    s.later("10m")
      .upload(again, { codes: [[box]] })
      .raisesNothing();
  }),
  ...story("Pattern 11: old stock without codes, and slices", (s) => {
    const gelatin = [packs(DRUG.donkeyHideGelatin, 1, { codes: [], price: 790 })];
    s.check({ basket: gelatin }).passes().without("TR-03");
    const slices = [
      packs(DRUG.astragalus, 140, { price: 0.3, days: 7 }),
      packs(DRUG.goji, 84, { price: 0.2 }),
      packs(DRUG.hawthorn, 70, { price: 0.1, days: 7 }),
    ];
    s.later("1m").check({ person: "Wang", basket: slices }).is("allow");
  }),
  ...story("Pattern 11: stock that is on no list yet: its override is NO_CODE_STOCK", (s) => {
    const held = s
      .check({ basket: [packs(DRUG.valsartan, 1, { codes: [] })] })
      .is("hold", { "TR-03": ["hold", { codesMissing: true }] });
    s.later("1m")
      .check(held.again({ supersedes: held, override: ["NO_CODE_STOCK", APPROVER] }))
      .passes({ "TR-03": cleared("NO_CODE_STOCK") });
  }),
];

export const honestStores: Stories = [...busyStores, ...healthDays, ...boxes];
