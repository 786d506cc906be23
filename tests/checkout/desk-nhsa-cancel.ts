import type { Test } from "tap";
import { DAY, HOUR } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { ALLOWED, cancel, nhsaAnswer, post, saleMessage, undo } from "./nhsa-messages.ts";
import { eventData, type OpenShop, QUARTER, type Sale } from "./shop.ts";

/** 2103 and 2601: which sale is meant, and what becomes of it. */
export function cancellations(t: Test, open: OpenShop): void {
  t.test(
    "2103 without a known settlement means the person's only sale here within 24 h",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      const buy = (id: string, of: Partial<Sale> = {}) =>
        post(
          desk,
          "2102",
          saleMessage("2102", { id, boxes: [Number(id.slice(-2))], days: 2, ...of }),
        );
      await buy("msg-2102-0001");
      await buy("msg-2102-0002", { person: 2 });
      await buy("msg-2102-0003", { pharmacy: "P21010200456" });
      shop.at(QUARTER);
      t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "presumed" });
      t.same(
        await post(desk, "2103", cancel("msg-2103-0001", "SETL-UNTOLD")),
        { infcode: 0, matched: 1, state: "returned" },
        "presumed, and its setl_id never told",
      );
      t.same(
        await post(desk, "2103", cancel("msg-2103-0002")),
        { infcode: 0, matched: 0 },
        "there is no other",
      );
      await buy("msg-2102-0004");
      await buy("msg-2102-0005");
      t.same(
        await post(desk, "2103", cancel("msg-2103-0003")),
        { infcode: 0, matched: 0 },
        "of two nobody knows which",
      );
      shop.at(DAY);
      t.same(
        await post(desk, "2103", cancel("msg-2103-0004", undefined, 2)),
        { infcode: 0, matched: 0 },
        "and a day ago is too long ago",
      );
      shop.at(DAY - 1);
      t.same(await post(desk, "2103", cancel("msg-2103-0005", undefined, 2)), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.equal(shop.counted("nhsa.unmatched"), 3);
      for (const id of ["msg-2102-0003", "msg-2102-0004", "msg-2102-0005"])
        t.match(accepted(await desk.find(id, {})), { state: "presumed" });
    },
  );

  t.test(
    "2103 told again is about the sale it cancelled, and not about the next one",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1], days: 2 }));
      const message = cancel("msg-2103-0001", "SETL-UNTOLD");
      const answer = { infcode: 0, matched: 1, state: "returned" };
      t.same(await post(desk, "2103", message), answer);
      shop.at(QUARTER);
      await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0002", boxes: [2], days: 2 }));
      t.same(await post(desk, "2103", message), answer);
      t.match(accepted(await desk.find("msg-2102-0002", {})), { state: "reserved" });
      t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "returned" });
      t.same(
        await post(desk, "2103", cancel("msg-2103-0002", "SETL-UNTOLD")),
        answer,
        "another is",
      );
      t.match(accepted(await desk.find("msg-2102-0002", {})), { state: "returned" });
    },
  );

  t.test("a message that names another person or pharmacy is about no sale we know", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1], days: 2 }));
    const unmatched = { infcode: 0, matched: 0 };
    const stranger = undo("msg-2601-0001", "2102", "msg-2102-0001", 2);
    t.same(await post(desk, "2601", stranger), unmatched, "another person's 2601");
    const elsewhere = {
      ...undo("msg-2601-0002", "2102", "msg-2102-0001"),
      fixmedins_code: "P21010200456",
    };
    t.same(await post(desk, "2601", elsewhere), unmatched, "another pharmacy's 2601");
    t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "reserved" });
  });

  t.test("a sale known by another settlement is not the one that is cancelled", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1] }));
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    t.same(await post(desk, "2103", cancel("msg-2103-0001", "SETL-2")), { infcode: 0, matched: 0 });
    t.same(await post(desk, "2103", cancel("msg-2103-0002")), {
      infcode: 0,
      matched: 1,
      state: "returned",
    });
  });

  t.test("what matches nothing is recorded, answered, and counted", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    t.same(await post(desk, "2103", cancel("msg-2103-0001", "SETL-1")), { infcode: 0, matched: 0 });
    t.same(await post(desk, "2601", undo("msg-2601-0001", "2102", "msg-2102-0001")), {
      infcode: 0,
      matched: 0,
    });
    t.same(await post(desk, "2601", undo("msg-2601-0002", "2103", "msg-2103-0009")), {
      infcode: 0,
      matched: 0,
    });
    t.same(await post(desk, "2601", undo("msg-2601-0003", "2207", "msg-2207-0001")), {
      infcode: 0,
      matched: 0,
    });
    t.equal(records.length, 4);
    for (const record of records) t.match(eventData(record), { matched: 0, lines: [] });
    t.equal(new Set(records.map(({ event }) => event.id)).size, 4);
    t.equal(shop.counted("nhsa.unmatched"), 4);
  });

  t.test(
    "a reservation cancelled and uncancelled is presumed again, with what it had claimed",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      await post(
        desk,
        "2102",
        saleMessage("2102", { id: "msg-2102-0001", boxes: [1], rx: "RX-1", token: "TOKEN-1" }),
      );
      t.same(await post(desk, "2103", cancel("msg-2103-0001")), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.same(
        [
          await shop.ask({ box: 1 }),
          await shop.ask({ rx: "RX-1" }),
          await shop.ask({ token: "TOKEN-1" }),
        ],
        ["free", "free", "free"],
      );
      t.same(await post(desk, "2601", undo("msg-2601-0001", "2103", "msg-2103-0001")), {
        infcode: 0,
        matched: 1,
        state: "reserved",
      });
      shop.at(HOUR);
      t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "presumed" });
      t.same(
        [
          await shop.ask({ box: 1 }),
          await shop.ask({ rx: "RX-1" }),
          await shop.ask({ token: "TOKEN-1" }),
        ],
        ["TR-01 hold", "RX-01 deny", "CF-14 deny"],
      );
    },
  );

  t.test(
    "a timeout by the book: the same msgid, 2601, then a new msgid with the same box",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      const message = (id: string) => saleMessage("2102", { id, boxes: [1], days: 28, rx: "RX-1" });
      t.same(await post(desk, "2102", message("msg-2102-0001")), ALLOWED);
      t.same(await post(desk, "2102", message("msg-2102-0001")), ALLOWED);
      t.same(await post(desk, "2601", undo("msg-2601-0001", "2102", "msg-2102-0001")), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.same(await post(desk, "2102", message("msg-2102-0002")), ALLOWED);
      shop.at(HOUR);
      t.same(await shop.seen(1), { onHand: 27.96, packs: 1 });
    },
  );
}
