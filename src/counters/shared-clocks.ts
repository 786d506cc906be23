import type { DurationMs, EpochMs } from "../units.ts";

/** What the instances of one store tell one another of their clocks. */
export interface SharedClocks {
  /**
   * Leaves how far this instance's clock is ahead of the store's (undefined: not known yet) and reads what all have
   * left. Rejects with StoreUnavailableError.
   */
  beat(instance: string, ahead: DurationMs | undefined): Promise<Beat>;
}

export interface Beat {
  /** The store's own clock when it carried this out. */
  readonly storeTime: EpochMs;
  readonly told: readonly ToldClock[];
}

export interface ToldClock {
  readonly instance: string;
  readonly ahead: DurationMs;
  /** By the store's clock. */
  readonly at: EpochMs;
}
