import type { ShanghaiDay } from "../../units.ts";
import { groupBy } from "../groups.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Store } from "../stores/store.ts";
import type { World } from "../world.ts";

const GATE_SHARE = 0.36;
const USUAL_SHARE = 0.55;
const NEARBY_SHARE = 0.3;
/** A store that opens gives things away in its first days. */
const OPENING_DAYS = 6;
const OPENING_DRAW = 4;
const TRIES = 8;

/** Where somebody goes today; undefined where nothing is open to them. */
export class Whereabouts {
  private readonly world: World;
  private readonly byPrefecture: ReadonlyMap<string, readonly Store[]>;
  private readonly gates: ReadonlyMap<string, readonly Store[]>;

  constructor(world: World) {
    this.world = world;
    const prefectureOf = ({ area }: Store) => area.slice(0, 4);
    const gates = world.stores.filter(({ kind }) => kind === "hospital-gate");
    this.byPrefecture = groupBy(world.stores, prefectureOf);
    this.gates = groupBy(gates, prefectureOf);
  }

  storeOf(person: Person, day: ShanghaiDay, random: Random): Store | undefined {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const store = this.wish(person, day, random);
      if (store !== undefined && store.opened <= day) return store;
    }
    return undefined;
  }

  /** Any store of the prefecture, the busy ones more often. */
  somewhere(prefecture: string, day: ShanghaiDay, random: Random): Store | undefined {
    const stores = this.byPrefecture.get(prefecture);
    if (stores === undefined) return undefined;
    return random.weighted(stores, (store) => drawOn(store, day));
  }

  private wish(person: Person, day: ShanghaiDay, random: Random): Store | undefined {
    const { stores } = this.world;
    if (person.awayUntil > day) return stores[random.pick(person.awayStores)];
    const home = stores[person.stores[0] ?? -1];
    if (home === undefined) return undefined;
    if (person.worksAt !== undefined && random.chance(0.5)) return stores[person.worksAt];
    const prefecture = person.commutes && random.chance(0.5) ? "2101" : home.area.slice(0, 4);
    const gates = this.gates.get(prefecture);
    if (gates !== undefined && random.chance(GATE_SHARE)) return random.pick(gates);
    if (prefecture !== home.area.slice(0, 4)) return this.somewhere(prefecture, day, random);
    const draw = random.next();
    if (draw < USUAL_SHARE) return home;
    if (draw < USUAL_SHARE + NEARBY_SHARE) return stores[random.pick(person.stores)];
    return this.somewhere(prefecture, day, random);
  }
}

function drawOn(store: Store, day: ShanghaiDay): number {
  if (store.opened > day) return 0;
  // Gates have their own share, and nobody goes to a factory's store by chance.
  if (store.kind === "hospital-gate" || store.kind === "factory") return 0.05;
  return day - store.opened < OPENING_DAYS ? store.draw * OPENING_DRAW : store.draw;
}
