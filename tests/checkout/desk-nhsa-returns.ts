import type { Test } from "tap";
import { eventSchema } from "../../src/audit/event.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import {
  ALLOWED,
  cancel,
  nhsaAnswer,
  post,
  returnUpload,
  saleMessage,
  saleUpload,
  twoDrugs,
  uploadList,
} from "./nhsa-messages.ts";
import { AT, ELSEWHERE, eventData, HERE, type OpenShop, type Shop } from "./shop.ts";

const RETURNED = { infcode: 0, matched: 1, state: "returned" };
const UNMATCHED = { infcode: 0, matched: 0 };

/** A sale of so many boxes, its codes with it, settled as SETL-1. */
async function sold(shop: Shop, boxes: readonly number[], more: object = {}) {
  const { desk, records } = shop.open();
  const message = saleMessage("2102", { id: "msg-2102-0001", boxes, days: 9, ...more });
  const told = await post(desk, "2102", message);
  await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
  return { desk, records, told };
}

/** 3506: what comes back. */
export function returnUploads(t: Test, open: OpenShop): void {
  parts(t, open);
  repeats(t, open);
  whichSale(t, open);
  withCancellation(t, open);
}

function parts(t: Test, open: OpenShop): void {
  t.test("a part comes back with its codes, and only they are free again", async (t) => {
    const shop = await open();
    const { desk, records, told } = await sold(shop, [1, 2, 3]);
    t.same(told, ALLOWED);
    shop.at(HOUR);
    const back = returnUpload({ id: "msg-3506-0001", settlement: "SETL-1", boxes: [2] });
    t.same(await post(desk, "3506", back), RETURNED);
    t.match(accepted(await desk.find("msg-2102-0001", {})), {
      partlyReturned: true,
      lines: [{ quantity: 2 }],
    });
    t.same(
      [await shop.ask({ box: 1 }, HERE), await shop.ask({ box: 2 }, HERE)],
      ["TR-02 hold", "free"],
    );
    t.equal((await shop.seen(1)).packs, 2);
    const record = records.at(-1);
    t.match(eventData(record), {
      reason: "refund",
      reversalId: "msg-3506-0001",
      lines: [{ line: "0001", quantity: 10_000, traceCodes: [/^[\w-]{14}$/] }],
      codesKept: false,
      upload: { message: "msg-3506-0001", quantity: 10_000 },
    });
    t.equal(record?.event.id, `${HERE}:msg-2102-0001:swipe.reversed:msg-3506-0001`);
    t.ok(record && eventSchema(record.event.type).safeParse(record.event).success);
    t.equal(shop.counted("nhsa.upload", { route: "3506", outcome: "returned" }), 1);
  });

  t.test(
    "a part without codes frees none, and says so; the rest frees all that is left",
    async (t) => {
      const shop = await open();
      const { desk } = await sold(shop, [1, 2]);
      const part = returnUpload({ id: "msg-3506-0001", settlement: "SETL-1", quantity: 1 });
      t.same(await post(desk, "3506", part), { ...RETURNED, codesKept: true });
      t.same(
        [await shop.ask({ box: 1 }, HERE), await shop.ask({ box: 2 }, HERE)],
        ["TR-02 hold", "TR-02 hold"],
      );
      const rest = returnUpload({ id: "msg-3506-0002", settlement: "SETL-1", soldAt: AT + HOUR });
      t.same(await post(desk, "3506", rest), RETURNED);
      t.same(
        [await shop.ask({ box: 1 }, HERE), await shop.ask({ box: 2 }, HERE)],
        ["free", "free"],
      );
      t.equal((await shop.seen(1)).packs, 0);
    },
  );

  t.test("never more comes back than is left", async (t) => {
    const shop = await open();
    const { desk } = await sold(shop, [1, 2]);
    const conflict = { infcode: -1, problem: "state_conflict" };
    const all = returnUpload({ id: "msg-3506-0001", settlement: "SETL-1", quantity: 3 });
    t.same(await post(desk, "3506", all), conflict);
    const codes = { id: "msg-3506-0002", settlement: "SETL-1", boxes: [1, 2], quantity: 1 };
    t.same(await post(desk, "3506", returnUpload(codes)), conflict, "one pack has one code");
    const { envelope } = await desk.nhsa("3506", all, {});
    t.match(envelope.output.problem?.paths, [{ path: "input.selinfo" }]);
    t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 2 }] });
  });
}

