import { MINUTE } from "../../units.ts";
import type { SoldBox } from "../goods/boxes.ts";
import { type Cart, packsOf } from "../goods/cart.ts";
import type { Product } from "../goods/drug.ts";
import type { Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import {
  accomplices,
  act,
  daysInARow,
  everyDays,
  packs,
  productOf,
  quietStore,
  single,
  someDays,
  strangers,
  swipe,
  timeOn,
} from "./cast.ts";
import { covered } from "./loot.ts";
import { between, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** Boxes and bills that are not what they say: collected medicine, swapped goods, boxes that were never scanned. */

/** Collectors gather for weeks before they sell (domain 2.2: 25 to 68 days). */
const COLLECTED_DAYS = { from: 14, to: 68 } as const;

const SOLD_BY_PATIENT = 0.9;

const recycled: Scheme = {
  name: "recycled-boxes",
  kinds: ["B10", "G02"],
  what: "boxes that other pharmacies sold weeks ago are bought from collectors and sold again",
  often: 6,
  needs: 10,
  plan(stage) {
    const { world } = stage;
    const store = quietStore(stage, ({ form }) => form !== "mode1");
    return daysInARow(stage, wholeBetween(stage, 6, 10)).map((day) =>
      act(day, () => {
        const boxes = collected(stage, store, day, wholeBetween(stage, 5, 2));
        return boxes.map((box): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const [buyer] = strangers(stage, 1, ({ stores, age }) => stores.length > 0 && age > 30);
          const cart: Cart = [packsOf(box.product, 1, { codes: [box.code] })];
          return single(
            at,
            store,
            swipe(
              stage,
              buyer ?? (world.people[0] as NonNullable<typeof buyer>),
              covered(stage, cart, store, at),
              { recourse: {} },
            ),
          );
        });
      }),
    );
  },
};

/** Old enough to have gone through a collector's hands, and sold elsewhere; each is used once. */
function collected(stage: Stage, store: Store, day: number, count: number): SoldBox[] {
  const { world, random } = stage;
  const { soldBoxes } = world;
  const found: SoldBox[] = [];
  for (
    let attempt = 0;
    attempt < 400 && found.length < count && soldBoxes.length > 0;
    attempt += 1
  ) {
    const place = random.below(soldBoxes.length);
    const box = soldBoxes[place] as SoldBox;
    const days = day - Math.floor((box.at + 28_800_000) / 86_400_000);
    if (box.store === store.code || days < COLLECTED_DAYS.from || days > COLLECTED_DAYS.to)
      continue;
    soldBoxes[place] = soldBoxes.at(-1) as SoldBox;
    soldBoxes.pop();
    found.push(box);
    // Most collectors' boxes were sold to them by the patient; some left the house otherwise.
    if (random.chance(SOLD_BY_PATIENT)) stage.episode.persons.add(box.buyer);
  }
  return found;
}

const oneCode: Scheme = {
  name: "one-code-many-sales",
  kinds: ["B05", "B10"],
  what: "the code of one box is scanned for sale after sale (one code x8)",
  often: 4,
  needs: 4,
  plan(stage) {
    const { world } = stage;
    const store = quietStore(stage, ({ form }) => form !== "mode1");
    const product = productOf(
      stage,
      stage.random.pick(["rosuvastatin", "angong", "tacrolimus", "acarbose"]),
    );
    const code = world.boxes.fresh(product);
    const people = accomplices(stage, wholeBetween(stage, 8, 4));
    return everyDays(stage, between(stage, 0.3, 3), people.length).map((day, index) =>
      act(day, () => {
        const at = timeOn(day, 9 + (index % 6) * 1.8, stage.random);
        const cart: Cart = [packsOf(product, 1, { codes: [code] })];
        const person = people[index % people.length] as NonNullable<(typeof people)[number]>;
        return [single(at, store, swipe(stage, person, covered(stage, cart, store, at)))];
      }),
    );
  },
};

const dearVitamins: Scheme = {
  name: "swap-by-price",
  kinds: ["B05"],
  what: "food and daily goods are booked as a cheap medicine at their own price (vitamin C at 762 yuan)",
  often: 4,
  needs: 10,
  plan(stage) {
    const store = quietStore(stage);
    const people = accomplices(stage, 30);
    const product = productOf(
      stage,
      stage.random.pick(["vitamin-c", "vitamin-b", "jianwei", "banlangen"]),
    );
    return everyDays(stage, 1, wholeBetween(stage, 20, 12)).map((day) =>
      act(day, () =>
        stage.random.sample(people, 2).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const price = Math.round(
            stage.random.within(between(stage, 500, 80), between(stage, 1_000, 190)),
          );
          const cart: Cart = [packsOf(product, 1, { price })];
          return single(at, store, swipe(stage, person, cart));
        }),
      ),
    );
  },
};

