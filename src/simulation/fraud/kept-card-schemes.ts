import { MINUTE, SECOND } from "../../units.ts";
import { startOf, weekdayOf } from "../days.ts";
import { packsOf } from "../goods/cart.ts";
import { groupBy } from "../groups.ts";
import type { Person } from "../people/person.ts";
import { paysFromAccount } from "../people/person.ts";
import type { Sale, Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import {
  accomplices,
  act,
  batch,
  everyDays,
  packs,
  quietStore,
  single,
  someDays,
  storesNear,
  strangers,
  swipe,
  tillOf,
  timeOn,
} from "./cast.ts";
import { covered, loot, tonics } from "./loot.ts";
import { between, isCareful, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** One person's card in another's hands: kept by the shop, lent, stolen, or fetched with by the dozen. */

/** Medicines that nobody takes together. */
const INCOHERENT = [
  "acarbose",
  "clopidogrel",
  "montelukast",
  "febuxostat",
  "niaoduqing",
  "sertraline",
  "shensong",
  "saxagliptin",
  "angong",
];

const residentCard: Scheme = {
  name: "resident-card",
  kinds: ["I01", "B04", "B13"],
  what: "a pharmacist keeps somebody's card and books dear things that do not belong together on it (Pinghu)",
  impersonation: true,
  often: 4,
  needs: 24,
  plan(stage) {
    const store = quietStore(stage);
    const [card] = accomplices(stage, 1, paysFromAccount) as [Person];
    const count = wholeBetween(stage, 16, 7);
    return everyDays(stage, between(stage, 1.8, 4), count).map((day) =>
      act(day, () => {
        const at = timeOn(day, stage.random.within(12.5, 20), stage.random);
        const cart = stage.random
          .sample(INCOHERENT, 2)
          .map((key) => packs(stage, key, key === "angong" ? 1 : 3));
        return [single(at, store, swipe(stage, card, covered(stage, cart, store, at)))];
      }),
    );
  },
};

const employees: Scheme = {
  name: "own-employees",
  kinds: ["B07"],
  what: "a pharmacy has its own staff swipe to meet its figures",
  often: 4,
  needs: 5,
  plan(stage) {
    const { world, episode } = stage;
    const store = quietStore(stage);
    const staff = world.people.filter(({ worksAt }) => worksAt === store.index);
    const rest = accomplices(
      stage,
      Math.max(0, wholeBetween(stage, 8, 5) - staff.length),
      paysFromAccount,
    );
    const all = [...staff, ...rest];
    for (const person of all) {
      episode.persons.add(person.number);
      world.listed.push({ list: "employees", id: `${store.code}:${person.number}` });
    }
    return someDays(stage, wholeBetween(stage, 3, 5)).map((day) =>
      act(day, () =>
        all.map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          return single(at, store, swipe(stage, person, covered(stage, loot(stage), store, at)));
        }),
      ),
    );
  },
};

const companyVisit: Scheme = {
  name: "company-visit",
  kinds: ["B08", "B16"],
  what: "a pharmacy visits a company with a mobile till and books gifts as medicine",
  often: 3,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage, ({ habits }) => habits.employer);
    const company = companyOf(stage, wholeBetween(stage, 40, 22));
    const [day = stage.first] = someDays(stage, 1).map((one) =>
      weekdayOf(one) >= 6 ? one - 2 : one,
    );
    const till = { id: "M01", device: `SN-M${store.index}`, skew: 0 };
    return [
      act(day, () => {
        const at = timeOn(day, stage.random.within(9, 13), stage.random);
        const sales = company.map((person) =>
          swipe(stage, person, covered(stage, tonics(stage), store, at), { operatorType: "3" }),
        );
        return [
          batch(
            stage,
            at,
            store,
            sales,
            { from: between(stage, 35, 120), to: between(stage, 120, 400) },
            till,
          ),
        ];
      }),
    ];
  },
};

function companyOf(stage: Stage, count: number): Person[] {
  const { world, random, episode } = stage;
  const byName = groupBy(world.people, ({ employer }) => employer);
  const taken = new Set(
    world.listed.filter(({ list }) => list === "exempt-employer").map(({ id }) => id),
  );
  const factories = new Set(world.stores.map(({ neighbour }) => neighbour));
  const free = [...byName].filter(([name]) => !taken.has(name) && !factories.has(name));
  const large = free.filter(([, people]) => people.length >= count);
  const [, staff] =
    large.length > 0
      ? random.pick(large)
      : (free.sort((a, b) => b[1].length - a[1].length)[0] ?? ["", []]);
  const people = staff.slice(0, count);
  for (const { number } of people) episode.persons.add(number);
  return people;
}

