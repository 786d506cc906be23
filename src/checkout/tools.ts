import type { CounterStore, PersonKey, SwipeKey } from "../counters/contract.ts";
import type { Enforcement } from "../rules/enforcement.ts";
import type { Clock, DurationMs, Observer, Timers } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import type { Pages } from "./indicators/pages.ts";
import type { Keyring } from "./keyring.ts";
import type { Recorder } from "./recorder.ts";

/** Whose change it was. */
export interface OwedOf {
  readonly person: PersonKey;
  readonly swipe: SwipeKey;
}

/** Everything the desk works with; wire chooses each. */
export interface DeskTools {
  readonly clock: Clock;
  /** For how long something takes, where `clock` may be set meanwhile. Absent: `clock`, which nobody sets. */
  readonly steady?: Clock;
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
  /** What comes is the upload of a till that was offline: sold already, and nobody was told anything. */
  readonly offline?: boolean;
  /** What is taken now was told before and waited for the store; before the last try others may still enter its sale. */
  readonly waited?: { readonly isLastTry: boolean };
  /** Tells what the store is still owed of a change that stands: tried until it is done, and before what comes next of it. */
  readonly owed?: (of: OwedOf, work: () => Promise<void>) => void;
  /** What indicators were worked out of so far, where it outlives the process; else it begins empty. */
  readonly pages?: Pages;
}
