import type { Ask } from "./ask.ts";
import { APPROVER, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { type Stories, type Story, story } from "./story.ts";

/** OV-01: a way through is not a way around. Domain section 7: overrides a day are a measure of their own. */

const OTHER_APPROVER = "L0032";

function approved(s: Story, [from, to]: readonly [number, number], ask: Ask = {}) {
  return Array.from({ length: to - from + 1 }, (_, index) =>
    s.later("4m").check({ person: `guest ${from + index}`, override: ["OTHER", APPROVER], ...ask }),
  );
}

export const overrides: Stories = [
  ...story("OV-01 fires: the tenth override of one approver's day, and the thirtieth", (s) => {
    const all = approved(s, [1, 30]);
    for (const check of all.slice(0, 9)) check.is("allow");
    all[9]?.is("warn", { "OV-01": ["warn", { approverOverridesToday: 10, limit: 10 }] });
    all[28]?.is("warn", { "OV-01": ["warn", { approverOverridesToday: 29 }] });
    const held = all[29];
    held?.is("hold", { "OV-01": ["hold", { approverOverridesToday: 30, limit: 30 }] });
    const again = (changes: Ask) =>
      s.later("1m").check({ ...held?.again(changes), ...(held && { supersedes: held }) });
    again({ verified: ["face", "pass"] }).is("hold", { "OV-01": "hold" });
    again({ override: ["ELDERLY", APPROVER] }).is("hold", { "OV-01": "hold" });
    again({ override: ["EMERGENCY", APPROVER] }).is("allow", { "OV-01": cleared("EMERGENCY") });
    again({ override: ["OTHER", OTHER_APPROVER] }).is("allow");
  }),
  ...story(
    "OV-01 spares: nine, however often each was tried, and those of another store and day",
    (s) => {
      s.at("2026-11-21 20:00:00");
      for (let n = 1; n <= 9; n++) {
        const [check] = approved(s, [n, n]);
        if (check)
          s.later("1m")
            .check(check.is("allow").again({ supersedes: check }))
            .is("allow");
      }
      s.later("4m")
        .check({ person: "of another", override: ["OTHER", APPROVER], shop: SHOP.dadong })
        .is("allow");
      s.later("4m").check({ person: "without any" }).is("allow");
      s.at("2026-11-22 00:00:00");
      for (const check of approved(s, [11, 19])) check.is("allow");
    },
  ),
];
