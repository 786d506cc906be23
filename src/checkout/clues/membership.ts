import type { Flag, PersonKey } from "../../counters/contract.ts";
import { FLAGS_MAX } from "../../counters/limits.ts";
import { inWindow } from "../../features/live.ts";
import { type Bytes, DAY, type DurationMs, type EpochMs, shanghaiDay } from "../../units.ts";

/** Enough of a group's members in one cohort for the group to be part of it: one alone may belong to both. */
const SHARED_LEAST = 2;
/** A mark that says the same is written again at most this often. */
const RENEWED_EVERY: DurationMs = DAY / 2;

/** A cohort as its own key has it: each member's `at` is when it was last seen with the others. */
export interface Cohort {
  readonly reference: Bytes;
  readonly members: ReadonlyMap<PersonKey, EpochMs>;
}

export interface FlagWrite {
  /** Six bytes: of a person, or of the cohort's reference. */
  readonly key: Bytes;
  readonly flag: Flag;
}

export interface Membership extends Cohort {
  readonly writes: readonly FlagWrite[];
  /** How many it had before. */
  readonly before: number;
  /** Grown, or seen for the first time on this Shanghai day. */
  readonly isNews: boolean;
}

export function flagKey(bytes: Bytes): Bytes {
  return bytes.slice(0, 6);
}

/** Cohorts that a group belongs to by the flags of its members, in order. */
export function sharedCohorts(
  flags: readonly (readonly Flag[])[],
  at: EpochMs,
  within: DurationMs,
): readonly Bytes[] {
  const bearers = new Map<Bytes, number>();
  for (const own of flags) {
    for (const reference of new Set(own.filter(isCohort).map((flag) => flag.reference)))
      bearers.set(reference, (bearers.get(reference) ?? 0) + 1);
  }
  function isCohort(flag: Flag): boolean {
    return flag.kind === "cohort" && inWindow(flag.at, at, within);
  }
  return [...bearers]
    .filter(([, count]) => count >= SHARED_LEAST)
    .map(([reference]) => reference)
    .sort();
}

/** The members that a cohort's key names, those alone who were seen with the others within the window. */
export function cohortOf(
  reference: Bytes,
  flags: readonly Flag[],
  at: EpochMs,
  within: DurationMs,
): Cohort {
  const members = flags
    .filter((flag) => flag.kind === "member" && inWindow(flag.at, at, within))
    .map((flag) => [memberOf(flag), flag.at] as const);
  return { reference, members: new Map(members) };
}

/**
 * Adds a group to the cohort it belongs to (the largest, where it joins several), or founds one. Each person is in the
 * list once, so a cohort's size is a number of persons, however often and in whatever part it is seen.
 */
export function joined(
  group: readonly PersonKey[],
  groupFlags: readonly (readonly Flag[])[],
  known: readonly Cohort[],
  founded: Bytes,
  at: EpochMs,
): Membership {
  const largest = [...known].sort(largerFirst);
  const reference = largest[0]?.reference ?? founded;
  const before = largest[0]?.members ?? new Map<PersonKey, EpochMs>();
  const members = allMembers(largest, group, at);
  const hasGrown = members.size > before.size;
  const today = shanghaiDay(at);
  const isFirstToday = [...before.values()].every((seen) => shanghaiDay(seen) < today);
  const listed = [...members]
    .filter(([person, seen]) => isDue(before.get(person), seen))
    .map(([person, seen]) => memberWrite(reference, person, seen));
  const flagsOf = new Map(group.map((person, index) => [person, groupFlags[index] ?? []]));
  const told = [...members].flatMap(([person, seen]) => {
    const flag: Flag = { kind: "cohort", at: seen, value: members.size, reference };
    const own = flagsOf.get(person);
    // Those who are not here keep what they were told, until there is more to tell.
    const isNew = own === undefined ? hasGrown : isOutdated(own, flag);
    return isNew ? [{ key: flagKey(person), flag }] : [];
  });
  return {
    ...{ reference, members, before: before.size },
    writes: [...listed, ...told],
    isNews: hasGrown || isFirstToday,
  };
}

/** Everybody with the time of being seen last; beyond what can be kept those go who were seen longest ago. */
function allMembers(
  cohorts: readonly Cohort[],
  group: readonly PersonKey[],
  at: EpochMs,
): ReadonlyMap<PersonKey, EpochMs> {
  const all = new Map<PersonKey, EpochMs>();
  for (const [person, seen] of cohorts.flatMap(({ members }) => [...members]))
    all.set(person, Math.max(seen, all.get(person) ?? 0));
  for (const person of group) all.set(person, at);
  return new Map([...all].sort(([, a], [, b]) => b - a).slice(0, FLAGS_MAX));
}

function isOutdated(own: readonly Flag[], { reference, value, at }: Flag): boolean {
  const known = own.find((flag) => flag.kind === "cohort" && flag.reference === reference);
  return known?.value !== value || isDue(known.at, at);
}

function isDue(before: EpochMs | undefined, seen: EpochMs): boolean {
  return before === undefined || seen - before >= RENEWED_EVERY;
}

function largerFirst(a: Cohort, b: Cohort): number {
  if (a.members.size !== b.members.size) return b.members.size - a.members.size;
  return a.reference < b.reference ? -1 : 1;
}

/** A member's ten bytes in one flag: eight as its reference, two as its value. */
export function memberWrite(reference: Bytes, person: PersonKey, at: EpochMs): FlagWrite {
  const value = person.charCodeAt(8) * 256 + person.charCodeAt(9);
  const flag = { kind: "member", at, value, reference: person.slice(0, 8) } as const;
  return { key: flagKey(reference), flag };
}

function memberOf({ reference, value }: Flag): PersonKey {
  return reference + String.fromCharCode(value >> 8, value & 0xff);
}
