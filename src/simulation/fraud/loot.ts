import type { EpochMs } from "../../units.ts";
import type { Cart } from "../goods/cart.ts";
import { packDays } from "../goods/drug.ts";
import type { Store } from "../stores/store.ts";
import { packs, withPrescription } from "./cast.ts";
import { between, isCareful, type Stage } from "./scheme.ts";

/** What sells again: chronic medicine by the box, dear patents, tonics (domain 3.4). */
const SOUGHT: readonly (readonly [key: string, packs: number])[] = [
  ["ejiao", 1],
  ["angong", 1],
  ["shensong", 4],
  ["qili", 4],
  ["acarbose", 3],
  ["atorvastatin", 3],
  ["rosuvastatin", 2],
  ["clopidogrel", 4],
  ["dapagliflozin", 3],
  ["niaoduqing", 4],
  ["bailing", 4],
  ["xuesaitong", 4],
  ["danshen", 4],
  ["saxagliptin", 4],
  ["ejiaojiang", 3],
  ["lianhua", 4],
];
const TONICS = ["ejiao", "ejiao", "angong", "ejiaojiang"] as const;
const MODEST_YUAN = 300;
/** The clumsy do not trouble themselves with prescriptions, every other time. */
const CARELESS = 0.3;

/** One to three lines of what sells again; only the clumsy take more of each than a patient might. */
export function loot(stage: Stage): Cart {
  const { random } = stage;
  const isGreedy = stage.cunning < CARELESS;
  return random
    .sample(SOUGHT, random.between(1, isCareful(stage) ? 2 : 3))
    .map(([key, usual]) =>
      packs(stage, key, isGreedy ? Math.max(1, usual + random.between(-1, 1)) : modest(stage, key)),
    );
}

/** What lasts a week or so and is not dear: nobody asks. */
function modest(stage: Stage, key: string): number {
  const drug = stage.world.catalogue.drug(key);
  const byDays = Math.floor(between(stage, 12, 7) / (packDays(drug) ?? 30));
  return Math.max(1, Math.min(byDays, Math.floor(MODEST_YUAN / drug.price)));
}

/** The one list a gang buys over and over. */
export function fixedLoot(stage: Stage): Cart {
  const { random } = stage;
  return random
    .sample(SOUGHT.slice(2), random.between(2, 3))
    .map(([key, usual]) =>
      packs(stage, key, stage.cunning < CARELESS ? usual : modest(stage, key)),
    );
}

export function tonics(stage: Stage): Cart {
  const key = stage.random.pick(TONICS);
  return [packs(stage, key, key === "ejiaojiang" ? stage.random.between(3, 6) : 1)];
}

/** With a prescription that was got somehow, or, by the careless, with none. */
export function covered(stage: Stage, cart: Cart, store: Store, at: EpochMs): Cart {
  const isCareless = stage.cunning < CARELESS && stage.random.chance(0.5);
  return isCareless ? cart : withPrescription(stage, cart, store, at);
}

/** The same boxes are not sold twice: every sale of a fixed list has its own. */
export function anew(cart: Cart): Cart {
  return cart.map(({ codes: _codes, ...line }) => line);
}
