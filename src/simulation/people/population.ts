import type { ShanghaiDay } from "../../units.ts";
import { dateText } from "../days.ts";
import type { Catalogue } from "../goods/catalogue.ts";
import { packDays } from "../goods/drug.ts";
import { groupBy } from "../groups.ts";
import type { Random } from "../random.ts";
import { ABROAD, NEIGHBOURS } from "../stores/places.ts";
import type { Store } from "../stores/store.ts";
import { DISEASES, type Disease } from "./diseases.ts";
import { idNumberOf } from "./id-number.ts";
import type { Person, Regimen } from "./person.ts";

export interface PopulationPlan {
  readonly persons: number;
  readonly firstDay: ShanghaiDay;
  readonly stores: readonly Store[];
  readonly catalogue: Catalogue;
}

/** Insured elsewhere and only passing through. */
const VISITOR_SHARE = 0.05;
const PENSIONER_SHARE = 0.24;
const CHILD_SHARE = 0.13;
const COMMUTER_SHARE = 0.25;
/** Of those old enough; most of the old have something. */
const CHRONIC_BY_AGE = [
  { from: 70, share: 0.72 },
  { from: 60, share: 0.55 },
  { from: 45, share: 0.27 },
  { from: 18, share: 0.07 },
];
const FILED_SHARE = 0.9;
const LONG_SHARE = 0.1;
const FETCHED_SHARE = 0.25;
const RESIDENTS_A_HOME = 22;
const PERSONS_A_HOME = 15_000;
const STAFF_A_STORE = 4;
const EMPLOYERS_PER_PERSONS = 60;
const FACTORY_SHARE = 0.04;

export function createPopulation(plan: PopulationPlan, random: Random): Person[] {
  const visitors = Math.round(plan.persons * VISITOR_SHARE);
  const people: Person[] = [];
  for (let index = 0; index < plan.persons; index += 1) {
    const isVisitor = index >= plan.persons - visitors;
    people.push(isVisitor ? createVisitor(index, plan, random) : createPerson(index, plan, random));
  }
  const settled = people.slice(0, plan.persons - visitors);
  fillCareHomes(settled, plan, random.fork("care homes"));
  assignStaff(settled, plan, random.fork("staff"));
  assignFetchers(settled, random.fork("fetchers"));
  return people;
}

type Draft = { -readonly [K in keyof Person]: Person[K] };

function createVisitor(index: number, plan: PopulationPlan, random: Random): Person {
  const prefecture = random.pick(ABROAD);
  const person = bareOf(
    index,
    `${prefecture.slice(0, 4)}02`,
    `${prefecture.slice(0, 4)}00`,
    plan,
    random,
  );
  person.stores = [];
  person.tokenShare = 0.9;
  return person;
}

function createPerson(index: number, plan: PopulationPlan, random: Random): Person {
  const home = random.weighted(plan.stores, livesBy);
  const factory = plan.stores.find(({ neighbour }) => neighbour !== undefined);
  const person = bareOf(index, home.area, `${home.area.slice(0, 4)}00`, plan, random);
  const isWorker = person.insurance === "310" && person.age < 60;
  if (factory?.neighbour !== undefined && isWorker && random.chance(FACTORY_SHARE)) {
    person.employer = factory.neighbour;
    person.stores = [factory.index, home.index];
  } else {
    person.stores = [home.index, ...nearby(home, plan.stores, random)];
  }
  person.commutes =
    NEIGHBOURS.some(({ area }) => area === home.area) && random.chance(COMMUTER_SHARE);
  makeChronic(person, plan, random);
  return person;
}

/** Gates and stations draw from the whole city, so nobody lives by them. */
function livesBy({ kind, draw }: Store): number {
  if (kind === "hospital-gate" || kind === "station" || kind === "tourist") return 0.3;
  return kind === "new" ? 0.5 : draw;
}

function nearby(home: Store, stores: readonly Store[], random: Random): number[] {
  const others = stores.filter(
    ({ index, area, kind }) =>
      index !== home.index && area.slice(0, 4) === home.area.slice(0, 4) && kind !== "factory",
  );
  if (others.length === 0) return [];
  const close = others.filter(({ area }) => area === home.area);
  const some = random.sample(close.length > 1 ? close : others, 2);
  return some.map(({ index }) => index);
}

