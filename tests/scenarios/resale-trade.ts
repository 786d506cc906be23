import { type Ask, type Packs, packs } from "./ask.ts";
import type { Checked } from "./checked.ts";
import { APPROVER, CARE_HOME, DRUG, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/** Domain section 6: RS-03 (first buyers), RS-05 (a store's surge), RS-06 (bought and returned), RS-08 (dealers). */

const some = (
  drug: string,
  quantity: number,
  more: Omit<Packs, "drug" | "quantity"> = {},
): Ask => ({
  basket: [packs(drug, quantity, more)],
});

/** Somebody else brings the boxes of a sale to another store, which is told not to sell them. */
function turnsUp(s: Story, sale: Checked, shop: string, person = `buyer at ${shop}`): Checked {
  return s.check(sale.again({ person, shop })).is("deny", { "TR-01": "deny" });
}

const firstBuyers: Stories = [
  ...story(
    "RS-03 fires: a box that was bought here turned up elsewhere; two such boxes are trade",
    (s) => {
      const box = s.sell(some(DRUG.captopril, 1));
      s.later("26d");
      turnsUp(s, box, SHOP.dalian);
      s.raises({ kind: "traceDuplicate", firstBuyer: "Li", counted: true, rules: ["TR-01"] });
      const asked = s.later("1d").check(some(DRUG.ibuprofen, 1));
      asked.is("stepUp", { "RS-03": ["stepUp", { firstBuyer180d: 1, limit: 1 }] });
      const shown = (check: Checked, changes: Ask) =>
        s.later("1m").check(check.again({ supersedes: check, ...changes }));
      shown(asked, { override: ["OTHER", APPROVER] }).is("stepUp", { "RS-03": "stepUp" });
      shown(asked, { verified: ["idCard", "pass"] }).is("allow", { "RS-03": cleared("idCard") });
      const second = shown(asked, { verified: ["face", "pass"] });
      s.settle(second.is("allow", { "RS-03": cleared("face") }));
      const other = s.later("1h").check({ ...some(DRUG.captopril, 1), verified: ["face", "pass"] });
      s.settle(other.passes());
      s.later("40d");
      turnsUp(s, other, SHOP.dalian, "another buyer");
      const held = s.later("1d").check(some(DRUG.ibuprofen, 1));
      held.is("hold", { "RS-03": ["hold", { firstBuyer180d: 2, limit: 2 }] });
      shown(held, { verified: ["face", "pass"] }).is("hold", { "RS-03": "hold" });
      shown(held, { override: ["LOST_OR_DAMAGED", APPROVER] }).is("allow", {
        "RS-03": cleared("LOST_OR_DAMAGED"),
      });
      shown(held, { override: ["OTHER", APPROVER] }).is("allow", { "RS-03": cleared("OTHER") });
    },
  ),
  ...story("RS-03 spares: one box that is offered in three places is one box", (s) => {
    const box = s.sell(some(DRUG.captopril, 1));
    for (const shop of [SHOP.dalian, SHOP.harbin, SHOP.dalian]) {
      s.later("2d");
      turnsUp(s, box, shop, `buyer ${s.freshCodes(1)[0]}`);
    }
    s.later("1d")
      .check(some(DRUG.ibuprofen, 1))
      .is("stepUp", { "RS-03": ["stepUp", { firstBuyer180d: 1 }] });
  }),
  ...story("RS-03 spares: whose box came back to the store, and who only bought it now", (s) => {
    const box = s.sell(some(DRUG.captopril, 1));
    s.later("2d").giveBack(box);
    s.later("2d")
      .check(box.again({ shop: SHOP.dalian, person: "Wang" }))
      .is("hold", { "TR-01": "hold" });
    s.later("1d").check(some(DRUG.ibuprofen, 1)).is("allow");
    s.later("1h")
      .check({ ...some(DRUG.ibuprofen, 1), person: "Wang" })
      .is("allow");
  }),
  ...story("RS-03 spares: half a year after the finding it is forgotten", (s) => {
    const box = s.sell(some(DRUG.captopril, 1));
    s.at("2026-11-22 09:00:00");
    turnsUp(s, box, SHOP.dalian);
    s.later("179d", "23h", "59m", "59s", "999ms")
      .inquire(some(DRUG.ibuprofen, 1))
      .is("stepUp", { "RS-03": "stepUp" });
    s.later("1ms").inquire(some(DRUG.ibuprofen, 1)).is("allow");
  }),
  ...nhsa("RS-03 fires: a first sale that nobody confirmed is presumed", (s) => {
    const box = s.check(some(DRUG.captopril, 1)).is("allow");
    s.later("1d")
      .check(box.again({ shop: SHOP.dalian, person: "Wang" }))
      .is("hold", { "TR-01": "hold" });
    s.later("1d").check(some(DRUG.ibuprofen, 1)).is("stepUp", { "RS-03": "stepUp" });
  }),
];

/** A pack each to so many patients, none of whom was here before. */
function patients(s: Story, drug: string, [from, to]: readonly [number, number], ask: Ask = {}) {
  return Array.from({ length: to - from + 1 }, (_, index) =>
    s.later("4m").sell({ ...some(drug, 1), person: `patient ${from + index}`, ...ask }),
  );
}

/** The store's first sale, fourteen days ago. */
function opened(s: Story): void {
  s.at("2026-11-07 08:00:00").sell({ person: "first" });
  s.at("2026-11-21 09:00:00");
}

const surges: Stories = [
  ...story(
    "RS-05 fires: ten packs of what was never sold here, and thirty on prescription",
    (s) => {
      opened(s);
      for (const sale of patients(s, DRUG.amlodipine, [1, 9])) sale.is("allow");
      const [tenth] = patients(s, DRUG.amlodipine, [10, 10]);
      tenth?.is("warn", {
        "RS-05": ["warn", { drugPacksToday: 10, drugPacksUsual: 0, limit: 10 }],
      });
      const [twentyNinth] = patients(s, DRUG.amlodipine, [11, 29]).slice(-1);
      twentyNinth?.is("warn", { "RS-05": ["warn", { drugPacksToday: 29 }] });
      const held = s.later("4m").check({ ...some(DRUG.amlodipine, 1), person: "patient 30" });
      held.is("hold", {
        "RS-05": ["hold", { drugPacksToday: 30, prescriptionDrug: true, limit: 30 }],
      });
      const again = (changes: Ask) =>
        s.later("1m").check(held.again({ supersedes: held, ...changes }));
      again({ verified: ["face", "pass"] }).is("hold", { "RS-05": "hold" });
      again({ override: ["ELDERLY", APPROVER] }).is("hold", { "RS-05": "hold" });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "RS-05": cleared("OTHER") });
      again({ agent: { id: CARE_HOME, registered: true } }).is("allow");
    },
  ),
  ...story("RS-05 spares: five times, and ten times, of what is usual", (s) => {
    s.at("2026-11-07 08:00:00");
    // Forty-two packs on one of fourteen days are three a day.
    for (let n = 1; n <= 21; n++)
      s.later("4m").sell({ ...some(DRUG.clopidogrel, 2), person: `former ${n}` });
    s.at("2026-11-21 09:00:00");
    for (const sale of patients(s, DRUG.clopidogrel, [1, 15])) sale.is("allow");
    const [sixteenth] = patients(s, DRUG.clopidogrel, [16, 16]);
    sixteenth?.is("warn", { "RS-05": ["warn", { drugPacksToday: 16, drugPacksUsual: 3 }] });
    const [thirtieth] = patients(s, DRUG.clopidogrel, [17, 30]).slice(-1);
    thirtieth?.is("warn", { "RS-05": ["warn", { drugPacksToday: 30, drugPacksUsual: 3 }] });
    s.later("4m")
      .check({ ...some(DRUG.clopidogrel, 1), person: "patient 31" })
      .is("hold", { "RS-05": ["hold", { drugPacksToday: 31, drugPacksUsual: 3 }] });
  }),
  ...story("RS-05 spares: a flu wave; over the counter it warns at most", (s) => {
    opened(s);
    const all = patients(s, DRUG.lianhuaCapsules, [1, 35]);
    for (const sale of all.slice(0, 9)) sale.is("allow");
    for (const sale of all.slice(9)) sale.is("warn", { "RS-05": "warn" });
  }),
  ...story(
    "RS-05 spares: what came back, two forms of one medicine, and what is not watched",
    (s) => {
      opened(s);
      const [first] = patients(s, DRUG.nifedipineControlled, [1, 9]);
      if (first) s.later("1h").giveBack(first);
      for (const drug of [DRUG.nifedipineControlled, DRUG.nifedipineSustained])
        s.later("4m")
          .sell({ ...some(drug, 1), person: `of ${drug}` })
          .is("allow");
      for (const sale of patients(s, DRUG.ibuprofen, [10, 24])) sale.is("allow");
    },
  ),
  ...story("RS-05 spares: a store of thirteen days has no usual", (s) => {
    s.at("2026-11-08 08:00:00").sell({ person: "first" });
    s.at("2026-11-21 09:00:00");
    for (const sale of patients(s, DRUG.amlodipine, [1, 12])) sale.is("allow");
  }),
  ...nhsa("RS-05 fires: sales that nobody confirms are presumed", (s) => {
    opened(s);
    for (let n = 1; n <= 12; n++)
      s.later("4m")
        .check({ ...some(DRUG.amlodipine, 1), person: `patient ${n}` })
        .is("allow");
    s.later("4m")
      .check({ ...some(DRUG.amlodipine, 1), person: "patient 13" })
      .is("warn", { "RS-05": ["warn", { drugPacksToday: 10 }] });
  }),
];

