import { type Ask, packs } from "./ask.ts";
import { APPROVER, CARE_HOME, DRUG, PROXY, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { nhsa, type Stories, type Story, story } from "./story.ts";

/** Legitimate patterns of domain section 6 that are about people: families, proxies, travellers, long illnesses. */

const amlodipine = [packs(DRUG.amlodipine, 1, { price: 35 })];
const chronic = { disease: "M03900" };

/** Mother, father and daughter at one till within three minutes, each with an electronic credential. */
function family(s: Story, agent: Ask["agent"]) {
  return ["mother", "father", "daughter"].map((person) =>
    s.later("60s").check({
      person,
      token: `T-${person}`,
      basket: amlodipine,
      ...(agent && person !== "daughter" ? { agent } : {}),
    }),
  );
}

const families: Stories = [
  ...story("Pattern 1: a registered daughter buys for two parents and herself", (s) => {
    for (const check of family(s, PROXY)) s.settle(check.is("allow"));
    s.raisesNothing();
  }),
  ...story("Pattern 1: she is not registered, and may be asked to be", (s) => {
    for (const check of family(s, { ...PROXY, registered: false })) {
      s.settle(check.isOneOf(["allow", "warn", "stepUp"]));
    }
  }),
  ...story("Pattern 1: nobody says who stands there, three phones or one", (s) => {
    for (const check of family(s, undefined)) s.settle(check.is("allow"));
  }),
  ...story("Pattern 1: the camera sees the daughter, she registers, and it passes", (s) => {
    const mother = s
      .check({ person: "mother", token: "T-1", basket: amlodipine, verified: ["face", "other"] })
      .is("stepUp", { "IM-06": ["stepUp", { otherPersonShown: true, agentGiven: false }] });
    s.settle(
      s
        .later("1m")
        .check(mother.again({ supersedes: mother, agent: PROXY }))
        .passes()
        .without("IM-06"),
    );
  }),
  ...story("Pattern 1: the face is not the mother's, she registers, and it passes", (s) => {
    const mother = s
      .check({ person: "mother", token: "T-1", basket: amlodipine, verified: ["face", "mismatch"] })
      .is("hold", { "IM-06": "stepUp", "IM-07": ["hold", { verificationPassed: false }] });
    s.settle(
      s
        .later("1m")
        .check(mother.again({ supersedes: mother, agent: PROXY }))
        .passes({ "IM-07": cleared("agent") })
        .without("IM-06"),
    );
  }),
  ...story("Pattern 1: the father bought in Dalian himself half an hour ago", (s) => {
    s.sell({ person: "father", shop: SHOP.dalian, basket: [packs(DRUG.ibuprofen, 1)] });
    const father = s
      .later("30m")
      .check({ person: "father", token: "T-2", basket: amlodipine })
      .is("stepUp", { "IM-01": ["stepUp", { impossibleTravel: true }] });
    s.settle(
      s
        .later("1m")
        .check(father.again({ supersedes: father, agent: PROXY }))
        .passes({ "IM-01": cleared("agent") }),
    );
  }),
  ...story("Pattern 13: a relative's account pays", (s) => {
    s.sell({ funds: { familyAccount: 35 }, basket: amlodipine });
    s.later("10m")
      .check({ person: "son", funds: { familyAccount: 10 }, token: "T-son" })
      .is("allow");
  }),
  ...story("Pattern 13: the relative is in another city, and it is no impersonation", (s) => {
    s.sell({ shop: SHOP.dalian, token: "T-1", basket: [packs(DRUG.ibuprofen, 1)] });
    s.later("20m")
      .check({ token: "T-2", funds: { familyAccount: 35 }, basket: amlodipine })
      .is("allow")
      .without("IM-01", "IM-08");
  }),
  ...story(
    "Pattern 14: the wife's card by a registered husband, five minutes later his own",
    (s) => {
      s.at("2026-11-21 20:00:00").sell({ person: "wife", agent: PROXY, basket: amlodipine });
      s.later("5m").sell({ person: "husband", token: "T-1" });
      s.later("5m")
        .check({ person: "husband", token: "T-2", shop: SHOP.south, basket: amlodipine })
        .is("allow");
    },
  ),
  ...story("Pattern 14: the other way round, and the wife at home in Dalian meanwhile", (s) => {
    s.at("2026-11-21 20:00:00").sell({ person: "husband", token: "T-1" });
    s.later("5m").sell({ person: "wife", agent: PROXY, basket: amlodipine });
    s.later("5m")
      .check({ person: "wife", token: "T-2", shop: SHOP.dalian, agent: PROXY })
      .passes({ "IM-01": cleared("agent") });
  }),
];

/** Prescriptions of twelve weeks for both, seen at 9 o'clock by one doctor. */
const twelveWeeks = (number: string): Ask => ({
  ...chronic,
  basket: [
    packs(DRUG.amlodipine, 3, { days: 84, price: 35, rx: { number, long: true } }),
    packs(DRUG.atorvastatin, 6, { days: 84, price: 36.5, rx: { number, long: true } }),
  ],
});

const far = { birthDate: "1946-05-01", person: "Zhang" };
const ninetyDays = { basket: [packs(DRUG.valsartan, 4, { days: 90, price: 34 })] };

const longSupplies: Stories = [
  ...story("Pattern 3: twelve weeks of amlodipine and atorvastatin, and again when due", (s) => {
    s.settle(s.check(twelveWeeks("RX-1")).is("allow"));
    s.later("78d").check(twelveWeeks("RX-2")).is("allow");
  }),
  ...story("Pattern 3: a week early at the end, and without days stated", (s) => {
    const basket = twelveWeeks("RX-1").basket?.map(({ days: _days, ...line }) => line) ?? [];
    s.sell({ ...chronic, basket });
    s.later("77d").check(twelveWeeks("RX-2")).passes();
  }),
  ...story("Pattern 3: its evil twin has neither a filed disease nor a long prescription", (s) => {
    const basket = twelveWeeks("RX-1").basket?.map((line) => ({ ...line, rx: {} })) ?? [];
    s.check({ basket }).is("hold", {
      "OQ-01": { level: "hold", evidence: { daysSupply: 84 }, lines: ["0001", "0002"] },
      "RS-01": "hold",
    });
  }),
  ...story("SW-04 spares: a month of a heart disease is ten packs of three days each", (s) => {
    const basket = [packs(DRUG.qiliQiangxin, 10, { price: 42 })];
    for (let month = 0; month < 3; month++) {
      s.settle(s.later("29d").check({ disease: "M04600", basket }).passes().without("SW-04"));
    }
  }),
  ...story("Pattern 4: eighty years old in a far village, ninety days, with an override", (s) => {
    const held = s.check({ ...far, ...ninetyDays }).is("hold", {
      "OQ-01": ["hold", { daysSupply: 90 }],
    });
    s.settle(
      s
        .later("2m")
        .check(held.again({ supersedes: held, override: ["ELDERLY", APPROVER] }))
        .passes({ "OQ-01": cleared("ELDERLY", { daysSupply: 90 }) }),
    );
  }),
  ...story("Pattern 4: the till gives the reason at once, watched medicines too", (s) => {
    const basket = [
      packs(DRUG.amlodipine, 3, { days: 84, price: 35 }),
      packs(DRUG.clopidogrel, 12, { days: 84, price: 32 }),
      packs(DRUG.aspirin, 3, { days: 90, price: 16 }),
    ];
    for (const [person, code] of [
      ["Zhang", "ELDERLY"],
      ["Zhou", "REMOTE_AREA"],
      ["Sun", "MOBILITY"],
    ] as const) {
      const ask = { ...far, person, ...chronic, override: [code, APPROVER] as const, basket };
      s.settle(
        s
          .later("10m")
          .check(ask)
          .passes({ "RS-01": cleared(code) }),
      );
    }
  }),
  ...story("Pattern 4: the next journey a month early", (s) => {
    const ask: Ask = { ...far, ...ninetyDays, override: ["REMOTE_AREA", APPROVER] };
    s.sell(ask);
    s.later("55d")
      .check(ask)
      .passes({ "OQ-02": cleared("REMOTE_AREA", { onHandDays: 35, limit: 30 }) });
  }),
  ...story("Pattern 4: an operator who overrides himself changes nothing", (s) => {
    s.check({ ...far, ...ninetyDays, override: ["ELDERLY", "0007"] }).is("hold", {
      "OQ-01": ["hold", { daysSupply: 90 }],
    });
  }),
];

const cancer = { disease: "M08000", medicalType: "15" };
const osimertinib = (rx: object = {}) => [
  packs(DRUG.osimertinib, 1, { price: 5480, days: 30, rx }),
];
const anlotinib = [packs(DRUG.anlotinib, 2, { price: 2100, days: 21 })];

const dearMedicines: Stories = [
  ...story("Pattern 16: a cancer medicine for 12,000 yuan on an electronic prescription", (s) => {
    const basket = [packs(DRUG.osimertinib, 1, { price: 12_000, days: 30 })];
    s.check({ ...cancer, funds: { pooled: 8_400, cash: 3_600 }, balance: 500, basket })
      .passes()
      .without("OQ-07", "CF-12");
  }),
  ...story("Pattern 16: two packs, paid from the account, and other medicine that day", (s) => {
    const basket = [packs(DRUG.osimertinib, 2, { price: 5480, days: 60 })];
    const funds = { pooled: 7_000, account: 3_960 };
    s.settle(
      s
        .check({ ...cancer, funds, balance: 4_000, basket })
        .passes()
        .without("OQ-07", "CF-12"),
    );
    s.later("1h")
      .check({ basket: amlodipine, ...chronic })
      .is("allow");
  }),
  ...story("Pattern 16: it is filed for who gets it, and month after month", (s) => {
    const filed = { ...cancer, number: "TEST-PERSON-FILED-0001", basket: anlotinib };
    s.sell(filed);
    s.later("20d").check(filed).passes().without("OQ-07", "LP-05", "RX-07");
  }),
  ...story("Pattern 16: its evil twin is written by hand and filed for somebody else", (s) => {
    s.check({ ...cancer, basket: osimertinib({ external: false }) }).is("hold", {
      "RX-07": ["hold", { dualChannel: true, rxExternal: false }],
    });
    s.later("1h")
      .check({ ...cancer, person: "Wang", basket: anlotinib })
      .is("hold", { "LP-05": ["hold", { dualChannel: true, filed: false }] });
  }),
];

const movers: Stories = [
  ...story("Pattern 10: a traveller buys in Beijing three hours after Shenyang", (s) => {
    s.sell({ basket: amlodipine });
    s.settle(
      s
        .later("3h")
        .check({ shop: SHOP.beijing, basket: [packs(DRUG.ibuprofen, 1)] })
        .is("allow"),
    );
    s.later("21d").check({ shop: SHOP.beijing, token: "T-10", basket: amlodipine }).passes();
  }),
  ...story("Pattern 10: who lives in another province is a customer there like any other", (s) => {
    const moved = { shop: SHOP.nanjing, ...chronic, basket: amlodipine };
    for (let month = 0; month < 3; month++) s.settle(s.later("25d").check(moved).is("allow"));
  }),
  ...story("Pattern 10: its evil twin is in Beijing after forty minutes", (s) => {
    s.sell({ basket: amlodipine });
    s.later("40m")
      .check({ shop: SHOP.beijing, basket: [packs(DRUG.ibuprofen, 1)] })
      .is("hold", { "IM-01": ["hold", { travelCredentialsPhysical: true }] });
  }),
  ...story("Pattern 17: the card was replaced yesterday: shown once, and it passes", (s) => {
    s.sell({ card: "A1", basket: [packs(DRUG.ibuprofen, 1)] });
    const asked = s
      .later("1d")
      .check({ card: "A2", basket: amlodipine })
      .is("stepUp", { "IM-05": ["stepUp", { personCards7d: 2, limit: 2 }] });
    s.settle(
      s
        .later("1m")
        .check(asked.again({ supersedes: asked, verified: ["idCard", "pass"] }))
        .passes({ "IM-05": cleared("idCard") }),
    );
    s.later("10d").check({ card: "A2" }).is("allow");
  }),
  ...story("Pattern 17: the same card number with a new chip", (s) => {
    s.sell({ card: "A1", cardSn: "CHIP-OLD", basket: [packs(DRUG.ibuprofen, 1)] });
    const asked = s
      .later("1d")
      .check({ card: "A1", cardSn: "CHIP-NEW" })
      .isOneOf(["allow", "warn", "stepUp"]);
    s.later("1m")
      .check(asked.again({ supersedes: asked, verified: ["face", "pass"] }))
      .passes();
  }),
];

/** Two packs of two weeks on the chronic scheme. */
const scheme = { medicalType: "140104", ...chronic, basket: [packs(DRUG.valsartan, 1)] };

const pairs: Stories = [
  ...story("Pattern 12: two settlements five seconds apart: chronic and ordinary", (s) => {
    s.settle(s.check(scheme).is("allow"));
    s.settle(
      s
        .later("5s")
        .check({ basket: [packs(DRUG.ibuprofen, 1)] })
        .is("allow"),
    );
  }),
  ...story("Pattern 12: of the same amount to the fen, within the same second", (s) => {
    s.settle(s.check({ ...scheme, token: "T-12" }).is("allow"));
    s.settle(
      s
        .later("1ms")
        .check({ token: "T-12", basket: [packs(DRUG.calcium, 1)] })
        .is("allow"),
    );
  }),
  ...nhsa("Pattern 12: the till waits for NHSA's answer before the second", (s) => {
    s.sell({ ...scheme, medicalType: "9929" });
    s.later("5s").sell({ basket: [packs(DRUG.calcium, 1)] });
    s.raisesNothing();
  }),
  ...story("Pattern 12: its evil twin settles the same amount twice on one scheme", (s) => {
    s.sell({ basket: [packs(DRUG.calcium, 1)] });
    s.later("5s")
      .check({ basket: [packs(DRUG.ibuprofen, 1)] })
      .is("warn", { "CF-08": ["warn", { sameAmountHere60s: 2, limit: 2 }] });
  }),
];

/** The nurse of a house fetches for twenty, one after the other. */
function nurse(s: Story, apart: string, ask: Ask) {
  const basket = [packs(DRUG.amlodipine, 1, { price: 35 }), packs(DRUG.aspirin, 1, { price: 16 })];
  return Array.from({ length: 20 }, (_, n) =>
    s.later(apart).check({ person: `resident ${n + 1}`, basket, ...chronic, ...ask }),
  );
}
const house = { id: CARE_HOME, relation: "care", registered: true };

const houses: Stories = [
  ...story("Pattern 2: a nurse fetches for twenty residents of a registered house", (s) => {
    for (const check of nurse(s, "25s", { agent: house })) s.settle(check.is("allow"));
    s.raisesNothing();
  }),
  ...story("Pattern 2: quickly, with cards in a box, and again on three days", (s) => {
    s.at("2026-09-01 09:00:00").daily(3, (month) => {
      for (const check of nurse(s.later(`${month * 28}d`), "10s", { agent: house }))
        s.settle(check.passes());
    });
    s.raisesNothing();
  }),
  ...story("Pattern 2: a house that is not on the list: its override is CARE_INSTITUTION", (s) => {
    const checks = nurse(s, "90s", { agent: { ...house, id: "210102197001010010" } });
    for (const check of checks.slice(0, 3)) check.is("allow");
    for (const check of checks.slice(3, 6)) check.is("warn", { "CF-05": "warn" });
    const seventh = checks[6]?.is("hold", {
      "CF-05": ["hold", { agentPersonsToday: 7, limit: 6 }],
    });
    if (seventh === undefined) throw new TypeError("nobody came");
    s.later("1m")
      .check(seventh.again({ supersedes: seventh, override: ["CARE_INSTITUTION", APPROVER] }))
      .passes({ "CF-05": cleared("CARE_INSTITUTION") });
  }),
];

/** A night in which everything is missing: the prescription, the codes, the till's patience. */
const emergencies: Stories = [
  ...story("Emergency: one override clears every hold at once, and is on record for each", (s) => {
    const basket = [
      packs(DRUG.valsartan, 3, { codes: [], rx: null, price: 34 }),
      packs(DRUG.amlodipine, 3, { rx: { external: false }, price: 35 }),
    ];
    const held = s.check({ basket }).is("hold", {
      ...{ "OQ-01": "hold", "RS-01": "hold", "TR-03": "hold", "RX-03": "hold" },
    });
    const by = cleared("EMERGENCY");
    s.settle(
      s
        .later("2m")
        .check(held.again({ supersedes: held, override: ["EMERGENCY", APPROVER] }))
        .passes({ "OQ-01": by, "RS-01": by, "TR-03": by, "RX-03": by }),
    );
  }),
  ...story("Emergency: not of a suspended approver, nor for what is denied", (s) => {
    const basket = [packs(DRUG.valsartan, 3, { rx: null, price: 34 })];
    const held = s.check({ basket }).is("hold", { "OQ-01": "hold", "RX-03": "hold" });
    s.later("1m")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "TEST-STAFF-SUSPENDED-0001"] }))
      .is("hold", { "OQ-01": "hold", "RX-03": "hold" });
    s.later("1h")
      .check({ number: "TEST-PERSON-STOPPED-0001", override: ["EMERGENCY", APPROVER] })
      .is("deny", { "IM-04": ["deny", { settlementStopped: true }] });
  }),
];

export const honestPeople: Stories = [
  ...emergencies,
  ...families,
  ...longSupplies,
  ...dearMedicines,
  ...movers,
  ...pairs,
  ...houses,
];
