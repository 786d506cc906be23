import type { EpochMs } from "../../units.ts";
import { monthOf } from "../days.ts";
import { packsOf } from "../goods/cart.ts";
import { type Person, paysFromAccount } from "../people/person.ts";
import type { Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import {
  accomplices,
  act,
  batch,
  daysInARow,
  hasMoney,
  productOf,
  quietStore,
  single,
  someDays,
  storesNear,
  swipe,
  tillOf,
  timeOn,
} from "./cast.ts";
import { anew, covered, fixedLoot, loot } from "./loot.ts";
import { between, isCareful, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** Cards collected by a dealer and swiped by a pharmacy that plays along (domain 3.3: Lanzhou, Yulin, Wuhan). */

const cardBundle: Scheme = {
  name: "card-bundle",
  kinds: ["B04", "G03"],
  what: "a bundle of cards is swiped at one till in one go, on several days",
  often: 5,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const cards = accomplices(stage, wholeBetween(stage, 26, 14), paysFromAccount);
    const gap = { from: between(stage, 12, 80), to: between(stage, 40, 200) };
    return someDays(stage, stage.random.between(2, 4)).map((day) =>
      act(day, () => {
        const at = timeOn(day, stage.random.within(9, 18), stage.random);
        const sales = cards.map((card) =>
          swipe(stage, card, covered(stage, loot(stage), store, at)),
        );
        return [batch(stage, at, store, sales, gap)];
      }),
    );
  },
};

const cardDrip: Scheme = {
  name: "card-drip",
  kinds: ["B04", "B16", "G03"],
  what: "a pharmacy swipes the cards it keeps all day long, far more than it has customers (Lanzhou: 196 a day)",
  often: 3,
  needs: 4,
  plan(stage) {
    const store = quietStore(stage);
    const cards = accomplices(stage, wholeBetween(stage, 170, 60), paysFromAccount);
    const daily = wholeBetween(stage, 160, 35);
    return daysInARow(stage, wholeBetween(stage, 5, 9)).map((day) =>
      act(day, () => {
        const today = stage.random.sample(cards, Math.min(cards.length, daily));
        return today.map((card): Visit => {
          const at = timeOn(day, stage.random.within(8, 21), stage.random);
          const cart = covered(stage, loot(stage).slice(0, 2), store, at);
          return single(at, store, swipe(stage, card, cart));
        });
      }),
    );
  },
};

const travellingCards: Scheme = {
  name: "travelling-cards",
  kinds: ["G02", "B04"],
  what: "a dealer carries the same bag of cards from pharmacy to pharmacy, a dozen at a time, without haste",
  often: 4,
  needs: 12,
  plan(stage) {
    const stores = storesNear(stage, 5);
    const cards = accomplices(stage, wholeBetween(stage, 14, 8), paysFromAccount);
    return someDays(stage, stage.random.between(6, 9)).map((day, index) =>
      act(day, () => {
        const store = stores[index % stores.length] ?? quietStore(stage);
        const at = timeOn(day, stage.random.within(9.5, 19), stage.random);
        const bag = stage.random.sample(cards, Math.max(6, cards.length - stage.random.below(3)));
        const sales = bag.map((card) => swipe(stage, card, covered(stage, loot(stage), store, at)));
        return [batch(stage, at, store, sales, { from: 60, to: 110 }, tillOf(store, index))];
      }),
    );
  },
};

const clonedBaskets: Scheme = {
  name: "cloned-baskets",
  kinds: ["B04", "B16", "G03"],
  what: "one list of medicines is put on card after card within two hours",
  often: 4,
  needs: 1,
  plan(stage) {
    const store = quietStore(stage);
    const list = fixedLoot(stage);
    const cards = accomplices(stage, wholeBetween(stage, 20, 9));
    const from = stage.random.within(9, 17);
    return someDays(stage, 1).map((day) =>
      act(day, () =>
        cards.map((card, index): Visit => {
          const at = timeOn(day, from + 2 * stage.random.next(), stage.random);
          const isOther = isCareful(stage) && index % 2 === 1;
          const cart = isOther ? loot(stage) : anew(list);
          return single(at, store, swipe(stage, card, covered(stage, cart, store, at)));
        }),
      ),
    );
  },
};

const nightBatch: Scheme = {
  name: "night-batch",
  kinds: ["B04", "G03"],
  what: "after closing time a pharmacy settles a pile of cards",
  often: 3,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage, ({ hours }) => hours !== undefined);
    const cards = accomplices(stage, wholeBetween(stage, 30, 12));
    return someDays(stage, stage.random.between(2, 3)).map((day) =>
      act(day, () => {
        const at = timeOn(day, 23.2 + stage.random.next() * 0.5, stage.random);
        const sales = cards.map((card) =>
          swipe(stage, card, covered(stage, loot(stage), store, at)),
        );
        return [
          batch(stage, at, store, sales, {
            from: between(stage, 30, 120),
            to: between(stage, 90, 300),
          }),
        ];
      }),
    );
  },
};

