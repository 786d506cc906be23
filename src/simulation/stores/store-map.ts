import type { ShanghaiDay } from "../../units.ts";
import type { Random } from "../random.ts";
import { CITY, FAR, NEIGHBOURS, type Place, SPREAD } from "./places.ts";
import type { Form, Habits, Store, StoreKind, Till } from "./store.ts";

/** One in so many stores is of the kind; the rest are street pharmacies. */
const SPECIAL: readonly { readonly kind: StoreKind; readonly oneIn: number }[] = [
  { kind: "hospital-gate", oneIn: 30 },
  { kind: "station", oneIn: 40 },
  { kind: "tourist", oneIn: 60 },
  { kind: "factory", oneIn: 60 },
  { kind: "village", oneIn: 15 },
  { kind: "night", oneIn: 15 },
  { kind: "new", oneIn: 30 },
];
/** Against a street pharmacy's 1. */
const DRAW: Readonly<Record<StoreKind, number>> = {
  street: 1,
  "hospital-gate": 11,
  station: 1.6,
  tourist: 1.2,
  factory: 1.2,
  village: 0.5,
  night: 1.3,
  new: 1,
};
const NEIGHBOUR_SHARE = 0.08;
const FAR_SHARE = 0.12;
/** Minutes a wrong clock is off by. */
const SKEW_MINUTES = 22;

export interface StorePlan {
  readonly count: number;
  readonly firstDay: ShanghaiDay;
  readonly days: number;
}

/** The pharmacies of the world, the city's first. */
export function createStores(plan: StorePlan, random: Random): Store[] {
  const kinds = kindsOf(plan.count);
  return placesOf(plan.count, random).map((place, index) =>
    createStore(index, place, kinds[index] ?? "street", plan, random.fork(`store ${index}`)),
  );
}

/** Special kinds come first and therefore into the city; with few stores the rarest are left out. */
function kindsOf(count: number): StoreKind[] {
  return SPECIAL.flatMap(({ kind, oneIn }) =>
    Array.from({ length: Math.round(count / oneIn) }, () => kind),
  );
}

function placesOf(count: number, random: Random): Place[] {
  const neighbours = count < 6 ? 0 : Math.max(1, Math.round(count * NEIGHBOUR_SHARE));
  const far = count < 6 ? 0 : Math.max(1, Math.round(count * FAR_SHARE));
  const some = (places: readonly Place[], length: number) =>
    Array.from({ length }, (_, index) => near(places[index % places.length] as Place, random));
  return [
    ...some(CITY, count - neighbours - far),
    ...some(NEIGHBOURS, neighbours),
    ...some(FAR, far),
  ];
}

function near({ area, latitude, longitude }: Place, random: Random): Place {
  const round = (degrees: number) => Math.round(degrees * 10_000) / 10_000;
  return {
    area,
    latitude: round(latitude + random.within(-SPREAD, SPREAD)),
    longitude: round(longitude + random.within(-SPREAD, SPREAD)),
  };
}

function createStore(
  index: number,
  place: Place,
  kind: StoreKind,
  plan: StorePlan,
  random: Random,
): Store {
  const code = `P${place.area}${String(10_000 + index * 7).padStart(5, "0")}`;
  const counters = countersOf(kind, random);
  const form = formOf(random);
  const staff = (letter: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${letter}${place.area.slice(2)}${index}${n}`);
  return {
    index,
    code,
    ...place,
    kind,
    form,
    tills: tillsOf(index, kind, counters, random),
    counters,
    cashiers: Array.from({ length: counters + 2 }, (_, n) => String(n + 1).padStart(4, "0")),
    pharmacists: staff("L", kind === "hospital-gate" ? 4 : 2),
    manager: `M${place.area.slice(2)}${index}`,
    hours: hoursOf(kind, random),
    opened: kind === "new" ? plan.firstDay + random.between(3, Math.ceil(plan.days / 2)) : 0,
    habits: habitsOf(form, random),
    draw: DRAW[kind] * random.within(0.6, 1.5),
    codeless: random.chance(0.15) ? ["ejiao", "liuwei", "erythromycin"].slice(random.below(3)) : [],
    ...(kind === "factory" ? { neighbour: `东方重型机械厂${index}` } : {}),
  };
}

/** Seven in ten speak NHSA's messages; codes go with the sale at most, as is due since July 2025. */
function formOf(random: Random): Form {
  return random.weighted(
    [
      { form: "native" as const, share: 0.45 },
      { form: "mode2" as const, share: 0.42 },
      { form: "mode1" as const, share: 0.13 },
    ],
    ({ share }) => share,
  ).form;
}

function countersOf(kind: StoreKind, random: Random): number {
  if (kind === "hospital-gate") return 5;
  if (kind === "station" || kind === "night") return random.between(2, 3);
  return kind === "village" ? 1 : random.between(1, 3);
}

/** Every second hospital-gate store has fewer tills than counters: several cashiers share one. */
function tillsOf(index: number, kind: StoreKind, counters: number, random: Random): Till[] {
  const shared = kind === "hospital-gate" && index % 2 === 1;
  return Array.from({ length: shared ? 2 : counters }, (_, n) => ({
    id: `T${String(n + 1).padStart(2, "0")}`,
    device: `SN-${String(index).padStart(4, "0")}-${n}${random.below(900) + 100}`,
    skew: random.chance(0.03) ? random.between(-SKEW_MINUTES, SKEW_MINUTES) * 60_000 : 0,
  }));
}

function hoursOf(kind: StoreKind, random: Random): Store["hours"] {
  if (kind === "night") return undefined;
  if (kind === "hospital-gate") return { opens: 7 * 60, closes: 21 * 60 };
  return {
    opens: random.pick([450, 480, 480, 510]),
    closes: random.pick([1_230, 1_260, 1_290, 1_320]),
  };
}

function habitsOf(form: Form, random: Random): Habits {
  return {
    verification: random.chance(0.75),
    tokenTimes: random.chance(0.6),
    employer: random.chance(0.6),
    balance: random.chance(0.7),
    prescriptionTimes: random.chance(0.75),
    device: random.chance(0.7),
    acknowledges: form === "native" && random.chance(0.3),
    inquires: random.chance(0.2),
    passesAnswers: form === "mode2" ? random.chance(0.9) : random.chance(0.4),
  };
}
