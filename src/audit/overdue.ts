import type { DurationMs, Timers } from "../units.ts";

/** Whether work under way has taken longer than its limit; by timers, so that a step of the clock is no reason. */
export class Overdue {
  private readonly timers: Timers;
  private readonly limit: DurationMs;
  private cancel: () => void = () => undefined;
  private over = false;

  constructor(timers: Timers, limit: DurationMs) {
    this.timers = timers;
    this.limit = limit;
  }

  get isOver(): boolean {
    return this.over;
  }

  begin(): void {
    this.cancel = this.timers.after(this.limit, () => {
      this.over = true;
    });
  }

  end(): void {
    this.cancel();
    this.over = false;
  }
}