const lentCard: Scheme = {
  name: "lent-card",
  kinds: ["I01", "B11"],
  what: "a card is lent to somebody in another city while its owner goes on buying at home with the code",
  impersonation: true,
  often: 4,
  needs: 12,
  plan(stage) {
    const { world, random } = stage;
    const far = random.pick(
      world.stores
        .filter(({ area, opened }) => !area.startsWith("2101") && opened <= stage.first)
        .concat(quietStore(stage)),
    );
    const [owner] = accomplices(
      stage,
      1,
      ({ insuredArea, disease }) => insuredArea.startsWith("2101") && disease !== undefined,
    ) as [Person];
    const home = world.stores[owner.stores[0] ?? 0] as Store;
    return everyDays(stage, 3, wholeBetween(stage, 6, 4)).map((day) =>
      act(day, () => {
        const at = timeOn(day, random.within(10, 18), random);
        const gap =
          Math.round(random.within(between(stage, 8, 60), between(stage, 40, 150))) * MINUTE;
        const own = covered(stage, loot(stage).slice(0, 1), home, at);
        const lent = covered(stage, loot(stage), far, at);
        const credential =
          stage.cunning > 0.5 ? { type: "02" as const, number: owner.idNumber } : undefined;
        return [
          single(at, home, swipe(stage, owner, own, credential ? { credential } : {})),
          single(at + gap, far, swipe(stage, owner, lent)),
        ];
      }),
    );
  },
};

const stolenCards: Scheme = {
  name: "stolen-card",
  kinds: ["B04", "B13"],
  what: "a stolen card is used up at one shop after another before and after its owner reports it",
  impersonation: true,
  often: 4,
  needs: 4,
  plan(stage) {
    const [victim] = strangers(
      stage,
      1,
      ({ stores, balance }) => stores.length > 0 && balance > 150_000,
    ) as [Person];
    const stores = storesNear(stage, 4);
    const [day = stage.first] = someDays(stage, 1).map((one) => Math.min(one, stage.last - 2));
    stage.world.listed.push({ list: "lost-credential", id: victim.cardNumber, from: day + 1 });
    const thief = { ...victim };
    const pace = Math.round(between(stage, 4, 50));
    const spree = (on: number, hour: number, count: number): Visit[] => {
      const start = timeOn(on, hour, stage.random);
      return Array.from({ length: count }, (_, index) => {
        const at = start + index * pace * MINUTE;
        const store = stores[index % stores.length] as Store;
        return single(
          at,
          store,
          swipe(
            stage,
            thief,
            covered(stage, [...tonics(stage), ...loot(stage)].slice(0, 2), store, at),
          ),
        );
      });
    };
    return [
      act(day, () => {
        replaceCard(victim);
        return spree(day, stage.random.within(10, 13), wholeBetween(stage, 4, 2));
      }),
      act(day + 1, () => spree(day + 1, 9.3, 3)),
    ];
  },
};

/** The owner gets another one. */
function replaceCard(victim: Person): void {
  victim.cardNumber = `R${victim.cardNumber.slice(1)}`;
  victim.cardSn = `${victim.cardSn}R`;
}

const agentRound: Scheme = {
  name: "agent-round",
  kinds: ["G02", "B11"],
  what: "one stranger fetches for a dozen people a day with their cards",
  often: 4,
  needs: 3,
  plan(stage) {
    const stores = storesNear(stage, wholeBetween(stage, 1, 3));
    const cards = accomplices(stage, wholeBetween(stage, 14, 9), paysFromAccount);
    const [runner] = accomplices(stage, 1) as [Person];
    return someDays(stage, wholeBetween(stage, 3, 4)).map((day) =>
      act(day, () =>
        stores.map((store, index): Visit => {
          const at = timeOn(day, 9.5 + 3 * index + stage.random.next(), stage.random);
          const mine = cards.filter((_, place) => place % stores.length === index);
          const sales = mine.map((card) =>
            swipe(stage, card, covered(stage, loot(stage), store, at), fetched(stage, runner)),
          );
          return batch(stage, at, store, sales, { from: 50, to: 130 }, tillOf(store));
        }),
      ),
    );
  },
};

