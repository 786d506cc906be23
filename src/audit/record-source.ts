import type { DurationMs, EpochMs, Timers } from "../units.ts";
import type { GuardEvent } from "./event.ts";

/** What a rebuild reads: everything recorded, in the order in which the memory had it, and then what comes. */
export interface RecordSource {
  /** What is next, at most `max`; none where nothing is there yet. */
  next(max: number): Promise<readonly GuardEvent[]>;
  /** Everything written down before this instant has been handed over. */
  readTo(): EpochMs;
  facts(): RecordFacts;
  close(): Promise<void>;
}

export interface RecordFacts {
  /** For people: which folders, or which brokers. */
  readonly name: string;
  /** The record does not go back to its beginning: older ones were removed at its limit. */
  readonly trimmed: boolean;
  /** Records that could not be read. */
  readonly lost: number;
  /** Instances that wrote it, with the time of each one's last record. */
  readonly instances: ReadonlyMap<string, EpochMs>;
}

/** Who wrote what last; an instance that has fallen silent may have records that are not here. */
export class Instances {
  readonly seen = new Map<string, EpochMs>();

  note({ source, time }: GuardEvent): void {
    const at = Date.parse(time);
    if (at > (this.seen.get(source) ?? 0)) this.seen.set(source, at);
  }
}

export function pause(timers: Timers, wait: DurationMs): Promise<void> {
  return new Promise((resolve) => {
    timers.after(wait, resolve);
  });
}
