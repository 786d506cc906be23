import { type Ask, idCardOf, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { type Stories, type Story, story } from "./story.ts";

/**
 * Domain section 6: IM-01 (faster than 350 km/h beyond 200 km; cards and ID cards hold, a code steps up),
 * IM-04 (lists, status: deny), IM-05 (one chip and two persons: deny; two chips of one person in 7 days: stepUp).
 */

const aspirin = { basket: [packs(DRUG.aspirin, 1)] };
function bought(s: Story, ask: Ask = {}): void {
  s.settle(s.check({ ...aspirin, ...ask }).is("allow"));
}

const twoPlaces: Stories = [
  ...story(
    "IM-01 fires: it holds a card that is in Shenyang and 55 minutes later in Dalian",
    (s) => {
      bought(s);
      s.later("55m").check({ shop: SHOP.dalian }).is("hold", { "IM-01": "hold" });
    },
  ),
  ...story("IM-01 spares: by the fast train in 65 minutes is no miracle", (s) => {
    bought(s);
    s.later("65m").check({ shop: SHOP.dalian }).is("allow");
  }),
  ...story("IM-01 fires: it steps up where either swipe was by code", (s) => {
    bought(s, { token: "TOKEN-1" });
    bought(s, { person: "Wang" });
    s.later("30m").check({ shop: SHOP.dalian }).is("stepUp", { "IM-01": "stepUp" });
    s.check({ shop: SHOP.dalian, person: "Wang", token: "TOKEN-2" }).is("stepUp", {
      "IM-01": "stepUp",
    });
  }),
  ...story("IM-01 fires: an identity card is a card", (s) => {
    bought(s, { idCard: idCardOf("1982-03-04", "1") });
    s.later("30m").check({ shop: SHOP.dalian }).is("hold", { "IM-01": "hold" });
  }),
  ...story("IM-01 spares: two pharmacies of one city are no two places", (s) => {
    bought(s);
    s.later("1m").check({ shop: SHOP.south }).is("allow");
  }),
  ...story("IM-01 spares: two persons may be in two places", (s) => {
    bought(s);
    s.later("1m").check({ shop: SHOP.dalian, person: "Wang" }).is("allow");
  }),
  ...story(
    "IM-01 fires: a stepUp is cleared by face, identity card or registered agent, and not by less",
    (s) => {
      bought(s, { token: "TOKEN-1" });
      const asked = s.later("30m").check({ shop: SHOP.dalian }).is("stepUp", { "IM-01": "stepUp" });
      const again = (changes: Ask) =>
        s.later("20s").check(asked.again({ supersedes: asked, ...changes }));
      again({ verified: ["face", "fail"] }).is("hold", { "IM-01": "stepUp", "IM-07": "hold" });
      again({ verified: ["none", "pass"] }).is("stepUp", { "IM-01": "stepUp" });
      again({ verified: ["password", "pass"] }).is("stepUp", { "IM-01": "stepUp" });
      again({ agent: { id: "210102198203040011", registered: false } }).is("stepUp", {
        "IM-01": "stepUp",
      });
      again({ verified: ["face", "pass"] }).is("allow", { "IM-01": cleared("face") });
      again({ verified: ["id-card", "pass"] }).is("allow", { "IM-01": cleared("id-card") });
      again({ verified: ["idCard", "pass"] }).is("allow", { "IM-01": cleared("idCard") });
      again({ agent: { id: "210102198203040011", registered: true } }).is("allow", {
        "IM-01": "warn",
      });
    },
  ),
  ...story("IM-01 fires: a hold is cleared by EMERGENCY of another than the operator", (s) => {
    bought(s);
    const held = s.later("30m").check({ shop: SHOP.dalian }).is("hold", { "IM-01": "hold" });
    s.later("20s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "0007"] }))
      .is("hold", { "IM-01": "hold" });
    s.later("20s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "L0031"] }))
      .is("allow", { "IM-01": "warn" });
  }),
];

const lists: Stories = [
  ...story("IM-04 fires: it denies a person on the lists, by person number", (s) => {
    s.check({ number: "TEST-PERSON-DECEASED-0001" }).is("deny", { "IM-04": "deny" });
    s.later("1m").check({ number: "TEST-PERSON-STOPPED-0001" }).is("deny", { "IM-04": "deny" });
    s.later("1m").inquire({ number: "TEST-PERSON-STOPPED-0001" }).is("deny", { "IM-04": "deny" });
    s.later("1m").check({ person: "nobody on any list" }).is("allow");
  }),
  ...story(
    "IM-04 fires: it reads an identity card's number against the lists, and no other credential's",
    (s) => {
      s.check({ idCard: "TEST-PERSON-DECEASED-0001" }).is("deny", { "IM-04": "deny" });
      s.later("1m").check({ person: "Wang", card: "TEST-PERSON-DECEASED-0001" }).is("allow");
    },
  ),
  ...story("IM-04 fires: a list's first and last day are whole Shanghai days", (s) => {
    const stopped = { number: "TEST-PERSON-STOPPED-0001" };
    s.at("2026-05-31 23:59:59.999").check(stopped).is("allow");
    s.at("2026-06-01 00:00:00")
      .check({ ...stopped, till: "T02" })
      .is("deny", { "IM-04": "deny" });
    s.at("2027-05-31 23:59:59.999").check(stopped).is("deny", { "IM-04": "deny" });
    s.at("2027-06-01 00:00:00").check(stopped).is("allow");
  }),
  ...story("IM-04 fires: the deceased list begins on its first day and does not end", (s) => {
    const dead = { number: "TEST-PERSON-DECEASED-0001" };
    s.at("2026-02-28 23:59:59").check(dead).is("allow");
    s.at("2026-03-01 00:00:00")
      .check({ ...dead, till: "T02" })
      .is("deny", { "IM-04": "deny" });
    s.at("2031-01-01 12:00:00").check(dead).is("deny", { "IM-04": "deny" });
  }),
  ...story("IM-04 fires: it denies a lost card by its number and by its chip", (s) => {
    s.check({ card: "TEST-CARD-LOST-0001" }).is("deny", { "IM-04": "deny" });
    s.later("1m")
      .check({ person: "Wang", cardSn: "TEST-CHIP-LOST-0001" })
      .is("deny", { "IM-04": "deny" });
    s.at("2026-10-04 23:59:59").check({ person: "Zhao", card: "TEST-CARD-LOST-0001" }).is("allow");
  }),
  ...story(
    "IM-04 fires: it denies where the insurance is not in order, and says nothing where nobody said",
    (s) => {
      s.check({ status: "1" }).is("allow");
      s.later("1m").check({ person: "Wang", status: "2" }).is("deny", { "IM-04": "deny" });
      s.later("1m").check({ person: "Zhao", status: "4" }).is("deny", { "IM-04": "deny" });
      s.later("1m").check({ person: "Chen", status: null }).is("allow");
    },
  ),
  ...story("IM-04 spares: whose list begins tomorrow or ended yesterday, and namesakes", (s) => {
    s.at("2026-05-31 12:00:00").check({ number: "TEST-PERSON-STOPPED-0001" }).is("allow");
    s.at("2026-11-21 09:00:00").check({ number: "TEST-PERSON-STOPPED-0002" }).is("allow");
    s.later("1m").check({ person: "Wang", card: "TEST-CARD-LOST-0002" }).is("allow");
    s.at("2027-06-01 12:00:00").check({ number: "TEST-PERSON-STOPPED-0001" }).is("allow");
  }),
  ...story("IM-04 fires: nothing clears a deny", (s) => {
    const dead = s.check({ number: "TEST-PERSON-DECEASED-0001" }).is("deny", { "IM-04": "deny" });
    const again = (changes: Ask) =>
      s.later("20s").check(dead.again({ supersedes: dead, ...changes }));
    again({ override: ["EMERGENCY", "L0031"] }).is("deny", { "IM-04": "deny" });
    again({ verified: ["face", "pass"] }).is("deny", { "IM-04": "deny" });
    again({ agent: { id: "210102198203040011", registered: true } }).is("deny", {
      "IM-04": "deny",
    });
  }),
];

const chips: Stories = [
  ...story("IM-05 fires: it denies one chip in two persons' hands", (s) => {
    bought(s, { cardSn: "CHIP-1" });
    const second = s
      .later("2d")
      .check({ person: "Wang", cardSn: "CHIP-1" })
      .is("deny", { "IM-05": "deny" });
    s.later("1m")
      .check(
        second.again({
          supersedes: second,
          verified: ["face", "pass"],
          override: ["EMERGENCY", "L0031"],
        }),
      )
      .is("deny", { "IM-05": "deny" });
  }),
  ...story("IM-05 fires: it steps up for a second chip of one person within 7 days", (s) => {
    bought(s, { cardSn: "CHIP-1" });
    const asked = s
      .later("6d", "23h", "50m")
      .check({ cardSn: "CHIP-2" })
      .is("stepUp", { "IM-05": "stepUp" });
    const again = (changes: Ask) =>
      s.later("20s").check(asked.again({ supersedes: asked, ...changes }));
    again({ verified: ["face", "fail"] }).is("hold", { "IM-05": "stepUp", "IM-07": "hold" });
    again({ verified: ["id-card", "pass"] }).is("allow", { "IM-05": "warn" });
  }),
  ...story("IM-05 spares: after exactly 7 days a new card is just a new card", (s) => {
    bought(s, { cardSn: "CHIP-1" });
    s.later("7d").check({ cardSn: "CHIP-2" }).is("allow");
  }),
  ...story("IM-05 spares: the same chip again, or none, is nothing", (s) => {
    bought(s, { cardSn: "CHIP-1" });
    s.later("1d").check({ cardSn: "CHIP-1" }).is("allow");
    s.later("1d").check({ token: "TOKEN-1" }).is("allow");
  }),
];

export const impersonation: Stories = [...twoPlaces, ...lists, ...chips];
