import type { Bytes, DurationMs, EpochMs, Fen, ShanghaiDay, TenThousandths } from "../units.ts";
import type { Changed, EntryChange, Located, StoredEntry } from "./entry-changes.ts";

export type {
  Changed,
  ClaimMove,
  EntryChange,
  Located,
  LocatedClaim,
  ReturnsSheet,
  StoredEntry,
} from "./entry-changes.ts";

/**
 * The memory's contract: what is remembered of swipes, whatever keeps it.
 *
 * A check makes two calls, `observe` and `seal`; what happens to a sale afterwards is `locate`, `readEntry` and
 * `change`. Every count is returned as raw entries as they stood *before* the swipe observed; the reader does the
 * arithmetic, so both homes share it. Idempotent by swipe: a repeated command changes nothing. Entries carry their
 * times; a reader judges liveness by its own `at`, never by expiry.
 */
export interface CounterStore {
  /**
   * First of the two commands of a check: counts, reserves unless it is an inquiry, returns what was there before.
   * `wait`: how long the caller waits. What a memory of several parts has not read by then stays undefined; without
   * it every part is waited for, and only one that does not answer at all is left out.
   */
  observe(observation: Observation, wait?: DurationMs): Promise<Observed>;
  /** Second: the first writer's answer stands for 24 h; frees what a refused check had claimed. `wait` as above. */
  seal(sealing: Sealing, wait?: DurationMs): Promise<Sealed>;
  /**
   * Writes again whatever observe and seal write that is not the person's own; what is written already stays as it is.
   * Where the memory is one part it does nothing, since then observe and seal are whole or not at all.
   * @throws StoreUnavailableError while a part does not answer: some of it is written, and it may be called again
   */
  complete(sealing: Sealing): Promise<void>;
  /** Whose swipe this is and what it claimed; undefined when the swipe is not known. */
  locate(swipe: SwipeKey): Promise<Located | undefined>;
  readEntry(person: PersonKey, swipe: SwipeKey): Promise<StoredEntry>;
  /** Replaces an entry only if it still is what the caller read; anything else changes nothing. */
  change(change: EntryChange): Promise<Changed>;
  /** What `complete` is to a check, to a change that was made: its claims and tallies again, by the very same change. */
  completeChange(change: EntryChange): Promise<void>;
  /**
   * Makes room in an overlong ledger, off the answer's path: dead entries go, old purchases become sums of their day.
   * False when there was nothing to fold, or the ledger changed meanwhile: the next check finds it again.
   */
  fold(person: PersonKey, at: EpochMs): Promise<boolean>;
  /** Several persons' ledgers at once, in order, for what is worked out off the answer's path (cohorts). */
  ledgers(persons: readonly PersonKey[]): Promise<readonly (readonly LedgerEntry[])[]>;
  /** Who holds these trace codes now, in order; for codes that come after their sale (3505). */
  traces(codes: readonly Bytes[]): Promise<readonly TraceMemory[]>;
  /** Writes what was found out about a person off the path; the same kind and reference is renewed, not doubled. */
  flag(person: FlaggedPerson, flag: Flag): Promise<void>;
  /** What was found out about several persons (or kept under a cohort's own key), in order, for work off the path. */
  flags(persons: readonly FlaggedPerson[]): Promise<readonly (readonly Flag[])[]>;
  close(): Promise<void>;
}

/** First 8 bytes of the swipe's digest. */
export type SwipeKey = Bytes;
/** The person's 10 pseudonym bytes. */
export type PersonKey = Bytes;
/** First 6 bytes of the person: all that a trace code's claim keeps of its buyer. */
export type FlaggedPerson = Bytes;
/** Six bytes: therapeutic class (3), name within it (2), dosage form (1); see reference/drug-key.ts. The molecule is the first five. */
export type DrugKey = Bytes;

export interface Observation {
  readonly swipe: SwipeKey;
  /** 16 bytes over the till's content; the same id with other content is a conflict. */
  readonly content: Bytes;
  readonly at: EpochMs;
  readonly person: PersonKey;
  readonly pharmacy: string;
  readonly area: string;
  /** Settle stage: the ledger entry and the claims are reserved. Inquiry: only the attempt counts. */
  readonly reserve: boolean;
  readonly credential: CredentialCode;
  readonly fund: Fen;
  /** What the ledger remembers of the swipe's nature. */
  readonly nature: SwipeNature;
  readonly lines: readonly LedgerLine[];
  /** Same drugs and quantities give the same 4 bytes. */
  readonly basket: Bytes;
  readonly logs: readonly LogUse[];
  readonly traceCodes: readonly TraceUse[];
  readonly token?: Bytes;
  readonly prescriptions: readonly PrescriptionUse[];
  /** Partners seen with an entity: read now, this swipe's own written at the seal of an accepted one. */
  readonly bindings: readonly BindingUse[];
  /** Daily totals of what was dispensed: read now; a presumable sale is noted at the seal. */
  readonly tallies: readonly TallyUse[];
  /** Whether the person's flags are asked for. */
  readonly flags: boolean;
}

