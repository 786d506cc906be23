import { type DurationMs, SECOND, type Timers } from "../../units.ts";
import { expect } from "./point.ts";
import type { Wire } from "./wire.ts";

/** A guard that has too much to do asks to be asked again, and any till would. */
const ASKED_AGAIN: readonly number[] = [429, 503];
const WAIT_MAX: DurationMs = 2 * SECOND;
/** For all requests of a run together: a guard that is never free is judged as it is. */
const WAITS_MAX: DurationMs = 60 * SECOND;

/** A wire that comes again where it is asked to, as long as Retry-After says and for a bounded time in all. */
export function asksAgain(wire: Wire, timers: Timers): Wire {
  let left = WAITS_MAX;
  return {
    ask: async (asked) => {
      for (;;) {
        const heard = await wire.ask(asked);
        if (!ASKED_AGAIN.includes(heard.status)) return heard;
        // The path of a probe is an answer to a question about the guard itself.
        if (asked.method === "GET" && !asked.path.startsWith("/v1/")) return heard;
        const after = Number(heard.headers["retry-after"]);
        expect(Number.isFinite(after), `${heard.status} came without Retry-After in seconds`);
        const wait = Math.min(WAIT_MAX, Math.max(after, 0.1) * SECOND);
        if (left < wait) return heard;
        left -= wait;
        await new Promise<void>((resolve) => timers.after(wait, resolve));
      }
    },
    cut: wire.cut,
  };
}
