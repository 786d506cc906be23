import type { LedgerEntry } from "../../counters/contract.ts";
import { RESERVATION } from "../../counters/limits.ts";
import { fundShare, isReturn } from "../../decision/came-back.ts";
import { stateAt } from "../../decision/entry-state.ts";
import type { Indicator } from "../../rules/indicators.ts";
import {
  type EpochMs,
  type Fen,
  type Observer,
  type ShanghaiDay,
  shanghaiDay,
  shanghaiMidnight,
} from "../../units.ts";
import type { Bundle } from "../bundle.ts";
import type { Afterwork } from "../clues/afterwork.ts";
import type { AnsweredCheck } from "../findings.ts";
import type { Recorder, ReversedRecord } from "../recorder.ts";
import type { Sale, Stepped } from "../sale-steps.ts";
import { indicatorData, type Standing, standingOf } from "./judge-indicators.ts";
import { OpenSales } from "./open-sales.ts";
import type { Page, SaleFacts } from "./page.ts";
import type { Pages } from "./pages.ts";
import { factsOfCheck, factsOfEntry } from "./sale-facts.ts";
import { noticeStandings } from "./standings.ts";

export interface IndicatorTools {
  readonly recorder: Recorder;
  readonly observer: Observer;
  readonly now: () => EpochMs;
  readonly bundle: () => Bundle;
  readonly afterwork: Afterwork;
  readonly pages: Pages;
}

/** Pharmacies judged before others may go on: about a millisecond of work. */
const AT_ONCE = 100;
/** Days made up for after a silence; what lies further back is past mending. */
const MADE_UP_MAX = 40;

/**
 * Sums of what this instance saw of each pharmacy, judged by the policy's indicators when a Shanghai day has closed
 * (RS-07 as soon as it is over). Several instances each see their part, and each speaks of its own.
 */
export class IndicatorBook {
  private readonly tools: IndicatorTools;
  private readonly open = new OpenSales();

  constructor(tools: IndicatorTools) {
    this.tools = tools;
  }

  answered(check: AnsweredCheck): void {
    if (!this.isUsed()) return;
    this.advance();
    for (const key of check.decided.supersedes)
      this.open.letGo(Buffer.from(key, "base64url").toString("latin1"));
    if (!check.accepted || check.swipe.stage !== "settle") return;
    this.open.accept(check.observation.swipe, factsOfCheck(check), check.swipe.via === "nhsa");
  }

  settled({ sale }: Stepped): void {
    if (!this.isUsed()) return;
    this.advance();
    const known = this.open.settle(sale.key);
    if (known === "counted") return;
    // Presumed where it was checked, and so counted there.
    if (known === undefined && sale.entry.presume) return;
    this.count(known ?? factsOfEntry(sale));
  }

  reversed(done: Stepped, { reason }: ReversedRecord): void {
    if (!this.isUsed()) return;
    this.advance();
    if (reason === "restored") this.standsAgain(done);
    else if (this.wasSold(done)) this.cameBack(done);
    else this.open.letGo(done.sale.key);
  }

  /** A reservation that is let go was no sale. */
  private wasSold({ sale, step }: Stepped): boolean {
    if (stateAt(sale.entry, this.tools.now()) === "presumed") return true;
    return step.kind === "reverse" && isReturn(sale.entry, step);
  }

  private cameBack({ sale, entry }: Stepped): void {
    // Cancelled before it could be presumed: it was sold all the same.
    const early = sale.entry.presume ? this.open.settle(sale.key) : undefined;
    if (early !== undefined && early !== "counted") this.count(early);
    const page = this.pageOf(sale);
    if (page === undefined) return;
    const today = shanghaiDay(this.tools.now());
    const sums = page.dayOf(today);
    sums.reversals += 1;
    sums.back += moneyBack(sale.entry, entry);
    for (const indicator of this.tools.bundle().policy.indicators) {
      if (indicator.measure === "reversalShare") this.judgeNow(indicator, page, today);
    }
  }

  private standsAgain({ sale }: Stepped): void {
    const sums = this.pageOf(sale)?.dayOf(shanghaiDay(this.tools.now()));
    if (sums !== undefined) sums.reversals = Math.max(0, sums.reversals - 1);
  }

  private pageOf({ entry, located }: Sale): Page | undefined {
    const page = this.tools.pages.pageOf(located.pharmacy, entry.area, entry.at);
    if (page === undefined) this.noticeUnwatched();
    return page;
  }

  /** What is due by the clock: sales presumed by now, and days that have closed. */
  advance(): void {
    const now = this.tools.now();
    for (const facts of this.open.presumed(now)) this.count(facts);
    const { pages } = this.tools;
    const today = shanghaiDay(now);
    pages.lastClosed ??= today - 1;
    if (today - pages.lastClosed > MADE_UP_MAX) pages.lastClosed = today - MADE_UP_MAX;
    // The last sales of a day may be presumed a quarter of an hour after it.
    while (shanghaiMidnight(pages.lastClosed + 2) + RESERVATION <= now) {
      pages.lastClosed += 1;
      if (this.isUsed()) this.close(pages.lastClosed);
    }
  }

  private isUsed(): boolean {
    return this.tools.bundle().policy.indicators.length > 0;
  }

  private count(facts: SaleFacts): void {
    if (!this.tools.pages.count(facts)) this.noticeUnwatched();
  }

  private noticeUnwatched(): void {
    this.tools.observer.notice({ kind: "indicator.unwatched" });
  }

  private close(day: ShanghaiDay): void {
    const { afterwork, pages, observer } = this.tools;
    const all = pages.all();
    const standings: Standing[] = [];
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const part = all.slice(from, from + AT_ONCE);
      afterwork.add("indicator", async () => {
        for (const page of part) standings.push(...(await this.judgePage(page, day)));
      });
    }
    afterwork.add("indicator", async () => noticeStandings(observer, standings));
  }

  private async judgePage(page: Page, day: ShanghaiDay): Promise<readonly Standing[]> {
    const standings: Standing[] = [];
    for (const indicator of this.tools.bundle().policy.indicators) {
      const standing = this.standing(indicator, page, day);
      if (standing === undefined) continue;
      standings.push(standing);
      await this.raise(standing);
    }
    return standings;
  }

  private judgeNow(indicator: Indicator, page: Page, day: ShanghaiDay): void {
    const standing = this.standing(indicator, page, day);
    if (standing?.isOver && page.raised.get(indicator.id) !== day)
      this.tools.afterwork.add("indicator", () => this.raise(standing));
  }

  private standing(indicator: Indicator, page: Page, day: ShanghaiDay): Standing | undefined {
    const neighbours = () =>
      this.tools.pages.all().filter(({ prefecture }) => prefecture === page.prefecture);
    return standingOf(indicator, page, day, neighbours);
  }

  /** Once a pharmacy, indicator and day. */
  private async raise(standing: Standing): Promise<void> {
    const { indicator, page, day, isOver } = standing;
    if (!isOver || (page.raised.get(indicator.id) ?? 0) >= day) return;
    page.raised.set(indicator.id, day);
    this.tools.observer.notice({ kind: "indicator.raised", labels: { indicator: indicator.id } });
    await this.tools.recorder.indicator(indicatorData(standing, this.tools.now()));
  }
}

/** The fund's money that came back with a step. */
function moneyBack(before: LedgerEntry, after: LedgerEntry): Fen {
  const left = after.state === "returned" ? [] : after.lines;
  return Math.max(0, before.fund - fundShare(before.fund, left, before.lines));
}
