import type { ShanghaiDay } from "../../units.ts";
import { groupBy } from "../groups.ts";
import type { Random } from "../random.ts";
import type { Episode, Visit } from "../sale.ts";
import type { World } from "../world.ts";
import type { Act, Scheme, Stage } from "./scheme.ts";

/** What is planned: who does what on which day. */
export interface Plot {
  readonly episodes: readonly Episode[];
  visitsOn(day: ShanghaiDay): readonly Visit[];
}

/** The default city, for which `often` is meant. */
const USUAL_STORE_DAYS = 60 * 60;
/** Most episodes keep to a span of days; some need more. */
const SPAN = 24;

/** So many episodes of each scheme, by the size of the city, the rate and chance. */
export function plotOf(world: World, schemes: readonly Scheme[]): Plot {
  const planned = schemes.flatMap((scheme) => episodesOf(scheme, world));
  const acts = groupBy(
    planned.flatMap((episode) => episode.acts),
    ({ day }) => day,
  );
  return {
    episodes: planned.map(({ episode }) => episode),
    visitsOn: (day) => (acts.get(day) ?? []).flatMap((act) => act.play()),
  };
}

interface Planned {
  readonly episode: Episode;
  readonly acts: readonly Act[];
}

function episodesOf(scheme: Scheme, world: World): Planned[] {
  const random = world.random.fork(`scheme ${scheme.name}`);
  const count = countOf(scheme, world, random);
  return Array.from({ length: count }, (_, index) => {
    const stage = stageOf(scheme, index, world, random.fork(String(index)));
    const acts = stage ? scheme.plan(stage).filter(({ day }) => day < world.endDay) : [];
    return stage && acts.length > 0 ? [{ episode: stage.episode, acts }] : [];
  }).flat();
}

/** The part of one that is left over happens by chance. */
function countOf(scheme: Scheme, { options }: World, random: Random): number {
  const { fraud, pharmacies, days, quietDays, schemes } = options;
  if (fraud === 0) return 0;
  const active = Math.max(0, days - Math.min(quietDays, days));
  const size = (pharmacies * Math.max(active, 1)) / (USUAL_STORE_DAYS * 0.77);
  const mean = scheme.often * fraud * size;
  const count = Math.floor(mean) + (random.fork("rest").chance(mean % 1) ? 1 : 0);
  // Whoever asks for one scheme by name gets it.
  return schemes.length > 0 ? Math.max(1, count) : count;
}

function stageOf(scheme: Scheme, index: number, world: World, random: Random): Stage | undefined {
  const { firstDay, endDay, options } = world;
  const begin = firstDay + Math.min(options.quietDays, options.days - 1);
  const room = endDay - begin;
  if (room < Math.min(scheme.needs, options.days)) return undefined;
  const span = Math.min(room, Math.max(SPAN, scheme.needs + 4));
  const first = begin + random.below(room - span + 1);
  const cunning = cunningOf(options.cunning, random);
  const episode: Episode = {
    id: `${scheme.name}-${index + 1}`,
    scheme: scheme.name,
    kinds: scheme.kinds,
    impersonation: scheme.impersonation === true,
    cunning,
    persons: new Set(),
    swipeIds: [],
    money: 0,
  };
  const home = random.pick(world.stores).area.slice(0, 4);
  return { world, random, episode, cunning, home, first, last: first + span - 1 };
}

/** The option is the share of the careful; the rest are more or less clumsy. */
function cunningOf(share: number, random: Random): number {
  const cunning = random.chance(share) ? random.within(0.6, 1) : random.within(0, 0.6);
  return Math.round(cunning * 100) / 100;
}
