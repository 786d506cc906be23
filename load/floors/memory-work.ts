import type { RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { ALLOWED, type Work } from "./door.ts";
import { scriptOf } from "./guard-connection.ts";
import type { CallShape, MemoryShape } from "./memory-shape.ts";
import { namesOf, namesOfStep } from "./swipe-names.ts";

/** Names a place that the memory is drawn from, filled at start: every read finds as much as the guard's on average. */
const POOL = 1_024;
/** Two weeks, in seconds: between what the guard keeps for a day and for 400. */
const TTL = 1_209_600;
/** Before the filling bytes: three counts of 2 bytes and three of 4. */
const HEAD = 18;

/**
 * KEYS  first those rewritten, then those only read, last those that are fresh
 * ARGV  1: rewritten, only read, fresh u16; bytes of one rewritten, of one fresh, ttl in s u32; then
 *       bytes to write, repeated as often as is needed.  2: the ticket
 * Returns the ticket and what each key held.
 */
const CARRY = scriptOf(`
local rewritten, readOnly, fresh, rewrittenBytes, freshBytes, ttl = struct.unpack('>I2I2I2I4I4I4', ARGV[1])
local filling, most = string.sub(ARGV[1], ${HEAD + 1}), math.max(rewrittenBytes, freshBytes)
if #filling < most then filling = string.rep(filling, math.ceil(most / #filling)) end
local values = {}
for i = 1, rewritten + readOnly + fresh do values[i] = redis.call('GET', KEYS[i]) end
local value = string.sub(filling, 1, rewrittenBytes)
for i = 1, rewritten do redis.call('SET', KEYS[i], value, 'EX', ttl) end
value = string.sub(filling, 1, freshBytes)
for i = 1 + rewritten + readOnly, rewritten + readOnly + fresh do
  redis.call('SET', KEYS[i], value, 'EX', ttl)
end
return { ARGV[2], values }
`);

type Store = Pick<RedisConnection, "run" | "send">;

/** Carries as many bytes to and from as many keys as the guard does, and looks at none of them. */
export function memoryWork(connection: Store, shape: MemoryShape): Work {
  const check = new Carrier(connection, "c", shape.check);
  const step = new Carrier(connection, "s", shape.step);
  return {
    check: async (swipe) => {
      const names = namesOf(swipe);
      await check.carry(names, names.at(-1) ?? "");
      return ALLOWED;
    },
    settle: async (swipeId) => {
      const names = namesOfStep(swipeId);
      await step.carry(names, names.at(-1) ?? "");
    },
  };
}

/** Fills the pool of names. Once a start, before the first swipe. */
export async function fillMemory(connection: Store, shape: MemoryShape): Promise<void> {
  for (const [kind, call] of [
    ["c", shape.check],
    ["s", shape.step],
  ] as const) {
    await new Carrier(connection, kind, call).fill();
  }
}

class Carrier {
  private readonly connection: Store;
  private readonly kind: string;
  private readonly shape: CallShape;
  private readonly plan: Buffer;
  /** A key as long as one of the guard's is its place's head, a slot and a tail. */
  private readonly heads: readonly string[];
  private readonly slots: readonly string[];

  constructor(connection: Store, kind: string, shape: CallShape) {
    this.connection = connection;
    this.kind = kind;
    this.shape = rounded(shape);
    this.plan = planOf(this.shape);
    const { rewritten, readOnly } = this.shape;
    this.heads = Array.from(
      { length: rewritten + readOnly },
      (_, place) => `0:{${kind}${two(place)}`,
    );
    this.slots = Array.from({ length: POOL }, (_, slot) => slot.toString(36).padStart(12, "0"));
  }

  async carry(names: readonly string[], swipeName: string): Promise<void> {
    const slots = names.map(slotOf);
    const keys = this.heads.map((_, place) =>
      this.poolKey(place, slots[place % slots.length] ?? 0),
    );
    for (let place = 0; place < this.shape.fresh; place++) {
      keys.push(`0:{${this.kind}${swipeName}}${two(place)}`);
    }
    // A plan of its own a swipe, as the guard has.
    await this.connection.run(CARRY, keys, Buffer.from(this.plan));
  }

  async fill(): Promise<void> {
    const { rewritten, rewrittenBytes, readOnly, readOnlyBytes } = this.shape;
    for (let slot = 0; slot < POOL; slot++) {
      const sent: Promise<unknown>[] = [];
      for (let place = 0; place < rewritten + readOnly; place++) {
        const bytes = Buffer.alloc(place < rewritten ? rewrittenBytes : readOnlyBytes, "x");
        sent.push(this.connection.send("SET", [this.poolKey(place, slot), bytes, "EX", TTL]));
      }
      await Promise.all(sent);
    }
  }

  private poolKey(place: number, slot: number): string {
    return `${this.heads[place]}${this.slots[slot]}}w`;
  }
}

function two(place: number): string {
  return place.toString(36).padStart(2, "0");
}

function slotOf(name: string): number {
  const code = (at: number) => name.charCodeAt(at);
  return (code(1) * 961 + code(2) * 31 + code(3)) % POOL;
}

function rounded(shape: CallShape): CallShape {
  return {
    rewritten: Math.round(shape.rewritten),
    rewrittenBytes: Math.round(shape.rewrittenBytes),
    readOnly: Math.round(shape.readOnly),
    readOnlyBytes: Math.round(shape.readOnlyBytes),
    fresh: Math.round(shape.fresh),
    freshBytes: Math.round(shape.freshBytes),
    argumentBytes: Math.round(shape.argumentBytes),
  };
}

function planOf(shape: CallShape): Buffer {
  const plan = Buffer.alloc(Math.max(shape.argumentBytes, HEAD + 1), "x");
  plan.writeUInt16BE(shape.rewritten, 0);
  plan.writeUInt16BE(shape.readOnly, 2);
  plan.writeUInt16BE(shape.fresh, 4);
  plan.writeUInt32BE(shape.rewrittenBytes, 6);
  plan.writeUInt32BE(shape.freshBytes, 10);
  plan.writeUInt32BE(TTL, 14);
  return plan;
}
