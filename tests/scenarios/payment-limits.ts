import { type Ask, type Packs, type Paid, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { clears } from "./clearings.ts";
import { type Stories, story } from "./story.ts";

/** LP-01 to LP-06: what the fund does not pay for, here or for this person (domain 6). */

const CEFUROXIME = "XJ01DCT070B001";
const ALBUMIN = "XB05AAR021B002";
/** An injection that stands in no drugs.csv. */
const UNLISTED_INJECTION = "XJ01DHM046B001";
const DANHONG = "ZA12CAD0087";
/** By its name on the watchlist alone. */
const XUESAITONG_INJECTED = "ZA12HAZ0411";
const GLARGINE = "XA10AEG025B002";
const ASPART = "XA10ABM079B002";
const ASPART_MIXED = "XA10ADM080B002";
const LIRAGLUTIDE = "XA10BJL182B002";
const SEMAGLUTIDE = "XA10BJS315B002";
const SECUKINUMAB = "XL04ACS271B002";
const TRASTUZUMAB = "XL01FXT012B001";
const SAFFRON = "T009900001";
/** 配方颗粒: a slice's granules. */
const GRANULES = "T0017003680000000AB1";

const DIABETES = "M01600";
const one = (drug: string, more: Omit<Packs, "drug" | "quantity"> = {}): Ask => ({
  person: `of ${drug}`,
  basket: [packs(drug, 1, more)],
});

const hospital: Stories = [
  ...story("LP-01 fires: injections that no patient gives himself, listed or not", (s) => {
    for (const drug of [CEFUROXIME, ALBUMIN, UNLISTED_INJECTION, DANHONG, XUESAITONG_INJECTED])
      s.later("1h")
        .check(one(drug, { rx: {} }))
        .isOneOf(["hold"], {
          "LP-01": { level: "hold", evidence: { isInjection: true, isSelfInjected: false } },
        });
  }),
  ...story(
    "LP-01 fires: is cleared by a doctor's order for use outside, and says what it saw",
    (s) => {
      const held = s.check(one(ALBUMIN)).is("hold", {
        "LP-01": { level: "hold", evidence: { setting: "inpatient" }, lines: ["0001"] },
      });
      clears(s, held, "LP-01", ["OTHER", "EMERGENCY"]);
    },
  ),
  ...story("LP-01 spares: insulins, GLP-1 and biologics of the dual channel", (s) => {
    for (const drug of [
      GLARGINE,
      ASPART,
      ASPART_MIXED,
      LIRAGLUTIDE,
      SEMAGLUTIDE,
      SECUKINUMAB,
      TRASTUZUMAB,
    ])
      s.later("1h")
        .check({ ...one(drug), disease: DIABETES })
        .passes()
        .without("LP-01");
  }),
  ...story("LP-01 spares: tablets of a medicine whose injection is not paid for", (s) => {
    s.check(one(DRUG.xuesaitong)).passes().without("LP-01");
    s.later("1h")
      .check(one("XJ01DCT070A001", { rx: {} }))
      .passes()
      .without("LP-01");
  }),
];

const diseases: Stories = [
  ...story("LP-02 fires: another filed disease, or none, than the medicine is paid for", (s) => {
    const wrong = {
      "LP-02": { level: "warn", evidence: { diseaseFits: false }, lines: ["0001"] },
    } as const;
    s.check({ ...one(SEMAGLUTIDE), disease: "M03900" }).is("warn", wrong);
    s.later("1h")
      .check({ ...one(SEMAGLUTIDE), person: "Wang" })
      .is("warn", wrong);
  }),
  ...story(
    "LP-02 spares: the disease itself, however it is written, and drugs without such limits",
    (s) => {
      for (const [n, disease] of [DIABETES, "m01600", `${DIABETES}x002`].entries())
        s.later("1h")
          .check({ ...one(SEMAGLUTIDE), person: `p${n}`, disease })
          .is("allow")
          .without("LP-02");
      s.later("1h")
        .check({ ...one(DRUG.valsartan), disease: "M01600" })
        .is("allow")
        .without("LP-02");
    },
  ),
];

const grams = (drug: string, tcmUse: string, quantity = 10) =>
  packs(drug, quantity, { price: 0.3, tcmUse });
const herbs: Stories = [
  ...story("LP-03 fires: a herb that is used by itself, slices as granules", (s) => {
    for (const drug of [DRUG.hawthorn, GRANULES])
      s.later("1h")
        .check({ person: drug, basket: [grams(drug, "2")] })
        .is("hold", {
          "LP-03": {
            level: "hold",
            evidence: { drugClass: "slice", tcmUse: "2" },
            lines: ["0001"],
          },
        });
  }),
  ...story(
    "LP-03 fires: one herb alone that is paid for in compounds only, on one line or two",
    (s) => {
      const held = s.check({ basket: [grams(SAFFRON, "1")] }).is("hold", {
        "LP-03": { level: "hold", evidence: { slices: 1, setting: "compound" } },
      });
      clears(s, held, "LP-03", ["OTHER", "EMERGENCY"]);
      s.later("1h")
        .check({ person: "Wang", basket: [grams(SAFFRON, "1"), grams(SAFFRON, "1", 5)] })
        .is("hold", {
          "LP-03": { level: "hold", evidence: { slices: 1 }, lines: ["0001", "0002"] },
        });
    },
  ),
  ...story("LP-03 spares: a compound, and a herb alone that may be", (s) => {
    s.check({ basket: [grams(SAFFRON, "1"), grams(DRUG.hawthorn, "1"), grams(DRUG.goji, "1")] })
      .is("allow")
      .without("LP-03");
    s.later("1h")
      .check({ person: "Wang", basket: [grams(DRUG.hawthorn, "1")] })
      .is("allow")
      .without("LP-03");
    s.later("1h")
      .check({ person: "Zhao", basket: [packs(DRUG.ibuprofen, 1, { tcmUse: "2" })] })
      .is("allow")
      .without("LP-03");
  }),
];

/** Calcium paid by oneself (30 yuan) beside captopril (20 yuan). */
const mixed = (funds: Paid | null, chargeLevel = "3"): Ask => ({
  funds,
  basket: [
    packs(DRUG.calcium, 1, { price: 30, chargeLevel }),
    packs(DRUG.captopril, 1, { price: 20, chargeLevel: "2" }),
  ],
});

const selfPaid: Stories = [
  ...story(
    "LP-04 fires: the pool pays more than all other lines cost, against any override",
    (s) => {
      const denied = s.check(mixed({ pooled: 50 })).is("deny", {
        "LP-04": { level: "deny", evidence: { selfPaidOnPool: true }, lines: ["0001"] },
      });
      s.later("1m")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "LP-04": "deny" });
      s.later("1h")
        .check({ ...mixed({ pooled: 20.06 }), person: "Wang" })
        .is("deny", { "LP-04": "deny" });
    },
  ),
  ...story("LP-04 spares: mixed baskets whose self-paid line is paid otherwise", (s) => {
    const ways: (Paid | null)[] = [
      { pooled: 20 },
      { pooled: 20.05 },
      { pooled: 12, account: 38 },
      { pooled: 20, cash: 30, account: 0 },
      { pooled: 20, familyAccount: 30, account: 0 },
      { account: 50 },
      null,
    ];
    for (const [n, funds] of ways.entries())
      s.later("1h")
        .check({ ...mixed(funds), person: `p${n}` })
        .is("allow")
        .without("LP-04");
    s.later("1h")
      .check({ ...mixed({ pooled: 50 }, "1"), person: "Wang" })
      .is("allow")
      .without("LP-04");
  }),
];

