import { APPROVER_SUSPENDED, exemptFeature } from "../features/list-features.ts";
import type { FeaturePlan } from "../features/plan.ts";
import { compileCondition } from "./compile.ts";
import type { Overlay } from "./read-overlays.ts";
import type { DraftRule, LevelLimits, PlacedRule, Rule, RuleMode } from "./rule.ts";

/** The limits of a rule where an overlay holds: level by level, the overlay's own before the rule's. */
export function limitsUnder(rule: DraftRule, overlay: Overlay): LevelLimits {
  return { ...rule.limits, ...overlay.limits };
}

/** Every feature an active rule reads, anywhere, the implied ones included. */
export function usedFeatures(
  rules: readonly DraftRule[],
  overlays: readonly Overlay[],
): ReadonlySet<string> {
  const used = new Set<string>([APPROVER_SUSPENDED]);
  for (const rule of rules) {
    const isActive =
      rule.mode !== "off" ||
      overlays.some(
        ({ rule: id, mode }) => id === rule.head.id && mode !== undefined && mode !== "off",
      );
    if (!isActive) continue;
    for (const { condition } of rule.levels) for (const name of condition.features) used.add(name);
    for (const list of rule.head.exempt) used.add(exemptFeature(list));
  }
  return used;
}

/** Binds rules to the plan, once everywhere and once for each area that changes them. Rules that are off nowhere matter. */
export function placeRules(
  rules: readonly DraftRule[],
  overlays: readonly Overlay[],
  plan: FeaturePlan,
): readonly PlacedRule[] {
  return rules.flatMap((draft) => {
    const own = overlays.filter(({ rule }) => rule === draft.head.id);
    const modes = [draft.mode, ...own.flatMap(({ mode }) => (mode === undefined ? [] : [mode]))];
    if (modes.every((mode) => mode === "off")) return [];
    const areas = own.flatMap((overlay) => {
      const rule = compileRule(
        draft,
        limitsUnder(draft, overlay),
        overlay.mode ?? draft.mode,
        plan,
      );
      return overlay.areas.map((prefix) => ({ prefix, rule }));
    });
    return [
      {
        everywhere: compileRule(draft, draft.limits, draft.mode, plan),
        areas: areas.sort((a, b) => b.prefix.length - a.prefix.length),
      },
    ];
  });
}

function compileRule(
  draft: DraftRule,
  limits: LevelLimits,
  mode: RuleMode,
  plan: FeaturePlan,
): Rule {
  const levels = draft.levels.map(({ level, condition, message }) => ({
    level,
    message,
    condition: compileCondition(condition, plan.positions, limits[level]),
  }));
  const readsLines = draft.levels.some(({ condition }) =>
    condition.features.some((name) => plan.positions.get(name)?.scope === "line"),
  );
  return { ...draft.head, mode, scope: readsLines ? "line" : "swipe", levels };
}
