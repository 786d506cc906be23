import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { clears } from "./clearings.ts";
import { about } from "./expectation.ts";
import { native, type Stories, type Story, story } from "./story.ts";

/** SW-01 to SW-04: what is billed is not what is sold, or not at its price (domain 6). */

const article = (drug: string, sku: string | null, more: Ask = {}): Ask => ({
  basket: [packs(drug, 1, { sku })],
  ...more,
});

const articles: Stories = [
  ...story("SW-01 fires: one article of the store under two medicines' codes", (s) => {
    s.sell(article(DRUG.ibuprofen, "100234"));
    s.later("29d")
      .check(article(DRUG.paracetamol, "100234", { person: "Wang" }))
      .is("warn", {
        "SW-01": { level: "warn", evidence: { articleDrugs30d: 2, limit: 2 }, lines: ["0001"] },
      });
  }),
  ...story("SW-01 fires: within one sale as well", (s) => {
    const two = [DRUG.ibuprofen, DRUG.paracetamol].map((drug) => packs(drug, 1, { sku: "100234" }));
    s.check({ basket: two }).is("warn", {
      "SW-01": { level: "warn", evidence: { articleDrugs30d: 2 }, lines: ["0001", "0002"] },
    });
  }),
  ...story(
    "SW-01 spares: the same code again, other stores' articles, no article, a month later",
    (s) => {
      const again = (person: string, more: Ask = {}) =>
        article(DRUG.paracetamol, "100234", { person, ...more });
      s.sell(article(DRUG.ibuprofen, "100234"));
      s.inquire(article(DRUG.ibuprofen, "100234", { person: "a" }))
        .is("allow")
        .without("SW-01");
      s.later("29d", "23h").inquire(again("b")).is("warn", { "SW-01": "warn" });
      s.check(again("c", { shop: SHOP.south }))
        .is("allow")
        .without("SW-01");
      s.check(article(DRUG.paracetamol, null, { person: "d" }))
        .is("allow")
        .without("SW-01");
      s.later("1h").check(again("e")).is("allow").without("SW-01");
    },
  ),
];

/** So many sales at this price, an hour apart. */
function usual(s: Story, price: number, count = 3, name = "u"): void {
  for (let n = 1; n <= count; n++)
    s.later("1h").sell({ person: `${name}${n}`, basket: [packs(DRUG.ibuprofen, 1, { price })] });
}
const priced = (price: number, person = "Wang", more: Ask = {}): Ask => ({
  person,
  basket: [packs(DRUG.ibuprofen, 1, { price })],
  ...more,
});

const usualPrices: Stories = [
  ...story(
    "SW-02 fires: more than half above the store's usual price, or below half of it",
    (s) => {
      usual(s, 8);
      s.later("1h")
        .check(priced(12.01, "b"))
        .is("warn", {
          "SW-02": {
            level: "warn",
            evidence: { priceYuan: about(12.01, 0.001), ownMedianPrice90d: 8, limit: 12 },
          },
        });
      s.later("1h").check(priced(12, "a")).is("allow").without("SW-02");
      s.later("1h").check(priced(4, "c")).is("allow").without("SW-02");
      s.later("1h")
        .check(priced(3.99, "d"))
        .is("warn", { "SW-02": ["warn", { ownMedianPrice90d: 8 }] });
    },
  ),
  ...story("SW-02 spares: below three sales there is no usual price, nor another store's", (s) => {
    usual(s, 8, 2);
    s.later("1h").check(priced(14, "a")).is("allow").without("SW-02");
    usual(s, 8, 1, "v");
    s.later("1h")
      .check(priced(14, "b", { shop: SHOP.south }))
      .is("allow")
      .without("SW-02");
  }),
  ...story(
    "SW-02 spares: a price that was raised becomes the usual one, and old ones are forgotten",
    (s) => {
      usual(s, 7);
      usual(s, 14, 6, "v");
      s.later("1h").check(priced(14, "a")).is("allow").without("SW-02");
      s.later("91d").check(priced(4, "b")).is("allow").without("SW-02");
    },
  ),
  ...story("SW-02 spares: tablets at their share of the pack's price", (s) => {
    usual(s, 8);
    const pieces = (price: number) =>
      packs(DRUG.ibuprofen, 10, { price, pieces: true, codes: s.freshCodes(1) });
    s.later("1h")
      .check({ person: "a", basket: [pieces(0.4)] })
      .is("allow")
      .without("SW-02");
    s.later("1h")
      .check({ person: "b", basket: [pieces(0.65)] })
      .is("warn", { "SW-02": ["warn", { priceYuan: 13 }] });
  }),
];

