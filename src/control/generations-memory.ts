import type { CounterStore } from "../counters/contract.ts";
import type { SharedDocuments } from "../counters/control-documents.ts";
import { createKeyNames } from "../counters/keys.ts";
import { createMirroredStore } from "../counters/mirrored-store.ts";
import type { MemoryHome } from "../counters/operations.ts";
import { createPackedStore } from "../counters/packed-store.ts";
import type { Clock, EpochMs, Observer, Timers } from "../units.ts";
import { type FollowedGenerations, followGenerations } from "./follow-generations.ts";

export interface GenerationsMemoryParts {
  readonly home: MemoryHome;
  readonly documents: SharedDocuments;
  readonly now: () => EpochMs;
  /** Never runs backwards. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  /** Others may rebuild this memory while it is used (Redis); the embedded one is rebuilt when nobody uses it. */
  readonly watch: boolean;
}

export interface GenerationsMemory {
  readonly store: CounterStore;
  /** The same memory, read as of another time. */
  storeAsOf(now: () => EpochMs): CounterStore;
  readonly generations: FollowedGenerations;
}

/** A home's memory in whichever generation lives, followed as it changes. */
export function generationsMemory(parts: GenerationsMemoryParts): GenerationsMemory {
  const { home, now, observer } = parts;
  const generations = followGenerations(parts);
  const storeAsOf = (then: () => EpochMs) =>
    createMirroredStore({
      generations,
      storeOf: (generation) => createPackedStore(home, createKeyNames(generation), then, observer),
      observer,
      close: () => {
        generations.close();
        return home.close();
      },
    });
  return { store: storeAsOf(now), storeAsOf, generations };
}
