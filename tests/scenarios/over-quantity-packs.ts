import { type Ask, packs } from "./ask.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { about, cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/**
 * More of OQ-01, OQ-02 and OQ-05 (domain section 6): what is told, the traps (pack sizes, unknown dose, Spring Festival,
 * change of dose, small packs), and what comes back.
 */

const CHRONIC: Ask = { disease: "M03900" };
const valsartan = (count: number, more: Ask = {}): Ask => ({
  ...CHRONIC,
  basket: [packs(DRUG.valsartan, count)],
  ...more,
});
const LONG = { long: true, prescriber: "D421003007628" };

const lines: Stories = [
  ...story("OQ-01 fires: tells the days, the days allowed and the line at each level", (s) => {
    const days = (person: string, count: number) =>
      s.check({
        person,
        basket: [packs(DRUG.rehydration, 1), packs(DRUG.saxagliptin, 4, { days: count })],
      });
    days("a", 15).is("warn", {
      "OQ-01": { level: "warn", evidence: { daysSupply: 15, limit: 14.7 }, lines: ["0002"] },
    });
    days("b", 28).is("hold", {
      "OQ-01": { level: "hold", evidence: { daysSupply: 28, limit: 22.1 }, lines: ["0002"] },
    });
    days("c", 95).is("deny", {
      "OQ-01": { level: "deny", evidence: { daysSupply: 95, daysStated: true }, lines: ["0002"] },
    });
  }),
  ...story("OQ-01 fires: names the worst of several lines, and all at its level", (s) => {
    const basket = [
      packs(DRUG.saxagliptin, 3),
      packs(DRUG.repaglinide, 4),
      packs(DRUG.acarbose, 5),
    ];
    s.check({ basket }).is("hold", {
      "OQ-01": { level: "hold", evidence: { daysSupply: 50 }, lines: ["0002", "0003"] },
    });
  }),
  ...story(
    "OQ-01 spares: a hundred tablets, two months of calcium, a pen: the smallest pack there is",
    (s) => {
      s.check({ person: "a", basket: [packs(DRUG.vitaminC, 1)] }).is("allow");
      s.check({ person: "b", basket: [packs(DRUG.calcium, 1)] }).is("allow");
      s.check({ person: "c", basket: [packs(DRUG.glargine, 1)] }).is("allow");
      s.check({ person: "d", basket: [packs(DRUG.vitaminC, 2)] }).is("hold", { "OQ-01": "hold" });
    },
  ),
  ...story("OQ-01 spares: a medicine whose dose nobody knows, and 0 days are no days", (s) => {
    s.check({ basket: [packs(DRUG.captopril, 6)] }).is("allow");
    s.check({ person: "Wang", basket: [packs(DRUG.captopril, 6, { days: 0 })] }).is("allow");
  }),
  ...story("OQ-01 spares: a month of it under every medical type of chronic disease", (s) => {
    for (const medicalType of ["140104", "9929", "14", "9901", "15", "9904"]) {
      const two = { basket: [packs(DRUG.valsartan, 2)], medicalType };
      s.later("1m")
        .check({ ...two, person: medicalType })
        .is("allow");
    }
  }),
  ...story("OQ-01 fires: a dose nobody knows is what the till says it is", (s) => {
    s.check({ basket: [packs(DRUG.captopril, 2, { days: 30 })] }).is("warn", { "OQ-01": "warn" });
    s.check({ person: "Wang", basket: [packs(DRUG.captopril, 5, { days: 100 })] }).is("deny", {
      "OQ-01": ["deny", { daysSupply: 100 }],
    });
  }),
];

/** The day of the shipped calendar before the festival's two weeks, and its last. */
const BEFORE_FESTIVAL = "2027-01-22 23:59:59.999";
const FESTIVAL = { first: "2027-01-23 00:00:00", last: "2027-02-12 23:59:59.999" };

