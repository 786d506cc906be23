import { askRedis, portsOf } from "../measure/ask-redis.ts";
import { TABLES } from "../profile/left-behind.ts";

/** One Redis, asked for what it holds. */
export class RedisMemory {
  readonly #port: number;

  constructor(redisUrl: string) {
    this.#port = portsOf(redisUrl)[0] ?? 0;
  }

  async usedBytes(): Promise<number> {
    const info = await this.#ask(["INFO", "memory"]);
    return Number(/\nused_memory:(\d+)/.exec(info)?.[1]);
  }

  /** Behind its back: five million keys take longer than a reply is waited for. */
  async flush(): Promise<void> {
    await this.#ask(["FLUSHALL", "ASYNC"]);
  }

  /** All keys of this pattern; a few thousand at most. */
  async keys(pattern: string): Promise<readonly string[]> {
    return words(await this.#ask(["KEYS", pattern]));
  }

  /** The same bytes with the same time to live under other names of the same length. */
  async copy(from: string, to: readonly string[]): Promise<void> {
    await this.#ask(["EVAL", COPY, String(to.length + 1), from, ...to]);
  }

  /** Entries of many hashes put together in others, so many in each, and how many that were. */
  async gather(from: readonly string[], to: readonly string[], each: number): Promise<number> {
    const names = [...from, ...to];
    const keys = [String(names.length), ...names];
    const reply = await this.#ask(["EVAL", GATHER, ...keys, String(from.length), String(each)]);
    return Number(/^:(\d+)/.exec(reply)?.[1]);
  }

  async remove(keys: readonly string[]): Promise<void> {
    await this.#ask(["DEL", ...keys]);
  }

  /** Bytes of a key with its name, its time and its place in the tables, on average. */
  async bytesOf(keys: readonly string[]): Promise<number> {
    const reply = await this.#ask(["EVAL", USAGE, String(keys.length), ...keys]);
    return Number(/^:(\d+)/.exec(reply)?.[1]) / Math.max(1, keys.length) + TABLES;
  }

  #ask(command: readonly string[]): Promise<string> {
    return askRedis(this.#port, command);
  }
}

/** KEYS[1] is copied to all the others. */
const COPY = `
local value = redis.call('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
for i = 2, #KEYS do
  if left > 0 then redis.call('SET', KEYS[i], value, 'PX', left) else redis.call('SET', KEYS[i], value) end
end
return #KEYS - 1`;

/** ARGV[1] hashes first, then those to be filled with ARGV[2] entries each; returns the entries put there. */
const GATHER = `
local sources, each, put, target = tonumber(ARGV[1]), tonumber(ARGV[2]), 0, 0
for i = 1, sources do
  local entries = redis.call('HGETALL', KEYS[i])
  for j = 1, #entries, 2 do
    target = sources + 1 + math.floor(put / each)
    if target > #KEYS then return put end
    redis.call('HSET', KEYS[target], entries[j], entries[j + 1])
    put = put + 1
  end
end
return put`;

const USAGE = `
local sum = 0
for i = 1, #KEYS do sum = sum + (redis.call('MEMORY', 'USAGE', KEYS[i]) or 0) end
return sum`;

/** A flat array of plain texts, as RESP writes it. */
function words(reply: string): readonly string[] {
  return [...reply.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, word = ""]) => word);
}
