import t from "tap";
import { policyText } from "../../load/workload/policies.ts";
import type { Attempt, Memory } from "../../src/counters/contract.ts";
import type { FeaturePlan } from "../../src/features/plan.ts";
import { compilePlan } from "../../src/features/plan.ts";
import { NO_LINE, ReadContext } from "../../src/features/read-context.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { policyOf, shippedPolicy } from "../rules/fixtures.ts";
import { declarationOf, KINDS } from "./every-kind.ts";
import {
  AT,
  bought,
  definitionOf,
  ELSEWHERE,
  heard,
  line,
  observe,
  pseudonym,
  reference,
  swipe,
} from "./fixtures.ts";

const prescription = { id: pseudonym("rx"), long: false };
const SWIPES: Readonly<Record<string, PseudonymisedSwipe>> = {
  "of nobody else and without a prescription": swipe(),
  "for somebody": swipe({ agent: { id: pseudonym("agent"), registered: true } }),
  "on a prescription of nobody": swipe({ lines: [line({ prescription })] }),
  "on a prescription": swipe({
    lines: [line(), line({ prescription: { ...prescription, prescriber: pseudonym("doctor") } })],
  }),
  "verified and overridden": swipe({
    verification: { method: "face", outcome: "passed" },
    override: { code: "EMERGENCY", approver: pseudonym("approver") },
  }),
};
const ATTEMPT: Attempt = {
  swipe: "12345678",
  at: AT - 60_000,
  pharmacy: ELSEWHERE,
  area: "210102",
  inquiry: true,
  credential: 1,
  basket: "1234",
  codes: [],
};
const HEARD: Readonly<Record<string, Partial<Memory> | null>> = {
  "nothing remembered": {},
  "purchases and attempts remembered": {
    ledger: [bought(3)],
    attempts: [ATTEMPT],
    flags: [{ kind: "cohort", at: AT, value: 9, reference: "" }],
  },
  "nothing bought is left": { ledger: [bought(3, { state: "returned" })] },
  "the store not heard": null,
};

/** Features of a sale whose ground is not there, each with what reading it would have given. */
function* restedOf(
  plan: FeaturePlan,
  judged: PseudonymisedSwipe,
  remembered: Partial<Memory> | null,
) {
  const bundle = reference();
  const asked = observe(plan, judged, bundle);
  const memory = remembered === null ? undefined : heard(asked, remembered);
  const context = new ReadContext(judged, asked, memory, bundle);
  const looked = [
    ...plan.swipe.map((feature) => ({ ...feature, facts: NO_LINE })),
    ...context.lines().flatMap((facts) => plan.lines.map((feature) => ({ ...feature, facts }))),
  ];
  for (const { name, definition, facts } of looked) {
    const { rests } = definition;
    if (rests === undefined || rests.on.isThere(context, facts)) continue;
    yield { name, without: rests.without, seen: definition.read(context, facts) };
  }
}

/** Some kinds are in no policy yet. */
function everyKind(): FeaturePlan {
  const features = new Map(KINDS.map((kind) => [kind, definitionOf(declarationOf(kind))]));
  return compilePlan(features, features.keys());
}

const SALES = Object.entries(SWIPES).flatMap(([sale, judged]) =>
  Object.entries(HEARD).map(([what, remembered]) => ({ sale, judged, what, remembered })),
);

t.test("a feature that is not read has the value that reading it would give", async (t) => {
  const plans = [shippedPolicy().plan, policyOf(policyText({ rules: 100 })).plan, everyKind()];
  let rested = 0;
  for (const { sale, judged, what, remembered } of SALES) {
    const looked = plans.flatMap((plan) => [...restedOf(plan, judged, remembered)]);
    for (const { name, without, seen } of looked) {
      if (seen !== without) t.fail(`${name} of a sale ${sale}, ${what}: ${String(seen)}`);
    }
    rested += looked.length;
  }
  t.ok(rested > 1_000, `${rested} features were looked at where their ground is not there`);
});
