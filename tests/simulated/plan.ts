import { Random } from "../../src/simulation/random.ts";
import { type DurationMs, MINUTE, SECOND } from "../../src/units.ts";
import { type PlannedFault, planFaults } from "./plan-faults.ts";

/** What a till does once it has been told that it may sell. */
export type Course =
  /** Sells, reports the settlement. */
  | "settle"
  /** Lets it be: the reservation lapses, or is presumed. */
  | "leave"
  /** Withdraws the sale before it was settled. */
  | "void"
  /** Settles, and the goods come back whole. */
  | "refund"
  /** Settles, and one pack of two comes back. */
  | "part";

/** One customer at one till: what is bought and what the till will do about it, fixed before the life begins. */
export interface PlannedSale {
  readonly number: number;
  /** After the life's start. */
  readonly at: DurationMs;
  readonly till: number;
  readonly person: number;
  readonly boxes: readonly number[];
  readonly days: number;
  readonly rx?: string;
  readonly token?: string;
  readonly via: "native" | "nhsa";
  readonly course: Course;
  /** Sells although it was refused. */
  readonly against: boolean;
  /** Sends everything twice at once, to two instances: two tills of one id, or a proxy that repeats. */
  readonly doubled: boolean;
  /** How long goods are looked for before the settlement, and kept before they come back. */
  readonly thinking: DurationMs;
}

export interface LifePlan {
  readonly seed: string;
  readonly instances: number;
  /** Clock of each instance against the world's. */
  readonly offsets: readonly DurationMs[];
  readonly tills: readonly PlannedTill[];
  readonly sales: readonly PlannedSale[];
  readonly faults: readonly PlannedFault[];
  /** Chance that a message between till and guard does not arrive. */
  readonly tillLoss: number;
}

export interface PlannedTill {
  readonly name: string;
  readonly pharmacy: number;
}

/** So many days may be sold once: with as many at home the policy holds (more than 30 on hand). */
export const QUOTA = 32;
/** Persons from here on buy once. */
const LONELY = 20;
const SPAN: readonly [DurationMs, DurationMs] = [3 * SECOND, 40 * SECOND];
const COURSES: readonly { readonly course: Course; readonly weight: number }[] = [
  { course: "settle", weight: 8 },
  { course: "leave", weight: 2 },
  { course: "void", weight: 1 },
  { course: "refund", weight: 2 },
  { course: "part", weight: 2 },
];

/** Everything that is to happen in a life, from its seed alone. Parts of it may be left out and the rest stays as it is. */
export function planLife(seed: string): LifePlan {
  const random = new Random(seed);
  const instances = random.between(1, 3);
  const span = random.within(...SPAN);
  const tills = Array.from({ length: random.between(2, 4) }, (_, till) => ({
    name: `T${till}`,
    pharmacy: till % 2,
  }));
  const sales = planSales(random.fork("sales"), span, tills.length);
  const skewed = random.chance(0.3);
  return {
    seed,
    instances,
    offsets: Array.from({ length: instances }, () =>
      skewed ? random.within(-1_500, 1_500) : random.within(-100, 100),
    ),
    tills,
    sales,
    faults: planFaults(
      random.fork("faults"),
      span,
      instances,
      sales.map(({ at }) => at),
    ),
    tillLoss: random.chance(0.4) ? random.within(0, 0.15) : 0,
  };
}

function planSales(random: Random, span: DurationMs, tills: number): PlannedSale[] {
  const sales: PlannedSale[] = [];
  const persons = random.between(3, 8);
  const customers = random.between(4, 10);
  for (let customer = 0; customer < customers; customer++) {
    const one = planSale(random, sales.length, random.within(0, span), tills, persons);
    sales.push(one);
    if (random.chance(0.35)) sales.push(rivalOf(random, one, sales.length, tills, persons));
  }
  return sales;
}

function planSale(
  random: Random,
  number: number,
  at: DurationMs,
  tills: number,
  persons: number,
): PlannedSale {
  const { course } = random.weighted(COURSES, ({ weight }) => weight);
  const two = course === "part" || random.chance(0.2);
  const via = random.chance(0.35) ? "nhsa" : "native";
  const anyone = random.below(persons) + 1;
  // 2103 names a person's only sale at a pharmacy where the settlement is not known yet: whoever cancels has one sale.
  const cancels = via === "nhsa" && (course === "refund" || course === "part");
  return {
    number,
    at,
    till: random.below(tills),
    person: cancels ? LONELY + number : anyone,
    boxes: two ? [10 * number, 10 * number + 1] : [10 * number],
    days: random.pick([2, 2, 7, QUOTA]),
    ...(random.chance(0.2) ? { rx: `RX-${number}` } : {}),
    ...(random.chance(0.2) ? { token: `TOKEN-${number}` } : {}),
    via,
    course,
    against: random.chance(0.08),
    doubled: random.chance(0.12),
    thinking: random.chance(0.03) ? random.within(15, 18) * MINUTE : random.within(5, 6_000),
  };
}

/** Somebody who wants the same thing at about the same time: a box, a prescription, a token, the rest of a quota. */
function rivalOf(
  random: Random,
  one: PlannedSale,
  number: number,
  tills: number,
  persons: number,
): PlannedSale {
  const at = one.at + (random.chance(0.5) ? random.within(0, 30) : random.within(0, 9_000));
  const other = planSale(random, number, at, tills, persons);
  switch (random.below(4)) {
    case 0:
      return { ...other, boxes: one.boxes };
    case 1:
      return one.rx === undefined ? { ...other, boxes: one.boxes } : { ...other, rx: one.rx };
    case 2:
      return one.token === undefined ? other : { ...other, token: one.token };
    default:
      return one.person > LONELY
        ? other
        : { ...other, via: "native", person: one.person, days: QUOTA };
  }
}
