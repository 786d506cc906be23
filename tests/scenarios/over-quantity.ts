import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { type Stories, type Story, story } from "./story.ts";

/**
 * Domain section 6: OQ-01 (days of a line: 7, 30 chronic or 84 long, with 10 % and one pack of slack; W over it,
 * H over 1.5 times, D over three times and 90 days), OQ-02 (on hand: W over 7, H over 30 days), OQ-05 (packs of one
 * form: W 6, H 12, D 60 a sale; W 12, H 24 in 30 days).
 */

const long = { number: "RX-LONG", prescriber: "D421003007628", long: true };
const chronic = { disease: "M03900" };

const CLEARING = [
  ...["ELDERLY", "CHILD", "DISABLED", "MOBILITY", "REMOTE_AREA", "TRAVEL_ABROAD", "HOLIDAY_STOCK"],
  ...["DOSE_CHANGE", "LOST_OR_DAMAGED", "OUT_OF_STOCK_COMPLETION", "EMERGENCY"],
];

const lineDays: Stories = [
  ...story("OQ-01 spares: one pack is always allowed, whatever it holds", (s) => {
    s.check({ basket: [packs(DRUG.calcium, 1)] }).is("allow");
    s.check({ person: "Wang", basket: [packs(DRUG.aspirin, 1, { days: 30 })] }).is("allow");
    s.later("1m")
      .check({ person: "half a tablet a day", basket: [packs(DRUG.valsartan, 1, { days: 56 })] })
      .is("allow");
  }),
  ...story("OQ-01 fires: ordinary, packs of 7 days: 14 days are allowed, 21 warn, 28 hold", (s) => {
    s.check({ person: "a", basket: [packs(DRUG.saxagliptin, 2)] }).is("allow");
    s.check({ person: "b", basket: [packs(DRUG.saxagliptin, 3)] }).is("warn", { "OQ-01": "warn" });
    s.check({ person: "c", basket: [packs(DRUG.saxagliptin, 4)] }).is("hold", { "OQ-01": "hold" });
  }),
  ...story("OQ-01 fires: the warning begins above 14.7 days, the hold above 22.05", (s) => {
    const days = (person: string, days: number) =>
      s.check({ person, basket: [packs(DRUG.saxagliptin, 2, { days })] });
    days("a", 14.7).is("allow");
    days("b", 14.71).is("warn", { "OQ-01": "warn" });
    days("c", 22.05).is("warn", { "OQ-01": "warn" });
    days("d", 22.06).is("hold", { "OQ-01": "hold" });
  }),
  ...story("OQ-01 fires: it denies only above three times and above 90 days", (s) => {
    const days = (person: string, days: number) =>
      s.check({ person, basket: [packs(DRUG.finasteride, 6, { days })] });
    days("a", 60).is("hold", { "OQ-01": "hold" });
    days("b", 90).is("hold", { "OQ-01": "hold" });
    days("c", 91).is("deny", { "OQ-01": "deny" });
  }),
  ...story("OQ-01 fires: over 90 days but not three times the allowance is a hold", (s) => {
    s.check({ basket: [packs(DRUG.valsartan, 4, { days: 107 })] }).is("hold", { "OQ-01": "hold" });
    s.check({ person: "Wang", basket: [packs(DRUG.valsartan, 4, { days: 108 })] }).is("deny", {
      "OQ-01": "deny",
    });
  }),
  ...story("OQ-01 fires: days guessed from the usual dose never deny", (s) => {
    s.check({ basket: [packs(DRUG.calcium, 5)] }).is("hold", { "OQ-01": "hold", "OQ-08": "hold" });
  }),
  ...story("OQ-01 fires: chronic: 61 days are allowed, 84 warn, 112 hold", (s) => {
    const sale = (person: string, count: number, more: Ask = chronic) =>
      s.later("1m").check({ person, ...more, basket: [packs(DRUG.valsartan, count)] });
    sale("a", 2).is("allow");
    sale("b", 3).is("warn", { "OQ-01": "warn" });
    sale("c", 4).is("hold", { "OQ-01": "hold" });
    sale("d", 2, { medicalType: "140104" }).is("allow");
    sale("e", 2, { medicalType: "9929" }).is("allow");
    sale("f", 2, { medicalType: "41" }).is("hold", { "OQ-01": "hold" });
  }),
  ...story("OQ-01 fires: long: four packs of 28 days are allowed, five warn, seven hold", (s) => {
    const sale = (person: string, count: number) =>
      s.check({
        person,
        ...chronic,
        basket: [packs(DRUG.valsartan, count, { rx: { ...long, number: person } })],
      });
    sale("a", 4).is("allow");
    sale("b", 5).is("warn", { "OQ-01": "warn" });
    sale("c", 7).is("hold", { "OQ-01": "hold", "OQ-05": "warn", "OQ-08": "hold" });
  }),
  ...story(
    "OQ-01 fires: its holds are cleared by the codes for those who live far or travel, never against a deny",
    (s) => {
      const held = s.check({ basket: [packs(DRUG.vitaminC, 3)] }).is("hold", { "OQ-01": "hold" });
      const again = (override: readonly [string, string]) =>
        s.later("20s").check(held.again({ supersedes: held, override }));
      again(["ELDERLY", "0007"]).is("hold", { "OQ-01": "hold" });
      again(["ELDERLY", "TEST-STAFF-SUSPENDED-0001"]).is("hold", { "OQ-01": "hold" });
      again(["CARE_INSTITUTION", "L0031"]).is("hold", { "OQ-01": "hold" });
      for (const code of CLEARING) again([code, "L0031"]).is("allow", { "OQ-01": "warn" });
      const denied = s
        .check({ person: "Wang", basket: [packs(DRUG.vitaminC, 4, { days: 124 })] })
        .is("deny", { "OQ-01": "deny" });
      s.later("20s")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "OQ-01": "deny" });
    },
  ),
  ...story("OQ-01 spares: it judges a line by itself", (s) => {
    s.check({
      basket: [packs(DRUG.aspirin, 1), packs(DRUG.calcium, 1), packs(DRUG.saxagliptin, 2)],
    }).is("allow");
  }),
  ...story("OQ-01 fires: it judges slices by days", (s) => {
    s.check({ person: "a", basket: [packs(DRUG.astragalus, 140, { price: 0.3 })] }).is("allow");
    s.check({ person: "b", basket: [packs(DRUG.astragalus, 140, { price: 0.3, days: 40 })] }).is(
      "hold",
      { "OQ-01": "hold", "RS-01": "hold" },
    );
  }),
  ...story("OQ-01 fires: tablets counted singly are a part of the pack", (s) => {
    const pieces = (boxes: number) => ({
      ...{ pieces: true, split: true, price: 0.5 },
      codes: s.freshCodes(boxes),
    });
    s.check({ person: "a", basket: [packs(DRUG.calcium, 10, pieces(1))] }).is("allow");
    s.check({ person: "b", basket: [packs(DRUG.saxagliptin, 14, pieces(2))] }).is("allow");
    s.check({ person: "c", basket: [packs(DRUG.saxagliptin, 21, pieces(3))] }).is("warn", {
      "OQ-01": "warn",
    });
  }),
];

