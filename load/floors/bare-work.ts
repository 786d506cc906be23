import type { RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { ALLOWED, type Work } from "./door.ts";
import { scriptOf } from "./guard-connection.ts";
import { namesOf, namesOfStep } from "./swipe-names.ts";

const COUNT = scriptOf(`
local counts = {}
for i, key in ipairs(KEYS) do counts[i] = redis.call('HINCRBY', key, 'n', 1) end
return { ARGV[2], counts }
`);
/** All there is to say is in the keys. */
const NOTHING = Buffer.alloc(0);

export function bareWork(connection: RedisConnection): Work {
  const count = async (names: readonly string[]) => {
    const keys = names.map((name) => `0:{p${name}}l`);
    await connection.run(COUNT, keys, NOTHING);
  };
  return {
    check: async (swipe) => {
      await count(namesOf(swipe));
      return ALLOWED;
    },
    settle: (swipeId) => count(namesOfStep(swipeId)),
  };
}
