import t from "tap";
import type { LedgerEntry } from "../../src/counters/contract.ts";
import { stateAt } from "../../src/decision/entry-state.ts";
import { type Moved, move, type Standing, type Step } from "../../src/decision/life-cycle.ts";
import {
  AT,
  after,
  bytes,
  changed,
  entry,
  QUARTER,
  reversal,
  STATES,
  settlement,
  standing,
  twoLines,
} from "./sales.ts";

const STEPS: Readonly<Record<string, Step>> = {
  settlement: settlement("S-99"),
  "its settlement": settlement("S-01"),
  "whole reversal": reversal(),
  "named reversal": reversal("whole-9"),
  "part reversal": reversal("part-9", [{ tag: 1, quantity: 10_000 }]),
  release: { kind: "release" },
  restore: { kind: "restore", reversal: "whole-1" },
};

/** What becomes of each state by each step: the state after it, `same`, `nothing` to reverse, or `no`: refused. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  // prettier-ignore
  "": [
    "settlement",
    "its settlement",
    "whole reversal",
    "named reversal",
    "part reversal",
    "release",
    "restore",
  ],
  unsealed: ["settled", "settled", "returned", "returned", "reserved", "attempted", "same"],
  reserved: ["settled", "settled", "returned", "returned", "reserved", "attempted", "same"],
  lapsed: ["settled late", "settled late", "returned", "returned", "lapsed", "attempted", "same"],
  presumed: ["settled", "settled", "returned", "returned", "presumed", "attempted", "same"],
  attempted: [
    "settled settledAgainst",
    "settled settledAgainst",
    "nothing",
    "nothing",
    "nothing",
    "same",
    "same",
  ],
  released: ["settled", "settled", "nothing", "nothing", "nothing", "same", "same"],
  superseded: [
    "settled",
    "settled",
    "no superseded",
    "no superseded",
    "no superseded",
    "same",
    "same",
  ],
  settled: ["no settled", "same", "returned", "returned", "returned", "same", "same"],
  "returned in part": [
    "settled resettled",
    "same",
    "returned",
    "returned",
    "returned",
    "same",
    "same",
  ],
  returned: ["settled resettled", "same", "same", "same", "no returned", "same", "settled"],
  "returned before it was settled": [
    "settled resettled",
    "settled resettled",
    "same",
    "same",
    "no returned",
    "same",
    "same",
  ],
};

function outcome(of: Standing, moved: Moved): string {
  if ("refused" in moved) return `no ${moved.refused}`;
  if ("same" in moved) return moved.nothingToReverse ? "nothing" : "same";
  const { after: entry, finding } = moved.to;
  const late = entry.late && !of.entry.late ? " late" : "";
  return `${stateAt(entry, of.at)}${late}${finding ? ` ${finding}` : ""}`;
}

t.test("the table of the life cycle: each state, each step", async (t) => {
  t.same(TABLE[""], Object.keys(STEPS));
  t.same(Object.keys(TABLE).slice(1), Object.keys(STATES), "every state has its row");
  for (const [name, of] of Object.entries(STATES)) {
    const seen = Object.values(STEPS).map((step) => outcome(of, move(of, step)));
    t.same(seen, TABLE[name], name);
  }
});

t.test("each step taken twice is taken once", async (t) => {
  for (const [name, of] of Object.entries(STATES)) {
    for (const [what, step] of Object.entries(STEPS)) {
      const first = move(of, step);
      if (!("to" in first)) continue;
      const second = move(after(of, first), step);
      // What NHSA refused is an attempt afterwards, and a second refusal finds it so.
      t.match(second, { same: true }, `${name}: ${what}`);
    }
  }
});

t.test(
  "counts stand at the check's time: no step moves an entry, and none forgets whose it is",
  async (t) => {
    const kept = ({ at, swipe, pharmacy, area, level }: LedgerEntry) => [
      at,
      swipe,
      pharmacy,
      area,
      level,
    ];
    for (const of of Object.values(STATES)) {
      for (const step of Object.values(STEPS)) {
        const moved = move(of, step);
        if ("to" in moved) t.same(kept(moved.to.after), kept(of.entry));
      }
    }
  },
);

t.test("a reservation ends at exactly 15 minutes", async (t) => {
  const states = (of: LedgerEntry) => [QUARTER - 1, QUARTER].map((late) => stateAt(of, AT + late));
  t.same(states(entry()), ["reserved", "lapsed"]);
  t.same(states(entry({ presume: true })), ["reserved", "presumed"]);
  t.same(states(entry({ state: "unsealed" })), ["reserved", "lapsed"]);
  t.same(
    states(entry({ state: "unsealed", presume: true })),
    ["reserved", "lapsed"],
    "never presumed",
  );
  t.same(states(entry({ state: "settled" })), ["settled", "settled"]);
  t.same(states(entry({ state: "folded" })), ["settled", "settled"]);
  const late = (at: number) =>
    changed(move(standing(entry(), { at }), settlement("S-01"))).after.late;
  t.same([late(AT + QUARTER - 1), late(AT + QUARTER)], [false, true]);
  const presumed = standing(entry({ presume: true }), { at: AT + QUARTER });
  t.equal(
    changed(move(presumed, settlement("S-01"))).after.late,
    false,
    "presumed sold is not late",
  );
});

t.test("late and out of order", async (t) => {
  t.test(
    "a part returned before the settlement arrives leaves what it leaves after it",
    async (t) => {
      const part = reversal("R1", [{ tag: 1, quantity: 5_000, codes: [] }]);
      for (const lines of [
        undefined,
        [
          { tag: 1, quantity: 20_000 },
          { tag: 2, quantity: 10_000 },
        ],
      ]) {
        const sold = settlement("S-01", lines);
        const [fresh, inOrder] = [standing(entry()), [sold, part]];
        const one = inOrder.reduce((sale, step) => after(sale, move(sale, step)), fresh);
        const other = [part, sold].reduce((sale, step) => after(sale, move(sale, step)), fresh);
        t.same(other.entry, one.entry);
        t.same(other.returns, one.returns);
      }
    },
  );

  t.test(
    "a box that came back before the settlement arrived is not sold by it, and not by a restore",
    async (t) => {
      const box = bytes("box-b", 10);
      const part = reversal("R1", [{ tag: 1, quantity: 10_000, codes: [box] }]);
      const traces = (of: Standing, step: Step) =>
        changed(move(of, step))
          .claims.filter(({ kind }) => kind === "trace")
          .map(({ id }) => id);
      const fresh = standing(entry());
      const early = after(fresh, move(fresh, part));
      t.notOk(traces(early, settlement("S-01")).includes(box));
      const sold = after(early, move(early, settlement("S-01")));
      const cancelled = after(sold, move(sold, reversal("C1")));
      t.notOk(traces(cancelled, { kind: "restore", reversal: "C1" }).includes(box));
      t.ok(traces(cancelled, settlement("S-02")).includes(box), "a new settlement sells all of it");
      const again = after(cancelled, move(cancelled, settlement("S-02")));
      const cancelledAgain = after(again, move(again, reversal("C2")));
      t.ok(
        traces(cancelledAgain, { kind: "restore", reversal: "C2" }).includes(box),
        "and it is out",
      );
    },
  );

  t.test("a settlement of what is left of a reservation sells just that", async (t) => {
    const fresh = standing(entry());
    const part = after(fresh, move(fresh, reversal("R1", [{ tag: 1, quantity: 15_000 }])));
    const sold = changed(move(part, settlement("S-01", [{ tag: 1, quantity: 5_000 }])));
    t.same(
      sold.after.lines.map(({ quantity }) => quantity),
      [5_000, 0],
    );
    t.equal(sold.finding, undefined);
  });

  t.test(
    "a whole reversal before the settlement: the settlement counts, and is a finding",
    async (t) => {
      const fresh = standing(entry());
      const gone = after(fresh, move(fresh, reversal()));
      const sold = changed(move(gone, settlement("S-01")));
      t.match(sold, { finding: "resettled", after: { state: "settled", lines: twoLines() } });
    },
  );
});

t.test(
  "what NHSA refused is let go, and a cancellation taken back lets the sale stand again",
  async (t) => {
    t.test("release frees everything that was claimed, and is never presumed", async (t) => {
      const { after: gone, claims } = changed(
        move(standing(entry({ presume: true })), { kind: "release" }),
      );
      t.same([...new Set(claims.map(({ to }) => to))], ["released"]);
      t.equal(stateAt(gone, AT + QUARTER), "attempted");
      t.equal(gone.presume, false);
    });

    t.test(
      "restored it is what it was before the cancellation: settled, presumable, or returned in part",
      async (t) => {
        for (const name of ["settled", "presumed", "returned in part"]) {
          const before = STATES[name] ?? standing(entry());
          const cancelled = after(before, move(before, reversal("C1")));
          t.equal(stateAt(cancelled.entry, before.at), "returned");
          const back = changed(move(cancelled, { kind: "restore", reversal: "C1" }));
          t.same(back.after, before.entry, name);
          t.same(back.returns?.reversals, [...(before.returns?.reversals ?? []), "~C1"]);
          const to = name === "presumed" ? "presumable" : "sold";
          t.same([...new Set(back.claims.map((claim) => claim.to))], [to], name);
        }
      },
    );

    t.test("a part that came back soon did so, whatever becomes of the rest", async (t) => {
      const soon = (of: Standing) => of.entry.returnedSoon;
      const then = (of: Standing, step: Step) => after(of, move(of, step));
      const restore: Step = { kind: "restore", reversal: "C1" };
      const settled = standing(entry({ state: "settled", settlement: "S-01" }));
      const part = then(settled, reversal("R1", [{ tag: 1, quantity: 5_000 }]));
      t.equal(soon(part), true);
      t.equal(soon(then(then(part, reversal("C1")), restore)), true);
      const whole = then(settled, reversal("C1"));
      t.same([soon(whole), soon(then(whole, restore))], [true, undefined]);
    });

    t.test("only by the cancellation that was taken back", async (t) => {
      const settled = standing(entry({ state: "settled", settlement: "S-01" }));
      const cancelled = after(settled, move(settled, reversal("C1")));
      t.same(move(cancelled, { kind: "restore", reversal: "C2" }), { same: true });
      const restored = after(cancelled, move(cancelled, { kind: "restore", reversal: "C1" }));
      t.same(move(restored, { kind: "restore", reversal: "C1" }), { same: true });
      const again = after(restored, move(restored, reversal("C3")));
      t.equal(again.entry.state, "returned", "it can be cancelled once more");
      t.same(move(restored, reversal("C1")), { same: true }, "but not by a late duplicate");
    });
  },
);
