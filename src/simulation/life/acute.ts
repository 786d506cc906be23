import type { EpochMs, ShanghaiDay } from "../../units.ts";
import { dayOf } from "../days.ts";
import { type Cart, type CartLine, mixture, packsOf } from "../goods/cart.ts";
import type { Product } from "../goods/drug.ts";
import { SLICES } from "../goods/drug-table.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Sale, Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import type { World } from "../world.ts";
import { hourOfVisit } from "./clock-hours.ts";
import { courseOf } from "./mishaps.ts";
import { prescribe } from "./prescribing.ts";
import { inPerson } from "./presenting.ts";
import type { Whereabouts } from "./where.ts";

const FLU_BASKET = [
  "lianhua",
  "ibuprofen",
  "paracetamol",
  "ganmaoling",
  "pudilan",
  "ambroxol",
] as const;
/** What is bought for this and that. */
const COMPLAINTS: readonly {
  readonly often: number;
  readonly drugs: readonly string[];
  readonly sex?: "1" | "2";
}[] = [
  { often: 18, drugs: ["ganmaoling", "paracetamol", "banlangen"] },
  { often: 12, drugs: ["ambroxol", "pipalu", "feilike"] },
  { often: 8, drugs: ["amoxicillin", "pudilan"] },
  { often: 5, drugs: ["cefixime", "ambroxol"] },
  { often: 4, drugs: ["azithromycin"] },
  { often: 12, drugs: ["jianwei", "smectite", "ors"] },
  { often: 6, drugs: ["omeprazole", "jianwei"] },
  { often: 8, drugs: ["loratadine", "erythromycin"] },
  { often: 6, drugs: ["eye-drops"] },
  { often: 8, drugs: ["vitamin-c", "vitamin-b"] },
  { often: 5, drugs: ["calcium"] },
  { often: 4, drugs: ["huoxiang"] },
  { often: 5, drugs: ["ibuprofen"] },
  { often: 3, drugs: ["liuwei"] },
  { often: 2, drugs: ["ejiaojiang"] },
  { often: 3, drugs: ["yimucao"], sex: "2" },
  { often: 1, drugs: ["dydrogesterone"], sex: "2" },
  { often: 1.2, drugs: ["suxiao"] },
];
const MIXTURE_SHARE = 0.025;
const LOOSE_SHARE = 0.012;
const TONIC_SHARE = 0.004;
const TONIC_SEASON_SHARE = 0.02;
/** What lasts longer than this is a bottle in the cupboard; with so many days left it is remembered. */
const BOTTLE_DAYS = 14;
const BOTTLE_LEFT = 8;
const FORGETS = 0.04;
/** Pieces counted out of a bottle of a hundred. */
const LOOSE_PIECES = 10;
const LOOSE_DRUGS = ["vitamin-b", "oryzanol", "vitamin-c"] as const;

/** Somebody feels unwell and buys something for it. */
export function acuteVisit(
  person: Person,
  day: ShanghaiDay,
  world: World,
  where: Whereabouts,
  random: Random,
): Visit | undefined {
  const store = where.storeOf(person, day, random);
  if (store === undefined) return undefined;
  const at = hourOfVisit(store, day, person.age >= 60, random);
  const cart = acuteCart(person, at, store, world, random);
  if (cart.length === 0) return undefined;
  return { at, store, sales: [ordinarySale(person, cart, at, store, world, random)] };
}

export function ordinarySale(
  person: Person,
  cart: Cart,
  at: EpochMs,
  store: Store,
  world: World,
  random: Random,
): Sale {
  const shown = inPerson(person, store, at, random);
  // Nobody insists on a second box.
  const isMore = cart.some(({ quantity, pieces, tcmUse }) => !pieces && !tcmUse && quantity > 1);
  return {
    person,
    cart,
    ...shown,
    recourse: isMore ? { ...shown.recourse, packs: 1 } : shown.recourse,
    course: courseOf(store, world.options.mishaps, random),
    medicalType: "41",
  };
}

