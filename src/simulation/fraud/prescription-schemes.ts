import { DAY, MINUTE, SECOND } from "../../units.ts";
import { type Cart, type Prescription, packsOf } from "../goods/cart.ts";
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
  strangers,
  swipe,
  timeOn,
} from "./cast.ts";
import { between, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** Prescriptions that no doctor wrote for this patient (domain 3.3: Harbin). */

function forged(stage: Stage, at: number, more: Partial<Prescription>): Prescription {
  return {
    number: `RX${stage.random
      .below(2 ** 31)
      .toString(36)
      .toUpperCase()}${stage.random.below(9_999)}`,
    prescriber: "D000000000000",
    issuedAt: at - stage.random.between(2, 90) * MINUTE,
    external: true,
    source: "hospital",
    long: false,
    ...more,
  };
}

const MILLED = [
  "rosuvastatin",
  "clopidogrel",
  "acarbose",
  "dapagliflozin",
  "shensong",
  "qili",
  "bailing",
  "niaoduqing",
  "xuesaitong",
] as const;

function milled(stage: Stage, prescription: Prescription): Cart {
  const { random } = stage;
  return random
    .sample(MILLED, random.between(1, 3))
    .map((key) => packs(stage, key, random.between(3, 5), { prescription }));
}

const mill: Scheme = {
  name: "prescription-mill",
  kinds: ["B01", "G04", "B16"],
  what: "one name signs for everybody at one pharmacy, hour after hour",
  often: 4,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage);
    const prescriber = stage.random.pick(stage.world.prescribers.around(store)).id;
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, wholeBetween(stage, 60, 32)).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, between(stage, 12, 19)), stage.random);
          return single(
            at,
            store,
            swipe(stage, person, milled(stage, forged(stage, at, { prescriber }))),
          );
        }),
      ),
    );
  },
};

const machineMill: Scheme = {
  name: "instant-prescriptions",
  kinds: ["B03", "B01"],
  what: "an internet hospital's machine signs within seconds for whatever the till has booked",
  often: 4,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage, ({ habits }) => habits.prescriptionTimes);
    const prescriber = stage.random.pick(stage.world.prescribers.online).id;
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, wholeBetween(stage, 40, 18)).map((person): Visit => {
          const at = timeOn(day, stage.random.within(9, 19), stage.random);
          const issuedAt = at - stage.random.between(3, wholeBetween(stage, 30, 70)) * SECOND;
          const prescription = forged(stage, at, { prescriber, issuedAt, source: "internet" });
          return single(at, store, swipe(stage, person, milled(stage, prescription)));
        }),
      ),
    );
  },
};

const unknownDoctor: Scheme = {
  name: "invented-doctor",
  kinds: ["B01", "B13"],
  what: "the prescriber is in no register, or may not prescribe any more",
  often: 3,
  needs: 3,
  plan(stage) {
    const { world, random } = stage;
    const store = quietStore(stage);
    const prescriber = `D99${random.between(1e9, 9e9)}`;
    if (stage.cunning > 0.5)
      world.listed.push({ list: "suspended-prescriber", id: prescriber, from: stage.first });
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, 5).map((person): Visit => {
          const at = timeOn(day, random.within(9, 19), random);
          return single(
            at,
            store,
            swipe(stage, person, milled(stage, forged(stage, at, { prescriber }))),
          );
        }),
      ),
    );
  },
};

const reusedNumber: Scheme = {
  name: "one-prescription-many",
  kinds: ["B01", "B21"],
  what: "one prescription's number serves for several persons, or again and again for one",
  often: 4,
  needs: 6,
  plan(stage) {
    const { random } = stage;
    const store = quietStore(stage);
    const people = accomplices(stage, stage.cunning > 0.5 ? 1 : 5);
    const days = everyDays(stage, 1, 5);
    const at = timeOn(days[0] ?? stage.first, 9, random);
    const prescription = forged(stage, at, {
      prescriber: random.pick(stage.world.prescribers.around(store)).id,
    });
    const product = productOf(stage, random.pick(MILLED));
    return days.map((day, index) =>
      act(day, () => {
        const when = timeOn(day, random.within(10, 18), random);
        const person = people[index % people.length] as NonNullable<(typeof people)[number]>;
        const cart: Cart = [packsOf(product, 3, { prescription, prescribed: 3 })];
        return [single(when, store, swipe(stage, person, cart))];
      }),
    );
  },
};

const stalePrescription: Scheme = {
  name: "old-prescription",
  kinds: ["B21", "B01"],
  what: "a paper of last month serves again with its date",
  often: 2,
  needs: 4,
  plan(stage) {
    const { random } = stage;
    const store = quietStore(stage, ({ habits }) => habits.prescriptionTimes);
    const prescriber = random.pick(stage.world.prescribers.around(store)).id;
    return someDays(stage, 3).map((day) =>
      act(day, () =>
        accomplices(stage, 3).map((person): Visit => {
          const at = timeOn(day, random.within(9, 19), random);
          const issuedAt = at - Math.round(between(stage, 30, 6)) * DAY;
          return single(
            at,
            store,
            swipe(stage, person, milled(stage, forged(stage, at, { prescriber, issuedAt }))),
          );
        }),
      ),
    );
  },
};

const withoutPaper: Scheme = {
  name: "no-prescription",
  kinds: ["B14"],
  what: "prescription drugs go over the counter without any prescription",
  often: 4,
  needs: 4,
  plan(stage) {
    const { random } = stage;
    const store = quietStore(stage);
    return daysInARow(stage, 3).map((day) =>
      act(day, () =>
        strangers(
          stage,
          wholeBetween(stage, 6, 3),
          ({ stores, age }) => stores.length > 0 && age > 20,
        ).map((person): Visit => {
          const at = timeOn(day, random.within(9, 20), random);
          const key = random.pick([
            "cefixime",
            "azithromycin",
            "amoxicillin",
            "sertraline",
            "rosuvastatin",
          ]);
          return single(
            at,
            store,
            swipe(stage, person, [packs(stage, key, 1)], { pharmacist: null }),
          );
        }),
      ),
    );
  },
};

const handwritten: Scheme = {
  name: "handwritten-for-dear-drug",
  kinds: ["B01", "G04", "B02"],
  what: "targeted drugs that need an electronic prescription and a filing are booked on handwritten paper",
  often: 4,
  needs: 5,
  plan(stage) {
    const { random } = stage;
    const store = quietStore(stage);
    const prescriber = random.pick(stage.world.prescribers.around(store)).id;
    const patients = accomplices(stage, wholeBetween(stage, 6, 3), ({ age }) => age > 30);
    return someDays(stage, 3).map((day) =>
      act(day, () =>
        patients.map((person): Visit => {
          const at = timeOn(day, random.within(9, 19), random);
          const external = stage.cunning > 0.6;
          const prescription = forged(stage, at, { prescriber, external });
          const key = random.pick(["osimertinib", "anlotinib"]);
          const cart = [packs(stage, key, key === "anlotinib" ? 2 : 1, { prescription })];
          return single(
            at,
            store,
            swipe(stage, person, cart, { medicalType: "15", disease: "M00500" }),
          );
        }),
      ),
    );
  },
};

export const PRESCRIPTION_SCHEMES: readonly Scheme[] = [
  mill,
  machineMill,
  unknownDoctor,
  reusedNumber,
  stalePrescription,
  withoutPaper,
  handwritten,
];