/** 28 days bought and settled at 09:00 on 21 November. */
function fourWeeks(s: Story, ask: Ask = {}): void {
  s.settle(s.check({ basket: [packs(DRUG.valsartan, 1)], ...ask }).is("allow"));
}
/** 84 days. */
function twelveWeeks(s: Story): void {
  s.settle(s.check({ ...chronic, basket: [packs(DRUG.valsartan, 3, { rx: long })] }).is("allow"));
}
const more = { basket: [packs(DRUG.valsartan, 1)] };

const onHand: Stories = [
  ...story("OQ-02 spares: with exactly 7 days left one may buy again", (s) => {
    fourWeeks(s);
    s.later("21d").check(more).is("allow");
  }),
  ...story("OQ-02 fires: a second more than 7 days left warns", (s) => {
    fourWeeks(s);
    s.later("20d", "23h", "59m", "59s").check(more).is("warn", { "OQ-02": "warn" });
  }),
  ...story("OQ-02 fires: exactly 30 days left warn", (s) => {
    twelveWeeks(s);
    s.later("54d").check(more).is("warn", { "OQ-02": "warn" });
  }),
  ...story("OQ-02 fires: a second more than 30 days left holds", (s) => {
    twelveWeeks(s);
    s.later("53d", "23h", "59m", "59s").check(more).is("hold", { "OQ-02": "hold" });
  }),
  ...story(
    "OQ-02 spares: it never goes below nothing: an old stock does not carry a new one",
    (s) => {
      fourWeeks(s);
      s.later("60d");
      fourWeeks(s);
      s.later("22d").check(more).is("allow");
    },
  ),
  ...story(
    "OQ-02 fires: it sees all pharmacies and all packs of one molecule, and no other molecule",
    (s) => {
      const basket = [packs(DRUG.captopril, 2, { days: 45 })];
      s.settle(s.check({ ...chronic, basket }).is("allow"));
      const other = [packs(DRUG.captoprilSlow, 1, { days: 7 })];
      s.later("5d")
        .check({ ...chronic, shop: SHOP.south, basket: other })
        .is("hold", { "OQ-02": "hold" });
      s.later("1h")
        .check({ ...chronic, shop: SHOP.south, basket: [packs(DRUG.valsartan, 1)] })
        .is("allow");
    },
  ),
  ...story("OQ-02 fires: tablets and capsules of one patent medicine are one product", (s) => {
    s.settle(
      s.check({ ...chronic, basket: [packs(DRUG.lianhuaTablets, 6, { days: 20 })] }).is("allow"),
    );
    s.later("1d")
      .check({ basket: [packs(DRUG.lianhuaCapsules, 1)] })
      .is("hold", { "OQ-02": "warn", "RS-01": "hold" });
  }),
  ...story("OQ-02 spares: another person's stock is another person's", (s) => {
    twelveWeeks(s);
    s.later("1d")
      .check({ ...more, person: "Wang" })
      .is("allow");
  }),
  ...story(
    "OQ-02 fires: its holds are cleared by TRAVEL_ABROAD of the manager, not of the operator",
    (s) => {
      twelveWeeks(s);
      const held = s.later("3d").check(more).is("hold", { "OQ-02": "hold" });
      s.later("1m")
        .check(held.again({ supersedes: held, override: ["TRAVEL_ABROAD", "0007"] }))
        .is("hold", { "OQ-02": "hold" });
      s.later("1m")
        .check(held.again({ supersedes: held, override: ["TRAVEL_ABROAD", "L0031"] }))
        .is("allow", { "OQ-02": "warn" });
    },
  ),
  ...story("OQ-02 fires: it judges slices by days", (s) => {
    s.settle(
      s
        .check({ basket: [packs(DRUG.astragalus, 200, { price: 0.3 })] })
        .is("warn", { "OQ-01": "warn" }),
    );
    s.later("2d")
      .check({ basket: [packs(DRUG.astragalus, 100, { price: 0.3 })] })
      .is("warn", { "OQ-02": "warn" });
  }),
];

