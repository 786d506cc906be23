import { type Ask, type Packs, packs } from "./ask.ts";
import { APPROVER, DRUG, PROXY, SHOP } from "./chest.ts";
import { about, cleared } from "./expectation.ts";
import { type Stories, story } from "./story.ts";

/** Domain section 6: RS-01 (half the limits of OQ for what dealers ask for) and RS-02 (several of it at once). */

const some = (
  drug: string,
  quantity: number,
  more: Omit<Packs, "drug" | "quantity"> = {},
): Ask => ({
  basket: [packs(drug, quantity, more)],
});
const filed = { disease: "M03900" };

const oneSale: Stories = [
  ...story(
    "RS-01 fires: two months of an ordinary watched medicine, by the quantity's override codes",
    (s) => {
      const held = s.check(some(DRUG.amlodipine, 2));
      const of = { watched: true, daysSupply: 56, watchFactor: 0.5 };
      held.is("hold", { "RS-01": ["hold", of], "OQ-01": "hold" });
      const again = (changes: Ask) =>
        s.later("1s").check(held.again({ supersedes: held, ...changes }));
      const stays = { "RS-01": "hold", "OQ-01": "hold" } as const;
      again({ verified: ["face", "pass"] }).is("hold", stays);
      again({ agent: PROXY }).is("hold", stays);
      again({ override: ["OTHER", APPROVER] }).is("hold", stays);
      for (const code of [
        ...[
          "ELDERLY",
          "CHILD",
          "DISABLED",
          "MOBILITY",
          "REMOTE_AREA",
          "TRAVEL_ABROAD",
          "HOLIDAY_STOCK",
        ],
        ...["DOSE_CHANGE", "LOST_OR_DAMAGED", "OUT_OF_STOCK_COMPLETION", "EMERGENCY"],
      ]) {
        again({ override: [code, APPROVER] }).is("allow", {
          "RS-01": cleared(code),
          "OQ-01": cleared(code),
        });
      }
    },
  ),
  ...story(
    "RS-01 fires: a month's statin in two packs is worth a word, and a filed disease silences it",
    (s) => {
      s.check(some(DRUG.atorvastatin, 2)).is("warn", { "RS-01": ["warn", { daysSupply: 28 }] });
      s.later("1d")
        .check({ ...some(DRUG.atorvastatin, 2), ...filed, person: "Wang" })
        .is("allow");
    },
  ),
  ...story("RS-01 fires: six weeks where OQ-01 is silent, eight where it only warns", (s) => {
    s.check({ ...some(DRUG.atorvastatin, 3), ...filed }).is("warn", {
      "RS-01": ["warn", { daysSupply: 42, watchFactor: 0.7 }],
    });
    s.later("1d")
      .check({ ...some(DRUG.atorvastatin, 4), ...filed, person: "Wang" })
      .is("hold", { "RS-01": ["hold", { daysSupply: 56, watchFactor: 0.7 }], "OQ-01": "warn" });
  }),
  ...story("RS-01 fires: half as much again as half or seven tenths of what OQ-01 allows", (s) => {
    const stated = (days: number, person: string): Ask => ({
      ...{ ...some(DRUG.atorvastatin, 3, { days }), ...filed, person },
    });
    // 47 days are allowed with a filed disease; seven tenths of it, and half as much again, are 49.35.
    s.check(stated(32, "Li")).is("allow");
    s.later("1h")
      .check(stated(33, "Wang"))
      .is("warn", { "RS-01": ["warn", { daysSupply: 33 }] });
    s.later("1h")
      .check(stated(49, "Zhao"))
      .is("warn", { "RS-01": ["warn", { daysSupply: 49 }] });
    s.later("1h")
      .check(stated(50, "Chen"))
      .is("hold", { "RS-01": ["hold", { dayAllowance: 47, daysSupply: 50 }], "OQ-01": "warn" });
  }),
  ...story("RS-01 spares: one pack, a week, a long prescription, and what is not watched", (s) => {
    const asks = [
      some(DRUG.aspirin, 1),
      some(DRUG.lianhuaCapsules, 3),
      { ...some(DRUG.amlodipine, 3, { rx: { long: true } }), ...filed },
      some(DRUG.amlodipine, 3, { rx: { long: true } }),
      { ...some(DRUG.valsartan, 2), ...filed },
    ];
    for (const [n, ask] of asks.entries())
      s.later("10m")
        .check({ ...ask, person: `patient ${n}` })
        .is("allow");
  }),
  ...story("RS-01 fires: packs nobody knows the days of: four are warned and seven held", (s) => {
    const unknown = (person: string, quantity: number, more: Ask = {}) =>
      s.later("10m").check({ ...some(DRUG.atorvastatinOtherPack, quantity), person, ...more });
    unknown("Li", 3).is("allow");
    unknown("Wang", 4).is("warn", { "RS-01": ["warn", { packs: 4, limit: 3 }] });
    unknown("Zhao", 6).is("warn", { "RS-01": ["warn", { packs: 6 }] });
    unknown("Chen", 7).is("hold", { "RS-01": ["hold", { packs: 7, limit: 6 }], "OQ-05": "warn" });
    unknown("Zhou", 4, filed).is("allow");
    unknown("Sun", 8, filed).is("warn", { "RS-01": ["warn", { packs: 8, watchFactor: 0.7 }] });
    unknown("Wu", 9, filed).is("hold", { "RS-01": ["hold", { packs: 9, watchFactor: 0.7 }] });
  }),
];

