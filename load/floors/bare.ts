/**
 * The bare floor: what any service costs that answers the same bodies from Redis at all. Fastify, the guard's own
 * parsers, one EVALSHA with one HINCRBY on each of eight keys, and an allow answer in the guard's form.
 * It remembers nothing by which a rule could judge, pseudonymises nothing under a key, and keeps no record.
 *
 * Environment: REDIS_URL, PORT (default 0: any). Prints `listening http://127.0.0.1:PORT`; ends on SIGTERM.
 */
import { bareWork } from "./bare-work.ts";
import { createDoor } from "./door.ts";
import { openGuardConnection } from "./guard-connection.ts";
import { placesOf, serve } from "./serve.ts";

const { port, redisUrl } = placesOf(process.env);
const connection = await openGuardConnection(redisUrl);
await serve(createDoor(bareWork(connection)), port, () => connection.close());
