import type { DurationMs, Timers } from "../../units.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** False where the store is not fit for commands by then. */
export function readyWithin(
  redis: RedisConnection,
  timers: Timers,
  wait: DurationMs,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = timers.after(wait, () => resolve(false));
    redis.whenReady(() => {
      cancel();
      resolve(true);
    });
  });
}
