import { ask } from "../faults/private-redis.ts";
import type { ClusterNode } from "./redis-cluster.ts";
import { delay } from "./service-process.ts";

const KEYS_AT_ONCE = 50;
const MIGRATE_WAIT_MS = "5000";

/**
 * Moves a slot with all its keys between two primaries while both serve, as a resharding tool does; `wait`: how long it
 * is between them, before its keys are carried over and after.
 */
export async function moveSlot(
  slot: number,
  from: ClusterNode,
  to: ClusterNode,
  all: readonly ClusterNode[],
  wait = 0,
): Promise<void> {
  await beginMove(slot, from, to);
  if (wait > 0) await delay(wait);
  await carryKeys(slot, from, to);
  if (wait > 0) await delay(wait);
  await carryKeys(slot, from, to);
  await endMove(slot, to, all);
}

/** From here on keys that are not at the old owner are asked of the new one. */
export async function beginMove(slot: number, from: ClusterNode, to: ClusterNode): Promise<void> {
  await told(to, "CLUSTER", "SETSLOT", String(slot), "IMPORTING", from.id);
  await told(from, "CLUSTER", "SETSLOT", String(slot), "MIGRATING", to.id);
}

export async function carryKeys(slot: number, from: ClusterNode, to: ClusterNode): Promise<void> {
  for (;;) {
    const count = String(KEYS_AT_ONCE);
    const keys = bulks(await ask(from.redis.port, "CLUSTER", "GETKEYSINSLOT", String(slot), count));
    if (keys.length === 0) return;
    const target = ["127.0.0.1", String(to.redis.port), "", "0", MIGRATE_WAIT_MS];
    await told(from, "MIGRATE", ...target, "KEYS", ...keys);
  }
}

/** The new owner first: it must not refuse what the old one sends on. */
export async function endMove(
  slot: number,
  to: ClusterNode,
  all: readonly ClusterNode[],
): Promise<void> {
  for (const node of [to, ...all.filter((other) => other !== to)]) {
    await told(node, "CLUSTER", "SETSLOT", String(slot), "NODE", to.id);
  }
}

async function told({ redis }: ClusterNode, ...words: readonly string[]): Promise<void> {
  const reply = await ask(redis.port, ...words);
  if (reply.startsWith("-")) throw new Error(`${words.slice(0, 3).join(" ")}: ${reply}`);
}

/** The strings of an array reply; keys have no line ends in them. */
export function bulks(reply: string): string[] {
  return reply.split("\r\n").filter((line) => line !== "" && !/^[*$]-?\d+$/.test(line));
}
