import { type Ask, idCardOf, packs } from "./ask.ts";
import { APPROVER, DRUG, PROXY, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { type Stories, type Story, story } from "./story.ts";

/**
 * What the papers say. Domain section 6: IM-02 (ID number whose check fails: D; birth date or sex not the person's: W; 15
 * digits and permits are not judged), IM-04b (in hospital: H, but not on the day of discharge or beside it), IM-05 (one
 * chip, two persons: D; two chips of one person in 7 days: S), IM-09 (two insured persons or insurances of one ID number
 * in 30 days: W, and a clue).
 */

const ID = idCardOf("1956-03-02", "2");
const shows = (idCard: string, more: Ask = {}): Ask => ({ idCard, ...more });
/** The same number with another check character. */
const misread = (number: string): string =>
  `${number.slice(0, 17)}${number.endsWith("1") ? "2" : "1"}`;

const numbers: Stories = [
  ...story("IM-02 fires: a number that does not check is denied, whoever vouches for it", (s) => {
    const denied = s.check(shows(misread(ID))).is("deny", {
      "IM-02": { level: "deny", evidence: { idChecksumValid: false }, lines: [] },
    });
    const again = (more: Ask) => s.later("5s").check(denied.again({ supersedes: denied, ...more }));
    again({ override: ["EMERGENCY", APPROVER] }).is("deny", { "IM-02": "deny" });
    again({ verified: ["face", "pass"] }).is("deny", { "IM-02": "deny" });
    again({ agent: PROXY }).is("deny", { "IM-02": "deny" });
    again({ idCard: ID }).is("allow");
  }),
  ...story("IM-02 fires: another birth date or sex than the person's warns", (s) => {
    s.check(shows(ID, { birthDate: "1956-03-03" })).is("warn", {
      "IM-02": ["warn", { idMatches: false }],
    });
    s.check(shows(ID, { person: "Wang", sex: "1" })).is("warn", { "IM-02": "warn" });
  }),
  ...story("IM-02 spares: a number that checks, with a small x too", (s) => {
    s.check(shows(ID)).is("allow");
    const withX = endingInX();
    s.check(shows(withX, { person: "Wang" })).is("allow");
    s.later("10m")
      .check(shows(withX.toLowerCase(), { person: "Wang", birthDate: birthOf(withX) }))
      .is("allow");
  }),
  ...story("IM-02 spares: fifteen digits, permits and passports are not judged", (s) => {
    const papers = [
      "210102560302002",
      "H12345678",
      "E12345678",
      "FRA110088012345",
      "83000019560302002",
    ];
    for (const [index, paper] of papers.entries())
      s.later("10m")
        .check(shows(paper, { person: `holder ${index}`, sex: "1" }))
        .is("allow");
  }),
  ...story("IM-02 spares: a card's or code's number is no ID number", (s) => {
    s.check({ card: misread(ID) }).is("allow");
    s.check({ person: "Wang", token: misread(ID) }).is("allow");
  }),
  ...story("IM-02 spares: where the till says neither birth date nor sex, or 9", (s) => {
    s.check(shows(ID, { birthDate: null, sex: null })).is("allow");
    const man = idCardOf("1960-07-08", "1");
    s.check(shows(man, { person: "Wang", birthDate: null, sex: "9" })).is("allow");
  }),
];

function birthOf(number: string): string {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
}

function endingInX(): string {
  for (let day = 1; day <= 28; day++) {
    const number = idCardOf(`1956-03-${String(day).padStart(2, "0")}`, "2");
    if (number.endsWith("X")) return number;
  }
  throw new RangeError("no day of that month has a number with x");
}

/** From 10 to 30 November 2026. */
const PATIENT = { number: "TEST-PERSON-INPATIENT-0001" };

const hospital: Stories = [
  ...story("IM-04b fires: whoever lies in hospital gets medicine there", (s) => {
    s.at("2026-11-10 00:00:00").inquire(PATIENT).is("hold", { "IM-04b": "hold" });
    s.at("2026-11-21 09:00:00")
      .inquire({ ...PATIENT, token: "T-1" })
      .is("hold", { "IM-04b": { level: "hold", evidence: { inpatient: true }, lines: [] } });
    s.at("2026-11-28 23:59:59.999").check(PATIENT).is("hold", { "IM-04b": "hold" });
  }),
  ...story("IM-04b spares: the day of discharge, the days beside it, and before admission", (s) => {
    s.at("2026-11-09 23:59:59.999").check(PATIENT).is("allow");
    for (const time of ["29 00:00:00", "29 12:00:00", "30 09:00:00", "30 23:59:59.999"])
      s.at(`2026-11-${time}`).check(PATIENT).is("allow");
    s.at("2026-12-01 00:00:00").check(PATIENT).is("allow");
  }),
  ...story(
    "IM-04b fires: standing at the counter explains nothing, the store manager does",
    (s) => {
      const held = s.check(PATIENT).is("hold", { "IM-04b": "hold" });
      const again = (more: Ask) => s.later("5s").check(held.again({ supersedes: held, ...more }));
      again({ agent: PROXY }).is("hold", { "IM-04b": "hold" });
      again({ verified: ["face", "fail"] }).is("hold", { "IM-04b": "hold", "IM-07": "hold" });
      again({ override: ["ELDERLY", APPROVER] }).is("hold", { "IM-04b": "hold" });
      again({ override: ["OTHER", "0007"] }).is("hold", { "IM-04b": "hold" });
      again({ verified: ["face", "pass"] }).is("hold", { "IM-04b": "hold" });
      again({ verified: ["idCard", "pass"] }).is("hold", { "IM-04b": "hold" });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "IM-04b": cleared("OTHER") });
      again({ override: ["EMERGENCY", APPROVER] }).is("allow", { "IM-04b": cleared("EMERGENCY") });
    },
  ),
];

