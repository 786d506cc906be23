import type { EventData } from "../audit/event.ts";
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
  /** `part` tells apart what one clue says as it grows. */
  clue(data: EventData<"clue.raised">, part?: string): Promise<void>;
  indicator(data: EventData<"indicator.raised">): Promise<void>;
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

/** What a sale or return upload said of one product (3505, 3506). */
export interface UploadedRecord {
  /** The upload's own msgid. */
  readonly message: string;
  readonly drug: string;
  /** 1/10,000 of the till's unit, as said: it changes nothing of what was settled. */
  readonly quantity: TenThousandths;
  readonly traceCodes: readonly Pseudonym[];
  /** Sold for cash, so it is about no sale of the guard's, and nobody is named. */
  readonly insured?: false;
  /** The sale has no line of this drug: the store booked out something else than the fund paid. */
  readonly otherDrug?: true;
}

export interface SettledRecord extends StepRecord {
  /** Of a message about no known sale: when it came. */
  readonly checkedAt: EpochMs;
  /** Absent where an upload did not say it. */
  readonly settlementId?: string;
  readonly visitId?: string;
  readonly funds?: ClearFunds;
  readonly lines: readonly MovedLine[];
  readonly late: boolean;
  readonly unchecked: boolean;
  readonly against: boolean;
  /** The sale had been returned before. */
  readonly again: boolean;
  /** 0 for a message about a sale the guard does not know: recorded all the same. */
  readonly matched: 0 | 1;
  readonly upload?: UploadedRecord;
  /** Tells apart the uploads that bring codes of a sale settled before. */
  readonly part?: string;
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
  readonly upload?: UploadedRecord;
  /** Tells apart what one message says of several sales nobody knows. */
  readonly part?: string;
}

export interface AcknowledgedRecord extends StepRecord {
  readonly by: Pseudonym;
  readonly choice: AcknowledgementChoice;
  readonly code?: string;
}
