import { type Ask, type Packs, packs } from "./ask.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { native, type Stories, type Story, story } from "./story.ts";

/** Domain section 6, one card at one store: CF-04 (it stays there), CF-08 (the same amount twice), CF-12 (it is emptied). */

/** Four therapeutic groups: B05, M01, N02, A11. */
const GROUPS = [DRUG.rehydration, DRUG.ibuprofen, DRUG.paracetamol, DRUG.vitaminC] as const;

function one(drug: string, more: Omit<Packs, "drug" | "quantity"> = {}): Ask {
  return { basket: [packs(drug, 1, more)] };
}

/** Seven purchases within 29 days, the first at nine on 21 November: three groups by turns. */
function sevenOfThreeGroups(s: Story): void {
  for (let n = 0; n < 7; n++) {
    s.at(`2026-${n < 2 ? "11" : "12"}-${["21", "26", "01", "06", "11", "16", "20"][n]} 09:00:00`);
    s.sell(one(GROUPS[n % 3] ?? DRUG.rehydration)).is("allow");
  }
}

const resident: Stories = [
  ...story("CF-04 fires: the third purchase of a day in one store", (s) => {
    s.sell(one(DRUG.ibuprofen)).is("allow");
    s.later("2h").sell(one(DRUG.paracetamol)).is("allow");
    s.later("2h")
      .check(one(DRUG.vitaminC))
      .is("warn", { "CF-04": ["warn", { purchasesHereToday: 3, limit: 3 }] });
  }),
  ...story(
    "CF-04 fires: the third of a day is held where it is the twelfth in thirty days",
    (s) => {
      for (let day = 0; day < 9; day++) s.later("1d").sell(one(GROUPS[day % 3] ?? DRUG.ibuprofen));
      s.later("1d").sell(one(DRUG.ibuprofen));
      s.later("2h").sell(one(DRUG.paracetamol));
      const held = s.later("2h").check(one(DRUG.vitaminC));
      held.is("hold", { "CF-04": ["hold", { purchasesHereToday: 3, purchasesHere30d: 12 }] });
      s.later("1m")
        .check(held.again({ supersedes: held, override: ["OTHER", APPROVER] }))
        .passes({ "CF-04": cleared("OTHER") });
    },
  ),
  ...story("CF-04 spares: of three purchases one came back", (s) => {
    s.sell(one(DRUG.ibuprofen));
    const returned = s.later("2h").sell(one(DRUG.paracetamol));
    s.later("40m").giveBack(returned);
    s.later("2h").check(one(DRUG.vitaminC)).is("allow");
  }),
  ...story("CF-04 spares: two before midnight and one after", (s) => {
    s.at("2026-11-21 22:00:00").sell(one(DRUG.ibuprofen));
    s.at("2026-11-21 23:59:59.999").sell(one(DRUG.paracetamol)).is("allow");
    s.at("2026-11-22 00:00:00")
      .check(one(DRUG.vitaminC, { price: 6 }))
      .is("allow");
  }),
  ...story("CF-04 spares: the third of a day is at another store", (s) => {
    s.sell(one(DRUG.ibuprofen));
    s.later("2h").sell(one(DRUG.paracetamol));
    s.later("2h")
      .check({ ...one(DRUG.vitaminC), shop: SHOP.south })
      .is("allow");
  }),
  ...native("CF-04 spares: what was checked and never settled is no purchase", (s) => {
    for (const drug of GROUPS) s.later("20m").check(one(drug)).is("allow");
  }),
  ...story(
    "CF-04 fires: the eighth purchase in thirty days is of a fourth therapeutic group",
    (s) => {
      sevenOfThreeGroups(s);
      s.at("2026-12-21 08:59:59.999")
        .check(one(DRUG.vitaminC))
        .is("warn", { "CF-04": ["warn", { purchasesHere30d: 8, groupsHere30d: 4 }] });
    },
  ),
  ...story("CF-04 spares: the eighth is what the person always takes", (s) => {
    sevenOfThreeGroups(s);
    s.at("2026-12-21 08:59:59.999").check(one(DRUG.rehydration)).is("allow");
  }),
  ...story("CF-04 spares: the first of eight is thirty days ago", (s) => {
    sevenOfThreeGroups(s);
    s.at("2026-12-21 09:00:00").check(one(DRUG.vitaminC)).is("allow");
  }),
  ...story("CF-04 spares: a chronic patient of one group comes every third day", (s) => {
    const patient: Ask = { ...one(DRUG.acarbose, { days: 3 }), disease: "M01600" };
    s.daily(28, (day) => {
      if (day % 3 === 0) s.sell(patient).without("CF-04");
    });
  }),
];

