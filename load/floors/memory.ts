/**
 * The memory floor: what the guard's memory costs to carry without looking at it. As the bare floor, but its one
 * script reads and writes as many bytes of as many keys as the guard's scripts do together, with no logic: it returns
 * what it read, and writes filling bytes from one packed argument as long as the guard's. What the guard needs two
 * commands for (a check) or four (a step) is one here. The guard's journal is not in it: it counts against the guard.
 *
 * Environment: REDIS_URL, PORT (default 0: any), FLOOR_SHAPE (a MemoryShape as JSON, from `calibrate`; default
 * DEFAULT_SHAPE). Prints `listening http://127.0.0.1:PORT`; ends on SIGTERM.
 */
import { createDoor } from "./door.ts";
import { openGuardConnection } from "./guard-connection.ts";
import { DEFAULT_SHAPE, readShape } from "./memory-shape.ts";
import { fillMemory, memoryWork } from "./memory-work.ts";
import { placesOf, serve } from "./serve.ts";

const { port, redisUrl } = placesOf(process.env);
const text = process.env["FLOOR_SHAPE"];
const shape = text === undefined ? DEFAULT_SHAPE : readShape(text);
const connection = await openGuardConnection(redisUrl);
await fillMemory(connection, shape);
await serve(createDoor(memoryWork(connection, shape)), port, () => connection.close());
