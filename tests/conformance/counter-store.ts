import fc from "fast-check";
import type { Test } from "tap";
import type { CounterStore, LedgerEntry, Observed } from "../../src/counters/contract.ts";
import { RESERVATION } from "../../src/counters/limits.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/units.ts";
import {
  digest,
  OTHER_PHARMACY,
  observation,
  PHARMACY,
  type Sale,
  START,
  sealing,
} from "./swipes.ts";

/** A store whose memory is its own, and the clock it reads by. */
export interface StoreUnderTest {
  readonly store: CounterStore;
  setNow(at: number): void;
}

/** The contract of the memory, the same for each home. `fresh` gives an empty store each time it is called. */
export function counterStoreConforms(t: Test, fresh: () => Promise<StoreUnderTest>): void {
  repeats(t, fresh);
  logs(t, fresh);
  traceCodes(t, fresh);
  uses(t, fresh);
  changes(t, fresh);
  bounds(t, fresh);
  races(t, fresh);
}

type Fresh = () => Promise<StoreUnderTest>;
type Remembering = Extract<Observed, { verdict: "new" | "retry" }>;

function remembered(observed: Observed): Remembering {
  if (observed.verdict !== "new" && observed.verdict !== "retry") {
    throw new Error(`expected a memory, got ${observed.verdict}`);
  }
  return observed;
}

async function check(under: StoreUnderTest, sale: Sale, holds = !sale.inquiry, presume = false) {
  under.setNow(sale.at);
  const of = observation(sale);
  const observed = await under.store.observe(of);
  await under.store.seal(sealing(of, { holds, presume, level: holds ? 0 : 3 }));
  return observed;
}

function repeats(t: Test, fresh: Fresh): void {
  t.test("given a sealed answer, when the same id comes again", async (t) => {
    const under = await fresh();
    const of = observation({ id: "sale-0001", at: START });
    t.equal((await under.store.observe(of)).verdict, "new");
    t.same(await under.store.seal(sealing(of, { answer: "first" })), { won: true });
    const again = observation({ id: "sale-0001", at: START + HOUR });
    t.same(
      await under.store.observe(again),
      { verdict: "sealed", answer: "first" },
      "the answer is given again",
    );
    t.same(
      await under.store.seal(sealing(again, { answer: "second" })),
      { won: false, answer: "first" },
      "a second writer gets the first answer back",
    );
    const other = observation({ id: "sale-0001", at: START + HOUR, content: "other" });
    t.same(await under.store.observe(other), { verdict: "conflict", with: "content" });
    const bob = observation({ id: "sale-0001", at: START + DAY * 2, person: "bob" });
    t.same(await under.store.observe(bob), { verdict: "conflict", with: "person" });
  });

  t.test("given an answer older than 24 h, then its entry is recalled", async (t) => {
    const under = await fresh();
    await check(under, { id: "sale-0001", at: START });
    const early = await under.store.observe(observation({ id: "sale-0001", at: START + DAY - 1 }));
    t.equal(early.verdict, "sealed", "one millisecond before, the answer still stands");
    const late = await under.store.observe(observation({ id: "sale-0001", at: START + DAY }));
    t.equal(late.verdict, "recalled");
    t.equal(late.verdict === "recalled" && late.entry.state, "reserved");
  });

  t.test(
    "given no seal, when the id comes again, then it is judged afresh and counted once",
    async (t) => {
      const under = await fresh();
      await under.store.observe(observation({ id: "sale-0001", at: START, codes: ["c1"] }));
      const again = remembered(
        await under.store.observe(observation({ id: "sale-0001", at: START + 3, codes: ["c1"] })),
      );
      t.equal(again.verdict, "retry");
      t.same(again.memory.ledger, []);
      t.same(again.memory.logs, [[]]);
      t.same(again.memory.traceCodes, [{ claims: [], splits: [] }]);
      const next = remembered(
        await under.store.observe(observation({ id: "sale-0002", at: START + 9 })),
      );
      t.equal(next.memory.ledger.length, 1, "one entry");
      t.equal(next.memory.logs[0]?.length, 1, "one attempt at the till");
      t.equal(next.memory.attempts.length, 1);
    },
  );

  t.test("given an inquiry, then it counts as an attempt and reserves nothing", async (t) => {
    const under = await fresh();
    await check(under, { id: "ask-00001", at: START, inquiry: true, codes: ["c1"], token: "k1" });
    const seen = remembered(
      await check(under, { id: "sale-0002", at: START + 1, codes: ["c1"], token: "k1" }),
    );
    t.same(seen.memory.ledger, []);
    t.same(seen.memory.traceCodes[0]?.claims, []);
    t.same(seen.memory.token, []);
    t.equal(seen.memory.attempts.length, 1);
    t.equal(seen.memory.attempts[0]?.inquiry, true);
    t.ok(seen.personSeq > 1, "both moved the person's sequence");
  });
}

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

