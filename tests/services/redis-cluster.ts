import { ask } from "../faults/private-redis.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { delay, freePort } from "./service-process.ts";

const SLOTS = 16_384;
/** Below this a bus port, which is the port and 10,000, still is a port. */
const PORT_MAX = 55_000;
const PRIMARIES = 3;
const NODE_TIMEOUT_MS = 1_000;
/** Far beyond what it takes on a busy machine: nobody waits for ever. */
const JOIN_LIMIT_MS = 60_000;

/** A primary with the slots it began with, and its replica where it has one. */
export interface ClusterNode {
  readonly redis: TestRedis;
  readonly id: string;
  readonly slots: readonly [number, number];
  readonly replica: TestRedis | undefined;
}

export interface TestCluster {
  readonly url: string;
  readonly nodes: readonly ClusterNode[];
  /** Every server there is, replicas too. */
  readonly servers: readonly TestRedis[];
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Three where it is absent. */
  readonly primaries?: number;
  /** How soon a silent node counts as failed; 1 s where it is absent. */
  readonly nodeTimeoutMs?: number;
  /** Which primaries get a replica, by number. */
  readonly replicas?: readonly number[];
}

/** Primaries of the test's own on loopback, made a Cluster by its own commands. Stop it in `t.teardown`. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { primaries = PRIMARIES, replicas = [], nodeTimeoutMs = NODE_TIMEOUT_MS } = options;
  const nodes = await Promise.all(
    Array.from({ length: primaries }, async (_, index): Promise<ClusterNode> => {
      const redis = await startNode(nodeTimeoutMs);
      const slots = shareOf(index, primaries);
      await ask(redis.port, "CLUSTER", "ADDSLOTSRANGE", ...slots.map(String));
      const id = (await ask(redis.port, "CLUSTER", "MYID")).split("\r\n")[1] ?? "";
      const replica = replicas.includes(index) ? await startNode(nodeTimeoutMs) : undefined;
      return { redis, id, slots, replica };
    }),
  );
  const servers = nodes.flatMap(({ redis, replica }) => (replica ? [redis, replica] : [redis]));
  await meet(servers);
  for (const { id, replica } of nodes) if (replica !== undefined) await follow(replica.port, id);
  await everywhere(servers, (said) => said.includes("cluster_state:ok"));
  return {
    url: `redis+cluster://${nodes.map(({ redis }) => `127.0.0.1:${redis.port}`).join(",")}`,
    nodes,
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

function shareOf(index: number, primaries: number): readonly [number, number] {
  const share = Math.ceil(SLOTS / primaries);
  return [index * share, Math.min((index + 1) * share, SLOTS) - 1];
}

async function meet(servers: readonly TestRedis[]): Promise<void> {
  const [first, ...others] = servers;
  for (const { port } of others) {
    await ask(port, "CLUSTER", "MEET", "127.0.0.1", String(first?.port));
  }
  await everywhere(servers, (said) => said.includes(`cluster_known_nodes:${servers.length}`));
}

/** Refused until the primary is known to the replica. */
async function follow(port: number, primary: string): Promise<void> {
  while (!(await ask(port, "CLUSTER", "REPLICATE", primary)).startsWith("+OK")) await delay(50);
  while (!(await ask(port, "INFO", "replication")).includes("master_link_status:up")) {
    await delay(50);
  }
}

async function startNode(nodeTimeoutMs: number): Promise<TestRedis> {
  let port = await freePort();
  while (port > PORT_MAX) port = await freePort();
  return startRedis({
    port,
    args: [
      ...["--cluster-enabled", "yes", "--cluster-node-timeout", String(nodeTimeoutMs)],
      // A part that is lost must not stop the rest.
      ...["--cluster-require-full-coverage", "no", "--repl-diskless-sync-delay", "0"],
      ...["--cluster-replica-validity-factor", "0"],
    ],
  });
}

async function everywhere(
  servers: readonly TestRedis[],
  holds: (info: string) => boolean,
): Promise<void> {
  const limit = Date.now() + JOIN_LIMIT_MS;
  for (const { port } of servers) {
    while (!holds(await ask(port, "CLUSTER", "INFO"))) {
      if (Date.now() > limit) throw new Error("the Cluster does not come together");
      await delay(50);
    }
  }
}
