import {
  type LedgerEntry,
  type LedgerLine,
  NO_SETTLEMENT,
  type PersonKey,
  type SwipeKey,
} from "../counters/contract.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import { stateAt } from "../decision/entry-state.ts";
import type { LineReturn, Step } from "../decision/life-cycle.ts";
import { lineTag, pseudonymBytes, settlementDigest, swipeKey } from "../features/digests.ts";
import type { SwipeState } from "../swipe/answer.ts";
import type { ClearFunds, ClearQuantity } from "../swipe/clear-swipe.ts";
import { present } from "../swipe/present.ts";
import type { Outcome } from "../swipe/problem.ts";
import type { Pseudonym } from "../swipe/pseudonymised-swipe.ts";
import { type AcknowledgementChoice, LEVELS, type ReversalReason } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import type { Findings } from "./findings.ts";
import { brought, cameBack, dispensed, inLedgerUnits, inTillUnits } from "./moved-lines.ts";
import { written } from "./patience.ts";
import type {
  MovedLine,
  ReversedRecord,
  SettledRecord,
  StepRecord,
  UploadedRecord,
} from "./recorder.ts";
import { checkedLine, type Sale, type SaleSteps, type Stepped } from "./sale-steps.ts";
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

  private now(): EpochMs {
    return Math.floor(this.tools.clock.now());
  }

  private stateOf(swipeId: string, sale: Sale, entry: LedgerEntry): SwipeState {
    const { decided } = sale;
    const state = {
      swipeId,
      state: stateAt(entry, this.now()),
      // A step taken elsewhere before the seal left the entry without its level: the answer itself has it.
      level: decided?.decision ?? LEVELS[entry.level] ?? "allow",
      lines: entry.lines.map((line) => lineState(sale, entry, line)),
    };
    const told = decided ? { ...state, hits: [...decided.answered] } : state;
    // Most sales have no mark.
    const isMarked = entry.partlyReturned || entry.late || entry.against || entry.unchecked;
    if (!isMarked) return told;
    return present({
      ...told,
      partlyReturned: entry.partlyReturned || undefined,
      late: entry.late || undefined,
      settledAgainst: entry.against || undefined,
      unchecked: entry.unchecked || undefined,
    });
  }

  private stepRecord(swipeId: string, { sale, entry, personSeq }: Stepped): StepRecord {
    const { swipeId: id, scope } = namedAs(sale, sale.decided?.swipeId ?? swipeId);
    return {
      swipeId: id,
      scope,
      pharmacy: sale.located.pharmacy,
      person: Buffer.from(sale.located.person, "latin1").toString("base64url"),
      personSeq,
      at: this.now(),
      state: stateAt(entry, this.now()),
      level: LEVELS[entry.level] ?? "allow",
    };
  }

  /** In one piece: what is spread into a record makes it slow to write. */
  private settledRecord(
    id: string,
    done: Stepped,
    lines: readonly MovedLine[],
    { settlementId, visitId, funds, upload }: SettleHow,
  ): SettledRecord {
    const { late, unchecked, against, again, at: checkedAt } = done.entry;
    const { swipeId, scope, pharmacy, person, personSeq, at, state, level } = this.stepRecord(
      id,
      done,
    );
    return {
      swipeId,
      scope,
      pharmacy,
      person,
      personSeq,
      at,
      state,
      level,
      settlementId,
      visitId,
      funds,
      checkedAt,
      lines,
      late,
      unchecked,
      against,
      again: again === true,
      matched: 1,
      upload,
    };
  }

  /** The record is handed over before the answer leaves; without it there is no answer. */
  private async recorded<T>(write: Promise<void>, value: T): Promise<Outcome<T>> {
    const isWritten = await written(this.tools, write);
    return isWritten ? { value } : { problem: { code: "journal_unavailable" } };
  }

  async find(swipeId: string, scope: string): Promise<Outcome<SwipeState>> {
    const found = await this.steps.find(swipeKey(scope, swipeId));
    return "problem" in found
      ? found
      : { value: this.stateOf(swipeId, found.value, found.value.entry) };
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
    const state = this.stateOf(swipeId, sale, entry);
    const finding = transition?.finding;
    if (finding !== undefined)
      this.tools.observer.notice({ kind: "sale.finding", labels: { finding } });
    const record = this.settledRecord(swipeId, done.value, dispensed(done.value), how);
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
    const record = this.settledRecord(swipeId, done, brought(done), { upload });
    return this.recorded(this.tools.recorder.settled({ ...record, part }), true);
  }

  async reverse(swipeId: string, scope: string, how: ReturnHow): Promise<Outcome<SwipeState>> {
    const key = swipeKey(scope, swipeId);
    const done = await this.steps.take(key, (sale) => ({
      kind: "reverse",
      ...(how.reversalId === undefined ? {} : { reversal: how.reversalId }),
      ...(how.lines ? { lines: how.lines.map((line) => returned(sale, line)) } : {}),
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
    const state = {
      ...this.stateOf(swipeId, sale, entry),
      ...(codesKept ? { codesKept } : {}),
      ...(nothingToReverse ? { nothingToReverse } : {}),
    };
    this.noticeStep("reversal", transition === undefined);
    if (nothingToReverse) return { value: state };
    const record: ReversedRecord = {
      ...this.stepRecord(swipeId, done.value),
      ...(reversalId === undefined ? {} : { reversalId }),
      reason: how.reason,
      lines: cameBack(done.value),
      codesKept,
      ...(entry.again
        ? { settlement: Buffer.from(entry.settlement, "latin1").toString("hex") }
        : {}),
      matched: 1,
      ...(how.upload === undefined ? {} : { upload: how.upload }),
    };
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
    const write = this.tools.recorder.acknowledged({
      ...this.stepRecord(swipeId, done.value),
      by: how.by,
      choice: how.choice,
      ...(how.code === undefined ? {} : { code: how.code }),
    });
    this.tools.observer.notice({ kind: "sale.acknowledged", labels: { choice: how.choice } });
    return this.recorded(write, this.stateOf(swipeId, sale, entry));
  }

  private noticeStep(step: "settlement" | "reversal", repeated: boolean): void {
    const outcome = repeated ? "repeated" : "applied";
    this.tools.observer.notice({ kind: `sale.${step}`, labels: { outcome } });
  }
}

function lineState(sale: Sale, { state }: LedgerEntry, { tag, quantity }: LedgerLine) {
  const checked = checkedLine(sale, tag, lineTag);
  const left = inTillUnits(state === "returned" ? 0 : quantity, checked?.perUnit ?? 1);
  if (checked === undefined) return { line: String(tag), quantity: left };
  return { line: checked.line, drug: checked.drug, quantity: left };
}

function returned(sale: Sale, line: PseudonymisedReturn): LineReturn {
  const codes = line.traceCodes?.map(pseudonymBytes);
  return { ...inLedgerUnits(sale, line), ...(codes === undefined ? {} : { codes }) };
}

/** So that whoever reads the record finds the sale again: by its id and, where callers are known, whose id it is. */
function namedAs({ key, located }: Sale, id: string): Pick<StepRecord, "swipeId" | "scope"> {
  if (swipeKey("", id) === key) return { swipeId: id };
  if (swipeKey(located.pharmacy, id) === key) return { swipeId: id, scope: located.pharmacy };
  return { swipeId: `~${Buffer.from(key, "latin1").toString("base64url")}` };
}

function reversalOf(step: Step): string | undefined {
  return step.kind === "reverse" || step.kind === "restore" ? step.reversal : undefined;
}
