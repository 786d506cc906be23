import { NO_SETTLEMENT, type PersonKey, type SwipeKey } from "../counters/contract.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import type { LineReturn, Step } from "../decision/life-cycle.ts";
import { pseudonymBytes, settlementDigest, swipeKey } from "../features/digests.ts";
import type { SwipeState } from "../swipe/answer.ts";
import type { ClearFunds, ClearQuantity } from "../swipe/clear-swipe.ts";
import type { Outcome } from "../swipe/problem.ts";
import type { Pseudonym } from "../swipe/pseudonymised-swipe.ts";
import type { AcknowledgementChoice, ReversalReason } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import type { Findings } from "./findings.ts";
import { brought, dispensed, inLedgerUnits } from "./moved-lines.ts";
import { written } from "./patience.ts";
import type { ReversedRecord, UploadedRecord } from "./recorder.ts";
import { reversedRecord, settledRecord, stepRecord } from "./sale-records.ts";
import { saleState } from "./sale-state.ts";
import type { Sale, SaleSteps, Stepped } from "./sale-steps.ts";
import type { DeskTools } from "./tools.ts";

type Reason = ReversedRecord["reason"];

/** Lines and steps as the till names them, nobody in clear. */
export interface SettleHow {
  /** Whose sale it must be, where somebody is named: anybody else's is unknown. */
  readonly person?: PersonKey | undefined;
  readonly lines?: readonly ClearQuantity[];
  /** Absent where a sale upload does not say it. */
  readonly settlementId?: string;
  readonly visitId?: string | undefined;
  readonly funds?: ClearFunds | undefined;
  readonly unchecked?: boolean;
  readonly upload?: UploadedRecord;
}

export interface ReturnHow {
  readonly reversalId?: string;
  readonly reason: ReversalReason;
  readonly lines?: readonly PseudonymisedReturn[];
}

export interface PseudonymisedReturn extends ClearQuantity {
  readonly traceCodes?: readonly Pseudonym[];
}

export interface AcknowledgeHow {
  readonly by: Pseudonym;
  readonly choice: AcknowledgementChoice;
  readonly code?: string;
}

/** How a sale comes back whose step hangs on what it is. */
export interface ReverseHow {
  readonly reason: Reason;
  readonly stepOf: (sale: Sale) => Step;
  /** What the record calls a step: its reversal's id. */
  readonly idOf: (step: Step) => string | undefined;
  readonly upload?: UploadedRecord;
}

/** What tills report after the check, native or NHSA: each step is applied, recorded, answered. */
export class SaleDesk {
  private readonly tools: DeskTools;
  private readonly steps: SaleSteps;
  private readonly findings: Findings;

  constructor(tools: DeskTools, steps: SaleSteps, findings: Findings) {
    this.tools = tools;
    this.steps = steps;
    this.findings = findings;
  }

  async find(swipeId: string, scope: string): Promise<Outcome<SwipeState>> {
    const found = await this.steps.find(swipeKey(scope, swipeId));
    return "problem" in found
      ? found
      : { value: saleState(swipeId, found.value, found.value.entry, this.now()) };
  }

  /** False only for a swipe known to be another person's or pharmacy's than those named. */
  async isOf(key: SwipeKey, person: PersonKey, pharmacy: string): Promise<boolean> {
    const found = await this.steps.find(key);
    // Whatever else stands in the way is said by the step itself.
    if ("problem" in found) return true;
    const { located } = found.value;
    return located.pharmacy === rememberedPharmacy(pharmacy) && located.person === person;
  }

  async settle(swipeId: string, scope: string, how: SettleHow): Promise<Outcome<SwipeState>> {
    const settled = await this.settleByKey(swipeKey(scope, swipeId), swipeId, how);
    return "problem" in settled ? settled : { value: settled.value.state };
  }

  /** `applied` is false for a repeat. */
  async settleByKey(
    key: SwipeKey,
    swipeId: string,
    how: SettleHow,
  ): Promise<Outcome<{ readonly state: SwipeState; readonly applied: boolean }>> {
    const { settlementId } = how;
    const stepOf = (sale: Sale): Step => ({
      kind: "settle",
      settlement: settlementId === undefined ? NO_SETTLEMENT : settlementDigest(settlementId),
      lines: how.lines?.map((line) => inLedgerUnits(sale, line)),
      unchecked: how.unchecked || sale.decided?.unasked || undefined,
      waited: this.tools.waited && true,
    });
    const done = await this.steps.take(key, stepOf, how.person);
    if ("problem" in done) return done;
    const { sale, entry, transition } = done.value;
    const now = this.now();
    const state = saleState(swipeId, sale, entry, now);
    const finding = transition?.finding;
    if (finding !== undefined)
      this.tools.observer.notice({ kind: "sale.finding", labels: { finding } });
    const record = settledRecord(swipeId, done.value, dispensed(done.value), how, now);
    const applied = transition !== undefined;
    this.noticeStep("settlement", !applied);
    const write = this.tools.recorder.settled(record);
    if (applied) this.findings.settled(done.value, record);
    return await this.recorded(write, { state, applied });
  }

