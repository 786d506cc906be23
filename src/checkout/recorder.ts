import type { EventData, WaitingStep } from "../audit/event.ts";
import type { Decided } from "../decision/decided.ts";
import type { FeaturePlan } from "../features/plan.ts";
import type { ClearFunds } from "../swipe/clear-swipe.ts";
import type { ProblemCode } from "../swipe/problem.ts";
import type { Pseudonym, PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type {
  AcknowledgementChoice,
  Level,
  ReversalReason,
  SwipeStateName,
} from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs, TenThousandths } from "../units.ts";

/** The desk's view of the record: what it owes to auditors, handed over before an answer leaves. */
export interface Recorder {
  decided(record: DecidedRecord): Promise<void>;
  settled(record: SettledRecord): Promise<void>;
  reversed(record: ReversedRecord): Promise<void>;
  acknowledged(record: AcknowledgedRecord): Promise<void>;
  /** A step that the store has yet to be told of. */
  waiting(record: WaitingRecord): Promise<void>;
  /** What became of a check that waited: with what the decision would have been. */
  entered(record: EnteredRecord): Promise<void>;
  /** What became of a step that waited, all of it or nothing: the last record closes the one that waited. */
  applied(step: WaitingRecord, done: readonly Done[], outcome: AppliedOutcome): Promise<void>;
  /** `part` tells apart what one clue says as it grows. */
  clue(data: EventData<"clue.raised">, part?: string): Promise<void>;
  indicator(data: EventData<"indicator.raised">): Promise<void>;
}

export interface DecidedRecord {
  readonly swipe: PseudonymisedSwipe;
  readonly decided: Decided;
  /** Names and kinds of the features, in the order of the vector. */
  readonly plan: FeaturePlan;
  /** 16 bytes over what the till sent. */
  readonly content: Bytes;
  /** The caller's pharmacy where callers authenticate, else empty. */
  readonly scope: string;
  /** The store has not confirmed it, or not all of it: `swipe.entered` follows. */
  readonly waiting: boolean;
  /** Of the pseudonym key, where it waits and the store has not agreed to the key. */
  readonly fingerprint?: string;
  /** A sale that was entered as settled without a check: `swipe.entered`. */
  readonly entered: boolean;
}

/** `decided` is what it would have been with the memory; where `counted` is false, what the other instance decided. */
export interface EnteredRecord extends Omit<DecidedRecord, "waiting" | "entered"> {
  /** What the till was told. */
  readonly answered: Level;
  readonly counted: boolean;
}

/** A step as it waits: `step` is all that is needed to take it later. */
export interface WaitingRecord {
  /** Of the check; the message's own id where it names no check. */
  readonly swipeId: string;
  readonly scope: string;
  readonly pharmacy: string;
  /** `NOBODY` where this instance does not know whose sale it is. */
  readonly person: Pseudonym;
  /** When the till told it. */
  readonly at: EpochMs;
  readonly step: WaitingStep;
  /** Tells apart what else waits under the same id. */
  readonly part?: string;
  /** Of the pseudonym key, where the store has not agreed to it. */
  readonly fingerprint?: string;
}

/** A record that a late step wrote. */
export type Done =
  | { readonly type: "decided"; readonly record: DecidedRecord }
  | { readonly type: "settled"; readonly record: SettledRecord }
  | { readonly type: "reversed"; readonly record: ReversedRecord }
  | { readonly type: "acknowledged"; readonly record: AcknowledgedRecord };

/** What is told of a step that wrote no record of its own. */
export interface AppliedOutcome {
  readonly refused?: ProblemCode;
  readonly state?: SwipeStateName;
}

/** What every later step of a sale says of itself. */
export interface StepRecord {
  readonly swipeId: string;
  /** The caller's pharmacy where callers authenticate, else absent. */
  readonly scope?: string | undefined;
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
  readonly drug?: string | undefined;
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
  /** Its codes are of split packs. */
  readonly split?: true;
  /** Of a return: keyed digest of what it said, by which it is known again under another msgid. */
  readonly content?: string;
  /** Sold for cash, so it is about no sale of the guard's, and nobody is named. */
  readonly insured?: false;
  /** The sale has no line of this drug: the store booked out something else than the fund paid. */
  readonly otherDrug?: true;
}

export interface SettledRecord extends StepRecord {
  /** Of a message about no known sale: when it came. */
  readonly checkedAt: EpochMs;
  /** Absent where an upload did not say it. */
  readonly settlementId?: string | undefined;
  readonly visitId?: string | undefined;
  readonly funds?: ClearFunds | undefined;
  readonly lines: readonly MovedLine[];
  readonly late: boolean;
  readonly unchecked: boolean;
  readonly against: boolean;
  /** The sale had been returned before. */
  readonly again: boolean;
  /** 0 for a message about a sale the guard does not know: recorded all the same. */
  readonly matched: 0 | 1;
  readonly upload?: UploadedRecord | undefined;
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
