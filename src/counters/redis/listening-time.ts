import type { DurationMs } from "../../units.ts";

/** One turn of the event loop counts for this much at most, however long the process was held up in it. */
export const TURN_MAX: DurationMs = 50;
/** How often the event loop is asked for a turn while something is waited for. */
export const TURN_EVERY: DurationMs = 25;

/**
 * Time in which this process has looked at its sockets. A store's lateness is measured in it and never in wall time:
 * a process that was paused, or kept busy, finds replies in its sockets that were there in good time.
 */
export class ListeningTime {
  private heard: DurationMs = 0;
  private turnedAt: DurationMs;
  private readonly now: () => DurationMs;
  /** `now`: monotonic milliseconds. */
  constructor(now: () => DurationMs) {
    this.now = now;
    this.turnedAt = now();
  }

  /** To be called at the end of a turn, when everything that had arrived was handled. */
  turned(): void {
    this.heard += this.sinceTurn();
    this.turnedAt = this.now();
  }

  /** Up to when silence is proven: the end of the last turn. */
  proven(): DurationMs {
    return this.heard;
  }

  /** The instant of something that happens now; never before `proven`. */
  stamp(): DurationMs {
    return this.heard + this.sinceTurn();
  }

  private sinceTurn(): DurationMs {
    return Math.min(Math.max(this.now() - this.turnedAt, 0), TURN_MAX);
  }
}

/** Counts turns: a timer's turn ends, after the sockets were read, with its immediates. */
export function keepListening(time: ListeningTime): () => void {
  const turns = setInterval(() => setImmediate(() => time.turned()), TURN_EVERY);
  turns.unref();
  return () => clearInterval(turns);
}
