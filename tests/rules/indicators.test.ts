import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import { DAY, MINUTE } from "../../src/units.ts";

const HEAD = `version: test
features:
  personStatus: { fact: personStatus }
rules:
  - id: LP-01
    category: limits
    name: { zh: 名, en: name }
    levels: { warn: 'personStatus != "1"' }
    source: for tests
    message: { zh: 话。, en: A sentence. }
`;

function parse(more: string) {
  return parsePolicy(HEAD + more, "policy.yaml");
}

function faults(more: string): readonly string[] {
  const parsed = parse(more);
  const first = HEAD.split("\n").length;
  return "faults" in parsed
    ? parsed.faults.map(({ line, reason }) => `${line - first + 1}: ${reason}`)
    : [];
}

const INDICATOR = `indicators:
  - id: AG-01
    name: { zh: 次均费用, en: Cost per sale }
    measure: averageTicketGrowth
    over: 0.3
    days: 7
    history: 14
    source: the named rule
`;

t.test("a policy without them watches nothing and looks for nobody", async (t) => {
  const parsed = parse("");
  t.match(parsed, { policy: { indicators: [] } });
  t.equal("policy" in parsed ? parsed.policy.cohorts : "", undefined);
});

t.test("indicators and cohorts are read as they are written", async (t) => {
  const more = `${INDICATOR}    least: { sales: 50, yuan: 100.5 }
    beyondArea: 0.15
    off: waits
cohorts: { together: 15m, days: 3, within: 30d, told: 7, source: the family account }
`;
  t.match(parse(more), {
    policy: {
      indicators: [
        {
          id: "AG-01",
          measure: "averageTicketGrowth",
          over: 0.3,
          days: 7,
          history: 14,
          least: { sales: 50, yuan: 100.5 },
          beyondArea: 0.15,
          timesArea: undefined,
          off: "waits",
        },
      ],
      cohorts: { together: 15 * MINUTE, days: 3, within: 30 * DAY, told: 7 },
    },
  });
});

t.test("every mistake is told with its line", async (t) => {
  t.same(faults("indicators: 7\n"), ["1: indicators must be a list"]);
  t.same(faults("indicators: [7]\n"), ["1: an indicator is a map"]);
  t.same(faults(INDICATOR + INDICATOR.replace("indicators:\n", "")), [
    "9: indicator AG-01 is there twice",
  ]);
  t.same(faults(INDICATOR.replace("over: 0.3", "over: much").replace("days: 7", "days: 29")), [
    "5: indicator: over must be a number from 0 to 1000",
    "6: indicator: days must be a whole number from 1 to 28",
  ]);
  t.same(faults(INDICATOR.replace("averageTicketGrowth", "luck")).length, 1);
  t.same(faults(INDICATOR.replace("    source: the named rule\n", "")), [
    "2: indicator: source is missing",
  ]);
  t.same(faults(`${INDICATOR}    least: { stores: 3 }\n    colour: red\n`), [
    "9: indicator: least: unknown key stores",
    "10: indicator: unknown key colour",
  ]);
  t.same(faults("cohorts: { together: 20m, days: 1, told: 40, source: s }\n"), [
    "1: cohorts: together must be a time such as 15m or 30d, at most 15 minutes",
    "1: cohorts: days must be a whole number from 2 to 30",
    "1: cohorts: within is missing",
    "1: cohorts: told must be a whole number from 3 to 32",
  ]);
});

t.test(
  "the shipped policy names AG-01 to AG-07 and RS-07, each with what it rests on",
  async (t) => {
    const file = join(packageRoot(), "deploy/policy/policy.yaml");
    const parsed = parsePolicy(readFileSync(file, "utf8"), "policy.yaml");
    if (!("policy" in parsed)) throw new Error(JSON.stringify(parsed.faults));
    const { indicators, cohorts } = parsed.policy;
    t.same(
      indicators.map(({ id }) => id),
      ["AG-01", "AG-02", "AG-03", "AG-04", "AG-05", "AG-06", "AG-07", "RS-07"],
    );
    t.same(
      indicators.filter(({ off }) => off !== undefined).map(({ id }) => id),
      ["AG-03"],
    );
    t.ok(
      indicators.every(({ history }) => history >= 14),
      "baselines need 14 days (domain 6)",
    );
    t.match(indicators.at(-1), { over: 0.05, days: 1, least: { reversals: 10 } });
    t.same(cohorts, { together: 15 * MINUTE, days: 3, within: 30 * DAY, told: 7 });
  },
);
