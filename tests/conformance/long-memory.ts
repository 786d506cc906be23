import type { Test } from "tap";
import {
  LEDGER_FOLD_ABOVE,
  LEDGER_FOLDED_TO,
  LEDGER_KEPT,
  PRESCRIPTION_KEPT,
  TRACE_KEPT,
} from "../../src/counters/limits.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import { type Fresh, remembered, type StoreUnderTest } from "./steps.ts";
import { digest, observation, type Sale, START, sealing } from "./swipes.ts";

/** What the memory promises of late swipes, of long histories and of what is too old. */
export function longMemoryConforms(t: Test, fresh: Fresh): void {
  lateSwipes(t, fresh);
  folding(t, fresh);
  forgetting(t, fresh);
}

async function observe(under: StoreUnderTest, sale: Sale) {
  under.setNow(sale.at);
  return remembered(await under.store.observe(observation(sale))).memory;
}

function lateSwipes(t: Test, fresh: Fresh): void {
  t.test("given a full log, a late swipe pushes out nothing that is newer", async (t) => {
    const under = await fresh();
    for (let i = 0; i < 4; i++)
      await observe(under, { id: `live-000${i}`, at: START + i, person: `p${i}`, exact: 2 });
    for (let i = 0; i < 4; i++) {
      const at = START - HOUR + i;
      await observe(under, { id: `late-000${i}`, at, person: `l${i}`, exact: 2 });
    }
    const { logs } = await observe(under, { id: "next-0001", at: START + 9, exact: 2 });
    t.same(
      logs[0]?.map((entry) => entry.at - START),
      [0, 1, 2, 3],
    );
  });
}

function folding(t: Test, fresh: Fresh): void {
  t.test("an overlong ledger is folded once, and what is in force stays", async (t) => {
    const under = await fresh();
    const swipes = LEDGER_FOLD_ABOVE + 1;
    for (let i = 0; i < swipes; i++) {
      const at = START + i * 6 * HOUR;
      under.setNow(at);
      const of = observation({ id: `swipe-${i}`, at });
      await under.store.observe(of);
      await under.store.seal(sealing(of, { presume: true }));
    }
    const now = START + swipes * 6 * HOUR;
    const person = digest("person ann");
    under.setNow(now);
    t.equal(await under.store.fold(person, now), true);
    t.equal(await under.store.fold(person, now), false, "there is nothing more to fold");
    const { ledger } = await under.store.readEntry(person, digest(`swipe-${swipes - 1}`, 8));
    t.equal(ledger.length, LEDGER_FOLDED_TO);
    t.equal(ledger.at(-1)?.swipe, digest(`swipe-${swipes - 1}`, 8));
    const bought = ledger.flatMap((entry) => entry.lines);
    t.equal(
      bought.reduce((sum, line) => sum + line.quantity, 0),
      swipes * 10_000,
      "no pack is lost",
    );
    const next = await under.store.observe(observation({ id: "swipe-next", at: now }));
    t.equal(next.verdict === "new" && next.personSeq, swipes + 1, "the sequence goes on");
  });

  t.test("a ledger that changes while it is folded keeps the change", async (t) => {
    const under = await fresh();
    const swipes = LEDGER_FOLD_ABOVE + 1;
    for (let i = 0; i < swipes; i++)
      await observe(under, { id: `swipe-${i}`, at: START + i * 6 * HOUR });
    const now = START + swipes * 6 * HOUR;
    under.setNow(now);
    const [folded] = await Promise.all([
      under.store.fold(digest("person ann"), now),
      under.store.observe(observation({ id: "swipe-next", at: now })),
    ]);
    const key = digest("swipe-next", 8);
    const { entry, ledger } = await under.store.readEntry(digest("person ann"), key);
    t.equal(entry?.state, "unsealed");
    t.equal(ledger.length, folded ? LEDGER_FOLDED_TO + 1 : swipes + 1);
  });
}

function forgetting(t: Test, fresh: Fresh): void {
  t.test("what is too old is not told, though its neighbours keep its place alive", async (t) => {
    const under = await fresh();
    const sale = (id: string, at: number): Sale => ({ id, at, codes: ["c"], prescription: "rx" });
    const of = observation(sale("sale-0001", START));
    await observe(under, sale("sale-0001", START));
    await under.store.seal(sealing(of, { presume: true }));
    for (const at of [80 * DAY, PRESCRIPTION_KEPT - MINUTE])
      await observe(under, { ...sale(`again-${at}`, START + at), codes: [] });
    const edge = await observe(under, sale("edge-0001", START + PRESCRIPTION_KEPT - 1));
    t.equal(edge.prescriptions[0]?.length, 3, "to the last millisecond");
    t.equal(edge.ledger.length, 2, "the ledger no longer has what is 90 days old");
    const over = await observe(under, sale("over-0001", START + PRESCRIPTION_KEPT));
    t.equal(over.prescriptions[0]?.length, 3, "its own use went, the edge's came");
    t.equal(over.traceCodes[0]?.claims[0]?.swipe, digest("sale-0001", 8));
    t.equal(
      (await observe(under, sale("year-0001", START + TRACE_KEPT - 1))).traceCodes[0]?.claims
        .length,
      1,
    );
    const free = await observe(under, { ...sale("free-0001", START + TRACE_KEPT), person: "bob" });
    t.same(free.traceCodes[0]?.claims, [], "a code sold 400 days ago is free");
    const taken = await observe(under, {
      ...sale("next-0001", START + TRACE_KEPT + 1),
      person: "cat",
    });
    t.equal(taken.traceCodes[0]?.claims[0]?.swipe, digest("free-0001", 8));
  });

  t.test("a swipe is located for 90 days, an inquiry for one", async (t) => {
    const under = await fresh();
    await observe(under, { id: "sale-0001", at: START });
    await observe(under, { id: "ask-00001", at: START, inquiry: true });
    for (const [id, kept] of [
      ["sale-0001", LEDGER_KEPT],
      ["ask-00001", DAY],
    ] as const) {
      under.setNow(START + kept - 1);
      t.ok(await under.store.locate(digest(id, 8)));
      under.setNow(START + kept);
      t.equal(await under.store.locate(digest(id, 8)), undefined);
    }
  });
}
