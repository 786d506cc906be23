import { evaluateExpressionSync } from "@gorules/zen-engine";
import type { ChainableCommander, Redis } from "ioredis";
import type { Work } from "../floors/door.ts";
import type { PeerRule } from "../workload/twenty-rules.ts";
import { type Counting, countingsOf, factName, factsOf } from "./countings.ts";
import type { Lists } from "./lists.ts";
import { markSettled } from "./peer-redis.ts";
import { limitOf, swipeFacts } from "./swipe-facts.ts";
import { verdictOf } from "./verdict.ts";

export function zenWork(redis: Redis, rules: readonly PeerRule[], lists: Lists): Work {
  const expression = expressionOf(rules);
  return {
    check: async (swipe) => {
      const now = Date.now();
      const countings = countingsOf(rules, swipe);
      const facts = factsOf(rules, countings, await countAll(redis, countings, now));
      Object.assign(facts, swipeFacts(rules, lists, swipe, now));
      const outcomes: readonly boolean[] = evaluateExpressionSync(expression, facts);
      const fired = rules.filter((_, index) => outcomes[index]);
      return verdictOf(fired, facts);
    },
    settle: (swipeId) => markSettled(redis, swipeId),
  };
}

/** All rules as one array: one crossing into the engine a swipe. Twenty expressions of their own cost ten times that. */
function expressionOf(rules: readonly PeerRule[]): string {
  return `[${rules.map((rule) => `${factName(rule.id)} >= ${limitOf(rule)}`).join(", ")}]`;
}

/** One pipeline a swipe: a number for a count or a sum, a sorted set by time for who is different. */
async function countAll(
  redis: Redis,
  countings: readonly Counting[],
  now: number,
): Promise<readonly number[]> {
  const pipeline = redis.pipeline();
  const places: number[] = [];
  let sent = 0;
  for (const counting of countings) {
    const { commands, place } = COUNT[counting.rule.aggregate](pipeline, counting, now);
    places.push(sent + place);
    sent += commands;
  }
  const replies = (await pipeline.exec()) ?? [];
  return places.map((place) => {
    const [error, reply] = replies[place] ?? [];
    if (error) throw error;
    return Number(reply);
  });
}

/** Adds a counter's commands; `place`: which of them replies with what is counted. */
type Count = (
  pipeline: ChainableCommander,
  counting: Counting,
  now: number,
) => { readonly commands: number; readonly place: number };

const COUNT: Readonly<Record<Counting["rule"]["aggregate"], Count>> = {
  count: (pipeline, { key, rule }) => {
    pipeline.incr(key).expire(key, rule.windowSeconds, "NX");
    return { commands: 2, place: 0 };
  },
  sum: (pipeline, { key, rule, fen }) => {
    pipeline.incrby(key, fen).expire(key, rule.windowSeconds, "NX");
    return { commands: 2, place: 0 };
  },
  distinct: (pipeline, { key, rule, member }, now) => {
    pipeline
      .zadd(key, now, member)
      .zremrangebyscore(key, "-inf", now - rule.windowSeconds * 1_000)
      .zcard(key)
      .expire(key, rule.windowSeconds);
    return { commands: 4, place: 2 };
  },
};