/** Bought, settled, and back after so long. */
function cycle(s: Story, ask: Ask, back = "10m"): Checked {
  const sale = s.later("1h").check(ask).passes();
  s.settle(sale).later(back).giveBack(sale);
  return sale;
}

const cycles: Stories = [
  ...story("RS-06 fires: bought and returned within half an hour, twice and three times", (s) => {
    cycle(s, some(DRUG.clopidogrel, 1)).is("allow");
    cycle(s, some(DRUG.clopidogrel, 1), "29m").is("allow");
    const third = s.later("1h").check(some(DRUG.clopidogrel, 1));
    third.is("warn", { "RS-06": ["warn", { soonReturned30d: 2, limit: 2 }] });
    s.settle(third).later("29m", "59s", "999ms").giveBack(third);
    const held = s.later("1d").check(some(DRUG.clopidogrel, 1));
    held.is("hold", { "RS-06": ["hold", { watched: true, soonReturned30d: 3, limit: 3 }] });
    const again = (changes: Ask) =>
      s.later("1m").check(held.again({ supersedes: held, ...changes }));
    again({ verified: ["face", "pass"] }).is("hold", { "RS-06": "hold" });
    again({ override: ["OTHER", APPROVER] }).is("hold", { "RS-06": "hold" });
    again({ override: ["SYSTEM_RETRY", APPROVER] }).is("allow", {
      "RS-06": cleared("SYSTEM_RETRY"),
    });
    again({ override: ["DOSE_CHANGE", APPROVER] }).is("allow", { "RS-06": cleared("DOSE_CHANGE") });
  }),
  ...story("RS-06 fires: the very same box goes round", (s) => {
    const box = cycle(s, some(DRUG.clopidogrel, 1));
    cycle(s, box.again());
    s.later("1h")
      .check(box.again())
      .is("warn", { "RS-06": ["warn", { soonReturned30d: 2 }] });
  }),
  ...story("RS-06 fires: any medicine that came back five times within half an hour", (s) => {
    for (let n = 0; n < 4; n++) cycle(s, some(DRUG.acarbose, 1));
    const fourth = s.later("1h").sell(some(DRUG.acarbose, 1));
    fourth.is("allow");
    s.later("10m").giveBack(fourth);
    s.later("1h")
      .check(some(DRUG.acarbose, 1))
      .is("hold", { "RS-06": ["hold", { soonReturned30d: 5 }] });
  }),
  ...story("RS-06 spares: back after half an hour, or something that is not watched", (s) => {
    for (let n = 0; n < 3; n++) cycle(s, some(DRUG.clopidogrel, 1), "30m");
    s.later("1h").check(some(DRUG.clopidogrel, 1)).is("allow");
    for (let n = 0; n < 3; n++) cycle(s, some(DRUG.acarbose, 1));
    s.later("1h").check(some(DRUG.acarbose, 1)).is("allow");
  }),
  ...story("RS-06 spares: another watched medicine, and another person", (s) => {
    for (let n = 0; n < 2; n++) cycle(s, some(DRUG.clopidogrel, 1));
    s.later("1h").check(some(DRUG.aspirin, 1)).is("allow");
    s.later("1h")
      .check({ ...some(DRUG.clopidogrel, 1), person: "Wang" })
      .is("allow");
  }),
  ...story("RS-06 spares: the first of two is thirty days ago", (s) => {
    s.at("2026-11-21 08:00:00");
    cycle(s, some(DRUG.clopidogrel, 1));
    s.later("20d");
    cycle(s, some(DRUG.clopidogrel, 1));
    s.at("2026-12-21 08:59:59.999")
      .inquire(some(DRUG.clopidogrel, 1))
      .is("warn", { "RS-06": "warn" });
    s.at("2026-12-21 09:00:00").inquire(some(DRUG.clopidogrel, 1)).is("allow");
  }),
  ...native("RS-06 spares: a till that gives up what never settled", (s) => {
    for (let n = 0; n < 3; n++) {
      const lost = s.later("1h").check(some(DRUG.clopidogrel, 1)).is("allow");
      s.later("1m").giveBack(lost, "timeout");
    }
    s.later("1h").check(some(DRUG.clopidogrel, 1)).is("allow");
  }),
  ...nhsa("RS-06 spares: a till that undoes 2102 messages whose answers were lost", (s) => {
    for (let n = 0; n < 3; n++) {
      const lost = s.later("1h").check(some(DRUG.clopidogrel, 1)).is("allow");
      s.later("1m").undo(lost);
    }
    s.later("1h").check(some(DRUG.clopidogrel, 1)).is("allow");
  }),
];

