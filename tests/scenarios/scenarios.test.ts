import t from "tap";
import { SILENT } from "../../src/units.ts";
import { wireReplayMemory } from "../../src/wire.ts";
import { createPlayer, TOPICS } from "./run-stories.ts";

const play = await createPlayer((clock) => wireReplayMemory(undefined, "s", clock, SILENT));

for (const [topic, stories] of Object.entries(TOPICS)) {
  t.test(topic, async (t) => {
    for (const story of stories) {
      t.test(story.title, async (t) => {
        for (const { what, mismatch } of await play(story)) t.equal(mismatch, undefined, what);
      });
    }
  });
}
