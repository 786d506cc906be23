import { createHash } from "node:crypto";
import type { FeatureDefinition } from "../features/definition.ts";
import { impliedFeatures } from "../features/list-features.ts";
import { placeFeatures } from "../features/place-features.ts";
import type { FeaturePlan } from "../features/plan.ts";
import { compilePlan, FEATURES_MAX } from "../features/plan.ts";
import { canonicalJson } from "../swipe/canonical-json.ts";
import { isActive, placeRules, usedFeatures } from "./assemble.ts";
import { checkRule } from "./check-rule.ts";
import { createConditionParser } from "./condition.ts";
import type { EnforcementTable } from "./enforcement.ts";
import { readEnforcement } from "./enforcement.ts";
import type { PolicyFault } from "./fault.ts";
import { FaultList } from "./fault.ts";
import type { CohortLimits, Indicator } from "./indicators.ts";
import type { Located } from "./located.ts";
import { readYaml, toPlain } from "./located.ts";
import { MapReader } from "./map-reader.ts";
import { readCohorts } from "./read-cohorts.ts";
import type { DeclaredFeatures } from "./read-features.ts";
import { readFeatureDeclarations } from "./read-features.ts";
import { readIndicators } from "./read-indicators.ts";
import { applicableOverlays, readOverlays } from "./read-overlays.ts";
import { readRule } from "./read-rule.ts";
import type { DraftRule, PlacedRule, RuleHead } from "./rule.ts";
import { RuleBook } from "./rule-book.ts";

/** A policy file, checked and compiled: immutable, and all that judging needs. */
export interface Policy {
  readonly version: string;
  /** `sha256:` over the canonical form: comments, order of keys and layout do not count. */
  readonly hash: string;
  readonly plan: FeaturePlan;
  /** Rules that are judged somewhere at some time, in the order of the file. */
  readonly rules: readonly PlacedRule[];
  /** Rules that are off everywhere: what they would look at, and in `source` why they do not. */
  readonly off: readonly RuleHead[];
  /** The rules as they are where and when a sale takes place. */
  readonly book: RuleBook;
  readonly enforcement: EnforcementTable;
  /** What is watched of each pharmacy off the answer's path. */
  readonly indicators: readonly Indicator[];
  /** Absent: nobody is looked for who appears together with others. */
  readonly cohorts: CohortLimits | undefined;
}

export type ParsedPolicy =
  | { readonly policy: Policy }
  | { readonly faults: readonly PolicyFault[] };

/** Several times what a region has: few enough to read and to judge in time. */
export const RULES_MAX = 500;
const VERSION = /^\S{1,40}$/;

/** Reads a policy's text: a policy, or everything that is wrong with the file, each with its line. */
export function parsePolicy(text: string, fileName: string): ParsedPolicy {
  const faults = new FaultList(fileName);
  const root = readYaml(text, faults);
  if (root === undefined) return { faults: faults.sorted() };
  if (root.form !== "map") {
    faults.add(root.line, "a policy is a map with version, features and rules");
    return { faults: faults.sorted() };
  }
  const file = new MapReader(root, "", faults);
  const version = file.text(
    "version",
    VERSION,
    "a text without spaces, such as 2026.11.1 (in quotes where it could be a number)",
  );
  const features = readFeatureDeclarations(file, faults);
  const drafts = readRules(file, features, faults);
  const overlays = applicableOverlays(readOverlays(file, drafts.ids, faults), drafts.rules, faults);
  const enforcement = readEnforcement(file);
  const indicators = readIndicators(file, faults);
  const cohorts = readCohorts(file);
  file.finish();
  for (const rule of drafts.rules) checkRule(rule, overlays, features.definitions, faults);
  const used = usedFeatures(drafts.rules, overlays);
  if (used.size > FEATURES_MAX)
    faults.add(root.line, `at most ${FEATURES_MAX} features may be in use`);
  if (faults.count > 0 || version === undefined) return { faults: faults.sorted() };
  const definitions: ReadonlyMap<string, FeatureDefinition> = new Map([
    ...features.definitions,
    ...impliedFeatures(),
    ...placeFeatures(overlays.flatMap(({ where }) => where.calendar)),
  ]);
  const plan = compilePlan(definitions, used);
  const rules = placeRules(drafts.rules, overlays, plan);
  return {
    policy: {
      version,
      hash: hashOf(root),
      plan,
      rules,
      off: drafts.rules.filter((rule) => !isActive(rule, overlays)).map(({ head }) => head),
      book: new RuleBook(rules, overlays, plan),
      enforcement,
      indicators,
      cohorts,
    },
  };
}

function hashOf(root: Located): string {
  return `sha256:${createHash("sha256")
    .update(canonicalJson(toPlain(root)))
    .digest("hex")}`;
}

interface Drafts {
  readonly rules: readonly DraftRule[];
  /** Faulty rules included, so that an overlay of one is not called unknown. */
  readonly ids: ReadonlySet<string>;
}

function readRules(file: MapReader, features: DeclaredFeatures, faults: FaultList): Drafts {
  const entry = file.entry("rules");
  const items = entry?.value.form === "list" ? entry.value.items : [];
  if (entry === undefined) file.fault(file.line, "rules is missing");
  else if (entry.value.form !== "list") file.fault(entry.line, "rules must be a list");
  if (items.length > RULES_MAX) file.fault(entry?.line ?? file.line, `at most ${RULES_MAX} rules`);
  const types = new Map([...features.definitions].map(([name, { type }]) => [name, type]));
  const context = { conditions: createConditionParser(types), broken: features.broken, faults };
  const lines = new Map<string, number>();
  const rules: DraftRule[] = [];
  for (const item of items.slice(0, RULES_MAX)) {
    const rule = readRule(item, context);
    if (rule !== undefined) rules.push(rule);
    noteId(item, lines, faults);
  }
  return { rules, ids: new Set(lines.keys()) };
}

function noteId(item: Located, lines: Map<string, number>, faults: FaultList): void {
  const id = item.form === "map" ? item.entries.get("id") : undefined;
  if (id?.value.form !== "scalar" || typeof id.value.value !== "string") return;
  const earlier = lines.get(id.value.value);
  if (earlier === undefined) lines.set(id.value.value, id.line);
  else faults.add(id.line, `rule ${id.value.value}: this id is already on line ${earlier}`);
}
