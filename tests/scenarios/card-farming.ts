import { type Ask, packs } from "./ask.ts";
import { CARE_HOME, DRUG, SHOP } from "./chest.ts";
import { native, type Stories, type Story, story } from "./story.ts";

/** Domain section 6: CF-01 (W 8, H 12 people in 10 min), CF-02 (4 gaps under 15 s), CF-14 (tokens). */

/** So many people, one after the other, none of them worth a word. */
function crowd(s: Story, count: number, apart: string, ask: Ask = {}, from = 1): void {
  for (let index = from; index < from + count; index++) {
    if (index > from) s.later(apart);
    s.check({ ...ask, person: `guest ${index}` }).is("allow");
  }
}

const people: Stories = [
  ...story(
    "CF-01 fires: it warns from the eighth and holds from the twelfth person in ten minutes",
    (s) => {
      crowd(s, 7, "50s");
      for (let n = 8; n <= 11; n++)
        s.later("50s")
          .check({ person: `guest ${n}` })
          .is("warn", { "CF-01": "warn" });
      s.later("49s").check({ person: "guest 12" }).is("hold", { "CF-01": "hold" });
      s.later("20m").check({ person: "guest 13" }).is("allow");
    },
  ),
  ...story(
    "CF-01 spares: the window is half-open, so the person of ten minutes ago is no longer counted",
    (s) => {
      crowd(s, 7, "60s");
      s.at("2026-11-21 09:10:00").check({ person: "guest 8" }).is("allow");
    },
  ),
  ...story("CF-01 fires: a millisecond earlier the first person still counts", (s) => {
    crowd(s, 7, "60s");
    s.at("2026-11-21 09:09:59.999").check({ person: "guest 8" }).is("warn", { "CF-01": "warn" });
  }),
  ...story("CF-01 spares: it counts people, not messages", (s) => {
    for (let n = 1; n <= 6; n++) {
      s.later("40s")
        .inquire({ person: `guest ${n}` })
        .is("allow");
      s.later("20s")
        .check({ person: `guest ${n}` })
        .is("allow");
    }
    s.later("20s").check({ person: "guest 6" }).is("allow");
  }),
  ...story("CF-01 fires: an inquiry is an attempt", (s) => {
    for (let n = 1; n <= 7; n++)
      s.later("40s")
        .inquire({ person: `guest ${n}` })
        .is("allow");
    s.later("40s").inquire({ person: "guest 8" }).is("warn", { "CF-01": "warn" });
  }),
  ...story(
    "CF-01 spares: it is per till, and the same name in another pharmacy is another till",
    (s) => {
      crowd(s, 7, "40s");
      s.later("30s").check({ person: "guest 8", till: "T02" }).is("allow");
      s.later("30s").check({ person: "guest 9", shop: SHOP.heping }).is("allow");
    },
  ),
  ...story("CF-01 fires: people who were refused were there all the same", (s) => {
    for (let n = 1; n <= 7; n++)
      s.later("40s")
        .check({ person: `guest ${n}`, status: "2" })
        .is("deny", { "IM-04": "deny" });
    s.later("40s").check({ person: "guest 8" }).is("warn", { "CF-01": "warn" });
  }),
  ...story(
    "CF-01 fires: a hold is cleared by a registered agent and by override, never by the operator's own",
    (s) => {
      for (let n = 1; n <= 11; n++) s.later("45s").inquire({ person: `guest ${n}` });
      const held = s.later("45s").check({ person: "guest 12" }).is("hold", { "CF-01": "hold" });
      const again = (changes: Ask) =>
        s.later("2s").check(held.again({ supersedes: held, ...changes }));
      again({ override: ["CARE_INSTITUTION", "0007"] }).is("hold", { "CF-01": "hold" });
      again({ override: ["CARE_INSTITUTION", "TEST-STAFF-SUSPENDED-0001"] }).is("hold", {
        "CF-01": "hold",
      });
      again({ override: ["ELDERLY", "L0031"] }).is("hold", { "CF-01": "hold" });
      again({ agent: { id: "210102198203040011", registered: false } }).is("hold", {
        "CF-01": "hold",
      });
      again({ override: ["CARE_INSTITUTION", "L0031"] }).is("allow", { "CF-01": "warn" });
      again({ override: ["EMERGENCY", "L0031"] }).is("allow", { "CF-01": "warn" });
      again({ agent: { id: "210102198203040011", registered: true } }).is("allow", {
        "CF-01": "warn",
      });
    },
  ),
  ...story("CF-01 spares: a registered care home is exempt", (s) => {
    const agent = { id: CARE_HOME, registered: true };
    for (let n = 1; n <= 20; n++)
      s.later("25s")
        .check({ person: `resident ${n}`, agent })
        .is("allow");
  }),
];

