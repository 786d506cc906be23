import type { SharedDocuments } from "../control-documents.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** KEYS the document; ARGV what was read (empty: nothing), what is to stand. 1 when written. */
const REPLACE = `local standing = redis.call('GET', KEYS[1]) or ''
if standing ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;
/** KEYS the lock; ARGV its owner, milliseconds (0: let go). 1 while it is the owner's. */
const HOLD = `local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`;

export function redisDocuments(connection: RedisConnection, generation: string): SharedDocuments {
  const keyOf = (name: string) => `${generation}:{control}${name}`;
  const ask = (script: string, name: string, ...args: readonly string[]) =>
    connection.send("EVAL", [script, 1, keyOf(name), ...args]);
  return {
    claim: async (name, value) => {
      const standing = await connection.send("SET", [keyOf(name), value, "NX", "GET"]);
      return Buffer.isBuffer(standing) ? standing.toString() : value;
    },
    read: async (name) => {
      const standing = await connection.send("GET", [keyOf(name)]);
      return Buffer.isBuffer(standing) ? standing.toString() : undefined;
    },
    replace: async (name, before, after) => (await ask(REPLACE, name, before ?? "", after)) === 1,
    hold: async (name, owner, kept) =>
      (await ask(HOLD, name, owner, String(Math.max(1, kept)))) === 1,
    letGo: async (name, owner) => {
      await ask(HOLD, name, owner, "0");
    },
  };
}
