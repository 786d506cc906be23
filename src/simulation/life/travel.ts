import type { ShanghaiDay } from "../../units.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { World } from "../world.ts";

/** Of those at home, so many leave on a day; twice as many before holidays. */
const LEAVING_SHARE = 0.0016;
const DAYS_AWAY = { from: 2, to: 9 } as const;
/** Who comes to the city from elsewhere, and for how long. */
const STAY = { from: 3, to: 14 } as const;
const STAYS_PER_60_DAYS = 1.1;

/** People leave for another city and come back; strangers come and buy near where they stay. */
export class Travels {
  private readonly world: World;
  private readonly visitors: readonly Person[];
  private readonly cities = new Map<string, number[]>();

  constructor(world: World) {
    this.world = world;
    this.visitors = world.people.filter(({ stores }) => stores.length === 0);
    for (const { index, area, kind } of world.stores) {
      const prefecture = area.slice(0, 4);
      const draws = kind === "station" || kind === "tourist" ? 6 : 1;
      const city = this.cities.get(prefecture) ?? [];
      for (let times = 0; times < draws; times += 1) city.push(index);
      this.cities.set(prefecture, city);
    }
  }

  /** Before anybody goes shopping that day. */
  begin(day: ShanghaiDay, random: Random): void {
    const isEve = this.world.calendar.isHolidayEve(day);
    const leaving = random.times(this.world.people.length * LEAVING_SHARE * (isEve ? 2 : 1));
    for (let i = 0; i < leaving; i += 1) this.leave(random.pick(this.world.people), day, random);
    const arriving = random.times((this.visitors.length * STAYS_PER_60_DAYS) / 60);
    for (let i = 0; i < arriving; i += 1) this.arrive(random.pick(this.visitors), day, random);
  }

  private leave(person: Person, day: ShanghaiDay, random: Random): void {
    const home = this.world.stores[person.stores[0] ?? -1]?.area.slice(0, 4);
    if (home === undefined || person.awayUntil > day || person.careHome !== undefined) return;
    const targets = [...this.cities].filter(([prefecture]) => prefecture !== home);
    if (targets.length === 0) return;
    const [, stores] = random.pick(targets);
    person.awayUntil = day + random.between(DAYS_AWAY.from, DAYS_AWAY.to);
    person.awayStores = stores;
  }

  private arrive(person: Person, day: ShanghaiDay, random: Random): void {
    const city = this.cities.get("2101") ?? [...this.cities.values()][0];
    if (city === undefined || person.awayUntil > day) return;
    person.awayUntil = day + random.between(STAY.from, STAY.to);
    // Near one station, one hotel: two or three stores.
    person.awayStores = random.sample(
      [...new Set([random.pick(city), random.pick(city), random.pick(city)])],
      3,
    );
  }
}

export function isAtHand(person: Person, day: ShanghaiDay): boolean {
  return person.goneUntil <= day && (person.stores.length > 0 || person.awayUntil > day);
}
