import type { CounterStore } from "../counters/contract.ts";
import type { Enforcement } from "../rules/enforcement.ts";
import type { Clock, DurationMs, Observer, Timers } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import type { Keyring } from "./keyring.ts";
import type { Recorder } from "./recorder.ts";

/** Everything the desk works with; wire chooses each. */
export interface DeskTools {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  readonly store: CounterStore;
  readonly keyring: Keyring;
  readonly recorder: Recorder;
  readonly bundle: () => Bundle;
  readonly enforce: Enforcement;
  /** The longest a check may take, from the desk's call to its answer. */
  readonly deadline: DurationMs;
  /** The store cannot be missing (embedded, replay): no answer is ever a stand-in for lateness. */
  readonly patient: boolean;
}

/** Shares of the deadline: what is left after each pays for judging, the record and the way out. */
export const OBSERVE_BY = 0.7;
export const SEAL_BY = 0.85;
export const RECORD_BY = 0.97;
