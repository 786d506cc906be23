import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { clears } from "./clearings.ts";
import { native, nhsa, type Stories, story } from "./story.ts";

/** PH-01 to PH-03 and DQ-02, DQ-03: the pharmacy, its people, and what its messages say (domain 6). */

const designated: Stories = [
  ...story("PH-01 fires: says so of all lines, suspended, ended or never designated", (s) => {
    for (const shop of [SHOP.suspended, SHOP.ended, SHOP.stranger])
      s.later("1h")
        .check({ shop })
        .is("deny", {
          "PH-01": { level: "deny", evidence: { pharmacyDesignated: false }, lines: [] },
        });
  }),
  ...story("PH-01 spares: the day before a suspension, and an agreement's last day", (s) => {
    s.at("2025-06-30 20:00:00").check({ shop: SHOP.ended }).passes().without("PH-01");
    s.at("2025-07-01 08:30:00").check({ shop: SHOP.ended }).is("deny", { "PH-01": "deny" });
    s.at("2026-11-21 09:00:00")
      .check({ shop: SHOP.heping, person: "Wang" })
      .is("allow")
      .without("PH-01");
  }),
];

const device = "SN-88f0";
const devices: Stories = [
  ...story("PH-02 fires: one device at two pharmacies within a day", (s) => {
    s.sell({ device });
    const held = s
      .later("23h")
      .check({ device, shop: SHOP.heping, person: "Wang" })
      .is("hold", {
        "PH-02": { level: "hold", evidence: { devicePharmacies24h: 2, limit: 2 }, lines: [] },
      });
    clears(s, held, "PH-02", ["SYSTEM_RETRY", "OTHER", "EMERGENCY"]);
  }),
  ...story("PH-02 spares: a device that is moved after a day, and the till's name alone", (s) => {
    s.sell({ device });
    s.later("23h", "59m", "59s")
      .inquire({ device, shop: SHOP.heping, person: "Wang" })
      .is("hold", { "PH-02": "hold" });
    s.later("1s").check({ device, shop: SHOP.heping, person: "Wang" }).is("allow").without("PH-02");
    s.later("25h").sell({ device: null, till: "T01", person: "a" });
    s.later("1h")
      .check({ device: null, till: "T01", person: "b", shop: SHOP.south })
      .is("allow")
      .without("PH-02");
  }),
  ...story("PH-02 spares: the store where it stands, after another one's try was held", (s) => {
    s.sell({ device });
    s.later("1h")
      .check({ device, shop: SHOP.heping, person: "Wang" })
      .is("hold", { "PH-02": "hold" });
    s.later("1h").check({ device, person: "Zhao" }).is("allow").without("PH-02");
  }),
];

const SUSPENDED = "TEST-STAFF-SUSPENDED-0001";
const prescribed = (more: Ask = {}): Ask => ({ basket: [packs(DRUG.valsartan, 1)], ...more });
const staff: Stories = [
  ...story(
    "PH-03 fires: a suspended pharmacist's review counts for nothing on prescription lines",
    (s) => {
      const both = [packs(DRUG.ibuprofen, 1), packs(DRUG.valsartan, 1)];
      const denied = s.check({ pharmacist: SUSPENDED, basket: both }).is("deny", {
        "PH-03": {
          level: "deny",
          evidence: { pharmacistSuspended: true, prescriptionDrug: true },
          lines: ["0002"],
        },
      });
      s.later("1m")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "PH-03": "deny" });
    },
  ),
  ...story("PH-03 spares: a suspended pharmacist beside what needs no prescription", (s) => {
    s.check({ pharmacist: SUSPENDED, basket: [packs(DRUG.ibuprofen, 1)] })
      .is("allow")
      .without("PH-03");
    s.later("1h")
      .check(prescribed({ person: "Wang" }))
      .is("allow")
      .without("PH-03");
  }),
  ...story("PH-03 spares: the day before the suspension, and the day after it", (s) => {
    s.at("2026-08-31 12:00:00")
      .check(prescribed({ pharmacist: SUSPENDED }))
      .is("allow")
      .without("PH-03");
    s.at("2026-09-01 09:00:00")
      .check(prescribed({ pharmacist: SUSPENDED, person: "a" }))
      .is("deny", { "PH-03": "deny" });
    s.at("2027-03-01 12:00:00")
      .check(prescribed({ pharmacist: SUSPENDED, person: "b" }))
      .is("allow")
      .without("PH-03");
  }),
  ...story("PH-03 fires: a suspended cashier is held, an emergency excepted", (s) => {
    const held = s.check({ operator: SUSPENDED }).is("hold", {
      "PH-03": { level: "hold", evidence: { operatorSuspended: true } },
    });
    clears(s, held, "PH-03", ["EMERGENCY"], ["OTHER"]);
  }),
  ...story("PH-03 fires: a suspended approver clears nothing", (s) => {
    const bare: Ask = { basket: [packs(DRUG.ibuprofen, 1, { codes: [] })] };
    s.check({ ...bare, override: ["NO_CODE_STOCK", SUSPENDED] }).is("hold", { "TR-03": "hold" });
    s.later("1h")
      .check({ person: "Wang", operator: SUSPENDED, override: ["EMERGENCY", SUSPENDED] })
      .is("hold", { "PH-03": "hold" });
  }),
  ...native("PH-03 fires: warns where nobody is named for a prescription drug", (s) => {
    s.check(prescribed({ pharmacist: null })).is("warn", {
      "PH-03": {
        level: "warn",
        evidence: { prescriptionDrug: true, pharmacistGiven: false },
        lines: ["0001"],
      },
    });
    s.later("1h").check({ pharmacist: null, person: "Wang" }).is("allow").without("PH-03");
  }),
  ...nhsa(
    "PH-03 spares: NHSA's messages have no field for the pharmacist, so nobody is missed",
    (s) => {
      s.check(prescribed({ pharmacist: null }))
        .is("allow")
        .without("PH-03");
    },
  ),
];

