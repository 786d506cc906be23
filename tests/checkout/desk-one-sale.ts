import type { Test } from "tap";
import { createSupersession } from "../../src/checkout/supersession.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { MINUTE, SILENT } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { ELSEWHERE, eventData, HERE, type OpenShop, QUARTER, SALTS, Shop, sale } from "./shop.ts";

/** Several checks of one sale are one sale (contract section 2, "One sale"). */
export function salesAreOne(t: Test, open: OpenShop): void {
  t.test("a hold, checked again with an override, is one sale", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    const first = sale({
      id: "sale-0001",
      boxes: [1, 2, 3, 4],
      days: 112,
      rx: "RX-1",
      token: "TOKEN-1",
    });
    t.match(accepted(await desk.check(first, {})), { decision: "hold", hits: [{ rule: "OQ-01" }] });
    shop.at(MINUTE);
    const again = sale({
      id: "sale-0002",
      boxes: [1, 2, 3, 4],
      days: 112,
      rx: "RX-1",
      token: "TOKEN-1",
      supersedes: "sale-0001",
      override: "TRAVEL_ABROAD",
    });
    const answer = accepted(await desk.check(again, {}));
    t.match(answer, {
      decision: "allow",
      hits: [{ rule: "OQ-01", level: "warn", clearedBy: "TRAVEL_ABROAD" }],
    });
    t.equal(answer.hits.length, 1, "neither token, prescription nor boxes are held against it");
    await desk.idle();
    t.match(accepted(await desk.find("sale-0001", {})), { state: "superseded" });
    t.same(await shop.seen(1), { onHand: 112, packs: 4 });
    t.equal((eventData(records[1])["supersedes"] as unknown[]).length, 1);
  });

  t.test("a lost answer: the same boxes under a new id take the first try's place", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1, 2], days: 28, rx: "RX-1" }), {}));
    shop.at(QUARTER - 1);
    t.match(accepted(await desk.check(sale({ id: "sale-0002", boxes: [1], days: 14 }), {})), {
      decision: "allow",
      hits: [],
    });
    await desk.idle();
    t.match(accepted(await desk.find("sale-0001", {})), { state: "superseded" });
    t.same(await shop.seen(1), { onHand: 14, packs: 1 });
    t.equal(await shop.ask({ box: 1 }), "TR-01 hold", "what both have is the second's");
    t.same(
      [await shop.ask({ box: 2 }), await shop.ask({ rx: "RX-1" })],
      ["free", "free"],
      "what only the first had is nobody's",
    );
  });

  t.test(
    "without codes: the same drugs and quantities, at the same pharmacy, within 15 minutes",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      const stateOf = async (id: string) => accepted(await desk.find(id, {})).state;
      const salts = (id: string, more = {}) => sale({ id, drug: SALTS, days: 2, ...more });
      accepted(await desk.check(salts("sale-0001"), {}));
      accepted(await desk.check(salts("sale-0002", { quantity: 2 }), {}));
      accepted(await desk.check(salts("sale-0003", { pharmacy: ELSEWHERE }), {}));
      accepted(await desk.check(salts("sale-0004", { person: 2 }), {}));
      t.equal(
        await stateOf("sale-0001"),
        "reserved",
        "other quantities, pharmacies and persons are other sales",
      );
      shop.at(MINUTE);
      accepted(await desk.check(salts("sale-0005", { stage: "inquiry" }), {}));
      t.equal(await stateOf("sale-0001"), "reserved", "an inquiry supersedes nothing");
      accepted(await desk.check(salts("sale-0006"), {}));
      t.same([await stateOf("sale-0001"), await stateOf("sale-0002")], ["superseded", "reserved"]);
      accepted(await desk.settle("sale-0006", { settlementId: "S6", visitId: "V6" }, {}));
      accepted(await desk.check(salts("sale-0007"), {}));
      t.equal(await stateOf("sale-0006"), "settled", "a settled one stays");
      shop.at(MINUTE + QUARTER);
      accepted(await desk.check(salts("sale-0008"), {}));
      t.equal(await stateOf("sale-0007"), "lapsed", "15 minutes later it is another sale");
    },
  );

  t.test(
    "what a superseded step alone had claimed is let go: box, token and prescription",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      accepted(
        await desk.check(sale({ id: "sale-0001", boxes: [1], rx: "RX-1", token: "TOKEN-1" }), {}),
      );
      t.equal(await shop.ask({ box: 1 }), "TR-01 hold");
      shop.at(MINUTE);
      accepted(
        await desk.check(
          sale({ id: "sale-0002", boxes: [2], rx: "RX-2", supersedes: "sale-0001" }),
          {},
        ),
      );
      await desk.idle();
      t.same(
        [
          await shop.ask({ box: 1 }),
          await shop.ask({ rx: "RX-1" }),
          await shop.ask({ token: "TOKEN-1" }),
        ],
        ["free", "free", "free"],
      );
      t.same(
        [await shop.ask({ box: 2 }), await shop.ask({ rx: "RX-2" })],
        ["TR-01 hold", "RX-01 deny"],
      );
    },
  );

  t.test("a step that was settled meanwhile keeps what it had", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], rx: "RX-1" }), {}));
    const swipe = swipeKey("", "sale-0001");
    const located = await shop.store.locate(swipe);
    const now = () => shop.clock.now();
    const supersession = createSupersession(shop.store, now, SILENT, () => []);
    supersession.release(located?.person ?? "", [swipe]);
    await supersession.idle();
    t.same(
      [await shop.ask({ box: 1 }), await shop.ask({ rx: "RX-1" })],
      ["TR-01 hold", "RX-01 deny"],
    );
  });

  t.test("a successor that changes at that very moment is superseded all the same", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1, 2] }), {}));
    accepted(await desk.check(sale({ id: "sale-0002", boxes: [1, 2] }), {}));
    await desk.idle();
    const other = new Shop(shop.bundle, () => ({
      ...shop.store,
      change: async (change) => {
        const part = { reversalId: "R1", reason: "refund", lines: [{ line: "0001", quantity: 1 }] };
        if (change.after.state === "superseded")
          accepted(await desk.reverse("sale-0002", part, {}));
        return shop.store.change(change);
      },
    }));
    accepted(
      await other.open().desk.settle("sale-0001", { settlementId: "S1", visitId: "V1" }, {}),
    );
    t.match(accepted(await desk.find("sale-0002", {})), { state: "superseded" });
    t.equal((await shop.seen(1)).packs, 2);
  });

  t.test(
    "the superseded one is settled after all: it counts, and its successor is superseded",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      accepted(
        await desk.check(
          sale({ id: "sale-0001", boxes: [1], days: 7, rx: "RX-1", token: "TOKEN-1" }),
          {},
        ),
      );
      shop.at(MINUTE);
      accepted(
        await desk.check(
          sale({ id: "sale-0002", boxes: [2, 3], days: 14, rx: "RX-2", supersedes: "sale-0001" }),
          {},
        ),
      );
      accepted(
        await desk.check(
          sale({ id: "other-001", boxes: [9], days: 7, drug: "XA10BAE035A001" }),
          {},
        ),
      );
      await desk.idle();
      const settled = accepted(
        await desk.settle("sale-0001", { settlementId: "S1", visitId: "V1" }, {}),
      );
      t.match(settled, { state: "settled", lines: [{ quantity: 1 }] });
      t.equal(shop.counted("sale.finding"), 0);
      t.match(accepted(await desk.find("sale-0002", {})), { state: "superseded" });
      t.match(accepted(await desk.find("other-001", {})), { state: "reserved" });
      t.same(await shop.seen(1), { onHand: 7, packs: 1 });
      const told = [{ box: 1 }, { rx: "RX-1" }, { token: "TOKEN-1" }, { box: 2 }, { rx: "RX-2" }];
      const asked: string[] = [];
      for (const what of told) asked.push(await shop.ask(what));
      t.same(asked, ["TR-01 deny", "RX-01 deny", "CF-14 deny", "free", "free"]);
    },
  );

  t.test(
    "a superseded step has nothing to reverse, and a third try follows the second",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      for (const [index, id] of ["sale-0001", "sale-0002", "sale-0003"].entries()) {
        shop.at(index * 10 * MINUTE);
        t.match(accepted(await desk.check(sale({ id, boxes: [1], days: 7 }), {})), {
          decision: "allow",
          hits: [],
        });
      }
      await desk.idle();
      const reversed = await desk.reverse("sale-0001", { reason: "timeout" }, {});
      t.match(reversed, { problem: { code: "state_conflict", state: "superseded" } });
      t.same(await shop.seen(1), { onHand: 7, packs: 1 });
      accepted(await desk.settle("sale-0001", { settlementId: "S1", visitId: "V1" }, {}));
      t.match(
        accepted(await desk.find("sale-0003", {})),
        { state: "superseded" },
        "the last of the row gives way to the first",
      );
      t.equal(await shop.ask({ box: 1 }, HERE), "TR-02 hold");
      t.equal((await shop.seen(1)).packs, 1);
    },
  );
}
