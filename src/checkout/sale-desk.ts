import type { LedgerEntry, PersonKey, SwipeKey } from "../counters/contract.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import { stateAt } from "../decision/entry-state.ts";
import type { LineReturn, Step } from "../decision/life-cycle.ts";
import { lineTag, pseudonymBytes, settlementDigest, swipeKey } from "../features/digests.ts";
import type { SwipeState } from "../swipe/answer.ts";
import type {
  ClearAcknowledgement,
  ClearFunds,
  ClearReturn,
  ClearReversal,
  ClearSettlement,
} from "../swipe/clear-swipe.ts";
import type { Outcome } from "../swipe/problem.ts";
import { LEVELS } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import { cameBack, dispensed, inLedgerUnits, inTillUnits } from "./moved-lines.ts";
import type { ReversedRecord, StepRecord } from "./recorder.ts";
import { checkedLine, type Sale, type SaleSteps, type Stepped } from "./sale-steps.ts";
import type { DeskTools } from "./tools.ts";

type Reason = ReversedRecord["reason"];

export type SettleHow = Pick<ClearSettlement, "settlementId" | "lines"> & {
  readonly visitId?: string;
  readonly funds?: ClearFunds;
  readonly unchecked?: boolean;
};

/** What tills report after the check, native or NHSA: each step is applied, recorded, answered. */
export class SaleDesk {
  private readonly tools: DeskTools;
  private readonly steps: SaleSteps;

  constructor(tools: DeskTools, steps: SaleSteps) {
    this.tools = tools;
    this.steps = steps;
  }

  private now(): EpochMs {
    return Math.floor(this.tools.clock.now());
  }

  private stateOf(swipeId: string, sale: Sale, entry: LedgerEntry): SwipeState {
    return {
      swipeId,
      state: stateAt(entry, this.now()),
      level: LEVELS[entry.level] ?? "allow",
      lines: entry.lines.map((line) => {
        const checked = checkedLine(sale, line.tag, lineTag);
        return {
          line: checked?.line ?? String(line.tag),
          ...(checked ? { drug: checked.drug } : {}),
          quantity: inTillUnits(
            entry.state === "returned" ? 0 : line.quantity,
            checked?.perUnit ?? 1,
          ),
        };
      }),
      ...(sale.decided ? { hits: [...sale.decided.answered] } : {}),
      ...(entry.partlyReturned ? { partlyReturned: true } : {}),
      ...(entry.late ? { late: true } : {}),
      ...(entry.against ? { settledAgainst: true } : {}),
      ...(entry.unchecked ? { unchecked: true } : {}),
    };
  }

  private stepRecord(swipeId: string, { sale, entry, personSeq }: Stepped): StepRecord {
    return {
      swipeId: sale.decided?.swipeId ?? swipeId,
      pharmacy: sale.located.pharmacy,
      person: Buffer.from(sale.located.person, "latin1").toString("base64url"),
      personSeq,
      at: this.now(),
      state: stateAt(entry, this.now()),
      level: LEVELS[entry.level] ?? "allow",
    };
  }

  /** The record is handed over before the answer leaves; without it there is no answer. */
  private async recorded<T>(write: Promise<void>, value: T): Promise<Outcome<T>> {
    try {
      await write;
      return { value };
    } catch {
      return { problem: { code: "journal_unavailable" } };
    }
  }

  async find(swipeId: string, scope: string): Promise<Outcome<SwipeState>> {
    const found = await this.steps.find(swipeKey(scope, swipeId));
    return "problem" in found
      ? found
      : { value: this.stateOf(swipeId, found.value, found.value.entry) };
  }

  /** False only for a swipe known to be another person's or pharmacy's than those named. */
  async isOf(key: SwipeKey, person: PersonKey | undefined, pharmacy?: string): Promise<boolean> {
    const found = await this.steps.find(key);
    // Whatever else stands in the way is said by the step itself.
    if ("problem" in found) return true;
    const { located } = found.value;
    const here = pharmacy === undefined || located.pharmacy === rememberedPharmacy(pharmacy);
    return here && (person === undefined || located.person === person);
  }

