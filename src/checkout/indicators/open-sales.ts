import type { SwipeKey } from "../../counters/contract.ts";
import { RESERVATION } from "../../counters/limits.ts";
import type { EpochMs } from "../../units.ts";
import type { SaleFacts } from "./page.ts";

/** Accepted checks whose settlement may still come; a day of a busy instance, at most 6 MB when full. */
export const OPEN_SALES_MAX = 20_000;

/**
 * What a settlement does not say again of its check, in order of arrival; the oldest go. A sale that is settled after
 * it was forgotten here is counted by what the ledger has of it.
 */
export class OpenSales {
  private readonly sales = new Map<SwipeKey, SaleFacts | "counted">();
  /** Goes along with the map, as in recent-swipes.ts. */
  private oldest: MapIterator<SwipeKey> | undefined;
  /** Those that are sold without a word after fifteen minutes, in order of arrival. */
  private readonly presumable = new Map<SwipeKey, SaleFacts>();
  /** Goes along with these, and stands at the first of them that is not due. */
  private waiting: MapIterator<[SwipeKey, SaleFacts]> | undefined;
  private first: readonly [SwipeKey, SaleFacts] | undefined;

  accept(swipe: SwipeKey, facts: SaleFacts, presume: boolean): void {
    const known = this.sales.get(swipe);
    if (known !== undefined) return;
    if (this.sales.size >= OPEN_SALES_MAX) this.dropOldest();
    this.sales.set(swipe, facts);
    if (presume) this.presumable.set(swipe, facts);
  }

  /** The facts of a sale that is settled now; `counted` where it counts already, undefined where it is unknown. */
  settle(swipe: SwipeKey): SaleFacts | "counted" | undefined {
    const facts = this.sales.get(swipe);
    if (facts !== undefined && facts !== "counted") this.counted(swipe);
    return facts;
  }

  /** Nothing was sold after all, as yet. */
  letGo(swipe: SwipeKey): void {
    this.presumable.delete(swipe);
  }

  /** Those presumed sold by `now`, each told once. */
  presumed(now: EpochMs): readonly SaleFacts[] {
    const due: SaleFacts[] = [];
    for (let first = this.firstPresumable(); first !== undefined; first = this.firstPresumable()) {
      const [swipe, facts] = first;
      if (facts.at + RESERVATION > now) break;
      this.counted(swipe);
      due.push(facts);
    }
    return due;
  }

  /** Its facts are asked for no more, and not kept. */
  private counted(swipe: SwipeKey): void {
    this.sales.set(swipe, "counted");
    this.presumable.delete(swipe);
  }

  private firstPresumable(): readonly [SwipeKey, SaleFacts] | undefined {
    const { first } = this;
    if (first !== undefined && this.presumable.get(first[0]) === first[1]) return first;
    this.waiting ??= this.presumable.entries();
    const { value, done } = this.waiting.next();
    // It has seen the end and would not see what comes behind it.
    if (done) this.waiting = undefined;
    this.first = done ? undefined : value;
    return this.first;
  }

  private dropOldest(): void {
    this.oldest ??= this.sales.keys();
    const { value: swipe, done } = this.oldest.next();
    if (done) return;
    this.sales.delete(swipe);
    this.presumable.delete(swipe);
  }
}
