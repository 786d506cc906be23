import { parseInstant } from "../swipe/calendar.ts";
import { type ShanghaiDay, shanghaiDay } from "../units.ts";
import { Boxes, type SoldBox } from "./goods/boxes.ts";
import { type Catalogue, createCatalogue } from "./goods/catalogue.ts";
import { type Calendar, createCalendar } from "./life/calendar.ts";
import type { CityOptions } from "./options.ts";
import type { Person } from "./people/person.ts";
import { createPopulation } from "./people/population.ts";
import { Random } from "./random.ts";
import { createPrescribers, type Prescribers } from "./stores/prescribers.ts";
import type { Store } from "./stores/store.ts";
import { createStores } from "./stores/store-map.ts";

/** The city as it stands: places, people and goods, all from the seed. */
export interface World {
  readonly options: CityOptions;
  readonly firstDay: ShanghaiDay;
  /** The first day after the city's last. */
  readonly endDay: ShanghaiDay;
  readonly random: Random;
  readonly catalogue: Catalogue;
  readonly stores: readonly Store[];
  readonly people: readonly Person[];
  readonly prescribers: Prescribers;
  readonly calendar: Calendar;
  readonly boxes: Boxes;
  /** Boxes of sought-after medicines sold so far: some find their way to collectors. */
  readonly soldBoxes: SoldBox[];
  /** Persons, staff and others who end up on a list; filled while the city lives. */
  readonly listed: Listed[];
  /** Stores that nobody honest goes to, such as suspended ones. */
  readonly extraStores: Store[];
}

/** One row of a list file. */
export interface Listed {
  readonly list: string;
  readonly id: string;
  readonly from?: ShanghaiDay;
  readonly to?: ShanghaiDay;
}

export function createWorld(options: CityOptions): World {
  const random = new Random(`city ${options.seed}`);
  const firstDay = shanghaiDay(parseInstant(`${options.start}T12:00:00+08:00`) ?? 0);
  const catalogue = createCatalogue(random.fork("catalogue"));
  const plan = { count: options.pharmacies, firstDay, days: options.days };
  const stores = createStores(plan, random.fork("stores"));
  const people = createPopulation(
    { persons: options.persons, firstDay, stores, catalogue },
    random.fork("people"),
  );
  return {
    options,
    firstDay,
    endDay: firstDay + options.days,
    random,
    catalogue,
    stores,
    people,
    prescribers: createPrescribers(stores, random.fork("prescribers")),
    calendar: createCalendar(firstDay, options.days, random.fork("calendar")),
    boxes: new Boxes(random.fork("boxes")),
    soldBoxes: [],
    listed: [],
    extraStores: [],
  };
}
