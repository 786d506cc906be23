import fc from "fast-check";
import t from "tap";
import { openRedis } from "../../src/counters/redis/redis-connection.ts";
import { createRedisHome } from "../../src/counters/redis/redis-home.ts";
import { MINUTE, SILENT } from "../../src/units.ts";
import { skipWithoutRedis, testRedisUrl } from "../services/redis.ts";
import { assertTwins } from "./assert-twins.ts";
import { FAR, FARTHEST, NEAR, ONE_BOX, ONE_OLD_BOX, PLAIN_SALE, type Step } from "./twins-steps.ts";

t.test("both homes answer alike, step by step", { skip: skipWithoutRedis() }, async (t) => {
  const redis = openRedis({ url: testRedisUrl() ?? "" }, () => 0, SILENT);
  t.teardown(async () => {
    await redis.removeAll("twins-");
    await redis.close();
  });
  await new Promise<void>((resolve) => redis.whenReady(resolve));
  const home = createRedisHome(redis);
  const runs = Number(process.env["GUARD_TWINS_RUNS"] ?? 1);

  for (const { name, histories, years, numRuns } of [
    { name: "minutes", histories: NEAR, years: false, numRuns: 250 },
    { name: "days", histories: FAR, years: false, numRuns: 150 },
    { name: "years", histories: FARTHEST, years: true, numRuns: 100 },
    { name: "visits for one box", histories: ONE_BOX, years: false, numRuns: 600 },
    { name: "years of visits for one box", histories: ONE_OLD_BOX, years: true, numRuns: 400 },
  ]) {
    t.test(`over ${name}`, async (t) => {
      const property = fc.asyncProperty(histories, async (steps) => {
        const replies = await assertTwins(home, steps, years);
        if (replies.some((reply) => reply?.includes('"failed"')))
          throw new Error(`a step failed: ${replies.find((reply) => reply.includes('"failed"'))}`);
      });
      await fc.assert(property, { numRuns: numRuns * runs });
      t.pass(`${numRuns * runs} histories`);
    });
  }

  t.test("at every bound: 300 swipes of a person, 70 uses, 10 cards", async (t) => {
    const steps = Array.from({ length: 300 }, (_, i) => busyDay(i)).flat();
    const replies = await assertTwins(home, steps, false);
    t.notOk(replies.some((reply) => reply?.includes('"failed"')));
  });
});

/** One swipe of a person who uses one token, one prescription and a dozen cards far too often. */
function busyDay(i: number): Step[] {
  const every = (n: number) => i % n === 0;
  const split = [{ code: 2, split: true, units: i + 1 }];
  const check: Step = {
    kind: "check",
    advance: every(7) ? 1 : 20 * MINUTE,
    late: every(11) ? 50 * MINUTE : 0,
    sale: {
      ...PLAIN_SALE,
      ...{ id: 1_000 + i, inquiry: every(13), codes: i < 150 ? split : [] },
      ...{ token: 0, card: i % 12, prescriptions: [0] },
    },
  };
  const seal: Step = {
    kind: "seal",
    ...{ back: 0, holds: !every(17), presume: every(3), level: 0, bind: true },
    supersedes: every(19) ? [1] : [],
  };
  const steps: Step[] = [check, seal];
  if (every(20)) steps.push({ kind: "look", back: 1, advance: 0 });
  if (every(90)) steps.push({ kind: "fold", back: 0 });
  return steps;
}