/** What somebody buys who has something today; nothing, where it is all at home. */
export function acuteCart(
  person: Person,
  at: EpochMs,
  store: Store,
  world: World,
  random: Random,
): Cart {
  const day = dayOf(at);
  const draw = random.next();
  if (draw < MIXTURE_SHARE) return herbs(store, at, world, random);
  if (draw < MIXTURE_SHARE + LOOSE_SHARE) return loosely(world, random);
  const tonics = world.calendar.isTonicSeason(day) ? TONIC_SEASON_SHARE : TONIC_SHARE;
  if (random.chance(tonics) && person.balance >= 100_000) return tonic(store, world, random);
  const isFlu = random.chance(world.calendar.flu(day) * 0.6);
  const keys = isFlu ? fluBasket(random) : complaintOf(person, random);
  return keys.flatMap((key) => {
    const product = brandAt(store, key, world);
    if ((product.drug.minAge ?? 0) > person.age || hasAtHome(person, key, day, random)) return [];
    const line = lineOf(product, store, at, world, random);
    if ((line.days ?? 0) > BOTTLE_DAYS) person.cupboard.set(key, day + (line.days ?? 0));
    return line;
  });
}

/** Whoever has half a bottle of vitamins at home rarely buys another one. */
function hasAtHome(person: Person, key: string, day: ShanghaiDay, random: Random): boolean {
  const until = person.cupboard.get(key) ?? 0;
  return until - day > BOTTLE_LEFT && !random.chance(FORGETS);
}

function lineOf(
  product: Product,
  store: Store,
  at: EpochMs,
  world: World,
  random: Random,
): CartLine {
  const packs = product.drug.usualPacks > 1 && random.chance(0.6) ? product.drug.usualPacks : 1;
  return packsOf(product, random.chance(0.06) ? packs + 1 : packs, {
    ...(product.drug.prescription
      ? { prescription: prescribe(store, at, world.prescribers, random) }
      : {}),
    ...(store.codeless.includes(product.drug.key) ? { codeless: true } : {}),
  });
}

function fluBasket(random: Random): string[] {
  const rest = random.sample(FLU_BASKET.slice(1), random.between(1, 2));
  return random.chance(0.8) ? ["lianhua", ...rest] : rest;
}

function complaintOf(person: Person, random: Random): readonly string[] {
  const fitting = COMPLAINTS.filter(({ sex }) => sex === undefined || sex === person.sex);
  const { drugs } = random.weighted(fitting, ({ often }) => often);
  return drugs.length === 1 ? drugs : random.sample(drugs, random.between(1, drugs.length));
}

/** Each store stocks one brand of most things. */
export function brandAt(store: Store, key: string, world: World): Product {
  const brands = world.catalogue.brands(key);
  return brands[store.index % brands.length] as Product;
}

function herbs(store: Store, at: EpochMs, world: World, random: Random): Cart {
  const keys = random.sample(SLICES.slice(0, 12), random.between(8, 12)).map(({ key }) => key);
  const prescription = prescribe(store, at, world.prescribers, random);
  const days = random.pick([5, 7, 7, 7]);
  const slices = keys.map((key) => brandAt(store, key, world));
  return mixture(slices, days, random).map((line) => ({ ...line, prescription }));
}

function loosely(world: World, random: Random): Cart {
  const product = random.pick(world.catalogue.brands(random.pick(LOOSE_DRUGS)));
  const days = Math.max(1, Math.round(LOOSE_PIECES / (product.drug.dailyUnits ?? 3)));
  return [{ product, quantity: LOOSE_PIECES, pieces: true, days }];
}

function tonic(store: Store, world: World, random: Random): Cart {
  const product = brandAt(store, "ejiao", world);
  const codeless = store.codeless.includes("ejiao") ? { codeless: true } : {};
  return [packsOf(product, random.chance(0.2) ? 2 : 1, codeless)];
}
