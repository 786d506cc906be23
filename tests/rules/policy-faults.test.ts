import t from "tap";
import { parsePolicy } from "../../src/rules/policy.ts";

function faultsOf(text: string): readonly string[] {
  const parsed = parsePolicy(text, "policy.yaml");
  return "faults" in parsed
    ? parsed.faults.map(({ file, line, reason }) => `${file}:${line} ${reason}`)
    : [];
}

const FEATURES = `version: 1.0.0
features:
  persons: { entity: terminal, distinct: person, window: 10m, exact: 64 }
  days: { fact: onHandDays }
  daily: { entity: pharmacy, count: settled, per: day, history: 28 }
  rough: { entity: terminal, distinct: person, window: 1h }
`;

/** One rule on a few lines: \`levels\` stand from line 13 of the file on. */
function withRule(levels: string, more = ""): string {
  return `${FEATURES}rules:
  - id: CF-01
    category: card-farming
    name: { zh: 人多, en: Many }
    source: measured
    levels:
${levels
  .split("\n")
  .map((level) => `      ${level}`)
  .join("\n")}
    message: { zh: 请核对, en: Check }
${more}`;
}

t.test("a sound policy has no faults", async (t) => {
  t.strictSame(faultsOf(withRule("warn: persons >= 8.0\nhold: persons >= 12.0")), []);
});

t.test("a policy with six faults gives six, each with its line", async (t) => {
  const faults = faultsOf(`version: 1.0.0
features:
  persons: { entity: terminal, distinct: person, window: ten, exact: 64 }
  days: { fact: onHandDays }
rules:
  - id: CF-01
    category: card-farming
    name: { zh: 人多 }
    source: measured
    levels:
      warn: people >= 8.0
    message: { zh: 请核对, en: Check }
  - id: OQ-02
    category: over-quantity
    name: { zh: 余药, en: Refill }
    source: measured
    levels:
      deny: days > 30.0
    message: { zh: "余{packs}", en: Left }
  - id: OQ-02
    category: over-quantity
    name: { zh: 余药, en: Refill }
    source: measured
    levels:
      warn: days > 7.0
    message: { zh: 请核对, en: Check }
`);
  t.strictSame(
    faults.map((fault) => fault.replace(/: .*/s, "").replace(/ .*/, "")),
    [
      "policy.yaml:3",
      "policy.yaml:8",
      "policy.yaml:11",
      "policy.yaml:18",
      "policy.yaml:18",
      "policy.yaml:20",
    ],
  );
  t.match(faults[0], /feature persons: window must be a duration/);
  t.match(faults[1], /rule CF-01: name: en is missing/);
  t.match(faults[2], /rule CF-01: levels: warn: unknown feature people/);
  t.match(faults[3], /deny can never be the answer/);
  t.match(faults[4], /\{packs\} in the message is not in the evidence of deny/);
  t.match(faults[5], /rule OQ-02: this id is already on line 13/);
});

t.test("levels that can never be the answer are found", async (t) => {
  const one = (levels: string, at: number, reason: RegExp, more = "") => {
    const faults = faultsOf(withRule(levels, more));
    t.equal(faults.length, 1, `${levels}: ${faults.join("; ")}`);
    t.match(faults[0], new RegExp(`^policy\\.yaml:${at} `));
    t.match(faults[0], reason);
  };
  one("warn: persons >= 12.0\nhold: persons >= 8.0", 13, /warn can never be the answer/);
  one("warn: persons >= 8.0\nhold: persons >= 8.0", 13, /warn can never be the answer/);
  one("warn: persons > 8.0 && persons < 8.0", 13, /warn can never be the answer/);
  one("warn: persons > days\nhold: persons > days", 13, /warn can never be the answer/);
  one("deny: persons >= 8.0", 13, /only a rule with `hard: true` may deny/);
  one("stepUp: persons >= 8.0", 13, /stepUp has no way through/);
  one("warn: persons >= 8.0", 8, /ifMissing: stepUp has no way through/, "    ifMissing: stepUp\n");
  one(
    "warn: persons >= 8.0",
    15,
    /ifMissing must be one of allow, warn, stepUp/,
    "    ifMissing: hold\n",
  );
});

t.test("counts must be exact where one more decides", async (t) => {
  t.match(
    faultsOf(withRule("warn: rough >= 8.0")).join(),
    /:13 .*rough cannot be used.*:13 .*thresholds must be above 20/s,
  );
  t.match(faultsOf(withRule("warn: persons >= 65.0")), [/:13 .*exact only up to 64/]);
  t.strictSame(faultsOf(withRule("warn: daily >= 8.0")), [], "a day's total is exact");
  t.strictSame(
    faultsOf(withRule("warn: rough >= 80.0", "    mode: off\n")),
    [],
    "a rule that is off may wait for it",
  );
});

