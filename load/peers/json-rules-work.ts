import type { Redis } from "ioredis";
import { Engine } from "json-rules-engine";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Work } from "../floors/door.ts";
import type { PeerRule } from "../workload/twenty-rules.ts";
import { type Counting, countingsOf, factName, factsOf } from "./countings.ts";
import type { Lists } from "./lists.ts";
import { markSettled } from "./peer-redis.ts";
import { limitOf, swipeFacts } from "./swipe-facts.ts";
import { verdictOf } from "./verdict.ts";

/** Nothing is limited by the limiter: it only counts, and the rules judge. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export function jsonRulesWork(redis: Redis, rules: readonly PeerRule[], lists: Lists): Work {
  const engine = createEngine(rules);
  const count = createCounters(redis, rules);
  const ruleOf = new Map(rules.map((rule) => [rule.id, rule] as const));
  return {
    check: async (swipe) => {
      const countings = countingsOf(rules, swipe);
      const counts = await Promise.all(countings.map(count));
      const facts = factsOf(rules, countings, counts);
      Object.assign(facts, swipeFacts(rules, lists, swipe, Date.now()));
      const { events } = await engine.run(facts);
      const fired = events.flatMap(({ type }) => ruleOf.get(type) ?? []);
      return verdictOf(fired, facts);
    },
    settle: (swipeId) => markSettled(redis, swipeId),
  };
}

/** One engine for all swipes; facts come with each run, so none is computed twice or awaited. */
function createEngine(rules: readonly PeerRule[]): Engine {
  return new Engine(
    rules.map((rule) => ({
      conditions: {
        all: [{ fact: factName(rule.id), operator: "greaterThanInclusive", value: limitOf(rule) }],
      },
      event: { type: rule.id },
    })),
  );
}

/** A limiter a rule that counts or sums, and a set in Redis a rule that counts who is different. */
function createCounters(redis: Redis, rules: readonly PeerRule[]) {
  const limiters = new Map<string, RateLimiterRedis>();
  for (const rule of rules) {
    if (rule.kind !== "counted" || rule.aggregate === "distinct") continue;
    const { windowSeconds: duration } = rule;
    limiters.set(
      rule.id,
      new RateLimiterRedis({
        storeClient: redis,
        points: NO_LIMIT,
        duration,
        keyPrefix: "limiter",
      }),
    );
  }
  return async ({ rule, key, member, fen }: Counting): Promise<number> => {
    const limiter = limiters.get(rule.id);
    if (limiter !== undefined) {
      const points = rule.aggregate === "sum" ? fen : 1;
      return (await limiter.consume(key, points)).consumedPoints;
    }
    const set = `set:${key}`;
    const [, , members] = await Promise.all([
      redis.sadd(set, member),
      redis.expire(set, rule.windowSeconds, "NX"),
      redis.scard(set),
    ]);
    return members;
  };
}