function logs(t: Test, fresh: Fresh): void {
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
          [digest("drug amlodipine", 5), 20_000],
          [digest("drug aspirin", 5), 10_000],
        ],
      );
      t.same(
        seen.memory.token.map((use) => use.swipe),
        [digest("sale-0001", 8), digest("sale-0002", 8)],
      );
    },
  );

  t.test("a card is bound by accepted swipes only", async (t) => {
    const under = await fresh();
    const bind = async (id: string, person: string, bound: boolean, at: number) => {
      const of = observation({ id, at: START + at, person, card: "c" });
      const seen = remembered(await under.store.observe(of));
      await under.store.seal(sealing(of, { bindCard: bound, holds: bound }));
      return seen.memory;
    };
    await bind("sale-0001", "ann", true, 0);
    await bind("sale-0002", "bob", false, 1);
    await bind("sale-0003", "ann", true, 2);
    const seen = await bind("sale-0004", "cat", false, 3);
    t.same(
      seen.card.map((binding) => [binding.partner, binding.at - START]),
      [[digest("person ann", 8), 2]],
    );
    t.same(seen.personCards, []);
  });
}

async function settle(
  under: StoreUnderTest,
  id: string,
  person: string,
  at: number,
  to: "sold" | "returned",
) {
  under.setNow(at);
  const who = digest(`person ${person}`);
  const swipe = digest(id, 8);
  const located = await under.store.locate(swipe);
  const { entry } = await under.store.readEntry(who, swipe);
  if (!entry || !located) throw new Error(`${id} is not remembered`);
  const after: LedgerEntry = { ...entry, state: to === "sold" ? "settled" : "returned" };
  return under.store.change({
    person: who,
    swipe,
    pharmacy: located.pharmacy,
    at,
    before: entry,
    after,
    returns: undefined,
    claims: located.claims.map((claim) => ({ ...claim, to })),
  });
}