/** The clumsy name the runner truly; the careful let them pass as family. */
function fetched(stage: Stage, runner: Person): Partial<Sale> {
  const agent = {
    id: runner.idNumber,
    relation: isCareful(stage) ? "child" : "other",
    registered: isCareful(stage),
  };
  return { agent };
}

const silentProxy: Scheme = {
  name: "silent-proxy",
  kinds: ["I01", "B11", "B13"],
  what: "somebody else stands at the till with the card, the camera says so, and the shop looks away",
  impersonation: true,
  often: 4,
  needs: 8,
  plan(stage) {
    const store = quietStore(stage, ({ habits }) => habits.verification);
    const [owner] = accomplices(stage, 1, ({ disease }) => disease !== undefined) as [Person];
    return everyDays(stage, 2, wholeBetween(stage, 5, 3)).map((day) =>
      act(day, () => {
        const at = timeOn(day, stage.random.within(9, 19), stage.random);
        const cart = covered(stage, loot(stage), store, at);
        const verification = isCareful(stage)
          ? { method: "none", outcome: "skipped" }
          : { method: "face", outcome: "fail" };
        return [single(at, store, swipe(stage, owner, cart, { verification }))];
      }),
    );
  },
};

const wrongBody: Scheme = {
  name: "wrong-sex-or-age",
  kinds: ["B11", "B15", "I01"],
  what: "medicine for the other sex or for grown-ups is bought on a card that cannot need it",
  impersonation: true,
  often: 3,
  needs: 6,
  plan(stage) {
    const store = quietStore(stage);
    const isMan = stage.random.chance(0.6);
    const [owner] = accomplices(stage, 1, ({ sex, age }) =>
      isMan ? sex === "2" && age > 20 : age < 12,
    ) as [Person];
    const keys = isMan ? ["finasteride", "tamsulosin"] : ["atorvastatin", "clopidogrel"];
    return everyDays(stage, 2, 3).map((day) =>
      act(day, () => {
        const at = timeOn(day, stage.random.within(9, 19), stage.random);
        const cart = [packs(stage, stage.random.pick(keys), 2)];
        return [single(at, store, swipe(stage, owner, covered(stage, cart, store, at)))];
      }),
    );
  },
};

const cardTwins: Scheme = {
  name: "card-of-another",
  kinds: ["B13", "I01"],
  what: "one chip is presented for several insured persons",
  impersonation: true,
  often: 3,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage);
    const people = accomplices(stage, 5);
    const cardSn = `SN-COPY-${stage.random.below(1e6)}`;
    return someDays(stage, 1).map((day) =>
      act(day, () =>
        people.map((person, index): Visit => {
          const at = timeOn(day, 10 + index * 1.5, stage.random);
          const credential = { type: "03" as const, number: person.cardNumber, cardSn };
          return single(
            at,
            store,
            swipe(stage, person, covered(stage, loot(stage), store, at), { credential }),
          );
        }),
      ),
    );
  },
};

const doubleAccount: Scheme = {
  name: "two-accounts",
  kinds: ["I05"],
  what: "one identity number draws on two insurance accounts",
  often: 2,
  needs: 10,
  plan(stage) {
    const store = quietStore(stage);
    const [person] = accomplices(stage, 1, paysFromAccount) as [Person];
    const twin: Person = {
      ...person,
      number: `9${person.number.slice(1)}`,
      insurance: "390",
      balance: 0,
    };
    stage.episode.persons.add(twin.number);
    return everyDays(stage, 4, 4).map((day, index) =>
      act(day, () => {
        const at = startOf(day) + stage.random.between(9 * 60, 18 * 60) * MINUTE + 7 * SECOND;
        const who = index % 2 === 0 ? person : twin;
        const product = stage.random.pick(
          stage.world.catalogue.brands(stage.random.pick(["atorvastatin", "acarbose"])),
        );
        const cart = covered(stage, [packsOf(product, 2)], store, at);
        const credential = { type: "02" as const, number: person.idNumber };
        return [single(at, store, swipe(stage, who, cart, { credential }))];
      }),
    );
  },
};

export const KEPT_CARD_SCHEMES: readonly Scheme[] = [
  residentCard,
  employees,
  companyVisit,
  lentCard,
  stolenCards,
  agentRound,
  silentProxy,
  wrongBody,
  cardTwins,
  doubleAccount,
];
