import type { Test } from "tap";
import { DAY } from "../../src/units.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { AT, ELSEWHERE, eventData, HERE, type OpenShop, QUARTER, sale } from "./shop.ts";

const settlement = { settlementId: "S1", visitId: "V1" };

/** What was dispensed: whole, in part, late, against a refusal. */
export function settlements(t: Test, open: OpenShop): void {
  t.test("a sale is what it is at each instant: reserved, lapsed, settled late", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], days: 28 }), {}));
    const found = async () => accepted(await desk.find("sale-0001", {}));
    const line = { line: "0001", drug: "XC08CAA187A001010102501", quantity: 1 };
    t.same(await found(), {
      swipeId: "sale-0001",
      state: "reserved",
      level: "allow",
      lines: [line],
      hits: [],
    });
    shop.at(QUARTER - 1);
    t.equal((await found()).state, "reserved");
    t.equal(await shop.ask({ box: 1 }), "TR-01 hold");
    t.equal((await shop.seen(1)).packs, 1);
    shop.at(QUARTER);
    t.equal((await found()).state, "lapsed");
    t.equal(await shop.ask({ box: 1 }), "free");
    t.equal((await shop.seen(1)).packs, 0);
    const late = accepted(await desk.settle("sale-0001", settlement, {}));
    t.match(late, { state: "settled", late: true });
    t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
    shop.at(QUARTER + DAY);
    t.equal(
      (await shop.seen(1)).onHand,
      26.99,
      "it counts from its check, not from its settlement",
    );
    t.notOk("hits" in (await found()), "hits are told for a day");
    t.match(eventData(records[1]), {
      late: true,
      settledAgainst: false,
      checkedAt: new Date(AT).toISOString(),
    });
  });

  t.test(
    "a settlement repeated is one; another settlement of a settled sale is refused",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      accepted(await desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
      const first = accepted(await desk.settle("sale-0001", settlement, {}));
      t.same(accepted(await desk.settle("sale-0001", settlement, {})), first);
      const other = refused(
        await desk.settle("sale-0001", { ...settlement, settlementId: "S2" }, {}),
      );
      t.match(other, { code: "state_conflict", state: "settled" });
      const [, one, two] = records.map(({ event }) => event);
      t.equal(two?.id, one?.id);
      t.same({ ...two?.data, personSeq: 0 }, { ...one?.data, personSeq: 0 });
      const part = {
        reversalId: "R1",
        reason: "refund",
        lines: [{ line: "0001", quantity: 0.5 }],
      };
      accepted(await desk.reverse("sale-0001", part, {}));
      accepted(await desk.settle("sale-0001", settlement, {}));
      t.match(eventData(records.at(-1)), { lines: [{ quantity: 10_000 }], state: "returned" });
    },
  );

  t.test("a repeat of a settlement against a refusal says so again", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], stopped: true }), {}));
    for (let i = 0; i < 2; i++) accepted(await desk.settle("sale-0001", settlement, {}));
    const settled = records.filter(({ event }) => event.type === "swipe.settled");
    t.same(
      settled.map((record) => eventData(record)["settledAgainst"]),
      [true, true],
    );
  });

  t.test("of a part: what was not dispensed counts no more, and its boxes are free", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const both = sale({ id: "sale-0001", boxes: [1, 2], days: 28 });
    const body = {
      ...both,
      total: 70,
      lines: [
        ...both.lines,
        ...sale({ id: "x-000001", boxes: [3] }).lines.map((line) => ({ ...line, line: "0002" })),
      ],
    };
    accepted(await desk.check(body, {}));
    const part = { ...settlement, lines: [{ line: "0001", quantity: 1 }] };
    const state = accepted(await desk.settle("sale-0001", part, {}));
    t.same(
      state.lines?.map(({ quantity }) => quantity),
      [1, 0],
    );
    t.same(await shop.seen(1), { onHand: 14, packs: 1 });
    t.equal(await shop.ask({ box: 2 }), "TR-01 deny", "which box of the line left nobody says");
    t.equal(await shop.ask({ box: 3 }), "free");
    for (const lines of [[{ line: "0001", quantity: 3 }], [{ line: "0009", quantity: 1 }]]) {
      accepted(await desk.check(sale({ id: "sale-0002", person: 2, boxes: [8] }), {}));
      t.match(refused(await desk.settle("sale-0002", { ...settlement, lines }, {})), {
        code: "state_conflict",
        state: "reserved",
      });
    }
  });

  t.test(
    "against a hold it counts all the same, takes the box and the prescription, and is a finding",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      accepted(
        await desk.check(sale({ id: "sale-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] }), {}),
      );
      const held = accepted(
        await desk.check(sale({ id: "sale-0002", boxes: [1], rx: "RX-1", token: "TOKEN-1" }), {}),
      );
      t.match(held, { decision: "hold", hits: [{ rule: "TR-01" }] });
      t.same(
        [await shop.ask({ rx: "RX-1" }), await shop.ask({ token: "TOKEN-1" })],
        ["free", "free"],
      );
      t.match(accepted(await desk.settle("sale-0002", settlement, {})), {
        state: "settled",
        settledAgainst: true,
        level: "hold",
      });
      t.equal(shop.counted("sale.finding", { finding: "settledAgainst" }), 1);
      t.match(eventData(records.at(-1)), { settledAgainst: true });
      t.equal((await shop.seen(1)).packs, 1);
      t.equal(await shop.ask({ box: 1 }, HERE), "TR-02 hold", "it is sold here now");
      t.equal(await shop.ask({ rx: "RX-1" }), "RX-01 deny");
      t.equal(await shop.ask({ token: "TOKEN-1" }), "CF-14 deny");
    },
  );
}
