import { type Ask, type Paid, packs } from "./ask.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { about, cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/**
 * Domain section 6: OQ-06 (two molecules of one class on a day, or more than 7 days of one at home: W), OQ-07 (a day: W
 * at four purchases or 1,500 yuan of the fund, H at six or 5,000; dual-channel medicines left out of the money), OQ-08
 * (90 days: H over 180 days of one medicine, D over 400).
 */

const oneOf = (...drugs: readonly string[]): Ask => ({
  basket: drugs.map((drug) => packs(drug, 1)),
});
const CHRONIC: Ask = { disease: "M03900" };

const duplicates: Stories = [
  ...story("OQ-06 fires: two statins in one basket", (s) => {
    s.check(oneOf(DRUG.atorvastatin, DRUG.rosuvastatin)).is("warn", {
      "OQ-06": { level: "warn", evidence: { similarToday: true }, lines: ["0001", "0002"] },
    });
  }),
  ...story("OQ-06 fires: more than a week of another statin is still at home", (s) => {
    s.sell({ ...CHRONIC, ...oneOf(DRUG.atorvastatin) }).is("allow");
    s.later("6d", "23h", "59m", "59s")
      .inquire({ ...CHRONIC, ...oneOf(DRUG.rosuvastatin) })
      .is("warn", { "OQ-06": ["warn", { similarOnHand: about(7), limit: 7 }] });
  }),
  ...story("OQ-06 spares: with a week left the treatment may change", (s) => {
    s.sell({ ...CHRONIC, ...oneOf(DRUG.atorvastatin) }).is("allow");
    s.later("7d")
      .check({ ...CHRONIC, ...oneOf(DRUG.rosuvastatin) })
      .is("allow");
  }),
  ...story("OQ-06 fires: on one day however little there is; the day ends at midnight", (s) => {
    const few = { basket: [packs(DRUG.atorvastatin, 1, { days: 3 })] };
    s.at("2026-11-21 07:00:00")
      .sell({ ...CHRONIC, ...few })
      .is("allow");
    s.at("2026-11-21 23:59:59.999")
      .inquire({ ...CHRONIC, ...oneOf(DRUG.rosuvastatin) })
      .is("warn", { "OQ-06": ["warn", { similarToday: true }] });
    s.at("2026-11-22 00:00:00")
      .inquire({ ...CHRONIC, ...oneOf(DRUG.rosuvastatin) })
      .is("allow");
  }),
  ...story(
    "OQ-06 spares: what the book combines: basal and mealtime insulin, aspirin and clopidogrel",
    (s) => {
      s.check({ ...CHRONIC, ...oneOf(DRUG.glargine, DRUG.aspart) }).is("allow");
      s.check({ ...CHRONIC, person: "Wang", ...oneOf(DRUG.aspirin, DRUG.clopidogrel) }).is("allow");
    },
  ),
  ...story("OQ-06 spares: two medicines for blood pressure are of two classes", (s) => {
    s.check({ ...CHRONIC, ...oneOf(DRUG.amlodipine, DRUG.valsartan) }).is("allow");
  }),
  ...story("OQ-06 spares: the same molecule again, and what came back", (s) => {
    const two = [packs(DRUG.nifedipineControlled, 1), packs(DRUG.nifedipineSustained, 1)];
    s.check({ ...CHRONIC, basket: two })
      .passes()
      .without("OQ-06");
    const sale = s.sell({ ...CHRONIC, person: "Wang", ...oneOf(DRUG.atorvastatin) }).is("allow");
    s.later("1h").giveBack(sale);
    s.later("1h")
      .check({ ...CHRONIC, person: "Wang", ...oneOf(DRUG.rosuvastatin) })
      .is("allow");
  }),
  ...story("OQ-06 spares: what another person takes", (s) => {
    s.sell({ ...CHRONIC, ...oneOf(DRUG.atorvastatin) });
    s.later("1h")
      .check({ ...CHRONIC, person: "Wang", ...oneOf(DRUG.rosuvastatin) })
      .is("allow");
  }),
];

/** Slices that nobody has a price of: `yuan` of the fund, or as said. */
const worth = (yuan: number, funds?: Paid): Ask => ({
  basket: [packs(DRUG.hawthorn, 10, { price: yuan / 10 })],
  ...(funds ? { funds } : {}),
});
/** A different medicine at each purchase, so that only their number counts. */
const VARIED = [DRUG.ibuprofen, DRUG.calcium, DRUG.vitaminC, DRUG.phospholipids, DRUG.paracetamol];
function errands(s: Story, count: number): void {
  for (const drug of VARIED.slice(0, count)) s.later("1h").sell(oneOf(drug));
}

