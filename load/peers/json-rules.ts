/**
 * A peer: json-rules-engine and rate-limiter-flexible, as a team would build the same twenty rules from the best known
 * packages. One limiter a counter, all counters of a swipe in parallel on one connection; distinct counts are sets.
 *
 * What it cannot give: its windows are fixed, from the first swipe in them on, so a burst across a window's end is
 * counted in two halves. A swipe that is sent again counts again, nothing that was counted is given back, no person
 * is under a keyed pseudonym, and no record is kept.
 *
 * Environment: REDIS_URL, PORT (default 0: any), GUARD_REFERENCE (its lists). Prints `listening http://127.0.0.1:PORT`;
 * ends on SIGTERM.
 */
import { createDoor } from "../floors/door.ts";
import { placesOf, serve } from "../floors/serve.ts";
import { TWENTY_RULES } from "../workload/twenty-rules.ts";
import { jsonRulesWork } from "./json-rules-work.ts";
import { readLists } from "./lists.ts";
import { openPeerRedis } from "./peer-redis.ts";

const { port, redisUrl } = placesOf(process.env);
const lists = readLists(process.env["GUARD_REFERENCE"] ?? "deploy/reference", TWENTY_RULES);
const redis = await openPeerRedis(redisUrl);
const work = jsonRulesWork(redis, TWENTY_RULES, lists);
await serve(createDoor(work), port, async () => redis.disconnect());