function bareOf(
  index: number,
  area: string,
  insuredArea: string,
  plan: PopulationPlan,
  random: Random,
): Draft {
  const age = ageOf(random);
  const birth = birthOf(plan.firstDay, age, random);
  const sex = random.chance(0.5) ? "1" : "2";
  const insured = age >= 18 && random.chance(0.62) ? "310" : "390";
  const employers = Math.max(3, Math.round(plan.persons / EMPLOYERS_PER_PERSONS));
  return {
    index,
    number: `${insuredArea}${String(10_000_000 + index * 37).padStart(14, "0")}`,
    idNumber: idNumberOf({ area, birth, sex }, random),
    birth,
    age,
    sex,
    insuredArea,
    insurance: insured,
    employer:
      insured === "310" && age < 60 ? `第${random.below(employers) + 1}号有限公司` : undefined,
    cardNumber: `C${String(index * 13 + 1_000_003).padStart(9, "0")}`,
    cardSn: `SN${random
      .below(2 ** 31)
      .toString(16)
      .padStart(8, "0")}${index.toString(16)}`,
    balance:
      insured === "310" ? Math.round(random.within(300, age >= 60 ? 7_000 : 5_000)) * 100 : 0,
    stores: [],
    tokenShare: tokenShareOf(age, random),
    disease: undefined,
    filed: false,
    regimens: [],
    longPrescriptions: false,
    fetchedBy: undefined,
    fetchesFor: [],
    careHome: undefined,
    worksAt: undefined,
    illnesses: random.within(3, 20) * (age >= 60 || age < 12 ? 1.5 : 1),
    commutes: false,
    goneUntil: 0,
    illOn: 0,
    cupboard: new Map(),
    awayUntil: 0,
    awayStores: [],
  };
}

function ageOf(random: Random): number {
  const draw = random.next();
  if (draw < PENSIONER_SHARE) return 60 + Math.floor(random.next() * random.next() * 33);
  return draw < PENSIONER_SHARE + CHILD_SHARE ? random.between(1, 17) : random.between(18, 59);
}

function birthOf(firstDay: ShanghaiDay, age: number, random: Random): string {
  return dateText(firstDay - Math.floor(age * 365.25) - random.between(10, 350));
}

function tokenShareOf(age: number, random: Random): number {
  if (age >= 70) return random.chance(0.3) ? 0.7 : 0.02;
  return age >= 60 ? random.within(0, 0.8) : random.within(0.5, 1);
}

function makeChronic(person: Draft, plan: PopulationPlan, random: Random): void {
  const share = CHRONIC_BY_AGE.find(({ from }) => person.age >= from)?.share ?? 0;
  if (!random.chance(share)) return;
  const open = DISEASES.filter(
    ({ minAge, sex }) => person.age >= minAge && (sex === undefined || sex === person.sex),
  );
  if (open.length === 0) return;
  const disease = random.weighted(open, (some) => some.share);
  person.disease = disease.code;
  person.regimens = regimensOf(disease, plan, random);
  const isDear = person.regimens.some(({ product }) => product.price > 500);
  person.filed = isDear || random.chance(FILED_SHARE);
  person.longPrescriptions = !isDear && person.filed && random.chance(LONG_SHARE);
}

function regimensOf(disease: Disease, plan: PopulationPlan, random: Random): Regimen[] {
  const keys = disease.groups
    .filter(({ often }) => random.chance(often))
    .map(({ drugs }) => random.pick(drugs));
  const first = disease.groups[0];
  const taken = keys.length > 0 || first === undefined ? keys : [random.pick(first.drugs)];
  return taken.map((key) => {
    const product = random.pick(plan.catalogue.brands(key));
    return {
      product,
      packDays: (packDays(product.drug) ?? 30) * doseOf(product.drug.prefix, random),
      // Everybody has something at home when the city is first looked at.
      until: plan.firstDay + random.within(0, 32),
    };
  });
}

/** How much longer a pack lasts: some take half a tablet, some two; patent medicines are taken as the label says. */
function doseOf(prefix: string, random: Random): number {
  const draw = random.next();
  if (prefix.startsWith("Z") || draw < 0.87) return 1;
  return draw < 0.95 ? 2 : 0.5;
}

function fillCareHomes(people: readonly Person[], plan: PopulationPlan, random: Random): void {
  const homes = Math.max(1, Math.round(plan.persons / PERSONS_A_HOME));
  const old = people.filter(
    ({ age, regimens, stores }) => age >= 70 && regimens.length > 0 && stores.length > 0,
  );
  const residents = random.sample(old, homes * RESIDENTS_A_HOME);
  for (const [place, person] of residents.entries()) {
    (person as Draft).careHome = place % homes;
  }
}

function assignStaff(people: readonly Person[], plan: PopulationPlan, random: Random): void {
  const workers = people.filter(
    ({ age, insurance, employer }) =>
      age > 20 && age < 58 && insurance === "310" && employer !== undefined,
  );
  for (const [place, person] of random
    .sample(workers, plan.stores.length * STAFF_A_STORE)
    .entries()) {
    const draft = person as Draft;
    draft.worksAt = place % plan.stores.length;
  }
}

/** A child of forty fetches for one parent or both, who live in the same quarter. */
function assignFetchers(people: readonly Person[], random: Random): void {
  const children = groupBy(people, ({ age, stores }) =>
    age >= 25 && age <= 59 ? stores[0] : undefined,
  );
  const old = people.filter(
    ({ age, careHome, regimens }) => age >= 60 && careHome === undefined && regimens.length > 0,
  );
  for (const parent of old) {
    if (!random.chance(FETCHED_SHARE)) continue;
    const near = children.get(parent.stores[0] ?? -1);
    const child = near && random.pick(near);
    if (child === undefined || child.fetchesFor.length >= 2) continue;
    (parent as Draft).fetchedBy = child.index;
    child.fetchesFor.push(parent.index);
  }
}