function changes(t: Test, fresh: Fresh): void {
  t.test("given an entry, when two change it at once, then exactly one does", async (t) => {
    const under = await fresh();
    await check(under, { id: "sale-0001", at: START, codes: ["c"] });
    const both = await Promise.all([
      settle(under, "sale-0001", "ann", START + 1, "sold"),
      settle(under, "sale-0001", "ann", START + 1, "sold"),
    ]);
    t.equal(both.filter((done) => done.changed).length, 1);
    const { entry } = await under.store.readEntry(digest("person ann"), digest("sale-0001", 8));
    t.equal(entry?.state, "settled");
    t.same(entry?.lines[0]?.quantity, 10_000);
    t.equal(entry?.pharmacy, PHARMACY);
  });

  t.test(
    "what is written comes back whole: lines, days, a sheet of returns, and a code of another shape",
    async (t) => {
      const under = await fresh();
      const pharmacy = "shop-7";
      await check(under, { id: "sale-0001", at: START, quantity: 1.2345, days: 30.5, pharmacy });
      const who = digest("person ann");
      const swipe = digest("sale-0001", 8);
      under.setNow(START + 1);
      const { entry } = await under.store.readEntry(who, swipe);
      if (!entry) throw new Error("not remembered");
      t.same(entry.lines[0], {
        drug: digest("drug amlodipine", 5),
        tag: 1,
        quantity: 12_345,
        days: 30.5,
        fen: 7_300,
      });
      const returns = { original: entry.lines, reversals: ["r1"] };
      const half = {
        ...entry,
        partlyReturned: true,
        lines: entry.lines.map((line) => ({ ...line, quantity: 5_000, days: undefined })),
      };
      const done = await under.store.change({
        person: who,
        swipe,
        pharmacy,
        at: START + 1,
        before: entry,
        after: half,
        returns,
        claims: [],
      });
      t.ok(done.changed && done.personSeq === 2);
      const again = await under.store.readEntry(who, swipe);
      t.same(again.entry, half);
      t.same(again.returns, returns);
    },
  );

  t.test("a superseded step is marked with its successor's seal", async (t) => {
    const under = await fresh();
    await check(under, { id: "sale-0001", at: START });
    const of = observation({ id: "sale-0002", at: START + 1 });
    await under.store.observe(of);
    await under.store.seal(sealing(of, { supersedes: [digest("sale-0001", 8)] }));
    under.setNow(START + 2);
    const { ledger } = await under.store.readEntry(digest("person ann"), digest("sale-0002", 8));
    t.same(
      ledger.map((entry) => entry.state),
      ["superseded", "reserved"],
    );
  });

  t.test("an unknown swipe is not located", async (t) => {
    const under = await fresh();
    under.setNow(START);
    t.equal(await under.store.locate(digest("nobody", 8)), undefined);
    const { entry, ledger } = await under.store.readEntry(digest("person no"), digest("nobody", 8));
    t.same([entry, ledger], [undefined, []]);
  });
}

function bounds(t: Test, fresh: Fresh): void {
  t.test("a ledger keeps 256 entries and 90 days, attempts 64 and 24 h", async (t) => {
    const under = await fresh();
    for (let i = 0; i < 300; i++) {
      await under.store.observe(observation({ id: `sale-${i}`, at: START + i * SECOND }));
    }
    const full = remembered(
      await under.store.observe(observation({ id: "sale-next", at: START + HOUR })),
    );
    t.equal(full.memory.ledger.length, 256);
    t.equal(full.memory.attempts.length, 64);
    t.equal(full.memory.ledger[0]?.swipe, digest("sale-44", 8), "the oldest have gone");
    const later = START + 91 * DAY;
    await under.store.observe(observation({ id: "sale-late", at: later }));
    const after = remembered(
      await under.store.observe(observation({ id: "sale-last", at: later + 1 })),
    );
    t.same(
      after.memory.ledger.map((entry) => entry.swipe),
      [digest("sale-late", 8)],
    );
    t.equal(after.memory.attempts.length, 1);
  });
}

function races(t: Test, fresh: Fresh): void {
  t.test("of 60 who race for one box exactly one sees it free", async (t) => {
    const under = await fresh();
    under.setNow(START);
    const seen = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        under.store.observe(
          observation({
            id: `racer-${i}`,
            at: START + (i % 7),
            person: `p${i}`,
            codes: ["box"],
            terminal: `T${i}`,
          }),
        ),
      ),
    );
    const free = seen.filter(
      (observed) => remembered(observed).memory.traceCodes[0]?.claims.length === 0,
    );
    t.equal(free.length, 1);
  });

  t.test("two swipes of one person at once each see the other or the one before", async (t) => {
    const under = await fresh();
    under.setNow(START);
    const seen = await Promise.all(
      ["sale-0001", "sale-0002"].map((id) => under.store.observe(observation({ id, at: START }))),
    );
    t.same(seen.map((observed) => remembered(observed).memory.ledger.length).sort(), [0, 1]);
  });
}
