import type { CounterStore, LedgerEntry, Memory, Observed } from "../../src/counters/contract.ts";
import { digest, observation, type Sale, sealing } from "./swipes.ts";

/** A store whose memory is its own, and the clock it reads by. */
export interface StoreUnderTest {
  readonly store: CounterStore;
  setNow(at: number): void;
}

export type Fresh = () => Promise<StoreUnderTest>;
export type Remembering = Extract<Observed, { verdict: "new" | "retry" }>;

type Present<T> = T extends readonly (infer E)[] ? readonly Exclude<E, undefined>[] : T;
/** A memory all of which was read. */
export type Whole = { readonly [K in keyof Memory]: Present<Exclude<Memory[K], undefined>> };

export type Remembered = Omit<Remembering, "memory"> & { readonly memory: Whole };

export function remembered(observed: Observed): Remembered {
  if (observed.verdict !== "new" && observed.verdict !== "retry") {
    throw new Error(`expected a memory, got ${observed.verdict}`);
  }
  const { memory } = observed;
  const isUnread = Object.values(memory).some(
    (part: readonly unknown[] | undefined) => part?.includes(undefined) ?? true,
  );
  if (isUnread || observed.incomplete) throw new Error("not all of the memory was read");
  return observed as Remembered;
}

export async function check(
  under: StoreUnderTest,
  sale: Sale,
  holds = !sale.inquiry,
  presume = false,
) {
  under.setNow(sale.at);
  const of = observation(sale);
  const observed = await under.store.observe(of);
  await under.store.seal(sealing(of, { holds, presume, level: holds ? 0 : 3 }));
  return observed;
}

export async function settle(
  under: StoreUnderTest,
  id: string,
  person: string,
  at: number,
  to: "sold" | "returned" | "released",
) {
  under.setNow(at);
  const who = digest(`person ${person}`);
  const swipe = digest(id, 8);
  const located = await under.store.locate(swipe);
  const { entry } = await under.store.readEntry(who, swipe);
  if (!entry || !located) throw new Error(`${id} is not remembered`);
  const after: LedgerEntry = { ...entry, state: to === "sold" ? "settled" : "returned" };
  return under.store.change({
    person: who,
    swipe,
    pharmacy: located.pharmacy,
    at,
    before: entry,
    after,
    returns: undefined,
    claims: located.claims.map((claim) => ({ ...claim, to })),
    tallies: [],
  });
}
