import type { Decided } from "../decision/decided.ts";
import type { FeaturePlan } from "../features/plan.ts";
import type { ClearFunds } from "../swipe/clear-swipe.ts";
import type { Pseudonym, PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type {
  AcknowledgementChoice,
  Level,
  ReversalReason,
  SwipeStateName,
} from "../swipe/vocabulary.ts";
import type { EpochMs, TenThousandths } from "../units.ts";

/** The desk's view of the record: what it owes to auditors, handed over before an answer leaves. */
export interface Recorder {
  decided(record: DecidedRecord): Promise<void>;
  settled(record: SettledRecord): Promise<void>;
  reversed(record: ReversedRecord): Promise<void>;
  acknowledged(record: AcknowledgedRecord): Promise<void>;
}

export interface DecidedRecord {
  readonly swipe: PseudonymisedSwipe;
  readonly decided: Decided;
  /** Names and kinds of the features, in the order of the vector. */
  readonly plan: FeaturePlan;
  /** A sale that was entered as settled without a check: `swipe.entered`. */
  readonly entered: boolean;
}

/** What every later step of a sale says of itself. */
export interface StepRecord {
  readonly swipeId: string;
  readonly pharmacy: string;
  readonly person: Pseudonym;
  readonly personSeq: number;
  readonly at: EpochMs;
  readonly state: SwipeStateName;
  readonly level: Level;
}

/** What moved with a step, and the digests of the codes that moved with it. */
export interface MovedLine {
  readonly line: string;
  /** Absent 24 h after the check. */
  readonly drug?: string;
  readonly quantity: TenThousandths;
  readonly traceCodes: readonly Pseudonym[];
}

export interface SettledRecord extends StepRecord {
  readonly checkedAt: EpochMs;
  readonly settlementId: string;
  readonly visitId?: string;
  readonly funds?: ClearFunds;
  readonly lines: readonly MovedLine[];
  readonly late: boolean;
  readonly unchecked: boolean;
  readonly against: boolean;
  /** The sale had been returned before. */
  readonly again: boolean;
}

export interface ReversedRecord extends StepRecord {
  readonly reversalId?: string;
  readonly reason: ReversalReason | "refused" | "restored";
  readonly lines: readonly MovedLine[];
  readonly codesKept: boolean;
  /** Which settlement came back, where there was more than one; hex. */
  readonly settlement?: string;
  /** 0 for a message about a sale the guard does not know: recorded all the same. */
  readonly matched: 0 | 1;
}

export interface AcknowledgedRecord extends StepRecord {
  readonly by: Pseudonym;
  readonly choice: AcknowledgementChoice;
  readonly code?: string;
}
