import { MINUTE, SECOND } from "../../units.ts";
import { type Cart, packsOf } from "../goods/cart.ts";
import type { Person } from "../people/person.ts";
import type { Visit } from "../sale.ts";
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
  swipe,
  timeOn,
} from "./cast.ts";
import { covered, loot } from "./loot.ts";
import { between, type Scheme, wholeBetween } from "./scheme.ts";

/** What a till itself does wrong: refunds in circles, split bills, goods that have no place there, invented data. */

const refundCycle: Scheme = {
  name: "refund-cycle",
  kinds: ["B16", "B20"],
  what: "settled, taken back ten minutes later and settled again: the box stays, the money goes (Wuhan: 14 times)",
  often: 4,
  needs: 20,
  plan(stage) {
    const store = quietStore(stage);
    const [person] = accomplices(stage, 1) as [Person];
    const product = productOf(
      stage,
      stage.random.pick(["angong", "tacrolimus", "bailing", "saxagliptin"]),
    );
    const codes = [stage.world.boxes.fresh(product)];
    const cycles = wholeBetween(stage, 14, 8);
    return everyDays(stage, between(stage, 1.4, 2.6), cycles).map((day) =>
      act(day, () => {
        const at = timeOn(day, stage.random.within(10, 18), stage.random);
        const cart: Cart = [packsOf(product, 1, store.form === "mode1" ? {} : { codes })];
        return [
          single(
            at,
            store,
            swipe(stage, person, covered(stage, cart, store, at), { course: "cycled" }),
          ),
        ];
      }),
    );
  },
};

const splitBills: Scheme = {
  name: "split-bills",
  kinds: ["B21", "B16"],
  what: "one purchase is cut into equal sales seconds apart",
  often: 3,
  needs: 6,
  plan(stage) {
    const store = quietStore(stage);
    const people = accomplices(stage, 4);
    return someDays(stage, 4).map((day) =>
      act(day, () =>
        people.map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 19), stage.random);
          const line = packs(stage, stage.random.pick(["ginkgo", "danshen", "ejiaojiang"]), 3);
          const cart = covered(stage, [line], store, at);
          const sales = Array.from({ length: wholeBetween(stage, 6, 3) }, () =>
            swipe(stage, person, cart),
          );
          const gaps = sales.map(
            () => stage.random.between(4, wholeBetween(stage, 20, 50)) * SECOND,
          );
          return { at, store, sales, gaps };
        }),
      ),
    );
  },
};

const hospitalGoods: Scheme = {
  name: "hospital-goods",
  kinds: ["B15"],
  what: "injections for inpatients and consumables are booked at a retail till",
  often: 3,
  needs: 4,
  plan(stage) {
    const store = quietStore(stage);
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, 4).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 19), stage.random);
          const key = stage.random.pick(["danhong", "cefotaxime", "flush-syringe", "dialyser"]);
          return single(
            at,
            store,
            swipe(stage, person, covered(stage, [packs(stage, key, 5)], store, at)),
          );
        }),
      ),
    );
  },
};

const singleHerbs: Scheme = {
  name: "single-herbs",
  kinds: ["B15"],
  what: "precious herbs are booked one at a time, which the fund does not pay",
  often: 3,
  needs: 4,
  plan(stage) {
    const store = quietStore(stage);
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, 4).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 19), stage.random);
          const product = productOf(
            stage,
            stage.random.pick(["xiyangshen", "sanqifen", "suanzaoren"]),
          );
          const cart: Cart = [
            { product, quantity: wholeBetween(stage, 500, 150), days: 30, tcmUse: "2" },
          ];
          return single(at, store, swipe(stage, person, cart));
        }),
      ),
    );
  },
};

const inventedSales: Scheme = {
  name: "invented-sales",
  kinds: ["B20", "B04"],
  what: "sales that never were are sent in one go, faster than hands can work, with a clock that is wrong",
  often: 3,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const cards = accomplices(stage, wholeBetween(stage, 25, 12));
    const till = {
      id: "T09",
      device: `SN-X${store.index}`,
      skew: -Math.round(between(stage, 90, 6)) * MINUTE,
    };
    return someDays(stage, 2).map((day) =>
      act(day, () => {
        const at = timeOn(day, stage.random.within(9, 20), stage.random);
        const sales = cards.map((card) =>
          swipe(stage, card, covered(stage, loot(stage).slice(0, 1), store, at)),
        );
        const gaps = sales.map(
          () =>
            Math.round(stage.random.within(between(stage, 2, 20), between(stage, 9, 50))) * SECOND,
        );
        return [{ at, store, till, cashier: "0009", sales, gaps }];
      }),
    );
  },
};

export const TILL_SCHEMES: readonly Scheme[] = [
  refundCycle,
  splitBills,
  hospitalGoods,
  singleHerbs,
  inventedSales,
];