t.test("what cannot be read is one fault, where it is", async (t) => {
  t.match(faultsOf(withRule("warn: persons == 9.0").replace("en: Check", 'en: "{limit}"')), [
    /:13 .*\{limit\} in the message is not in the evidence of warn/,
  ]);
  t.match(faultsOf("version: [1"), [/^policy\.yaml:1 not valid YAML/]);
  t.match(faultsOf(""), [/the file is empty/]);
  t.match(faultsOf("just text"), [/a policy is a map/]);
  t.match(
    faultsOf(`${FEATURES}rules: []\nversion: 2\n`).join(),
    /:8 not valid YAML: Map keys must be unique/,
  );
  t.match(faultsOf("version: 2026.11\nfeatures: {}\nrules: []\n"), [/:1 version must be a text/]);
  t.match(faultsOf(withRule("warn: persons >=")), [/:13 .*not a CEL condition/]);
  t.match(faultsOf(withRule("warn: persons.matches('x')")), [
    /:13 .*function matches may not be used/,
  ]);
  t.match(faultsOf(withRule("warn: persons >= 8.0").replace("source: measured", "source: ''")), [
    /:11 rule CF-01: source must be where/,
  ]);
  t.match(
    faultsOf(
      `${FEATURES}rules:\n  - id: SYS-01\n    category: x-y\n    name: { zh: a, en: b }\n    source: c\n`,
    ).join(),
    /levels is missing.*guard's own|guard's own.*levels is missing/s,
  );
  t.match(
    faultsOf(
      withRule("warn: persons >= 8.0", "    disclose: sentence\n").replace(
        "en: Check",
        'en: "{persons}"',
      ),
    ),
    [/discloses only its sentence/],
  );
});

t.test("overlays may change numbers and modes, and nothing else", async (t) => {
  const limited = (...overlays: readonly string[]) =>
    faultsOf(
      `${withRule("warn: persons >= limit\nhold: persons >= limit", "    limits: { warn: 8, hold: 12 }\n")}overlays:\n${overlays.map((overlay) => `  - ${overlay}\n`).join("")}`,
    );
  const ofArea = (change: string) => `{ areas: ["2101"], rules: { CF-01: ${change} } }`;
  t.strictSame(limited(ofArea("{ limits: { hold: 20 }, mode: shadow }")), []);
  t.strictSame(limited(ofArea("{ add: { warn: 2, hold: 2 } }")), []);
  t.match(limited(ofArea("{ limits: { hold: 7 } }")), [/:18 .*warn can never be the answer/]);
  t.match(limited(ofArea("{ add: { warn: 4 } }")), [/:18 .*warn can never be the answer/]);
  t.match(limited(ofArea("{ limits: { hold: { a: 1 } } }")), [/:18 .*the same numbers/]);
  t.match(limited(ofArea("{ add: { deny: 1 } }")), [/:18 .*add of deny must name numbers/]);
  t.match(limited(ofArea("{ limits: { hold: 70 } }")), [/:18 .*exact only up to 64/]);
  t.match(limited(ofArea("{ hard: true }")), [/:18 .*unknown key hard/]);
  t.match(limited('{ areas: ["2101"], rules: { XX-01: { mode: off } } }'), [
    /:18 .*there is no rule XX-01/,
  ]);
  t.match(limited("{ areas: [shenyang], rules: { CF-01: { mode: off } } }"), [
    /:18 .*not an area code/,
  ]);
});

t.test("an overlay says where or when it holds", async (t) => {
  const placed = (where: string) =>
    faultsOf(
      `${withRule("warn: persons >= 8.0")}overlays:\n  - { ${where}rules: { CF-01: { mode: off } } }\n`,
    );
  t.strictSame(placed("kinds: [hospital-gate, station], "), []);
  t.strictSame(placed("calendar: [spring-festival], "), []);
  t.strictSame(placed('areas: ["21"], kinds: [校园], calendar: [春节], source: why, '), []);
  t.match(placed(""), [/:16 .*areas, kinds or calendar is missing/]);
  t.match(placed("kinds: [], "), [/:16 .*kinds must name at least one/]);
  t.match(placed('calendar: ["two words"], '), [/:16 .*not a period/]);
  t.match(placed('districts: ["21"], areas: ["21"], '), [/:16 .*unknown key districts/]);
});

t.test("overlays that hold together are checked together", async (t) => {
  const file = `${withRule("warn: persons >= limit\nhold: persons >= limit", "    limits: { warn: 8, hold: 12 }\n")}overlays:
  - { areas: ["21"], rules: { CF-01: { limits: { hold: 10 } } } }
  - { kinds: [station], rules: { CF-01: { limits: { warn: 11 } } } }
`;
  t.match(faultsOf(file), [/:19 rule CF-01: warn can never be the answer/]);
});

t.test("what clears a level may be said for each level apart", async (t) => {
  const cleared = (clearedBy: string, levels = "stepUp: persons >= 8.0\nhold: persons >= 12.0") =>
    faultsOf(withRule(levels, `    clearedBy: ${clearedBy}\n`));
  t.strictSame(cleared("{ agent: registered }"), []);
  t.strictSame(cleared("{ stepUp: { verification: [face] }, hold: { override: [OTHER] } }"), []);
  t.match(cleared("{ hold: { verification: [face] } }"), [/stepUp has no way through/]);
  t.match(cleared("{ stepUp: { verification: [face] }, agent: registered }"), [
    /unknown key agent/,
  ]);
  t.match(cleared("{ agent: registered, override: [BECAUSE] }"), [/BECAUSE is not an override/]);
});

t.test("a rule that waits for something nobody tells is written down, and off", async (t) => {
  const waiting = (more: string) =>
    faultsOf(
      withRule("warn: signedIn", more).replace(
        "rules:",
        "  signedIn: { fact: notHere, type: boolean, why: nobody tells }\nrules:",
      ),
    );
  t.strictSame(waiting("    mode: off\n"), []);
  t.match(waiting(""), [/signedIn cannot be used in an active rule: nobody tells/]);
});