/** Packs of unknown days, so that only packs are judged. */
const boxes = (count: number) => ({ basket: [packs(DRUG.captopril, count)] });

const packsOfOneForm: Stories = [
  ...story("OQ-05 fires: 6 packs pass, 7 warn, 12 warn, 13 hold, 60 hold, 61 are denied", (s) => {
    s.check({ person: "a", ...boxes(6) }).is("allow");
    s.later("1m")
      .check({ person: "b", ...boxes(7) })
      .is("warn", { "OQ-05": "warn" });
    s.later("1m")
      .check({ person: "c", ...boxes(12) })
      .is("warn", { "OQ-05": "warn" });
    s.later("1m")
      .check({ person: "d", ...boxes(13) })
      .is("hold", { "OQ-05": "hold" });
    s.later("1m")
      .check({ person: "e", ...boxes(60) })
      .is("hold", { "OQ-05": "hold" });
    const denied = s
      .later("1m")
      .check({ person: "f", ...boxes(61) })
      .is("deny", { "OQ-05": "deny" });
    s.later("20s")
      .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
      .is("deny", { "OQ-05": "deny" });
  }),
  ...story("OQ-05 fires: it adds the lines of one form, in whatever packs", (s) => {
    const basket = [
      packs(DRUG.captopril, 4),
      packs(DRUG.captoprilOther, 1),
      packs(DRUG.captopril, 2),
    ];
    s.check({ basket }).is("warn", { "OQ-05": "warn" });
    s.check({
      person: "Wang",
      basket: [packs(DRUG.captopril, 6), packs(DRUG.aspirin, 1)],
    }).is("allow");
  }),
  ...story("OQ-05 fires: in 30 days: 12 packs pass, 13 warn, 24 warn, 25 hold", (s) => {
    for (const day of ["02", "05"])
      s.settle(s.at(`2026-11-${day} 09:00:00`).check(boxes(6)).is("allow"));
    s.at("2026-11-08 09:00:00").inquire(boxes(1)).is("warn", { "OQ-05": "warn" });
    s.settle(s.check(boxes(6)).is("warn", { "OQ-05": "warn" }));
    s.settle(s.at("2026-11-11 09:00:00").check(boxes(6)).is("warn", { "OQ-05": "warn" }));
    s.at("2026-11-14 09:00:00").check(boxes(1)).is("hold", { "OQ-05": "hold" });
  }),
  ...story("OQ-05 spares: what was bought exactly 30 days ago is out of the window", (s) => {
    s.settle(s.at("2026-10-01 09:00:00").check(boxes(6)).is("allow"));
    s.settle(s.at("2026-10-20 09:00:00").check(boxes(6)).is("allow"));
    s.at("2026-10-31 08:59:59.999").inquire(boxes(1)).is("warn", { "OQ-05": "warn" });
    s.at("2026-10-31 09:00:00").check(boxes(6)).is("allow");
  }),
  ...story("OQ-05 spares: it counts what was kept: returned packs do not count", (s) => {
    const sale = s.check(boxes(6)).is("allow");
    s.settle(sale).later("1h").giveBack(sale);
    s.settle(s.later("1d").check(boxes(6)).is("allow"));
    s.later("1d").check(boxes(6)).is("allow");
  }),
  ...story(
    "OQ-05 fires: small packs of a known and covered dose are no excess in one sale, but sale after sale",
    (s) => {
      const sevens = (count: number, number: string) => ({
        ...chronic,
        basket: [packs(DRUG.saxagliptin, count, { rx: { ...long, number } })],
      });
      s.settle(s.check(sevens(12, "RX-1")).is("allow"));
      s.later("29d").inquire(sevens(1, "RX-2")).is("hold", { "OQ-02": "hold", "OQ-05": "warn" });
      s.later("1d")
        .inquire({ ...sevens(1, "RX-2") })
        .is("hold", { "OQ-02": "hold" });
    },
  ),
  ...story("OQ-05 fires: in 30 days it counts packs of a known dose, bought two by two", (s) => {
    const two = { basket: [packs(DRUG.ibuprofen, 2)] };
    for (let n = 0; n < 6; n++) s.later("4d").settle(s.check(two));
    s.later("4d").check(two).is("hold", { "OQ-02": "hold", "OQ-05": "warn" });
  }),
  ...story("OQ-05 spares: it does not count grams of slices", (s) => {
    s.check({ basket: [packs(DRUG.astragalus, 100, { price: 0.3, days: 5 })] }).is("allow");
  }),
  ...story("OQ-05 fires: its holds are cleared by REMOTE_AREA", (s) => {
    const held = s.check(boxes(13)).is("hold", { "OQ-05": "hold" });
    s.later("1m")
      .check(held.again({ supersedes: held, override: ["REMOTE_AREA", "L0031"] }))
      .is("allow", { "OQ-05": "warn" });
  }),
  ...story("OQ-05 fires: it counts parts of packs by their part", (s) => {
    const pieces = (boxes: number) => ({
      ...{ pieces: true, split: true, price: 1, days: 7 },
      codes: s.freshCodes(boxes),
    });
    s.check({ basket: [packs(DRUG.saxagliptin, 42, pieces(6))] }).is("allow");
    s.check({ person: "Wang", basket: [packs(DRUG.saxagliptin, 43, pieces(7))] }).is("warn", {
      "OQ-05": "warn",
    });
  }),
];

export const overQuantity: Stories = [...lineDays, ...onHand, ...packsOfOneForm];
