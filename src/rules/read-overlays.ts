import type { Limits } from "./condition.ts";
import type { FaultList } from "./fault.ts";
import { MapReader } from "./map-reader.ts";
import type { Overlay, Where } from "./overlay.ts";
import { readLevelLimits } from "./read-rule.ts";
import type { DraftRule } from "./rule.ts";
import { MODES, RAISED } from "./rule.ts";

const AREA = /^\d{2,6}$/;
/** As pharmacies.csv and calendar.csv name kinds and periods. */
const WORD = /^[\p{L}\d_-]{1,60}$/u;

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
  const where = readWhere(overlay);
  // Anybody may say why; whoever changes a sourced number should.
  if (overlay.entry("source") !== undefined) overlay.text("source");
  const changes = overlay.map("rules");
  if (overlay.entry("rules") === undefined) overlay.fault(overlay.line, "rules is missing");
  overlay.finish();
  const overlays: Overlay[] = [];
  for (const [rule, { line, value }] of changes?.keys() ?? []) {
    if (!rules.has(rule)) overlay.fault(line, `there is no rule ${rule}`);
    else if (value.form !== "map") overlay.fault(line, `${rule} must be a map`);
    else {
      const change = readChange(new MapReader(value, `overlay of ${rule}: `, faults));
      overlays.push({ where, rule, line, ...change });
    }
  }
  return overlays;
}

function readWhere(overlay: MapReader): Where {
  const words = (key: string, form: RegExp, described: string) =>
    overlay.words(key, (word) => (form.test(word) ? word : undefined), described);
  const where = {
    areas: words("areas", AREA, "an area code of 2 to 6 digits, in quotes"),
    kinds: words("kinds", WORD, "a kind of pharmacy such as hospital-gate"),
    calendar: words("calendar", WORD, "a period such as spring-festival"),
  };
  const isSaid = ["areas", "kinds", "calendar"].some((key) => overlay.entry(key) !== undefined);
  if (!isSaid)
    overlay.fault(overlay.line, "say where or when it holds: areas, kinds or calendar is missing");
  // An empty list would hold everywhere, which is what the rule itself is for.
  for (const key of ["areas", "kinds", "calendar"] as const) {
    const entry = overlay.entry(key);
    if (entry?.value.form === "list" && entry.value.items.length === 0)
      overlay.fault(entry.line, `${key} must name at least one`);
  }
  return where;
}

function readChange(change: MapReader): Pick<Overlay, "limits" | "add" | "mode"> {
  const limits = change.map("limits");
  const add = change.map("add");
  const mode =
    change.entry("mode") === undefined ? undefined : change.word("mode", MODES, "enforce");
  change.finish();
  return {
    limits: limits === undefined ? {} : readLevelLimits(limits),
    add: add === undefined ? {} : readLevelLimits(add),
    mode,
  };
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
    const wrong = RAISED.flatMap((level) => {
      const own = rule.limits[level];
      const replaced = isReplacement(own, overlay.limits[level]);
      const added = isAddition(own, overlay.add[level]);
      return [
        ...(replaced ? [] : [`limits of ${level} must name the same numbers as the rule's own`]),
        ...(added ? [] : [`add of ${level} must name numbers that the rule's own limits have`]),
      ];
    });
    for (const reason of wrong) faults.add(overlay.line, `overlay of ${overlay.rule}: ${reason}`);
    return wrong.length === 0;
  });
}

/** A condition was read with numbers of certain names: another place may change the numbers, not the names. */
function isReplacement(own: Limits | undefined, other: Limits | undefined): boolean {
  if (other === undefined) return true;
  if (own === undefined || typeof own !== typeof other) return false;
  if (typeof own === "number" || typeof other === "number") return true;
  return Object.keys(own).sort().join() === Object.keys(other).sort().join();
}

function isAddition(own: Limits | undefined, more: Limits | undefined): boolean {
  if (more === undefined) return true;
  if (own === undefined || typeof own !== typeof more) return false;
  if (typeof own === "number" || typeof more === "number") return true;
  return Object.keys(more).every((name) => Object.hasOwn(own, name));
}
