import type { ShanghaiDay } from "../../units.ts";
import { MINUTE, SECOND } from "../../units.ts";
import { startOf, weekdayOf } from "../days.ts";
import { packsOf } from "../goods/cart.ts";
import { groupBy } from "../groups.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Sale, Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import type { World } from "../world.ts";
import { brandAt, ordinarySale } from "./acute.ts";
import { refillSales } from "./chronic.ts";
import { cardOf } from "./presenting.ts";

/** Care homes fetch for their residents once in four weeks; companies send their people for a health day. */

export interface CareHome {
  /** The nurse, on the list of registered institutions. */
  readonly agent: string;
  readonly store: Store;
  readonly residents: readonly Person[];
  readonly offset: number;
}

export interface HealthDay {
  readonly employer: string;
  readonly store: Store;
  readonly day: ShanghaiDay;
  readonly people: readonly Person[];
}

const CYCLE = 28;
const RESERVE_DAYS = 16;
const HEALTH_BASKET = [
  "vitamin-c",
  "vitamin-b",
  "calcium",
  "ganmaoling",
  "banlangen",
  "loratadine",
  "jianwei",
];
const HEALTH_STAFF_MAX = 28;
const STORES_PER_HEALTH_DAY = 40;

export function careHomes(world: World): CareHome[] {
  const random = world.random.fork("care homes");
  const byHome = groupBy(world.people, ({ careHome }) => careHome);
  return [...byHome].map(([home, residents]) => {
    const near = world.stores.find(({ index }) => index === residents[0]?.stores[0]);
    const agent = `CARE-${String(home + 1).padStart(4, "0")}`;
    world.listed.push({ list: "care-institution", id: agent });
    return {
      agent,
      store: near ?? (world.stores[0] as Store),
      residents,
      offset: random.below(CYCLE),
    };
  });
}

/** Twenty residents, one nurse, one till, one after another. */
export function careHomeVisit(
  home: CareHome,
  day: ShanghaiDay,
  world: World,
  random: Random,
): Visit | undefined {
  if ((day - world.firstDay) % CYCLE !== home.offset || home.store.opened > day) return undefined;
  const at = startOf(day) + random.between(9 * 60, 10 * 60) * MINUTE;
  const agent = { id: home.agent, relation: "institution", registered: true };
  const sales = home.residents.flatMap((person): readonly Sale[] => {
    if (person.goneUntil > day) return [];
    const bought = person.regimens.filter(({ until }) => until - day <= RESERVE_DAYS);
    if (bought.length === 0) return [];
    const shown = { credential: cardOf(person), recourse: {} };
    const errand = { bought, recourse: { override: "CARE_INSTITUTION" } };
    const [refill] = refillSales(person, errand, home.store, at, world, random, shown);
    return refill ? [{ ...refill, agent, course: "plain" }] : [];
  });
  return { at, store: home.store, sales, gaps: sales.map(() => random.between(25, 75) * SECOND) };
}

/** Registered beforehand with the bureau, as a list of employers says. */
export function healthDays(world: World): HealthDay[] {
  const random = world.random.fork("health days");
  const employers = groupBy(world.people, ({ employer }) => employer);
  const large = [...employers].filter(([, people]) => people.length >= 12);
  const count = Math.min(
    large.length,
    Math.max(1, Math.round(world.stores.length / STORES_PER_HEALTH_DAY)),
  );
  return random.sample(large, count).map(([employer, people]) => {
    const day = workday(world.firstDay + random.below(world.options.days));
    world.listed.push({ list: "exempt-employer", id: employer, from: day, to: day });
    return {
      employer,
      store: random.pick(world.stores.filter(({ opened }) => opened === 0)),
      day,
      people: people.slice(0, HEALTH_STAFF_MAX),
    };
  });
}

function workday(day: ShanghaiDay): ShanghaiDay {
  return weekdayOf(day) >= 6 ? day - 2 : day;
}

export function healthDayVisits(
  event: HealthDay,
  day: ShanghaiDay,
  world: World,
  random: Random,
): Visit[] {
  if (event.day !== day) return [];
  return event.people.map((person) => {
    const at =
      startOf(day) + random.between(9 * 60 + 30, 16 * 60) * MINUTE + random.below(60) * SECOND;
    const keys = random.sample(HEALTH_BASKET, random.between(1, 3));
    const cart = keys.map((key) => packsOf(brandAt(event.store, key, world), random.between(1, 2)));
    return {
      at,
      store: event.store,
      sales: [ordinarySale(person, cart, at, event.store, world, random)],
    };
  });
}
