import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { packageRoot } from "../../src/config/package-root.ts";
import {
  ADDED_RULES,
  type AddedRule,
  added,
  countersOver,
  type Declaration,
  moreRules,
} from "./added-rules.ts";
import { twentyOf } from "./twenty-policy.ts";
import { TWENTY_RULES } from "./twenty-rules.ts";

export interface PolicyOptions {
  /** 10 to 500; 100 is the canonical workload's. */
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

interface Rule {
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
 * A policy for GUARD_POLICY. 100 rules: the shipped policy's rules in force and further counters. Up to 20: the
 * rules that the peers are asked for too. Between 20 and 100: some of the 100, from all families. Above: more counters.
 */
export function policyText({ rules, windows }: PolicyOptions): string {
  if (windows !== undefined) return stringify(counterPolicy(rules, windows));
  if (rules <= TWENTY_RULES.length) return stringify(twentyOf(TWENTY_RULES.slice(0, rules)));
  const whole = canonical();
  if (rules < CANONICAL_RULES) return stringify(withRules(whole, spread(whole.rules, rules)));
  return stringify(withAdded(whole, moreRules(rules - CANONICAL_RULES)));
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

function spread<T>(all: readonly T[], count: number): readonly T[] {
  return Array.from(
    { length: count },
    (_, index) => all[Math.floor((index * all.length) / count)],
  ).filter((one) => one !== undefined);
}

function counterPolicy(rules: number, windows: number): PolicyFile {
  return withAdded(
    { version: `windows-${windows}`, features: {}, rules: [] },
    countersOver(windows, rules),
  );
}