const onHand: Stories = [
  ...story("OQ-02 fires: tells how many days are left and how many may be", (s) => {
    s.sell(valsartan(1)).is("allow");
    s.later("18d")
      .inquire(valsartan(1))
      .is("warn", {
        "OQ-02": { level: "warn", evidence: { onHandDays: 10, limit: 7 }, lines: ["0001"] },
      });
    s.sell(valsartan(2)).passes();
    s.later("30d")
      .inquire(valsartan(1))
      .is("hold", {
        "OQ-02": { level: "hold", evidence: { onHandDays: 36, limit: 30 }, lines: ["0001"] },
      });
  }),
  ...story("OQ-02 spares: before the Spring Festival two weeks more may be at home", (s) => {
    s.at("2027-01-16 00:00:00").sell(valsartan(1)).is("allow");
    s.at(BEFORE_FESTIVAL)
      .inquire(valsartan(1))
      .is("warn", { "OQ-02": ["warn", { limit: 7 }] });
    s.at(FESTIVAL.first).inquire(valsartan(1)).is("allow");
    s.at("2027-01-22 23:59:59").sell(valsartan(1)).passes({ "OQ-02": "warn" });
    s.at("2027-01-23 00:00:00")
      .inquire(valsartan(1))
      .is("hold", {
        "OQ-02": ["hold", { onHandDays: 49, limit: 44 }],
      });
    s.at("2027-01-28 00:00:00")
      .inquire(valsartan(1))
      .is("warn", {
        "OQ-02": ["warn", { onHandDays: 44, limit: 21 }],
      });
  }),
  ...story("OQ-02 fires: after the festival's last day a week counts again", (s) => {
    s.at("2027-02-01 00:00:00").sell(valsartan(1)).is("allow");
    s.at(FESTIVAL.last).inquire(valsartan(1)).is("allow");
    s.at("2027-02-13 00:00:00")
      .check(valsartan(1))
      .is("warn", {
        "OQ-02": ["warn", { onHandDays: 16, limit: 7 }],
      });
  }),
  ...story(
    "OQ-02 fires: who changes the dose, lost it, or travels is let through by the manager",
    (s) => {
      s.sell(valsartan(2)).is("allow");
      const held = s.later("10d").check(valsartan(1)).is("hold", { "OQ-02": "hold" });
      for (const code of ["DOSE_CHANGE", "LOST_OR_DAMAGED", "HOLIDAY_STOCK", "EMERGENCY"]) {
        s.later("20s")
          .check(held.again({ supersedes: held, override: [code, APPROVER] }))
          .is("allow", { "OQ-02": cleared(code, { onHandDays: about(46) }) });
      }
      for (const code of ["OTHER", "SYSTEM_RETRY", "REGISTERED_PROXY"]) {
        s.later("20s")
          .check(held.again({ supersedes: held, override: [code, APPROVER] }))
          .is("hold", { "OQ-02": "hold" });
      }
    },
  ),
  ...native("OQ-02 spares: what came back in part gives its days back", (s) => {
    const sale = s.sell(valsartan(2)).is("allow");
    s.later("1d").giveBackSome(sale, 1);
    s.later("19d")
      .inquire(valsartan(1))
      .is("warn", { "OQ-02": ["warn", { onHandDays: 8 }] });
    s.later("1d").check(valsartan(1)).is("allow");
  }),
  ...nhsa("OQ-02 spares: what 3506 brought back gives its days back", (s) => {
    const sale = s.sell(valsartan(2)).is("allow");
    s.later("1d").uploadReturn(sale, 1);
    s.later("19d")
      .inquire(valsartan(1))
      .is("warn", { "OQ-02": ["warn", { onHandDays: 8 }] });
    s.later("1d").check(valsartan(1)).is("allow");
  }),
  ...native("OQ-02 spares: only what the fund paid is at home", (s) => {
    const sale = s.check(valsartan(2)).is("allow");
    s.settle(sale, { packs: [1] });
    s.later("21d").check(valsartan(1)).is("allow");
  }),
  ...story("OQ-02 spares: what came back, what was refused and what was only asked", (s) => {
    const sale = s.sell(valsartan(2)).is("allow");
    s.later("1h").giveBack(sale);
    s.later("1h").inquire(valsartan(2)).is("allow");
    s.check(valsartan(2, { status: "2" })).is("deny", { "IM-04": "deny" });
    s.later("16m").check(valsartan(1)).is("allow");
  }),
  ...native(
    "OQ-02 spares: a native sale that nobody settled lapsed, and settled late it counts",
    (s) => {
      const sale = s.check(valsartan(2)).is("allow");
      s.later("14m", "59s").inquire(valsartan(1)).is("hold", { "OQ-02": "hold" });
      s.later("1s").inquire(valsartan(1)).is("allow");
      s.settle(sale).later("1h").check(valsartan(1)).is("hold", { "OQ-02": "hold" });
    },
  ),
  ...nhsa(
    "OQ-02 fires: a sale that NHSA's till never spoke of again is presumed, until it is undone",
    (s) => {
      const sale = s.check(valsartan(2)).is("allow");
      s.later("2d")
        .inquire(valsartan(1))
        .is("hold", { "OQ-02": ["hold", { onHandDays: 54 }] });
      s.undo(sale).later("1h").check(valsartan(1)).is("allow");
    },
  ),
];

/** Seven tablets a pack, one a day. */
const sevens = (count: number, number: string): Ask => ({
  ...CHRONIC,
  basket: [packs(DRUG.saxagliptin, count, { rx: { ...LONG, number } })],
});
const boxes = (count: number, more: Ask = {}): Ask => ({
  basket: [packs(DRUG.captopril, count)],
  ...more,
});

