import type { Test } from "tap";
import { RESERVATION } from "../../src/counters/limits.ts";
import { DAY, MINUTE } from "../../src/units.ts";
import { check, type Fresh, remembered, type StoreUnderTest, settle } from "./steps.ts";
import { digest, OTHER_PHARMACY, observation, type Sale, START, sealing } from "./swipes.ts";

/** Who holds a trace code, a token, a prescription. */
export function claimsConform(t: Test, fresh: Fresh): void {
  traceCodes(t, fresh);
  uses(t, fresh);
}

function traceCodes(t: Test, fresh: Fresh): void {
  const codes = ["box-1"];
  const second = (at: number, more: Partial<Sale> = {}): Sale => ({
    id: "second-01",
    at: START + at,
    person: "bob",
    codes,
    ...more,
  });
  const seenBy = async (under: StoreUnderTest, sale: Sale) => {
    under.setNow(sale.at);
    return (
      remembered(await under.store.observe(observation(sale))).memory.traceCodes[0]?.claims ?? []
    );
  };

  t.test("a reserved code is held for 15 minutes and then free", async (t) => {
    for (const [after, taken] of [
      [RESERVATION - 1, false],
      [RESERVATION, true],
    ] as const) {
      const under = await fresh();
      await check(under, { id: "first-001", at: START, codes });
      t.equal((await seenBy(under, second(after))).length, 1, "the first claim is seen");
      await under.store.seal(sealing(observation(second(after))));
      const third = await seenBy(under, {
        id: "third-001",
        at: START + after + 1,
        person: "cat",
        codes,
      });
      t.equal(third[0]?.swipe, digest(taken ? "second-01" : "first-001", 8), `after ${after} ms`);
    }
  });

  t.test("what was let go before its check came again is not taken by it again", async (t) => {
    const under = await fresh();
    const sale = { id: "first-001", at: START, codes, prescription: "rx-1" };
    under.setNow(START);
    await under.store.observe(observation(sale));
    await settle(under, "first-001", "ann", START + 1, "released");
    const again = await under.store.observe(observation(sale));
    t.equal(again.verdict, "retry");
    await under.store.seal(sealing(observation(sale), { presume: true }));
    const other = second(2, { prescription: "rx-1" });
    under.setNow(other.at);
    const { memory } = remembered(await under.store.observe(observation(other)));
    t.same(memory.traceCodes, [{ claims: [], splits: [] }]);
    t.same(memory.prescriptions, [[]]);
  });

  t.test("a refused check lets go of its code", async (t) => {
    const under = await fresh();
    await check(under, { id: "first-001", at: START, codes }, false);
    t.same(await seenBy(under, second(1)), []);
  });

  t.test("a presumable sale holds its code for good", async (t) => {
    const under = await fresh();
    await check(under, { id: "first-001", at: START, codes }, true, true);
    const claims = await seenBy(under, second(30 * DAY));
    t.equal(claims[0]?.state, "presumable");
    const third = await seenBy(under, {
      id: "third-001",
      at: START + 31 * DAY,
      person: "cat",
      codes,
    });
    t.equal(third[0]?.swipe, digest("first-001", 8), "nobody took it over");
  });

  t.test("a second try of the same person at the same pharmacy takes the code over", async (t) => {
    const under = await fresh();
    await check(under, { id: "first-001", at: START, codes });
    await check(under, { id: "first-002", at: START + MINUTE, codes });
    const claims = await seenBy(under, second(2 * MINUTE));
    t.same(
      claims.map((claim) => claim.swipe),
      [digest("first-002", 8)],
    );
  });

  t.test(
    "a code returned here is sold again here, and not elsewhere; letting go shows the return again",
    async (t) => {
      const under = await fresh();
      await check(under, { id: "first-001", at: START, codes });
      await settle(under, "first-001", "ann", START + 1, "sold");
      await settle(under, "first-001", "ann", START + 2, "returned");
      const elsewhere = second(3, { id: "else-0001", pharmacy: OTHER_PHARMACY });
      t.equal((await seenBy(under, elsewhere))[0]?.state, "returned");
      await under.store.seal(sealing(observation(elsewhere), { holds: false, level: 3 }));
      await check(under, second(4), false);
      t.same(
        (await seenBy(under, second(5, { id: "third-001" }))).map((claim) => claim.state),
        ["returned"],
      );
    },
  );

  t.test("a settled sale takes a code from whoever held it", async (t) => {
    const under = await fresh();
    await check(under, { id: "first-001", at: START, codes });
    await check(under, second(1), false);
    await settle(under, "second-01", "bob", START + 2, "sold");
    const claims = await seenBy(under, { id: "third-001", at: START + 3, person: "cat", codes });
    t.same(
      claims.map((claim) => [claim.state, claim.swipe]),
      [["sold", digest("second-01", 8)]],
    );
  });

  t.test("split sales of one pack are all remembered, and a whole sale sees them", async (t) => {
    const under = await fresh();
    for (let i = 0; i < 3; i++) {
      await check(under, {
        id: `split-00${i}`,
        at: START + i,
        person: `p${i}`,
        codes,
        split: true,
        quantity: 0.1,
      });
    }
    under.setNow(START + 9);
    const whole = remembered(await under.store.observe(observation(second(9))));
    t.same(
      whole.memory.traceCodes[0]?.splits.map((use) => use.quantity),
      [1_000, 1_000, 1_000],
    );
    const next = remembered(
      await under.store.observe(
        observation({ id: "third-001", at: START + 10, person: "cat", codes }),
      ),
    );
    t.same(next.memory.traceCodes[0]?.claims, [], "the whole sale could not take it");
  });
}

function uses(t: Test, fresh: Fresh): void {
  t.test(
    "tokens and prescriptions remember each use with its drug, and forget refused ones",
    async (t) => {
      const under = await fresh();
      const sale = (id: string, at: number, more: Partial<Sale> = {}): Sale => ({
        id,
        at: START + at,
        token: "k",
        prescription: "rx",
        ...more,
      });
      await check(under, sale("sale-0001", 0, { quantity: 2 }));
      await check(under, sale("sale-0002", 1, { drug: "aspirin" }));
      await check(under, sale("sale-0003", 2), false);
      const seen = remembered(await check(under, sale("sale-0004", 3, { person: "bob" })));
      t.same(
        seen.memory.prescriptions[0]?.map((use) => [use.drug, use.quantity]),
        [
          [digest("drug amlodipine", 6), 20_000],
          [digest("drug aspirin", 6), 10_000],
        ],
      );
      t.same(
        seen.memory.token.map((use) => use.swipe),
        [digest("sale-0001", 8), digest("sale-0002", 8)],
      );
    },
  );
}
