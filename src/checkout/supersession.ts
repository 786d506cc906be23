import type {
  CounterStore,
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
  /** Resolves when nothing is under way any more: replay waits for it before the next line. */
  idle(): Promise<void>;
}

export function createSupersession(
  store: CounterStore,
  now: () => number,
  observer: Observer,
  usesOf: (entry: LedgerEntry) => readonly TallyUse[],
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
    const { changed } = await store.change({
      person,
      swipe,
      pharmacy: located.pharmacy,
      at: now(),
      before: entry,
      after,
      returns,
      claims: located.claims.map((claim) => ({ ...claim, to: "released" })),
      tallies,
    });
    return changed;
  }

  return {
    release: (person, swipes) => {
      for (const swipe of swipes) {
        const work = letGo(person, swipe)
          .catch(() => observer.notice({ kind: "supersession.failed" }))
          .finally(() => underWay.delete(work));
        underWay.add(work);
      }
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}
