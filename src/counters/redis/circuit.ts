import type { DurationMs, EpochMs } from "../../units.ts";

/** Nothing is sent while the oldest unanswered command is older than this: a time-out does not bound the queue. */
export const STALLED_AFTER: DurationMs = 150;
/** Unanswered commands at once; measured: a 3 s stall at 660/s queues 2,000 when nobody stops sending. */
export const PENDING_MAX = 2_000;
/** A connection without any reply for this long is given up and made anew. */
export const ABANDONED_AFTER: DurationMs = 5_000;

export type CircuitState = "closed" | "open";

/**
 * Knows from unanswered commands alone whether the store still answers. Replies come in order,
 * so the oldest pending command tells; when its late reply arrives the circuit closes by itself,
 * and no probe has to be sent into a queue that is already full of them.
 */
export class Circuit {
  private readonly sentAt: EpochMs[] = [];
  private head = 0;
  private readonly now: () => EpochMs;
  constructor(now: () => EpochMs) {
    this.now = now;
  }

  get pending(): number {
    return this.sentAt.length - this.head;
  }

  state(): CircuitState {
    if (this.pending >= PENDING_MAX) return "open";
    return this.waited() > STALLED_AFTER ? "open" : "closed";
  }

  /** How long the oldest unanswered command has waited. */
  waited(): DurationMs {
    const oldest = this.sentAt[this.head];
    return oldest === undefined ? 0 : this.now() - oldest;
  }

  sent(): void {
    this.sentAt.push(this.now());
  }

  answered(): void {
    this.head += 1;
    if (this.head > 1_024) {
      this.sentAt.splice(0, this.head);
      this.head = 0;
    }
  }
}
