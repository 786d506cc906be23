import fc from "fast-check";
import type { Test } from "tap";
import { MINUTE, SECOND } from "../../src/units.ts";
import { type Fresh, remembered } from "./steps.ts";
import { digest, observation, START } from "./swipes.ts";

/** Times on a coarse grid that includes the window's edges: wide random times miss a `>` for a `>=`. */
const WINDOW = 10 * MINUTE;
const grid = fc.constantFrom(
  0,
  1,
  SECOND,
  MINUTE,
  WINDOW - 1,
  WINDOW,
  WINDOW + 1,
  WINDOW + MINUTE,
  2 * WINDOW - 1,
  2 * WINDOW,
);

/** What is remembered of who was at an entity. */
export function logsConform(t: Test, fresh: Fresh): void {
  t.test(
    "a log gives back each swipe of its window, whatever the phase, the order and the repeats",
    async (t) => {
      const swipe = fc.record({ id: fc.integer({ min: 0, max: 12 }), at: grid });
      await fc.assert(
        fc.asyncProperty(
          fc.array(swipe, { maxLength: 20 }),
          fc.integer({ min: 0, max: 59_999 }),
          async (swipes, phase) => {
            const under = await fresh();
            const base = START + phase;
            const model = new Map<string, number>();
            for (const { id, at } of swipes) {
              const name = `swipe-${id}`;
              const first = model.get(name) ?? base + at;
              await under.store.observe(observation({ id: name, at: first, person: name }));
              model.set(name, first);
            }
            const at = base + 2 * WINDOW;
            const asked = remembered(
              await under.store.observe(observation({ id: "asker-01", at, person: "asker" })),
            );
            const inWindow = (from: number) => from > at - WINDOW && from <= at + 5_000;
            const seen = (asked.memory.logs[0] ?? []).filter((entry) => inWindow(entry.at));
            const expected = [...model].filter(([, from]) => inWindow(from));
            return (
              JSON.stringify(seen.map((entry) => entry.swipe).sort()) ===
              JSON.stringify(expected.map(([name]) => digest(name, 8)).sort())
            );
          },
        ),
        { numRuns: 60 },
      );
      t.pass("60 histories agree with a list");
    },
  );

  t.test("an entry of a log tells who, when, how much, and its mark", async (t) => {
    const under = await fresh();
    const first = observation({ id: "swipe-001", at: START, cashier: "8" });
    await under.store.observe(first);
    const next = observation({ id: "swipe-002", at: START + 1, person: "bob" });
    const { memory } = remembered(await under.store.observe(next));
    const { swipe, person } = first;
    const mark = digest("cashier 8", 4);
    t.same(memory.logs, [[{ at: START, swipe, person, amount: 7_300, mark }]]);
  });

  t.test("a log keeps up to its bound and lets the oldest go", async (t) => {
    const under = await fresh();
    for (let i = 0; i < 10; i++) {
      await under.store.observe(
        observation({ id: `swipe-${i}`, at: START + i, person: `p${i}`, exact: 4 }),
      );
    }
    const seen = remembered(
      await under.store.observe(observation({ id: "swipe-last", at: START + 10, exact: 4 })),
    );
    t.same(
      seen.memory.logs[0]?.map((entry) => entry.at - START),
      [2, 3, 4, 5, 6, 7, 8, 9],
      "twice the exact bound: inquiry and settle of each sale",
    );
  });
}
