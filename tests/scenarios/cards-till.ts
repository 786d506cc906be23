import type { Ask } from "./ask.ts";
import { APPROVER, CARE_HOME, PROXY, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { type Stories, type Story, story } from "./story.ts";

/** Domain section 6: CF-01 and CF-02 where several cashiers share a till, what clears them, and CF-09 (nights). */

type Of = (n: number) => Ask;

/** Guests from the one number to the other, each after a pause. */
function guests(
  s: Story,
  [from, to]: readonly [number, number],
  pause: string,
  of: Of = () => ({}),
) {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const n = from + index;
    return s.later(pause).check({ person: `guest ${n}`, ...of(n) });
  });
}

/** So many cashiers, by turns. */
const cashiers =
  (count: number): Of =>
  (n) => ({ operator: `000${n % count}` });

const sharedTills: Stories = [
  ...story("CF-01 spares: fifteen persons of two cashiers who share a device number", (s) => {
    for (const guest of guests(s, [1, 15], "35s", cashiers(2))) guest.is("allow");
  }),
  ...story(
    "CF-01 fires: two cashiers are warned at sixteen persons and held at twenty-four",
    (s) => {
      const all = guests(s, [1, 24], "24s", cashiers(2));
      for (const guest of all.slice(0, 15)) guest.is("allow");
      const seen = (persons: number) => ({ terminalPersons10m: persons, terminalOperators10m: 2 });
      all[15]?.is("warn", { "CF-01": ["warn", { ...seen(16), limit: 16 }] });
      all[22]?.is("warn", { "CF-01": ["warn", seen(23)] });
      all[23]?.is("hold", { "CF-01": ["hold", { ...seen(24), limit: 24 }] });
    },
  ),
  ...story("CF-01 fires: more than four cashiers at one till are names and count as four", (s) => {
    // Fifteen by fifteen with a pause between, so that no run is fast enough for CF-02.
    const all = [1, 16, 31].flatMap((first) => {
      s.later("40s");
      return guests(s, [first, first + 14], "10s", cashiers(6));
    });
    for (const guest of all.slice(0, 31)) guest.is("allow");
    all[31]?.is("warn", { "CF-01": ["warn", { terminalPersons10m: 32, limit: 32 }] });
    s.later("40s");
    const last = guests(s, [46, 48], "10s", cashiers(6));
    last[1]?.is("warn", { "CF-01": "warn" });
    last[2]?.is("hold", {
      "CF-01": ["hold", { terminalPersons10m: 48, terminalOperators10m: 6, limit: 48 }],
    });
  }),
  ...story(
    "CF-01 fires: the twelfth is let through by each thing that clears it, and by no other",
    (s) => {
      guests(s, [1, 11], "45s");
      const held = s.later("45s").check({ person: "guest 12" });
      held.is("hold", {
        "CF-01": ["hold", { terminalPersons10m: 12, terminalOperators10m: 1, limit: 12 }],
      });
      const again = (changes: Ask) =>
        s.later("1s").check(held.again({ supersedes: held, ...changes }));
      again({ verified: ["face", "pass"] }).is("hold", { "CF-01": "hold" });
      again({ override: ["DOSE_CHANGE", APPROVER] }).is("hold", { "CF-01": "hold" });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-01": cleared("OTHER") });
      again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
        "CF-01": cleared("CARE_INSTITUTION"),
      });
      again({ override: ["EMERGENCY", APPROVER] }).is("allow", { "CF-01": cleared("EMERGENCY") });
      again({ agent: PROXY }).is("allow", { "CF-01": cleared("agent") });
      again({ override: ["REGISTERED_PROXY", APPROVER] }).is("allow", {
        "CF-01": cleared("REGISTERED_PROXY"),
      });
    },
  ),
];

