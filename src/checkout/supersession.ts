import type { CounterStore, PersonKey, SwipeKey } from "../counters/contract.ts";
import type { Observer } from "../units.ts";

/**
 * What a superseded step held and its successor did not take over is let go, after the answer has left.
 * A claim of the superseded step that stays behind would lapse by itself, or (NHSA) be presumed sold.
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
): Supersession {
  const underWay = new Set<Promise<void>>();

  async function letGo(person: PersonKey, swipe: SwipeKey): Promise<void> {
    const located = await store.locate(swipe);
    const { entry, returns } = await store.readEntry(person, swipe);
    if (located === undefined || entry?.state !== "superseded" || located.claims.length === 0)
      return;
    await store.change({
      person,
      swipe,
      pharmacy: located.pharmacy,
      at: now(),
      before: entry,
      after: entry,
      returns,
      claims: located.claims.map((claim) => ({ ...claim, to: "released" })),
    });
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
