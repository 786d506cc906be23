import type { CounterStore, LedgerEntry, SwipeKey, TallyUse } from "../../counters/contract.ts";
import { isUnsettled } from "../../decision/entry-state.ts";
import { tallyMovesOf } from "../../decision/tally-moves.ts";
import type { EpochMs } from "../../units.ts";

/** Others may change the same step at the same instant; each try reads it afresh. */
const TRIES_MAX = 5;

/**
 * Lets go of the earlier steps of a sale whose check was written live, ahead of the record: it could not take the place
 * of what was not there yet.
 */
export async function supersedeAgain(
  store: CounterStore,
  swipes: readonly SwipeKey[],
  at: EpochMs,
  usesOf: (entry: LedgerEntry) => readonly TallyUse[],
): Promise<void> {
  for (const swipe of swipes) {
    for (let tried = 0; tried < TRIES_MAX; tried += 1) {
      if (await tryTo(store, swipe, at, usesOf)) break;
    }
  }
}

/** False: somebody else changed it meanwhile. */
async function tryTo(
  store: CounterStore,
  swipe: SwipeKey,
  at: EpochMs,
  usesOf: (entry: LedgerEntry) => readonly TallyUse[],
): Promise<boolean> {
  const located = await store.locate(swipe);
  if (located === undefined) return true;
  const { person, pharmacy, claims } = located;
  const { entry: before, returns } = await store.readEntry(person, swipe);
  if (before === undefined || !isUnsettled(before)) return true;
  const after: LedgerEntry = { ...before, state: "superseded", presume: false };
  const { changed } = await store.change({
    ...{ person, swipe, pharmacy, at, before, after, returns },
    claims: claims.map((claim) => ({ ...claim, to: "released" as const })),
    tallies: tallyMovesOf({ before, after }, usesOf),
  });
  return changed;
}