const accountDrain: Scheme = {
  name: "account-drain",
  kinds: ["B16", "B04"],
  what: "accounts are emptied for cash: tonics for almost the whole balance, person after person",
  often: 4,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const cards = accomplices(stage, wholeBetween(stage, 40, 16), hasMoney(1_000));
    const days = daysInARow(stage, wholeBetween(stage, 2, 6));
    return days.map((day, index) =>
      act(day, () => {
        const today = cards.filter((_, place) => place % days.length === index);
        return today.map((card) =>
          drain(stage, card, store, timeOn(day, stage.random.within(9, 20), stage.random)),
        );
      }),
    );
  },
};

/** Almost all there is, in the dearest tonic it pays for. */
function drain(stage: Stage, card: Person, store: Store, at: EpochMs): Visit {
  const yuan = (card.balance / 100) * between(stage, 0.97, 0.82);
  const product = productOf(stage, yuan >= DEAR_YUAN ? "ejiao" : "ejiaojiang");
  const count = Math.max(1, Math.floor(yuan / product.price));
  const cart = covered(stage, [packsOf(product, count)], store, at);
  return single(at, store, swipe(stage, card, cart));
}

const DEAR_YUAN = 880;

const yearEnd: Scheme = {
  name: "year-end-dumping",
  kinds: ["B24", "B16"],
  what: "in December a pharmacy books its members' remaining money as medicine, to be kept for them",
  often: 2,
  needs: 2,
  plan(stage) {
    const december = Array.from(
      { length: stage.last - stage.first + 1 },
      (_, n) => stage.first + n,
    ).filter((day) => monthOf(day) === 12);
    const days = december.length > 3 ? december.slice(-12) : daysInARow(stage, 6);
    const store = quietStore(stage);
    const members = accomplices(stage, wholeBetween(stage, 90, 40), hasMoney(1_100));
    return days.map((day, index) =>
      act(day, () =>
        members
          .filter((_, place) => place % days.length === index)
          .map((member) =>
            drain(stage, member, store, timeOn(day, stage.random.within(9, 20), stage.random)),
          ),
      ),
    );
  },
};

const spreadBundle: Scheme = {
  name: "spread-bundle",
  kinds: ["B04", "G03"],
  what: "the same cards, a few at each till and each hour, day after day",
  often: 3,
  needs: 10,
  plan(stage) {
    const store = quietStore(stage, ({ tills }) => tills.length >= 2);
    const cards = accomplices(stage, wholeBetween(stage, 30, 16), paysFromAccount);
    return daysInARow(stage, 10).map((day) =>
      act(day, () => {
        const groups = [9.5, 11.2, 14.4, 16.8];
        return groups.flatMap((hour, group): Visit[] => {
          const bag = cards
            .filter((_, place) => place % groups.length === group)
            .slice(0, wholeBetween(stage, 9, 5));
          const at = timeOn(day, hour + stage.random.next() * 0.5, stage.random);
          const sales = bag.map((card) =>
            swipe(stage, card, covered(stage, loot(stage).slice(0, 1), store, at)),
          );
          return [batch(stage, at, store, sales, { from: 50, to: 120 }, tillOf(store, group))];
        });
      }),
    );
  },
};

export const CARD_SCHEMES: readonly Scheme[] = [
  cardBundle,
  cardDrip,
  travellingCards,
  clonedBaskets,
  nightBatch,
  accountDrain,
  yearEnd,
  spreadBundle,
];
