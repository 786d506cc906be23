import { type Ask, packs } from "./ask.ts";
import { APPROVER, CARE_HOME, DRUG, FAMILY, PROXY, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { type Stories, story } from "./story.ts";

/**
 * Who stands there. Domain section 6: IM-03 (a medicine that is not for this sex or age: S, the second time in 30 days H),
 * IM-06 (a proxy nobody named, or somebody else shown: S, never D), IM-07 (face or ID card failed: H; nobody checked and
 * a watched medicine above 300 yuan: S), IM-10 (on the list of the dishonest: S, H from 1,000 yuan of the fund).
 */

/** Finasteride is for men, dydrogesterone for women, and the stories' people are women unless they say otherwise. */
const forMen = (more: Ask = {}): Ask => ({ basket: [packs(DRUG.finasteride, 1)], ...more });
const MAN: Ask = { sex: "1" };

const limits: Stories = [
  ...story(
    "IM-03 fires: a medicine for men on a woman's card, and the second time is a habit",
    (s) => {
      s.check(forMen()).is("stepUp", {
        "IM-03": { level: "stepUp", evidence: { outsideLimits: true }, lines: ["0001"] },
      });
      s.later("29d", "23h", "59m", "59s")
        .check(forMen())
        .is("hold", { "IM-03": ["hold", { outsideLimits: true, limitBreaches30d: 2, limit: 2 }] });
    },
  ),
  ...story("IM-03 fires: after 30 days it is the first time again", (s) => {
    s.check(forMen()).is("stepUp", { "IM-03": "stepUp" });
    s.later("30d").check(forMen()).is("stepUp", { "IM-03": "stepUp" });
  }),
  ...story("IM-03 fires: asked and then sold, or tried again, is one time", (s) => {
    s.inquire(forMen()).is("stepUp", { "IM-03": "stepUp" });
    const first = s.later("1m").check(forMen()).is("stepUp", { "IM-03": "stepUp" });
    s.later("1m").repeat(first).is("stepUp", { "IM-03": "stepUp" });
    s.later("1m")
      .check(first.again({ supersedes: first, verified: ["face", "pass"] }))
      .is("stepUp", { "IM-03": "stepUp" });
    s.later("1m").check(first.again()).is("stepUp", { "IM-03": "stepUp" });
  }),
  ...story("IM-03 spares: whoever it is for, whoever nobody knows, and another's basket", (s) => {
    s.check(forMen({ person: "Wang", ...MAN })).is("allow");
    s.check(forMen({ person: "Zhao", sex: "9" })).is("allow");
    s.check(forMen({ person: "Chen", sex: null })).is("allow");
    s.later("10m")
      .check(forMen({ person: "Sun" }))
      .is("stepUp", { "IM-03": "stepUp" });
    s.later("10m").check({ person: "Sun" }).is("allow");
  }),
  ...story("IM-03 fires: ages are whole years on the Shanghai day", (s) => {
    const grown = (birthDate: string): Ask => forMen({ person: birthDate, ...MAN, birthDate });
    s.check(grown("2008-11-22")).is("stepUp", { "IM-03": "stepUp" });
    s.check(grown("2008-11-21")).is("allow");
    const child = (birthDate: string): Ask => ({
      ...{ person: birthDate, birthDate },
      basket: [packs(DRUG.childrensCold, 1)],
    });
    s.check(child("2013-11-21")).is("stepUp", { "IM-03": "stepUp" });
    s.check(child("2013-11-22")).is("allow");
  }),
  ...story(
    "IM-03 fires: a registered proxy or a doctor's reason explains it, an ID check does not",
    (s) => {
      const asked = s.check(forMen()).is("stepUp", { "IM-03": "stepUp" });
      const first = (more: Ask) => s.later("5s").check(asked.again({ supersedes: asked, ...more }));
      first({ verified: ["idCard", "pass"] }).is("stepUp", { "IM-03": "stepUp" });
      first({ override: ["ELDERLY", APPROVER] }).is("stepUp", { "IM-03": "stepUp" });
      first({ agent: { ...PROXY, registered: false } }).is("stepUp", { "IM-03": "stepUp" });
      first({ agent: PROXY }).is("allow", { "IM-03": cleared("agent") });
      const held = s.later("1d").check(forMen()).is("hold", { "IM-03": "hold" });
      const again = (more: Ask) => s.later("5s").check(held.again({ supersedes: held, ...more }));
      again({ verified: ["face", "pass"] }).is("hold", { "IM-03": "hold" });
      again({ override: ["OTHER", "0007"] }).is("hold", { "IM-03": "hold" });
      again({ override: ["OTHER", APPROVER] }).passes({ "IM-03": cleared("OTHER") });
      again({ override: ["EMERGENCY", APPROVER] }).passes({ "IM-03": cleared("EMERGENCY") });
      again({ agent: PROXY }).passes({ "IM-03": cleared("agent") });
    },
  ),
];

const proxies: Stories = [
  ...story("IM-06 fires: somebody buys for the person and is not named", (s) => {
    const asked = s.check({ agent: { relation: "child" } }).is("stepUp", {
      "IM-06": { level: "stepUp", evidence: { agentGiven: true, agentNamed: false }, lines: [] },
    });
    s.later("5s")
      .check(asked.again({ supersedes: asked, agent: PROXY }))
      .is("allow")
      .without("IM-06");
  }),
  ...story(
    "IM-06 fires: another person is shown, and nobody is registered; never more than that",
    (s) => {
      const asked = s.check({ verified: ["face", "other-person"] }).is("stepUp", {
        "IM-06": ["stepUp", { otherPersonShown: true }],
      });
      const again = (more: Ask) => s.later("5s").check(asked.again({ supersedes: asked, ...more }));
      again({ override: ["EMERGENCY", APPROVER] }).is("stepUp", { "IM-06": "stepUp" });
      again({ verified: ["face", "other-person"], agent: PROXY }).is("allow");
      again({ verified: ["face", "pass"] }).is("allow");
    },
  ),
  ...story("IM-06 fires: a proxy who is registered without a number is registered nowhere", (s) => {
    s.check({ agent: { relation: "child", registered: true } }).is("stepUp", { "IM-06": "stepUp" });
  }),
  ...story(
    "IM-06 spares: a named proxy, a nurse of a registered house, a family's holder, nobody",
    (s) => {
      const come = (agent: NonNullable<Ask["agent"]>, more: Ask = {}) =>
        s
          .later("10m")
          .check({ person: `for ${agent.id ?? agent.relation ?? "nobody"}`, agent, ...more });
      come(PROXY).is("allow");
      come({ id: "210102198203040011", relation: "neighbour" }).is("allow");
      come({ id: CARE_HOME }, { verified: ["face", "other-person"] }).is("allow");
      come({ id: FAMILY }, { verified: ["face", "other-person"] }).is("allow");
      come({ relation: "self" }).is("allow");
      come({}).is("allow");
    },
  ),
];

/** Watched, 860 yuan a pill; of the family account or not is nobody's matter here. */
const dear = (yuan: number, more: Ask = {}): Ask => ({
  basket: [packs(DRUG.angongNiuhuang, 1, { price: yuan })],
  ...more,
});

const verification: Stories = [
  ...story("IM-07 fires: the face is not the person's, and then the ID card is", (s) => {
    const held = s.check({ verified: ["face", "fail"] }).is("hold", {
      "IM-07": { level: "hold", evidence: { verificationPassed: false }, lines: [] },
    });
    const again = (more: Ask) => s.later("5s").check(held.again({ supersedes: held, ...more }));
    again({ verified: ["id-card", "fail"] }).is("hold", { "IM-07": "hold" });
    again({ verified: ["face", "fail"], override: ["OTHER", APPROVER] }).is("hold", {
      "IM-07": "hold",
    });
    again({ verified: ["face", "fail"], override: ["ELDERLY", "0007"] }).is("hold", {
      "IM-07": "hold",
    });
    const stays: Ask = { verified: ["face", "fail"] };
    again({ ...stays, override: ["ELDERLY", APPROVER] }).is("allow", {
      "IM-07": cleared("ELDERLY"),
    });
    again({ ...stays, override: ["DISABLED", APPROVER] }).is("allow", {
      "IM-07": cleared("DISABLED"),
    });
    again({ ...stays, override: ["EMERGENCY", APPROVER] }).is("allow", {
      "IM-07": cleared("EMERGENCY"),
    });
    again({ ...stays, agent: PROXY }).is("allow", { "IM-07": cleared("agent") });
    again({ verified: ["id-card", "pass"] })
      .is("allow")
      .without("IM-07");
  }),
  ...story(
    "IM-07 spares: a check that could not be made, a password that failed, none at all",
    (s) => {
      s.check({ person: "a", verified: ["face", "timeout"] }).is("allow");
      s.check({ person: "b", verified: ["password", "fail"] }).is("allow");
      s.check({ person: "c", verified: ["none", "fail"] }).is("allow");
      s.check({ person: "d" }).is("allow");
    },
  ),
  ...story(
    "IM-07 fires: nobody was checked, and a watched medicine costs more than 300 yuan",
    (s) => {
      const asked = s.check(dear(300.01, { verified: ["none", "none"] })).is("stepUp", {
        "IM-07": ["stepUp", { verificationMethod: "none", limit: 300 }],
      });
      const again = (more: Ask) => s.later("5s").check(asked.again({ supersedes: asked, ...more }));
      again({ override: ["EMERGENCY", APPROVER] }).is("stepUp", { "IM-07": "stepUp" });
      again({ agent: PROXY }).is("allow", { "IM-07": cleared("agent") });
      again({ verified: ["face", "pass"] })
        .is("allow")
        .without("IM-07");
    },
  ),
  ...story(
    "IM-07 spares: 300 yuan, a medicine nobody deals in, and a till that says nothing",
    (s) => {
      const nobody: Ask = { verified: ["none", "none"] };
      s.check(dear(300, { person: "a", ...nobody }))
        .passes()
        .without("IM-07");
      const plain = [packs(DRUG.hawthorn, 100, { price: 4 })];
      s.check({ person: "b", ...nobody, basket: plain }).is("allow");
      s.check(dear(860, { person: "c" }))
        .passes()
        .without("IM-07");
      s.check(dear(860, { person: "d", verified: ["face", "pass"] }))
        .passes()
        .without("IM-07");
    },
  ),
  ...story("IM-07 fires: two watched medicines for more than 300 yuan together", (s) => {
    const two = [
      packs(DRUG.angongNiuhuang, 1, { price: 200 }),
      packs(DRUG.donkeyHideGelatin, 1, { price: 200, codes: [] }),
    ];
    s.check({ verified: ["none", "none"], basket: two }).is("stepUp", { "IM-07": "stepUp" });
  }),
];

const OUTCAST = { number: "TEST-PERSON-DISHONEST-0001" };
const costs = (yuan: number, more: Ask = {}): Ask => ({
  ...OUTCAST,
  basket: [packs(DRUG.hawthorn, 10, { price: yuan / 10 })],
  ...more,
});

const dishonest: Stories = [
  ...story(
    "IM-10 fires: a person on the list is looked at closely, and held from 1,000 yuan",
    (s) => {
      s.inquire(costs(999.9)).is("stepUp", {
        "IM-10": { level: "stepUp", evidence: { dishonest: true }, lines: [] },
      });
      s.inquire(costs(1_000)).is("hold", { "IM-10": ["hold", { fundYuan: 1_000, limit: 1_000 }] });
      s.check(costs(1_200, { funds: { cash: 200.1 } })).is("stepUp", { "IM-10": "stepUp" });
    },
  ),
  ...story("IM-10 fires: never a refusal, and each level has a way through", (s) => {
    const asked = s.check(costs(100)).is("stepUp", { "IM-10": "stepUp" });
    const small = (more: Ask) => s.later("5s").check(asked.again({ supersedes: asked, ...more }));
    small({ agent: PROXY }).is("stepUp", { "IM-10": "stepUp" });
    small({ override: ["OTHER", APPROVER] }).is("stepUp", { "IM-10": "stepUp" });
    small({ verified: ["face", "pass"] }).is("allow", { "IM-10": cleared("face") });
    const held = s.later("1h").check(costs(1_400)).is("hold", { "IM-10": "hold" });
    const dearer = (more: Ask) => s.later("5s").check(held.again({ supersedes: held, ...more }));
    dearer({ verified: ["face", "pass"] }).is("hold", { "IM-10": "hold" });
    dearer({ override: ["OTHER", "0007"] }).is("hold", { "IM-10": "hold" });
    dearer({ override: ["OTHER", APPROVER] }).passes({ "IM-10": cleared("OTHER") });
    dearer({ override: ["EMERGENCY", APPROVER] }).passes({ "IM-10": cleared("EMERGENCY") });
  }),
  ...story("IM-10 spares: everybody else, and before and after the years on the list", (s) => {
    s.check({ person: "Wang", shop: SHOP.south }).is("allow");
    s.at("2026-03-31 23:59:59.999").check(OUTCAST).is("allow");
    s.at("2026-04-01 00:00:00").check(OUTCAST).is("stepUp", { "IM-10": "stepUp" });
    s.at("2027-03-31 23:59:59.999").check(OUTCAST).is("stepUp", { "IM-10": "stepUp" });
    s.at("2027-04-01 00:00:00").check(OUTCAST).is("allow");
  }),
];

export const impersonationPersons: Stories = [...limits, ...proxies, ...verification, ...dishonest];
