import type { SwipeKey } from "../../counters/contract.ts";
import { RESERVATION } from "../../counters/limits.ts";
import type { EpochMs } from "../../units.ts";
import type { SaleFacts } from "./page.ts";

/** Accepted checks whose settlement may still come; a day of a busy instance, about 6 MB when full. */
export const OPEN_SALES_MAX = 20_000;

interface OpenSale {
  readonly facts: SaleFacts;
  /** Sold without a word after fifteen minutes. */
  readonly presume: boolean;
  isCounted: boolean;
}

/**
 * What a settlement does not say again of its check, in order of arrival; the oldest go. A sale that is settled after
 * it was forgotten here is counted by what the ledger has of it.
 */
export class OpenSales {
  private readonly sales = new Map<SwipeKey, OpenSale>();
  /** Those that are presumed in time, in order of arrival. */
  private readonly presumable = new Map<SwipeKey, OpenSale>();

  accept(swipe: SwipeKey, facts: SaleFacts, presume: boolean): void {
    const known = this.sales.get(swipe);
    if (known !== undefined) return;
    if (this.sales.size >= OPEN_SALES_MAX) this.dropOldest();
    const sale = { facts, presume, isCounted: false };
    this.sales.set(swipe, sale);
    if (presume) this.presumable.set(swipe, sale);
  }

  /** The facts of a sale that is settled now; `counted` where it counts already, undefined where it is unknown. */
  settle(swipe: SwipeKey): SaleFacts | "counted" | undefined {
    const sale = this.sales.get(swipe);
    if (sale === undefined) return undefined;
    if (sale.isCounted) return "counted";
    sale.isCounted = true;
    this.presumable.delete(swipe);
    return sale.facts;
  }

  /** Nothing was sold after all, as yet. */
  letGo(swipe: SwipeKey): void {
    this.presumable.delete(swipe);
  }

  /** Those presumed sold by `now`, each told once. */
  presumed(now: EpochMs): readonly SaleFacts[] {
    const due: SaleFacts[] = [];
    for (const [swipe, sale] of this.presumable) {
      if (sale.facts.at + RESERVATION > now) break;
      sale.isCounted = true;
      this.presumable.delete(swipe);
      due.push(sale.facts);
    }
    return due;
  }

  private dropOldest(): void {
    for (const swipe of this.sales.keys()) {
      this.sales.delete(swipe);
      this.presumable.delete(swipe);
      return;
    }
  }
}
