import { MINUTE } from "../../units.ts";
import { forgedIdNumber } from "../people/id-number.ts";
import type { Person } from "../people/person.ts";
import type { Sale, Visit } from "../sale.ts";
import type { Store } from "../stores/store.ts";
import {
  accomplices,
  act,
  daysInARow,
  packs,
  quietStore,
  single,
  someDays,
  strangers,
  swipe,
  timeOn,
} from "./cast.ts";
import { covered, loot } from "./loot.ts";
import { type Act, between, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** Who or what may not be settled for: the dead, the admitted, the stopped; forged papers; shops that are shut out. */

/** A few sales on one person's card, of whom a list says something. */
function onList(
  stage: Stage,
  list: string,
  person: Person,
  more: Partial<Sale> = {},
): readonly Act[] {
  const store = quietStore(stage);
  const days = someDays(stage, 3);
  const from = stage.first - stage.random.between(3, 60);
  const to = list === "inpatient" ? { to: stage.last + 5 } : {};
  stage.world.listed.push({ list, id: person.number, from, ...to });
  if (list !== "settlement-stopped") person.goneUntil = Number.MAX_SAFE_INTEGER;
  return days.map((day) =>
    act(day, () => {
      const at = timeOn(day, stage.random.within(9, 19), stage.random);
      return [
        single(at, store, swipe(stage, person, covered(stage, loot(stage), store, at), more)),
      ];
    }),
  );
}

const deceased: Scheme = {
  name: "card-of-the-dead",
  kinds: ["I01", "B11", "B13"],
  what: "the card of somebody who died goes on buying",
  impersonation: true,
  often: 3,
  needs: 4,
  plan(stage) {
    const [person] = strangers(stage, 1, ({ age, stores }) => age >= 65 && stores.length > 0) as [
      Person,
    ];
    return onList(stage, "deceased", person);
  },
};

const inpatient: Scheme = {
  name: "card-of-an-inpatient",
  kinds: ["I01", "B11"],
  what: "somebody in hospital is at the same time at the till",
  impersonation: true,
  often: 3,
  needs: 4,
  plan(stage) {
    const [person] = strangers(stage, 1, ({ age, stores }) => age >= 50 && stores.length > 0) as [
      Person,
    ];
    return onList(stage, "inpatient", person);
  },
};

const stopped: Scheme = {
  name: "stopped-settlement",
  kinds: ["I01", "B13"],
  what: "somebody whose network settlement was stopped goes on as before",
  often: 2,
  needs: 4,
  plan(stage) {
    const [person] = accomplices(stage, 1) as [Person];
    return onList(stage, "settlement-stopped", person);
  },
};

const lapsedInsurance: Scheme = {
  name: "ended-insurance",
  kinds: ["B13", "I01"],
  what: "an insurance that has ended is charged",
  often: 2,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const people = accomplices(stage, 3);
    return someDays(stage, 2).map((day) =>
      act(day, () =>
        people.map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 19), stage.random);
          return single(
            at,
            store,
            swipe(stage, person, covered(stage, loot(stage), store, at), { status: "4" }),
          );
        }),
      ),
    );
  },
};

const forgedCard: Scheme = {
  name: "forged-identity",
  kinds: ["B13", "B11"],
  what: "identity numbers that cannot be, or are another person's, are keyed in",
  impersonation: true,
  often: 3,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const people = strangers(stage, 4, ({ stores }) => stores.length > 0);
    const other = strangers(stage, 1)[0] as Person;
    return someDays(stage, 2).map((day) =>
      act(day, () =>
        people.map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 19), stage.random);
          const identity = { area: person.insuredArea, birth: person.birth, sex: person.sex };
          const number =
            stage.cunning > 0.5 ? other.idNumber : forgedIdNumber(identity, stage.random);
          const credential = { type: "02" as const, number };
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

const shutOut: Scheme = {
  name: "suspended-pharmacy",
  kinds: ["B17"],
  what: "a pharmacy whose agreement is suspended, or that never had one, goes on settling",
  often: 2,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage);
    const ghost: Store =
      stage.cunning < 0.4
        ? { ...store, code: `P${store.area}9${stage.random.between(1_000, 9_999)}` }
        : suspended(stage, store);
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, 6).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          return single(at, ghost, swipe(stage, person, covered(stage, loot(stage), ghost, at)));
        }),
      ),
    );
  },
};

/** A store of its own that nobody honest visits: it was shut before the city's first day. */
function suspended(stage: Stage, like: Store): Store {
  const code = `P${like.area}8${stage.random.between(1_000, 9_999)}`;
  const store: Store = { ...like, code, suspendedFrom: stage.world.firstDay - 20 };
  stage.world.extraStores.push(store);
  return store;
}

const movedDevice: Scheme = {
  name: "moved-device",
  kinds: ["B17", "B16"],
  what: "one pharmacy's till settles under another pharmacy's code",
  often: 3,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage, ({ habits }) => habits.device);
    const other = quietStore(stage, (some) => some.habits.device && some.index !== store.index);
    // A machine more than the shop has tills: its own customers never see it.
    const device = `SN-S${store.index}`;
    const people = accomplices(stage, wholeBetween(stage, 10, 5));
    return someDays(stage, 2).map((day) =>
      act(day, () => {
        const begin = timeOn(day, stage.random.within(9, 15), stage.random);
        return people.map((person, index): Visit => {
          const at = begin + index * Math.round(between(stage, 6, 25)) * MINUTE;
          const here = index % 2 === 0 ? store : other;
          const cart = covered(stage, loot(stage), here, at);
          return single(at, here, swipe(stage, person, cart, { device }));
        });
      }),
    );
  },
};

const suspendedStaff: Scheme = {
  name: "suspended-pharmacist",
  kinds: ["B17", "B13"],
  what: "a pharmacist whose right was taken away signs on",
  often: 2,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage);
    const pharmacist = `LX${stage.random.between(1_000, 9_999)}`;
    stage.world.listed.push({ list: "suspended-staff", id: pharmacist, from: stage.first - 5 });
    return someDays(stage, 2).map((day) =>
      act(day, () =>
        accomplices(stage, 4).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 20), stage.random);
          const cart = covered(
            stage,
            [packs(stage, "clopidogrel", 4), ...loot(stage)].slice(0, 2),
            store,
            at,
          );
          return single(at, store, swipe(stage, person, cart, { pharmacist }));
        }),
      ),
    );
  },
};

export const STATUS_SCHEMES: readonly Scheme[] = [
  deceased,
  inpatient,
  stopped,
  lapsedInsurance,
  forgedCard,
  shutOut,
  movedDevice,
  suspendedStaff,
];