/** A pack of 28 days on 21 November, nine o'clock. */
const bought = some(DRUG.amlodipine, 1);

const lately: Stories = [
  ...story(
    "RS-01 spares: three and a half days at home are few; RS-01 speaks from the next millisecond",
    (s) => {
      s.sell(bought).is("allow");
      s.later("24d", "11h", "59m", "59s", "999ms")
        .inquire(bought)
        .is("warn", { "RS-01": ["warn", { onHandDays: about(3.5, 0.01), watchFactor: 0.5 }] });
      s.later("1ms").inquire(bought).is("allow");
    },
  ),
  ...story("RS-01 fires: more than fifteen days at home, where OQ-02 only warns", (s) => {
    s.sell(bought);
    s.later("12d", "23h")
      .check(bought)
      .is("hold", {
        "RS-01": ["hold", { onHandDays: about(15, 0.1), limit: 15 }],
        "OQ-02": "warn",
      });
    s.later("1h").check(bought).is("warn", { "RS-01": "warn", "OQ-02": "warn" });
  }),
  ...story("RS-01 spares: with a filed disease twenty-one days hold and five warn", (s) => {
    s.sell({ ...bought, ...filed });
    s.later("6d", "23h")
      .inquire({ ...bought, ...filed })
      .is("hold", { "RS-01": ["hold", { limit: 21 }] });
    s.later("1h")
      .inquire({ ...bought, ...filed })
      .is("warn", { "RS-01": ["warn", { onHandDays: 21 }] });
    s.later("16d", "3h")
      .inquire({ ...bought, ...filed })
      .is("allow");
  }),
  ...story("RS-01 spares: a week more before the Spring Festival", (s) => {
    s.at("2027-01-09 09:00:00").sell(bought);
    s.at("2027-01-22 09:00:00")
      .inquire(bought)
      .is("warn", { "RS-01": ["warn", { onHandDays: 15 }] });
    // From 23 January on: 10.5 days are warned of, and 22 held.
    const wang = { ...bought, person: "Wang" };
    s.at("2027-01-23 08:00:00").sell(wang);
    s.at("2027-01-26 09:00:00")
      .inquire(bought)
      .is("warn", { "RS-01": ["warn", { onHandDays: 11 }] });
    s.at("2027-01-26 21:00:00").inquire(bought).is("allow");
    s.at("2027-01-29 07:00:00")
      .inquire(wang)
      .is("hold", { "RS-01": ["hold", { limit: 22 }] });
    s.at("2027-01-29 08:00:00").inquire(wang).is("warn", { "RS-01": "warn" });
  }),
  ...story("RS-01 fires: seven packs in a month, and thirteen", (s) => {
    const three = some(DRUG.atorvastatinOtherPack, 3);
    s.sell(three).is("allow");
    s.later("5d").sell(three).is("allow");
    s.later("5d")
      .sell(three)
      .is("warn", { "RS-01": ["warn", { packs30d: 9, limit: 6 }] });
    s.later("5d")
      .sell(three)
      .is("warn", { "RS-01": ["warn", { packs30d: 12 }] });
    s.later("5d")
      .check(three)
      .is("hold", { "RS-01": ["hold", { packs30d: 15, limit: 12 }], "OQ-05": "warn" });
    // Thirty days after the first.
    s.later("10d")
      .check(three)
      .is("warn", { "RS-01": ["warn", { packs30d: 12 }] });
  }),
  ...story(
    "RS-01 fires: one prescribed medicine at two stores on a day, where OQ-03 warns",
    (s) => {
      s.sell(some(DRUG.clopidogrel, 1));
      s.later("3h")
        .check({ ...some(DRUG.clopidogrel, 1), shop: SHOP.dadong })
        .is("hold", { "RS-01": ["hold", { pharmaciesToday: 2 }], "OQ-03": "warn" });
      s.at("2026-11-22 00:00:00")
        .check({ ...some(DRUG.clopidogrel, 1), shop: SHOP.dadong })
        .is("warn", { "RS-01": ["warn", { onHandDays: about(6.4) }] });
    },
  ),
  ...story(
    "RS-01 spares: what one store had not in stock is fetched at another, on one prescription",
    (s) => {
      const rx = { number: "RX-TWO", prescriber: "D421003007628", quantity: 2 };
      s.sell({ ...some(DRUG.amlodipine, 1, { rx }), ...filed }).is("allow");
      s.later("3h")
        .inquire({ ...some(DRUG.amlodipine, 1), ...filed, shop: SHOP.dadong })
        .is("hold", {
          "RS-01": ["hold", { rxCompletes: false, onHandDays: about(27.9) }],
          "OQ-02": "warn",
        });
      s.later("1m")
        .check({ ...some(DRUG.amlodipine, 1, { rx }), ...filed, shop: SHOP.dadong })
        .is("warn", { "OQ-02": "warn", "RS-01": "warn" });
    },
  ),
  ...story("RS-01 spares: in a flu week people look for the rest elsewhere", (s) => {
    s.sell(some(DRUG.lianhuaCapsules, 1));
    s.later("1h")
      .check({ ...some(DRUG.lianhuaCapsules, 1), shop: SHOP.dadong })
      .is("warn", { "OQ-03": "warn" })
      .without("RS-01");
  }),
  ...story("RS-01 fires: three stores in a month and more than two months' supply", (s) => {
    s.sell(some(DRUG.atorvastatin, 1));
    s.later("13d").sell({ ...some(DRUG.atorvastatin, 2), shop: SHOP.dadong });
    s.later("16d")
      .check({ ...some(DRUG.atorvastatin, 2), shop: SHOP.tiexi })
      .is("hold", { "RS-01": ["hold", { pharmacies30d: 3, supply30d: 70 }], "OQ-04": "warn" });
  }),
  ...story("RS-01 spares: three stores in a month and no more than what two months need", (s) => {
    s.sell(some(DRUG.atorvastatin, 1));
    s.later("13d").sell({ ...some(DRUG.atorvastatin, 1), shop: SHOP.dadong });
    s.later("16d")
      .check({ ...some(DRUG.atorvastatin, 2), shop: SHOP.tiexi })
      .is("warn", {
        "OQ-04": ["warn", { pharmacies30d: 3 }],
        "RS-01": ["warn", { supply30d: 56 }],
      });
  }),
];

