import type { Test } from "tap";
import type { EntryChange, Memory } from "../../src/counters/contract.ts";
import { MINUTE } from "../../src/units.ts";
import { type Fresh, remembered, type StoreUnderTest } from "./steps.ts";
import { digest, observation, PHARMACY, type Sale, START, sealing } from "./swipes.ts";

const SALE: Sale = {
  id: "sale-0001",
  at: START,
  codes: ["c"],
  token: "k",
  prescription: "rx",
  card: "card",
  tally: [1, 0, 1_000, 0],
};

/** What was written whole stays as it is, whoever completes it again and whatever happened since. */
export function completingConforms(t: Test, fresh: Fresh): void {
  for (const [name, changes] of [
    ["an accepted sale", { bind: true }],
    ["a presumable sale", { bind: true, presume: true }],
    ["a refused check", { holds: false, level: 3 }],
  ] as const) {
    t.test(`completing ${name} that was written whole changes nothing`, async (t) => {
      const under = await fresh();
      under.setNow(START);
      const of = observation(SALE);
      t.notOk(remembered(await under.store.observe(of)).incomplete);
      t.same(await under.store.seal(sealing(of, changes)), { won: true });
      const before = await seenByBob(under, "before-1");
      await under.store.complete(sealing(of, changes));
      await under.store.complete(sealing(of, changes));
      t.same(await seenByBob(under, "after-01"), { ...before, attempts: [], ledger: [] });
    });
  }

  t.test("a change completed again moves nothing again", async (t) => {
    const under = await fresh();
    under.setNow(START);
    const of = observation(SALE);
    await under.store.observe(of);
    await under.store.seal(sealing(of, { bind: true }));
    const { entry } = await under.store.readEntry(of.person, of.swipe);
    const located = await under.store.locate(of.swipe);
    if (!entry || !located) throw new Error("not remembered");
    const change: EntryChange = {
      ...{ person: of.person, swipe: of.swipe, pharmacy: PHARMACY, at: START + 1, before: entry },
      after: { ...entry, state: "settled" },
      returns: undefined,
      claims: located.claims.map((claim) => ({ ...claim, to: "sold" })),
      tallies: [{ kind: "H", entity: PHARMACY, at: START, move: "add", columns: [1, 0, 1_000, 0] }],
    };
    const done = await under.store.change(change);
    t.ok(done.changed && !done.incomplete);
    const before = await seenByBob(under, "before-1");
    t.same(before.tallies[0]?.days[0]?.columns, [1, 0, 1_000, 0]);
    t.equal(before.traceCodes[0]?.claims[0]?.state, "sold");
    await under.store.completeChange(change);
    t.same(await seenByBob(under, "after-01"), before);
  });
}

/** What another person is told of the same box, prescription, token, card and store by an inquiry, its own traces aside. */
async function seenByBob(under: StoreUnderTest, id: string): Promise<Memory> {
  const at = START + MINUTE;
  under.setNow(at);
  const of = observation({ ...SALE, id, at, person: `bob ${id}`, inquiry: true });
  const { memory } = remembered(await under.store.observe(of));
  const own = digest("sale-0001", 8);
  return {
    ...memory,
    logs: memory.logs.map((log) => log.filter(({ swipe }) => swipe === own)),
    bindings: memory.bindings.slice(0, 1),
  };
}
