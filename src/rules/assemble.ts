import { APPROVER_SUSPENDED, exemptFeature } from "../features/list-features.ts";
import { PHARMACY_KIND, periodFeature } from "../features/place-features.ts";
import type { FeaturePlan } from "../features/plan.ts";
import { compileCondition } from "./compile.ts";
import { template } from "./message.ts";
import type { Overlay, Version } from "./overlay.ts";
import { versionUnder } from "./overlay.ts";
import type { DraftRule, PlacedRule, Rule } from "./rule.ts";

/** True when a rule is judged anywhere at any time: it is on, or an overlay switches it on. */
export function isActive(rule: DraftRule, overlays: readonly Overlay[]): boolean {
  return (
    rule.mode !== "off" ||
    overlays.some(
      ({ rule: id, mode }) => id === rule.head.id && mode !== undefined && mode !== "off",
    )
  );
}

/** Every feature an active rule reads, anywhere, the implied ones included. */
export function usedFeatures(
  rules: readonly DraftRule[],
  overlays: readonly Overlay[],
): ReadonlySet<string> {
  const active = rules.filter((rule) => isActive(rule, overlays));
  return new Set([
    APPROVER_SUSPENDED,
    ...active.flatMap(({ levels }) => levels.flatMap(({ condition }) => condition.features)),
    ...active.flatMap(({ head }) => head.exempt.map(exemptFeature)),
    ...overlays.flatMap(({ where }) => (where.kinds.length > 0 ? [PHARMACY_KIND] : [])),
    ...overlays.flatMap(({ where }) => where.calendar.map(periodFeature)),
  ]);
}

/** Binds rules to the plan. Those that are off everywhere and always are left out. */
export function placeRules(
  rules: readonly DraftRule[],
  overlays: readonly Overlay[],
  plan: FeaturePlan,
): readonly PlacedRule[] {
  return rules
    .filter((draft) => isActive(draft, overlays))
    .map((draft) => ({
      everywhere: compileRule(draft, draft, plan),
      overlays: overlays.filter(({ rule }) => rule === draft.head.id),
      under: (applied) => compileRule(draft, versionUnder(draft, applied), plan),
    }));
}

function compileRule(draft: DraftRule, { limits, mode }: Version, plan: FeaturePlan): Rule {
  const levels = draft.levels.map(({ level, condition, message }) => ({
    level,
    render: template(message),
    condition: compileCondition(condition, plan.positions, limits[level]),
  }));
  const readsLines = draft.levels.some(({ condition }) =>
    condition.features.some((name) => plan.positions.get(name)?.scope === "line"),
  );
  const exemptAt = draft.head.exempt.flatMap(
    (list) => plan.positions.get(exemptFeature(list))?.index ?? [],
  );
  return { ...draft.head, mode, scope: readsLines ? "line" : "swipe", levels, exemptAt };
}
