import type { FeatureDefinition } from "../features/definition.ts";
import type { Position } from "../features/plan.ts";
import { isActive } from "./assemble.ts";
import { compileCondition } from "./compile.ts";
import type { FaultList } from "./fault.ts";
import type { Overlay } from "./overlay.ts";
import { overlaysAt, telltalePlaces, versionUnder } from "./overlay.ts";
import { thresholds, unreachableLevels } from "./reachable.ts";
import type { DraftRule, LevelLimits } from "./rule.ts";

/** Up to here a count must be exact: one more or less decides (architecture, promise 4). */
const EXACT_UP_TO = 20;

/** What can only be seen with thresholds and features together, in every place's version of the rule. */
export function checkRule(
  rule: DraftRule,
  overlays: readonly Overlay[],
  features: ReadonlyMap<string, FeatureDefinition>,
  faults: FaultList,
): void {
  if (isActive(rule, overlays)) checkAvailable(rule, features, faults);
  const said = new Set<string>();
  const report = (line: number, reason: string) => {
    const fault = `rule ${rule.head.id}: ${reason}`;
    if (said.has(`${line} ${fault}`)) return;
    said.add(`${line} ${fault}`);
    faults.add(line, fault);
  };
  checkVersion(rule, rule.limits, undefined, features, report);
  const own = overlays.filter((overlay) => overlay.rule === rule.head.id);
  for (const place of telltalePlaces(own)) {
    const applied = overlaysAt(own, place);
    // The strongest that changes numbers: it is what somebody wrote last in mind.
    const last = applied.findLast(({ limits, add }) => hasAny(limits) || hasAny(add));
    if (last !== undefined)
      checkVersion(rule, versionUnder(rule, applied).limits, last.line, features, report);
  }
}

function hasAny(limits: LevelLimits): boolean {
  return Object.keys(limits).length > 0;
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

/** `at`: the overlay's line, where overlays brought the limits; the level's own otherwise. */
function checkVersion(
  rule: DraftRule,
  limits: LevelLimits,
  at: number | undefined,
  features: ReadonlyMap<string, FeatureDefinition>,
  report: (line: number, reason: string) => void,
): void {
  const unreachable = unreachableLevels(rule.levels, limits);
  for (const { level, line, condition } of rule.levels) {
    if (unreachable.includes(level)) {
      report(
        at ?? line,
        `${level} can never be the answer: it never holds, or a higher level always holds with it`,
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
        report(at ?? line, `${level} compares ${feature} with ${constant}: ${reason}`);
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
