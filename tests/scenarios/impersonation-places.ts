import { type Ask, idCardOf, packs } from "./ask.ts";
import { APPROVER, DRUG, FAMILY, PROXY, SHOP } from "./chest.ts";
import { cleared, type HitWanted } from "./expectation.ts";
import { type Stories, type Story, story } from "./story.ts";

/**
 * One person at two pharmacies. Domain section 6: IM-01 (30 km and more at over 120 km/h, over 350 beyond 200 km; without
 * geocodes 60 minutes between prefectures, 120 between provinces; H where both credentials are cards, else S), IM-01b (one
 * city, over 2 km in under 5 minutes: S), IM-08 (code here and card there in under 60 minutes: S). The traps: a family
 * account, the fast train, a clock that is wrong, a couple that shares card and code.
 */

/** Not designated, so the guard knows no place of it but its area. */
const NOWHERE = { liaoning: "P21130200001", jilin: "P22130200001", shenyang: "P21010299999" };

function bought(s: Story, ask: Ask = {}): void {
  s.settle(s.check({ basket: [packs(DRUG.ibuprofen, 1)], ...ask }));
}
const at = (shop: string, more: Ask = {}): Ask => ({ shop, ...more });

const speeds: Stories = [
  ...story("IM-01 fires: below 200 km nobody is faster than 120 km/h", (s) => {
    // 40.7 km: 20 minutes and 22 seconds.
    bought(s);
    s.later("20m")
      .inquire(at(SHOP.fushun))
      .is("hold", {
        "IM-01": { level: "hold", evidence: { travelCredentialsPhysical: true }, lines: [] },
      });
    s.later("21s").inquire(at(SHOP.fushun)).is("hold", { "IM-01": "hold" });
    s.later("3s").check(at(SHOP.fushun)).is("allow");
  }),
  ...story("IM-01 spares: beyond 200 km the fastest train is believed", (s) => {
    // 204 km: 35 minutes by the train, more than 100 by car.
    bought(s);
    s.later("34m").inquire(at(SHOP.jinzhou)).is("hold", { "IM-01": "hold" });
    s.later("2m").check(at(SHOP.jinzhou)).is("allow");
    bought(s, { person: "Wang" });
    // 624 km: 107 minutes but for a second.
    s.later("106m")
      .inquire(at(SHOP.beijing, { person: "Wang" }))
      .is("hold", { "IM-01": "hold" });
    s.later("60s")
      .check(at(SHOP.beijing, { person: "Wang" }))
      .is("allow");
  }),
  ...story("IM-01 spares: nearer than 30 km nothing is impossible", (s) => {
    bought(s);
    // 8.9 km: 133 km/h, and no matter of travel.
    s.later("4m").check(at(SHOP.hunnan)).is("stepUp", { "IM-01b": "stepUp" }).without("IM-01");
  }),
  ...story("IM-01 fires: a refused or merely asked swipe was a swipe there", (s) => {
    s.inquire();
    s.later("30m").check(at(SHOP.dalian)).is("hold", { "IM-01": "hold" });
    s.check({ person: "Wang", status: "2" }).is("deny", { "IM-04": "deny" });
    s.later("30m")
      .check(at(SHOP.dalian, { person: "Wang" }))
      .is("hold", { "IM-01": "hold" });
  }),
  ...story("IM-01 fires: without a place the areas decide: 60 minutes between prefectures", (s) => {
    s.check(at(NOWHERE.liaoning)).is("deny", { "PH-01": "deny" });
    s.later("59m", "59s").inquire().is("hold", { "IM-01": "hold" });
    s.later("1s").check().is("allow");
  }),
  ...story("IM-01 fires: without a place 120 minutes between provinces", (s) => {
    s.check(at(NOWHERE.jilin)).is("deny", { "PH-01": "deny" });
    s.later("119m", "59s").inquire().is("hold", { "IM-01": "hold" });
    s.later("1s").check().is("allow");
  }),
  ...story("IM-01 spares: without a place one prefecture is one place", (s) => {
    s.check(at(NOWHERE.shenyang)).is("deny", { "PH-01": "deny" });
    s.later("1m").check().is("allow");
  }),
];

/** Verified, registered or explained: what a stepUp or a hold of this rule makes of it. */
function waysThrough(s: Story, rule: string, raised: "stepUp" | "hold", ask: Ask): void {
  const asked = s.check(ask).is(raised, { [rule]: raised });
  const again = (more: Ask) => s.later("5s").check(asked.again({ supersedes: asked, ...more }));
  const by = (clearedBy: string): { readonly [rule: string]: HitWanted } => ({
    [rule]: cleared(clearedBy),
  });
  again({ verified: ["password", "pass"] }).is(raised, { [rule]: raised });
  again({ override: ["OTHER", APPROVER] }).is(raised, { [rule]: raised });
  again({ override: ["EMERGENCY", "0007"] }).is(raised, { [rule]: raised });
  again({ agent: { ...PROXY, registered: false } }).is(raised, { [rule]: raised });
  again({ verified: ["face", "pass"] }).is("allow", by("face"));
  again({ verified: ["id-card", "pass"] }).is("allow", by("id-card"));
  again({ agent: PROXY }).is("allow", by("agent"));
  const emergency = again({ override: ["EMERGENCY", APPROVER] });
  if (raised === "hold") emergency.is("allow", by("EMERGENCY"));
  else emergency.is("stepUp", { [rule]: "stepUp" });
}

