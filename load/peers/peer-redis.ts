import { Redis } from "ioredis";

/** As a team would set it up that has read the client's advice: one connection, small writes at once, no queue offline. */
export async function openPeerRedis(redisUrl: string): Promise<Redis> {
  const redis = new Redis(redisUrl, {
    ...{ lazyConnect: true, noDelay: true, enableOfflineQueue: false },
    // What is sent in one turn of the event loop is written at once: the counters of a swipe are one write.
    enableAutoPipelining: true,
  });
  await redis.connect();
  return redis;
}

/** How long a settled swipe is remembered, in seconds. */
const SETTLED_KEPT = 90 * 24 * 3_600;

/** Marks a swipe as settled in a hash of its own. */
export async function markSettled(redis: Redis, swipeId: string): Promise<void> {
  const key = `swipe:${swipeId}`;
  await redis
    .pipeline()
    .hset(key, "state", "settled", "at", Date.now())
    .expire(key, SETTLED_KEPT)
    .exec();
}
