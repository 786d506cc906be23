import type { DurationMs, Observer } from "../../units.ts";
import { STORE_REASONS, type StoreReason } from "./store-reasons.ts";

/** A store must be well for this long before it is said: one that fails every other moment is told of once. */
const SETTLED_AFTER: DurationMs = 1_000;

/** What is known of the store, and what was said of it: one line a change and none a check. */
export class StoreHealth {
  private ailment: StoreReason | undefined;
  private told: StoreReason | "up" | undefined;
  private wellSince: DurationMs | undefined;
  private readonly observer: Observer;

  constructor(observer: Observer) {
    this.observer = observer;
  }

  /** Undefined: well, or not known yet. */
  reason(): StoreReason | undefined {
    return this.ailment;
  }

  ails(reason: StoreReason): void {
    this.ailment = reason;
    this.wellSince = undefined;
    if (this.told === reason) return;
    this.told = reason;
    const message = `${STORE_REASONS[reason]}: checks are stand-ins until it answers.`;
    const labels = { state: reason };
    this.observer.notice({ kind: "store.connection", labels, message, level: "error" });
  }

  /** To be called again and again while it lasts; true once it has lasted. `at`: any clock that only moves on. */
  isWell(at: DurationMs): boolean {
    this.ailment = undefined;
    this.wellSince ??= at;
    const isSettled = this.told === undefined || at - this.wellSince >= SETTLED_AFTER;
    if (!isSettled || this.told === "up") return isSettled;
    this.told = "up";
    const labels = { state: "up" };
    const message = "The store answers.";
    this.observer.notice({ kind: "store.connection", labels, message, level: "info" });
    return true;
  }
}
