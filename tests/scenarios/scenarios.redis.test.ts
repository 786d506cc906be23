import t from "tap";
import { freshGeneration } from "../../src/replay/open-replay.ts";
import { SILENT } from "../../src/units.ts";
import { wireReplayMemory } from "../../src/wire-memory.ts";
import { skipWithoutRedis, testRedisUrl } from "../services/redis.ts";
import { createPlayer } from "./player.ts";
import { tellAll } from "./tell.ts";

const url = testRedisUrl();

if (url === undefined) {
  t.test("the same stories on Redis", { skip: skipWithoutRedis() }, async () => undefined);
} else {
  await tellAll(
    t,
    await createPlayer((clock) => wireReplayMemory({ url }, freshGeneration(), clock, SILENT)),
  );
}