const pace: Stories = [
  ...story("CF-02 fires: it holds the fifth person after four gaps under 15 seconds", (s) => {
    crowd(s, 4, "14s");
    s.later("14s").check({ person: "guest 5" }).is("hold", { "CF-02": "hold" });
  }),
  ...story("CF-02 spares: exactly 15 seconds is no machine", (s) => {
    crowd(s, 7, "15s");
  }),
  ...story("CF-02 fires: a millisecond under 15 seconds is", (s) => {
    crowd(s, 4, "14999ms");
    s.later("14999ms").check({ person: "guest 5" }).is("hold", { "CF-02": "hold" });
  }),
  ...story("CF-02 spares: three fast gaps and a slow one are rush hour", (s) => {
    crowd(s, 4, "10s");
    s.later("40s").check({ person: "guest 5" }).is("allow");
  }),
  ...story("CF-02 spares: one person's repeats are no gaps", (s) => {
    for (let n = 1; n <= 8; n++) s.later("3s").inquire().is("allow");
    s.later("20s").inquire({ person: "guest 2" }).is("allow");
  }),
  ...story("CF-02 fires: trial and sale of one person are one presence", (s) => {
    for (let n = 1; n <= 4; n++) {
      s.later("7s")
        .inquire({ person: `guest ${n}` })
        .is("allow");
      s.later("5s")
        .check({ person: `guest ${n}` })
        .is("allow");
    }
    s.later("7s").inquire({ person: "guest 5" }).is("hold", { "CF-02": "hold" });
  }),
  ...story("CF-02 spares: it is per till", (s) => {
    for (let n = 1; n <= 7; n++)
      s.later("5s")
        .check({ person: `guest ${n}`, till: `T0${n}` })
        .is("allow");
  }),
  ...story("CF-02 fires: it is cleared by EMERGENCY of another than the operator", (s) => {
    crowd(s, 4, "5s");
    const held = s.later("5s").check({ person: "guest 5" }).is("hold", { "CF-02": "hold" });
    s.later("5s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "0007"] }))
      .is("hold", { "CF-02": "hold" });
    s.later("5s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "L0031"] }))
      .is("allow", { "CF-02": "warn" });
  }),
];

const aspirin = () => [packs(DRUG.aspirin, 1)];

const tokens: Stories = [
  ...story(
    "CF-14 fires: it denies a token in a second pharmacy, and an override does not help",
    (s) => {
      s.check({ token: "TOKEN-1", basket: aspirin() }).is("allow");
      const replay = s
        .later("5m")
        .check({ token: "TOKEN-1", shop: SHOP.south })
        .is("deny", { "CF-14": "deny" });
      s.later("1m")
        .check(replay.again({ supersedes: replay, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "CF-14": "deny" });
    },
  ),
  ...story("CF-14 fires: it denies another person's use at the same till", (s) => {
    s.check({ token: "TOKEN-2" }).is("allow");
    s.later("1m").check({ token: "TOKEN-2", person: "Wang" }).is("deny", { "CF-14": "deny" });
  }),
  ...story("CF-14 spares: trial, sale and second try of one sale may show one token", (s) => {
    const trial = s.inquire({ token: "TOKEN-3", basket: aspirin() }).is("allow");
    const sale = s.later("20s").check(trial.again()).is("allow");
    s.later("2m").check(sale.again()).is("allow");
  }),
  ...story("CF-14 fires: after the 15 minutes the same person shows a fresh token", (s) => {
    const sale = s.check({ token: "TOKEN-4" }).is("allow");
    s.settle(sale).later("15m", "1ms").check(sale.again()).is("deny", { "CF-14": "deny" });
  }),
  ...story("CF-14 fires: it remembers a token for 24 hours and not a millisecond more", (s) => {
    s.settle(s.check({ token: "TOKEN-5" }).is("allow"));
    s.settle(s.check({ token: "TOKEN-6", person: "Wang" }).is("allow"));
    s.later("23h", "59m", "59s", "999ms")
      .check({ token: "TOKEN-5" })
      .is("deny", { "CF-14": "deny" });
    s.later("1ms").check({ token: "TOKEN-6", person: "Wang" }).is("allow");
  }),
  ...story("CF-14 spares: cards are no tokens", (s) => {
    s.check({ card: "A1234567X" }).is("allow");
    s.later("1h").check({ card: "A1234567X", shop: SHOP.south, basket: aspirin() }).is("allow");
  }),
  ...native("CF-14 fires: it warns of a token issued more than 120 seconds ago", (s) => {
    s.check({ token: "TOKEN-8", tokenIssued: "2026-11-21 08:58:00" }).is("allow");
    s.later("1h")
      .check({ token: "TOKEN-9", tokenIssued: "2026-11-21 09:57:59" })
      .is("warn", { "CF-14": "warn" });
  }),
];

export const cardFarming: Stories = [...people, ...pace, ...tokens];
