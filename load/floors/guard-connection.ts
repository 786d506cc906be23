import { createHash } from "node:crypto";
import { systemTimers } from "../../src/config/machine.ts";
import { readyWithin } from "../../src/counters/redis/ready-within.ts";
import {
  openRedis,
  type RedisConnection,
  type Script,
} from "../../src/counters/redis/redis-connection.ts";
import { SILENT } from "../../src/units.ts";

const READY_WITHIN = 5_000;

/**
 * The guard's own connection, with its options, its way of writing to the socket, its circuit and its tickets: what
 * is compared is what is asked of Redis, not how. It costs a floor some µs a command more than the plain client.
 */
export async function openGuardConnection(redisUrl: string): Promise<RedisConnection> {
  const connection = openRedis({ url: redisUrl }, () => performance.now(), SILENT);
  if (await readyWithin(connection, systemTimers, READY_WITHIN)) return connection;
  await connection.close();
  throw new Error(`Redis at ${redisUrl} does not answer.`);
}

/** A script as the guard's own are: its sha1 is sent, and its text only where Redis does not know it. */
export function scriptOf(lua: string): Script {
  return { lua, sha1: createHash("sha1").update(lua).digest("hex") };
}
