import t from "tap";
import type { LedgerLine } from "../../src/counters/contract.ts";
import { fundShare } from "../../src/decision/came-back.ts";
import { isCode, leftOfUse, prescribedUse, scaled } from "../../src/decision/held.ts";
import { move } from "../../src/decision/life-cycle.ts";
import { successorsOf } from "../../src/decision/one-sale.ts";
import { tallyMovesOf } from "../../src/decision/tally-moves.ts";
import {
  ASPIRIN,
  AT,
  bytes,
  changed,
  claim,
  entry,
  QUARTER,
  reversal,
  STATIN,
  settlement,
  standing,
  twoLines,
} from "./sales.ts";

const [statins = twoLines()[0] as LedgerLine, aspirins = twoLines()[1] as LedgerLine] = twoLines();

t.test(
  "a whole box, a split pack: both are codes; a prescription and a token are none",
  async (t) => {
    t.same(
      (["trace", "split", "prescription", "token"] as const).map((kind) =>
        isCode(claim(kind, 1, "x")),
      ),
      [true, true, false, false],
    );
  },
);

t.test("a line keeps its days to the letter where its quantity stays", async (t) => {
  // A tenth of a day would be lost by a needless rounding.
  const line = { ...statins, days: 0.04 };
  t.equal(scaled(line, line.quantity), line);
});

t.test("given a line on one prescription", async (t) => {
  const claims = [claim("prescription", 1, "rx-1"), claim("prescription", 2, "rx-2")];
  const same: readonly LedgerLine[] = [statins, { ...statins, tag: 2, quantity: 30_000 }];

  t.test("its use is the sum of that prescription's lines, another's do not count", async (t) => {
    t.same(
      claims.map((of) => prescribedUse(of, claims, same).use?.quantity),
      [20_000, 30_000],
    );
  });
  t.test("a box's code on the same line and with the same id adds nothing", async (t) => {
    const both = [claim("prescription", 1, "rx-1"), claim("trace", 2, "rx-1")];
    t.same(prescribedUse(claim("prescription", 1, "rx-1"), both, same).use, {
      drug: STATIN,
      quantity: 20_000,
    });
  });
  t.test("what is left of it is the prescription's; of a box nothing is counted", async (t) => {
    t.same(leftOfUse(claim("prescription", 1, "rx-1"), claims, same), {
      drug: STATIN,
      quantity: 20_000,
    });
    t.equal(leftOfUse(claim("trace", 1, "box"), claims, same), undefined);
  });
});

t.test("given tablets of split packs on a line", async (t) => {
  const packs = [claim("split", 1, "pack-a"), claim("split", 1, "pack-b")];
  const others = [claim("split", 2, "pack-c"), claim("trace", 1, "box")];
  const of = claim("split", 1, "pack-a");

  t.test("what is left is shared evenly among that line's packs alone", async (t) => {
    t.same(leftOfUse(of, [...packs, ...others], [statins, aspirins]), {
      drug: "",
      quantity: 10_000,
    });
  });
  t.test("nothing is used of a pack that the sale has left", async (t) => {
    t.equal(leftOfUse(of, packs, [{ ...statins, quantity: 0 }]), undefined);
  });
});

t.test(
  "a token belongs to the whole sale: it is used although the line that has its number is not dispensed",
  async (t) => {
    const sale = entry({ lines: [{ ...statins, tag: 0 }, aspirins] });
    const claims = [claim("token", 0, "token"), claim("trace", 0, "box")];
    const moved = changed(
      move(standing(sale, { claims }), settlement("S-01", [{ tag: 2, quantity: 10_000 }])),
    );
    t.same(
      moved.claims.map(({ kind, to }) => [kind, to]),
      [
        ["token", "sold"],
        ["trace", "released"],
      ],
    );
  },
);

t.test("a part that comes back with its codes remembers those codes and no others", async (t) => {
  const sale = entry({ state: "settled", settlement: "S-01" });
  const back = { tag: 2, quantity: 10_000, codes: [bytes("box-c", 10)] };
  const { returns } = changed(move(standing(sale), reversal("R1", [back])));
  t.same(returns?.codes, [bytes("box-c", 10)]);
});

t.test("what the fund paid of a sale that cost nothing stays as it is", async (t) => {
  t.equal(fundShare(500, [{ ...statins, fen: 0 }], [{ ...statins, fen: 0 }]), 500);
});

t.test(
  "a sale summed up by day counts as sold: taken out of the totals, it is subtracted",
  async (t) => {
    const columns = [1, 0, 8_901, 0] as const;
    const moves = tallyMovesOf(
      { before: entry({ state: "folded" }), after: entry({ state: "returned" }) },
      () => [{ kind: "H", entity: "P21010200123", columns }],
    );
    t.same(moves, [
      { kind: "H", entity: "P21010200123", at: AT, move: "subtract", columns: [...columns] },
    ]);
  },
);

t.test(
  "a successor may have come in the same millisecond as the step it replaced, not 15 minutes later",
  async (t) => {
    const settled = entry({ state: "superseded" });
    const found = (at: number) =>
      successorsOf(
        settled,
        [{ entry: entry({ swipe: bytes("sale-2", 8), at }), supersedes: undefined }],
        [],
      ).length;
    t.same([AT, AT + QUARTER - 1, AT + QUARTER].map(found), [1, 1, 0]);
  },
);

t.test("two medicines of one prescription are two uses", async (t) => {
  const claims = [claim("prescription", 1, "rx"), claim("prescription", 2, "rx")];
  t.same(prescribedUse(claim("prescription", 2, "rx"), claims, [statins, aspirins]).use, {
    drug: ASPIRIN,
    quantity: 10_000,
  });
});
