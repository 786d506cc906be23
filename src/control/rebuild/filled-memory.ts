import type { FilledMemory } from "../../checkout/rebuild/rebuilder.ts";
import type { CounterStore, PersonKey } from "../../counters/contract.ts";
import { createKeyNames, personOfLedger } from "../../counters/keys.ts";
import { ledgerSeq } from "../../counters/ledger-layout.ts";
import type { MemoryHome } from "../../counters/operations.ts";
import { createPackedStore } from "../../counters/packed-store.ts";
import type { EpochMs } from "../../units.ts";

/** Where generations are kept, and the little that only a rebuild does to them. */
export interface Estate {
  readonly home: MemoryHome;
  forget(key: string): Promise<void>;
  /** Every key of a generation, the control documents excepted. */
  remove(generation: string): Promise<void>;
  /** Names of keys with this prefix, some at a time. */
  scan(prefix: string): AsyncIterable<readonly string[]>;
  close(): Promise<void>;
}

/** Others may change the same ledger at the same instant; each try reads it afresh. */
const TRIES_MAX = 5;

/** One generation of an estate, as a rebuild fills it. */
export function filledMemory(estate: Estate, generation: string, now: () => EpochMs): FilledMemory {
  const keys = createKeyNames(generation);
  const { home } = estate;
  return {
    storeAsOf: (then) => createPackedStore(home, keys, then),
    raiseSequence: async (person, to) => {
      const ledgerKey = keys.ledger(person);
      for (let tried = 0; tried < TRIES_MAX; tried += 1) {
        const [before] = await home.read([ledgerKey], now());
        if (!before || ledgerSeq(before) >= to) return;
        const after = Buffer.from(before);
        after.writeUInt32BE(to, 0);
        if (await home.fold({ ledgerKey, before, after })) return;
      }
    },
    forgetAnswer: (person, swipe) => estate.forget(keys.answer(person, swipe)),
  };
}

/** Where most of them are gone, the rest is not looked for for ever: some two million keys. */
const STEPS_MAX = 2_000;

/** Some of the persons that a generation knows, at most `max`. */
export async function personsOf(
  { scan }: Estate,
  generation: string,
  max: number,
): Promise<readonly PersonKey[]> {
  const persons: PersonKey[] = [];
  let steps = 0;
  for await (const keys of scan(`${generation}:{p`)) {
    persons.push(...keys.flatMap((key) => personOfLedger(key) ?? []));
    steps += 1;
    if (persons.length >= max || steps === STEPS_MAX) break;
  }
  return persons.slice(0, max);
}

export function storeOf(estate: Estate, generation: string, now: () => EpochMs): CounterStore {
  return createPackedStore(estate.home, createKeyNames(generation), now);
}
