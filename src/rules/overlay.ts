import type { Limits } from "./condition.ts";
import type { DraftRule, LevelLimits, RuleMode } from "./rule.ts";
import { RAISED } from "./rule.ts";

/** Where and when an overlay holds: at least one of the three is said, and each that is said must hold. */
export interface Where {
  /** Beginnings of area codes; empty: everywhere. */
  readonly areas: readonly string[];
  /** Kinds of pharmacy, as pharmacies.csv names them; empty: any, unknown ones too. */
  readonly kinds: readonly string[];
  /** Periods of calendar.csv; empty: always. */
  readonly calendar: readonly string[];
}

/** What is different of one rule, where and while it holds. */
export interface Overlay {
  readonly where: Where;
  readonly rule: string;
  readonly line: number;
  /** Put in the place of the rule's numbers. */
  readonly limits: LevelLimits;
  /** Added to the numbers that hold there otherwise. */
  readonly add: LevelLimits;
  readonly mode: RuleMode | undefined;
}

/** Where and when a sale takes place, as far as overlays can tell. */
export interface Place {
  readonly area: string;
  readonly kind: string | undefined;
  /** Periods in force. */
  readonly periods: ReadonlySet<string>;
}

/** A rule's numbers and mode at one place. */
export interface Version {
  readonly limits: LevelLimits;
  readonly mode: RuleMode;
}

/**
 * The overlays that hold at a place, the weaker before the stronger: an area before a kind of pharmacy, a kind before
 * the calendar, a short area code before a long one, else as the file has them.
 */
export function overlaysAt(overlays: readonly Overlay[], place: Place): readonly Overlay[] {
  return overlays
    .filter(({ where }) => holdsAt(where, place))
    .map((overlay) => ({ overlay, rank: rankOf(overlay.where, place.area) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ overlay }) => overlay);
}

function holdsAt({ areas, kinds, calendar }: Where, { area, kind, periods }: Place): boolean {
  return (
    (areas.length === 0 || prefixLength(areas, area) > 0) &&
    (kinds.length === 0 || (kind !== undefined && kinds.includes(kind))) &&
    (calendar.length === 0 || calendar.some((period) => periods.has(period)))
  );
}

/** Area codes have at most six digits: each of the stronger kinds outweighs any of them. */
const KIND_RANK = 10;
const CALENDAR_RANK = 100;

function rankOf({ areas, kinds, calendar }: Where, area: string): number {
  return (
    prefixLength(areas, area) +
    (kinds.length > 0 ? KIND_RANK : 0) +
    (calendar.length > 0 ? CALENDAR_RANK : 0)
  );
}

function prefixLength(areas: readonly string[], area: string): number {
  let longest = 0;
  for (const prefix of areas)
    if (area.startsWith(prefix)) longest = Math.max(longest, prefix.length);
  return longest;
}

/** The rule with its overlays applied in turn; each changes only what it names. */
export function versionUnder(rule: DraftRule, overlays: readonly Overlay[]): Version {
  let { limits, mode } = rule;
  for (const overlay of overlays) {
    limits = withAdded({ ...limits, ...overlay.limits }, overlay.add);
    mode = overlay.mode ?? mode;
  }
  return { limits, mode };
}

function withAdded(limits: LevelLimits, add: LevelLimits): LevelLimits {
  const sums: { -readonly [Level in keyof LevelLimits]: LevelLimits[Level] } = { ...limits };
  for (const level of RAISED) {
    const own = sums[level];
    const more = add[level];
    if (own !== undefined && more !== undefined) sums[level] = sumOf(own, more);
  }
  return sums;
}

function sumOf(own: Limits, more: Limits): Limits {
  if (typeof own === "number") return typeof more === "number" ? own + more : own;
  if (typeof more === "number") return own;
  return Object.fromEntries(
    Object.entries(own).map(([name, limit]) => [name, limit + (more[name] ?? 0)]),
  );
}

/** Enough for every policy that can be read; places beyond are not tried out when a policy is checked. */
const PLACES_MAX = 2_000;

/** One place for each combination of overlays that can hold together, the place where none does left out. */
export function telltalePlaces(overlays: readonly Overlay[]): readonly Place[] {
  const named = (key: keyof Where) => [...new Set(overlays.flatMap(({ where }) => where[key]))];
  const periods = named("calendar");
  const calendars = [
    [],
    ...periods.map((period) => [period]),
    ...(periods.length > 1 ? [periods] : []),
  ];
  const places: Place[] = [];
  for (const area of ["", ...named("areas")]) {
    for (const kind of [undefined, ...named("kinds")]) {
      for (const inForce of calendars) places.push({ area, kind, periods: new Set(inForce) });
    }
  }
  return places.slice(1, PLACES_MAX);
}