const oneDay: Stories = [
  ...story(
    "OQ-07 fires: the fourth purchase of a day warns, the sixth holds, wherever it is",
    (s) => {
      errands(s, 3);
      s.later("1h")
        .sell({ shop: SHOP.dadong, ...oneOf(DRUG.phospholipids) })
        .is("warn", { "OQ-07": ["warn", { purchasesToday: 4, limit: 4 }] });
      s.later("1h")
        .sell({ shop: SHOP.heping, ...oneOf(DRUG.paracetamol) })
        .is("warn", {
          "OQ-07": ["warn", { purchasesToday: 5 }],
        });
      s.later("1h")
        .check()
        .is("hold", { "OQ-07": ["hold", { purchasesToday: 6, limit: 6 }] });
    },
  ),
  ...story("OQ-07 spares: three purchases, and the next day's", (s) => {
    s.at("2026-11-21 19:00:00");
    errands(s, 3);
    s.at("2026-11-21 23:59:59.999").inquire().passes({ "OQ-07": "warn" });
    s.at("2026-11-22 00:00:00").check().passes().without("OQ-07");
  }),
  ...story(
    "OQ-07 spares: a message repeated, a second try and what came back are no purchases",
    (s) => {
      errands(s, 2);
      const first = s.later("1h").check(oneOf(DRUG.vitaminC));
      s.later("10s").repeat(first);
      const second = s
        .later("10s")
        .check(first.again({ supersedes: first }))
        .passes();
      s.settle(second).later("1h").giveBack(second);
      s.later("1h").check(oneOf(DRUG.phospholipids)).passes().without("OQ-07");
    },
  ),
  ...native("OQ-07 spares: a native sale nobody settled", (s) => {
    errands(s, 2);
    s.later("1h").check(oneOf(DRUG.vitaminC));
    s.later("15m").check(oneOf(DRUG.phospholipids)).passes().without("OQ-07");
  }),
  ...nhsa("OQ-07 fires: a sale NHSA's till never spoke of again counts", (s) => {
    errands(s, 2);
    s.later("1h").check(oneOf(DRUG.vitaminC));
    s.later("16m").check(oneOf(DRUG.phospholipids)).passes({ "OQ-07": "warn" });
  }),
  ...story(
    "OQ-07 fires: 1,500 yuan of the fund warn, 5,000 hold, whoever's purse of the fund it is",
    (s) => {
      s.sell(worth(1_000)).is("allow");
      s.later("1h").inquire(worth(499.99)).is("allow");
      s.sell(worth(500, { pooled: 200, account: 200, familyAccount: 100 })).is("warn", {
        "OQ-07": ["warn", { fundToday: 1_500, limit: 1_500 }],
      });
      s.later("1h")
        .inquire(worth(3_499.9))
        .is("warn", { "OQ-07": ["warn", { fundToday: 4_999.9 }] });
      s.check(worth(3_500)).is("hold", { "OQ-07": ["hold", { fundToday: 5_000, limit: 5_000 }] });
    },
  ),
  ...story("OQ-07 spares: what is paid in cash, and what came back", (s) => {
    s.check({ person: "cash", ...worth(6_000, { cash: 4_600 }) })
      .passes()
      .without("OQ-07");
    const sale = s.sell(worth(1_400)).is("allow");
    s.later("1h").giveBack(sale);
    s.later("1h").check(worth(1_400)).is("allow");
  }),
  ...native("OQ-07 spares: half of it came back, and half of its money", (s) => {
    const sale = s.sell(worth(1_400)).is("allow");
    s.later("1h").giveBackSome(sale, 5);
    s.later("1h").inquire(worth(799.99)).is("allow");
    s.check(worth(800)).is("warn", { "OQ-07": ["warn", { fundToday: 1_500 }] });
  }),
  ...story(
    "OQ-07 spares: a dual-channel medicine's money is not counted, what is beside it is",
    (s) => {
      const osimertinib = packs(DRUG.osimertinib, 1, { price: 5_580 });
      s.sell({ disease: "M08000", basket: [osimertinib] })
        .passes()
        .without("OQ-07");
      s.later("1h")
        .inquire({ basket: [packs(DRUG.hawthorn, 10, { price: 149.9 })] })
        .is("allow");
      s.check(worth(1_500)).is("warn", { "OQ-07": ["warn", { fundToday: 1_500 }] });
    },
  ),
  ...story("OQ-07 fires: holds are cleared by who must buy much at once", (s) => {
    const held = s.check(worth(5_000)).is("hold", { "OQ-07": "hold" });
    const again = (code: string, approver: string) =>
      s.later("20s").check(held.again({ supersedes: held, override: [code, approver] }));
    again("TRAVEL_ABROAD", "0007").is("hold", { "OQ-07": "hold" });
    again("REGISTERED_PROXY", APPROVER).is("hold", { "OQ-07": "hold" });
    again("TRAVEL_ABROAD", APPROVER).is("allow", { "OQ-07": cleared("TRAVEL_ABROAD") });
  }),
];