const doubles: Stories = [
  ...story("CF-08 fires: the same amount a second before the minute is over", (s) => {
    s.sell(one(DRUG.ibuprofen)).is("allow");
    s.later("59s", "999ms")
      .check(one(DRUG.paracetamol))
      .is("warn", { "CF-08": ["warn", { sameAmountHere60s: 2, limit: 2 }] });
  }),
  ...story("CF-08 spares: a minute later", (s) => {
    s.sell(one(DRUG.ibuprofen));
    s.later("60s").check(one(DRUG.paracetamol)).is("allow");
  }),
  ...story("CF-08 fires: the same again at the same second, both settled", (s) => {
    s.sell({ basket: [packs(DRUG.ibuprofen, 1), packs(DRUG.paracetamol, 1)] });
    s.later("1ms")
      .check({
        basket: [packs(DRUG.vitaminC, 1, { price: 6 }), packs(DRUG.rehydration, 1, { price: 14 })],
      })
      .is("warn", { "CF-08": "warn" });
  }),
  ...story("CF-08 spares: a fen more or less is another sale", (s) => {
    for (const [person, price] of [
      ["Li", 9.99],
      ["Wang", 10.01],
    ] as const) {
      s.later("1h").sell({ ...one(DRUG.ibuprofen), person });
      s.later("5s")
        .check({ ...one(DRUG.vitaminC, { price }), person })
        .is("allow");
    }
  }),
  ...story("CF-08 spares: the chronic part and the ordinary part of one visit", (s) => {
    s.sell({ ...one(DRUG.metformin), medicalType: "140104", disease: "M01600" }).is("allow");
    s.later("5s")
      .check({ ...one(DRUG.metformin), medicalType: "41" })
      .without("CF-08")
      .passes();
  }),
  ...story("CF-08 spares: one part on a prescription and one over the counter", (s) => {
    s.sell(one(DRUG.valsartan)).is("allow");
    s.later("5s").check(one(DRUG.ibuprofen)).is("allow");
  }),
  ...story("CF-08 spares: the first was taken back before the second try", (s) => {
    const first = s.sell(one(DRUG.ibuprofen));
    s.later("20s").giveBack(first, "void");
    s.later("20s").check(first.again()).is("allow");
  }),
  ...story("CF-08 spares: an unanswered first try and its second are one sale", (s) => {
    const first = s.check(one(DRUG.ibuprofen)).is("allow");
    s.later("20s").check(first.again()).is("allow");
  }),
  ...story("CF-08 spares: a couple pays alike", (s) => {
    s.sell({ ...one(DRUG.ibuprofen), person: "husband" });
    s.later("30s")
      .check({ ...one(DRUG.ibuprofen), person: "wife" })
      .is("allow");
  }),
];

/** In no drugs.csv, so that no price is too high for it. */
function dear(price: number): Packs {
  return packs(DRUG.captopril, 1, { price });
}

const emptied: Stories = [
  ...story("CF-12 fires: a thousand yuan, four fifths of the account", (s) => {
    s.check({ basket: [dear(1000)], balance: 1250 }).is("warn", {
      "CF-12": ["warn", { accountYuan: 1000, accountShare: 0.8 }],
    });
  }),
  ...story("CF-12 spares: less than four fifths, or less than a thousand yuan", (s) => {
    s.check({ person: "Li", basket: [dear(1000)], balance: 1250.1 }).is("allow");
    s.later("10m")
      .check({ person: "Wang", basket: [dear(999.99)], balance: 1000 })
      .is("allow");
  }),
  ...story("CF-12 spares: the pool or cash pays most of it, or the balance is not told", (s) => {
    const basket = [dear(1400)];
    s.check({ person: "Li", basket, balance: 1000, funds: { pooled: 500 } }).is("allow");
    s.later("10m")
      .check({ person: "Wang", basket, balance: 1000, funds: { cash: 401 } })
      .is("allow");
    s.later("10m").check({ person: "Zhao", basket, balance: null }).is("allow");
  }),
  ...story(
    "CF-12 spares: a dual-channel medicine takes the account, also beside a small one",
    (s) => {
      const cancer = packs(DRUG.osimertinib, 1, { price: 5580 });
      s.check({ person: "Li", basket: [cancer], balance: 6000 })
        .without("CF-12")
        .passes();
      s.later("10m")
        .check({ person: "Wang", basket: [cancer, packs(DRUG.aspirin, 1)], balance: 6000 })
        .without("CF-12")
        .passes();
    },
  ),
  ...story("CF-12 fires: tonics empty the account behind a dual-channel medicine", (s) => {
    const basket = [packs(DRUG.osimertinib, 1, { price: 5580 }), dear(2000)];
    s.check({ basket, balance: 2500, funds: { pooled: 5580 } }).passes({
      "CF-12": ["warn", { accountYuan: 2000, accountShare: 0.8 }],
    });
  }),
  ...story(
    "CF-12 fires: in December three times the monthly mean, from the first instant on",
    (s) => {
      monthly(s);
      s.at("2026-12-01 00:00:00")
        .check(one(DRUG.captopril, { price: 300 }))
        .is("warn", {
          "CF-12": ["warn", { month: 12, fundThisMonth: 300, fundMonthlyMean: 100 }],
        });
    },
  ),
  ...story("CF-12 spares: as much in November, or a fen less in December", (s) => {
    monthly(s);
    s.at("2026-11-30 23:59:59.999")
      .check(one(DRUG.captoprilOther, { price: 600 }))
      .is("allow");
    s.at("2026-12-20 09:00:00");
    s.check({ ...one(DRUG.captoprilOther, { price: 299.99 }), person: "Wang" }).is("allow");
  }),
  ...story("CF-12 spares: a first purchase has no mean, and a box or two are no dumping", (s) => {
    s.at("2026-10-20 09:00:00").sell({ ...one(DRUG.captopril, { price: 20 }), person: "Wang" });
    s.at("2026-12-20 09:00:00");
    s.check(one(DRUG.captopril, { price: 900 })).is("allow");
    s.later("10m");
    s.check({ ...one(DRUG.captopril, { price: 99 }), person: "Wang" }).is("allow");
  }),
];

/** A hundred yuan in October and in November, by Li and by Wang. */
function monthly(s: Story): void {
  for (const day of ["2026-10-15", "2026-11-15"]) {
    s.at(`${day} 09:00:00`).sell(one(DRUG.captopril, { price: 100 }));
    s.later("1h").sell({ ...one(DRUG.captopril, { price: 100 }), person: "Wang" });
  }
}

export const cardsOfOnePerson: Stories = [...resident, ...doubles, ...emptied];
