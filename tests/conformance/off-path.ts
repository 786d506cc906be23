import type { Test } from "tap";
import { type Flag, type LocatedClaim, NO_SETTLEMENT } from "../../src/counters/contract.ts";
import {
  CLAIMS_A_SWIPE_MAX,
  FLAG_KEPT,
  FLAGS_MAX,
  LEDGER_KEPT,
  TRACE_KEPT,
} from "../../src/counters/limits.ts";
import { DAY, HOUR } from "../../src/units.ts";
import { check, type Fresh, remembered, type StoreUnderTest, settle } from "./steps.ts";
import { digest, observation, PHARMACY, START } from "./swipes.ts";

/** What the memory does beside the answer's path: flags, several ledgers, codes that come late. */
export function offPathConforms(t: Test, fresh: Fresh): void {
  flags(t, fresh);
  severalLedgers(t, fresh);
  traces(t, fresh);
  lateClaims(t, fresh);
}

const ANN = digest("person ann", 6);

function finding(name: string, at: number, value = 1, kind: Flag["kind"] = "cohort"): Flag {
  return { kind, at: START + at, value, reference: digest(name, 8) };
}

async function flagsSeen(under: StoreUnderTest, after: number, asked = true) {
  const at = START + after;
  under.setNow(at);
  const of = observation({ id: `ask ${Math.random()}`, at, inquiry: true, flags: asked });
  return remembered(await under.store.observe(of)).memory.flags;
}

function flags(t: Test, fresh: Fresh): void {
  t.test(
    "a person's flags are told where they are asked for, and renewed, not doubled",
    async (t) => {
      const under = await fresh();
      await under.store.flag(ANN, finding("group 1", 0, 7));
      await under.store.flag(ANN, finding("group 1", 0, 1, "firstBuyer"));
      await under.store.flag(digest("person bob", 6), finding("group 2", 0));
      await under.store.flag(ANN, finding("group 1", 5, 70_000));
      const both = [finding("group 1", 0, 1, "firstBuyer"), finding("group 1", 5, 65_535)];
      t.same(await flagsSeen(under, 9), both);
      t.same(await flagsSeen(under, 9, false), []);
      const [ann, nobody, bob] = await under.store.flags([
        ANN,
        digest("nobody", 6),
        digest("person bob", 6),
      ]);
      t.same([ann, nobody, bob], [both, [], [finding("group 2", 0)]]);
    },
  );

  t.test("beyond the bound the oldest finding goes", async (t) => {
    const under = await fresh();
    for (let i = 0; i < FLAGS_MAX; i++)
      await under.store.flag(ANN, finding(`f${i}`, i === 5 ? 0 : HOUR + i));
    await under.store.flag(ANN, finding("f0", 2 * HOUR));
    t.equal((await flagsSeen(under, 3 * HOUR)).length, FLAGS_MAX);
    await under.store.flag(ANN, finding("more", 2 * HOUR));
    const left = (await flagsSeen(under, 3 * HOUR)).map(({ reference }) => reference);
    t.equal(left.length, FLAGS_MAX);
    t.notOk(left.includes(digest("f5", 8)));
    t.ok(left.includes(digest("f0", 8)) && left.includes(digest("f1", 8)));
  });

  t.test("a finding is told for 200 days", async (t) => {
    const under = await fresh();
    await under.store.flag(ANN, finding("group", 0));
    await under.store.flag(ANN, finding("other", 2 * DAY));
    t.equal((await flagsSeen(under, FLAG_KEPT - 1)).length, 2);
    t.same(await flagsSeen(under, FLAG_KEPT), [finding("other", 2 * DAY)]);
    t.same(await under.store.flags([ANN]), [[finding("other", 2 * DAY)]]);
  });
}

