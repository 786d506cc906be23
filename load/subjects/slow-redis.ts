import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { portsOf } from "../measure/ask-redis.ts";
import type { Subject } from "./subject.ts";

/** A port before Redis' own; honest until it is told to be slow. */
interface SlowDoor {
  readonly url: string;
  /** From now on everything Redis says comes this much later, in order. */
  slow(ms: number): void;
  close(): Promise<void>;
}

/** A subject whose Redis, once it is warm, gives each reply this many milliseconds late. */
export function withSlowRedis(name: string, subject: Subject, lateMs: number): Subject {
  return {
    name,
    start: async (around) => {
      const door = await openSlowDoor(portsOf(around.redisUrl)[0] ?? 0);
      try {
        const running = await subject.start({ ...around, redisUrl: door.url });
        const stop = async () => {
          await running.stop();
          await door.close();
        };
        return { ...running, stop, befall: async () => door.slow(lateMs) };
      } catch (error) {
        await door.close();
        throw error;
      }
    },
  };
}

async function openSlowDoor(target: number): Promise<SlowDoor> {
  const sockets = new Set<Socket>();
  let lag = 0;
  const server = createServer((client) => {
    const redis = connect({ host: "127.0.0.1", port: target });
    tie(client, redis, sockets);
    tie(redis, client, sockets);
    client.on("data", (asked: Buffer) => redis.write(asked));
    let due = 0;
    redis.on("data", (said: Buffer) => {
      const now = performance.now();
      // Never before what was said before it.
      due = Math.max(due, now + lag);
      if (due <= now) client.write(said);
      else setTimeout(() => client.writable && client.write(said), due - now);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    slow: (ms) => {
      lag = ms;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function tie(one: Socket, other: Socket, sockets: Set<Socket>): void {
  one.setNoDelay(true);
  sockets.add(one);
  one.on("error", () => other.destroy());
  one.on("close", () => {
    sockets.delete(one);
    other.destroy();
  });
}