export interface SwipeNature {
  /** Not an ordinary purchase (medical type 41): such a sale beside an ordinary one is a split by rule, not a double (CF-08). */
  readonly chronic: boolean;
  /** At least one line on a prescription. */
  readonly prescribed: boolean;
  /** Insured outside the pharmacy's neighbourhood: in another prefecture, and in none that counts as near. */
  readonly outsider: boolean;
  /** Bought by a registered agent, or for a care institution: such purchases link nobody with anybody (CF-13). */
  readonly proxied: boolean;
}

/** 0 other, 1 electronic credential, 2 identity card, 3 social security card. */
export type CredentialCode = 0 | 1 | 2 | 3;

export interface LedgerLine {
  readonly drug: DrugKey;
  /** Finds the till's line again at settlement and reversal. */
  readonly tag: number;
  readonly quantity: TenThousandths;
  /** Days this lasts; undefined when neither till nor reference data say so. */
  readonly days: number | undefined;
  readonly fen: Fen;
}

/** An entity's log of attempts: exact for up to `exact` swipes in the window. */
export interface LogUse {
  /** For instance `t` and `P21010200123:T03` for a terminal. */
  readonly kind: string;
  readonly entity: string;
  readonly window: DurationMs;
  readonly exact: number;
  readonly amount: number;
  /** 4 bytes whose meaning the entity gives: the cashier of a till, the prefecture of an outsider, seconds. */
  readonly mark: Bytes;
}

/** For instance card -> persons, device -> pharmacies, store's article -> drugs, article -> prices. */
export interface BindingUse {
  readonly kind: string;
  readonly entity: string;
  /** 8 bytes. */
  readonly partner: Bytes;
  readonly kept: DurationMs;
}

/** Columns of a day's total; each an unsigned 32-bit sum whose meaning the kind of tally gives. */
export const TALLY_COLUMNS = 4;
export type TallyColumns = readonly [number, number, number, number];

export interface TallyUse {
  readonly kind: string;
  readonly entity: string;
  /** What this swipe adds once it is dispensed. */
  readonly columns: TallyColumns;
}

/** Totals a Shanghai day, oldest first, at most 29 days, and presumable sales not yet counted among them. */
export interface Tally {
  readonly days: readonly { readonly day: ShanghaiDay; readonly columns: TallyColumns }[];
  /** Presumed, and so counted by a reader, once `at` is 15 minutes past. */
  readonly open: readonly (Pick<ClaimUse, "at" | "swipe"> & Pick<TallyUse, "columns">)[];
}

/**
 * `add`: to the day of `at`. `subtract`: from the open sale of this swipe, which goes once nothing of it is left, else
 * from the day of `at`, never below zero. `close`: an open sale becomes part of its day; one that is there already stays so.
 */
export interface TallyMove {
  readonly kind: string;
  readonly entity: string;
  readonly at: EpochMs;
  readonly move: "add" | "subtract" | "close";
  readonly columns: TallyColumns;
}

/** `member` stands under a cohort's own key (the first 6 bytes of its reference), one a member. */
export const FLAG_KINDS = ["cohort", "firstBuyer", "member"] as const;
export type FlagKind = (typeof FLAG_KINDS)[number];

/** What was found out about a person off the answer's path. */
export interface Flag {
  readonly kind: FlagKind;
  readonly at: EpochMs;
  /** An integer below 65,536. cohort: its members. firstBuyer: 1. member: the last 2 of the person's 10 bytes. */
  readonly value: number;
  /** 8 bytes: which finding this is. member: the first 8 of the person's bytes. */
  readonly reference: Bytes;
}

export interface TraceUse {
  /** 10 pseudonym bytes. */
  readonly code: Bytes;
  readonly line: number;
  readonly split: boolean;
  /** Units taken from a split pack; 0 when whole. */
  readonly units: TenThousandths;
}

export interface PrescriptionUse {
  /** 10 pseudonym bytes. */
  readonly prescription: Bytes;
  readonly line: number;
  readonly drug: DrugKey;
  readonly quantity: TenThousandths;
}

export type Observed =
  | {
      readonly verdict: "new" | "retry";
      readonly personSeq: number;
      readonly memory: Memory;
      /** Some of it may not be written: to be completed once its seal stands. */
      readonly incomplete?: true;
    }
  /** The same id was answered within 24 h: give that answer again. */
  | { readonly verdict: "sealed"; readonly answer: Bytes }
  /** The same id was judged more than 24 h ago: its level and state are all that is left. */
  | { readonly verdict: "recalled"; readonly entry: LedgerEntry }
  | { readonly verdict: "conflict"; readonly with: "content" | "person" };

/**
 * What was remembered before this swipe; never contains the swipe itself. Undefined: that entity could not be read in
 * time (the person is always there). Nobody may read it as "nothing was there".
 */