const dealers: Stories = [
  ...story("RS-08 fires: a dealer buys, or somebody for whom a dealer buys", (s) => {
    const held = s.check({ number: "TEST-PERSON-DEALER-0001" });
    held.is("hold", { "RS-08": ["hold", { dealerPerson: true }] });
    const again = (changes: Ask) =>
      s.later("1m").check(held.again({ supersedes: held, ...changes }));
    again({ verified: ["face", "pass"] }).is("hold", { "RS-08": "hold" });
    again({ override: ["ELDERLY", APPROVER] }).is("hold", { "RS-08": "hold" });
    again({ override: ["OTHER", APPROVER] }).is("allow", { "RS-08": cleared("OTHER") });
    again({ override: ["EMERGENCY", APPROVER] }).is("allow", { "RS-08": cleared("EMERGENCY") });
    const agent = { id: "TEST-AGENT-DEALER-0001", registered: true };
    s.later("1h")
      .check({ person: "Wang", agent })
      .is("hold", { "RS-08": ["hold", { dealerAgent: true }] });
  }),
  ...story(
    "RS-08 spares: the day before the finding, and whom the dealer does not buy for",
    (s) => {
      s.at("2026-01-31 23:59:59.999").check({ number: "TEST-PERSON-DEALER-0001" }).is("allow");
      s.at("2026-02-01 00:00:00")
        .check({ number: "TEST-PERSON-DEALER-0001" })
        .is("hold", { "RS-08": "hold" });
      s.check({ person: "Wang" }).is("allow");
    },
  ),
];

export const resaleByTrade: Stories = [...firstBuyers, ...surges, ...cycles, ...dealers];
