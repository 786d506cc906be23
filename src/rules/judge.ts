import { APPROVER_SUSPENDED } from "../features/list-features.ts";
import type { FeatureVector, Reading } from "../features/vector.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Level } from "../swipe/vocabulary.ts";
import { levelRank } from "../swipe/vocabulary.ts";
import type { Relief } from "./clearing.ts";
import { clearedBy, reliefOf } from "./clearing.ts";
import { highest } from "./enforcement.ts";
import { evidenceOf, excess, readingAt } from "./evidence.ts";
import type { Hit } from "./hit.ts";
import { hangsOnMissing, holds } from "./kleene.ts";
import type { Policy } from "./policy.ts";
import type { Rule, RuleLevel } from "./rule.ts";
import { unheardHit, unheardOf } from "./unheard.ts";

/** What the rules say of a swipe. */
export interface Judgement {
  /** Every hit that held, in the order of the policy; shadow and cleared ones included. */
  readonly hits: readonly Hit[];
  /** Rules that hang on a missing fact, each with its `ifMissing`: recorded, and answered together as `sys01`. */
  readonly unheard: readonly Hit[];
  /** The one answered hit of all enforced rules that hang on a missing fact. */
  readonly sys01?: Hit;
  /** The highest of what is enforced and not cleared. */
  readonly level: Level;
  /** Features that were missing and on which an enforced rule hung. */
  readonly missing: readonly string[];
  /** `partial` when any fact in use was missing. Whether it is a stand-in is the caller's to say. */
  readonly mode: "full" | "partial";
}

/** What every rule is judged with. */
interface Bench {
  readonly vector: FeatureVector;
  readonly swipe: PseudonymisedSwipe;
  readonly relief: Relief;
  readonly isPartial: boolean;
}

const NO_LINE: readonly Reading[] = Object.freeze([]);
const NO_LINES: readonly (readonly Reading[])[] = Object.freeze([NO_LINE]);

/** Pure: the same policy, vector and swipe always give the same judgement. The vector must be of the policy's plan. */
export function judge(policy: Policy, vector: FeatureVector, swipe: PseudonymisedSwipe): Judgement {
  const { plan } = policy;
  const relief = reliefOf(
    swipe,
    isKnownTrue(vector, plan.positions.get(APPROVER_SUSPENDED)?.index),
  );
  const isPartial = hasMissing(vector);
  const bench: Bench = { vector, swipe, relief, isPartial };
  const found: Findings = { hits: [], unheard: [], missing: new Set() };
  const { hits, unheard } = found;
  for (const rule of policy.book.at(swipe.pharmacy.area, vector.swipe).possible(vector)) {
    if (!isExempt(rule, vector)) judgeRule(rule, bench, found);
  }
  const enforced = hits.filter((hit) => !hit.shadow);
  if (!isPartial) return { hits, unheard, level: highest(enforced), missing: [], mode: "full" };
  const sys01 = unheardOf(unheard.filter((hit) => !hit.shadow));
  return {
    hits,
    unheard,
    ...(sys01 && { sys01 }),
    level: highest(sys01 === undefined ? enforced : [...enforced, sys01]),
    missing: [...found.missing].sort(),
    mode: "partial",
  };
}

interface Findings {
  readonly hits: Hit[];
  readonly unheard: Hit[];
  readonly missing: Set<string>;
}

function judgeRule(rule: Rule, bench: Bench, into: Findings): void {
  const rows = rule.scope === "line" ? bench.vector.lines : NO_LINES;
  const found = highestRaised(rule, bench.vector.swipe, rows);
  if (found !== undefined) into.hits.push(hitOf(rule, found.raised, found.at, bench));
  if (!bench.isPartial) return;
  const open = openConditions(rule, found?.raised, bench, rows);
  if (open.size === 0) return;
  into.unheard.push(unheardHit(rule, bench.relief));
  if (rule.mode === "enforce") for (const name of open) into.missing.add(name);
}

interface Raised {
  readonly raised: RuleLevel;
  /** Rows at this level. */
  readonly at: readonly number[];
}

