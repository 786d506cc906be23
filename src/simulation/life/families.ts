import type { ShanghaiDay } from "../../units.ts";
import { SECOND } from "../../units.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Sale, Visit } from "../sale.ts";
import type { World } from "../world.ts";
import { acuteCart, ordinarySale } from "./acute.ts";
import { refillErrand, refillSales } from "./chronic.ts";
import { hourOfVisit } from "./clock-hours.ts";
import { byProxy } from "./presenting.ts";
import { isAtHand } from "./travel.ts";
import type { Whereabouts } from "./where.ts";

/** What else runs out within so many days is fetched on the same way. */
const ALONG_DAYS = 7;
const OWN_SHARE = 0.3;
/** Shows a parent's family code while away, and sends the medicine home by post. */
const FROM_AFAR_SHARE = 0.004;

/** Somebody fetches for one parent or both, and now and then buys something for themselves. */
export function familyVisit(
  fetcher: Person,
  day: ShanghaiDay,
  world: World,
  where: Whereabouts,
  random: Random,
): Visit | undefined {
  const isAway = fetcher.awayUntil > day;
  if (isAway && !random.chance(FROM_AFAR_SHARE)) return undefined;
  const parents = fetcher.fetchesFor
    .map((index) => world.people[index] as Person)
    .filter((parent) => isAtHand(parent, day));
  const errands = parents.map((parent) => refillErrand(parent, day, world, random));
  if (errands.every((errand) => errand === undefined)) return undefined;
  const store = where.storeOf(fetcher, day, random);
  if (store === undefined) return undefined;
  const at = hourOfVisit(store, day, false, random);
  const sales = parents.flatMap((parent, index): Sale[] => {
    const errand = errands[index] ?? { bought: dueSoon(parent, day), recourse: {} };
    if (errand.bought.length === 0) return [];
    const shown = byProxy(parent, fetcher, store, at, random);
    const [refill] = refillSales(parent, errand, store, at, world, random, shown);
    const agent = shown.agent ? { agent: shown.agent } : {};
    return refill ? [{ ...refill, ...agent }] : [];
  });
  if (sales.length === 0) return undefined;
  const own = random.chance(OWN_SHARE) ? acuteCart(fetcher, at, store, world, random) : [];
  if (own.length > 0) sales.push(ordinarySale(fetcher, own, at, store, world, random));
  return { at, store, sales, gaps: sales.map(() => random.between(45, 100) * SECOND) };
}

function dueSoon({ regimens }: Person, day: ShanghaiDay) {
  return regimens.filter(({ until }) => until - day <= ALONG_DAYS);
}