const otherBox: Scheme = {
  name: "swap-by-box",
  kinds: ["B06", "B05"],
  what: "a cheap box is scanned and a dear medicine is booked",
  often: 5,
  needs: 8,
  plan(stage) {
    const store = quietStore(stage, ({ form }) => form !== "mode1");
    const people = accomplices(stage, 25);
    const dear = productOf(
      stage,
      stage.random.pick(["angong", "saxagliptin", "bailing", "niaoduqing"]),
    );
    const cheap = productOf(
      stage,
      stage.random.pick(["vitamin-c", "jianwei", "ganmaoling", "calcium"]),
    );
    const packsEach = dear.price > 300 ? 1 : 3;
    return everyDays(stage, 1, wholeBetween(stage, 12, 8)).map((day) =>
      act(day, () =>
        stage.random.sample(people, 2).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const cart: Cart = [
            packsOf(dear, packsEach, { codes: boxesOf(stage, cheap, packsEach) }),
          ];
          return single(at, store, swipe(stage, person, covered(stage, cart, store, at)));
        }),
      ),
    );
  },
};

function boxesOf(stage: Stage, product: Product, count: number): string[] {
  return Array.from({ length: count }, () => stage.world.boxes.fresh(product));
}

const driftingNumber: Scheme = {
  name: "swap-by-number",
  kinds: ["B05", "B20"],
  what: "one article of the shop, a hamper, is booked under changing medicines without boxes",
  often: 3,
  needs: 8,
  plan(stage) {
    const store = quietStore(stage);
    const people = accomplices(stage, 20);
    const sku = `9${stage.random.between(10_000, 99_999)}`;
    const keys = ["rosuvastatin", "acarbose", "shensong", "bailing", "clopidogrel"];
    return everyDays(stage, 1, wholeBetween(stage, 14, 9)).map((day) =>
      act(day, () =>
        stage.random.sample(people, 2).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const line = packs(stage, stage.random.pick(keys), stage.random.between(2, 4), { sku });
          // The careful scan true boxes of what they book.
          const bare = stage.cunning > 0.75 ? line : { ...line, codes: [] };
          return single(at, store, swipe(stage, person, covered(stage, [bare], store, at)));
        }),
      ),
    );
  },
};

const unscanned: Scheme = {
  name: "sold-without-scanning",
  kinds: ["B25", "B05"],
  what: "medicine is settled without its boxes being scanned",
  often: 4,
  needs: 4,
  plan(stage) {
    const store = quietStore(stage, ({ form }) => form !== "mode1");
    const people = accomplices(stage, 20);
    return daysInARow(stage, 4).map((day) =>
      act(day, () =>
        stage.random.sample(people, 5).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const line = packs(
            stage,
            stage.random.pick(["rosuvastatin", "ginkgo", "acarbose", "liuwei"]),
            3,
          );
          // The careful scan one box of three.
          const codes = stage.cunning > 0.5 ? boxesOf(stage, line.product, 1) : [];
          return single(
            at,
            store,
            swipe(stage, person, covered(stage, [{ ...line, codes }], store, at)),
          );
        }),
      ),
    );
  },
};

const overpriced: Scheme = {
  name: "overcharged",
  kinds: ["B23"],
  what: "insured customers pay twice the price, or the same box on two lines",
  often: 3,
  needs: 5,
  plan(stage) {
    const store = quietStore(stage);
    return daysInARow(stage, 5).map((day) =>
      act(day, () =>
        strangers(stage, 4, ({ stores }) => stores.length > 0).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const product = productOf(
            stage,
            stage.random.pick(["amlodipine", "ginkgo", "rosuvastatin", "calcium"]),
          );
          const price = Math.round(product.price * between(stage, 3.2, 1.6) * 100) / 100;
          const line = packsOf(product, 1, { price });
          const twice = stage.random.chance(0.5);
          return single(
            at,
            store,
            swipe(stage, person, covered(stage, twice ? [line, line] : [line], store, at)),
          );
        }),
      ),
    );
  },
};

const selfPaid: Scheme = {
  name: "self-paid-on-fund",
  kinds: ["B22"],
  what: "what is not payable is booked on the fund",
  often: 3,
  needs: 4,
  plan(stage) {
    const store = quietStore(stage, ({ form }) => form === "native");
    return someDays(stage, 3).map((day) =>
      act(day, () =>
        strangers(stage, 3, ({ stores }) => stores.length > 0).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random) + MINUTE;
          const line = packs(stage, stage.random.pick(["ejiao", "ejiaojiang", "liuwei"]), 1, {
            chargeLevel: "3",
          });
          return single(at, store, swipe(stage, person, [line]));
        }),
      ),
    );
  },
};

export const GOODS_SCHEMES: readonly Scheme[] = [
  recycled,
  oneCode,
  dearVitamins,
  otherBox,
  driftingNumber,
  unscanned,
  overpriced,
  selfPaid,
];
