import { readFileSync } from "node:fs";
import type { Memory } from "../../src/counters/contract.ts";
import { readFeatures } from "../../src/features/read.ts";
import type { FeatureValue, FeatureVector } from "../../src/features/vector.ts";
import type { ReferenceBundle } from "../../src/reference/bundle.ts";
import type { Judgement } from "../../src/rules/judge.ts";
import { judge } from "../../src/rules/judge.ts";
import type { Policy } from "../../src/rules/policy.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import type { PseudonymisedLine, PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { codes, heard, line, observe, pseudonym, reference, swipe } from "../features/fixtures.ts";

export const POLICY_FILE = "deploy/policy/policy.yaml";

export function policyOf(text: string): Policy {
  const parsed = parsePolicy(text, "policy.yaml");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

export function shippedPolicy(): Policy {
  return policyOf(readFileSync(POLICY_FILE, "utf8"));
}

export interface Given {
  readonly swipe?: PseudonymisedSwipe;
  /** null: the store was not heard. */
  readonly memory?: Partial<Memory> | null;
  readonly reference?: ReferenceBundle;
}

/** A line nothing is wrong with: one pack with its code, on a prescription. */
export function soundLine(changes: Parameters<typeof line>[0] = {}): PseudonymisedLine {
  const prescription = { id: pseudonym("rx"), long: false, quantity: 10_000 };
  return line({ traceCodes: codes("box"), prescription, ...changes });
}

/** A sale nothing is wrong with: one such line, reviewed, for somebody insured and active. */
export function ordinary(changes: Parameters<typeof swipe>[0] = {}): PseudonymisedSwipe {
  const { pharmacy, ...rest } = changes;
  return swipe({
    lines: [soundLine()],
    person: { status: "1" },
    pharmacy: { pharmacist: pseudonym("pharmacist"), ...pharmacy },
    ...rest,
  });
}

export function judged(policy: Policy, given: Given = {}): Judgement {
  const sale = given.swipe ?? ordinary();
  const bundle = given.reference ?? reference();
  const { plan } = policy;
  const asked = observe(plan, sale, bundle);
  const memory = given.memory === null ? undefined : heard(asked, given.memory);
  return judge(policy, readFeatures(plan, sale, asked, memory, bundle), sale);
}

/** Rules that hit, with their levels. */
export function hitsOf(judgement: Judgement): Readonly<Record<string, string>> {
  return Object.fromEntries(judgement.hits.map(({ rule, level }) => [rule, level]));
}

/** What the rules see, by name; `null`: the store was not heard. What is not named is absent. */
export type Facts = Readonly<Record<string, FeatureValue | null>>;

/** A vector of a policy's plan; a fact's place is where the plan has it, and a name it has not is a mistake. */
export function vectorOf({ plan }: Policy, facts: Facts): FeatureVector {
  const unknown = Object.keys(facts).filter((name) => !plan.positions.has(name));
  if (unknown.length > 0) throw new Error(`the plan has no ${unknown.join(", ")}`);
  const row = (features: readonly { readonly name: string }[]) =>
    features.map(({ name }) => {
      const fact = facts[name];
      if (fact === null) return "missing" as const;
      return fact === undefined ? ("absent" as const) : { known: fact };
    });
  return { swipe: row(plan.swipe), lines: [row(plan.lines)] };
}

/** What one rule says of these facts, and nothing else: its level, or `-`. */
export function levelOf(policy: Policy, rule: string, facts: Facts): string {
  const { hits } = judge(policy, vectorOf(policy, facts), ordinary());
  const hit = hits.find(({ rule: id }) => id === rule);
  return hit === undefined ? "-" : `${hit.level}${hit.shadow ? " in shadow" : ""}`;
}
