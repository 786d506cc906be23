import type { WaitingStep } from "../../audit/event.ts";
import type { JournalPosition } from "../../audit/segment-reader.ts";
import type { PersonKey, SwipeKey } from "../../counters/contract.ts";
import type { Decided } from "../../decision/decided.ts";
import type { EpochMs } from "../../units.ts";
import type { WaitingRecord } from "../recorder.ts";
import type { RecordedCheck } from "../under-check.ts";

/** What every waiting item has: by which order it is taken, and what the journal must keep for it. */
interface Waiting {
  /** Of the record that waits; equal records are one item. */
  readonly id: string;
  /** Whose turn: items of one lane are taken one after the other, in the order they came. */
  readonly lane: string;
  readonly pharmacy: string;
  /** When the till told it. */
  readonly at: EpochMs;
  /** No later than where its record stands; undefined where there is no journal to read again. */
  readonly from: JournalPosition | undefined;
}

/** A check that the store has not confirmed, and what the till was told. */
export interface WaitingCheck extends Waiting {
  readonly kind: "check";
  readonly key: SwipeKey;
  readonly recorded: RecordedCheck;
  readonly given: Decided;
  /** Of the key that made its pseudonyms, where the store had not agreed to it. */
  readonly fingerprint?: string;
  /** The same swipe under the key in force; only the process that has it in clear can say. */
  readonly renewed?: () => RecordedCheck;
}

/** A step told while the store did not answer, or while its own check waited. */
export interface WaitingTold extends Waiting {
  readonly kind: "step";
  /** The swipe it names; undefined where it names a person's sale only. */
  readonly key: SwipeKey | undefined;
  readonly record: WaitingRecord;
  readonly renewed?: () => WaitingStep;
}

/** Something smaller that is owed to the store and needs no record: it follows from one that is there. */
export interface Chore extends Waiting {
  readonly kind: "chore";
  /** The sale that it is still owed of: what comes next of it waits behind. */
  readonly of?: SwipeKey;
  readonly run: () => Promise<void>;
}

export type WaitingItem = WaitingCheck | WaitingTold | Chore;

export function personLane(person: PersonKey): string {
  return `p${person}`;
}

export function swipeLane(swipe: SwipeKey): string {
  return `s${swipe}`;
}
