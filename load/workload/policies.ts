import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { packageRoot } from "../../src/config/package-root.ts";
import type { FeaturePlan } from "../../src/features/plan.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import {
  ADDED_RULES,
  type AddedRule,
  added,
  countersOver,
  type Declaration,
  moreRules,
} from "./added-rules.ts";
import { type LookingRule, memoryFirst } from "./memory-first.ts";
import { twentyOf } from "./twenty-policy.ts";
import { TWENTY_RULES } from "./twenty-rules.ts";

export interface PolicyOptions {
  /** 10 to 500; 100 are the canonical workload's. */
  readonly rules: number;
  /** 1 to 24: counters alone, over exactly so many windows, none of them the policy's own. */
  readonly windows?: number;
}

interface PolicyFile {
  readonly version: string;
  readonly features: Readonly<Record<string, Declaration>>;
  readonly rules: readonly Rule[];
  readonly overlays?: readonly Overlay[];
  readonly [rest: string]: unknown;
}

interface Rule extends LookingRule {
  readonly id: string;
  readonly mode?: string;
  readonly [rest: string]: unknown;
}

interface Overlay {
  readonly rules: Readonly<Record<string, unknown>>;
  readonly [rest: string]: unknown;
}

export const CANONICAL_RULES = 100;

/**
 * A policy for GUARD_POLICY. 100 rules: the shipped policy's rules in force and further counters. Below: some of the
 * 100, as far as so many can over the same kinds of memory. Above: more counters.
 */
export function policyText({ rules, windows }: PolicyOptions): string {
  if (windows !== undefined) return stringify(counterPolicy(rules, windows));
  const whole = canonical();
  if (rules < CANONICAL_RULES)
    return stringify(withRules(whole, memoryFirst(whole.rules, planOf(whole), rules)));
  return stringify(withAdded(whole, moreRules(rules - CANONICAL_RULES)));
}

/** The rules that the peers are asked for too. */
export function peersPolicyText(): string {
  return stringify(twentyOf(TWENTY_RULES));
}

function planOf(policy: PolicyFile): FeaturePlan {
  const read = parsePolicy(stringify(policy), "policy.yaml");
  if ("policy" in read) return read.policy.plan;
  throw new Error(`the workload's policy is refused: ${JSON.stringify(read.faults)}`);
}

/** The 100: those that are off are left out, because nobody judges them. */
function canonical(): PolicyFile {
  const path = join(packageRoot(), "deploy", "policy", "policy.yaml");
  const shipped = parse(readFileSync(path, "utf8")) as PolicyFile;
  const inForce = shipped.rules.filter(({ mode }) => mode !== "off");
  const missing = CANONICAL_RULES - inForce.length;
  if (missing < 0 || missing > ADDED_RULES.length)
    throw new Error(
      `the shipped policy has ${inForce.length} rules in force: 100 cannot be made of them`,
    );
  return withAdded(withRules(shipped, inForce), ADDED_RULES.slice(0, missing));
}

function withAdded(policy: PolicyFile, rules: readonly AddedRule[]): PolicyFile {
  const features = { ...policy.features };
  for (const { feature, declaration } of rules) features[feature] = declaration;
  return { ...policy, features, rules: [...policy.rules, ...rules.map(added)] };
}

function withRules(policy: PolicyFile, rules: readonly Rule[]): PolicyFile {
  const ids = new Set(rules.map(({ id }) => id));
  const overlays = (policy.overlays ?? []).flatMap((overlay) => {
    const kept = Object.entries(overlay.rules).filter(([id]) => ids.has(id));
    return kept.length > 0 ? [{ ...overlay, rules: Object.fromEntries(kept) }] : [];
  });
  return { ...policy, rules, overlays };
}

function counterPolicy(rules: number, windows: number): PolicyFile {
  return withAdded(
    { version: `windows-${windows}`, features: {}, rules: [] },
    countersOver(windows, rules),
  );
}
