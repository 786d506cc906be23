import t from "tap";
import { NO_SETTLEMENT } from "../../src/counters/contract.ts";
import { stateAt } from "../../src/decision/entry-state.ts";
import type { Supply } from "../../src/decision/late-codes.ts";
import { move, type Standing, type Step } from "../../src/decision/life-cycle.ts";
import {
  AT,
  after,
  bytes,
  CLAIMS,
  changed,
  claim,
  entry,
  HOLD,
  QUARTER,
  STATES,
  settlement,
  standing,
} from "./sales.ts";

const brings = (
  line: number,
  names: readonly string[],
  more: { readonly split?: boolean; readonly quantity?: number } = {},
): Step => ({
  kind: "supply",
  line,
  codes: names.map((name) => bytes(name, 10)),
  split: more.split ?? false,
  quantity: more.quantity ?? 10_000,
});
const settled = () => entry({ state: "settled", settlement: "S-01" });

t.test("codes that come after their sale", async (t) => {
  t.test("are sold with it once it is settled, and found with it from then on", async (t) => {
    const {
      after: sale,
      claims,
      lateClaims,
    } = changed(move(standing(settled(), { claims: [] }), brings(1, ["late-a", "late-b"])));
    t.same(sale, settled(), "nothing else about the sale changes");
    t.same(lateClaims, [claim("trace", 1, "late-a"), claim("trace", 1, "late-b")]);
    t.same(claims, [
      { ...claim("trace", 1, "late-a"), to: "sold" },
      { ...claim("trace", 1, "late-b"), to: "sold" },
    ]);
  });

  t.test(
    "of a sale that is not settled, or came back, are noted and claimed by nobody",
    async (t) => {
      for (const [name, of] of Object.entries(STATES)) {
        const { claims, lateClaims } = changed(move(of, brings(1, ["late"])));
        const isSold = of.entry.state === "settled";
        t.equal(claims.length, isSold ? 1 : 0, name);
        t.equal(lateClaims?.length, 1, name);
      }
      const [first, second] = settled().lines;
      if (first === undefined || second === undefined) throw new Error("two lines");
      const gone = entry({ ...settled(), lines: [{ ...first, quantity: 0 }, second] });
      t.same(changed(move(standing(gone), brings(1, ["late"]))).claims, []);
      t.equal(changed(move(standing(gone), brings(2, ["late"]))).claims.length, 1);
    },
  );

  t.test("are claimed by the settlement that follows them", async (t) => {
    const late = claim("trace", 1, "late");
    const { claims } = changed(move(standing(entry(), { claims: [late] }), settlement("S-01")));
    t.same(claims, [{ ...late, to: "sold" }]);
  });

  t.test("and that the sale has already are a repeat, in whole or in part", async (t) => {
    const of = standing(settled());
    t.same(move(of, brings(1, ["box-a", "box-b"])), { same: true });
    t.same(move(of, brings(2, ["box-a"])), { same: true }, "whichever line names it");
    t.same(move(of, brings(1, [])), { same: true });
    const { lateClaims } = changed(move(of, brings(1, ["box-a", "late"])));
    t.same(lateClaims, [claim("trace", 1, "late")]);
  });

  t.test("are claimed anew where the sale knows them and has lost them", async (t) => {
    const anew = (...names: readonly string[]): Step => ({
      ...(brings(1, ["box-a", "late"]) as Supply),
      anew: names.map((name) => bytes(name, 10)),
    });
    const { claims, lateClaims } = changed(move(standing(settled()), anew("box-a")));
    t.same(claims, [
      { ...claim("trace", 1, "late"), to: "sold" },
      { ...claim("trace", 1, "box-a"), to: "sold" },
    ]);
    t.same(lateClaims, [claim("trace", 1, "late")]);
    const known = [...CLAIMS, claim("trace", 1, "late")];
    const back = { original: [], reversals: [], codes: [bytes("box-a", 10)], fund: 0 };
    const of = { claims: known, returns: back };
    t.same(move(standing(settled(), of), anew("box-a")), { same: true }, "not what came back");
    t.same(move(standing(entry(), { claims: known }), anew("box-a")), { same: true });
  });

  t.test("of a split pack share what was taken of it", async (t) => {
    const step = brings(1, ["late-a", "late-b"], { split: true, quantity: 5_001 });
    const { claims } = changed(move(standing(settled()), step));
    t.same(
      claims.map(({ kind, use }) => [kind, use]),
      Array.from({ length: 2 }, () => ["split", { drug: "", quantity: 2_500 }]),
    );
  });

  t.test("are bounded", async (t) => {
    const names = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => `c-${from + i}`);
    const own = names(0, 299).map((name) => claim("trace", 1, name));
    const of = standing(settled(), { claims: own });
    t.equal(changed(move(of, brings(1, names(1_000, 100)))).lateClaims?.length, 1);
    const full = { ...of, claims: [...own, claim("trace", 1, "last")] };
    t.same(move(full, brings(1, names(1_000, 100))), { same: true });
  });
});

t.test("a settlement without a number", async (t) => {
  const unnumbered: Step = { kind: "settle", settlement: NO_SETTLEMENT };
  const sold = (of: Standing): Standing => after(of, move(of, unnumbered));

  t.test("settles what is not settled, as any settlement does", async (t) => {
    for (const name of ["reserved", "presumed", "lapsed", "attempted", "superseded"]) {
      const of = STATES[name];
      if (of === undefined) throw new Error(name);
      const to = changed(move(of, unnumbered));
      const numbered = changed(move(of, settlement("S-01")));
      t.same({ ...to, after: { ...to.after, settlement: "S-01" } }, numbered, name);
    }
    const late = standing(entry(), { at: AT + QUARTER });
    t.match(changed(move(late, unnumbered)).after, { late: true });
    const refused = standing(entry({ state: "attempted", level: HOLD }));
    t.equal(changed(move(refused, unnumbered)).finding, "settledAgainst");
  });

  t.test("changes nothing of what was sold, whatever came back since", async (t) => {
    for (const name of [
      "settled",
      "returned in part",
      "returned",
      "returned before it was settled",
    ]) {
      const of = STATES[name];
      if (of === undefined) throw new Error(name);
      t.same(move(of, unnumbered), { same: true }, name);
    }
    t.same(move(sold(standing(entry())), unnumbered), { same: true }, "told again");
  });

  t.test("takes the first number told, and only that", async (t) => {
    const of = sold(standing(entry()));
    t.equal(stateAt(of.entry, of.at), "settled");
    const named = changed(move(of, settlement("S-01")));
    t.same(named.after, { ...of.entry, settlement: "S-01" });
    t.same(named.claims, []);
    t.notOk("finding" in named, "which is no second settlement");
    const then = { ...of, entry: named.after };
    t.same(move(then, settlement("S-01")), { same: true });
    t.match(move(then, settlement("S-02")), { refused: "settled" });
  });

  t.test("takes it also where a part came back meanwhile", async (t) => {
    const of = STATES["returned in part"];
    if (of === undefined) throw new Error("a state");
    const nameless = { ...of, entry: { ...of.entry, settlement: NO_SETTLEMENT } };
    const named = changed(move(nameless, settlement("S-01")));
    t.same(named.after, of.entry);
    t.same(named.returns, of.returns);
  });
});
