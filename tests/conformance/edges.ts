import type { Test } from "tap";
import { RESERVATION } from "../../src/counters/limits.ts";
import { SECOND } from "../../src/units.ts";
import { check, type Fresh, remembered, settle } from "./steps.ts";
import { digest, observation, START, sealing } from "./swipes.ts";

/** What happens once in years, and must not go wrong then. */
export function edgesConform(t: Test, fresh: Fresh): void {
  t.test("a person whose pseudonym looks like a swipe's digest hides no swipe", async (t) => {
    const under = await fresh();
    const twin = observation({ id: "twin-0001", at: START });
    await under.store.observe({ ...twin, person: `${digest("later-001", 8)}xx` });
    await under.store.observe(observation({ id: "later-001", at: START + SECOND, person: "bob" }));
    const third = observation({ id: "third-001", at: START + 2 * SECOND, person: "cat" });
    const { memory } = remembered(await under.store.observe(third));
    t.same(
      memory.logs[0]?.map(({ swipe }) => swipe),
      [digest("twin-0001", 8), digest("later-001", 8)],
    );
  });

  const uses = 64;
  const crowd = (number: number) => ({
    id: `sale-${String(number).padStart(4, "0")}`,
    at: START + number * SECOND,
    person: `person-${number}`,
    token: "k",
  });

  t.test("a token used beyond its bound keeps who was first, and what is settled", async (t) => {
    const under = await fresh();
    for (let number = 0; number <= uses; number++) await check(under, crowd(number));
    await settle(under, "sale-0000", "person-0", START + 100 * SECOND, "sold");
    const last = crowd(uses + 40);
    under.setNow(last.at);
    const { memory } = remembered(await under.store.observe(observation(last)));
    t.equal(memory.token.length, uses);
    t.match(memory.token[0], { swipe: digest("sale-0000", 8), state: "sold" });
    t.match(memory.token.at(-1), { swipe: digest("sale-0063", 8) });
  });

  t.test("of a crowd that shows one token at once, only the first ever has it", async (t) => {
    const under = await fresh();
    const others = Array.from({ length: 3 * uses }, (_, number) => crowd(number + 1));
    under.setNow(START);
    await under.store.observe(observation(crowd(0)));
    for (const other of others) await under.store.observe(observation(other));
    await under.store.seal(sealing(observation(crowd(0))));
    for (const other of others)
      await under.store.seal(sealing(observation(other), { holds: false, level: 3 }));
    const late = crowd(4 * uses);
    const { memory } = remembered(await under.store.observe(observation(late)));
    t.strictSame(
      memory.token.map(({ swipe }) => swipe),
      [digest("sale-0000", 8)],
    );
  });

  t.test("a use that lapsed makes room for a new one", async (t) => {
    const under = await fresh();
    for (let number = 0; number < uses; number++) await check(under, crowd(number));
    const late = { ...crowd(uses), at: START + RESERVATION };
    await check(under, late);
    const next = { ...crowd(uses + 1), at: late.at + 1 };
    under.setNow(next.at);
    const { memory } = remembered(await under.store.observe(observation(next)));
    t.match(memory.token.at(-1), { swipe: digest(late.id, 8) });
    t.notOk(memory.token.some(({ swipe }) => swipe === digest("sale-0000", 8)));
  });
}
