import type { Test } from "tap";
import type { ClaimUse } from "../../src/counters/contract.ts";
import { DAY, HOUR, SECOND } from "../../src/units.ts";
import { bindingsConform } from "./bindings.ts";
import { claimsConform } from "./claims.ts";
import { completingConforms } from "./completing.ts";
import { edgesConform } from "./edges.ts";
import { lateSwipesConform } from "./late-swipes.ts";
import { logsConform } from "./logs.ts";
import { longMemoryConforms } from "./long-memory.ts";
import { offPathConforms } from "./off-path.ts";
import { check, type Fresh, remembered, settle } from "./steps.ts";
import {
  digest,
  OTHER_PHARMACY,
  observation,
  PHARMACY,
  type Sale,
  START,
  sealing,
} from "./swipes.ts";
import { talliesConform } from "./tallies.ts";

const NO_DRUG = "\0\0\0\0\0\0";

export type { StoreUnderTest } from "./steps.ts";

/** The contract of the memory, the same for each home. `fresh` gives an empty store each time it is called. */
export function counterStoreConforms(t: Test, fresh: Fresh): void {
  repeats(t, fresh);
  logsConform(t, fresh);
  claimsConform(t, fresh);
  changes(t, fresh);
  bounds(t, fresh);
  lateSwipesConform(t, fresh);
  completingConforms(t, fresh);
  races(t, fresh);
  longMemoryConforms(t, fresh);
  bindingsConform(t, fresh);
  talliesConform(t, fresh);
  offPathConforms(t, fresh);
  edgesConform(t, fresh);
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

  t.test("given a part that came back before the seal, then the seal keeps that", async (t) => {
    const under = await fresh();
    const of = observation({ id: "sale-0001", at: START });
    under.setNow(START);
    await under.store.observe(of);
    const { entry } = await under.store.readEntry(of.person, of.swipe);
    if (entry === undefined) throw new Error("what was observed is not remembered");
    const changed = await under.store.change({
      ...{ person: of.person, swipe: of.swipe, pharmacy: of.pharmacy, at: START + 1 },
      ...{ before: entry, after: { ...entry, partlyReturned: true } },
      ...{ returns: undefined, claims: [], tallies: [] },
    });
    t.ok(changed.changed);
    await under.store.seal(sealing(of, { level: 1 }));
    const { entry: sealed } = await under.store.readEntry(of.person, of.swipe);
    t.match(sealed, { state: "reserved", partlyReturned: true, level: 1 });
  });

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
        drug: digest("drug amlodipine", 6),
        tag: 1,
        quantity: 12_345,
        days: 30.5,
        fen: 7_300,
      });
      const returns = { original: entry.lines, reversals: ["r1"], codes: [digest("code c")] };
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
        tallies: [],
      });
      t.ok(done.changed && done.personSeq === 2);
      const again = await under.store.readEntry(who, swipe);
      t.same(again.entry, half);
      t.same(again.returns, returns);
    },
  );

  t.test(
    "what a refused check let go is claimed anew by its settlement: code, token, prescription, split pack",
    async (t) => {
      const under = await fresh();
      const who = digest("person ann");
      const refused: Sale = {
        id: "sale-0001",
        at: START,
        codes: ["c"],
        token: "k",
        prescription: "rx",
        quantity: 2,
      };
      const split: Sale = { id: "split-001", at: START, codes: ["s"], split: true, quantity: 0.5 };
      const bob = { at: START + 9, person: "bob", pharmacy: OTHER_PHARMACY };
      const seen = async (id: string) => {
        const all = { ...bob, id, codes: ["c"], token: "k", prescription: "rx" };
        const { memory } = remembered(await check(under, all, false));
        const packs = remembered(
          await check(under, { ...bob, id: `${id}s`, codes: ["s"], split: true }, false),
        );
        const [trace] = memory.traceCodes;
        const uses = [
          ...memory.token,
          ...(memory.prescriptions[0] ?? []),
          ...(packs.memory.traceCodes[0]?.splits ?? []),
        ];
        const short = ({ state, at, pharmacy }: Pick<ClaimUse, "state" | "at" | "pharmacy">) => [
          state,
          at - START,
          pharmacy,
        ];
        return [
          ...(trace?.claims ?? []).map(short),
          ...uses.map((use) => [...short(use), use.drug, use.quantity]),
        ];
      };
      await check(under, refused, false);
      await check(under, split, false);
      t.same(await seen("other-001"), []);
      const claimed = async (sale: Sale, to: "sold" | "presumable", quantity: number) => {
        const swipe = digest(sale.id, 8);
        const { entry } = await under.store.readEntry(who, swipe);
        const located = await under.store.locate(swipe);
        const [line] = entry?.lines ?? [];
        if (!entry || !located || !line) throw new Error(`${sale.id} is not remembered`);
        return under.store.change({
          person: who,
          swipe,
          pharmacy: PHARMACY,
          at: START + 5,
          before: entry,
          after: { ...entry, level: entry.level === 3 ? 2 : 3 },
          returns: undefined,
          claims: located.claims.map((claim) => ({
            ...claim,
            to,
            ...(claim.kind === "prescription" ? { use: { drug: line.drug, quantity } } : {}),
          })),
          tallies: [],
        });
      };
      const rx = digest("drug amlodipine", 6);
      for (const [to, quantity] of [
        ["sold", 20_000],
        ["presumable", 7],
      ] as const) {
        await claimed(refused, to, quantity);
        await claimed(split, to, 1);
        t.same(
          await seen(`after-${to}`),
          [
            [to, 0, PHARMACY],
            [to, 0, PHARMACY, NO_DRUG, 0],
            [to, 0, PHARMACY, rx, quantity],
            [to, 0, PHARMACY, NO_DRUG, 5_000],
          ],
          "claimed once, however often it changes",
        );
      }
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
