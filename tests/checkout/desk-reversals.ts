import type { Test } from "tap";
import { accepted, refused } from "../swipe/bodies.ts";
import { ELSEWHERE, HERE, type OpenShop, sale } from "./shop.ts";

const settlement = { settlementId: "S1", visitId: "V1" };

/** What came back: whole, in part, with and without its boxes. */
export function reversals(t: Test, open: OpenShop): void {
  tablets(t, open);
  t.test(
    "whole: quantity, days, box, prescription and token come back; the sale stays on record",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      accepted(
        await desk.check(
          sale({ id: "sale-0001", boxes: [1], days: 28, rx: "RX-1", token: "TOKEN-1" }),
          {},
        ),
      );
      accepted(await desk.settle("sale-0001", settlement, {}));
      const reversal = { reason: "refund" };
      const first = accepted(await desk.reverse("sale-0001", reversal, {}));
      t.match(first, { state: "returned", lines: [{ line: "0001", quantity: 0 }] });
      t.same(accepted(await desk.reverse("sale-0001", reversal, {})), first);
      t.same(
        accepted(await desk.reverse("sale-0001", { ...reversal, reversalId: "R9" }, {})),
        first,
      );
      t.same(await shop.seen(1), { onHand: 0, packs: 0 });
      t.same(
        [await shop.ask({ rx: "RX-1" }), await shop.ask({ token: "TOKEN-1" })],
        ["free", "free"],
      );
      const [, , one, two, other] = records.map(({ event }) => event);
      t.match(one?.data, {
        reason: "refund",
        state: "returned",
        lines: [{ line: "0001", quantity: 10_000 }],
      });
      t.match(one?.data, { lines: [{ traceCodes: [/^[\w-]{14}$/] }] });
      t.equal(two?.id, one?.id);
      t.same(
        { ...two?.data, personSeq: 0 },
        { ...one?.data, personSeq: 0 },
        "a repeat writes what the first wrote",
      );
      t.match(
        other?.data,
        { lines: [], reversalId: "R9" },
        "what is returned already does not come back again",
      );
    },
  );

  t.test("a returned box is sold again here, and held elsewhere", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    accepted(await desk.settle("sale-0001", settlement, {}));
    accepted(await desk.reverse("sale-0001", { reason: "refund" }, {}));
    t.equal(await shop.ask({ box: 1 }, ELSEWHERE), "TR-01 hold");
    const again = accepted(await desk.check(sale({ id: "sale-0002", person: 2, boxes: [1] }), {}));
    t.match(again, { decision: "allow", hits: [] });
    accepted(await desk.settle("sale-0002", { ...settlement, settlementId: "S2" }, {}));
    t.equal(await shop.ask({ box: 1 }, ELSEWHERE), "TR-01 deny");
    t.equal(await shop.ask({ box: 1 }, HERE), "TR-02 hold");
  });

  t.test(
    "of a part: by its reversalId once, with its box, and never more than is left",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      accepted(
        await desk.check(sale({ id: "sale-0001", boxes: [1, 2, 3], days: 30, rx: "RX-1" }), {}),
      );
      accepted(await desk.settle("sale-0001", settlement, {}));
      const code = (number: number) => [`81001010001${String(number).padStart(9, "0")}`];
      const part = (reversalId: string, quantity: number, more = {}) => ({
        reversalId,
        reason: "refund",
        lines: [{ line: "0001", quantity, ...more }],
      });
      t.same(
        refused(await desk.reverse("sale-0001", { ...part("R1", 1), reversalId: undefined }, {}))
          .paths?.[0]?.path,
        "reversalId",
      );
      const first = accepted(
        await desk.reverse("sale-0001", part("R1", 1, { traceCodes: code(2) }), {}),
      );
      t.match(first, { state: "returned", partlyReturned: true, lines: [{ quantity: 2 }] });
      t.notOk("codesKept" in first);
      t.match(
        accepted(await desk.reverse("sale-0001", part("R1", 1, { traceCodes: code(2) }), {})),
        { lines: [{ quantity: 2 }] },
      );
      t.same(await shop.seen(1), { onHand: 20, packs: 2 });
      t.same(
        [await shop.ask({ box: 1 }, HERE), await shop.ask({ box: 2 }, HERE)],
        ["TR-02 hold", "free"],
      );
      t.match(accepted(await desk.reverse("sale-0001", part("R2", 1), {})), {
        codesKept: true,
        lines: [{ quantity: 1 }],
      });
      t.equal(await shop.ask({ box: 3 }, HERE), "TR-02 hold");
      t.match(refused(await desk.reverse("sale-0001", part("R3", 1.0001), {})), {
        code: "state_conflict",
        state: "returned",
      });
      const last = accepted(await desk.reverse("sale-0001", part("R4", 1), {}));
      t.same(accepted(await desk.reverse("sale-0001", part("R4", 1), {})), last);
      t.match(last, { state: "returned", lines: [{ quantity: 0 }] });
      t.same(await shop.seen(1), { onHand: 0, packs: 0 });
      t.same(
        [
          await shop.ask({ box: 1 }, HERE),
          await shop.ask({ box: 3 }, HERE),
          await shop.ask({ rx: "RX-1" }),
        ],
        ["free", "free", "free"],
      );
      t.match(refused(await desk.reverse("sale-0001", part("R5", 0.5), {})), {
        code: "state_conflict",
        state: "returned",
      });
      const written = records
        .filter(({ event }) => event.type === "swipe.reversed")
        .map(({ event }) => event);
      t.same(
        written.map(({ id }) => id.split(":").at(-1)),
        ["R1", "R1", "R2", "R4", "R4"],
      );
      t.same({ ...written[4]?.data, personSeq: 0 }, { ...written[3]?.data, personSeq: 0 });
      t.same({ ...written[1]?.data, personSeq: 0 }, { ...written[0]?.data, personSeq: 0 });
    },
  );

  t.test(
    "a settlement after a return sells it again, and is a finding; the first one's duplicate changes nothing",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], rx: "RX-1" }), {}));
      accepted(await desk.settle("sale-0001", settlement, {}));
      accepted(await desk.reverse("sale-0001", { reason: "refund" }, {}));
      t.match(accepted(await desk.settle("sale-0001", settlement, {})), { state: "returned" });
      t.equal((await shop.seen(1)).packs, 0);
      t.match(accepted(await desk.settle("sale-0001", { ...settlement, settlementId: "S2" }, {})), {
        state: "settled",
        lines: [{ quantity: 1 }],
      });
      t.equal(shop.counted("sale.finding", { finding: "resettled" }), 1);
      t.same(
        [await shop.ask({ box: 1 }), await shop.ask({ rx: "RX-1" })],
        ["TR-01 deny", "RX-01 deny, TR-01 deny"].slice(0, 1).concat("RX-01 deny"),
      );
      t.equal((await shop.seen(1)).packs, 1);
    },
  );

  t.test(
    "of a reservation lets go of it, and of a refused check has nothing to reverse",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], rx: "RX-1" }), {}));
      t.match(accepted(await desk.reverse("sale-0001", { reason: "timeout" }, {})), {
        state: "returned",
      });
      t.same([await shop.ask({ box: 1 }), await shop.ask({ rx: "RX-1" })], ["free", "free"]);
      accepted(
        await desk.check(sale({ id: "sale-0002", person: 2, boxes: [2], stopped: true }), {}),
      );
      const nothing = accepted(await desk.reverse("sale-0002", { reason: "void" }, {}));
      t.match(nothing, { state: "attempted", nothingToReverse: true, level: "deny" });
      accepted(
        await desk.check(sale({ id: "sale-0003", person: 3, stage: "inquiry", boxes: [3] }), {}),
      );
      t.match(accepted(await desk.reverse("sale-0003", { reason: "void" }, {})), {
        state: "attempted",
        nothingToReverse: true,
      });
      t.match(refused(await desk.settle("sale-0003", settlement, {})), {
        code: "state_conflict",
        state: "attempted",
      });
    },
  );
}

function tablets(t: Test, open: OpenShop): void {
  t.test("tablets of a pack are returned two by two until none is left", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    // Fourteen tablets of a pack of 28, which no quarter of a ten-thousandth divides.
    accepted(
      await desk.check(
        sale({
          id: "sale-0001",
          quantity: 14,
          pieces: true,
          split: true,
          boxes: [1],
          drug: "XC10AAA067A001010100501",
        }),
        {},
      ),
    );
    accepted(await desk.settle("sale-0001", settlement, {}));
    const left: unknown[] = [];
    for (let i = 1; i <= 7; i++) {
      const body = {
        reversalId: `R${i}`,
        reason: "refund",
        lines: [{ line: "0001", quantity: 2 }],
      };
      left.push(accepted(await desk.reverse("sale-0001", body, {})).lines?.[0]?.quantity);
    }
    t.same(left, [12, 10, 8, 6, 4, 2, 0]);
    t.match(accepted(await desk.find("sale-0001", {})), {
      state: "returned",
      lines: [{ quantity: 0 }],
    });
  });
}
