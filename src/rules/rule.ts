import type { Scope } from "../features/definition.ts";
import type { ExemptList } from "../features/list-features.ts";
import type { FeatureValue } from "../features/vector.ts";
import type { Level } from "../swipe/vocabulary.ts";
import type { Condition } from "./compile.ts";
import type { Limits, ParsedCondition } from "./condition.ts";
import type { Bilingual } from "./hit.ts";
import type { Overlay } from "./overlay.ts";

/** `enforce` is answered, `shadow` only recorded, `off` neither. */
export const MODES = ["enforce", "shadow", "off"] as const;
export type RuleMode = (typeof MODES)[number];

/** The levels a rule may raise, highest first: the order in which they are tried. */
export const RAISED = ["deny", "hold", "stepUp", "warn"] as const;
export type RaisedLevel = (typeof RAISED)[number];

/** The levels that something can clear: a warn asks nothing, and nothing clears a deny. */
export const CLEARED = ["stepUp", "hold"] as const;
export type ClearedLevel = (typeof CLEARED)[number];

/** What a rule may answer when a fact it hangs on is missing. */
export const IF_MISSING = ["allow", "warn", "stepUp"] as const;

export type LevelLimits = Readonly<Partial<Record<RaisedLevel, Limits>>>;

/** What clears a hit of one level. */
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
  /** By the level raised: a verified person may be enough for a stepUp and not for a hold. */
  readonly clearedBy: Readonly<Record<ClearedLevel, Clearing>>;
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

/** A rule as read: its levels are compiled with other limits where an overlay says so. */
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
  /** Its message with what was seen. */
  render(evidence: Readonly<Record<string, FeatureValue>>): Bilingual;
}

/** A rule ready to judge, highest level first. */
export interface Rule extends RuleHead {
  readonly mode: RuleMode;
  /** `line`: judged for each line, because a condition reads a feature of lines. */
  readonly scope: Scope;
  readonly levels: readonly RuleLevel[];
  /** Where the swipe's row says whether somebody exempt is served. */
  readonly exemptAt: readonly number[];
}

/** A rule with what is different of it in some places and at some times. */
export interface PlacedRule {
  readonly everywhere: Rule;
  /** Its own overlays. */
  readonly overlays: readonly Overlay[];
  /** The rule with these overlays applied, the weaker before the stronger. */
  under(applied: readonly Overlay[]): Rule;
}