export interface Memory {
  readonly ledger: readonly LedgerEntry[];
  readonly attempts: readonly Attempt[];
  /** In the order of `Observation.logs`. */
  readonly logs: readonly (readonly LogEntry[] | undefined)[];
  /** In the order of `Observation.traceCodes`. */
  readonly traceCodes: readonly (TraceMemory | undefined)[];
  readonly token: readonly ClaimUse[] | undefined;
  /** In the order of `Observation.prescriptions`. */
  readonly prescriptions: readonly (readonly ClaimUse[] | undefined)[];
  /** In the order of `Observation.bindings`. */
  readonly bindings: readonly (readonly Binding[] | undefined)[];
  /** In the order of `Observation.tallies`. */
  readonly tallies: readonly (Tally | undefined)[];
  readonly flags: readonly Flag[] | undefined;
}

/** What is stored; what it means depends on the reader's time, see `stateAt`. */
export const ENTRY_STATES = [
  "unsealed",
  "reserved",
  "settled",
  "superseded",
  "attempted",
  "returned",
  "folded",
] as const;
export type StoredState = (typeof ENTRY_STATES)[number];

/** The settlement of an entry that has none yet. */
export const NO_SETTLEMENT: Bytes = "\0\0\0\0";

export interface LedgerEntry {
  readonly swipe: SwipeKey;
  readonly state: StoredState;
  readonly at: EpochMs;
  readonly pharmacy: string;
  readonly area: string;
  readonly fund: Fen;
  /** 0 to 4, the level answered. */
  readonly level: number;
  /** A reservation of a till that never confirms: presumed sold after 15 minutes. */
  readonly presume: boolean;
  /** Settled after its reservation had lapsed. */
  readonly late: boolean;
  /** Settled although it was refused. */
  readonly against: boolean;
  /** Entered as settled without a check. */
  readonly unchecked: boolean;
  /** Settled again after it had been returned whole or in part: a finding. */
  readonly again?: true;
  /** Returned in part: a sheet of returns exists. */
  readonly partlyReturned: boolean;
  readonly nature: SwipeNature;
  /** Something of it came back within 30 minutes of the check (RS-06). */
  readonly returnedSoon?: true;
  /** 4 bytes of the settlement's digest; zeros until settled. */
  readonly settlement: Bytes;
  /** What is left of each line. */
  readonly lines: readonly LedgerLine[];
}

export interface Attempt {
  readonly swipe: SwipeKey;
  readonly at: EpochMs;
  readonly pharmacy: string;
  readonly area: string;
  readonly inquiry: boolean;
  readonly credential: CredentialCode;
  readonly basket: Bytes;
  /** 4 bytes of each trace code, at most 40. */
  readonly codes: readonly Bytes[];
}

export interface LogEntry {
  readonly at: EpochMs;
  readonly swipe: SwipeKey;
  readonly person: PersonKey;
  readonly amount: number;
  readonly mark: Bytes;
}

export const CLAIM_STATES = ["reserved", "presumable", "sold", "returned"] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

/** Who holds a trace code. `person` and `swipe` are the owner's, `at` is the check's. */
export interface Claim {
  readonly state: ClaimState;
  readonly at: EpochMs;
  readonly swipe: SwipeKey;
  /** First 6 bytes of the person. */
  readonly person: Bytes;
  readonly pharmacy: string;
}

export interface TraceMemory {
  /** At most two: the owner, and what was there before a reservation. */
  readonly claims: readonly Claim[];
  /** Sales of a split pack, oldest first; empty for a code sold whole. */
  readonly splits: readonly ClaimUse[];
}

/** One use of a token, a prescription or a split pack. */
export interface ClaimUse {
  readonly state: ClaimState;
  readonly at: EpochMs;
  readonly swipe: SwipeKey;
  /** First 8 bytes of the person. */
  readonly person: Bytes;
  readonly pharmacy: string;
  readonly drug: DrugKey;
  readonly quantity: TenThousandths;
}

/** A partner seen with an entity in an accepted swipe, for instance a person with a card. */
export interface Binding {
  /** 8 bytes. */
  readonly partner: Bytes;
  /** Last seen. */
  readonly at: EpochMs;
  /** In how many swipes of stage settle. */
  readonly count: number;
}

export interface Sealing {
  readonly observation: Observation;
  /** The answer to keep for 24 h. */
  readonly answer: Bytes;
  /** 0 to 4: the level that counts for reserving. */
  readonly level: number;
  /** True for allow and warn at stage settle: what was claimed stays claimed. */
  readonly holds: boolean;
  readonly presume: boolean;
  /** Unsettled earlier steps of the same sale. */
  readonly supersedes: readonly SwipeKey[];
  /** Whether the observation's bindings are written: only for accepted swipes. */
  readonly bind: boolean;
}

export type Sealed =
  /** `incomplete`: the answer stands, and some of what it means for others than the person may not be written. */
  | { readonly won: true; readonly incomplete?: true }
  | { readonly won: false; readonly answer: Bytes };

/** A call the store could not answer: the caller becomes its own stand-in. */
export class StoreUnavailableError extends Error {
  readonly code: string = "GUARD_COUNTERS_UNAVAILABLE";
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnavailableError";
  }
}

/** It answered, and what it has cannot be read: as good as no answer, and asking again may never give another. */
export class StoreUnreadableError extends StoreUnavailableError {
  override readonly code = "GUARD_COUNTERS_UNREADABLE";
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnreadableError";
  }
}
