import type { Test } from "tap";
import type { Tally, TallyColumns, TallyMove } from "../../src/counters/contract.ts";
import { RESERVATION, TALLY_DAYS, TALLY_OPEN_MAX } from "../../src/counters/limits.ts";
import { DAY, HOUR, MINUTE, shanghaiDay } from "../../src/units.ts";
import { type Fresh, remembered, type StoreUnderTest } from "./steps.ts";
import { digest, observation, PHARMACY, START, sealing } from "./swipes.ts";

/** Daily totals of what was dispensed, and the presumable sales that stand open among them. */
export function talliesConform(t: Test, fresh: Fresh): void {
  openSales(t, fresh);
  moves(t, fresh);
  bounds(t, fresh);
}

const ONE: TallyColumns = [1, 0, 100, 0];
const DAY_0 = shanghaiDay(START);
const U32_MAX = 0xffffffff;

function openSales(t: Test, fresh: Fresh): void {
  t.test("a presumable sale stands open from its seal; nothing else does", async (t) => {
    const under = await fresh();
    await sell(under, "native-01", 0, { presume: false });
    await sell(under, "refused-1", 1, { holds: false });
    await sell(under, "ask-00001", 2, { inquiry: true });
    t.same(await seen(under, 3), EMPTY);
    await sell(under, "sale-0001", 4);
    t.same(await seen(under, 5), { days: [], open: [open("sale-0001", 4)] });
    await under.store.seal(sealing(selling("sale-0001", 4), { presume: true }));
    t.same(await seen(under, 6), { days: [], open: [open("sale-0001", 4)] }, "sealed twice, once");
  });

  t.test("whoever writes next counts what is presumed by then, on its own day", async (t) => {
    const under = await fresh();
    const night = Date.UTC(2026, 10, 1, 15, 55) - START;
    await sell(under, "sale-0001", night);
    await sell(under, "sale-0002", night + MINUTE, { columns: [1, 1, 50, 0] });
    const before = await seen(under, night + RESERVATION);
    t.equal(before.open.length, 2, "readers count it themselves");
    await sell(under, "sale-0003", night + RESERVATION - 1);
    t.equal((await seen(under, night + RESERVATION)).open.length, 3, "a millisecond too early");
    await sell(under, "sale-0004", night + RESERVATION);
    const after = await seen(under, night + RESERVATION);
    t.same(after.days, [day(0, ONE)], "on the day before midnight");
    t.same(
      after.open.map(({ swipe }) => swipe),
      keys("sale-0002", "sale-0003", "sale-0004"),
    );
    await sell(under, "sale-0005", night + HOUR);
    const { days } = await seen(under, night + HOUR);
    t.same(days, [day(0, [2, 1, 150, 0]), day(1, [2, 0, 200, 0])]);
  });

  t.test("given a settlement before its late seal, then the sale is counted once", async (t) => {
    const under = await fresh();
    const of = selling("sale-0001", 0);
    under.setNow(START);
    await under.store.observe(of);
    await change(under, "sale-0001", 1, [{ ...ADD }], "settled");
    await under.store.seal(sealing(of, { presume: true }));
    t.same(await seen(under, 2), { days: [day(0, ONE)], open: [] });
  });

  t.test("sales of many persons at one instant are all noted", async (t) => {
    const under = await fresh();
    const ids = Array.from({ length: 40 }, (_, i) => `sale-${i}`);
    await Promise.all(ids.map((id) => sell(under, id, 0)));
    t.same((await seen(under, 1)).open.map(({ swipe }) => swipe).sort(), keys(...ids).sort());
    await sell(under, "later-001", HOUR);
    t.same((await seen(under, HOUR)).days, [day(0, [40, 0, 4_000, 0])]);
  });
}

