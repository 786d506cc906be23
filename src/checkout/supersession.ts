import type {
  CounterStore,
  EntryChange,
  LedgerEntry,
  PersonKey,
  SwipeKey,
  TallyUse,
} from "../counters/contract.ts";
import { tallyMovesOf } from "../decision/tally-moves.ts";
import type { Observer } from "../units.ts";

/** Others may change the same step at the same instant; each try reads it afresh. */
const TRIES_MAX = 3;

/**
 * What a superseded step held and its successor did not take over is let go, after the answer has left.
 * A claim of the superseded step that stays behind would lapse by itself, or (NHSA) be presumed sold; so would its
 * place in the totals of its pharmacy.
 */
export interface Supersession {
  release(person: PersonKey, swipes: readonly SwipeKey[]): void;
  /** The same, waited for. @throws StoreUnavailableError: some may be let go, and it may be called again */
  letGo(person: PersonKey, swipes: readonly SwipeKey[]): Promise<void>;
  /** Resolves when nothing is under way any more: replay waits for it before the next line. */
  idle(): Promise<void>;
}

/** `owed` is told of what the store could not be asked for: it is to be tried again when the store answers. */
export function createSupersession(
  store: CounterStore,
  now: () => number,
  observer: Observer,
  usesOf: (entry: LedgerEntry) => readonly TallyUse[],
  owed: (person: PersonKey, swipe: SwipeKey) => void = () =>
    observer.notice({ kind: "supersession.failed" }),
): Supersession {
  const underWay = new Set<Promise<void>>();

  async function letGo(person: PersonKey, swipe: SwipeKey): Promise<void> {
    for (let tried = 0; tried < TRIES_MAX; tried++) {
      if (await tryToLetGo(person, swipe)) return;
    }
    observer.notice({ kind: "supersession.failed" });
  }

  /** False: somebody else changed the step meanwhile. */
  async function tryToLetGo(person: PersonKey, swipe: SwipeKey): Promise<boolean> {
    const located = await store.locate(swipe);
    const { entry, returns } = await store.readEntry(person, swipe);
    if (located === undefined || entry?.state !== "superseded") return true;
    const after = { ...entry, presume: false };
    const tallies = tallyMovesOf({ before: entry, after }, usesOf);
    if (located.claims.length === 0 && tallies.length === 0) return true;
    const change: EntryChange = {
      person,
      swipe,
      pharmacy: located.pharmacy,
      at: now(),
      before: entry,
      after,
      returns,
      claims: located.claims.map((claim) => ({ ...claim, to: "released" })),
      tallies,
    };
    const done = await store.change(change);
    if (done.changed && done.incomplete) await store.completeChange(change);
    return done.changed;
  }

  return {
    release: (person, swipes) => {
      for (const swipe of swipes) {
        const work = letGo(person, swipe)
          .catch(() => owed(person, swipe))
          .finally(() => underWay.delete(work));
        underWay.add(work);
      }
    },
    letGo: async (person, swipes) => {
      for (const swipe of swipes) await letGo(person, swipe);
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}
