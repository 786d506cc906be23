import { MINUTE } from "../../units.ts";
import { packsOf } from "../goods/cart.ts";
import { type Product, packDays } from "../goods/drug.ts";
import type { Person } from "../people/person.ts";
import type { Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import {
  accomplices,
  act,
  daysInARow,
  everyDays,
  productOf,
  quietStore,
  single,
  someDays,
  storesNear,
  swipe,
  timeOn,
  withPrescription,
} from "./cast.ts";
import { between, isCareful, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** Medicine bought to be sold again (domain 3.3: Yulin, Hangzhou, Taizhou; 190 boxes of one lipid drug). */

const TRADED = [
  "atorvastatin",
  "rosuvastatin",
  "clopidogrel",
  "acarbose",
  "dapagliflozin",
  "saxagliptin",
  "shensong",
  "qili",
  "xuesaitong",
  "bailing",
  "niaoduqing",
  "glargine",
  "tacrolimus",
] as const;

/** Whoever buys this much is ill, or says so: the careful have the disease on file. */
function trader(stage: Stage): Person {
  const [person] = accomplices(stage, 1, ({ disease, filed, age }) =>
    isCareful(stage) ? disease !== undefined && filed : age > 25,
  );
  if (person === undefined) throw new RangeError("GUARD_SIMULATION_EMPTY: nobody to trade.");
  return person;
}

interface Purchase {
  readonly person: Person;
  readonly product: Product;
  readonly packs: number;
  readonly store: Store;
  readonly at: number;
}

/** The trader stands there in person, with a prescription, and shows who they are where asked. */
function purchase(stage: Stage, { person, product, packs, store, at }: Purchase): Visit {
  const cart = withPrescription(stage, [packsOf(product, packs)], store, at);
  const verification = store.habits.verification
    ? { method: "id-card", outcome: "pass" }
    : undefined;
  return single(
    at,
    store,
    swipe(stage, person, cart, {
      ...(verification ? { verification } : {}),
    }),
  );
}

function monthly(product: Product): number {
  return Math.max(1, Math.round(30 / (packDays(product.drug) ?? 30)));
}

const pharmacyRound: Scheme = {
  name: "pharmacy-round",
  kinds: ["I02", "B09", "G02"],
  what: "one person buys a month of one medicine at every pharmacy on the way",
  often: 5,
  needs: 10,
  plan(stage) {
    const stores = storesNear(stage, wholeBetween(stage, 8, 5));
    const person = trader(stage);
    const product = productOf(stage, stage.random.pick(TRADED));
    const daily = wholeBetween(stage, 4, 1);
    const days = daysInARow(stage, Math.ceil(stores.length / daily) * (isCareful(stage) ? 2 : 1));
    return days.map((day, index) =>
      act(day, () => {
        const begin = timeOn(day, stage.random.within(9, 14), stage.random);
        const today = stores.slice(index * daily, (index + 1) * daily);
        return today.map((store, place) =>
          purchase(stage, {
            person,
            product,
            packs: monthly(product),
            store,
            at: begin + place * stage.random.between(25, 50) * MINUTE,
          }),
        );
      }),
    );
  },
};

const hundredBoxes: Scheme = {
  name: "hundred-boxes",
  kinds: ["B12", "B09"],
  what: "a heap of boxes of one medicine in one sale",
  often: 4,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const person = trader(stage);
    return someDays(stage, 2).map((day) =>
      act(day, () => {
        const product = productOf(stage, stage.random.pick(TRADED));
        const packs = wholeBetween(stage, stage.random.between(60, 190), 5 * monthly(product));
        const at = timeOn(day, stage.random.within(9, 19), stage.random);
        return [purchase(stage, { person, product, packs: Math.min(100, packs), store, at })];
      }),
    );
  },
};

const steadyDrip: Scheme = {
  name: "steady-drip",
  kinds: ["B12", "I02", "B09"],
  what: "a month's supply every week, by turns at two or three shops",
  often: 5,
  needs: 40,
  plan(stage) {
    const stores = storesNear(stage, wholeBetween(stage, 2, 4));
    const person = trader(stage);
    const product = productOf(stage, stage.random.pick(TRADED));
    const step = between(stage, 4, 8);
    return everyDays(stage, step, Math.floor(42 / step)).map((day, index) =>
      act(day, () => {
        const store = stores[index % stores.length] as Store;
        const at = timeOn(day, stage.random.within(9, 19), stage.random);
        return [purchase(stage, { person, product, packs: monthly(product), store, at })];
      }),
    );
  },
};

const fifteenYears: Scheme = {
  name: "years-of-supply",
  kinds: ["I02", "B12"],
  what: "several medicines at several shops, far more in weeks than in years could be taken (Yulin: 15 years in 3 months)",
  often: 4,
  needs: 20,
  plan(stage) {
    const stores = storesNear(stage, 8);
    const person = trader(stage);
    const products = stage.random.sample(TRADED, 4).map((key) => productOf(stage, key));
    return everyDays(stage, between(stage, 1, 3), wholeBetween(stage, 26, 12)).map((day, index) =>
      act(day, () => {
        const store = stores[index % stores.length] as Store;
        const product = products[index % products.length] as Product;
        const at = timeOn(day, stage.random.within(9, 19), stage.random);
        const months = isCareful(stage) ? 1 : 2;
        return [purchase(stage, { person, product, packs: months * monthly(product), store, at })];
      }),
    );
  },
};

const borrowedCards: Scheme = {
  name: "dealer-with-cards",
  kinds: ["G02", "B11", "I02"],
  what: "a dealer buys one medicine on a handful of lent cards, a card a shop, round after round",
  often: 4,
  needs: 15,
  plan(stage) {
    const stores = storesNear(stage, 6);
    const cards = accomplices(stage, wholeBetween(stage, 9, 6));
    const product = productOf(stage, stage.random.pick(TRADED));
    const rounds = everyDays(stage, between(stage, 3, 7), wholeBetween(stage, 5, 4));
    return rounds.map((day, round) =>
      act(day, () =>
        cards.map((person, index) => {
          const store = stores[(round + Math.floor(index / 4)) % stores.length] as Store;
          const at = timeOn(day, 9.5 + index * 0.6, stage.random);
          return purchase(stage, { person, product, packs: monthly(product), store, at });
        }),
      ),
    );
  },
};

const listedDealer: Scheme = {
  name: "known-dealer",
  kinds: ["G02", "B09"],
  what: "somebody on the bureau's list of dealers buys or fetches again",
  often: 3,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage);
    const person = trader(stage);
    stage.world.listed.push({ list: "dealers", id: person.number });
    return someDays(stage, 2).map((day) =>
      act(day, () => {
        const product = productOf(stage, stage.random.pick(TRADED));
        const at = timeOn(day, stage.random.within(9, 19), stage.random);
        return [purchase(stage, { person, product, packs: monthly(product), store, at })];
      }),
    );
  },
};

export const DEALER_SCHEMES: readonly Scheme[] = [
  pharmacyRound,
  hundredBoxes,
  steadyDrip,
  fifteenYears,
  borrowedCards,
  listedDealer,
];
