import t from "tap";
import type { LedgerEntry } from "../../src/counters/contract.ts";
import { stateAt } from "../../src/decision/entry-state.ts";
import { move, type Standing, type Step } from "../../src/decision/life-cycle.ts";
import {
  ASPIRIN,
  AT,
  after,
  bytes,
  changed,
  entry,
  HOLD,
  halfLines,
  QUARTER,
  reversal,
  STATES,
  STATIN,
  settlement,
  standing,
  twoLines,
} from "./sales.ts";

t.test("settlement", async (t) => {
  t.test("of all lines sells everything that was claimed", async (t) => {
    const { after: sold, claims, codesKept } = changed(move(standing(entry()), settlement("S-01")));
    t.same(sold, entry({ state: "settled", settlement: "S-01" }));
    t.same([...new Set(claims.map(({ to }) => to))], ["sold"]);
    t.equal(codesKept, false);
  });

  t.test(
    "of a part keeps that part: quantity, days and money in proportion, and lets the rest's codes go",
    async (t) => {
      const step = settlement("S-01", [{ tag: 1, quantity: 5_000 }]);
      const { after: sold, claims } = changed(move(standing(entry()), step));
      t.same(sold.lines, [
        { drug: STATIN, tag: 1, quantity: 5_000, days: 7, fen: 1_825 },
        { drug: ASPIRIN, tag: 2, quantity: 0, days: 0, fen: 0 },
      ]);
      t.equal(sold.fund, 1_825, "what the fund pays goes with the money of the lines");
      t.same(
        claims.map(({ kind, line, to, use }) => [kind, line, to, use?.quantity]),
        [
          ["trace", 1, "sold", undefined],
          ["trace", 1, "sold", undefined],
          ["trace", 2, "released", undefined],
          ["prescription", 1, "sold", 5_000],
          ["prescription", 2, "released", 0],
          ["token", 0, "sold", undefined],
        ],
      );
    },
  );

  t.test("of more than was checked, or of a line that was not, is refused", async (t) => {
    const more = move(standing(entry()), settlement("S-01", [{ tag: 2, quantity: 10_001 }]));
    t.same(more, { refused: "reserved", why: "more_than_left" });
    const other = move(standing(entry()), settlement("S-01", [{ tag: 3, quantity: 1 }]));
    t.same(other, { refused: "reserved", why: "no_such_line" });
  });

  t.test("of one of two lines of one drug keeps that drug's use of the prescription", async (t) => {
    const [first] = twoLines();
    if (!first) throw new Error("a line");
    const both = entry({ lines: [first, { ...first, tag: 2, quantity: 10_000 }] });
    const { claims } = changed(
      move(standing(both), settlement("S-01", [{ tag: 2, quantity: 10_000 }])),
    );
    const uses = claims.filter(({ kind }) => kind === "prescription");
    t.same(
      uses.map(({ to, use }) => [to, use?.quantity]),
      [
        ["sold", 10_000],
        ["sold", 10_000],
      ],
    );
  });

  t.test(
    "against a refusal is a finding; of what NHSA had refused first, of a superseded step or unchecked, is none",
    async (t) => {
      const settled = (of: LedgerEntry, step: Step) => changed(move(standing(of), step));
      for (const level of [2, 3, 4]) {
        const against = settled(entry({ state: "attempted", level }), settlement("S-01"));
        t.equal(against.after.against, true);
        t.equal(against.finding, "settledAgainst");
      }
      for (const of of [
        entry({ state: "attempted", level: 1 }),
        entry({ state: "superseded", level: HOLD }),
      ]) {
        const plain = settled(of, settlement("S-01"));
        t.equal(plain.after.against, false);
        t.equal(plain.finding, undefined);
      }
      const unchecked = settled(entry({ level: HOLD }), {
        kind: "settle",
        settlement: "S-01",
        unchecked: true,
      });
      t.match(unchecked.after, { state: "settled", unchecked: true, against: false });
    },
  );

  t.test(
    "after a return settles what was dispensed at first again; the first settlement's duplicate changes nothing",
    async (t) => {
      const settled = standing(entry({ state: "settled", settlement: "S-01" }));
      for (const step of [
        reversal(),
        reversal("R1"),
        reversal("R1", [{ tag: 1, quantity: 3_333 }]),
      ]) {
        const returned = after(settled, move(settled, step));
        t.same(
          move(returned, settlement("S-01")),
          { same: true },
          "the first settlement comes late or twice",
        );
        const again = changed(move(returned, settlement("S-02")));
        t.same(
          again.after,
          { ...entry({ state: "settled", settlement: "S-02" }), again: true, returnedSoon: true },
          "all of it is sold again",
        );
        t.equal(again.finding, "resettled");
        t.same([...new Set(again.claims.map(({ to }) => to))], ["sold"]);
      }
    },
  );

  t.test("again of a part is the measure of the returns after it", async (t) => {
    const settled = standing(entry({ state: "settled", settlement: "S-01" }));
    const returned = after(settled, move(settled, reversal("R1", [{ tag: 1, quantity: 10_000 }])));
    const part = settlement("S-02", [{ tag: 1, quantity: 10_000 }]);
    const again = after(returned, move(returned, part));
    t.same(
      again.entry.lines.map(({ quantity, fen }) => [quantity, fen]),
      [
        [10_000, 3_650],
        [0, 0],
      ],
    );
    t.equal(again.entry.partlyReturned, false);
    const twice = after(again, move(again, reversal("R2", [{ tag: 1, quantity: 5_000 }])));
    t.same(
      twice.entry.lines.map(({ quantity, fen }) => [quantity, fen]),
      [
        [5_000, 1_825],
        [0, 0],
      ],
    );
    const third = changed(move(twice, settlement("S-03")));
    t.same(
      third.after.lines.map(({ quantity }) => quantity),
      [10_000, 0],
      "not what was never sold a second time",
    );
  });
});

