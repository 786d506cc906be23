/**
 * A peer: GoRules' zen engine and counters in Redis, as a team would build the same twenty rules. All rules are one
 * expression, all counters of a swipe one pipeline: numbers that expire for counts and sums, sorted sets for distinct
 * counts.
 *
 * What it cannot give: windows of counts and sums are fixed, from the first swipe in them on (those of distinct counts
 * slide). A swipe that is sent again counts again in the former, nothing that was counted is given back, no person is
 * under a keyed pseudonym, and no record is kept.
 *
 * Environment: REDIS_URL, PORT (default 0: any), GUARD_REFERENCE (its lists). Prints `listening http://127.0.0.1:PORT`;
 * ends on SIGTERM.
 */
import { createDoor } from "../floors/door.ts";
import { placesOf, serve } from "../floors/serve.ts";
import { TWENTY_RULES } from "../workload/twenty-rules.ts";
import { readLists } from "./lists.ts";
import { openPeerRedis } from "./peer-redis.ts";
import { zenWork } from "./zen-work.ts";

const { port, redisUrl } = placesOf(process.env);
const lists = readLists(process.env["GUARD_REFERENCE"] ?? "deploy/reference", TWENTY_RULES);
const redis = await openPeerRedis(redisUrl);
await serve(createDoor(zenWork(redis, TWENTY_RULES, lists)), port, async () => redis.disconnect());
