import { type DurationMs, type Observer, SILENT } from "../units.ts";
import {
  type Changed,
  type CounterStore,
  type EntryChange,
  type Observation,
  type Observed,
  type Sealing,
  StoreUnavailableError,
} from "./contract.ts";

/** Which generation of the memory answers, and which one is written beside it. */
export interface Standing {
  readonly living: string;
  readonly other?: string;
}

export interface StandingGenerations {
  /** Undefined where what is known of it is too old to go by. */
  now(): Standing | undefined;
  /** Looks again. @throws StoreUnavailableError */
  look(): Promise<void>;
}

export interface MirroredParts {
  readonly generations: StandingGenerations;
  readonly storeOf: (generation: string) => CounterStore;
  readonly observer?: Observer;
  close(): Promise<void>;
}

/** Writes to the other generation under way at once; beyond it they are left to the record, from which it is filled. */
const MIRRORED_MAX = 500;
/** Stores kept at hand: the living one, the other, and those before them for checks under way. */
const STORES_KEPT = 4;

const NOT_HEARD = Promise.resolve(false);

/** What a check goes on with: it ends under the generations it began under. */
interface Begun {
  readonly living: string;
  readonly other: string | undefined;
  /** When the other generation has observed it, or has failed to. */
  readonly otherHeard: Promise<boolean>;
}

/**
 * The memory in two generations at once. The living one alone answers; the other's failures and delays are nobody's but
 * an operator's to know. A check is sent to the other first and, without waiting for it, to the living: commands keep
 * their order on a connection, so of two checks of a person through instances that follow different generations (the
 * second in which they change places) at least one sees the other. What happens to a sale later is sent once the living
 * has done it, and is refused by the other wherever the sale stands otherwise there: then the record brings it.
 */
export function createMirroredStore(parts: MirroredParts): CounterStore {
  const { generations, storeOf, observer = SILENT } = parts;
  const mirror = new Mirror(generations, storeOf, observer);
  const ask = <T>(read: (of: CounterStore) => Promise<T>) =>
    mirror.standing(({ living }) => read(mirror.store(living)));
  const both = <T>(write: (of: CounterStore) => Promise<T>) =>
    mirror.standing((now) => mirror.both(now, write));
  return {
    observe: (observation, wait) =>
      mirror.standing((now) => mirror.observe(now, observation, wait)),
    seal: (sealing, wait) => mirror.after(sealing, (of) => of.seal(sealing, wait)),
    complete: (sealing) => mirror.after(sealing, (of) => of.complete(sealing)),
    locate: (swipe) => ask((of) => of.locate(swipe)),
    readEntry: (person, swipe) => ask((of) => of.readEntry(person, swipe)),
    change: (change) => mirror.standing((now) => mirror.change(now, change)),
    completeChange: (change) => both((of) => of.completeChange(change)),
    fold: (person, at) => both((of) => of.fold(person, at)),
    ledgers: (persons) => ask((of) => of.ledgers(persons)),
    traces: (codes) => ask((of) => of.traces(codes)),
    flag: (person, flag) => both((of) => of.flag(person, flag)),
    flags: (persons) => ask((of) => of.flags(persons)),
    close: () => parts.close(),
  };
}

class Mirror {
  private readonly generations: StandingGenerations;
  private readonly storeOf: MirroredParts["storeOf"];
  private readonly observer: Observer;
  private readonly stores = new Map<string, CounterStore>();
  private readonly begun = new WeakMap<Observation, Begun>();
  private underWay = 0;

  constructor(
    generations: StandingGenerations,
    storeOf: MirroredParts["storeOf"],
    observer: Observer,
  ) {
    this.generations = generations;
    this.storeOf = storeOf;
    this.observer = observer;
  }

  store(generation: string): CounterStore {
    const known = this.stores.get(generation);
    if (known !== undefined) return known;
    const made = this.storeOf(generation);
    const [oldest] = this.stores.keys();
    if (this.stores.size >= STORES_KEPT && oldest !== undefined) this.stores.delete(oldest);
    this.stores.set(generation, made);
    return made;
  }

  /** At once where it is known which generation lives; nothing is awaited on the way of a check. */
  standing<T>(run: (standing: Standing) => Promise<T>): Promise<T> {
    const known = this.generations.now();
    return known === undefined ? this.looked(run) : run(known);
  }

  private async looked<T>(run: (standing: Standing) => Promise<T>): Promise<T> {
    await this.generations.look();
    const known = this.generations.now();
    if (known === undefined)
      throw new StoreUnavailableError("The store did not say in time which memory lives.");
    return run(known);
  }

  observe(
    { living, other }: Standing,
    observation: Observation,
    wait: DurationMs | undefined,
  ): Promise<Observed> {
    const otherHeard =
      other === undefined ? NOT_HEARD : this.mirrored(() => this.store(other).observe(observation));
    this.begun.set(observation, { living, other, otherHeard });
    return this.store(living).observe(observation, wait);
  }

  /** The seal of a check, or its completion: under the generations of its observation. */
  after<T>({ observation }: Sealing, write: (of: CounterStore) => Promise<T>): Promise<T> {
    const known = this.begun.get(observation);
    if (known === undefined) return this.standing((now) => this.both(now, write));
    const { living, other } = known;
    if (other !== undefined) {
      void this.mirrored(async () => {
        if (await known.otherHeard) await write(this.store(other));
      });
    }
    return write(this.store(living));
  }

  both<T>({ living, other }: Standing, write: (of: CounterStore) => Promise<T>): Promise<T> {
    if (other !== undefined) void this.mirrored(() => write(this.store(other)));
    return write(this.store(living));
  }

  async change({ living, other }: Standing, change: EntryChange): Promise<Changed> {
    const changed = await this.store(living).change(change);
    if (changed.changed && other !== undefined)
      void this.mirrored(() => this.store(other).change(change));
    return changed;
  }

  /** Behind the answer; true when it was done. Begins at once, and never rejects. */
  private async mirrored(write: () => Promise<unknown>): Promise<boolean> {
    const tell = (outcome: "written" | "failed" | "skipped") =>
      this.observer.notice({ kind: "memory.mirrored", labels: { outcome } });
    if (this.underWay >= MIRRORED_MAX) {
      tell("skipped");
      return false;
    }
    this.underWay += 1;
    try {
      await write();
      tell("written");
      return true;
    } catch {
      tell("failed");
      return false;
    } finally {
      this.underWay -= 1;
    }
  }
}
