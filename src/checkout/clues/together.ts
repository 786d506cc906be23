import type { LedgerEntry, PersonKey } from "../../counters/contract.ts";
import { inWindow } from "../../features/live.ts";
import type { CohortLimits } from "../../rules/indicators.ts";
import { type DurationMs, type EpochMs, type ShanghaiDay, shanghaiDay } from "../../units.ts";

/**
 * Who appears together (rule CF-13), as arithmetic on ledgers.
 *
 * Two persons are linked when both presented their cards at one pharmacy within `together` of each other on at least
 * `days` different Shanghai days of the last `within`, at whichever pharmacies: bundles travel. Whether they were sold
 * anything does not matter. A link alone says little: neighbours on one bus, a couple, two regulars of the same hour.
 * Three who are each linked with the two others say more, and such triangles that share a side make one group: so a
 * bundle of cards swiped through an hour is one group though its first and last card never meet, while two families
 * that two members alone connect stay two.
 */

export interface Visits {
  readonly person: PersonKey;
  /** Oldest first. */
  readonly visits: readonly Visit[];
}

export interface Visit {
  readonly at: EpochMs;
  /** As the memory gives pharmacies back. */
  readonly pharmacy: string;
}

/** Settle-stage checks of a person, refused ones too; what a registered agent bought links nobody. */
export function visitsOf(
  person: PersonKey,
  ledger: readonly LedgerEntry[],
  at: EpochMs,
  limits: CohortLimits,
): Visits {
  const visits = ledger
    .filter(
      (entry) =>
        // A folded entry is a whole day's, of whatever hours and places.
        entry.state !== "folded" && !entry.nature.proxied && inWindow(entry.at, at, limits.within),
    )
    .map((entry) => ({ at: entry.at, pharmacy: entry.pharmacy }))
    .sort((a, b) => a.at - b.at);
  return { person, visits };
}

export function differentDays({ visits }: Visits): number {
  return new Set(visits.map(({ at }) => shanghaiDay(at))).size;
}

/** Shanghai days on which two persons were at one place together; around midnight it is the earlier day. */
export function daysTogether(
  one: Visits,
  other: Visits,
  together: DurationMs,
): ReadonlySet<ShanghaiDay> {
  const days = new Set<ShanghaiDay>();
  let from = 0;
  for (const { at, pharmacy } of one.visits) {
    while ((other.visits[from]?.at ?? Number.POSITIVE_INFINITY) < at - together) from += 1;
    for (let i = from; (other.visits[i]?.at ?? Number.POSITIVE_INFINITY) <= at + together; i += 1) {
      const met = other.visits[i];
      if (met?.pharmacy === pharmacy) days.add(shanghaiDay(Math.min(at, met.at)));
    }
  }
  return days;
}

/**
 * The largest group of a person among those seen, the person included, in order; empty where there is none.
 * The same whatever the order of those seen. For 64 persons who all know each other it takes about 3 ms.
 */
export function groupOf(
  person: PersonKey,
  seen: readonly Visits[],
  limits: CohortLimits,
): readonly PersonKey[] {
  const regular = seen
    .filter((visits) => differentDays(visits) >= limits.days)
    .sort((a, b) => (a.person < b.person ? -1 : 1));
  const own = regular.findIndex((visits) => visits.person === person);
  if (own < 0) return [];
  const links = linksOf(regular, limits);
  const taken = new Uint8Array(regular.length * regular.length);
  let largest: ReadonlySet<number> = new Set();
  for (const other of links[own] ?? []) {
    const group = groupAt(own, other, links, taken);
    if (group.size > largest.size) largest = group;
  }
  return regular.filter((_, index) => largest.has(index)).map((visits) => visits.person);
}

/** By place in the list: with whom each is linked. */
type Links = readonly ReadonlySet<number>[];

/** All whom triangles reach from one side, each sharing a side with the one before. A side belongs to one group alone. */
function groupAt(one: number, other: number, links: Links, taken: Uint8Array): Set<number> {
  const group = new Set<number>();
  const open: [number, number][] = [];
  const take = (a: number, b: number) => {
    const side = Math.min(a, b) * links.length + Math.max(a, b);
    if (taken[side] === 1) return;
    taken[side] = 1;
    open.push([a, b]);
  };
  take(one, other);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [a, b] = next;
    for (const third of links[a] ?? []) {
      if (!links[b]?.has(third)) continue;
      group.add(a).add(b).add(third);
      take(a, third);
      take(b, third);
    }
  }
  return group;
}

function linksOf(seen: readonly Visits[], { together, days }: CohortLimits): Links {
  const links = seen.map(() => new Set<number>());
  seen.forEach((a, one) => {
    for (let other = one + 1; other < seen.length; other += 1) {
      const b = seen[other];
      if (b === undefined || daysTogether(a, b, together).size < days) continue;
      links[one]?.add(other);
      links[other]?.add(one);
    }
  });
  return links;
}
