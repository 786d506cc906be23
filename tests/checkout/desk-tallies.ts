import type { Test } from "tap";
import type { Desk } from "../../src/checkout/desk.ts";
import type { Tally, TallyColumns } from "../../src/counters/contract.ts";
import { RESERVATION } from "../../src/counters/limits.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { drugAt, TALLY_LETTERS } from "../../src/features/tallies.ts";
import { DAY, HOUR, MINUTE, shanghaiDay } from "../../src/units.ts";
import { remembered } from "../conformance/steps.ts";
import { observation } from "../conformance/swipes.ts";
import { accepted } from "../swipe/bodies.ts";
import { cancel, nhsaAnswer, post, saleMessage, undo } from "./nhsa-messages.ts";
import {
  AMLODIPINE,
  AT,
  HERE,
  type OpenShop,
  QUARTER,
  type Sale,
  type Shop,
  sale,
} from "./shop.ts";

/** What a pharmacy's days count of a sale, from its check to its last reversal. */
export function talliesFollowSales(t: Test, open: OpenShop): void {
  nativeSales(t, open);
  nativeReturns(t, open);
  nhsaSales(t, open);
  nhsaReturns(t, open);
  supersededSales(t, open);
}

/** Sales, outsiders, fen of the fund, reversals; then packs of the watched drug and its sales. */
type Counted = readonly [number, number, number, number, number, number];
const NOTHING: Counted = [0, 0, 0, 0, 0, 0];
const ONE_SALE: Counted = [1, 0, 3_500, 0, 1, 1];
const settlement = { settlementId: "S1", visitId: "V1" };
const part = (reversalId: string, quantity: number) => ({
  ...{ reversalId, reason: "refund" },
  lines: [{ line: "0001", quantity }],
});

function nativeSales(t: Test, open: OpenShop): void {
  t.test("a native sale counts when it is settled, on the day of its check", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    t.same(await counted(shop), NOTHING, "reserved");
    shop.at(HOUR);
    t.same(await counted(shop), NOTHING, "lapsed");
    shop.at(DAY);
    accepted(await desk.settle("sale-0001", settlement, {}));
    accepted(await desk.settle("sale-0001", settlement, {}));
    t.same(await counted(shop), NOTHING, "nothing today");
    t.same(await counted(shop, 0), ONE_SALE, "settled late, and twice, it counts once, yesterday");
  });

  t.test("what an inquiry asks and what is refused counts nothing", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "ask-00001", stage: "inquiry", boxes: [1] }), {}));
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], stopped: true }), {}));
    shop.at(HOUR);
    t.same(await counted(shop), NOTHING);
    accepted(await desk.settle("sale-0001", settlement, {}));
    t.same(await counted(shop), ONE_SALE, "settled against the refusal it was dispensed");
  });

  t.test("a settlement of a part counts that part; of many at once each", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1, 2, 3, 4] }), {}));
    const some = { ...settlement, lines: [{ line: "0001", quantity: 1 }] };
    accepted(await desk.settle("sale-0001", some, {}));
    t.same(await counted(shop), [1, 0, 875, 0, 1, 1]);
    const ids = Array.from({ length: 8 }, (_, i) => `many-000${i}`);
    await Promise.all(
      ids.map(async (id, i) => {
        accepted(await desk.check(sale({ id, person: 10 + i, boxes: [10 + i] }), {}));
        await Promise.all([1, 2].map(() => desk.settle(id, settlement, {})));
      }),
    );
    t.same(await counted(shop), [9, 0, 875 + 8 * 3_500, 0, 9, 9]);
  });

  t.test("a sale entered without a check counts once", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const entered = { ...settlement, swipe: sale({ id: "sale-0001", boxes: [1] }) };
    accepted(await desk.settle("sale-0001", entered, {}));
    accepted(await desk.settle("sale-0001", entered, {}));
    t.same(await counted(shop), ONE_SALE);
  });

  t.test("somebody insured elsewhere counts as an outsider", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const body = sale({ id: "sale-0001", boxes: [1] });
    accepted(await desk.check({ ...body, person: { ...body.person, insuredArea: "440100" } }, {}));
    accepted(await desk.settle("sale-0001", settlement, {}));
    t.same(await counted(shop), [1, 1, 3_500, 0, 1, 1]);
  });
}