const ceilings: Stories = [
  ...story("SW-03 fires: a fen above the ceiling price, by pack and by piece", (s) => {
    s.check(priced(15.01)).is("warn", {
      "SW-03": {
        level: "warn",
        evidence: { priceYuan: about(15.01, 0.001), ceilingYuan: 15, limit: 15 },
        lines: ["0001"],
      },
    });
    const pieces = packs(DRUG.ibuprofen, 10, { price: 0.76, pieces: true, codes: s.freshCodes(1) });
    s.later("1h")
      .check({ basket: [pieces] })
      .is("warn", { "SW-03": ["warn", { priceYuan: 15.2 }] });
  }),
  ...story("SW-03 spares: the ceiling itself, pieces below it, and what has none", (s) => {
    s.check(priced(15)).is("allow").without("SW-03");
    const pieces = packs(DRUG.ibuprofen, 10, { price: 0.75, pieces: true, codes: s.freshCodes(1) });
    s.later("1h")
      .check({ person: "a", basket: [pieces] })
      .is("allow")
      .without("SW-03");
    s.later("1h")
      .check({ person: "b", basket: [packs(DRUG.captopril, 1, { price: 500 })] })
      .is("allow")
      .without("SW-03");
  }),
];

const vitamin = (yuan: number, more: Ask = {}): Ask => ({
  basket: [packs(DRUG.vitaminC, 1, { price: yuan })],
  ...more,
});

const amounts: Stories = [
  ...story("SW-04 fires: vitamin C for 762 yuan", (s) => {
    const held = s.check(vitamin(762)).is("hold", {
      "SW-04": { level: "hold", evidence: { lineYuan: 762, areaMedianYuan: 6 }, lines: ["0001"] },
    });
    const reasons = [
      ...[
        "ELDERLY",
        "CHILD",
        "DISABLED",
        "MOBILITY",
        "REMOTE_AREA",
        "TRAVEL_ABROAD",
        "HOLIDAY_STOCK",
      ],
      ...["DOSE_CHANGE", "LOST_OR_DAMAGED", "OUT_OF_STOCK_COMPLETION", "EMERGENCY", "OTHER"],
    ];
    clears(s, held, "SW-04", reasons, ["SYSTEM_RETRY", "NO_CODE_STOCK"]);
  }),
  ...story("SW-04 fires: from 200 yuan on, and beyond five times the area's median", (s) => {
    s.check(vitamin(200)).is("hold", { "SW-04": "hold" });
    s.later("1h")
      .check(vitamin(199.99, { person: "a" }))
      .is("warn")
      .without("SW-04");
    const calcium = (price: number, person: string): Ask => ({
      person,
      basket: [packs(DRUG.calcium, 1, { price })],
    });
    s.later("1h").check(calcium(300, "b")).is("warn").without("SW-04");
    s.later("1h")
      .check(calcium(300.01, "c"))
      .is("hold", { "SW-04": ["hold", { lineYuan: 300, areaMedianYuan: 60 }] });
  }),
  ...story(
    "SW-04 spares: a long prescription costs three times as much, and fifteen times is too much",
    (s) => {
      const long = (price: number, person: string): Ask => ({
        ...{ person, disease: "M03900" },
        basket: [packs(DRUG.valsartan, 3, { price, rx: { long: true }, days: 84 })],
      });
      s.check(long(100, "a")).passes().without("SW-04");
      s.later("1h")
        .check(long(171, "b"))
        .is("hold", { "SW-04": ["hold", { lineYuan: 513, rxLong: true }] });
    },
  ),
  ...story("SW-04 spares: many small packs of a month's dose, each at what a pack costs", (s) => {
    const month = (price: number, person: string): Ask => ({
      ...{ person, disease: "M03900" },
      basket: [packs(DRUG.shensongYangxin, 7, { price })],
    });
    s.check(month(37, "a")).passes().without("SW-04");
    s.later("1h")
      .check(month(73, "b"))
      .is("hold", { "SW-04": ["hold", { doseCovered: true, priceYuan: 73 }] });
  }),
  ...native("SW-04 spares: dear medicines of which nobody knows what a sale costs", (s) => {
    s.check({ basket: [packs(DRUG.donkeyHideGelatin, 1, { price: 890 })] })
      .is("allow")
      .without("SW-04");
  }),
];

export const prices: Stories = [...articles, ...usualPrices, ...ceilings, ...amounts];
