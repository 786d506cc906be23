import type t from "tap";
import type { createPlayer, Verdict } from "./player.ts";
import { TOPICS } from "./topics.ts";

interface Played extends Verdict {
  readonly title: string;
}

/**
 * Every story as a test of its own; a topic or a part of a title in GUARD_STORIES tells those alone. They are played
 * before the first test begins: what tap watches in a test costs as much as the story.
 */
export async function tellAll(
  test: Pick<typeof t, "test">,
  play: Awaited<ReturnType<typeof createPlayer>>,
): Promise<void> {
  const only = process.env["GUARD_STORIES"] ?? "";
  const topics = new Map<string, Played[]>();
  for (const [topic, stories] of Object.entries(TOPICS)) {
    const played: Played[] = [];
    for (const story of stories.filter(({ title }) => `${topic}: ${title}`.includes(only))) {
      played.push({ title: story.title, ...(await play(story)) });
    }
    if (played.length > 0) topics.set(topic, played);
  }
  for (const [topic, stories] of topics) {
    test.test(topic, async (t) => {
      for (const { title, asked, mismatches } of stories) {
        t.test(title, async (t) => {
          t.ok(asked > 0, "something is expected");
          for (const said of mismatches) t.fail(said);
        });
      }
    });
  }
}