/** So many days of valsartan, as the till states them; settled whatever the guard says. */
function stocked(s: Story, days: number, person = "Li"): void {
  s.settle(s.check({ ...CHRONIC, person, basket: [packs(DRUG.valsartan, 3, { days })] }));
}
const days = (count: number, person = "Li"): Ask => ({
  ...CHRONIC,
  person,
  basket: [packs(DRUG.valsartan, 2, { days: count })],
});

const oneQuarter: Stories = [
  ...story("OQ-08 fires: more than 180 days of one medicine within 90 days hold", (s) => {
    stocked(s, 84);
    s.later("60d");
    stocked(s, 84);
    s.later("29d").inquire(days(12)).is("hold", { "OQ-02": "hold" }).without("OQ-08");
    s.inquire(days(12.1)).is("hold", {
      "OQ-02": "hold",
      "OQ-08": ["hold", { supply90d: 180.1, limit: 180 }],
    });
  }),
  ...story("OQ-08 spares: what was bought 90 days ago is out", (s) => {
    stocked(s, 84);
    s.later("60d");
    stocked(s, 84);
    s.later("29d", "23h", "59m", "59s")
      .inquire(days(14))
      .is("hold", { "OQ-02": "hold", "OQ-08": "hold" });
    s.later("1s").check(days(28)).is("hold", { "OQ-02": "hold" }).without("OQ-08");
  }),
  ...story("OQ-08 fires: denies over 400 days, where the till says how long it lasts", (s) => {
    for (let n = 0; n < 4; n++) {
      stocked(s, 90);
      s.later("7d");
    }
    s.inquire(days(40)).is("hold", { "OQ-02": "hold", "OQ-08": ["hold", { supply90d: 400 }] });
    const denied = s.check(days(40.1)).is("deny", {
      "OQ-02": "hold",
      "OQ-08": ["deny", { supply90d: 400.1, limit: 400 }],
    });
    s.later("20s")
      .check(denied.again({ supersedes: denied, override: ["EMERGENCY", APPROVER] }))
      .is("deny", { "OQ-02": cleared("EMERGENCY"), "OQ-08": "deny" });
    s.later("20s")
      .check(denied.again({ supersedes: denied, override: ["DOSE_CHANGE", APPROVER] }))
      .is("deny", { "OQ-08": "deny" });
  }),
  ...story(
    "OQ-08 fires: days that nobody stated are the usual dose's, and deny only over 800",
    (s) => {
      const bare = (person: string, count: number): Ask => ({
        ...{ ...CHRONIC, person },
        basket: [packs(DRUG.valsartan, count, { price: 5 })],
      });
      const hoard = { "OQ-01": "hold", "OQ-05": "hold" } as const;
      s.check(bare("a", 28)).is("hold", {
        ...hoard,
        "OQ-08": ["hold", { supply90d: 784, limit: 180 }],
      });
      const denied = s.check(bare("b", 29)).is("deny", {
        ...hoard,
        "OQ-08": ["deny", { supply90d: 812, limit: 800 }],
      });
      s.later("20s")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", APPROVER] }))
        .is("deny", { "OQ-08": "deny" });
    },
  ),
  ...native("OQ-08 spares: what came back gives its days back", (s) => {
    const sale = s.check({ ...CHRONIC, basket: [packs(DRUG.valsartan, 3, { days: 84 })] });
    s.settle(sale).later("45d");
    stocked(s, 84);
    s.later("1d").giveBackSome(sale, 1);
    s.later("40d").inquire(days(40)).is("hold", { "OQ-02": "hold" }).without("OQ-08");
    s.inquire(days(41)).is("hold", { "OQ-02": "hold", "OQ-08": ["hold", { supply90d: 181 }] });
  }),
  ...story("OQ-08 spares: two long prescriptions, twelve weeks after one another", (s) => {
    const long = { ...CHRONIC, basket: [packs(DRUG.valsartan, 3, { rx: { long: true } })] };
    s.sell(long).is("allow");
    s.later("80d").sell(long).is("allow");
    s.later("78d").check(long).is("allow");
  }),
  ...story("OQ-08 fires: the manager's word clears the hold", (s) => {
    stocked(s, 84);
    s.later("60d");
    stocked(s, 84);
    const held = s.later("28d").check(days(30)).is("hold", { "OQ-02": "hold", "OQ-08": "hold" });
    const again = (code: string, approver: string) =>
      s.later("20s").check(held.again({ supersedes: held, override: [code, approver] }));
    again("DOSE_CHANGE", "0007").is("hold", { "OQ-02": "hold", "OQ-08": "hold" });
    again("OTHER", APPROVER).is("hold", { "OQ-02": "hold", "OQ-08": "hold" });
    again("DOSE_CHANGE", APPROVER).is("allow", {
      "OQ-02": cleared("DOSE_CHANGE"),
      "OQ-08": cleared("DOSE_CHANGE"),
    });
  }),
];

export const overQuantityPeople: Stories = [...duplicates, ...oneDay, ...oneQuarter];
