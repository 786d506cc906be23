import { type Ask, packs } from "./ask.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { about, cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/**
 * Domain section 6: OQ-03 (one medicine, one Shanghai day: W at two pharmacies, H at three; the rest of a prescription
 * that was out of stock is no shopping), OQ-04 (30 days: W at three, H at four and more than 60 days of it).
 */

/** Five days of it, over the counter. */
const pain = (shop: string, more: Ask = {}): Ask => ({
  shop,
  basket: [packs(DRUG.ibuprofen, 1)],
  ...more,
});

const oneDay: Stories = [
  ...story("OQ-03 fires: a second pharmacy on one day warns, a third holds", (s) => {
    s.sell(pain(SHOP.north)).is("allow");
    s.later("2h")
      .sell(pain(SHOP.south))
      .is("warn", { "OQ-03": ["warn", { pharmaciesToday: 2, limit: 2 }] });
    s.later("2h")
      .inquire(pain(SHOP.heping))
      .is("hold", { "OQ-03": ["hold", { pharmaciesToday: 3, limit: 3 }] });
    s.check(pain(SHOP.heping)).is("hold", {
      "OQ-03": { level: "hold", evidence: { pharmaciesToday: 3 }, lines: ["0001"] },
    });
  }),
  ...story("OQ-03 fires: all packs and forms of one molecule are one medicine", (s) => {
    const form = (shop: string, drug: string): Ask => ({ shop, basket: [packs(drug, 1)] });
    s.sell(form(SHOP.north, DRUG.captopril)).is("allow");
    s.later("1h").sell(form(SHOP.south, DRUG.captoprilOther)).is("warn", { "OQ-03": "warn" });
    s.later("1h").check(form(SHOP.heping, DRUG.captoprilSlow)).is("hold", { "OQ-03": "hold" });
  }),
  ...story("OQ-03 spares: three times at one pharmacy, or three medicines at three", (s) => {
    for (let n = 0; n < 3; n++) s.later("1h").sell(pain(SHOP.north)).without("OQ-03");
    const other = (shop: string, drug: string): Ask => ({
      ...{ person: "Wang", shop },
      basket: [packs(drug, 1)],
    });
    s.sell(other(SHOP.north, DRUG.ibuprofen)).is("allow");
    s.later("1h").sell(other(SHOP.south, DRUG.paracetamol)).is("allow");
    s.later("1h").sell(other(SHOP.heping, DRUG.calcium)).is("allow");
  }),
  ...story("OQ-03 spares: the day ends at midnight in Shanghai, not 24 hours later", (s) => {
    s.at("2026-11-21 07:59:59.999").sell(pain(SHOP.north)).is("allow");
    s.at("2026-11-21 23:59:59.999")
      .sell(pain(SHOP.south))
      .is("warn", { "OQ-03": ["warn", { pharmaciesToday: 2 }] });
    s.at("2026-11-22 00:00:00").check(pain(SHOP.south)).passes().without("OQ-03");
  }),
  ...story("OQ-03 spares: what came back, or was only asked, was not bought", (s) => {
    const sale = s.sell(pain(SHOP.north)).is("allow");
    s.later("1h").giveBack(sale);
    s.inquire(pain(SHOP.dadong)).is("allow");
    s.later("1h").check(pain(SHOP.south)).is("allow").without("OQ-03");
  }),
  ...native("OQ-03 spares: a sale that nobody settled was not bought", (s) => {
    s.check(pain(SHOP.north)).is("allow");
    s.later("14m").inquire(pain(SHOP.south)).is("warn", { "OQ-03": "warn" });
    s.later("1m").check(pain(SHOP.south)).is("allow");
  }),
  ...nhsa("OQ-03 fires: a sale that NHSA's till never spoke of again is presumed", (s) => {
    s.check(pain(SHOP.north)).is("allow");
    s.later("16m").check(pain(SHOP.south)).is("warn", { "OQ-03": "warn" });
    s.later("16m")
      .check(pain(SHOP.heping))
      .is("hold", { "OQ-03": ["hold", { pharmaciesToday: 3 }] });
  }),
  ...story(
    "OQ-03 spares: a prescription that one store could not fill is completed elsewhere",
    (s) => {
      const rx = { number: "RX-3", prescriber: "D421003007628", quantity: 3 };
      const part = (shop: string, count = 1): Ask => ({
        shop,
        basket: [packs(DRUG.saxagliptin, count, { rx })],
      });
      s.sell(part(SHOP.north)).is("allow");
      s.later("1h").sell(part(SHOP.south)).is("allow").without("OQ-03");
      s.later("1h").inquire(part(SHOP.heping, 2)).is("hold", { "RX-01": "hold", "OQ-03": "hold" });
      s.check(part(SHOP.heping)).passes().without("OQ-03");
    },
  ),
  ...story("OQ-03 fires: another prescription completes nothing", (s) => {
    const own = (shop: string): Ask => ({ shop, basket: [packs(DRUG.saxagliptin, 1)] });
    s.sell(own(SHOP.north)).is("allow");
    s.later("1h").sell(own(SHOP.south)).is("warn", { "OQ-03": "warn" });
    s.later("1h").check(own(SHOP.heping)).is("hold", { "OQ-03": "hold" });
  }),
  ...story("OQ-03 fires: the manager's word that stock was out clears the hold", (s) => {
    s.sell(pain(SHOP.north));
    s.later("1h").sell(pain(SHOP.south));
    const held = s.later("1h").check(pain(SHOP.heping)).is("hold", { "OQ-03": "hold" });
    const again = (code: string, approver: string) =>
      s.later("20s").check(held.again({ supersedes: held, override: [code, approver] }));
    again("OUT_OF_STOCK_COMPLETION", "0007").is("hold", { "OQ-03": "hold" });
    again("OUT_OF_STOCK_COMPLETION", "TEST-STAFF-SUSPENDED-0001").is("hold", { "OQ-03": "hold" });
    again("SYSTEM_RETRY", APPROVER).is("hold", { "OQ-03": "hold" });
    again("EMERGENCY", APPROVER).passes({ "OQ-03": cleared("EMERGENCY") });
    again("OUT_OF_STOCK_COMPLETION", APPROVER).passes({
      "OQ-03": cleared("OUT_OF_STOCK_COMPLETION", { pharmaciesToday: 3 }),
    });
  }),
];

