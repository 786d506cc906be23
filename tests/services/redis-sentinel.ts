import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "../faults/private-redis.ts";
import { type RedisOptions, redisAnswers, startRedis, type TestRedis } from "./redis.ts";
import { delay, freePort, type ServiceProcess, startProcess } from "./service-process.ts";

/** The primary's name, as the sentinels know it. */
const NAME = "till-memory";
const SENTINELS = 3;
const QUORUM = 2;
/** A primary is called dead after this; small, so that a failover fits into a test. */
const DOWN_AFTER_MS = 500;
/** Within it a failover that failed is not begun again. */
const FAILOVER_TIMEOUT_MS = 3_000;

export interface TestSentinels {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** The two servers: the first began as primary. */
  readonly servers: readonly [TestRedis, TestRedis];
  /** The port of the primary, as most of the sentinels name it. */
  primary(): Promise<number>;
  stop(): Promise<void>;
}

interface Sentinel {
  readonly port: number;
  readonly service: ServiceProcess;
}

/** One primary, one replica and three sentinels on loopback. `replicaOf`: a port in front of the primary, for its replica. */
export async function startSentinels(
  replicaOf: (primary: number) => Promise<number> = async (primary) => primary,
): Promise<TestSentinels> {
  const folder = mkdtempSync(join(tmpdir(), "guard-sentinels-"));
  const primary = await startRedis(server());
  const source = await replicaOf(primary.port);
  const replica = await startRedis(server("--replicaof", "127.0.0.1", String(source)));
  await until(async () => (await info(replica.port)).includes("master_link_status:up"));
  const sentinels: Sentinel[] = [];
  for (let number = 0; number < SENTINELS; number++) {
    sentinels.push(await startSentinel(folder, number, primary.port));
  }
  await until(async () => {
    const agreed = await Promise.all(sentinels.map(({ port }) => isComplete(port)));
    return agreed.every(Boolean);
  });
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(",")}/${NAME}`,
    servers: [primary, replica],
    primary: () => named(sentinels),
    stop: async () => {
      await Promise.all(sentinels.map(({ service }) => service.stop()));
      await Promise.all([primary.stop(), replica.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Redis gathers replicas for 5 s before it sends them its data, unless told otherwise. */
function server(...args: readonly string[]): RedisOptions {
  return { args: ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1", ...args] };
}

async function startSentinel(folder: string, number: number, primary: number): Promise<Sentinel> {
  const port = await freePort();
  const file = join(folder, `sentinel-${number}.conf`);
  const monitored = [
    `sentinel monitor ${NAME} 127.0.0.1 ${primary} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT_MS}`,
  ];
  const own = [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`];
  writeFileSync(file, `${[...own, ...monitored].join("\n")}\n`);
  const program = process.env["GUARD_TEST_REDIS_SERVER"] ?? "redis-server";
  const service = await startProcess(join(folder, `log-${number}`), program, [file, "--sentinel"]);
  if (!(await redisAnswers(port, service))) throw new Error("a sentinel does not start");
  return { port, service };
}

/** A sentinel knows no QUIT: it is told by the end of the connection that there is no more to answer. */
async function askSentinel(port: number, ...words: readonly string[]): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  let said = "";
  socket.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  socket.on("error", () => undefined);
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  socket.end(`*${words.length}\r\n${parts.join("")}`);
  await once(socket, "close");
  return said;
}

/** It knows the other sentinels and the replica, and would find a quorum. */
async function isComplete(port: number): Promise<boolean> {
  const quorum = await askSentinel(port, "SENTINEL", "CKQUORUM", NAME);
  const known = await askSentinel(port, "SENTINEL", "MASTER", NAME);
  const others = /num-other-sentinels\r\n\$\d+\r\n(\d+)/.exec(known)?.[1];
  const replicas = /num-slaves\r\n\$\d+\r\n(\d+)/.exec(known)?.[1];
  return quorum.startsWith("+OK") && others === String(SENTINELS - 1) && replicas === "1";
}

async function named(sentinels: readonly Sentinel[]): Promise<number> {
  const ports = await Promise.all(
    sentinels.map(async ({ port }) => {
      const said = await askSentinel(port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME);
      return Number(/\$\d+\r\n(\d+)\r\n$/.exec(said)?.[1]);
    }),
  );
  const isMost = (port: number) => ports.filter((other) => other === port).length >= QUORUM;
  return ports.find(isMost) ?? Number.NaN;
}

function info(port: number): Promise<string> {
  return ask(port, "INFO", "replication");
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50);
}