function severalLedgers(t: Test, fresh: Fresh): void {
  t.test("several ledgers are read at once, in order, with nature and marks", async (t) => {
    const under = await fresh();
    const nature = { chronic: true, prescribed: false, outsider: true, proxied: true };
    under.setNow(START);
    const of = { ...observation({ id: "sale-0001", at: START }), nature };
    await under.store.observe(of);
    await check(under, { id: "sale-0002", at: START + 1, person: "bob" });
    const { entry } = await under.store.readEntry(of.person, of.swipe);
    if (entry === undefined) throw new Error("not remembered");
    t.same(entry.nature, nature);
    t.equal(entry.settlement, NO_SETTLEMENT);
    const after = { ...entry, state: "returned", returnedSoon: true } as const;
    await under.store.change({
      ...{ person: of.person, swipe: of.swipe, pharmacy: PHARMACY, at: START + 2 },
      ...{ before: entry, after, returns: undefined, claims: [], tallies: [] },
    });
    const [bob, nobody, ann] = await under.store.ledgers([
      digest("person bob"),
      digest("nobody"),
      of.person,
    ]);
    t.same(
      bob?.map(({ swipe }) => swipe),
      [digest("sale-0002", 8)],
    );
    t.same(nobody, []);
    t.same(ann, [after]);
    under.setNow(START + LEDGER_KEPT);
    const [, late] = await under.store.ledgers([of.person, digest("person bob")]);
    t.equal(late?.length, 1, "each judged by its own time");
  });

  t.test("the seal of a sale keeps what the ledger says of its nature", async (t) => {
    const under = await fresh();
    const nature = { chronic: false, prescribed: true, outsider: false, proxied: false };
    await check(under, { id: "sale-0001", at: START, nature });
    const [ledger] = await under.store.ledgers([digest("person ann")]);
    t.same(
      ledger?.map((entry) => [entry.state, entry.nature]),
      [["reserved", nature]],
    );
  });
}

function traces(t: Test, fresh: Fresh): void {
  t.test("who holds codes is read without holding them", async (t) => {
    const under = await fresh();
    await check(under, { id: "sale-0001", at: START, codes: ["c"] });
    await check(under, { id: "split-001", at: START, codes: ["s"], split: true, quantity: 0.5 });
    await settle(under, "sale-0001", "ann", START + 1, "sold");
    const codes = ["s", "free", "c"].map((code) => digest(`code ${code}`));
    const look = async (at: number) => {
      under.setNow(START + at);
      const [split, free, whole] = await under.store.traces(codes);
      return [split?.splits.length, free, whole?.claims.map(({ state }) => state)];
    };
    const free = { claims: [], splits: [] };
    t.same(await look(2), [1, free, ["sold"]]);
    t.same(await look(3), [1, free, ["sold"]], "and nothing is taken");
    t.same(await look(TRACE_KEPT - 1), [1, free, ["sold"]]);
    t.same(await look(TRACE_KEPT), [0, free, []]);
  });
}

function lateClaims(t: Test, fresh: Fresh): void {
  const supply = async (
    under: StoreUnderTest,
    at: number,
    claims: readonly LocatedClaim[],
    id = "sale-0001",
  ) => {
    under.setNow(START + at);
    const person = digest("person ann");
    const swipe = digest(id, 8);
    const { entry } = await under.store.readEntry(person, swipe);
    if (entry === undefined) throw new Error("not remembered");
    await under.store.change({
      ...{ person, swipe, pharmacy: PHARMACY, at: START + at, before: entry, after: entry },
      ...{ returns: undefined, tallies: [], lateClaims: claims },
      claims: claims.map((claim) => ({ ...claim, to: "sold" as const })),
    });
    return under.store.locate(swipe);
  };
  const late = (name: string, line = 1): LocatedClaim => ({
    ...{ kind: "trace" as const, line, id: digest(`code ${name}`) },
  });

  t.test("codes that come after their sale are located with it, once", async (t) => {
    const under = await fresh();
    await check(under, { id: "sale-0001", at: START, codes: ["a"], prescription: "rx" });
    const first = await under.store.locate(digest("sale-0001", 8));
    const more = await supply(under, DAY, [late("a"), late("b"), late("c", 65_535)]);
    t.same(more, { ...first, claims: [...(first?.claims ?? []), late("b"), late("c", 65_535)] });
    t.same(await supply(under, DAY + 1, [late("b"), late("b")]), more);
    const [held] = await under.store.traces([digest("code b")]);
    t.same(
      held?.claims.map(({ state, at }) => [state, at]),
      [["sold", START]],
    );
    under.setNow(START + LEDGER_KEPT);
    t.equal(await under.store.locate(digest("sale-0001", 8)), undefined, "and no longer than it");
  });

  t.test("a swipe names at most so many claims", async (t) => {
    const under = await fresh();
    await check(under, { id: "sale-0001", at: START, codes: ["a"] });
    const crowd = Array.from({ length: CLAIMS_A_SWIPE_MAX }, (_, i) => late(`late ${i}`));
    const full = await supply(under, 1, crowd);
    t.equal(full?.claims.length, CLAIMS_A_SWIPE_MAX);
    t.same(full?.claims.at(-1), crowd.at(-2), "the last one found no room");
  });
}
