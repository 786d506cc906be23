import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { askRedis } from "../measure/ask-redis.ts";
import { type StartedProcess, startProcess } from "./started-process.ts";

/** A Redis of the bench's own on loopback: it keeps nothing on disk and never evicts. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** A free port may be taken by somebody else before Redis has it. */
const ATTEMPTS = 5;
const START_LIMIT_MS = 10_000;
const POLL_MS = 20;
/** Below this a Cluster's bus port, which is the port and 10,000, still is a port. */
const PORT_MAX = 55_000;

/** @param args further arguments, such as `--cluster-enabled yes`; they win over the defaults */
export async function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  let said = "";
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "bench-redis-"));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    process.once("exit", remove);
    const server = await startProcess("redis-server", [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
      ...args,
    ]);
    const stop = async () => {
      // A frozen one hears SIGTERM only once it goes on.
      server.signal("SIGCONT");
      await server.stop();
      process.removeListener("exit", remove);
      remove();
    };
    if (await serves(port, server)) {
      const { pid, signal } = server;
      return { url: `redis://127.0.0.1:${port}`, port, pid, signal, stop };
    }
    await stop();
    said = server.said();
  }
  throw new Error(`redis-server does not start: ${said.trim().slice(-500)}`);
}

async function serves(port: number, server: StartedProcess): Promise<boolean> {
  let isThere = true;
  void server.ended.then(() => {
    isThere = false;
  });
  for (const end = Date.now() + START_LIMIT_MS; isThere && Date.now() < end; await delay(POLL_MS)) {
    const reply = await askRedis(port, ["PING"]).catch(() => "");
    // A reply may be a stranger's who took the port first: our own must still be there.
    if (reply.startsWith("+PONG") && isThere) return true;
  }
  return false;
}

async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    if (address.port <= PORT_MAX) return address.port;
  }
}
