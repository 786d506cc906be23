import type { DurationMs } from "../../units.ts";
import type { Beat, SharedClocks, ToldClock } from "../shared-clocks.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** Whoever said nothing for so long is gone from the list. */
const FORGOTTEN_AFTER: DurationMs = 60_000;

/**
 * KEYS the hash of clocks; ARGV the instance, by how many ms it is ahead of the store (empty: not known), ms after which
 * an entry is forgotten. Returns the store's ms and the hash: instance, `ahead:at` ...
 */
const BEAT = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. string.format('%.0f', now)) end
local told = redis.call('HGETALL', KEYS[1])
for i = 1, #told, 2 do
  local at = tonumber(string.match(told[i + 1], ':(%d+)$'))
  if at == nil or math.abs(now - at) > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], told[i]) end
end
return {string.format('%.0f', now), told}`;

/** On a Cluster all of it is one primary's, so that all are measured by one clock. */
export function redisClocks(connection: RedisConnection, generation: string): SharedClocks {
  const key = `${generation}:{control}clocks`;
  return {
    beat: async (instance, ahead) => {
      const own = ahead === undefined ? "" : ahead.toFixed(0);
      return decode(
        await connection.send("EVAL", [BEAT, 1, key, instance, own, String(FORGOTTEN_AFTER)]),
      );
    },
  };
}

function decode(reply: unknown): Beat {
  const [storeTime, told] = Array.isArray(reply) ? (reply as readonly unknown[]) : [];
  const texts = (Array.isArray(told) ? (told as readonly unknown[]) : []).map(String);
  const clocks: ToldClock[] = [];
  for (let index = 0; index + 1 < texts.length; index += 2) {
    const [ahead = "", at = ""] = (texts[index + 1] ?? "").split(":");
    clocks.push({ instance: texts[index] ?? "", ahead: Number(ahead), at: Number(at) });
  }
  return { storeTime: Number(String(storeTime)), told: clocks };
}
