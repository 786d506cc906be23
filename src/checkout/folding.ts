import type { CounterStore, PersonKey } from "../counters/contract.ts";
import { LEDGER_FOLD_ABOVE } from "../counters/limits.ts";
import type { Observer } from "../units.ts";

/** An overlong ledger is folded once its check has been answered: few persons ever have one (promise 9). */
export interface Folding {
  /** `entries`: how many the check saw. */
  afterCheck(person: PersonKey, entries: number): void;
  /** Resolves when nothing is under way any more: replay waits for it before the next line. */
  idle(): Promise<void>;
}

export function createFolding(store: CounterStore, now: () => number, observer: Observer): Folding {
  const underWay = new Map<PersonKey, Promise<void>>();

  async function fold(person: PersonKey): Promise<void> {
    try {
      // A ledger that changed meanwhile is left to that change's own check.
      if (await store.fold(person, now())) observer.notice({ kind: "ledger.folded" });
    } catch {
      observer.notice({ kind: "ledger.fold_failed" });
    } finally {
      underWay.delete(person);
    }
  }

  return {
    afterCheck: (person, entries) => {
      if (entries > LEDGER_FOLD_ABOVE && !underWay.has(person)) underWay.set(person, fold(person));
    },
    idle: async () => {
      await Promise.all(underWay.values());
    },
  };
}