function nativeReturns(t: Test, open: OpenShop): void {
  t.test("what came back counts no more, and each reversal counts on its own day", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1, 2, 3, 4] }), {}));
    accepted(await desk.settle("sale-0001", settlement, {}));
    t.same(await counted(shop), [1, 0, 3_500, 0, 4, 1]);
    accepted(await desk.reverse("sale-0001", part("R1", 1), {}));
    accepted(await desk.reverse("sale-0001", part("R1", 1), {}));
    t.same(await counted(shop), [1, 0, 2_625, 1, 3, 1]);
    shop.at(3 * DAY);
    accepted(await desk.reverse("sale-0001", part("R2", 1), {}));
    t.same(await counted(shop, 0), [1, 0, 1_750, 1, 2, 1]);
    t.same(await counted(shop), [0, 0, 0, 1, 0, 0]);
    accepted(await desk.reverse("sale-0001", part("R3", 2), {}));
    t.same(await counted(shop, 0), [0, 0, 0, 1, 0, 0], "nothing is left of it");
    t.same(await counted(shop), [0, 0, 0, 2, 0, 0]);
    accepted(await desk.settle("sale-0001", { ...settlement, settlementId: "S2" }, {}));
    t.same(await counted(shop, 0), [1, 0, 3_500, 1, 4, 1], "sold again, all of it");
  });

  t.test("a part that comes back before its settlement arrives ends the same", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1, 2] }), {}));
    accepted(await desk.reverse("sale-0001", part("R1", 1), {}));
    t.same(await counted(shop), [0, 0, 0, 1, 0, 0]);
    accepted(await desk.settle("sale-0001", settlement, {}));
    t.same(await counted(shop), [1, 0, 1_750, 1, 1, 1]);
  });

  t.test("the whole sale: once; and undoing what was never sold is no reversal", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    accepted(await desk.settle("sale-0001", settlement, {}));
    for (let i = 0; i < 2; i++) accepted(await desk.reverse("sale-0001", { reason: "void" }, {}));
    t.same(await counted(shop), [0, 0, 0, 1, 0, 0]);
    for (const id of ["sale-0002", "sale-0003"])
      accepted(await desk.check(sale({ id, person: 2, boxes: [2] }), {}));
    accepted(await desk.reverse("sale-0003", { reversalId: "R1", reason: "timeout" }, {}));
    t.same(await counted(shop), [0, 0, 0, 1, 0, 0]);
  });

  t.test("a sale that comes back within 30 minutes of its check is marked", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const marked = async (id: string, person: number, after: number, body: unknown) => {
      shop.at(0);
      accepted(await desk.check(sale({ id, person, boxes: [person, 10 + person] }), {}));
      accepted(await desk.settle(id, settlement, {}));
      shop.at(after);
      accepted(await desk.reverse(id, body, {}));
      return (await ledgerOf(shop, id)).map(({ returnedSoon }) => returnedSoon ?? false);
    };
    const whole = { reason: "refund" };
    t.same(await marked("sale-0001", 1, 30 * MINUTE - 1, whole), [true]);
    t.same(await marked("sale-0002", 2, 30 * MINUTE, whole), [false]);
    t.same(await marked("sale-0003", 3, MINUTE, part("R1", 1)), [true]);
  });
}

