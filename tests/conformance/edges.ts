import type { Test } from "tap";
import { SECOND } from "../../src/units.ts";
import { check, type Fresh, remembered, settle } from "./steps.ts";
import { digest, observation, START } from "./swipes.ts";

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

  t.test("a token used beyond its bound keeps the newest uses, and what is settled", async (t) => {
    const under = await fresh();
    const uses = 64;
    const sale = (number: number) => ({
      id: `sale-${String(number).padStart(4, "0")}`,
      at: START + number * SECOND,
      person: `person-${number}`,
      token: "k",
    });
    for (let number = 0; number <= uses; number++) await check(under, sale(number));
    await settle(under, "sale-0000", "person-0", START + 100 * SECOND, "sold");
    const last = sale(uses + 40);
    under.setNow(last.at);
    const { memory } = remembered(await under.store.observe(observation(last)));
    t.equal(memory.token.length, uses);
    t.match(memory.token.at(-1), { swipe: digest("sale-0000", 8), state: "sold" });
  });
}