t.test("reversal", async (t) => {
  t.test(
    "whole: what was dispensed is returned, what was only reserved is simply free again",
    async (t) => {
      const moves = (of: Standing) =>
        new Set(changed(move(of, reversal())).claims.map(({ to }) => to));
      for (const name of ["settled", "returned in part", "presumed"]) {
        t.same([...moves(STATES[name] ?? standing(entry()))], ["returned"], name);
      }
      for (const name of ["reserved", "lapsed", "unsealed"]) {
        t.same([...moves(STATES[name] ?? standing(entry()))], ["released"], name);
      }
    },
  );

  t.test(
    "of a part gives back quantity, days and money, and the codes that came with it",
    async (t) => {
      const settled = standing(entry({ state: "settled", settlement: "S-01" }));
      const step = reversal("R1", [{ tag: 1, quantity: 10_000, codes: [bytes("box-b", 10)] }]);
      const { after: part, claims, codesKept, returns } = changed(move(settled, step));
      t.same(part.lines, halfLines());
      t.equal(part.partlyReturned, true);
      t.equal(stateAt(part, AT), "returned");
      t.equal(codesKept, false);
      t.same(returns, {
        ...{ original: twoLines(), fund: 8_901, reversals: ["R1"] },
        codes: [bytes("box-b", 10)],
      });
      t.equal(part.fund, 5_251, "what the fund paid goes with the money of the lines");
      t.same(
        claims.map(({ kind, id, to, use }) => [kind, id, to, use?.quantity]),
        [
          ["trace", bytes("box-b", 10), "returned", undefined],
          ["prescription", bytes("rx", 10), "sold", 10_000],
        ],
      );
    },
  );

  t.test(
    "of a part without codes frees none and says so; the last of a line gives all of its codes back",
    async (t) => {
      const settled = standing(entry({ state: "settled", settlement: "S-01" }));
      const first = changed(move(settled, reversal("R1", [{ tag: 1, quantity: 10_000 }])));
      t.equal(first.codesKept, true);
      t.same(
        first.claims.filter(({ kind }) => kind === "trace"),
        [],
      );
      const next = after(settled, { to: first });
      const last = changed(move(next, reversal("R2", [{ tag: 1, quantity: 10_000 }])));
      t.equal(last.codesKept, false);
      t.same(
        last.claims.map(({ kind, line, to }) => [kind, line, to]),
        [
          ["trace", 1, "returned"],
          ["trace", 1, "returned"],
          ["prescription", 1, "returned"],
        ],
      );
      t.equal(stateAt(last.after, AT), "returned");
      t.equal(last.after.state, "settled", "the second line still counts");
    },
  );

  t.test("of a part of a line that had no codes keeps none back", async (t) => {
    const settled = standing(entry({ state: "settled", settlement: "S-01" }), { claims: [] });
    t.equal(changed(move(settled, reversal("R1", [{ tag: 1, quantity: 1 }]))).codesKept, false);
  });

  t.test("never frees more boxes than came back", async (t) => {
    const settled = standing(entry({ state: "settled", settlement: "S-01" }));
    const both = [bytes("box-a", 10), bytes("box-b", 10)];
    const step = reversal("R1", [{ tag: 1, quantity: 10_000, codes: both }]);
    t.same(move(settled, step), { refused: "settled", why: "more_codes_than_packs" });
    const strange = reversal("R1", [{ tag: 1, quantity: 10_000, codes: [bytes("box-c", 10)] }]);
    const kept = changed(move(settled, strange));
    t.same(
      kept.claims.filter(({ kind }) => kind === "trace"),
      [],
      "another line's box is not this line's",
    );
    t.equal(kept.codesKept, true);
  });

  t.test(
    "of a part of a reservation leaves the claims of the rest reserved, not sold",
    async (t) => {
      const step = reversal("R1", [{ tag: 1, quantity: 10_000, codes: [bytes("box-b", 10)] }]);
      const moves = (of: Standing) =>
        changed(move(of, step)).claims.map(({ kind, to, use }) => [kind, to, use?.quantity]);
      t.same(moves(standing(entry())), [
        ["trace", "released", undefined],
        ["prescription", "reserved", 10_000],
      ]);
      const presumable = standing(entry({ presume: true }));
      t.same(moves(presumable), [
        ["trace", "released", undefined],
        ["prescription", "presumable", 10_000],
      ]);
      const presumed = standing(entry({ presume: true }), { at: AT + QUARTER });
      t.same(moves(presumed), [
        ["trace", "returned", undefined],
        ["prescription", "presumable", 10_000],
      ]);
    },
  );

  t.test("of more than is left, or of no such line, is refused and changes nothing", async (t) => {
    const part = STATES["returned in part"] ?? standing(entry());
    const refused = (lines: Extract<Step, { kind: "reverse" }>["lines"]) =>
      move(part, reversal("R9", lines));
    t.same(refused([{ tag: 1, quantity: 10_001 }]), { refused: "returned", why: "more_than_left" });
    t.same(refused([{ tag: 7, quantity: 1 }]), { refused: "returned", why: "no_such_line" });
    t.same(
      refused([
        { tag: 2, quantity: 10_000 },
        { tag: 1, quantity: 20_000 },
      ]),
      {
        refused: "returned",
        why: "more_than_left",
      },
    );
  });

  t.test("is known again by its id: the last eight of a swipe", async (t) => {
    let sale = standing(entry({ state: "settled", settlement: "S-01" }));
    const step = (i: number) => reversal(`R${i}`, [{ tag: 1, quantity: 1_000 }]);
    for (let i = 1; i <= 9; i++) sale = after(sale, move(sale, step(i)));
    t.same(sale.returns?.reversals, ["R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"]);
    t.equal(sale.entry.lines[0]?.quantity, 11_000);
    for (let i = 2; i <= 9; i++) t.same(move(sale, step(i)), { same: true });
  });

  t.test("whole, of a sale returned already, is a repeat under whatever id", async (t) => {
    const settled = standing(entry({ state: "settled", settlement: "S-01" }));
    for (const first of [reversal(), reversal("A")]) {
      const returned = after(settled, move(settled, first));
      t.same(move(returned, reversal("B")), { same: true });
      t.same(move(returned, reversal()), { same: true });
    }
  });
});
