import { readFileSync } from "node:fs";
import type { Memory } from "../../src/counters/contract.ts";
import { readFeatures } from "../../src/features/read.ts";
import type { ReferenceBundle } from "../../src/reference/bundle.ts";
import type { Judgement } from "../../src/rules/judge.ts";
import { judge } from "../../src/rules/judge.ts";
import type { Policy } from "../../src/rules/policy.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { codes, EMPTY, line, observe, reference, swipe } from "../features/fixtures.ts";

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

/** A sale nothing is wrong with: one pack with its code, insured and active. */
export function ordinary(changes: Parameters<typeof swipe>[0] = {}): PseudonymisedSwipe {
  return swipe({
    lines: [line({ traceCodes: codes("box") })],
    person: { status: "1" },
    ...changes,
  });
}

export function judged(policy: Policy, given: Given = {}): Judgement {
  const sale = given.swipe ?? ordinary();
  const bundle = given.reference ?? reference();
  const memory = given.memory === null ? undefined : { ...EMPTY, ...given.memory };
  const { plan } = policy;
  return judge(policy, readFeatures(plan, sale, observe(plan, sale, bundle), memory, bundle), sale);
}

/** Rules that hit, with their levels. */
export function hitsOf(judgement: Judgement): Readonly<Record<string, string>> {
  return Object.fromEntries(judgement.hits.map(({ rule, level }) => [rule, level]));
}
