import { join } from "node:path";
import t from "tap";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { startGuard } from "./guard-process.ts";
import { nativeSwipe, newId, SHENYANG_PHARMACIES, traceCode } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

const ROUNDS = 4;
const PEOPLE = 60;

const told = ({ status, body }: Answer) => ({
  status,
  decision: body.decision,
  mode: body.mode,
  hits: body.hits,
  policy: body.policy,
  decidedAt: body.decidedAt,
});

t.test("two guards on one Redis are one", { skip: skipWithoutRedisServer() }, async (t) => {
  const redis = await startRedis();
  const folder = t.testdir();
  // Who gets the box must not hang on how fast this machine is: nobody here is answered without the store.
  const settings = { REDIS_URL: redis.url, GUARD_DEADLINE_MS: "5000" };
  const guards = [
    await startGuard(join(folder, "one"), settings),
    await startGuard(join(folder, "two"), settings),
  ] as const;
  const tills = [new Till(guards[0].url), new Till(guards[1].url)] as const;
  t.teardown(async () => {
    for (const till of tills) till.close();
    await Promise.all(guards.map((guard) => guard.kill()));
    await redis.stop();
  });
  await Promise.all(tills.map((till) => till.open(PEOPLE / 2)));
  await Promise.all(tills.map((till) => till.untilStoreAnswers()));

  await t.test("of many people after one box exactly one gets it", async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const swipes = Array.from({ length: PEOPLE }, (_, number) =>
        nativeSwipe({
          id: newId(`box-${round}`, number),
          person: `BOX-${round}-${number}`,
          pharmacy: number % SHENYANG_PHARMACIES.length,
          terminal: `R${round}-${number}`,
          code: traceCode(round),
        }),
      );
      const answers = await Promise.all(
        swipes.map((swipe, number) => tills[number % 2 === 0 ? 0 : 1].check(swipe)),
      );
      t.same([...new Set(answers.map(({ body }) => body.mode))], ["full"]);
      const winners = answers.filter(({ body }) => /^(allow|warn)$/.test(body.decision ?? ""));
      t.equal(winners.length, 1, `round ${round}`);
      const others = answers.filter((answer) => !winners.includes(answer));
      t.ok(
        others.every(({ body }) => body.hits?.some(({ rule }) => /^TR-0[12]$/.test(rule))),
        "the others are told of the box",
      );

      const elsewhere = await Promise.all(
        swipes.map((swipe, number) => tills[number % 2 === 0 ? 1 : 0].check(swipe)),
      );
      t.same(
        elsewhere.map(told),
        answers.map(told),
        "a repeat at the other guard is answered alike",
      );
    }
  });

  await t.test("one id through both at once has one answer", async (t) => {
    const swipes = Array.from({ length: 80 }, (_, number) =>
      nativeSwipe({ id: newId("both", number), person: `BOTH-${number}`, terminal: `B${number}` }),
    );
    const pairs = await Promise.all(
      swipes.map((swipe) =>
        Promise.all([tills[0].check(swipe), tills[1].check(swipe), tills[0].check(swipe)]),
      ),
    );
    for (const [first, second, third] of pairs) {
      t.equal(first.status, 200);
      t.same(told(second), told(first));
      t.same(told(third), told(first));
    }
    const other = nativeSwipe({ id: newId("both", 0), person: "BOTH-0", quantity: 2 });
    t.equal((await tills[1].check(other)).status, 409, "the same id with another content");
  });

  await t.test("parts of a quota that exceed it together are not all allowed", async (t) => {
    // 12 packs are the most of one sale, 24 of 30 days (OQ-05); no dose is known of this drug.
    for (let round = 0; round < 10; round++) {
      const parts = [0, 1, 2].map((part) =>
        nativeSwipe({
          id: newId(`quota-${round}`, part),
          person: `QUOTA-${round}`,
          terminal: `Q${round}`,
          drug: "XZ99ZZZ999Z999",
          quantity: 12,
          more: { credential: { type: "03", number: `CARD-QUOTA-${round}` } },
        }),
      );
      for (const part of parts) {
        for (const line of part["lines"] as Record<string, unknown>[]) {
          delete line["daysSupply"];
          line["traceCodes"] = Array.from({ length: 12 }, (_, index) =>
            traceCode(1_000 + (round * 3 + parts.indexOf(part)) * 12 + index),
          );
        }
      }
      const answers = await Promise.all(
        parts.map((part, index) => tills[index % 2 === 0 ? 0 : 1].check(part)),
      );
      const accepted = answers.filter(({ body }) => /^(allow|warn)$/.test(body.decision ?? ""));
      t.equal(accepted.length, 2, JSON.stringify(answers.map(({ body }) => body.hits)));
    }
  });

  await t.test("when one is killed the other goes on where it was", async (t) => {
    const swipe = nativeSwipe({ id: newId("heir", 1), person: "HEIR", code: traceCode(9_000) });
    const answer = await tills[0].check(swipe);
    await guards[0].kill();
    t.same(told(await tills[1].check(swipe)), told(answer));
    const settled = await tills[1].post(`/v1/swipes/${newId("heir", 1)}/settlement`, {
      settlementId: "SET-HEIR",
      visitId: "VISIT-HEIR",
    });
    t.match(settled, { status: 200, body: { state: "settled" } });
  });
});