const CHRONIC: Ask = { disease: "M03900" };
/** Sixteen days of metformin. */
const pill = (shop: string): Ask => ({ ...CHRONIC, shop, basket: [packs(DRUG.metformin, 1)] });

/** Sixteen days at each of three pharmacies within 20 days, from 09:00 on the 21st. */
function threeShops(s: Story): void {
  s.sell(pill(SHOP.north)).is("allow");
  s.later("10d").sell(pill(SHOP.south)).is("allow");
  s.later("10d")
    .sell(pill(SHOP.heping))
    .is("warn", { "OQ-04": ["warn", { pharmacies30d: 3, limit: 3 }], "OQ-02": "warn" });
}

const oneMonth: Stories = [
  ...story(
    "OQ-04 fires: a third pharmacy in 30 days warns, a fourth with over 60 days holds",
    (s) => {
      threeShops(s);
      s.later("9d", "23h", "59m", "59s")
        .check(pill(SHOP.dadong))
        .is("hold", {
          "OQ-04": ["hold", { pharmacies30d: 4, supply30d: 64, limit: 4 }],
          "OQ-02": ["warn", { onHandDays: about(18) }],
        });
    },
  ),
  ...story("OQ-04 spares: what was bought exactly 30 days ago is out", (s) => {
    threeShops(s);
    s.later("10d")
      .check(pill(SHOP.dadong))
      .is("warn", { "OQ-04": ["warn", { pharmacies30d: 3 }] });
  }),
  ...story("OQ-04 spares: four pharmacies and 60 days of it only warn", (s) => {
    const part = (shop: string): Ask => ({
      ...{ ...CHRONIC, shop },
      basket: [packs(DRUG.metformin, 1, { days: 15 })],
    });
    for (const shop of [SHOP.north, SHOP.south, SHOP.heping]) s.later("9d").sell(part(shop));
    s.later("9d")
      .check(part(SHOP.dadong))
      .is("warn", { "OQ-04": ["warn", { pharmacies30d: 4, limit: 3 }] });
  }),
  ...story(
    "OQ-04 spares: two pharmacies are ordinary life, and one of them may be a hundred times",
    (s) => {
      s.sell(pain(SHOP.north));
      s.later("5d").sell(pain(SHOP.south)).is("allow");
      s.later("5d").sell(pain(SHOP.north)).is("allow");
      s.later("5d").check(pain(SHOP.south)).is("allow");
    },
  ),
  ...story("OQ-04 spares: a pharmacy where all of it came back", (s) => {
    s.sell(pain(SHOP.north));
    const sale = s.later("5d").sell(pain(SHOP.south)).is("allow");
    s.later("1h").giveBack(sale);
    s.later("5d").check(pain(SHOP.heping)).is("allow");
  }),
  ...story("OQ-04 fires: who moves about is let through by the manager", (s) => {
    threeShops(s);
    const held = s.later("9d").check(pill(SHOP.dadong)).is("hold", { "OQ-04": "hold" });
    const again = (code: string, approver: string) =>
      s.later("20s").check(held.again({ supersedes: held, override: [code, approver] }));
    again("REMOTE_AREA", "0007").is("hold", { "OQ-04": "hold" });
    again("CARE_INSTITUTION", APPROVER).is("hold", { "OQ-04": "hold" });
    again("REMOTE_AREA", APPROVER).is("warn", { "OQ-04": cleared("REMOTE_AREA") });
  }),
];

export const overQuantityPlaces: Stories = [...oneDay, ...oneMonth];
