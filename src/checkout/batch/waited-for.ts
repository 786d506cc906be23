import {
  type Changed,
  type CounterStore,
  type EntryChange,
  type Observed,
  type Sealed,
  type Sealing,
  StoreUnavailableError,
} from "../../counters/contract.ts";

/** The store does not answer: an upload waits for it, and nothing of it is ever a stand-in or waits by itself. */
export class StoreAwayError extends Error {
  readonly code = "GUARD_BATCH_STORE_AWAY";
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreAwayError";
  }
}

/** A part of the store did not answer: as good as none, for whoever can wait. */
function whole(observed: Observed): Observed {
  if ("incomplete" in observed && observed.incomplete)
    throw new StoreAwayError("A part of the store did not answer.");
  return observed;
}

/** The answer stands, and a part of the store was not told: once more, before anybody is told. */
async function completed(store: CounterStore, sealing: Sealing, sealed: Sealed): Promise<Sealed> {
  if (!sealed.won || !sealed.incomplete) return sealed;
  await store.complete(sealing);
  return { won: true };
}

/** The same of a change: a line is told as taken when all of it is done. */
async function carriedOut(store: CounterStore, change: EntryChange): Promise<Changed> {
  const changed = await store.change(change);
  if (!changed.changed || !changed.incomplete) return changed;
  await store.completeChange(change);
  return { changed: true, personSeq: changed.personSeq };
}

/** The same store, but that it is away ends the upload instead of being answered in its place. */
export function waitedFor(store: CounterStore): CounterStore {
  const or = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof StoreUnavailableError)
        throw new StoreAwayError("The store did not answer.", { cause: error });
      throw error;
    }
  };
  return {
    ...store,
    observe: (observation) => or(store.observe(observation).then(whole)),
    seal: (sealing) => or(store.seal(sealing).then((sealed) => completed(store, sealing, sealed))),
    locate: (swipe) => or(store.locate(swipe)),
    readEntry: (person, swipe) => or(store.readEntry(person, swipe)),
    change: (change) => or(carriedOut(store, change)),
  };
}
