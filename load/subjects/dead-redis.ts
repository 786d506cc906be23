import { startRedis, type TestRedis } from "../../tests/services/redis.ts";
import type { Subject } from "./subject.ts";

/** How a Redis is dead: it takes commands and says nothing more, or nobody listens on its port. */
export type Death = "frozen" | "closed";

/** A subject whose Redis, one of its own, dies once it is warm. The bench's own Redis sees nothing of it. */
export function withDeadRedis(name: string, subject: Subject, death: Death): Subject {
  return {
    name,
    start: async (around) => {
      const redis = await startRedis();
      try {
        const running = await subject.start({ ...around, redisUrl: redis.url });
        const stop = async () => {
          await running.stop();
          await redis.stop();
        };
        return { ...running, stop, befall: () => end(redis, death) };
      } catch (error) {
        await redis.stop();
        throw error;
      }
    },
  };
}

async function end(redis: TestRedis, death: Death): Promise<void> {
  if (death === "frozen") process.kill(redis.pid, "SIGSTOP");
  else await redis.stop();
}