const filed = "TEST-PERSON-FILED-0001";
const ended = "TEST-PERSON-FILED-0002";
const filings: Stories = [
  ...story("LP-05 fires: a targeted medicine whose treatment is not filed, or no longer", (s) => {
    const held = s.check({ basket: [packs(DRUG.anlotinib, 1)] }).is("hold", {
      "LP-05": { level: "hold", evidence: { dualChannel: true, filed: false }, lines: ["0001"] },
    });
    clears(s, held, "LP-05", ["OTHER", "EMERGENCY"]);
    s.later("1h")
      .check({ number: ended, basket: [packs(DRUG.anlotinib, 1)] })
      .is("hold", { "LP-05": "hold" });
  }),
  ...story(
    "LP-05 spares: who is filed, a medicine of which no filings are kept, the last day",
    (s) => {
      s.at("2026-05-31 20:00:00")
        .check({ number: ended, basket: [packs(DRUG.anlotinib, 1)] })
        .is("allow")
        .without("LP-05");
      s.at("2026-11-21 09:00:00");
      s.check({ number: filed, basket: [packs(DRUG.anlotinib, 1)] })
        .is("allow")
        .without("LP-05");
      s.later("1h")
        .check({ person: "Wang", basket: [packs(DRUG.osimertinib, 1)] })
        .is("allow")
        .without("LP-05");
    },
  ),
];

const FLUSHER = "C14231303900001";
const consumables: Stories = [
  ...story("LP-06 fires: a consumable of annex 1, in short and in full", (s) => {
    for (const code of [FLUSHER, `${FLUSHER}00123`, `${FLUSHER}001230000001`])
      s.later("1h")
        .check(one(code))
        .is("hold", {
          "LP-06": {
            level: "hold",
            evidence: { drugClass: "consumable", watched: true },
            lines: ["0001"],
          },
        });
    const held = s
      .later("1h")
      .check({ ...one(FLUSHER), shop: SHOP.heping })
      .is("hold", { "LP-06": "hold" });
    clears(s, held, "LP-06", ["OTHER", "EMERGENCY"]);
  }),
  ...story("LP-06 spares: other consumables, and watched medicines", (s) => {
    s.check(one("C0101010010000100001")).is("allow").without("LP-06");
    s.later("1h").check(one(DRUG.atorvastatin)).is("allow").without("LP-06");
  }),
];

export const paymentLimits: Stories = [
  ...hospital,
  ...diseases,
  ...herbs,
  ...selfPaid,
  ...filings,
  ...consumables,
];
