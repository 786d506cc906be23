import type { SwipeKey } from "../counters/contract.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import type { Pseudonym } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes } from "../units.ts";

/** What this process itself answered lately; a day of a busy counter. Full, some 30 MB; of refusals alone, whose texts are long, 130 (seen). */
export const RECENT_SWIPES_MAX = 20_000;

/** Remembers a bounded number of swipes, the oldest go first. */
export class RecentSwipes<T> {
  private readonly kept = new Map<SwipeKey, T>();
  /**
   * Goes along with the map: all it has passed is gone. A fresh look at the first key steps over every place that was
   * freed since the map last grew, which took 3 to 13 us a swipe once it was full (measured); this takes 0.3.
   */
  private oldest: MapIterator<SwipeKey> | undefined;

  get(swipe: SwipeKey): T | undefined {
    return this.kept.get(swipe);
  }

  set(swipe: SwipeKey, value: T): void {
    this.kept.delete(swipe);
    if (this.kept.size >= RECENT_SWIPES_MAX) {
      this.oldest ??= this.kept.keys();
      const { value: oldest, done } = this.oldest.next();
      if (!done) this.kept.delete(oldest);
    }
    this.kept.set(swipe, value);
  }

  delete(swipe: SwipeKey): void {
    this.kept.delete(swipe);
    // Left where it is until the map is full again, it would keep all that the map outgrows meanwhile: a third of what
    // came and went (measured).
    this.oldest = undefined;
  }
}

/** An answer this process gave: content by which a repeat is known, the sealed form, and whose swipe it was. */
export interface GivenAnswer {
  readonly content: Bytes;
  /** The key that content is under; absent where this process does not have it: then the id alone tells a repeat. */
  readonly by: Pseudonymiser | undefined;
  readonly decided: Bytes;
  readonly person: Pseudonym;
  readonly pharmacy: string;
}

/** What this process answered, so that it answers a repeat alike when the store cannot. */
export class GivenAnswers {
  /** Answers that the store does not have, or may not have. */
  readonly standIns = new RecentSwipes<GivenAnswer>();
  /** Answers the store has, whether or not their record was taken in time: nobody may be told another. */
  readonly sealed = new RecentSwipes<GivenAnswer>();
  /** Answers this process wrote the record of. */
  readonly recorded = new RecentSwipes<GivenAnswer>();

  of(swipe: SwipeKey): GivenAnswer | undefined {
    return this.standIns.get(swipe) ?? this.recorded.get(swipe) ?? this.sealed.get(swipe);
  }

  /** The store has the answer now; it may be another instance's. */
  entered(swipe: SwipeKey, sealed: Bytes): void {
    this.standIns.delete(swipe);
    const given = this.recorded.get(swipe);
    if (given !== undefined) this.recorded.set(swipe, { ...given, decided: sealed });
  }
}