const pace: Stories = [
  ...story("CF-02 spares: two cashiers side by side make seven short gaps", (s) => {
    for (const guest of guests(s, [1, 8], "10s", cashiers(2))) guest.is("allow");
  }),
  ...story("CF-02 fires: the eighth short gap of two cashiers", (s) => {
    guests(s, [1, 8], "10s", cashiers(2));
    s.later("10s")
      .check({ person: "guest 9", operator: "0001" })
      .is("hold", {
        "CF-02": ["hold", { terminalShortGaps: 8, terminalOperators10m: 2, limit: 8 }],
      });
  }),
  ...story("CF-02 fires: sixteen short gaps are too many for however many names", (s) => {
    const all = guests(s, [1, 17], "10s", cashiers(6));
    for (const guest of all.slice(0, 16)) guest.is("allow");
    all[16]?.is("hold", { "CF-02": ["hold", { terminalShortGaps: 16, limit: 16 }] });
  }),
  ...story("CF-02 fires: a trial that was held is not waited out before the sale", (s) => {
    guests(s, [1, 4], "14s");
    const trial = s.later("14s").inquire({ person: "guest 5" });
    trial.is("hold", { "CF-02": ["hold", { terminalShortGaps: 4 }] });
    s.later("20s")
      .check(trial.again())
      .is("hold", { "CF-02": ["hold", { terminalShortGaps: 4 }] });
    s.later("1m").check({ person: "guest 6" }).is("allow");
  }),
  ...story("CF-02 spares: one person asks, pays and asks again between the others", (s) => {
    for (const person of ["Li", "Li", "Wang", "Wang", "Zhao", "Zhao", "Chen", "Chen"])
      s.later("5s").inquire({ person }).is("allow");
  }),
  ...story(
    "CF-02 fires: is cleared by an override for a care institution or another reason",
    (s) => {
      guests(s, [1, 4], "14s");
      const held = s.later("14s").check({ person: "guest 5" });
      held.is("hold", { "CF-02": ["hold", { terminalShortGaps: 4, limit: 4 }] });
      const again = (changes: Ask) =>
        s.later("1s").check(held.again({ supersedes: held, ...changes }));
      again({ agent: PROXY }).is("hold", { "CF-02": "hold" });
      again({ override: ["REGISTERED_PROXY", APPROVER] }).is("hold", { "CF-02": "hold" });
      again({ override: ["ELDERLY", APPROVER] }).is("hold", { "CF-02": "hold" });
      again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
        "CF-02": cleared("CARE_INSTITUTION"),
      });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-02": cleared("OTHER") });
    },
  ),
  ...story("CF-02 spares: a nurse of a registered care home is quick", (s) => {
    const agent = { id: CARE_HOME, registered: true };
    for (const guest of guests(s, [1, 15], "8s", () => ({ agent }))) guest.is("allow");
  }),
];

/** Open from 08:00 to 21:30. */
const closedAtNight: Of = () => ({ shop: SHOP.south });

const nights: Stories = [
  ...story("CF-09 fires: the third person of a night behind closed doors", (s) => {
    s.at("2026-11-21 22:59:59");
    const [first, second, third] = guests(s, [1, 3], "1h", closedAtNight);
    first?.is("allow");
    second?.is("allow");
    third?.is("warn", { "CF-09": ["warn", { nightPersons: 3, openNow: false, limit: 3 }] });
  }),
  ...story("CF-09 fires: one night runs from eleven to six, the last millisecond included", (s) => {
    s.at("2026-11-21 23:00:00").check({ person: "Li", shop: SHOP.south }).is("allow");
    s.at("2026-11-22 00:00:00").check({ person: "Wang", shop: SHOP.south }).is("allow");
    s.at("2026-11-22 05:59:59.999")
      .check({ person: "Zhao", shop: SHOP.south })
      .is("warn", { "CF-09": ["warn", { nightPersons: 3 }] });
    s.at("2026-11-22 06:00:00").check({ person: "Chen", shop: SHOP.south }).is("allow");
  }),
  ...story(
    "CF-09 spares: customers before eleven, the store closed already, are not the night's",
    (s) => {
      s.at("2026-11-21 22:59:59.999").check({ person: "Li", shop: SHOP.south }).is("allow");
      s.at("2026-11-21 23:00:00").check({ person: "Wang", shop: SHOP.south }).is("allow");
      s.later("1h").check({ person: "Zhao", shop: SHOP.south }).is("allow");
    },
  ),
  ...story("CF-09 spares: one person is one however often, and another night is another", (s) => {
    s.at("2026-11-21 23:30:00");
    for (const person of ["Li", "Wang", "Li", "Wang"])
      s.later("10m").inquire({ person, shop: SHOP.south }).is("allow");
    s.at("2026-11-22 23:00:00").check({ person: "Zhao", shop: SHOP.south }).is("allow");
  }),
  ...story("CF-09 spares: a store that is open day and night", (s) => {
    s.at("2026-11-21 23:30:00");
    for (const guest of guests(s, [1, 12], "10m")) guest.is("allow");
  }),
  ...story(
    "CF-09 spares: a station's late window, as long as the register says it is open",
    (s) => {
      s.at("2026-11-21 23:00:00");
      const late = guests(s, [1, 6], "4m", () => ({ shop: SHOP.station }));
      for (const guest of late) guest.is("allow");
      s.at("2026-11-21 23:30:00")
        .check({ person: "guest 7", shop: SHOP.station })
        .is("warn", { "CF-09": "warn" });
    },
  ),
];

export const cardsAtTills: Stories = [...sharedTills, ...pace, ...nights];
