import type { Limits } from "./condition.ts";
import type { FaultList } from "./fault.ts";
import { MapReader } from "./map-reader.ts";
import { readLevelLimits } from "./read-rule.ts";
import type { DraftRule, LevelLimits, RuleMode } from "./rule.ts";
import { MODES, RAISED } from "./rule.ts";

/** What is different of a rule in the areas whose codes begin with one of the prefixes. */
export interface Overlay {
  readonly areas: readonly string[];
  readonly rule: string;
  readonly line: number;
  readonly limits: LevelLimits;
  readonly mode: RuleMode | undefined;
}

const AREA = /^\d{2,6}$/;
/** Said in the architecture, and understood enough to say no. */
const NOT_YET = ["kinds", "calendar"] as const;

export function readOverlays(
  policy: MapReader,
  rules: ReadonlySet<string>,
  faults: FaultList,
): readonly Overlay[] {
  const entry = policy.entry("overlays");
  if (entry === undefined) return [];
  if (entry.value.form !== "list") {
    policy.fault(entry.line, "overlays must be a list");
    return [];
  }
  return entry.value.items.flatMap((item) => {
    if (item.form === "map")
      return readOverlay(new MapReader(item, "overlay: ", faults), rules, faults);
    faults.add(item.line, "an overlay is a map");
    return [];
  });
}

function readOverlay(
  overlay: MapReader,
  rules: ReadonlySet<string>,
  faults: FaultList,
): readonly Overlay[] {
  for (const key of NOT_YET) {
    const entry = overlay.entry(key);
    if (entry !== undefined)
      overlay.fault(entry.line, `${key} are not available yet: overlays go by areas`);
  }
  const areas = overlay.words(
    "areas",
    (word) => (AREA.test(word) ? word : undefined),
    "an area code of 2 to 6 digits, in quotes",
  );
  if (overlay.entry("areas") === undefined) overlay.fault(overlay.line, "areas is missing");
  const changes = overlay.map("rules");
  if (overlay.entry("rules") === undefined) overlay.fault(overlay.line, "rules is missing");
  overlay.finish();
  const overlays: Overlay[] = [];
  for (const [rule, { line, value }] of changes?.keys() ?? []) {
    if (!rules.has(rule)) overlay.fault(line, `there is no rule ${rule}`);
    else if (value.form !== "map") overlay.fault(line, `${rule} must be a map`);
    else
      overlays.push({
        areas,
        rule,
        line,
        ...readChange(new MapReader(value, `overlay of ${rule}: `, faults)),
      });
  }
  return overlays;
}

function readChange(change: MapReader): Pick<Overlay, "limits" | "mode"> {
  const limits = change.map("limits");
  const mode =
    change.entry("mode") === undefined ? undefined : change.word("mode", MODES, "enforce");
  change.finish();
  return { limits: limits === undefined ? {} : readLevelLimits(limits), mode };
}

/** Leaves out overlays whose limits do not fit their rule, with the fault said. */
export function applicableOverlays(
  overlays: readonly Overlay[],
  rules: readonly DraftRule[],
  faults: FaultList,
): readonly Overlay[] {
  const byId = new Map(rules.map((rule) => [rule.head.id, rule]));
  return overlays.filter((overlay) => {
    const rule = byId.get(overlay.rule);
    if (rule === undefined) return false;
    const wrong = RAISED.filter(
      (level) => !isReplacement(rule.limits[level], overlay.limits[level]),
    );
    for (const level of wrong) {
      faults.add(
        overlay.line,
        `overlay of ${overlay.rule}: limits of ${level} must name the same numbers as the rule's own`,
      );
    }
    return wrong.length === 0;
  });
}

/** A condition was read with numbers of certain names: another area may change the numbers, not the names. */
function isReplacement(own: Limits | undefined, other: Limits | undefined): boolean {
  if (other === undefined) return true;
  if (own === undefined || typeof own !== typeof other) return false;
  if (typeof own === "number" || typeof other === "number") return true;
  return Object.keys(own).sort().join() === Object.keys(other).sort().join();
}