function repeats(t: Test, open: OpenShop): void {
  t.test(
    "the same return again changes nothing, with codes or without, whatever its msgid",
    async (t) => {
      for (const of of [{ boxes: [2] }, { quantity: 1 }]) {
        const shop = await open();
        const { desk, records } = await sold(shop, [1, 2, 3]);
        const back = (id: string) =>
          post(desk, "3506", returnUpload({ id, settlement: "SETL-1", ...of }));
        const both = await Promise.all([back("msg-3506-0001"), back("msg-3506-0001")]);
        t.match(both, [RETURNED, RETURNED]);
        const ids = new Set(records.map(({ event }) => event.id));
        for (const id of ["msg-3506-0001", "msg-3506-0002", "msg-3506-0002"]) {
          t.match(await back(id), RETURNED);
          t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 2 }] });
        }
        for (const { event } of records) t.ok(ids.has(event.id), `${event.id} had been told`);
        const told = records.filter(({ event }) => event.type === "swipe.reversed");
        for (const record of told) t.same(eventData(record)["lines"], eventData(told[0])["lines"]);
      }
    },
  );

  t.test(
    "a message is one return whatever it says the second time, and a box comes back once",
    async (t) => {
      const shop = await open();
      const { desk } = await sold(shop, [1, 2, 3]);
      const back = (id: string, of: object) =>
        post(desk, "3506", returnUpload({ id, settlement: "SETL-1", ...of }));
      t.same(await back("msg-3506-0001", { boxes: [2] }), RETURNED);
      t.same(await back("msg-3506-0001", { boxes: [3] }), RETURNED, "the same msgid");
      t.same(
        await back("msg-3506-0002", { boxes: [2], soldAt: AT + HOUR }),
        RETURNED,
        "the same box",
      );
      t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 2 }] });
      t.equal(await shop.ask({ box: 3 }, HERE), "TR-02 hold");
    },
  );

  t.test("of a line that came back whole nothing more comes back", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", twoDrugs("msg-2102-0001"));
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    for (const [id, soldAt] of [
      ["msg-3506-0001", AT + HOUR],
      ["msg-3506-0002", AT + 2 * HOUR],
    ] as const) {
      const back = returnUpload({ id, settlement: "SETL-1", soldAt });
      t.same(await post(desk, "3506", back), RETURNED);
    }
    t.match(accepted(await desk.find("msg-2102-0001", {})), {
      partlyReturned: true,
      lines: [{ quantity: 0 }, { quantity: 1 }],
    });
  });

  t.test("two returns alike but for their time are two", async (t) => {
    const shop = await open();
    const { desk } = await sold(shop, [1, 2, 3]);
    for (const [id, soldAt] of [
      ["msg-3506-0001", AT + HOUR],
      ["msg-3506-0002", AT + 2 * HOUR],
    ] as const) {
      const back = returnUpload({ id, settlement: "SETL-1", quantity: 1, soldAt });
      t.match(await post(desk, "3506", back), RETURNED);
    }
    t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 1 }] });
  });
}