function bought(s: Story, ask: Ask = {}): void {
  s.sell({ basket: [packs(DRUG.ibuprofen, 1)], ...ask }).is("allow");
}

const chips: Stories = [
  ...story("IM-05 fires: tells how many persons a card had, how many cards a person", (s) => {
    bought(s, { cardSn: "CHIP-1" });
    s.later("1d")
      .check({ person: "Wang", cardSn: "CHIP-1", shop: SHOP.dadong })
      .is("deny", {
        "IM-05": { level: "deny", evidence: { cardPersons: 2, limit: 2 }, lines: [] },
      });
    s.check({ cardSn: "CHIP-2" }).is("stepUp", {
      "IM-05": ["stepUp", { personCards7d: 2, limit: 2 }],
    });
  }),
  ...story(
    "IM-05 fires: a card replaced yesterday is shown once by its person, and then known",
    (s) => {
      bought(s, { cardSn: "CHIP-OLD", card: "A1" });
      const asked = s
        .later("1d")
        .check({ cardSn: "CHIP-NEW", card: "A2" })
        .is("stepUp", { "IM-05": "stepUp" });
      const again = (more: Ask) => s.later("5s").check(asked.again({ supersedes: asked, ...more }));
      again({ agent: PROXY }).is("stepUp", { "IM-05": "stepUp" });
      again({ override: ["EMERGENCY", APPROVER] }).is("stepUp", { "IM-05": "stepUp" });
      s.settle(again({ verified: ["face", "pass"] }).is("allow", { "IM-05": cleared("face") }));
      s.later("7d").check({ cardSn: "CHIP-NEW", card: "A2" }).is("allow");
    },
  ),
  ...story("IM-05 spares: a refused swipe ties no card to anybody", (s) => {
    s.check({ cardSn: "CHIP-1", status: "2" }).is("deny", { "IM-04": "deny" });
    s.later("1h").check({ person: "Wang", cardSn: "CHIP-1" }).is("allow");
    s.later("1h").inquire({ person: "Wang", cardSn: "CHIP-2" }).is("stepUp", { "IM-05": "stepUp" });
    s.later("1h").check({ person: "Wang", cardSn: "CHIP-1" }).is("allow");
  }),
  ...story(
    "IM-05 spares: husband and wife with a card each; code and ID card without a chip",
    (s) => {
      bought(s);
      s.later("10m").check({ person: "husband" }).is("allow");
      s.later("10m").check({ token: "T-1" }).is("allow");
      s.later("10m").check(shows(ID)).is("allow");
    },
  ),
  ...story(
    "IM-05 spares: a chip that is named beside a code or an ID card is not read from it",
    (s) => {
      bought(s, { token: "T-1", cardSn: "CHIP-LAST" });
      s.later("10m").check({ person: "Wang", token: "T-2", cardSn: "CHIP-LAST" }).is("allow");
      s.later("10m").check({ person: "Zhao", cardSn: "CHIP-LAST" }).is("allow");
      s.later("10m")
        .check(shows(ID, { person: "Zhao", cardSn: "CHIP-OTHER" }))
        .is("allow");
    },
  ),
];

const identities: Stories = [
  ...story("IM-09 fires: two insured persons of one ID number within 30 days", (s) => {
    bought(s, shows(ID));
    s.later("29d", "23h", "59m", "59s")
      .inquire(shows(ID, { person: "Wang" }))
      .is("warn", {
        "IM-09": { level: "warn", evidence: { idPersons30d: 2, limit: 2 }, lines: [] },
      });
    s.raises({ kind: "sharedIdentity", rules: ["IM-09"], pharmacies: [SHOP.north], buyer: "Wang" });
    s.later("1s")
      .check(shows(ID, { person: "Wang" }))
      .is("allow");
  }),
  ...story(
    "IM-09 fires: one person with two insurances; a change of job looks alike and only warns",
    (s) => {
      bought(s, shows(ID, { insurance: "310" }));
      s.later("10d")
        .check(shows(ID, { insurance: "390" }))
        .is("warn", { "IM-09": "warn" });
    },
  ),
  ...story("IM-09 spares: the same person again, and two persons with a paper each", (s) => {
    bought(s, shows(ID));
    s.later("5d")
      .check(shows(ID, { shop: SHOP.dadong }))
      .is("allow");
    s.later("5d")
      .check(shows(idCardOf("1960-07-08", "1"), { person: "Wang" }))
      .is("allow");
    s.raisesNothing("sharedIdentity");
  }),
  ...story("IM-09 spares: a person who shows the card, not the paper", (s) => {
    bought(s, shows(ID));
    s.later("5d").check({ insurance: "390" }).is("allow");
  }),
];

export const impersonationPapers: Stories = [...numbers, ...hospital, ...chips, ...identities];
