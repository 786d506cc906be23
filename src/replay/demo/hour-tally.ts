import type { Level } from "../../swipe/vocabulary.ts";
import { isRefusal } from "../../swipe/vocabulary.ts";
import type { DurationMs } from "../../units.ts";
import { LabelledTally } from "../labelled-report.ts";
import type { Labels } from "../labels.ts";
import { presentedCheck } from "../presented-check.ts";
import type { Replayed } from "../replay.ts";
import { type ReportRows, reportRows } from "../report-rows.ts";
import type { Exchange } from "./http-desk.ts";

/** What the demo counts while it plays. */
export class HourTally {
  private readonly labels: Labels;
  private readonly labelled: LabelledTally;
  private readonly times: DurationMs[] = [];
  passed = 0;
  stopped = 0;
  /** What each sale of the gang was told last, by its first check. */
  private readonly gang = new Map<string, Level>();
  private readonly first = new Map<string, string>();

  constructor(labels: Labels) {
    this.labels = labels;
    this.labelled = new LabelledTally(labels);
  }

  note(replayed: Replayed, exchange: Exchange | undefined): void {
    this.labelled.note(replayed);
    if (exchange !== undefined) this.times.push(exchange.took);
    const { decision } = replayed.check ?? {};
    const presented = presentedCheck(replayed.line);
    if (decision === undefined || presented?.isSettle !== true) return;
    if (isRefusal(decision)) this.stopped += 1;
    else this.passed += 1;
    if (!this.isGang(presented.swipeId)) return;
    // A sale checked again in place of another is still that one sale.
    const first = this.first.get(presented.supersedes ?? "") ?? presented.swipeId;
    this.first.set(presented.swipeId, first);
    this.gang.set(first, decision);
  }

  isGang(swipeId: string): boolean {
    return this.labels.bySwipe.has(swipeId);
  }

  gangSales(): { readonly all: number; readonly stopped: number } {
    const said = [...this.gang.values()];
    return { all: said.length, stopped: said.filter(isRefusal).length };
  }

  rows(): ReportRows {
    return reportRows(this.labelled.finish());
  }

  /** Round trips through HTTP: the middle one, and the one that 99 of 100 stay below. */
  speed(): { readonly answers: number; readonly p50: DurationMs; readonly p99: DurationMs } {
    const times = this.times.toSorted((a, b) => a - b);
    const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
    return { answers: times.length, p50: at(0.5), p99: at(0.99) };
  }
}