const clearing: Stories = [
  ...story(
    "IM-01 fires: a hold is cleared by the person, by a registered proxy, or in an emergency",
    (s) => {
      bought(s);
      waysThrough(s.later("20m"), "IM-01", "hold", at(SHOP.dalian));
    },
  ),
  ...story("IM-01 fires: a stepUp is not the manager's to clear", (s) => {
    bought(s, { token: "T-1" });
    waysThrough(s.later("20m"), "IM-01", "stepUp", at(SHOP.dalian));
  }),
  ...story(
    "IM-01 spares: a relative's account pays, and the code is shown from another city",
    (s) => {
      bought(s, { token: "T-1" });
      const pays = { funds: { familyAccount: 10 } };
      s.later("30m")
        .check(at(SHOP.dalian, { token: "T-2", ...pays }))
        .is("allow");
      bought(s, { person: "Wang" });
      s.later("30m")
        .check(at(SHOP.dalian, { person: "Wang", ...pays }))
        .is("hold", { "IM-01": "hold" });
    },
  ),
  ...story("IM-01 spares: a registered holder of a family's codes", (s) => {
    bought(s, { token: "T-1" });
    s.later("30m")
      .check(at(SHOP.dalian, { token: "T-2", agent: { id: FAMILY, relation: "child" } }))
      .is("allow");
  }),
];

/** 3 km apart in one city. */
const near: Stories = [
  ...story("IM-01b fires: three kilometres in less than five minutes", (s) => {
    bought(s);
    s.later("4m", "59s")
      .inquire(at(SHOP.heping))
      .is("stepUp", { "IM-01b": { level: "stepUp", evidence: { nearbyHop: true }, lines: [] } });
    s.later("1s").check(at(SHOP.heping)).is("allow");
  }),
  ...story(
    "IM-01b spares: neighbours within two kilometres, the same store, another person",
    (s) => {
      bought(s);
      s.later("1m").check(at(SHOP.south)).is("allow");
      s.later("5m").check(at(SHOP.south)).is("allow");
      s.later("10m");
      bought(s, { person: "Wang" });
      s.later("1m")
        .check(at(SHOP.heping, { person: "Zhao" }))
        .is("allow");
    },
  ),
  ...story("IM-01b spares: a till's clock that is wrong makes nobody fast", (s) => {
    bought(s);
    s.later("20m")
      .check(at(SHOP.heping, { tillClock: "2026-11-21 09:01:00" }))
      .passes({ "DQ-03": "warn" })
      .without("IM-01b");
  }),
  ...story("IM-01b fires: a clock that is wrong hides nobody either", (s) => {
    bought(s);
    s.later("1m")
      .check(at(SHOP.heping, { tillClock: "2026-11-21 12:00:00" }))
      .is("stepUp", { "IM-01b": "stepUp" });
  }),
  ...story(
    "IM-01b fires: the person or a registered proxy clears it, the manager does not",
    (s) => {
      bought(s);
      waysThrough(s.later("1m"), "IM-01b", "stepUp", at(SHOP.heping));
    },
  ),
  ...story("IM-01b spares: a relative's account, and a family's registered holder", (s) => {
    bought(s);
    s.later("1m")
      .check(at(SHOP.heping, { funds: { familyAccount: 10 } }))
      .is("allow");
    bought(s, { person: "Wang" });
    s.later("1m")
      .check(at(SHOP.heping, { person: "Wang", agent: { id: FAMILY, relation: "child" } }))
      .is("allow");
  }),
];

const kinds: Stories = [
  ...story("IM-08 fires: the code here, the card there, within the hour", (s) => {
    bought(s, { token: "T-1" });
    s.later("59m", "59s")
      .inquire(at(SHOP.south))
      .is("stepUp", { "IM-08": { level: "stepUp", evidence: { credentialHop: true }, lines: [] } });
    s.later("1s").check(at(SHOP.south)).is("allow");
  }),
  ...story("IM-08 fires: the card here, the code there", (s) => {
    bought(s);
    s.later("10m")
      .check(at(SHOP.south, { token: "T-1" }))
      .is("stepUp", { "IM-08": "stepUp" });
  }),
  ...story("IM-08 spares: at one pharmacy a till that cannot read the code takes the card", (s) => {
    bought(s, { token: "T-1" });
    s.later("1m").check().is("allow");
  }),
  ...story("IM-08 spares: the same kind twice, and an identity card", (s) => {
    bought(s, { token: "T-1" });
    s.later("10m")
      .check(at(SHOP.south, { token: "T-2" }))
      .is("allow");
    bought(s, { person: "Wang" });
    s.later("10m")
      .check(at(SHOP.south, { person: "Wang" }))
      .is("allow");
    bought(s, { person: "Zhao", token: "T-3" });
    s.later("10m")
      .check(at(SHOP.south, { person: "Zhao", idCard: idCardOf("1956-03-02", "2") }))
      .is("allow");
  }),
  ...story("IM-08 spares: husband and wife, each with a credential of their own", (s) => {
    bought(s, { token: "T-1" });
    s.later("5m")
      .check(at(SHOP.south, { person: "Wang" }))
      .is("allow");
  }),
  ...story(
    "IM-08 fires: a couple that shares card and code registers, or shows who is there",
    (s) => {
      bought(s, { token: "T-1" });
      waysThrough(s.later("30m"), "IM-08", "stepUp", at(SHOP.south));
    },
  ),
  ...story("IM-08 spares: a relative's account, and a family's registered holder", (s) => {
    bought(s, { token: "T-1" });
    s.later("10m")
      .check(at(SHOP.south, { funds: { familyAccount: 10 } }))
      .is("allow");
    bought(s, { person: "Wang", token: "T-2" });
    s.later("10m")
      .check(at(SHOP.south, { person: "Wang", agent: { id: FAMILY, relation: "child" } }))
      .is("allow");
  }),
];

export const impersonationPlaces: Stories = [...speeds, ...clearing, ...near, ...kinds];