function moves(t: Test, fresh: Fresh): void {
  t.test("`add` counts on the day it names, whatever the order", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0, { presume: false });
    const at = (days: number) => ({ ...ADD, at: START + days * DAY });
    for (const [nth, days] of [3, 1, 2, 1].entries())
      await change(under, "sale-0001", 3 * DAY + nth, [at(days)]);
    t.same((await seen(under, 3 * DAY)).days, [day(1, [2, 0, 200, 0]), day(2, ONE), day(3, ONE)]);
  });

  t.test("`subtract` takes from the open sale until nothing is left of it", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0);
    await sell(under, "sale-0002", 1);
    await change(under, "sale-0001", 2, [{ ...SUBTRACT, columns: [0, 0, 60, 0] }]);
    t.same((await seen(under, 3)).open, [
      open("sale-0001", 0, [1, 0, 40, 0]),
      open("sale-0002", 1),
    ]);
    await change(under, "sale-0001", 4, [{ ...SUBTRACT, columns: [1, 0, 60, 0] }]);
    t.same(await seen(under, 5), { days: [], open: [open("sale-0002", 1)] });
  });

  t.test("`subtract` takes from the day once the sale is counted, never below zero", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0);
    const later = RESERVATION;
    await change(under, "sale-0001", later, [{ ...SUBTRACT, columns: [0, 0, 60, 0] }]);
    t.same(await seen(under, later), { days: [day(0, [1, 0, 40, 0])], open: [] });
    await change(under, "sale-0001", later, [SUBTRACT, { ...SUBTRACT, at: START + DAY }]);
    t.same(
      await seen(under, later),
      { days: [day(0, [0, 0, 0, 0])], open: [] },
      "the day is known all the same",
    );
  });

  t.test("`subtract` and `close` of what was never counted leave nothing behind", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0, { presume: false });
    await change(under, "sale-0001", 1, [SUBTRACT, CLOSE]);
    t.same(await seen(under, 2), EMPTY);
  });

  t.test("`close` makes an open sale part of its day, once", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0, { columns: [1, 1, 70, 0] });
    await change(under, "sale-0001", MINUTE, [CLOSE]);
    const counted = { days: [day(0, [1, 1, 70, 0])], open: [] };
    t.same(await seen(under, MINUTE), counted, "with what it was noted with");
    await change(under, "sale-0001", HOUR, [CLOSE]);
    t.same(await seen(under, HOUR), counted, "one that is there already stays so");
    await sell(under, "sale-0002", HOUR);
    await change(under, "sale-0002", 3 * HOUR, [CLOSE]);
    t.same((await seen(under, 3 * HOUR)).days, [day(0, [2, 1, 170, 0])], "presumed by then");
  });

  t.test("moves of one change are carried out in order", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0);
    await change(under, "sale-0001", 1, [CLOSE, { ...SUBTRACT, columns: [0, 0, 30, 0] }]);
    t.same(await seen(under, 2), { days: [day(0, [1, 0, 70, 0])], open: [] });
  });

  t.test("of two who change one entry only the one who did moves its totals", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0, { presume: false });
    const done = await Promise.all(
      [1, 2].map(() => change(under, "sale-0001", 1, [ADD], "settled")),
    );
    t.equal(done.filter(({ changed }) => changed).length, 1);
    t.same((await seen(under, 2)).days, [day(0, ONE)]);
  });
}

