import t from "tap";
import { createKeyNames } from "../../src/counters/keys.ts";
import { observePlan } from "../../src/counters/observe-plan.ts";
import { ENTITIES, type LogEntity } from "../../src/features/entities.ts";
import type { Policy } from "../../src/rules/policy.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import { codes, line, observe, pseudonym, reference, swipe } from "./fixtures.ts";

const WINDOWS = ["1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "12h", "24h"];
const COUNTED: readonly LogEntity[] = [
  ...(["terminal", "pharmacy", "operator", "agent", "employer"] as const),
  ...(["prescriber", "outsiders", "approver"] as const),
];
const OTHERS = [
  "{ entity: pharmacy, count: settled, per: day }",
  "{ entity: pharmacy, median: settled, per: day, history: 28, minDays: 14 }",
  "{ entity: pharmacyDrug, sum: packs, per: day }",
  "{ fact: articleDrugs, window: 30d }",
  "{ fact: ownMedianPrice, window: 90d, min: 5 }",
  "{ fact: cardPersons, window: 400d }",
];

/** 102 features: 8 entities over 12 windows, and six of the other kinds of memory. */
const DECLARED = [
  ...COUNTED.flatMap((entity) =>
    WINDOWS.map(
      (window) => `{ entity: ${entity}, distinct: person, window: ${window}, exact: 64 }`,
    ),
  ),
  ...OTHERS,
];

/** A rule for each of the features used, all of them declared. */
function policyOf(used: readonly number[]): Policy {
  const features = DECLARED.map((declaration, i) => `  f${i}: ${declaration}`);
  const rules = used.map(
    (i, place) => `  - id: AB${letter(place)}-${String(place % 100).padStart(2, "0")}
    category: card-farming
    name: { zh: 规则, en: Rule }
    levels: { warn: f${i} > 21.0 }
    source: made up
    message: { zh: 请核对, en: Check }`,
  );
  const text = ["version: 1.0.0", "features:", ...features, "rules:", ...rules].join("\n");
  const parsed = parsePolicy(text, "large.yaml");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 3)));
  return parsed.policy;
}

function letter(place: number): string {
  return place < 100 ? "C" : "D";
}

/** A swipe that counts at everything there is. */
const FULL = swipe({
  credential: { card: pseudonym("chip") },
  person: { insuredArea: "420100", employer: pseudonym("works") },
  agent: { id: pseudonym("nurse"), registered: true },
  override: { code: "ELDERLY", approver: pseudonym("boss") },
  lines: [
    line({
      sku: "100234",
      traceCodes: codes("box"),
      prescription: { id: pseudonym("rx"), prescriber: pseudonym("Wu"), long: false },
    }),
  ],
});
const WATCHED = reference({ watched: ["XC10AAA067"] });

/** The first letters of what the one observing command touches, but for the person's own keys. */
function lettersOf(policy: Policy): readonly string[] {
  const plan = observePlan(observe(policy.plan, FULL, WATCHED), createKeyNames("g"));
  return plan.operations.map(({ key }) => key.slice("g:{".length)[0] ?? "").sort();
}

t.test(
  "100 rules over 60 features, 8 entities and 12 windows are one command of few operations",
  async (t) => {
    const policy = policyOf([...DECLARED.keys()]);
    t.ok(policy.rules.length >= 100);
    t.ok(policy.plan.swipe.length + policy.plan.lines.length >= 100);
    const day = 86_400_000;
    t.strictSame(
      policy.plan.logs,
      [...COUNTED].sort().map((entity) => ({ entity, window: day, exact: 64 })),
      "one log an entity, whatever its windows",
    );
    const letters = COUNTED.map((entity) => ENTITIES[entity].letter);
    t.same(
      lettersOf(policy),
      ["K", ...letters, "b", "c", "u", "H", "D"].sort(),
      "the trace code, and one operation each log, binding and tally",
    );
  },
);

t.test("a declared feature that no active rule uses costs nothing", async (t) => {
  const tills = policyOf([0, 1, 2]);
  t.strictSame(tills.plan.logs, [{ entity: "terminal", window: 300_000, exact: 64 }]);
  t.match(tills.plan, {
    bindings: [],
    tallies: [],
    needs: { flags: false, token: false, prescriptions: false },
  });
  t.same(lettersOf(tills), ["K", "t"], "the trace code and the till");
  const median = policyOf([DECLARED.findIndex((declaration) => declaration.includes("median"))]);
  t.same(lettersOf(median), ["H", "K"], "a pharmacy's totals, not its drugs'");
});