/** The highest level over all rows, and the rows that reach it. */
function highestRaised(
  rule: Rule,
  swipe: readonly Reading[],
  rows: readonly (readonly Reading[])[],
): Raised | undefined {
  let best: RuleLevel | undefined;
  let at: number[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const raised = raisedLevel(rule, swipe, rows[index] ?? NO_LINE);
    if (raised === undefined) continue;
    if (best === undefined || levelRank(raised.level) > levelRank(best.level)) {
      best = raised;
      at = [];
    }
    if (raised === best) at.push(index);
  }
  return best === undefined ? undefined : { raised: best, at };
}

/** The highest level that holds whatever is missing. */
function raisedLevel(
  { levels }: Rule,
  swipe: readonly Reading[],
  line: readonly Reading[],
): RuleLevel | undefined {
  for (let i = 0; i < levels.length; i += 1) {
    const level = levels[i];
    if (level !== undefined && holds(level.condition.test(swipe, line))) return level;
  }
  return undefined;
}

/** The missing features on which a higher level than the known one hangs. */
function openConditions(
  rule: Rule,
  known: RuleLevel | undefined,
  { vector }: Bench,
  rows: readonly (readonly Reading[])[],
): ReadonlySet<string> {
  const names = new Set<string>();
  // Levels stand highest first: those before the known one are above it.
  const higher =
    known === undefined ? rule.levels : rule.levels.slice(0, rule.levels.indexOf(known));
  for (const { condition } of higher) {
    for (const line of rows.filter((row) => hangsOnMissing(condition.test(vector.swipe, row)))) {
      for (const place of condition.places) {
        if (readingAt(place, vector.swipe, line) === "missing") names.add(place.name);
      }
    }
  }
  return names;
}

function hitOf(rule: Rule, raised: RuleLevel, at: readonly number[], bench: Bench): Hit {
  const { vector, swipe, relief } = bench;
  const line = vector.lines[worst(raised, at, vector)] ?? NO_LINE;
  const evidence = evidenceOf(raised.condition, vector.swipe, line);
  const cleared = clearedBy(rule, raised.level, relief);
  const hit: Hit = {
    rule: rule.id,
    level: cleared === undefined ? raised.level : "warn",
    category: rule.category,
    name: rule.name,
    message: raised.render(evidence),
    evidence,
    lines: rule.scope === "line" ? at.map((index) => swipe.lines[index]?.line ?? "") : [],
    hard: rule.hard,
    shadow: rule.mode === "shadow",
    disclose: rule.disclose,
  };
  return cleared === undefined ? hit : { ...hit, clearedBy: cleared, raised: raised.level };
}

/** Of the lines at the level raised, the one furthest beyond its limit; the first of equals. */
function worst({ condition }: RuleLevel, at: readonly number[], vector: FeatureVector): number {
  let found = at[0] ?? 0;
  let most = -1;
  for (const index of at.length > 1 ? at : []) {
    const beyond = excess(condition, vector.swipe, vector.lines[index] ?? NO_LINE);
    if (beyond <= most) continue;
    most = beyond;
    found = index;
  }
  return found;
}

function isExempt({ exemptAt }: Rule, vector: FeatureVector): boolean {
  for (let i = 0; i < exemptAt.length; i += 1) if (isKnownTrue(vector, exemptAt[i])) return true;
  return false;
}

function isKnownTrue(vector: FeatureVector, index: number | undefined): boolean {
  const reading = index === undefined ? undefined : vector.swipe[index];
  return typeof reading === "object" && reading.known === true;
}

function hasMissing({ swipe, lines }: FeatureVector): boolean {
  if (isMissingIn(swipe)) return true;
  for (let i = 0; i < lines.length; i += 1) if (isMissingIn(lines[i] ?? NO_LINE)) return true;
  return false;
}

function isMissingIn(row: readonly Reading[]): boolean {
  for (let i = 0; i < row.length; i += 1) {
    const reading = row[i];
    if (typeof reading !== "object" && reading === "missing") return true;
  }
  return false;
}
