import type { Bytes, DurationMs, EpochMs } from "../units.ts";
import type { TallyColumns } from "./contract.ts";

/**
 * What a home of the memory can do, in one atomic step: a list of small operations on packed bytes.
 * Both homes, the Lua scripts and the embedded interpreter, carry out exactly these; everything
 * that needs thought (windows, life cycle, the meaning of a claim) is arithmetic on what they return.
 */
export interface MemoryHome {
  /** `wait`: how long the caller waits; what could not be read by then is undefined. Atomic homes know no parts. */
  observe(plan: ObservePlan, wait?: DurationMs): Promise<ObserveReply>;
  seal(plan: SealPlan, wait?: DurationMs): Promise<SealReply>;
  change(plan: ChangePlan): Promise<ChangeReply>;
  /** Absent where every step is atomic: then nothing can be left to complete. */
  complete?(observe: ObservePlan, seal: SealPlan): Promise<void>;
  completeChange?(plan: ChangePlan): Promise<void>;
  /** Replaces a whole ledger if it still is what was read; what is left of its time stays. */
  fold(plan: FoldPlan): Promise<boolean>;
  read(keys: readonly string[], now: EpochMs): Promise<(Buffer | null)[]>;
  /** Who holds each code, and its split sales: two replies a read. */
  readTraces(reads: readonly TraceRead[], now: EpochMs): Promise<(Buffer | null)[]>;
  flag(plan: FlagPlan): Promise<void>;
  close(): Promise<void>;
}

export interface ObservePlan {
  readonly at: EpochMs;
  readonly swipe: Bytes;
  /** 10 bytes. */
  readonly person: Bytes;
  readonly content: Bytes;
  readonly answerKey: string;
  readonly locatorKey: string;
  readonly locator: Buffer;
  readonly locatorTtl: DurationMs;
  readonly ledgerKey: string;
  /** Empty for an inquiry: the ledger is read and personSeq moves on, nothing is appended. */
  readonly entry: Buffer | undefined;
  readonly attemptsKey: string;
  readonly attempt: Buffer;
  readonly operations: readonly ObserveOperation[];
}

export type ObserveOperation =
  /** Appends to an entity's log; entries before `cut` leave from the head. */
  | {
      readonly kind: "log";
      readonly key: string;
      readonly entry: Buffer;
      readonly cut: EpochMs;
      readonly max: number;
      readonly ttl: DurationMs;
    }
  /** Reads who holds a whole code and its split sales; takes it when `write` and nobody else does. Two replies. */
  | {
      readonly kind: "trace";
      readonly key: string;
      readonly field: Bytes;
      readonly splitKey: string;
      readonly entry: Buffer;
      readonly write: boolean;
    }
  /** Appends a use; `write` false only reads. */
  | {
      readonly kind: "use";
      readonly key: string;
      readonly entry: Buffer;
      readonly ttl: DurationMs;
      readonly write: boolean;
    }
  | { readonly kind: "read"; readonly key: string };

export type ObserveReply =
  | {
      readonly verdict: "new" | "retry";
      readonly ledger: Buffer | null;
      readonly attempts: Buffer | null;
      /** Undefined: could not be read in time. */
      readonly values: readonly (Buffer | null | undefined)[];
      /** Something of it may not be written. */
      readonly incomplete?: true;
      /** Codes still remembered that a full bucket let go to make room. */
      readonly lost: number;
    }
  | { readonly verdict: "sealed"; readonly answer: Buffer }
  | { readonly verdict: "recalled"; readonly ledger: Buffer }
  | { readonly verdict: "conflict"; readonly with: "content" | "person" };

export interface SealPlan {
  readonly at: EpochMs;
  readonly swipe: Bytes;
  readonly content: Bytes;
  readonly answerKey: string;
  readonly answer: Buffer;
  readonly ledgerKey: string;
  readonly marks: readonly Mark[];
  readonly operations: readonly SealOperation[];
}

/** Sets an entry's state if it is in one of the allowed ones; flags stay when undefined. */
export interface Mark {
  readonly swipe: Bytes;
  /** Bit n: state n of ENTRY_STATES may be left. */
  readonly from: number;
  readonly to: number;
  readonly flags: number | undefined;
}

export type SealOperation =
  | {
      readonly kind: "traceState";
      readonly key: string;
      readonly field: Bytes;
      readonly state: number | undefined;
    }
  /** Every use of this swipe; or only that of one drug, whose quantity changes too. */
  | {
      readonly kind: "useState";
      readonly key: string;
      readonly state: number | undefined;
      readonly use?: { readonly drug: Bytes; readonly quantity: number };
    }
  /** A partner seen: its time and count are renewed, else it is added and the one seen longest ago makes room. */
  | {
      readonly kind: "bind";
      readonly key: string;
      readonly entry: Buffer;
      readonly ttl: DurationMs;
    }
  | TallyOperation;

/**
 * Writes a tally. Open sales whose time is over become part of their days first, and days too old go last.
 * `open` notes a presumable sale of this swipe; the others are those of `TallyMove`.
 */
export interface TallyOperation {
  readonly kind: "tally";
  readonly key: string;
  readonly move: TallyStep;
  /** Whose day is meant; the check's, or the reversal's own. */
  readonly at: EpochMs;
  readonly columns: TallyColumns;
}

export const TALLY_STEPS = ["open", "add", "subtract", "close"] as const;
export type TallyStep = (typeof TALLY_STEPS)[number];

export type SealReply =
  | { readonly won: true; readonly incomplete?: true }
  | { readonly won: false; readonly answer: Buffer };

export interface ChangePlan {
  readonly at: EpochMs;
  readonly swipe: Bytes;
  readonly ledgerKey: string;
  readonly before: Buffer;
  /** As long as `before`. */
  readonly after: Buffer;
  readonly operations: readonly ChangeOperation[];
}

export type ChangeOperation =
  | SealOperation
  /** Makes this entry the only holder, whoever held the code before. */
  | {
      readonly kind: "traceTake";
      readonly key: string;
      readonly field: Bytes;
      readonly entry: Buffer;
    }
  /** Sets the state of this swipe's use of the entry's drug, and its quantity where `measured`; appends it when it was let go. */
  | {
      readonly kind: "useTake";
      readonly key: string;
      readonly entry: Buffer;
      readonly measured: boolean;
      readonly ttl: DurationMs;
    }
  | {
      readonly kind: "put";
      readonly key: string;
      readonly value: Buffer;
      readonly ttl: DurationMs;
    }
  /** Adds claims to a swipe's locator that are not in it yet, up to `CLAIMS_A_SWIPE_MAX`. */
  | { readonly kind: "locate"; readonly key: string; readonly claims: Buffer };

export type ChangeReply =
  | {
      readonly changed: true;
      readonly seq: number;
      readonly lost: number;
      readonly incomplete?: true;
    }
  | { readonly changed: false };

export interface FoldPlan {
  readonly ledgerKey: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

export interface TraceRead {
  readonly key: string;
  readonly field: Bytes;
  readonly splitKey: string;
}

/** Renews the flag of the same kind and reference, else adds it; the oldest make room. */
export interface FlagPlan {
  readonly key: string;
  readonly entry: Buffer;
  readonly ttl: DurationMs;
}

/** An answer's head: content 16, at u48, sealed u8; then the answer. */
export const ANSWER_HEAD = 23;
