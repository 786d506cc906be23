import type {
  LedgerEntry,
  Memory,
  Observation,
  SwipeKey,
  TraceMemory,
} from "../counters/contract.ts";
import type { Decided } from "../decision/decided.ts";
import type { Pseudonym, PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Level } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs, Fen, TenThousandths } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import type { ReversedRecord, SettledRecord } from "./recorder.ts";
import type { Stepped } from "./sale-steps.ts";

/**
 * What is found out behind an answer: told to inspectors (`clue.raised`, `indicator.raised`), remembered of persons
 * (flags). Every call returns at once and never throws; what fails is counted, and no answer ever waits for it.
 */
export interface Findings {
  /** A check was answered and recorded. */
  answered(check: AnsweredCheck): void;
  /** A settlement was applied; not called for a repeat. */
  settled(done: Stepped, record: SettledRecord): void;
  /** Something came back, or was let go; not called for a repeat. */
  reversed(done: Stepped, record: ReversedRecord): void;
  /**
   * A sale brought trace codes after its check (3505), and this is who held them before it. Which of them are held by
   * another sale is decided here, by the same table as at the check: call it with all codes that are new to the sale,
   * clean ones too.
   */
  traceCodes(brought: BroughtCodes): void;
  /** Resolves when nothing is under way any more: replay waits for it before the next line. */
  idle(): Promise<void>;
}

export interface AnsweredCheck {
  readonly swipe: PseudonymisedSwipe;
  readonly observation: Observation;
  readonly decided: Decided;
  /** What the rules saw, without the earlier steps of the same sale; undefined for a stand-in. */
  readonly memory: Memory | undefined;
  /** Whether it was sold already (entered) or may be (allow, warn). */
  readonly accepted: boolean;
  readonly bundle: Bundle;
}

/** The sale that brings codes now. */
export interface BroughtCodes {
  readonly swipe: SwipeKey;
  readonly swipeId: string;
  readonly pharmacy: string;
  readonly person: Pseudonym;
  /** The check's time. */
  readonly at: EpochMs;
  /** Codes came with the check, or later with a sale upload (3505). */
  readonly by: "check" | "upload";
  readonly area?: string;
  readonly terminal?: string;
  readonly operator?: string;
  /** What the till had been told. */
  readonly answered?: Level;
  readonly codes: readonly BroughtCode[];
}

export interface BroughtCode {
  readonly line: string;
  /** The 10 bytes of the code's pseudonym. */
  readonly code: Bytes;
  /** The 7-digit product prefix, in clear. */
  readonly product?: string;
  readonly drug?: string;
  readonly split: boolean;
  /** Of the whole line, not of this code alone. */
  readonly quantity?: TenThousandths;
  readonly amount?: Fen;
  /** As the store gave it, before this sale's own claim; what this sale itself holds is left out here. */
  readonly known: TraceMemory;
}

/** A sale as the ledger has it: what indicators count of it once its check is no longer known. */
export function totalOf(entry: Pick<LedgerEntry, "lines">): Fen {
  return entry.lines.reduce((sum, { fen }) => sum + fen, 0);
}
