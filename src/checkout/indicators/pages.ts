import type { EpochMs, ShanghaiDay } from "../../units.ts";
import { shanghaiDay } from "../../units.ts";
import { Page, type SaleFacts } from "./page.ts";

/** Pharmacies one instance watches; a city has about 2,000. Some 7 KB each. */
export const PHARMACIES_MAX = 5_000;

/** All pharmacies this instance watches, and up to which day they are judged: what outlives a restart. */
export class Pages {
  private readonly pages = new Map<string, Page>();
  /** The last Shanghai day whose indicators were worked out. */
  lastClosed: ShanghaiDay | undefined;

  all(): readonly Page[] {
    return [...this.pages.values()];
  }

  restore(page: Page): void {
    if (this.pages.size < PHARMACIES_MAX) this.pages.set(page.pharmacy, page);
  }

  /** False where this instance watches as many pharmacies as it can already. */
  count(sale: SaleFacts): boolean {
    const page = this.pageOf(sale.pharmacy, sale.area, sale.at);
    page?.count(sale);
    return page !== undefined;
  }

  pageOf(pharmacy: string, area: string, at: EpochMs): Page | undefined {
    const known = this.pages.get(pharmacy);
    if (known !== undefined) return known;
    if (this.pages.size >= PHARMACIES_MAX) return undefined;
    const page = new Page(pharmacy, area, shanghaiDay(at));
    this.pages.set(pharmacy, page);
    return page;
  }
}