/** Three watched medicines for so much each. */
const list = (yuan: number, more: Ask = {}): Ask => ({
  basket: [DRUG.angongNiuhuang, DRUG.donkeyHideGelatin, DRUG.tacrolimus].map((drug) =>
    packs(drug, 1, { price: yuan }),
  ),
  ...more,
});

const lists: Stories = [
  ...story(
    "RS-02 fires: three watched medicines for 300 yuan of fund money, no disease filed",
    (s) => {
      s.check(list(100)).is("warn", {
        "RS-02": ["warn", { watchedDrugs: 3, diseaseGiven: false, fundYuan: 300 }],
      });
    },
  ),
  ...story("RS-02 spares: a fen less, a filed disease, or cash", (s) => {
    s.check({ ...list(99.99), person: "Li" }).is("allow");
    s.later("2h")
      .check({ ...list(500, filed), person: "Wang" })
      .without("RS-02")
      .passes();
    s.later("2h")
      .check({ ...list(200, { funds: { cash: 301 } }), person: "Zhao" })
      .is("allow");
    s.later("2h")
      .check({ ...list(200, { funds: null }), person: "Chen" })
      .is("allow");
  }),
  ...story("RS-02 spares: two watched ones beside others, and two forms of one", (s) => {
    const plain = packs(DRUG.captopril, 1, { price: 300 });
    const gelatin = packs(DRUG.donkeyHideGelatin, 1, { price: 300 });
    const aspirin = packs(DRUG.aspirin, 1);
    s.check({ basket: [plain, gelatin, aspirin], person: "Li" }).is("allow");
    const forms = [DRUG.nifedipineControlled, DRUG.nifedipineSustained].map((drug) =>
      packs(drug, 1),
    );
    s.later("10m")
      .check({ basket: [...forms, gelatin], person: "Wang" })
      .without("RS-02")
      .passes();
  }),
];

export const resaleOfWatched: Stories = [...oneSale, ...lately, ...lists];
