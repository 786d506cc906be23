import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What a proxy does with a piece of what Redis said; undefined passes it on. */
export type Meddler = (said: Buffer, guard: Socket) => void;

export interface RedisProxy {
  readonly port: number;
  readonly url: string;
  /** From now on, for connections that stand and for those that come; undefined: an honest proxy again. */
  meddle(how: Meddler | undefined): void;
  /** Everything Redis says this much later, in order; 0: at once again. */
  slow(ms: number): void;
  /** Cuts every connection that stands. */
  cut(): void;
  /** How many connections were taken so far. */
  taken(): number;
  close(): Promise<void>;
}

/** A port before Redis' own that slows, cuts and garbles what Redis says. What the guard says passes as it is. */
export async function proxyRedis(target: number): Promise<RedisProxy> {
  const sockets = new Set<Socket>();
  let how: Meddler | undefined;
  let lag = 0;
  let taken = 0;
  const server = createServer((guard) => {
    taken += 1;
    const redis = connect({ host: "127.0.0.1", port: target });
    for (const [one, other] of [
      [guard, redis],
      [redis, guard],
    ] as const) {
      one.setNoDelay(true);
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    guard.on("data", (asked: Buffer) => redis.write(asked));
    const say = (said: Buffer) => {
      if (how === undefined) guard.write(said);
      else how(said, guard);
    };
    let due = 0;
    redis.on("data", (said: Buffer) => {
      const now = performance.now();
      // Never before what was said before it.
      due = Math.max(due, now + lag);
      if (due <= now) say(said);
      else setTimeout(() => guard.writable && say(said), due - now);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    url: `redis://127.0.0.1:${address.port}`,
    meddle: (next) => {
      how = next;
    },
    slow: (ms) => {
      lag = ms;
    },
    cut,
    taken: () => taken,
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

/** The first half of what was said, and then the end of the connection; now and then only, so that some get through. */
export function cutInTheMiddle(every: number): Meddler {
  let count = 0;
  return (said, guard) => {
    count += 1;
    if (count % every !== 0) return void guard.write(said);
    guard.write(said.subarray(0, Math.max(1, Math.floor(said.length / 2))));
    guard.end();
  };
}

/** As many bytes as were said, and none of them meant. */
export const noise: Meddler = (said, guard) => void guard.write(randomBytes(said.length));

/** Half of what was said, and nothing of the rest, ever. */
export const halved: Meddler = (said, guard) => {
  guard.write(said.subarray(0, Math.ceil(said.length / 2)));
};

/** Everything twice. */
export const doubled: Meddler = (said, guard) => void guard.write(Buffer.concat([said, said]));

/** Well-formed replies of another shape, one after the other. */
export function otherShapes(): Meddler {
  const shapes = [
    "+OK\r\n",
    ":1\r\n",
    "$-1\r\n",
    "*0\r\n",
    "*2\r\n:0\r\n:0\r\n",
    "*3\r\n:0\r\n$3\r\nabc\r\n$-1\r\n",
    "-ERR what\r\n",
    "$5\r\nhello\r\n",
    ">2\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n",
    "_\r\n",
  ];
  let next = 0;
  return (_, guard) => {
    next += 1;
    guard.write(shapes[next % shapes.length] ?? "");
  };
}

/** Nothing instead of every so many things said: what comes after answers what was asked before. */
export function swallowing(every: number): Meddler {
  let count = 0;
  return (said, guard) => {
    count += 1;
    if (count % every !== 0) guard.write(said);
  };
}