  async settle(swipeId: string, scope: string, how: SettleHow) {
    const done = await this.steps.take(swipeKey(scope, swipeId), (sale) => ({
      kind: "settle",
      settlement: settlementDigest(how.settlementId),
      ...(how.lines ? { lines: how.lines.map((line) => inLedgerUnits(sale, line)) } : {}),
      ...(how.unchecked ? { unchecked: true } : {}),
    }));
    if ("problem" in done) return done;
    const { sale, entry, transition } = done.value;
    const state = this.stateOf(swipeId, sale, entry);
    const finding = transition?.finding;
    if (finding !== undefined)
      this.tools.observer.notice({ kind: "sale.finding", labels: { finding } });
    const write = this.tools.recorder.settled({
      ...this.stepRecord(swipeId, done.value),
      settlementId: how.settlementId,
      ...(how.visitId === undefined ? {} : { visitId: how.visitId }),
      ...(how.funds === undefined ? {} : { funds: how.funds }),
      checkedAt: entry.at,
      lines: dispensed(done.value),
      late: entry.late,
      unchecked: entry.unchecked,
      against: entry.against,
      again: entry.again === true,
    });
    this.noticeStep("settlement", transition === undefined);
    return this.recorded(write, state);
  }

  async reverse(swipeId: string, scope: string, how: ClearReversal) {
    const key = swipeKey(scope, swipeId);
    const done = await this.steps.take(key, (sale) => ({
      kind: "reverse",
      ...(how.reversalId === undefined ? {} : { reversal: how.reversalId }),
      ...(how.lines ? { lines: how.lines.map((line) => this.returned(sale, line)) } : {}),
    }));
    return this.afterReversal(swipeId, how.reason, how.reversalId, done);
  }

  async reverseByKey(key: SwipeKey, swipeId: string, reason: Reason, step: Step) {
    const id = step.kind === "reverse" || step.kind === "restore" ? step.reversal : undefined;
    return this.afterReversal(swipeId, reason, id, await this.steps.take(key, () => step));
  }

  private async afterReversal(
    swipeId: string,
    reason: Reason,
    reversalId: string | undefined,
    done: Outcome<Stepped>,
  ): Promise<Outcome<SwipeState>> {
    if ("problem" in done) return done;
    const { sale, entry, transition, nothingToReverse } = done.value;
    const codesKept = transition?.codesKept ?? false;
    const state = {
      ...this.stateOf(swipeId, sale, entry),
      ...(codesKept ? { codesKept } : {}),
      ...(nothingToReverse ? { nothingToReverse } : {}),
    };
    this.noticeStep("reversal", transition === undefined);
    if (nothingToReverse) return { value: state };
    const write = this.tools.recorder.reversed({
      ...this.stepRecord(swipeId, done.value),
      ...(reversalId === undefined ? {} : { reversalId }),
      reason,
      lines: cameBack(done.value),
      codesKept,
      ...(entry.again
        ? { settlement: Buffer.from(entry.settlement, "latin1").toString("hex") }
        : {}),
      matched: 1,
    });
    return this.recorded(write, state);
  }

  async acknowledge(swipeId: string, scope: string, how: ClearAcknowledgement) {
    // Restoring what was never returned changes nothing: the acknowledgement only needs its place in the sequence.
    const done = await this.steps.take(swipeKey(scope, swipeId), () => ({
      kind: "restore",
      reversal: "",
    }));
    if ("problem" in done) return done;
    const { sale, entry } = done.value;
    const write = this.tools.recorder.acknowledged({
      ...this.stepRecord(swipeId, done.value),
      by: this.tools.keyring.current().pseudonym("staff", how.by),
      choice: how.choice,
      ...(how.code === undefined ? {} : { code: how.code }),
    });
    this.tools.observer.notice({ kind: "sale.acknowledged", labels: { choice: how.choice } });
    return this.recorded(write, this.stateOf(swipeId, sale, entry));
  }

  private returned(sale: Sale, line: ClearReturn): LineReturn {
    const pseudonymiser = this.tools.keyring.current();
    const codes = line.traceCodes?.map((code) =>
      pseudonymBytes(pseudonymiser.pseudonym("trace", code)),
    );
    return { ...inLedgerUnits(sale, line), ...(codes === undefined ? {} : { codes }) };
  }

  private noticeStep(step: "settlement" | "reversal", repeated: boolean): void {
    const outcome = repeated ? "repeated" : "applied";
    this.tools.observer.notice({ kind: `sale.${step}`, labels: { outcome } });
  }
}
