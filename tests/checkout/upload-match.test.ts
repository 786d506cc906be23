import t from "tap";
import {
  type Candidate,
  chooseSale,
  holderOf,
  possibleSales,
  type Wanted,
} from "../../src/checkout/nhsa/upload-match.ts";
import type { LedgerEntry, LocatedClaim, TraceMemory } from "../../src/counters/contract.ts";
import { DAY, MINUTE } from "../../src/units.ts";
import { AT, bytes, claim, entry, HOLD, STATIN } from "../decision/sales.ts";

const NOW = AT + 20 * MINUTE;
const CODE = bytes("box-a", 10);

const wanted = (changes: Partial<Wanted> = {}): Wanted => ({
  way: "sold",
  drug: STATIN,
  codes: [CODE],
  quantity: 30_000,
  ...changes,
});
const sale = (name: string, changes: Partial<LedgerEntry> = {}): LedgerEntry =>
  entry({ swipe: bytes(name, 8), presume: true, ...changes });
const candidate = (of: LedgerEntry, claims: readonly LocatedClaim[] = []): Candidate => ({
  entry: of,
  claims,
});
const chosen = (of: readonly Candidate[], changes: Partial<Wanted> = {}): string => {
  const choice = chooseSale(wanted(changes), of, NOW);
  return typeof choice === "string" ? choice : choice.entry.swipe.replaceAll("\0", "");
};

t.test("the sale an upload is about", async (t) => {
  t.test("is the one that waits, before one that is settled, lapsed or was refused", async (t) => {
    const ranks: readonly Partial<LedgerEntry>[] = [
      {},
      { state: "settled" },
      { presume: false },
      { state: "attempted", level: HOLD },
    ];
    for (let best = 0; best < ranks.length; best++) {
      const all = ranks.slice(best).map((of, index) => candidate(sale(`s-${best + index}`, of)));
      t.equal(chosen(all.reverse()), `s-${best}`);
    }
    const back = [{ state: "settled" as const }, {}].map((of, index) =>
      candidate(sale(`s-${index}`, { ...of, at: NOW - MINUTE })),
    );
    t.equal(chosen(back, { way: "returned" }), "s-0", "what is dispensed comes back");
  });

  t.test("has no codes of that line yet, before one that has room for more", async (t) => {
    const some = candidate(sale("some"), [claim("trace", 1, "other")]);
    const none = candidate(sale("none"), [claim("trace", 2, "other"), claim("token", 1, "x")]);
    const full = candidate(sale("full"), [claim("trace", 1, "c-1"), claim("trace", 1, "c-2")]);
    t.equal(chosen([some, none, full]), "none");
    t.equal(chosen([some, full]), "some");
    t.equal(chosen([full]), "none", "nor any that has a code for each pack");
    t.equal(chosen([full], { codes: [] }), "full", "unless the upload has none");
    t.equal(
      chosen([candidate(sale("own"), [...full.claims, claim("trace", 1, "box-a")]), none]),
      "own",
    );
  });

  t.test("is told by time, quantity and amount, in this order, each where it tells", async (t) => {
    const line = (changes: object) => {
      const [first, ...rest] = entry().lines;
      return first ? [{ ...first, ...changes }, ...rest] : rest;
    };
    const early = sale("early", { at: NOW - DAY / 2 });
    const more = sale("more", { lines: line({ quantity: 30_000 }) });
    const dear = sale("dear", { lines: line({ fen: 9_999 }) });
    const all = [early, more, dear, sale("plain")].map((of) => candidate(of));
    t.equal(chosen(all), "more");
    t.equal(chosen(all, { at: early.at + MINUTE }), "early");
    t.equal(chosen(all, { quantity: 70_000, amount: 9_999 }), "dear");
    t.equal(chosen(all, { quantity: 70_000, amount: 1 }), "ambiguous");
    t.equal(chosen([], {}), "none");
    const back = { way: "returned" as const, codes: [], quantity: 25_000 };
    t.equal(chosen(all, back), "more", "no less can come back of it");
  });

  t.test(
    "is of the day and of the drug, stands, and is known by no other settlement",
    async (t) => {
      const possible = (of: Partial<LedgerEntry>, changes: Partial<Wanted> = {}) =>
        possibleSales(wanted(changes), [sale("it", of)], NOW).length === 1;
      t.ok(possible({}));
      t.ok(possible({ state: "unsealed" }));
      t.ok(possible({ state: "settled", settlement: "S-01" }));
      t.ok(possible({ state: "settled", settlement: "S-01", partlyReturned: true }));
      t.ok(possible({ state: "settled", settlement: "S-01" }, { settlement: "S-01" }));
      t.notOk(possible({ state: "settled", settlement: "S-01" }, { settlement: "S-02" }));
      t.ok(possible({ state: "attempted" }));
      t.notOk(possible({ state: "attempted" }, { way: "returned" }), "and nothing else comes back");
      t.notOk(possible({ presume: false }, { way: "returned" }));
      for (const state of ["superseded", "returned", "folded"] as const)
        t.notOk(possible({ state }));
      t.notOk(possible({}, { drug: "other" }));
      t.ok(possible({ at: NOW - DAY + 1 }));
      t.notOk(possible({ at: NOW - DAY }));
      const gone = entry().lines.map((line) => ({ ...line, quantity: 0 }));
      t.notOk(possible({ state: "settled", lines: gone }));
    },
  );
});

t.test("the sale that holds a code", async (t) => {
  const held = (name: string, state: "sold" | "returned" | "presumable" = "sold"): TraceMemory => ({
    claims: [{ state, at: AT, swipe: bytes(name, 8), person: "", pharmacy: "P21010200123" }],
    splits: [],
  });
  const holder = (
    of: readonly LedgerEntry[],
    memories: readonly TraceMemory[],
    changes: Partial<Wanted> = {},
  ) => holderOf(wanted(changes), of, memories)?.swipe.replaceAll("\0", "");
  const sold = sale("a", { state: "settled", settlement: "S-01" });

  t.equal(holder([sold, sale("b")], [held("a")]), "a");
  t.equal(holder([sold], [held("z")]), undefined, "another person's, or pharmacy's");
  t.equal(holder([sold, sale("b")], [held("a"), held("b")]), undefined, "of two nobody knows");
  t.equal(holder([sold], [held("a")], { settlement: "S-02" }), undefined);
  t.equal(holder([sold], [held("a")], { way: "returned", settlement: "S-02" }), "a");
  t.equal(holder([sold], [held("a", "returned")]), undefined, "sold with it now is another sale");
  t.equal(holder([sold], [held("a", "returned")], { way: "returned" }), "a", "a repeat");
  t.equal(holder([sale("a", { state: "superseded" })], [held("a")]), undefined);
  t.equal(holder([sale("a", { state: "returned" })], [held("a")]), undefined);
  t.equal(holder([sale("a", { state: "returned" })], [held("a")], { way: "returned" }), "a");
});
