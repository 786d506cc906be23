import t from "tap";
import { parse } from "yaml";
import { kindsOf } from "../../load/workload/memory-first.ts";
import {
  CANONICAL_RULES,
  type PolicyOptions,
  peersPolicyText,
  policyText,
} from "../../load/workload/policies.ts";
import { TWENTY_RULES } from "../../load/workload/twenty-rules.ts";
import { type Policy, parsePolicy, RULES_MAX } from "../../src/rules/policy.ts";

function policyOf(options: PolicyOptions): Policy {
  return parsed(policyText(options));
}

function parsed(text: string): Policy {
  const read = parsePolicy(text, "policy.yaml");
  if ("policy" in read) return read.policy;
  throw new Error(JSON.stringify(read.faults));
}

interface File {
  readonly features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly rules: readonly {
    readonly mode?: string;
    readonly levels: Readonly<Record<string, string>>;
  }[];
}

/** Declarations that some rule looks at. */
function used(options: PolicyOptions) {
  const file = parse(policyText(options)) as File;
  const { positions } = policyOf(options).plan;
  return Object.entries(file.features).flatMap(([name, declared]) =>
    positions.has(name) ? [declared] : [],
  );
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function windowsOf(options: PolicyOptions): Set<number> {
  const texts = used(options).map(({ window, per }) => (per === "day" ? "1d" : window));
  return new Set(
    texts.flatMap((text) =>
      typeof text === "string" ? [Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 0)] : [],
    ),
  );
}

t.test(
  "the canonical policy: 100 enforced rules over 60 features, 8 kinds of entity, 12 windows",
  async (t) => {
    const policy = policyOf({ rules: CANONICAL_RULES });
    t.equal(policy.rules.length, 100);
    t.ok(policy.rules.every(({ everywhere }) => everywhere.mode === "enforce"));
    const { swipe, lines } = policy.plan;
    t.ok(swipe.length + lines.length >= 60, `${swipe.length + lines.length} features`);
    const entities = new Set(used({ rules: 100 }).flatMap(({ entity }) => entity ?? []));
    t.ok(entities.size >= 8, `${entities.size} kinds of entity`);
    const windows = windowsOf({ rules: 100 });
    t.ok(windows.size >= 12, `${windows.size} windows`);
  },
);

t.test("no condition is constant: each looks at what differs from swipe to swipe", async (t) => {
  // That no level holds always or never is what the parser itself refuses (tests/rules).
  const { plan } = policyOf({ rules: CANONICAL_RULES });
  const file = parse(policyText({ rules: CANONICAL_RULES })) as File;
  for (const { levels } of file.rules) {
    for (const condition of Object.values(levels)) {
      const names = condition.match(/[A-Za-z]\w*/g) ?? [];
      t.ok(
        names.some((name) => plan.positions.has(name)),
        condition,
      );
    }
  }
});

t.test("policies of other sizes compile, with exactly so many rules", async (t) => {
  for (const rules of [10, 20, 50, 200, 500].filter((count) => count <= RULES_MAX))
    t.equal(policyOf({ rules }).rules.length, rules, `${rules} rules`);
  const { rules } = parse(policyText({ rules: 500 })) as { rules: readonly { id: string }[] };
  t.equal(new Set(rules.map(({ id }) => id)).size, 500, "and 500 can be written");
});

t.test("fewer rules are some of the hundred, over the same kinds of memory", async (t) => {
  const idsOf = (rules: number) => policyOf({ rules }).rules.map(({ everywhere }) => everywhere.id);
  const all = idsOf(CANONICAL_RULES);
  for (const rules of [10, 20, 50])
    t.ok(
      idsOf(rules).every((id) => all.includes(id)),
      `${rules} of the hundred`,
    );
  const kinds = (rules: number) => kindsOf(policyOf({ rules }).plan);
  t.same(kinds(50), kinds(CANONICAL_RULES));
  t.ok(kinds(CANONICAL_RULES).length - kinds(20).length <= 1, "twenty miss one kind at most");
  t.ok(
    kindsOf(parsed(peersPolicyText()).plan).length < kinds(20).length,
    "the peers' look at less",
  );
});

t.test("windows: exactly so many, over logs of one length", async (t) => {
  const lengths = (windows: number) =>
    policyOf({ rules: 96, windows }).plan.logs.map(({ entity, window, exact }) => [
      entity,
      window,
      exact,
    ]);
  for (const windows of [1, 2, 4, 8, 16, 24]) {
    t.equal(windowsOf({ rules: 96, windows }).size, windows, `${windows} windows`);
    t.same(lengths(windows), lengths(1));
  }
  t.throws(() => policyText({ rules: 96, windows: 25 }));
});

t.test("the twenty rules of the peers are twenty rules of the guard", async (t) => {
  const policy = parsed(peersPolicyText());
  t.same(
    policy.rules.map(({ everywhere }) => everywhere.id),
    TWENTY_RULES.map(({ id }) => id),
  );
  t.ok(
    new Set(TWENTY_RULES.flatMap((rule) => (rule.kind === "counted" ? rule.entity : []))).size >= 8,
  );
});
