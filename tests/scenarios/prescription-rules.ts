import { type Ask, packs, type Rx } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { clears } from "./clearings.ts";
import { cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/** RX-01 to RX-07: used again, written by nobody, too many of one doctor, too fast, too old, on paper (domain 6). */

const on = (rx: Rx | null, more: Ask = {}, drug: string = DRUG.valsartan): Ask => ({
  basket: [packs(drug, 1, { rx })],
  ...more,
});

const used: Stories = [
  ...story("RX-01 fires: says what is wrong, and that the prescription is old beside it", (s) => {
    const rx: Rx = { number: "RX-9", quantity: 1, issued: "2026-11-21 08:00:00" };
    s.sell(on(rx));
    const held = s
      .later("40d")
      .check(on(rx))
      .is("hold", {
        "RX-01": { level: "hold", evidence: { rxOverused: true }, lines: ["0001"] },
        "RX-06": "hold",
      });
    s.later("5s")
      .check(held.again({ supersedes: held, override: ["OUT_OF_STOCK_COMPLETION", "L0031"] }))
      .passes({
        "RX-01": cleared("OUT_OF_STOCK_COMPLETION"),
        "RX-06": cleared("OUT_OF_STOCK_COMPLETION"),
      });
  }),
  ...story(
    "RX-01 fires: its hold is cleared by a stock-out's completion and EMERGENCY alone",
    (s) => {
      const rx: Rx = { number: "RX-9", prescriber: "D421003007628", quantity: 1 };
      s.sell(on(rx, {}, DRUG.saxagliptin));
      const held = s
        .later("2d")
        .check(on(rx, {}, DRUG.saxagliptin))
        .is("hold", { "RX-01": "hold" });
      clears(s, held, "RX-01", ["OUT_OF_STOCK_COMPLETION", "EMERGENCY"], ["OTHER", "SYSTEM_RETRY"]);
    },
  ),
  ...story(
    "RX-01 spares: the rest of a prescription at another pharmacy, when the first ran out",
    (s) => {
      const rx: Rx = { number: "RX-9", prescriber: "D421003007628", quantity: 2 };
      s.sell(on(rx, {}, DRUG.saxagliptin));
      s.later("2h").settle(
        s
          .check(on(rx, { shop: SHOP.heping }, DRUG.saxagliptin))
          .passes()
          .without("RX-01"),
      );
      s.later("1d")
        .check(on(rx, { shop: SHOP.dadong }, DRUG.saxagliptin))
        .is("hold", { "RX-01": "hold" });
    },
  ),
  ...story("RX-01 fires: two lines of one sale take together more than was prescribed", (s) => {
    const rx: Rx = { number: "RX-9", prescriber: "D421003007628", quantity: 3 };
    const two = packs(DRUG.saxagliptin, 2, { rx });
    s.check({ basket: [two, two] }).is("hold", {
      "RX-01": { level: "hold", evidence: { rxOverused: true }, lines: ["0001", "0002"] },
    });
  }),
  ...story("RX-01 fires: tablets are prescribed in packs too", (s) => {
    const rx: Rx = { number: "RX-9", prescriber: "D421003007628", quantity: 1 };
    const some = (count: number): Ask => ({
      basket: [packs(DRUG.valsartan, count, { rx, pieces: true, price: 1, split: true })],
    });
    s.sell(some(20));
    s.later("1h").check(some(8)).passes().without("RX-01");
    s.later("1h").check(some(9)).is("hold", { "RX-01": "hold" });
  }),
];

/** Patients of one doctor, one every so many minutes, at alternating tills. */
function patients(s: Story, count: number, minutes: number, more: Ask = {}, name = "p") {
  const tills = ["T01", "T02", "T03", "T04", "T05"];
  const checks = [];
  for (let n = 1; n <= count; n++) {
    const till = tills[n % tills.length] ?? "T01";
    const rx = { prescriber: "D210102000101" };
    checks.push(s.check(on(rx, { person: `${name}${n}`, till, ...more })));
    s.later(`${minutes}m`);
  }
  return checks;
}

const doctors: Stories = [
  ...story("RX-02 fires: fifteen patients of one doctor within the hour, not fourteen", (s) => {
    const checks = patients(s, 15, 4);
    for (const check of checks.slice(0, 14)) check.is("allow").without("RX-02");
    checks[14]?.is("warn", {
      "RX-02": { level: "warn", evidence: { prescriberPersons1h: 15, limit: 15 }, lines: ["0001"] },
    });
  }),
  ...story(
    "RX-02 spares: fifteen in a little more than an hour, and one patient who comes often",
    (s) => {
      for (const check of patients(s, 20, 5)) check.is("allow").without("RX-02");
      for (let n = 1; n <= 16; n++)
        s.later("3m").inquire(on({ prescriber: "D210102000101" }, { person: "Li" }));
      s.later("1h")
        .check(on({ prescriber: "D210102000101" }, { person: "Li" }))
        .is("allow")
        .without("RX-02");
    },
  ),
  ...story(
    "RX-02 spares: the doctor's patients at other pharmacies, and other doctors' here",
    (s) => {
      patients(s, 14, 4);
      s.later("1s")
        .check(on({ prescriber: "D210102000101" }, { person: "a", shop: SHOP.south }))
        .is("allow")
        .without("RX-02");
      s.check(on({ prescriber: "D210102000777" }, { person: "b" }))
        .is("allow")
        .without("RX-02");
      s.check(on({ prescriber: null }, { person: "c" }))
        .is("allow")
        .without("RX-02");
    },
  ),
  ...story("RX-02 fires: forty in a day are held, and the next morning begins anew", (s) => {
    const checks = patients(s, 40, 12);
    for (const check of checks.slice(0, 39)) check.is("allow");
    const held = checks[39]?.is("hold", {
      "RX-02": ["hold", { prescriberPersonsToday: 40, limit: 40 }],
    });
    if (held) clears(s, held, "RX-02", ["OTHER", "EMERGENCY"], ["SYSTEM_RETRY"]);
    s.at("2026-11-22 09:00:00")
      .check(on({ prescriber: "D210102000101" }, { person: "next" }))
      .is("allow");
  }),
  ...story("RX-02 spares: a hospital's gate sees thirty an hour and a hundred a day", (s) => {
    const gate = { shop: SHOP.gate };
    const first = patients(s, 30, 2, gate, "a");
    for (const check of first.slice(0, 29)) check.passes().without("RX-02");
    first[29]?.is("warn", { "RX-02": ["warn", { prescriberPersons1h: 30, limit: 30 }] });
    s.later("1h");
    const rest = patients(s, 70, 6, gate, "b");
    for (const check of rest.slice(0, 69)) check.passes().without("RX-02");
    rest[69]?.is("hold", { "RX-02": ["hold", { prescriberPersonsToday: 100, limit: 100 }] });
  }),
  ...story("RX-02 spares: a store under contract with a clinic, by its bureau's overlay", (s) => {
    s.under(
      `- kinds: [factory]\n  source: the works' clinic prescribes for this store alone\n  rules: { RX-02: { limits: { warn: 40, hold: 120 } } }`,
    );
    for (const check of patients(s, 20, 2, { shop: SHOP.factory })) check.passes().without("RX-02");
  }),
];

const given: Stories = [
  ...story("RX-03 fires: a prescription drug without its prescription", (s) => {
    const bare = [packs(DRUG.rehydration, 1), packs(DRUG.valsartan, 1, { rx: null })];
    const held = s.check({ basket: bare }).is("hold", {
      "RX-03": {
        level: "hold",
        evidence: { prescriptionDrug: true, hasPrescription: false },
        lines: ["0002"],
      },
    });
    clears(s, held, "RX-03", ["OTHER", "EMERGENCY"]);
  }),
  ...story(
    "RX-03 fires: the book knows where the till is silent, and the till where the book is",
    (s) => {
      const line = (drug: string, prescriptionDrug: boolean | null): Ask => ({
        person: drug,
        basket: [packs(drug, 1, { rx: null, prescriptionDrug })],
      });
      s.check(line(DRUG.valsartan, null)).is("hold", { "RX-03": "hold" });
      s.later("1h").check(line(DRUG.captopril, true)).is("hold", { "RX-03": "hold" });
      s.later("1h").inquire(line(DRUG.saxagliptin, null)).is("hold", { "RX-03": "hold" });
    },
  ),
  ...story("RX-03 spares: what needs none, what nobody knows, and what is prescribed", (s) => {
    for (const [n, drug] of [DRUG.ibuprofen, DRUG.captopril, DRUG.hawthorn].entries())
      s.later("1h")
        .check({ person: `p${n}`, basket: [packs(drug, 1, { rx: null, prescriptionDrug: null })] })
        .is("allow")
        .without("RX-03");
    s.later("1h")
      .check(on({}, { person: "Wang" }))
      .is("allow")
      .without("RX-03");
  }),
  ...story("RX-03 spares: where paper is kept, an overlay records it and answers nothing", (s) => {
    s.under(
      `- areas: ["210102"]\n  source: paper prescriptions are kept\n  rules: { RX-03: { mode: shadow } }`,
    );
    s.check(on(null)).is("allow", { "RX-03": { level: "hold", shadow: true } });
    s.later("1h")
      .check(on(null, { person: "Wang", shop: SHOP.heping }))
      .is("hold", { "RX-03": "hold" });
  }),
];

const SUSPENDED = "TEST-PRESCRIBER-SUSPENDED-0001";
const ENDED = "TEST-PRESCRIBER-ENDED-0001";
const registered: Stories = [
  ...story("RX-04 fires: a doctor who is suspended, and one whose contract has ended", (s) => {
    const held = s.check(on({ prescriber: SUSPENDED })).is("hold", {
      "RX-04": { level: "hold", evidence: { prescriberSuspended: true, prescriberActive: false } },
    });
    clears(s, held, "RX-04", ["OTHER", "EMERGENCY"]);
    s.later("1h")
      .check(on({ prescriber: ENDED }, { person: "Wang" }))
      .is("hold", {
        "RX-04": {
          level: "hold",
          evidence: { prescriberSuspended: false, prescriberActive: false },
        },
      });
  }),
  ...story(
    "RX-04 spares: the day before, the other contract of a doctor, and who is not in the part",
    (s) => {
      s.at("2026-07-31 12:00:00")
        .check(on({ prescriber: SUSPENDED }))
        .is("allow")
        .without("RX-04");
      s.at("2026-08-01 00:00:00")
        .check(on({ prescriber: SUSPENDED }, { person: "Zhao" }))
        .is("hold", { "RX-04": "hold" });
      for (const prescriber of [
        "TEST-PRESCRIBER-ACTIVE-0001",
        "D210102000101",
        "D330102009999",
        null,
      ])
        s.later("1h")
          .check(on({ prescriber }, { person: `of ${prescriber}` }))
          .is("allow")
          .without("RX-04");
    },
  ),
];

/** Somebody's prescription so many seconds old. */
function quick(s: Story, time: string, seconds: number, more: Ask = {}) {
  const at = new Date(Date.parse(`2026-11-21T${time}Z`) - seconds * 1_000);
  const issued = at.toISOString().slice(0, 19).replace("T", " ");
  return s.at(`2026-11-21 ${time}`).check(on({ issued }, { person: `at ${time}`, ...more }));
}
const minute = (n: number) => `10:${String(n * 3).padStart(2, "0")}:00`;

const speed: Stories = [
  ...story("RX-05 fires: the fifth of ten that is settled within a minute of its issue", (s) => {
    for (let n = 0; n < 5; n++) quick(s, minute(n), 600).is("allow");
    for (let n = 5; n < 9; n++) quick(s, minute(n), 59).is("allow").without("RX-05");
    quick(s, minute(9), 59).is("warn", { "RX-05": ["warn", { rxFast: 5, limit: 5 }] });
  }),
  ...story("RX-05 spares: a minute and more, ten sales later, and no time told", (s) => {
    for (let n = 0; n < 4; n++) quick(s, minute(n), 30).is("allow");
    for (let n = 4; n < 10; n++) quick(s, minute(n), 60).is("allow").without("RX-05");
    quick(s, minute(11), 30).is("allow").without("RX-05");
    s.later("1m")
      .check(on({ issued: null }, { person: "Wang" }))
      .is("allow")
      .without("RX-05");
  }),
  ...story(
    "RX-05 spares: at a hospital's gate eight of ten come straight across the street",
    (s) => {
      const gate = { shop: SHOP.gate };
      for (let n = 0; n < 8; n++) quick(s, minute(n), 40, gate).is("allow").without("RX-05");
      quick(s, minute(8), 40, gate).is("warn", { "RX-05": ["warn", { rxFast: 9, limit: 9 }] });
    },
  ),
];

const age: Stories = [
  ...story("RX-06 fires: on the fourth day after its issue, not on the third", (s) => {
    const rx: Rx = { issued: "2026-11-18 00:00:00" };
    s.at("2026-11-21 23:59:59").check(on(rx)).is("allow").without("RX-06");
    const held = s
      .at("2026-11-22 00:00:00")
      .check(on(rx, { person: "Wang" }))
      .is("hold", {
        "RX-06": { level: "hold", evidence: { rxAgeDays: 4, limit: 3 }, lines: ["0001"] },
      });
    const codes = ["HOLIDAY_STOCK", "OUT_OF_STOCK_COMPLETION", "REMOTE_AREA", "OTHER", "EMERGENCY"];
    clears(s, held, "RX-06", codes);
  }),
  ...story("RX-06 spares: a long prescription runs for twelve weeks", (s) => {
    const rx = (issued: string): Rx => ({ long: true, issued });
    s.check(on(rx("2026-08-29 10:00:00")))
      .is("allow")
      .without("RX-06");
    s.later("1h")
      .check(on(rx("2026-08-28 10:00:00"), { person: "Wang" }))
      .is("hold", {
        "RX-06": ["hold", { rxAgeDays: 85, limit: 84 }],
      });
  }),
  ...story("RX-06 spares: no time of issue, and an issuer's clock that is ahead", (s) => {
    s.check(on({ issued: null }))
      .is("allow")
      .without("RX-06");
    s.later("1h")
      .check(on({ issued: "2026-11-22 10:00:00" }, { person: "Wang" }))
      .isOneOf(["allow", "warn"])
      .without("RX-06");
  }),
];

const channel: Stories = [
  ...story("RX-07 fires: a dual-channel drug on a handwritten prescription", (s) => {
    const held = s.check(on({ external: false }, {}, DRUG.osimertinib)).is("hold", {
      "RX-07": {
        level: "hold",
        evidence: { dualChannel: true, rxExternal: false },
        lines: ["0001"],
      },
    });
    clears(s, held, "RX-07", ["OTHER", "EMERGENCY"]);
  }),
  ...story("RX-07 spares: the electronic one, other drugs on paper, and what is not said", (s) => {
    s.check(on({ external: true }, {}, DRUG.osimertinib))
      .is("allow")
      .without("RX-07");
    s.later("1h")
      .check(on({ external: false }, { person: "Wang" }))
      .is("allow")
      .without("RX-07");
    s.later("1h")
      .check(on({ external: null }, { person: "Zhao" }, DRUG.osimertinib))
      .is("allow")
      .without("RX-07");
  }),
  ...native("RX-07 spares: without any prescription it is RX-03 that speaks", (s) => {
    s.check(on(null, {}, DRUG.osimertinib))
      .is("hold", { "RX-03": "hold" })
      .without("RX-07");
  }),
  ...nhsa("RX-07 fires: by rx_circ_flag 0 of 2102", (s) => {
    s.check(on({ external: false }, {}, DRUG.osimertinib)).is("hold", { "RX-07": "hold" });
  }),
];

export const prescriptionRules: Stories = [
  ...used,
  ...doctors,
  ...given,
  ...registered,
  ...speed,
  ...age,
  ...channel,
];