/** Six packs a week, half a year of it, each time said to last a week. */
function weekly(s: Story, sales: number): void {
  for (let n = 0; n < sales; n++) {
    const basket = [packs(DRUG.valsartan, 6, { days: 7 })];
    s.settle(s.check({ ...CHRONIC, basket }).passes()).later("7d");
  }
}

/** Five packs of two days every sixth day, four times. */
function sachets(s: Story, more: Ask = {}): void {
  for (let n = 0; n < 4; n++) {
    s.sell({ basket: [packs(DRUG.rehydration, 5)], ...more }).passes();
    s.later("6d");
  }
}

const manyPacks: Stories = [
  ...story("OQ-05 fires: small packs of a known dose, and of more than a month in a month", (s) => {
    sachets(s);
    s.inquire({ basket: [packs(DRUG.rehydration, 4)] }).is("warn", {
      "OQ-05": ["warn", { packs30d: 24, limit: 12 }],
    });
    s.check({ basket: [packs(DRUG.rehydration, 5)] }).is("hold", {
      "OQ-05": ["hold", { packs30d: 25, monthCovered: false, limit: 24 }],
    });
  }),
  ...story("OQ-05 spares: the same packs, where a chronic disease needs them", (s) => {
    sachets(s, CHRONIC);
    s.check({ ...CHRONIC, basket: [packs(DRUG.rehydration, 5)] }).passes();
  }),
  ...story("OQ-05 fires: tells the packs of the sale and of the month at each level", (s) => {
    const told = { packs: 7, packs30d: 7, limit: 6 };
    s.check(boxes(7)).is("warn", { "OQ-05": { level: "warn", evidence: told, lines: ["0001"] } });
    s.check(boxes(13, { person: "Wang" })).is("hold", {
      "OQ-05": ["hold", { packs: 13, limit: 12 }],
    });
    const half = packs(DRUG.captopril, 95);
    s.check({ person: "Zhao", basket: [half, half] }).is("deny", {
      "OQ-05": { level: "deny", evidence: { packs: 190, limit: 60 }, lines: ["0001", "0002"] },
    });
  }),
  ...story(
    "OQ-05 spares: twelve boxes of seven tablets, or 28 of three days, are one long prescription",
    (s) => {
      s.check(sevens(12, "RX-1")).is("allow");
      const many = packs(DRUG.qiliQiangxin, 28, { rx: LONG });
      s.check({ ...CHRONIC, person: "Wang", basket: [many] }).passes();
    },
  ),
  ...story(
    "OQ-05 spares: pens and small boxes of a month are no excess for a chronic patient",
    (s) => {
      s.check({ ...CHRONIC, basket: [packs(DRUG.aspart, 3)] })
        .passes()
        .without("OQ-05");
      s.check({ ...CHRONIC, person: "Wang", basket: [packs(DRUG.acarbose, 4)] }).is("allow");
      s.check({ ...CHRONIC, person: "Zhao", basket: [packs(DRUG.xuesaitong, 8)] })
        .passes()
        .without("OQ-05");
    },
  ),
  ...story(
    "OQ-05 fires: packs of a month that are said to last a week each are many packs all the same",
    (s) => {
      weekly(s, 4);
      s.check({ ...CHRONIC, basket: [packs(DRUG.valsartan, 6, { days: 7 })] }).is("hold", {
        "OQ-05": ["hold", { packs: 6, packs30d: 30, limit: 24 }],
      });
    },
  ),
  ...native("OQ-05 spares: what came back in part is not counted in the month", (s) => {
    const sale = s.sell(boxes(6)).is("allow");
    s.later("1h").giveBackSome(sale, 2);
    s.later("2d").sell(boxes(6)).is("allow");
    s.later("2d").check(boxes(2)).is("allow");
    s.later("20m")
      .check(boxes(3))
      .is("warn", { "OQ-05": ["warn", { packs30d: 13, limit: 12 }] });
  }),
  ...nhsa("OQ-05 spares: what 3506 brought back is not counted in the month", (s) => {
    const sale = s.sell(boxes(6)).is("allow");
    s.later("1h").uploadReturn(sale, 2);
    s.later("2d").sell(boxes(6)).is("allow");
    s.later("2d").inquire(boxes(2)).is("allow");
    s.check(boxes(3)).is("warn", { "OQ-05": ["warn", { packs30d: 13, limit: 12 }] });
  }),
  ...story(
    "OQ-05 spares: another form of the molecule is another form; two stores are one person",
    (s) => {
      s.sell(boxes(6)).is("allow");
      s.later("2d")
        .inquire({ basket: [packs(DRUG.captoprilSlow, 6)] })
        .is("allow");
      s.sell(boxes(6, { shop: SHOP.south })).is("allow");
      s.later("2d")
        .check(boxes(1, { shop: SHOP.south }))
        .is("warn", { "OQ-05": ["warn", { packs30d: 13 }] });
    },
  ),
];

export const overQuantityPacks: Stories = [...lines, ...onHand, ...manyPacks];
