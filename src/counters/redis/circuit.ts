import type { DurationMs } from "../../units.ts";
import type { ListeningTime } from "./listening-time.ts";

/** Nothing is sent while the oldest unanswered command is older than this: a time-out does not bound the queue. */
export const STALLED_AFTER: DurationMs = 150;
/** Unanswered commands at once; measured: a 3 s stall at 660/s queues 2,000 when nobody stops sending. */
export const PENDING_MAX = 2_000;
/** A connection without any reply for this long is given up and made anew. */
export const ABANDONED_AFTER: DurationMs = 5_000;
/** How long after a refusal the store is asked again. */
export const REFUSAL_HOLD: DurationMs = 100;

/**
 * `closed`: all is well. `trial`: the store was late, and one command at a time finds out whether it is itself again.
 * `refusing`: it answered that it carries out nothing for now; only a probe is sent. `open`: it owes a reply for too
 * long, and nothing is sent.
 */
export type CircuitState = "closed" | "trial" | "refusing" | "open";

/**
 * Knows from commands and their replies alone whether the store still answers. Replies come in order, so the oldest
 * pending command tells. Ages are in listening time: only the store's own lateness opens the circuit.
 */
export class Circuit {
  private readonly sentAt: DurationMs[] = [];
  private head = 0;
  private isLate = false;
  private isRefusing = false;
  private holdUntil: DurationMs = 0;
  private readonly time: ListeningTime;
  private readonly stalledAfter: DurationMs;

  constructor(time: ListeningTime, stalledAfter: DurationMs = STALLED_AFTER) {
    this.time = time;
    this.stalledAfter = stalledAfter;
  }

  get pending(): number {
    return this.sentAt.length - this.head;
  }

  state(): CircuitState {
    if (this.pending >= PENDING_MAX || this.waited() > this.stalledAfter) return "open";
    if (this.isRefusing) return "refusing";
    return this.isLate ? "trial" : "closed";
  }

  /** Whether a command may be sent now. */
  admits(): boolean {
    const state = this.state();
    return state === "closed" || (state === "trial" && this.pending === 0);
  }

  /** Whether it is time to ask whether the store is itself again. */
  wantsProbe(): boolean {
    const state = this.state();
    if (state !== "trial" && state !== "refusing") return false;
    return this.pending === 0 && this.time.proven() >= this.holdUntil;
  }

  /** How long the oldest unanswered command is known to have waited, in listening time. */
  waited(): DurationMs {
    const oldest = this.sentAt[this.head];
    return oldest === undefined ? 0 : Math.max(0, this.time.proven() - oldest);
  }

  sent(): void {
    this.sentAt.push(this.time.stamp());
  }

  /** The reply to the oldest pending command: one in good time ends a trial, a late one begins it. */
  answered(): void {
    const oldest = this.sentAt[this.head] ?? 0;
    this.isLate = this.time.stamp() - oldest > this.stalledAfter;
    this.forget();
  }

  /** The store answered that it will not carry out anything for now: only a probe finds out when it does. */
  refused(): void {
    this.isRefusing = true;
    this.holdUntil = this.time.stamp() + REFUSAL_HOLD;
  }

  /** The probe was carried out. */
  accepted(): void {
    this.isRefusing = false;
  }

  /** The oldest pending command gets no reply: its connection is gone. */
  forget(): void {
    if (this.pending === 0) return;
    this.head += 1;
    if (this.head > 1_024) {
      this.sentAt.splice(0, this.head);
      this.head = 0;
    }
  }
}
