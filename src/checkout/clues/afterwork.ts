import type { Observer } from "../../units.ts";

/** Findings that wait while others are worked out; beyond it they are dropped and counted, for a guard must not swell. */
export const AFTERWORK_MAX = 2_000;

/** Work behind answers, one after the other in the order it came, so that live and replay do the same. */
export interface Afterwork {
  add(what: string, work: () => Promise<void>): void;
  idle(): Promise<void>;
}

/** `what` names the kind of work in the notices: `finding.failed`, `finding.dropped`. */
export function createAfterwork(observer: Observer): Afterwork {
  const waiting: { readonly what: string; readonly work: () => Promise<void> }[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      // The answer this came from leaves first, also where the store answers without waiting.
      await new Promise<void>((resolve) => setImmediate(resolve));
      try {
        await next.work();
      } catch {
        observer.notice({ kind: "finding.failed", labels: { what: next.what } });
      }
    }
    running = undefined;
  }

  return {
    add: (what, work) => {
      if (waiting.length >= AFTERWORK_MAX) {
        observer.notice({ kind: "finding.dropped", labels: { what } });
        return;
      }
      waiting.push({ what, work });
      running ??= run();
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}