function nhsaSales(t: Test, open: OpenShop): void {
  t.test("an NHSA sale that nobody confirms counts from 15 minutes on", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await buy(desk, "msg-2102-0001");
    shop.at(RESERVATION - 1);
    t.same(await counted(shop), NOTHING);
    shop.at(RESERVATION);
    t.same(await counted(shop), ONE_SALE);
    await buy(desk, "msg-2102-0002", { person: 2, boxes: [2] });
    shop.at(DAY);
    t.same(await counted(shop, 0), [2, 0, 7_000, 0, 2, 2]);
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0002", "SETL-2"));
    t.same(await counted(shop, 0), [2, 0, 7_000, 0, 2, 2], "confirmed late it is there already");
  });

  t.test("NHSA's answer counts it at once; refused by NHSA it never counts", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await buy(desk, "msg-2102-0001");
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    t.same(await counted(shop), ONE_SALE);
    await buy(desk, "msg-2102-0002", { person: 2, boxes: [2] });
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0002", "", 1_001));
    shop.at(HOUR);
    t.same(await counted(shop), ONE_SALE);
    await buy(desk, "msg-2102-0003", { person: 3, boxes: [3] });
    shop.at(2 * HOUR);
    t.same(await counted(shop), [2, 0, 7_000, 0, 2, 2], "presumed");
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0003", "", 1_001));
    t.same(await counted(shop), ONE_SALE, "and refused after all");
  });

  t.test("an inquiry (2101) and a refused sale count nothing", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2101", saleMessage("2101", { id: "msg-2101-0001", boxes: [1] }));
    await buy(desk, "msg-2102-0001", { stopped: true });
    shop.at(HOUR);
    t.same(await counted(shop), NOTHING);
  });
}

function nhsaReturns(t: Test, open: OpenShop): void {
  const cancelled = async (t: Test, settled: boolean, after: number) => {
    const shop = await open();
    const { desk } = shop.open();
    const marks = async () =>
      (await ledgerOf(shop, "msg-2102-0001")).map(({ returnedSoon }) => returnedSoon ?? false);
    const twice = async (route: "2103" | "2601", message: unknown) => {
      for (let i = 0; i < 2; i++) await post(desk, route, message);
    };
    await buy(desk, "msg-2102-0001");
    const told = nhsaAnswer("msg-2102-0001", "SETL-1");
    if (settled) await post(desk, "2102/answer", told);
    shop.at(after);
    await twice("2103", cancel("msg-2103-0001", settled ? "SETL-1" : undefined));
    t.same(await counted(shop), [0, 0, 0, 1, 0, 0]);
    t.same(await marks(), [after < HOUR]);
    await twice("2601", undo("msg-2601-0001", "2103", "msg-2103-0001"));
    t.same(await counted(shop), [1, 0, 3_500, 1, 1, 1], "it stands again");
    t.same(await marks(), [false]);
    await post(desk, "2102/answer", told);
    shop.at(after + HOUR);
    t.same(await counted(shop), [1, 0, 3_500, 1, 1, 1], "once");
  };
  const title = "cancelled it counts no more, as a reversal of its day; uncancelled again";
  t.test(`${title}: settled`, (t) => cancelled(t, true, MINUTE));
  t.test(`${title}: reserved`, (t) => cancelled(t, false, MINUTE));
  t.test(`${title}: presumed`, (t) => cancelled(t, false, HOUR));

  t.test("undone because the answer was lost (2601), it is no reversal", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await buy(desk, "msg-2102-0001");
    await post(desk, "2601", undo("msg-2601-0001", "2102", "msg-2102-0001"));
    shop.at(HOUR);
    t.same(await counted(shop), NOTHING);
    t.same(
      (await ledgerOf(shop, "msg-2102-0001")).map((of) => of.returnedSoon),
      [undefined],
    );
  });

  t.test("what came back of a part is taken from where it stands", async (t) => {
    for (const after of [MINUTE, HOUR]) {
      const shop = await open();
      const { desk } = shop.open();
      await buy(desk, "msg-2102-0001", { boxes: [1, 2] });
      shop.at(after);
      accepted(await desk.reverse("msg-2102-0001", part("R1", 1), {}));
      shop.at(after + HOUR);
      t.same(await counted(shop), [1, 0, 1_750, 1, 1, 1]);
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      t.same(await counted(shop), [1, 0, 1_750, 1, 1, 1]);
    }
  });
}

