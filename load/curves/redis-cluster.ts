import { setTimeout as delay } from "node:timers/promises";
import { askRedis } from "../measure/ask-redis.ts";
import { startRedisServer } from "../subjects/redis-server.ts";

export interface RedisCluster {
  readonly url: string;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const JOIN_LIMIT_MS = 20_000;
const POLL_MS = 50;

/** So many primaries of the bench's own on loopback, the slots dealt out evenly, no replicas. */
export async function startRedisCluster(shards: number): Promise<RedisCluster> {
  const servers = await Promise.all(
    Array.from({ length: shards }, () => startRedisServer(["--cluster-enabled", "yes"])),
  );
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const ports = servers.map(({ port }) => port);
    for (const [index, port] of ports.entries()) {
      const from = Math.floor((index * SLOTS) / shards);
      const to = Math.floor(((index + 1) * SLOTS) / shards) - 1;
      await askRedis(port, ["CLUSTER", "ADDSLOTSRANGE", String(from), String(to)]);
    }
    for (const port of ports.slice(1))
      await askRedis(port, ["CLUSTER", "MEET", "127.0.0.1", String(ports[0])]);
    await Promise.all(ports.map((port) => joined(port, shards)));
    return { url: `redis+cluster://${ports.map((port) => `127.0.0.1:${port}`).join(",")}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function joined(port: number, shards: number): Promise<void> {
  for (const end = Date.now() + JOIN_LIMIT_MS; Date.now() < end; await delay(POLL_MS)) {
    const info = await askRedis(port, ["CLUSTER", "INFO"]);
    if (info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${shards}\r`))
      return;
  }
  throw new Error("the Cluster does not come together");
}