function whichSale(t: Test, open: OpenShop): void {
  t.test("without a known settlement the box itself says which sale comes back", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await sold(shop, [1, 2]);
    const more = saleMessage("2102", { id: "msg-2102-0002", at: AT, boxes: [3], days: 1 });
    await post(desk, "2102", more);
    shop.at(20 * DAY);
    const back = returnUpload({ id: "msg-3506-0001", settlement: "REFUND-7", boxes: [2] });
    t.same(await post(desk, "3506", back), RETURNED);
    t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 1 }] });
    t.equal(await shop.ask({ box: 2 }, HERE), "free");
    t.match(accepted(await desk.find("msg-2102-0002", {})), { state: "presumed" });
  });

  t.test("the number of the sale names it where it is the msgid", async (t) => {
    const shop = await open();
    const { desk } = await sold(shop, [1]);
    await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0002", boxes: [2], days: 1 }));
    shop.at(2 * DAY);
    const back = returnUpload({ id: "msg-3506-0001", of: "msg-2102-0001" });
    t.same(await post(desk, "3506", back), RETURNED);
    t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "returned" });
  });

  t.test("else the only sale of the drug within the day, for this person, here", async (t) => {
    const shop = await open();
    const { desk, records } = await sold(shop, [1, 2]);
    const back = (id: string, of: object = {}) =>
      post(desk, "3506", returnUpload({ id, quantity: 1, ...of }));
    t.same(await back("msg-3506-0001", { person: 2 }), UNMATCHED, "a stranger");
    t.same(await back("msg-3506-0002", { pharmacy: ELSEWHERE }), UNMATCHED);
    t.same(await back("msg-3506-0003", { settlement: "SETL-2" }), UNMATCHED, "another settlement");
    t.same(await back("msg-3506-0004", { drug: "XB01ACA056A012" }), UNMATCHED);
    t.same(
      await back("msg-3506-0005", { drug: "XB01ACA056A012", settlement: "SETL-1" }),
      UNMATCHED,
      "the sale, but not a line of it",
    );
    shop.at(DAY);
    t.same(await back("msg-3506-0006"), UNMATCHED, "too long ago");
    shop.at(DAY - 1);
    t.match(await back("msg-3506-0007"), { matched: 1, codesKept: true });
    const unknown = records.filter((record) => eventData(record)["matched"] === 0);
    t.equal(unknown.length, 6);
    t.equal(new Set(unknown.map(({ event }) => event.id)).size, 6);
    t.equal(shop.counted("nhsa.unmatched", { route: "3506" }), 6);
    t.match(eventData(unknown[4]), { upload: { otherDrug: true } });
    for (const { event } of unknown) t.ok(eventSchema(event.type).safeParse(event).success);
  });

  t.test("a refused check has nothing to give back", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const denied = saleMessage("2102", { id: "msg-2102-0001", boxes: [1], stopped: true });
    await post(desk, "2102", denied);
    t.same(await post(desk, "3506", returnUpload({ id: "msg-3506-0001", boxes: [1] })), UNMATCHED);
  });

  t.test("a list gives back row by row, and told again nothing more", async (t) => {
    const shop = await open();
    const { desk } = await sold(shop, [1, 2, 3]);
    const list = uploadList("3506A", "msg-3506-0001", [
      { settlement: "SETL-1", boxes: [1] },
      { settlement: "SETL-1", boxes: [2] },
      { settlement: "SETL-7", boxes: [8], person: 8 },
    ]);
    for (const _ of [1, 2]) t.same(await post(desk, "3506", list), { infcode: 0, matched: 2 });
    t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 1 }] });
    t.same(
      [await shop.ask({ box: 2 }, HERE), await shop.ask({ box: 3 }, HERE)],
      ["free", "TR-02 hold"],
    );
  });
}

function withCancellation(t: Test, open: OpenShop): void {
  t.test(
    "a sealed box brought back the same day, by 3506 and 2103, is sold again once",
    async (t) => {
      for (const order of [
        ["3506", "2103"],
        ["2103", "3506"],
      ] as const) {
        const shop = await open();
        const { desk } = shop.open();
        await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", days: 2 }));
        const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
        await post(desk, "3505", upload);
        shop.at(HOUR);
        const messages = {
          "3506": returnUpload({ id: "msg-3506-0001", settlement: "SETL-1", boxes: [1] }),
          "2103": cancel("msg-2103-0001", "SETL-1"),
        };
        for (const route of order)
          t.same(await post(desk, route, messages[route]), RETURNED, route);
        t.equal((await shop.seen(1)).packs, 0);
        shop.at(HOUR + MINUTE);
        const again = saleMessage("2102", { id: "msg-2102-0002", person: 2, boxes: [1], days: 2 });
        t.same(await post(desk, "2102", again), ALLOWED, "by the pharmacy that took it back");
        await post(desk, "2102/answer", nhsaAnswer("msg-2102-0002", "SETL-2"));
        for (const route of order) t.same(await post(desk, route, messages[route]), RETURNED);
        t.same(
          [await shop.ask({ box: 1 }, HERE), await shop.ask({ box: 1 })],
          ["TR-02 hold", "TR-01 deny"],
          "and told again the return takes it from nobody",
        );
      }
    },
  );
}