function supersededSales(t: Test, open: OpenShop): void {
  t.test("a step that another took the place of never counts", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await buy(desk, "msg-2102-0001");
    shop.at(MINUTE);
    await buy(desk, "msg-2102-0002");
    shop.at(2 * MINUTE);
    await buy(desk, "msg-2102-0003");
    shop.at(HOUR);
    t.same(await counted(shop), ONE_SALE);
    await buy(desk, "msg-2102-0009", { person: 9, boxes: [9] });
    t.same(await counted(shop), ONE_SALE, "also for the writer that counts what is presumed");
  });

  t.test("settled after all it counts, and what had taken its place does not", async (t) => {
    for (const after of [2 * MINUTE, HOUR]) {
      const shop = await open();
      const { desk } = shop.open();
      await buy(desk, "msg-2102-0001");
      shop.at(MINUTE);
      await buy(desk, "msg-2102-0002");
      shop.at(after);
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      t.same(await counted(shop), ONE_SALE);
      shop.at(after + HOUR);
      t.same(await counted(shop), ONE_SALE);
    }
  });

  t.test("settled before it was let go of, it counts once", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await buy(desk, "msg-2102-0001");
    shop.at(MINUTE);
    // Nobody waits for what is let go behind the answer: the settlement may come first.
    const message = saleMessage("2102", { id: "msg-2102-0002", boxes: [1] });
    await Promise.all([
      desk.nhsa("2102", message, {}),
      desk.nhsa("2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"), {}),
    ]);
    await desk.idle();
    shop.at(HOUR);
    const now = await counted(shop);
    const states = await Promise.all(
      ["msg-2102-0001", "msg-2102-0002"].map(async (id) => accepted(await desk.find(id, {})).state),
    );
    const dispensed = states.filter((state) => state === "settled" || state === "presumed").length;
    t.equal(now[0], dispensed, states.join());
    t.ok(dispensed >= 1);
  });
}

async function buy(desk: Desk, id: string, of: Partial<Sale> = {}) {
  return post(desk, "2102", saleMessage("2102", { id, boxes: [1], ...of }));
}

async function ledgerOf(shop: Shop, id: string) {
  const swipe = swipeKey("", id);
  const located = await shop.store.locate(swipe);
  const { ledger } = await shop.store.readEntry(located?.person ?? "", swipe);
  return ledger.filter((entry) => entry.swipe === swipe);
}

let probes = 0;

/** What a reader counts of a day: so many days behind the first, or today. */
async function counted(shop: Shop, after?: number): Promise<Counted> {
  const at = shop.clock.now();
  const drug = shop.bundle.drugKey(shop.bundle.reference.identify(AMLODIPINE));
  const zero: TallyColumns = [0, 0, 0, 0];
  const id = `tally probe ${++probes}`;
  const { memory } = remembered(
    await shop.store.observe({
      ...observation({ id, at, person: id, inquiry: true, pharmacy: HERE }),
      tallies: [
        { kind: TALLY_LETTERS.pharmacy, entity: HERE, columns: zero },
        { kind: TALLY_LETTERS.pharmacyDrug, entity: drugAt(HERE, drug), columns: zero },
      ],
    }),
  );
  const day = shanghaiDay(after === undefined ? at : AT + after * DAY);
  const [pharmacy, packs] = memory.tallies.map((tally) => tally && sumOf(tally, day, at));
  const [sales = 0, outsiders = 0, fund = 0, reversals = 0] = pharmacy ?? [];
  const [tenThousandths = 0, drugSales = 0, ...unused] = packs ?? [];
  if (unused.some((value) => value !== 0)) throw new Error("a drug has two columns");
  return [sales, outsiders, fund, reversals, tenThousandths / 10_000, drugSales];
}

function sumOf({ days, open }: Tally, day: number, at: number): number[] {
  const presumed = open.filter((of) => of.at + QUARTER <= at && shanghaiDay(of.at) === day);
  const all = [...days.filter((of) => of.day === day), ...presumed].map(({ columns }) => columns);
  return [0, 1, 2, 3].map((column) => all.reduce((sum, of) => sum + (of[column] ?? 0), 0));
}
