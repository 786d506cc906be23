import { StoreUnavailableError } from "../contract.ts";
import type { MemoryHome, ObserveReply } from "../operations.ts";
import {
  encodeChange,
  encodeFlagging,
  encodeFold,
  encodeObserve,
  encodeSeal,
  type ScriptCall,
} from "./plan-codec.ts";
import type { RedisConnection } from "./redis-connection.ts";
import {
  changeScript,
  flagScript,
  foldScript,
  observeScript,
  sealScript,
} from "./scripts.generated.ts";

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
      if (!Array.isArray(reply)) return { changed: false };
      return { changed: true, seq: Number(reply[0]), lost: Number(reply[1]) };
    },
    fold: async (plan) => (await call(connection, foldScript, encodeFold(plan))) === 1,
    read: (keys) => all(keys.map((key) => connection.send("GET", [key]))),
    readTraces: (reads) =>
      all(
        reads.flatMap(({ key, field, splitKey }) => [
          connection.send("HGET", [key, Buffer.from(field, "latin1")]),
          connection.send("GET", [splitKey]),
        ]),
      ),
    flag: async (plan) => {
      await call(connection, flagScript, encodeFlagging(plan));
    },
    close: () => connection.close(),
  };
}

async function all(sent: readonly Promise<unknown>[]): Promise<(Buffer | null)[]> {
  return (await Promise.all(sent)).map((value) => (Buffer.isBuffer(value) ? value : null));
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
  const [verdict, first, ...rest] = reply as (number | Buffer | null)[];
  switch (verdict) {
    case 0:
    case 1: {
      const [ledger = null, attempts = null, ...values] = rest.map(bytesOrNull);
      const lost = typeof first === "number" ? first : 0;
      return { verdict: verdict === 0 ? "new" : "retry", ledger, attempts, values, lost };
    }
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
