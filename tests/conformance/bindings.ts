import type { Test } from "tap";
import type { BindingUse } from "../../src/counters/contract.ts";
import { BINDINGS_MAX } from "../../src/counters/limits.ts";
import { DAY, HOUR } from "../../src/units.ts";
import { type Fresh, remembered, type StoreUnderTest } from "./steps.ts";
import { CARD_KEPT, digest, observation, PERSON_CARDS_KEPT, START, sealing } from "./swipes.ts";

/** Who was seen with what: partners of an entity. */
export function bindingsConform(t: Test, fresh: Fresh): void {
  t.test("partners are bound by accepted swipes only, and counted", async (t) => {
    const under = await fresh();
    await swipe(under, "sale-0001", "ann", 0);
    await swipe(under, "sale-0002", "bob", 1, false);
    await swipe(under, "sale-0003", "ann", 2);
    const [card, person] = await swipe(under, "sale-0004", "cat", 3, false);
    t.same(card, [{ partner: digest("person ann", 8), at: START + 2, count: 2 }]);
    t.same(person, []);
    const [, own] = await swipe(under, "sale-0005", "ann", 4, false);
    t.same(own, [{ partner: digest("card c", 8), at: START + 2, count: 2 }]);
  });

  t.test("of two who seal one swipe the first binds, once", async (t) => {
    const under = await fresh();
    under.setNow(START);
    const of = observation({ id: "sale-0001", at: START, card: "c" });
    await under.store.observe(of);
    const sealed = await Promise.all(
      [1, 2].map(() => under.store.seal(sealing(of, { bind: true }))),
    );
    t.equal(sealed.filter(({ won }) => won).length, 1);
    const [card] = await swipe(under, "sale-0002", "bob", 1, false);
    t.same(
      card?.map(({ count }) => count),
      [1],
    );
  });

  t.test("a pair named twice in one swipe is seen once; entities do not mix", async (t) => {
    const under = await fresh();
    under.setNow(START);
    const use = (entity: string, partner: string): BindingUse => ({
      ...{ kind: "u", entity, partner: digest(partner, 8), kept: 30 * DAY },
    });
    const bindings = [use("shop:7", "x"), use("shop:7", "x"), use("shop:7", "y"), use("药:8", "x")];
    const of = { ...observation({ id: "sale-0001", at: START }), bindings };
    await under.store.observe(of);
    await under.store.seal(sealing(of, { bind: true }));
    const next = { ...observation({ id: "sale-0002", at: START + 1 }), bindings };
    const { memory } = remembered(await under.store.observe(next));
    t.same(
      memory.bindings.map((partners) => partners.map(({ partner, count }) => [partner, count])),
      [
        ...[1, 2, 3].map(() => [
          [digest("x", 8), 1],
          [digest("y", 8), 1],
        ]),
        [[digest("x", 8), 1]],
      ],
      "in the order asked",
    );
  });

  t.test("a late swipe is counted and makes nobody older", async (t) => {
    const under = await fresh();
    await swipe(under, "sale-0001", "ann", HOUR);
    await swipe(under, "late-0001", "ann", 0);
    const [card] = await swipe(under, "sale-0002", "bob", HOUR + 1, false);
    t.same(card, [{ partner: digest("person ann", 8), at: START + HOUR, count: 2 }]);
  });

  t.test("beyond the bound the partner seen longest ago goes, late or not", async (t) => {
    const under = await fresh();
    for (let i = 0; i < BINDINGS_MAX; i++) await swipe(under, `sale-${i}`, `p${i}`, HOUR + i);
    await swipe(under, "again-000", "p0", HOUR + 100);
    await swipe(under, "late-0001", "late", 0);
    const [full] = await swipe(under, "next-0001", "next", HOUR + 101);
    const partners = full?.map(({ partner }) => partner) ?? [];
    t.equal(partners.length, BINDINGS_MAX);
    t.notOk(partners.includes(digest("person p1", 8)), "the oldest made room");
    t.ok(partners.includes(digest("person p0", 8)), "seen again it is not the oldest");
    const [after] = await swipe(under, "last-0001", "last", HOUR + 102, false);
    t.notOk(
      after?.some(({ partner }) => partner === digest("person late", 8)),
      "whoever was seen longest ago goes next",
    );
    t.ok(after?.some(({ partner }) => partner === digest("person next", 8)));
  });

  t.test("each is remembered for as long as it asks, to the millisecond", async (t) => {
    const under = await fresh();
    await swipe(under, "sale-0001", "ann", 0);
    const seen = async (at: number) => {
      const both = await swipe(under, `ask-${at}`, "ann", at, false);
      return both.map((partners) => partners.length);
    };
    t.same(await seen(PERSON_CARDS_KEPT - 1), [1, 1]);
    t.same(await seen(PERSON_CARDS_KEPT), [1, 0]);
    t.same(await seen(CARD_KEPT - 1), [1, 0]);
    t.same(await seen(CARD_KEPT), [0, 0]);
  });
}

/** A swipe with card `c`: what was remembered of the card and of the person before it. */
async function swipe(
  under: StoreUnderTest,
  id: string,
  person: string,
  after: number,
  bind = true,
) {
  const at = START + after;
  under.setNow(at);
  const of = observation({ id, at, person, card: "c" });
  const { memory } = remembered(await under.store.observe(of));
  await under.store.seal(sealing(of, { bind, holds: bind }));
  return memory.bindings;
}
