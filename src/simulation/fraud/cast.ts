import type { EpochMs, ShanghaiDay } from "../../units.ts";
import { MINUTE, SECOND } from "../../units.ts";
import { startOf } from "../days.ts";
import { type Cart, type CartLine, packsOf } from "../goods/cart.ts";
import type { Product } from "../goods/drug.ts";
import { prescribe } from "../life/prescribing.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Credential, Recourse, Sale, Visit } from "../sale.ts";
import type { Store, Till } from "../stores/store.ts";
import { type Act, isCareful, type Stage } from "./scheme.ts";

/** What all schemes are made of: a store that plays along, cards, goods and a time. */

/** A quiet pharmacy of the city that plays along. */
export function quietStore(stage: Stage, fits: (store: Store) => boolean = () => true): Store {
  const { world, first, random, home } = stage;
  const open = world.stores.filter(({ opened }) => opened <= first);
  const fitting = open.filter((store) => QUIET.includes(store.kind) && fits(store));
  const near = fitting.filter(({ area }) => area.startsWith(home));
  return random.pick(near.length > 0 ? near : fitting.length > 0 ? fitting : open);
}

const QUIET: readonly string[] = ["street", "night", "new"];

/** Several stores of one prefecture: the gang's own, if it has enough, else the city's. */
export function storesNear(stage: Stage, count: number): Store[] {
  const { world, first, random, home } = stage;
  const open = world.stores.filter(({ opened, kind }) => opened <= first && kind !== "factory");
  const near = open.filter(({ area }) => area.startsWith(home));
  const city = open.filter(({ area }) => area.startsWith("2101"));
  return random.sample(near.length >= count ? near : city.length > 0 ? city : open, count);
}

/** People whose cards are used; they know of it. */
export function accomplices(
  stage: Stage,
  count: number,
  fits: (person: Person) => boolean = () => true,
): Person[] {
  const fitting = (person: Person) => person.stores.length > 0 && fits(person);
  const isNear = livesIn(stage.home);
  // Cards are collected where the gang is at home, but for one or two.
  const near = strangers(
    stage,
    count,
    (person) => fitting(person) && (isNear(person) || stage.random.chance(0.01)),
  );
  const people = near.length >= count ? near : strangers(stage, count, fitting);
  for (const { number } of people) stage.episode.persons.add(number);
  return people;
}

/** People whose cards are used without their knowledge, or who are mere customers. */
export function strangers(
  stage: Stage,
  count: number,
  fits: (person: Person) => boolean = () => true,
): Person[] {
  const { world, random } = stage;
  const found = new Set<Person>();
  for (let attempt = 0; attempt < 200 * count + 5_000 && found.size < count; attempt += 1) {
    const person = random.pick(world.people);
    if (fits(person) && person.careHome === undefined) found.add(person);
  }
  return [...found];
}

export function hasMoney(yuan: number): (person: Person) => boolean {
  return ({ balance }) => balance >= yuan * 100;
}

function livesIn(prefecture: string): (person: Person) => boolean {
  return ({ insuredArea }) => insuredArea.startsWith(prefecture);
}

/** Any brand; gangs take what is there. */
export function productOf(stage: Stage, key: string): Product {
  return stage.random.pick(stage.world.catalogue.brands(key));
}

/** Packs of it, with a prescription where one is needed: a careful gang has one, true or not. */
export function packs(
  stage: Stage,
  key: string,
  count: number,
  more: Partial<CartLine> = {},
): CartLine {
  const product = productOf(stage, key);
  return packsOf(product, count, { ...more });
}

/** The cart with prescriptions for what needs one. */
export function withPrescription(stage: Stage, cart: Cart, store: Store, at: EpochMs): Cart {
  const needed = cart.some(
    ({ product, prescription }) => product.drug.prescription && !prescription,
  );
  if (!needed) return cart;
  const prescription = prescribe(store, at, stage.world.prescribers, stage.random);
  return cart.map((line) => (line.product.drug.prescription ? { prescription, ...line } : line));
}

export type SwipeMore = Partial<Omit<Sale, "person" | "cart" | "episode">>;

/** The card is laid on the reader by somebody else; nobody is verified. */
export function swipe(stage: Stage, person: Person, cart: Cart, more: SwipeMore = {}): Sale {
  return {
    person,
    cart,
    credential: cardIn(person),
    course: "plain",
    medicalType: "41",
    recourse: falseReason(stage),
    // The careful collect cards of the sick.
    ...(isCareful(stage) && person.filed && person.disease ? { disease: person.disease } : {}),
    ...more,
    episode: stage.episode,
  };
}

function cardIn({ cardNumber, cardSn }: Person): Credential {
  return { type: "03", number: cardNumber, cardSn };
}

const EXCUSES = ["ELDERLY", "MOBILITY", "HOLIDAY_STOCK", "TRAVEL_ABROAD", "OTHER"] as const;

/** A manager who plays along gives a reason that is none; the careless do not bother. */
export function falseReason(stage: Stage): Recourse {
  return isCareful(stage) && stage.random.chance(0.4)
    ? { override: stage.random.pick(EXCUSES) }
    : {};
}

export function token(stage: Stage, issuedAt?: EpochMs): Credential {
  const { random } = stage;
  const number = `TK${random.below(2 ** 32).toString(36)}${random.below(2 ** 32).toString(36)}`;
  return { type: "01", number, ...(issuedAt === undefined ? {} : { issuedAt }) };
}

/** A time of that day; `hour` may have a fraction. */
export function timeOn(day: ShanghaiDay, hour: number, random: Random): EpochMs {
  return startOf(day) + Math.round(hour * 60) * MINUTE + random.below(60) * SECOND;
}

export function tillOf(store: Store, index = 0): Till {
  return store.tills[index % store.tills.length] as Till;
}

/** One after another at one till, `seconds` apart. */
export function batch(
  stage: Stage,
  at: EpochMs,
  store: Store,
  sales: readonly Sale[],
  seconds: { readonly from: number; readonly to: number },
  till: Till = tillOf(store),
): Visit {
  const { random } = stage;
  return {
    at,
    store,
    till,
    cashier: store.cashiers[0] ?? "0001",
    sales,
    gaps: sales.map(() => Math.round(random.within(seconds.from, seconds.to)) * SECOND),
  };
}

/** One sale that waits its turn like any other. */
export function single(at: EpochMs, store: Store, sale: Sale): Visit {
  return { at, store, sales: [sale] };
}

/** So many different days of the stage, in order. */
export function someDays(stage: Stage, count: number): ShanghaiDay[] {
  const { first, last, random } = stage;
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return random.sample(all, count).sort((a, b) => a - b);
}

/** Days in a row, somewhere in the stage. */
export function daysInARow(stage: Stage, count: number): ShanghaiDay[] {
  const { first, last, random } = stage;
  const length = Math.min(count, last - first + 1);
  const begin = random.between(first, last - length + 1);
  return Array.from({ length }, (_, index) => begin + index);
}

/** Every so many days, from somewhere early in the stage. */
export function everyDays(stage: Stage, step: number, count: number): ShanghaiDay[] {
  const { first, last, random } = stage;
  const room = Math.max(0, last - first - Math.ceil(step * (count - 1)));
  const begin = first + random.below(room + 1);
  const days = Array.from({ length: count }, (_, index) => begin + Math.round(index * step));
  return days.filter((day) => day <= last);
}

export function act(day: ShanghaiDay, play: () => readonly Visit[]): Act {
  return { day, play };
}
