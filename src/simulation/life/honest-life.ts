import type { ShanghaiDay } from "../../units.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Sale, Visit } from "../sale.ts";
import type { World } from "../world.ts";
import { acuteVisit } from "./acute.ts";
import { refillVisits } from "./chronic.ts";
import { familyVisit } from "./families.ts";
import {
  type CareHome,
  careHomes,
  careHomeVisit,
  type HealthDay,
  healthDays,
  healthDayVisits,
} from "./institutions.ts";
import { cardOf, idCardOf } from "./presenting.ts";
import { isAtHand, Travels } from "./travel.ts";
import { Whereabouts } from "./where.ts";

const DAYS_A_YEAR = 365;
/** Visitors buy often for as long as they stay. */
const VISITOR_ILLNESSES = 45;
/** Nobody has two colds in one week. */
const BETWEEN_ILLNESSES = 5;
/** Cards replaced on a day, and lost ones reported, of all persons. */
const REPLACED_SHARE = 0.00007;
const LOST_SHARE = 0.00002;
const LOST_DAYS = 12;
/** Some look into the wrong pocket and show the card they had reported. */
const SHOWS_LOST_SHARE = 0.3;

/** Who comes to which store on a day, fraud apart. */
export class HonestLife {
  private readonly world: World;
  private readonly where: Whereabouts;
  private readonly travels: Travels;
  private readonly homes: readonly CareHome[];
  private readonly events: readonly HealthDay[];
  private readonly chronic: readonly Person[];
  private readonly fetchers: readonly Person[];
  private readonly visitors: readonly Person[];
  /** Illnesses of all on an ordinary day. */
  private readonly illnesses: number;
  private readonly illnessMax: number;
  private readonly lostUntil = new Map<number, ShanghaiDay>();

  constructor(world: World) {
    this.world = world;
    this.where = new Whereabouts(world);
    this.travels = new Travels(world);
    this.homes = careHomes(world);
    this.events = healthDays(world);
    const { people } = world;
    this.chronic = people.filter(
      ({ regimens, careHome, fetchedBy }) =>
        regimens.length > 0 && careHome === undefined && fetchedBy === undefined,
    );
    this.fetchers = people.filter(({ fetchesFor }) => fetchesFor.length > 0);
    this.visitors = people.filter(({ stores }) => stores.length === 0);
    this.illnesses = people.reduce((sum, { illnesses }) => sum + illnesses, 0) / DAYS_A_YEAR;
    this.illnessMax = people.reduce((most, { illnesses }) => Math.max(most, illnesses), 0);
  }

  visitsOn(day: ShanghaiDay): Visit[] {
    const random = this.world.random.fork(`life ${day}`);
    this.travels.begin(day, random);
    this.replaceCards(day, random);
    const visits: Visit[] = [];
    const add = (visit: Visit | undefined) => {
      if (visit !== undefined && visit.sales.length > 0) visits.push(visit);
    };
    for (const person of this.chronic) {
      if (!isAtHand(person, day)) continue;
      for (const visit of refillVisits(person, day, this.world, this.where, random)) add(visit);
    }
    for (const fetcher of this.fetchers) {
      add(familyVisit(fetcher, day, this.world, this.where, random));
    }
    for (const home of this.homes) add(careHomeVisit(home, day, this.world, random));
    for (const event of this.events) {
      for (const visit of healthDayVisits(event, day, this.world, random)) add(visit);
    }
    for (const person of this.illToday(day, random)) {
      add(acuteVisit(person, day, this.world, this.where, random));
    }
    return visits.map((visit) => this.withLostCards(visit, day, random));
  }

  private *illToday(day: ShanghaiDay, random: Random): Generator<Person> {
    const { calendar, options, people } = this.world;
    const rate = calendar.illness(day) * calendar.traffic(day) * options.demand;
    const wanted = random.times(this.illnesses * rate);
    for (let found = 0; found < wanted; ) {
      const person = random.pick(people);
      // Everybody as often as they are ill.
      if (!random.chance(person.illnesses / this.illnessMax)) continue;
      found += 1;
      if (!isAtHand(person, day) || day - person.illOn < BETWEEN_ILLNESSES) continue;
      person.illOn = day;
      yield person;
    }
    const staying = this.visitors.filter(({ awayUntil }) => awayUntil > day);
    const visits = random.times((staying.length * VISITOR_ILLNESSES * rate) / DAYS_A_YEAR);
    for (let i = 0; i < visits && staying.length > 0; i += 1) yield random.pick(staying);
  }

  private replaceCards(day: ShanghaiDay, random: Random): void {
    const { people, options, listed } = this.world;
    const replaced = random.times(people.length * REPLACED_SHARE * options.mishaps);
    for (let i = 0; i < replaced; i += 1) {
      const person = random.pick(people);
      person.cardSn = `SN${random
        .below(2 ** 31)
        .toString(16)
        .padStart(8, "0")}${person.index.toString(16)}`;
    }
    const lost = random.times(people.length * LOST_SHARE * options.mishaps);
    for (let i = 0; i < lost; i += 1) {
      const person = random.pick(people);
      this.lostUntil.set(person.index, day + LOST_DAYS);
      listed.push({
        list: "lost-credential",
        id: person.cardNumber,
        from: day,
        to: day + LOST_DAYS,
      });
    }
  }

  /** A card reported lost that turned up again is refused; its owner then shows something else. */
  private withLostCards(visit: Visit, day: ShanghaiDay, random: Random): Visit {
    if (this.lostUntil.size === 0) return visit;
    const isLost = ({ person }: Sale) => (this.lostUntil.get(person.index) ?? 0) >= day;
    if (!visit.sales.some(isLost)) return visit;
    const sales = visit.sales.map((sale): Sale => {
      if (!isLost(sale) || sale.credential.type !== "03") return sale;
      const other = idCardOf(sale.person);
      if (!random.chance(SHOWS_LOST_SHARE)) return { ...sale, credential: other };
      return { ...sale, credential: cardOf(sale.person), recourse: { credential: other } };
    });
    return { ...visit, sales };
  }
}
