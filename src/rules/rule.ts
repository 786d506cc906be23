import type { Scope } from "../features/definition.ts";
import type { ExemptList } from "../features/list-features.ts";
import type { Level } from "../swipe/vocabulary.ts";
import type { Condition } from "./compile.ts";
import type { Limits, ParsedCondition } from "./condition.ts";
import type { Bilingual } from "./hit.ts";

/** `enforce` is answered, `shadow` only recorded, `off` neither. */
export const MODES = ["enforce", "shadow", "off"] as const;
export type RuleMode = (typeof MODES)[number];

/** The levels a rule may raise, highest first: the order in which they are tried. */
export const RAISED = ["deny", "hold", "stepUp", "warn"] as const;
export type RaisedLevel = (typeof RAISED)[number];

/** What a rule may answer when a fact it hangs on is missing. */
export const IF_MISSING = ["allow", "warn", "stepUp"] as const;

export type LevelLimits = Readonly<Partial<Record<RaisedLevel, Limits>>>;

export interface Clearing {
  readonly override: ReadonlySet<string>;
  /** In the spelling of `normaliseMethod`. */
  readonly verification: ReadonlySet<string>;
  readonly agent: boolean;
}

/** What a rule says of itself, whatever its thresholds. */
export interface RuleHead {
  readonly id: string;
  readonly category: string;
  readonly name: Bilingual;
  readonly hard: boolean;
  readonly ifMissing: (typeof IF_MISSING)[number];
  readonly disclose: "full" | "sentence";
  readonly clearedBy: Clearing;
  readonly exempt: readonly ExemptList[];
  /** Where every threshold comes from. */
  readonly source: string;
}

/** A level as read, before it is bound to a vector. */
export interface DraftLevel {
  readonly level: RaisedLevel;
  readonly line: number;
  readonly condition: ParsedCondition;
  readonly message: Bilingual;
}

/** A rule as read: its levels may be compiled with other limits where an overlay says so. */
export interface DraftRule {
  readonly head: RuleHead;
  readonly line: number;
  readonly mode: RuleMode;
  readonly levels: readonly DraftLevel[];
  readonly limits: LevelLimits;
}

export interface RuleLevel {
  readonly level: Level;
  readonly condition: Condition;
  readonly message: Bilingual;
}

/** A rule ready to judge, highest level first. */
export interface Rule extends RuleHead {
  readonly mode: RuleMode;
  /** `line`: judged for each line, because a condition reads a feature of lines. */
  readonly scope: Scope;
  readonly levels: readonly RuleLevel[];
}

/** A rule with what is different of it in some areas, longest prefix first. */
export interface PlacedRule {
  readonly everywhere: Rule;
  readonly areas: readonly { readonly prefix: string; readonly rule: Rule }[];
}

/** The rule as it is where the pharmacy is. */
export function ruleIn(placed: PlacedRule, area: string): Rule {
  for (const { prefix, rule } of placed.areas) if (area.startsWith(prefix)) return rule;
  return placed.everywhere;
}
