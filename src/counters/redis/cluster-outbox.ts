import { ANSWER_KEPT } from "../limits.ts";
import type { ChangeOperation, ChangePlan } from "../operations.ts";
import { sendOthers } from "./cluster-calls.ts";
import type { ScriptCall } from "./plan-codec.ts";
import type { RedisConnection } from "./redis-connection.ts";

/**
 * What a change still means for others than the person, kept beside the ledger from the instant the change is made until
 * all of it is done: a guard that dies in between leaves it there, and the till's repeat carries it out.
 */
export function outboxKey({ ledgerKey, swipe }: Pick<ChangePlan, "ledgerKey" | "swipe">): string {
  const person = ledgerKey.slice(0, ledgerKey.indexOf("}") + 1);
  return `${person}u:${Buffer.from(swipe, "latin1").toString("base64url")}`;
}

/** Written by the change itself, in the same step. */
export function outboxOperation(
  plan: ChangePlan,
  calls: readonly ScriptCall[],
): readonly ChangeOperation[] {
  if (calls.length === 0) return [];
  const kept = calls.map(({ keys, plan: bytes }) => [keys, bytes.toString("base64")]);
  const value = Buffer.from(JSON.stringify(kept));
  return [{ kind: "put", key: outboxKey(plan), value, ttl: ANSWER_KEPT }];
}

/** Carries out what an earlier change of this swipe has left; each step is done once, whoever else sends it. */
export async function emptyOutbox(connection: RedisConnection, plan: ChangePlan): Promise<void> {
  const key = outboxKey(plan);
  const left = await connection.send("GET", [key]);
  if (!Buffer.isBuffer(left)) return;
  const calls = JSON.parse(left.toString()) as readonly (readonly [readonly string[], string])[];
  await Promise.all(
    calls.map(([keys, bytes]) =>
      sendOthers(connection, { keys, plan: Buffer.from(bytes, "base64") }),
    ),
  );
  await connection.send("UNLINK", [key]);
}