  /** Codes that came for a sale settled before, told apart from its settlement and from each other by `part`. */
  async recordBrought(
    swipeId: string,
    done: Stepped,
    upload: UploadedRecord,
    part: string,
  ): Promise<Outcome<true>> {
    const record = settledRecord(swipeId, done, brought(done), { upload }, this.now());
    return this.recorded(this.tools.recorder.settled({ ...record, part }), true);
  }

  async reverse(swipeId: string, scope: string, how: ReturnHow): Promise<Outcome<SwipeState>> {
    const key = swipeKey(scope, swipeId);
    const done = await this.steps.take(key, (sale) => ({
      kind: "reverse",
      ...(how.reversalId === undefined ? {} : { reversal: how.reversalId }),
      ...(how.lines ? { lines: how.lines.map((line) => lineReturn(sale, line)) } : {}),
    }));
    return this.afterReversal(swipeId, done, { reason: how.reason, idOf: () => how.reversalId });
  }

  async reverseByKey(key: SwipeKey, swipeId: string, reason: Reason, step: Step) {
    return this.reverseBy(key, swipeId, { reason, stepOf: () => step, idOf: reversalOf });
  }

  async reverseBy(key: SwipeKey, swipeId: string, how: ReverseHow): Promise<Outcome<SwipeState>> {
    return this.afterReversal(swipeId, await this.steps.take(key, how.stepOf), how);
  }

  private async afterReversal(
    swipeId: string,
    done: Outcome<Stepped>,
    how: Omit<ReverseHow, "stepOf">,
  ): Promise<Outcome<SwipeState>> {
    if ("problem" in done) return done;
    const { sale, step, entry, transition, nothingToReverse } = done.value;
    const reversalId = how.idOf(step);
    const codesKept = transition?.codesKept ?? false;
    const now = this.now();
    const state = {
      ...saleState(swipeId, sale, entry, now),
      ...(codesKept ? { codesKept } : {}),
      ...(nothingToReverse ? { nothingToReverse } : {}),
    };
    this.noticeStep("reversal", transition === undefined);
    if (nothingToReverse) return { value: state };
    const returned = { reversalId, reason: how.reason, codesKept, upload: how.upload };
    const record = reversedRecord(swipeId, done.value, returned, now);
    const write = this.tools.recorder.reversed(record);
    if (transition !== undefined) this.findings.reversed(done.value, record);
    return this.recorded(write, state);
  }

  async acknowledge(
    swipeId: string,
    scope: string,
    how: AcknowledgeHow,
  ): Promise<Outcome<SwipeState>> {
    // Restoring what was never returned changes nothing: the acknowledgement only needs its place in the sequence.
    const done = await this.steps.take(swipeKey(scope, swipeId), () => ({
      kind: "restore",
      reversal: "",
    }));
    if ("problem" in done) return done;
    const { sale, entry } = done.value;
    const now = this.now();
    const write = this.tools.recorder.acknowledged({
      ...stepRecord(swipeId, done.value, now),
      by: how.by,
      choice: how.choice,
      ...(how.code === undefined ? {} : { code: how.code }),
    });
    this.tools.observer.notice({ kind: "sale.acknowledged", labels: { choice: how.choice } });
    return this.recorded(write, saleState(swipeId, sale, entry, now));
  }

  private now(): EpochMs {
    return Math.floor(this.tools.clock.now());
  }

  /** The record is handed over before the answer leaves; without it there is no answer. */
  private async recorded<T>(write: Promise<void>, value: T): Promise<Outcome<T>> {
    const isWritten = await written(this.tools, write);
    return isWritten ? { value } : { problem: { code: "journal_unavailable" } };
  }

  private noticeStep(step: "settlement" | "reversal", repeated: boolean): void {
    const outcome = repeated ? "repeated" : "applied";
    this.tools.observer.notice({ kind: `sale.${step}`, labels: { outcome } });
  }
}

function lineReturn(sale: Sale, line: PseudonymisedReturn): LineReturn {
  const codes = line.traceCodes?.map(pseudonymBytes);
  return { ...inLedgerUnits(sale, line), ...(codes === undefined ? {} : { codes }) };
}

function reversalOf(step: Step): string | undefined {
  return step.kind === "reverse" || step.kind === "restore" ? step.reversal : undefined;
}
