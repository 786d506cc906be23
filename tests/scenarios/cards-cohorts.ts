import type { Ask } from "./ask.ts";
import { APPROVER, CARE_HOME, PROXY, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { nhsa, type Stories, type Story, story } from "./story.ts";

/** Domain section 6, CF-13: cards that keep appearing together, found behind the answers and held when seen again. */

const names = (count: number) => Array.from({ length: count }, (_, n) => `card ${n + 1}`);

/** So many cards one after the other, on so many mornings. */
function together(
  s: Story,
  cards: readonly string[],
  days: number,
  pause = "2m",
  ask: Ask = {},
): void {
  s.daily(days, () => {
    for (const person of cards) s.later(pause).sell({ ...ask, person });
  });
}

export const cohorts: Stories = [
  ...story("CF-13 fires: seven cards on three mornings, each of them when it comes again", (s) => {
    together(s, names(7), 3);
    s.raises({ kind: "cohort", rules: ["CF-13"], pharmacies: [SHOP.north], members: names(7) });
    const held = s.later("3h").check({ person: "card 1" });
    held.is("hold", { "CF-13": ["hold", { cohortSize: 7, limit: 6 }] });
    const again = (changes: Ask) =>
      s.later("1m").check(held.again({ supersedes: held, ...changes }));
    again({ verified: ["face", "pass"] }).is("hold", { "CF-13": "hold" });
    again({ override: ["ELDERLY", APPROVER] }).is("hold", { "CF-13": "hold" });
    again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-13": cleared("OTHER") });
    again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
      "CF-13": cleared("CARE_INSTITUTION"),
    });
    again({ agent: { id: CARE_HOME, registered: true } }).is("allow");
    s.later("20m")
      .check({ person: "card 7", shop: SHOP.dadong })
      .is("hold", { "CF-13": ["hold", { cohortSize: 7 }] });
    s.later("10m").check({ person: "neighbour" }).is("allow");
  }),
  ...nhsa("CF-13 fires: a bundle of cards whose sales nobody confirms", (s) => {
    s.daily(3, () => {
      for (const person of names(8)) s.later("90s").check({ person }).is("allow");
    });
    s.check({ person: "card 8" }).is("hold", { "CF-13": ["hold", { cohortSize: 8 }] });
  }),
  ...story(
    "CF-13 fires: first and last of a bundle that never meet within a quarter of an hour",
    (s) => {
      together(s, names(8), 3, "4m");
      s.later("1h")
        .check({ person: "card 1" })
        .is("hold", { "CF-13": ["hold", { cohortSize: 8 }] });
    },
  ),
  ...story("CF-13 spares: a family of six that comes together every week", (s) => {
    for (let week = 0; week < 4; week++) {
      for (const person of names(6)) s.later("2m").sell({ person }).is("allow");
      s.later("6d", "23h", "48m");
    }
    s.raisesNothing("cohort");
  }),
  ...story("CF-13 spares: seven on two mornings, and the third one month after the first", (s) => {
    together(s, names(7), 2);
    s.at("2026-12-21 09:15:00");
    for (const person of names(7)) s.later("2m").sell({ person }).is("allow");
    s.later("1h").check({ person: "card 1" }).is("allow");
    s.raisesNothing("cohort");
  }),
  ...story(
    "CF-13 spares: regulars of one hour who are more than a quarter of an hour apart",
    (s) => {
      together(s, names(7), 4, "15m");
      s.later("1h").check({ person: "card 1" }).is("allow");
      s.raisesNothing("cohort");
    },
  ),
  ...story(
    "CF-13 spares: a couple and its neighbours meet by twos and twos on market days",
    (s) => {
      const pairs = [names(2), ["card 3", "card 4"], ["card 5", "card 6"], ["card 7", "card 8"]];
      s.daily(4, () => {
        for (const pair of pairs) {
          for (const person of pair) s.later("2m").sell({ person }).is("allow");
          s.later("16m");
        }
      });
      s.raisesNothing("cohort");
    },
  ),
  ...story("CF-13 spares: whom one registered proxy buys for, up to a family", (s) => {
    together(s, names(3), 3, "2m", { agent: PROXY });
    together(s, names(7).slice(3), 3, "2m");
    s.later("1h").check({ person: "card 1" }).is("allow");
  }),
  ...story("CF-13 spares: residents of a care home", (s) => {
    together(s, names(9), 4, "90s", { agent: { id: CARE_HOME, registered: true } });
    s.later("1h").check({ person: "card 1" }).is("allow");
    s.raisesNothing("cohort");
  }),
];
