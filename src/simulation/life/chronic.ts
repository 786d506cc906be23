import type { EpochMs, ShanghaiDay } from "../../units.ts";
import { MINUTE, SECOND } from "../../units.ts";
import { dayOf } from "../days.ts";
import { type CartLine, packsOf } from "../goods/cart.ts";
import type { Person, Regimen } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Recourse, Sale, Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import type { World } from "../world.ts";
import { brandAt, ordinarySale } from "./acute.ts";
import { hourOfVisit } from "./clock-hours.ts";
import { courseOf } from "./mishaps.ts";
import { prescribe } from "./prescribing.ts";
import { inPerson, type Shown } from "./presenting.ts";
import type { Whereabouts } from "./where.ts";

const MONTH = 30;
const LONG = 84;
/** Days left at which somebody thinks of the pharmacy; a few go without for a week or two. */
const HABITS = [0, 4, 1, 6, -5, 3, 2, 5, -12, 4];
/** What else runs out within so many days is bought along. */
const ALONG_DAYS = 9;
/** With more than this left nobody thinks of buying. */
const PLENTY_DAYS = 24;
const TRIP_SHARE = 0.025;
const HOLIDAY_SHARE = 0.012;
const STOCK_OUT_SHARE = 0.02;
const SPLIT_SHARE = 0.05;
const DOSE_CHANGE_SHARE = 0.005;
const LOST_SHARE = 0.003;
const CHRONIC_TYPE_SHARE = 0.55;
/** Two packs rather than one, without a filed disease: because it was on the way. */
const GENEROUS_SHARE = 0.06;

/** Why somebody is at the counter today. */
interface Errand {
  readonly bought: readonly Regimen[];
  readonly recourse: Recourse;
}

/** Today's refill, when something runs out; most come a few days before, some after. */
export function refillErrand(
  person: Person,
  day: ShanghaiDay,
  world: World,
  random: Random,
): Errand | undefined {
  const { regimens } = person;
  const left = (regimen: Regimen) => regimen.until - day;
  const least = Math.min(...regimens.map(left));
  const habit = HABITS[person.index % HABITS.length] ?? 0;
  if (least <= habit && random.chance(0.65))
    return { bought: regimens.filter((one) => left(one) <= ALONG_DAYS), recourse: {} };
  if (least > PLENTY_DAYS) return undefined;
  const early = earlyReason(person, day, least, world, random);
  if (early === undefined) return undefined;
  return { bought: regimens.filter((one) => left(one) <= PLENTY_DAYS), recourse: early };
}

/** A few come while they still have plenty, and most of those can say why. */
function earlyReason(
  person: Person,
  day: ShanghaiDay,
  left: number,
  world: World,
  random: Random,
): Recourse | undefined {
  const { mishaps } = world.options;
  if (world.calendar.isHolidayEve(day) && random.chance(HOLIDAY_SHARE * mishaps))
    return { override: "HOLIDAY_STOCK" };
  const daily = 1 / MONTH;
  if (random.chance(LOST_SHARE * daily * mishaps)) return { override: "LOST_OR_DAMAGED" };
  if (random.chance(DOSE_CHANGE_SHARE * daily * mishaps)) return { override: "DOSE_CHANGE" };
  if (left < 22 && random.chance(TRIP_SHARE * daily * mishaps))
    return random.chance(0.3) ? { override: person.age >= 70 ? "ELDERLY" : "TRAVEL_ABROAD" } : {};
  return undefined;
}

/** The refill of one person, who came, or for whom somebody came with `shown`. */
export function refillSales(
  person: Person,
  errand: Errand,
  store: Store,
  at: EpochMs,
  world: World,
  random: Random,
  shown: Shown = inPerson(person, store, at, random),
): readonly Sale[] {
  const isLong = person.longPrescriptions && random.chance(0.8);
  const isRemote = store.kind === "village" && person.age >= 78;
  const isDear = errand.bought.some(({ product }) => product.drug.dualChannel);
  const lines = errand.bought.map((one) =>
    refillLine(one, person, { isLong, isRemote }, store, at, world, random),
  );
  const chronic: Sale = {
    person,
    cart: lines,
    ...shown,
    recourse: {
      ...shown.recourse,
      ...wayThrough(person),
      ...errand.recourse,
      ...(isRemote ? { override: "REMOTE_AREA" } : {}),
    },
    course: courseOf(store, world.options.mishaps, random),
    medicalType: medicalTypeOf(person, isDear, random),
    ...(person.filed && person.disease ? { disease: person.disease } : {}),
    ...(isRemote && random.chance(0.5) ? { override: "REMOTE_AREA" } : {}),
  };
  const splits = person.filed && !isDear && random.chance(SPLIT_SHARE);
  if (!splits) return [chronic];
  const extra = brandAt(store, random.pick(["vitamin-c", "calcium", "jianwei"]), world);
  const ordinary = ordinarySale(person, [packsOf(extra, 1)], at + 5 * SECOND, store, world, random);
  return [chronic, { ...ordinary, course: "plain" }];
}

