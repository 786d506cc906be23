import t from "tap";
import { freshGeneration } from "../../src/replay/open-replay.ts";
import { SILENT } from "../../src/units.ts";
import { wireReplayMemory } from "../../src/wire.ts";
import { skipWithoutRedis, testRedisUrl } from "../services/redis.ts";
import { createPlayer, TOPICS } from "./run-stories.ts";

const settings = { url: testRedisUrl() ?? "" };

t.test("the same stories on Redis", { skip: skipWithoutRedis() }, async (t) => {
  const play = await createPlayer((clock) =>
    wireReplayMemory(settings, freshGeneration(), clock, SILENT),
  );
  for (const [topic, stories] of Object.entries(TOPICS)) {
    t.test(topic, async (t) => {
      for (const story of stories) {
        t.test(story.title, async (t) => {
          for (const { what, mismatch } of await play(story)) t.equal(mismatch, undefined, what);
        });
      }
    });
  }
});
