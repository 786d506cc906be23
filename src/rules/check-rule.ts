import type { FeatureDefinition } from "../features/definition.ts";
import type { Position } from "../features/plan.ts";
import { limitsUnder } from "./assemble.ts";
import { compileCondition } from "./compile.ts";
import type { FaultList } from "./fault.ts";
import { thresholds, unreachableLevels } from "./reachable.ts";
import type { Overlay } from "./read-overlays.ts";
import type { DraftRule, LevelLimits } from "./rule.ts";

/** Up to here a count must be exact: one more or less decides (architecture, promise 4). */
const EXACT_UP_TO = 20;

/** What can only be seen with thresholds and features together, in every area's version of the rule. */
export function checkRule(
  rule: DraftRule,
  overlays: readonly Overlay[],
  features: ReadonlyMap<string, FeatureDefinition>,
  faults: FaultList,
): void {
  const own = overlays.filter((overlay) => overlay.rule === rule.head.id);
  const isActive =
    rule.mode !== "off" || own.some(({ mode }) => mode !== undefined && mode !== "off");
  if (isActive) checkAvailable(rule, features, faults);
  checkVersion(rule, rule.limits, rule.line, features, faults);
  for (const overlay of own) {
    if (Object.keys(overlay.limits).length > 0) {
      checkVersion(rule, limitsUnder(rule, overlay), overlay.line, features, faults);
    }
  }
}

function checkAvailable(
  rule: DraftRule,
  features: ReadonlyMap<string, FeatureDefinition>,
  faults: FaultList,
): void {
  const said = new Set<string>();
  for (const { line, condition } of rule.levels) {
    for (const name of condition.features) {
      const reason = features.get(name)?.unavailable;
      if (reason === undefined || said.has(name)) continue;
      said.add(name);
      faults.add(line, `rule ${rule.head.id}: ${name} cannot be used in an active rule: ${reason}`);
    }
  }
}

/** `at`: the overlay's line, where an overlay brought the limits; the level's own otherwise. */
function checkVersion(
  rule: DraftRule,
  limits: LevelLimits,
  at: number,
  features: ReadonlyMap<string, FeatureDefinition>,
  faults: FaultList,
): void {
  const lineOf = (line: number) => (limits === rule.limits ? line : at);
  const unreachable = unreachableLevels(rule.levels, limits);
  for (const { level, line, condition } of rule.levels) {
    if (unreachable.includes(level)) {
      faults.add(
        lineOf(line),
        `rule ${rule.head.id}: ${level} can never be the answer: it never holds, or a higher level always holds with it`,
      );
    }
    const positions = new Map(
      condition.features.map((name, index): [string, Position] => [
        name,
        { scope: "swipe", index },
      ]),
    );
    for (const { feature, constant } of thresholds(
      compileCondition(condition, positions, limits[level]),
    )) {
      const reason = doubtful(features.get(feature), constant);
      if (reason !== undefined)
        faults.add(
          lineOf(line),
          `rule ${rule.head.id}: ${level} compares ${feature} with ${constant}: ${reason}`,
        );
    }
  }
}

function doubtful(feature: FeatureDefinition | undefined, threshold: number): string | undefined {
  if (feature === undefined || feature.bound === "exact") return undefined;
  if (feature.bound === "bucketed") {
    return threshold <= EXACT_UP_TO
      ? `it is not exact, so thresholds must be above ${EXACT_UP_TO}`
      : undefined;
  }
  const { upTo } = feature.bound;
  // A sum grows with amounts, not with swipes: its bound says nothing about its value.
  return feature.isCount === true && threshold > upTo
    ? `it is exact only up to ${upTo}`
    : undefined;
}
