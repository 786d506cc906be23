import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delay, freePort, type ServiceProcess, startProcess } from "./service-process.ts";

const ATTEMPTS = 5;
const START_LIMIT_MS = 20_000;

/** The Redis shared by all test files: use a key prefix of your own, and never FLUSH it. */
export function testRedisUrl(): string | undefined {
  return process.env["GUARD_TEST_REDIS_URL"];
}

/** For tap's `skip`: false where the shared Redis runs, else why it does not. */
export function skipWithoutRedis(): false | string {
  return testRedisUrl() === undefined ? "no Redis: run the tests by `npm test`" : false;
}

/** For tap's `skip`: false where `startRedis` works. */
export function skipWithoutRedisServer(): false | string {
  return process.env["GUARD_TEST_REDIS_SERVER"] === undefined
    ? "no redis-server program: run the tests by `npm test`"
    : false;
}

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** For SIGKILL, SIGSTOP and SIGCONT. */
  readonly pid: number;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Further arguments, such as `--cluster-enabled yes`; they win over the defaults. */
  readonly args?: readonly string[];
  /** The port to come back on after a stop; else a free one. */
  readonly port?: number;
  readonly program?: string;
}

/** A redis-server of the test's own, which it may stop, freeze and kill. Stop it in `t.teardown`. */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const program = options.program ?? process.env["GUARD_TEST_REDIS_SERVER"] ?? "redis-server";
  const folder = mkdtempSync(join(tmpdir(), "guard-redis-"));
  const log = join(folder, "log");
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = options.port ?? (await freePort());
    const service = await startProcess(log, program, [
      ...redisArguments(port, folder),
      ...(options.args ?? []),
    ]);
    if (await redisAnswers(port, service)) {
      return {
        url: `redis://127.0.0.1:${port}`,
        port,
        pid: service.pid,
        ended: service.ended,
        stop: async () => {
          await service.stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    await service.stop();
  }
  throw new Error(
    `redis-server does not start: ${readFileSync(log, "utf8").trim().split("\n").at(-1)}`,
  );
}

function redisArguments(port: number, folder: string): string[] {
  return [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
    ...["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
  ];
}

/** True once it serves; false when the service ended or the limit passed. */
export async function redisAnswers(port: number, service: ServiceProcess): Promise<boolean> {
  let alive = true;
  void service.ended.then(() => {
    alive = false;
  });
  for (const end = Date.now() + START_LIMIT_MS; alive && Date.now() < end; await delay(20)) {
    // A reply alone may be a stranger's that took the port first: our own server must still be there.
    if ((await pings(port)) && alive) return true;
  }
  return false;
}

function pings(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write("PING\r\n"));
    socket.setTimeout(500, () => socket.destroy());
    socket.once("data", (reply) => {
      resolve(reply.toString().startsWith("+PONG"));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