const twins: Stories = [
  ...story("DQ-02 fires: the same line twice", (s) => {
    const herb = packs(DRUG.hawthorn, 10, { price: 0.3 });
    s.check({ basket: [herb, packs(DRUG.goji, 10, { price: 0.3 }), herb] }).is("warn", {
      "DQ-02": { level: "warn", evidence: { repeatedLine: true }, lines: ["0003"] },
    });
  }),
  ...nhsa("DQ-02 fires: the same line twice where the codes come later", (s) => {
    const line = packs(DRUG.paracetamol, 1, { codes: [] });
    s.check({ codesLater: true, basket: [line, line] }).is("warn", { "DQ-02": "warn" });
  }),
  ...story(
    "DQ-02 spares: two boxes with a code each, other quantities, prices or articles",
    (s) => {
      const herb = packs(DRUG.hawthorn, 10, { price: 0.3 });
      for (const [n, other] of [
        { ...herb, quantity: 11 },
        { ...herb, price: 0.31 },
        { ...herb, sku: "100235" },
      ].entries())
        s.later("1h")
          .check({ person: `p${n}`, basket: [herb, other] })
          .passes()
          .without("DQ-02");
      const box = packs(DRUG.paracetamol, 1);
      s.later("1h")
        .check({ person: "Wang", basket: [box, box] })
        .is("allow")
        .without("DQ-02");
    },
  ),
];

const clocks: Stories = [
  ...story("DQ-03 fires: a till's clock more than five minutes behind or ahead", (s) => {
    for (const [n, tillClock] of ["2026-11-21 08:54:59", "2026-11-21 09:05:01"].entries())
      s.at("2026-11-21 09:00:00")
        .check({ person: `p${n}`, tillClock })
        .is("warn", {
          "DQ-03": ["warn", { clockSkewSeconds: 301, limit: 300 }],
        });
  }),
  ...story("DQ-03 spares: five minutes either way", (s) => {
    for (const [n, tillClock] of ["2026-11-21 08:55:00", "2026-11-21 09:05:00"].entries())
      s.at("2026-11-21 09:00:00")
        .check({ person: `p${n}`, tillClock })
        .is("allow")
        .without("DQ-03");
  }),
  ...story("DQ-03 spares: a wrong clock moves no window: the guard's own time counts", (s) => {
    s.sell({ device });
    s.later("24h")
      .check({ device, shop: SHOP.heping, person: "Wang", tillClock: "2026-11-21 09:00:00" })
      .is("warn", { "DQ-03": "warn" })
      .without("PH-02");
  }),
];

export const storesAndMessages: Stories = [
  ...designated,
  ...devices,
  ...staff,
  ...twins,
  ...clocks,
];