function bounds(t: Test, fresh: Fresh): void {
  t.test("sums stay within 32 bits", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0, { columns: [U32_MAX, 1, 2 ** 40, 0] });
    await change(under, "sale-0001", HOUR, [{ ...ADD, columns: [2, U32_MAX, 1, 2 ** 33] }]);
    const full = [U32_MAX, U32_MAX, U32_MAX, U32_MAX] as const;
    t.same((await seen(under, HOUR)).days, [day(0, full)]);
  });

  t.test("today and the 28 days before it are kept", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0, { presume: false });
    const last = 40;
    for (let i = 0; i <= last; i++)
      await change(under, "sale-0001", i * DAY, [{ ...ADD, at: START + i * DAY }]);
    const days = async (at: number) => (await seen(under, at)).days.map((of) => of.day - DAY_0);
    const kept = Array.from({ length: TALLY_DAYS }, (_, i) => last - TALLY_DAYS + 1 + i);
    t.same(await days(last * DAY), kept);
    t.same(await days((last + 1) * DAY), kept.slice(1), "a reader looks back on 28");
    await change(under, "sale-0001", last * DAY, [{ ...ADD, at: START + 11 * DAY }]);
    t.same(await days(last * DAY), kept, "what is older is not begun again");
  });

  t.test("an open sale that nobody wrote behind is forgotten with its day", async (t) => {
    const under = await fresh();
    await sell(under, "sale-0001", 0);
    const edge = (DAY_0 + TALLY_DAYS) * DAY - 8 * HOUR - START;
    t.equal((await seen(under, edge - 1)).open.length, 1);
    t.equal((await seen(under, edge)).open.length, 0);
    await sell(under, "sale-0002", edge);
    t.same(await seen(under, edge), { days: [], open: [open("sale-0002", edge)] });
  });

  t.test("in a crowd beyond the bound the oldest is counted early, and found there", async (t) => {
    const under = await fresh();
    await sell(under, "early-001", 10);
    await sell(under, "oldest-01", 5);
    for (let i = 2; i < TALLY_OPEN_MAX; i++) await sell(under, `sale-${i}`, 10 + i);
    t.equal((await seen(under, 999)).open.length, TALLY_OPEN_MAX);
    await sell(under, "one-more-", 1_000);
    const full = await seen(under, 1_001);
    t.equal(full.open.length, TALLY_OPEN_MAX);
    t.same(full.days, [day(0, ONE)]);
    t.notOk(full.open.some(({ swipe }) => swipe === digest("oldest-01", 8)));
    await change(under, "oldest-01", 1_002, [CLOSE, { ...SUBTRACT, columns: [0, 0, 1, 0] }]);
    t.same((await seen(under, 1_003)).days, [day(0, [1, 0, 99, 0])], "counted once");
  });
}

const EMPTY: Tally = { days: [], open: [] };
const HERE = { kind: "H", entity: PHARMACY, at: START, columns: ONE } as const;
const ADD: TallyMove = { ...HERE, move: "add" };
const SUBTRACT: TallyMove = { ...HERE, move: "subtract" };
const CLOSE: TallyMove = { ...HERE, move: "close" };

function day(after: number, columns: TallyColumns) {
  return { day: DAY_0 + after, columns };
}

function open(id: string, after: number, columns = ONE) {
  return { at: START + after, swipe: digest(id, 8), columns };
}

function keys(...ids: readonly string[]): string[] {
  return ids.map((id) => digest(id, 8));
}

interface How {
  readonly presume?: boolean;
  readonly holds?: boolean;
  readonly inquiry?: boolean;
  readonly columns?: TallyColumns;
}

/** A sale of a person of its own. */
function selling(id: string, after: number, { inquiry = false, columns = ONE }: How = {}) {
  return observation({ id, at: START + after, person: `of ${id}`, inquiry, tally: columns });
}

async function sell(under: StoreUnderTest, id: string, after: number, how: How = {}) {
  const of = selling(id, after, how);
  under.setNow(of.at);
  await under.store.observe(of);
  const holds = (how.holds ?? true) && !how.inquiry;
  await under.store.seal(sealing(of, { holds, presume: how.presume ?? true }));
}

/** What a stranger's inquiry reads. */
async function seen(under: StoreUnderTest, after: number): Promise<Tally> {
  const id = `ask at ${after} ${Math.random()}`;
  under.setNow(START + after);
  const { memory } = remembered(
    await under.store.observe(selling(id, after, { inquiry: true, columns: [9, 9, 9, 9] })),
  );
  const [tally] = memory.tallies;
  if (tally === undefined) throw new Error("the tally was asked for");
  return tally;
}

async function change(
  under: StoreUnderTest,
  id: string,
  after: number,
  tallies: readonly TallyMove[],
  state?: "settled",
) {
  const at = START + after;
  under.setNow(at);
  const person = digest(`person of ${id}`);
  const swipe = digest(id, 8);
  const { entry } = await under.store.readEntry(person, swipe);
  if (entry === undefined) throw new Error(`${id} is not remembered`);
  return under.store.change({
    ...{ person, swipe, pharmacy: PHARMACY, at, before: entry, returns: undefined, claims: [] },
    after: { ...entry, ...(state ? { state } : {}) },
    tallies,
  });
}