/** Without a filed disease a month's supply needs a reason: the old have one, the others take a pack. */
function wayThrough({ filed, age }: Person): Recourse {
  if (filed) return {};
  return age >= 65 ? { override: "ELDERLY" } : { packs: 1 };
}

function medicalTypeOf(person: Person, isDear: boolean, random: Random): string {
  if (isDear) return "15";
  return person.filed && random.chance(CHRONIC_TYPE_SHARE) ? "140104" : "41";
}

function refillLine(
  regimen: Regimen,
  person: Person,
  kind: { readonly isLong: boolean; readonly isRemote: boolean },
  store: Store,
  at: EpochMs,
  world: World,
  random: Random,
): CartLine {
  const { product, packDays } = regimen;
  const target = kind.isLong || kind.isRemote ? LONG : MONTH;
  const usual = Math.max(1, Math.round(target / packDays));
  const isGenerous = !person.filed && target === MONTH && random.chance(GENEROUS_SHARE);
  const packs = isGenerous ? usual * 2 : usual;
  regimen.until = Math.max(regimen.until, dayOf(at)) + packs * packDays;
  const needsRx = product.drug.prescription;
  return packsOf(product, packs, {
    days: Math.max(1, Math.round(packs * packDays)),
    ...(needsRx || kind.isLong
      ? { prescription: prescribe(store, at, world.prescribers, random, kind.isLong) }
      : {}),
    ...(store.codeless.includes(product.drug.key) ? { codeless: true } : {}),
  });
}

/** A visit of somebody who fetches their own; where the shelf is half empty the rest comes from another store. */
export function refillVisits(
  person: Person,
  day: ShanghaiDay,
  world: World,
  where: Whereabouts,
  random: Random,
): readonly Visit[] {
  const errand = refillErrand(person, day, world, random);
  if (errand === undefined || errand.bought.length === 0) return [];
  const store = where.storeOf(person, day, random);
  if (store === undefined) return [];
  const at = hourOfVisit(store, day, person.age >= 60, random);
  const sales = refillSales(person, errand, store, at, world, random);
  const visit: Visit = { at, store, sales, gaps: [random.between(5, 40) * SECOND] };
  const rest = random.chance(STOCK_OUT_SHARE) ? stockOut(visit, day, where, random) : undefined;
  return rest ?? [visit];
}

/** Half of the packs here, the rest an hour later elsewhere. */
function stockOut(
  visit: Visit,
  day: ShanghaiDay,
  where: Whereabouts,
  random: Random,
): readonly Visit[] | undefined {
  const [sale] = visit.sales;
  const whole = sale?.cart.find(({ quantity }) => quantity >= 2);
  const other = sale && where.storeOf(sale.person, day, random);
  if (sale === undefined || whole === undefined || other === undefined) return undefined;
  if (other.index === visit.store.index) return undefined;
  const at = visit.at + random.between(25, 90) * MINUTE;
  const first = Math.ceil(whole.quantity / 2);
  const part = (quantity: number): CartLine =>
    packsOf(whole.product, quantity, {
      days: Math.round(((whole.days ?? MONTH) * quantity) / whole.quantity),
      ...(whole.prescription
        ? { prescription: whole.prescription, prescribed: whole.quantity }
        : {}),
    });
  const here = { ...sale, cart: sale.cart.map((line) => (line === whole ? part(first) : line)) };
  const there: Sale = {
    ...sale,
    cart: [part(whole.quantity - first)],
    ...inPerson(sale.person, other, at, random),
    course: "plain",
  };
  const completed = {
    ...there,
    recourse: { ...there.recourse, override: "OUT_OF_STOCK_COMPLETION" },
  };
  return [
    { ...visit, sales: [here, ...visit.sales.slice(1)] },
    { at, store: other, sales: [completed] },
  ];
}
