import type { Test } from "tap";
import { LEDGER_FOLD_ABOVE } from "../../src/counters/limits.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/units.ts";
import { check, type Fresh, type StoreUnderTest } from "./steps.ts";
import { digest, observation, START } from "./swipes.ts";

/** Swipes that come after younger ones: an offline till's, a stand-in's that is entered when the store is back. */
export function lateSwipesConform(t: Test, fresh: Fresh): void {
  t.test("a late swipe stands in its place by time, in ledger and attempts", async (t) => {
    const under = await fresh();
    for (const hour of [1, 5, 3, 0, 4, 3, 2]) await count(under, hour);
    const { ledger, attempts } = await seen(under);
    const order = [0, 1, 2, 3, 3, 4, 5].map((hour) => START + hour * HOUR);
    t.same(times(ledger), order);
    t.same(times(attempts), order);
    t.same(
      ledger.slice(3, 5).map(({ swipe }) => swipe),
      [digest("sale-3-1", 8), digest("sale-3-2", 8)],
      "of one instant the later one behind",
    );
  });

  t.test(
    "where there is no more room it pushes out what is older, never what is newer",
    async (t) => {
      const under = await fresh();
      for (let i = 0; i < 256; i++) {
        await under.store.observe(observation({ id: `sale-${i}`, at: START + i * MINUTE }));
      }
      const full = await seen(under, START + 256 * MINUTE);
      t.same([full.ledger.length, full.attempts.length], [256, 64]);
      await under.store.observe(observation({ id: "too-late", at: START - 1 }));
      t.same(await seen(under, START + 256 * MINUTE), full, "older than all: not kept");
      await under.store.observe(observation({ id: "late-001", at: START + 200 * MINUTE + 1 }));
      const after = await seen(under, START + 256 * MINUTE);
      t.same([after.ledger.length, after.attempts.length], [256, 64]);
      t.same(times(after.ledger).slice(0, 2), [START + MINUTE, START + 2 * MINUTE]);
      t.equal(after.ledger[200]?.swipe, digest("late-001", 8));
      t.equal(after.ledger.at(-1)?.swipe, digest("sale-255", 8));
      t.equal(after.attempts[64 - 56]?.swipe, digest("late-001", 8));
    },
  );

  t.test("it does not keep alive, nor bring down, what is too old", async (t) => {
    const under = await fresh();
    await count(under, 0);
    await count(under, 89 * 24);
    await count(under, 91 * 24);
    t.same(times((await seen(under, START + 91 * DAY + 1)).ledger), [
      START + 89 * DAY,
      START + 91 * DAY,
    ]);
    await count(under, 3 * 24);
    t.same(times((await seen(under, START + 91 * DAY + 1)).ledger), [
      START + 3 * DAY,
      START + 89 * DAY,
      START + 91 * DAY,
    ]);
  });

  t.test("what is past its time goes, and makes room for as many new ones", async (t) => {
    const under = await fresh();
    for (let i = 0; i < 60; i++) {
      await under.store.observe(observation({ id: `old-${i}`, at: START + i * MINUTE }));
    }
    const young = START + 26 * HOUR;
    for (let i = 0; i < 64; i++) {
      await under.store.observe(observation({ id: `young-${i}`, at: young + i * SECOND }));
    }
    t.same(
      times((await seen(under, young + 2 * MINUTE)).attempts),
      Array.from({ length: 64 }, (_, i) => young + i * SECOND),
    );
  });

  t.test("it is sealed, found and counted once like any other", async (t) => {
    const under = await fresh();
    await check(under, { id: "young-001", at: START + DAY, codes: ["y"] });
    const late = { id: "late-0001", at: START, codes: ["c"] };
    await check(under, late);
    t.equal((await under.store.observe(observation(late))).verdict, "sealed");
    under.setNow(START + DAY + 1);
    const { entry, ledger } = await under.store.readEntry(
      digest("person ann"),
      digest("late-0001", 8),
    );
    t.equal(entry?.state, "reserved");
    t.same(times(ledger), [START, START + DAY]);
  });

  t.test("a folded ledger stays in order, and takes late swipes", async (t) => {
    const under = await fresh();
    const swipes = LEDGER_FOLD_ABOVE + 6;
    for (let i = 0; i < swipes; i++) {
      // Refused ones go first; every second one is dispensed and stays.
      await check(under, { id: `sale-${i}`, at: START + i * SECOND }, i % 2 === 0, true);
    }
    const now = START + 3 * DAY;
    under.setNow(now);
    t.equal(await under.store.fold(digest("person ann"), now), true);
    await under.store.observe(observation({ id: "late-0001", at: START + 10 * SECOND + 1 }));
    const { ledger } = await seen(under, now);
    t.same(
      times(ledger),
      times(ledger).sort((a, b) => a - b),
    );
    t.ok(ledger.some(({ swipe }) => swipe === digest("late-0001", 8)));
  });
}

const told = new WeakMap<StoreUnderTest, Map<number, number>>();

/** A swipe so many hours in; the second of one hour has another id. */
async function count(under: StoreUnderTest, hour: number): Promise<void> {
  const seenHours = told.get(under) ?? new Map<number, number>();
  told.set(under, seenHours);
  const nth = (seenHours.get(hour) ?? 0) + 1;
  seenHours.set(hour, nth);
  await under.store.observe(observation({ id: `sale-${hour}-${nth}`, at: START + hour * HOUR }));
}

async function seen(under: StoreUnderTest, now = START + 6 * HOUR) {
  under.setNow(now);
  const nobodys = digest("no swipe", 8);
  const { ledger, attempts } = await under.store.readEntry(digest("person ann"), nobodys);
  return { ledger, attempts };
}

function times(entries: readonly { readonly at: number }[]): number[] {
  return entries.map(({ at }) => at);
}
