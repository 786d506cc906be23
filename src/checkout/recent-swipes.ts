import type { SwipeKey } from "../counters/contract.ts";
import type { Bytes } from "../units.ts";

/** What this process itself answered lately; a day of a busy counter, about 20 MB when full. */
export const RECENT_SWIPES_MAX = 20_000;

/** Remembers a bounded number of swipes, the oldest go first. */
export class RecentSwipes<T> {
  private readonly kept = new Map<SwipeKey, T>();
  get(swipe: SwipeKey): T | undefined {
    return this.kept.get(swipe);
  }
  set(swipe: SwipeKey, value: T): void {
    this.kept.delete(swipe);
    if (this.kept.size >= RECENT_SWIPES_MAX) {
      for (const oldest of this.kept.keys()) {
        this.kept.delete(oldest);
        break;
      }
    }
    this.kept.set(swipe, value);
  }
}

/** An answer this process gave: content by which a repeat is known, and the sealed form. */
export interface GivenAnswer {
  readonly content: Bytes;
  readonly decided: Bytes;
}
