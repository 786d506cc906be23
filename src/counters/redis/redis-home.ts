import { StoreUnavailableError } from "../contract.ts";
import type { MemoryHome, ObserveReply } from "../operations.ts";
import {
  encodeChange,
  encodeFold,
  encodeObserve,
  encodeSeal,
  type ScriptCall,
} from "./plan-codec.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { changeScript, foldScript, observeScript, sealScript } from "./scripts.generated.ts";

type Script = { readonly sha1: string; readonly lua: string };

/** The memory on Redis or Valkey: each step is one script call, returned raw. */
export function createRedisHome(connection: RedisConnection): MemoryHome {
  return {
    observe: async (plan) =>
      readObserve(await call(connection, observeScript, encodeObserve(plan))),
    seal: async (plan) => {
      const reply = await call(connection, sealScript, encodeSeal(plan));
      return Buffer.isBuffer(reply) ? { won: false, answer: reply } : { won: true };
    },
    change: async (plan) => {
      const reply = await call(connection, changeScript, encodeChange(plan));
      return typeof reply === "number" && reply > 0
        ? { changed: true, seq: reply }
        : { changed: false };
    },
    fold: async (plan) => (await call(connection, foldScript, encodeFold(plan))) === 1,
    read: async (keys) => {
      const values = await Promise.all(keys.map((key) => connection.send("GET", [key])));
      return values.map((value) => (Buffer.isBuffer(value) ? value : null));
    },
    close: () => connection.close(),
  };
}

async function call(connection: RedisConnection, script: Script, of: ScriptCall): Promise<unknown> {
  const rest = [of.keys.length, ...of.keys, of.plan];
  try {
    return await connection.send("EVALSHA", [script.sha1, ...rest]);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return connection.send("EVAL", [script.lua, ...rest]);
  }
}

function readObserve(reply: unknown): ObserveReply {
  if (!Array.isArray(reply)) throw unreadable();
  const [verdict, first, second, ...values] = reply as (number | Buffer | null)[];
  switch (verdict) {
    case 0:
    case 1:
      return {
        verdict: verdict === 0 ? "new" : "retry",
        ledger: bytesOrNull(first),
        attempts: bytesOrNull(second),
        values: values.map(bytesOrNull),
      };
    case 2:
      if (Buffer.isBuffer(first)) return { verdict: "sealed", answer: first };
      break;
    case 3:
      return { verdict: "conflict", with: "content" };
    case 4:
      return { verdict: "conflict", with: "person" };
    case 5:
      if (Buffer.isBuffer(first)) return { verdict: "recalled", ledger: first };
      break;
    default:
      break;
  }
  throw unreadable();
}

function bytesOrNull(value: number | Buffer | null | undefined): Buffer | null {
  return Buffer.isBuffer(value) ? value : null;
}

function unreadable(): StoreUnavailableError {
  return new StoreUnavailableError("The store answered something the guard cannot read.");
}
