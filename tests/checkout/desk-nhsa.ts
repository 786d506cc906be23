import type { Test } from "tap";
import { eventSchema } from "../../src/audit/event.ts";
import { DAY, HOUR } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { cancellations } from "./desk-nhsa-cancel.ts";
import { returnUploads } from "./desk-nhsa-returns.ts";
import { saleUploads } from "./desk-nhsa-uploads.ts";
import { ALLOWED, cancel, head, nhsaAnswer, post, saleMessage, undo } from "./nhsa-messages.ts";
import {
  AT,
  box,
  eventData,
  HERE,
  type OpenShop,
  personNumber,
  QUARTER,
  type Sale,
  sale,
} from "./shop.ts";

export function nhsaTillIsServed(t: Test, open: OpenShop): void {
  wholeStory(t, open);
  answers(t, open);
  cancellations(t, open);
  silentTill(t, open);
  brokenMessages(t, open);
  saleUploads(t, open);
  returnUploads(t, open);
}

function wholeStory(t: Test, open: OpenShop): void {
  t.test(
    "inquiry, settle, a lost answer, settle again, NHSA's answer, cancelled and uncancelled: one sale",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      const one: Omit<Sale, "id"> = { boxes: [1], days: 28, rx: "RX-1", token: "TOKEN-1" };
      const stateOf = async (id: string) => accepted(await desk.find(id, {})).state;
      t.same(
        await post(desk, "2101", saleMessage("2101", { ...one, id: "msg-2101-0001" })),
        ALLOWED,
      );
      t.equal((await shop.seen(1)).packs, 0);
      shop.at(10_000);
      t.same(
        await post(desk, "2102", saleMessage("2102", { ...one, id: "msg-2102-0001" })),
        ALLOWED,
      );
      t.same(
        await post(desk, "2102", {
          ...saleMessage("2102", { ...one, id: "msg-2102-0001" }),
          inf_time: "2026-11-21 10:15:59",
          cainfo: "new",
        }),
        ALLOWED,
      );
      shop.at(60_000);
      t.same(
        await post(desk, "2102", saleMessage("2102", { ...one, id: "msg-2102-0002" })),
        ALLOWED,
      );
      t.same(
        [await stateOf("msg-2102-0001"), await stateOf("msg-2102-0002")],
        ["superseded", "reserved"],
      );
      t.same(await post(desk, "2102/answer", nhsaAnswer("msg-2102-0002", "SETL-2")), {
        infcode: 0,
        matched: 1,
        state: "settled",
      });
      t.same(await shop.seen(1), { onHand: 28, packs: 1 });
      t.same(
        [await shop.ask({ box: 1 }), await shop.ask({ token: "TOKEN-1" })],
        ["TR-01 deny", "CF-14 deny"],
      );
      shop.at(HOUR);
      t.same(await post(desk, "2103", cancel("msg-2103-0001", "SETL-2")), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.same(await post(desk, "2103", cancel("msg-2103-0001", "SETL-2")), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.same(
        await post(desk, "2103", cancel("msg-2103-0009", "SETL-2")),
        { infcode: 0, matched: 1, state: "returned" },
        "a second try of the cancellation is no error",
      );
      t.equal((await shop.seen(1)).packs, 0);
      t.same([await shop.ask({ box: 1 }, HERE), await shop.ask({ rx: "RX-1" })], ["free", "free"]);
      t.same(await post(desk, "2601", undo("msg-2601-0000", "2102", "msg-2102-0001")), {
        infcode: 0,
        matched: 1,
        state: "superseded",
      });
      const stands = { infcode: 0, matched: 1, state: "settled" };
      const undone = undo("msg-2601-0001", "2103", "msg-2103-0001");
      t.same(await post(desk, "2601", undone), stands);
      t.same(await post(desk, "2601", undone), stands, "once more is the same");
      const late = cancel("msg-2103-0001", "SETL-2");
      t.same(await post(desk, "2103", late), stands, "and a late duplicate cancels nothing");
      t.equal((await shop.seen(1)).packs, 1);
      t.same(
        [
          await shop.ask({ box: 1 }),
          await shop.ask({ rx: "RX-1" }),
          await shop.ask({ token: "TOKEN-1" }),
        ],
        ["TR-01 deny", "RX-01 deny", "CF-14 deny"],
      );
      t.same(await post(desk, "2601", undo("msg-2601-0002", "2102", "msg-2102-0002")), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.equal((await shop.seen(1)).packs, 0);
      const kept = JSON.stringify(records);
      for (const secret of ["测试甲", personNumber(1), "TOKEN-1", box(1), "RX-1"])
        t.notOk(kept.includes(secret));
    },
  );
}

function answers(t: Test, open: OpenShop): void {
  t.test(
    "repeated elsewhere with a later time on its envelope, the record is the first",
    async (t) => {
      const shop = await open();
      const [one, two] = [shop.open("one"), shop.open("two")];
      const message = saleMessage("2102", { id: "msg-2102-0003", boxes: [3] });
      shop.at(30_000);
      t.same(await post(one.desk, "2102", message), ALLOWED);
      shop.at(90_000);
      t.same(
        await post(two.desk, "2102", {
          ...message,
          inf_time: "2026-11-21 10:16:59",
          cainfo: "new",
        }),
        ALLOWED,
      );
      const [first] = one.records;
      const [again] = two.records;
      t.match(eventData(first), { swipe: { occurredAt: AT } }, "what the till's clock said");
      t.same(
        { ...again?.event, source: "" },
        { ...first?.event, source: "" },
        "but for who wrote it",
      );
    },
  );

  t.test("NHSA refused: what was reserved is let go, and is never presumed sold", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1], rx: "RX-1" }));
    t.same(await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "", "-1")), {
      infcode: 0,
      matched: 1,
      state: "attempted",
    });
    t.match(eventData(records[1]), {
      reason: "refused",
      lines: [{ line: "0001", quantity: 10_000 }],
    });
    t.same([await shop.ask({ box: 1 }), await shop.ask({ rx: "RX-1" })], ["free", "free"]);
    shop.at(DAY);
    t.equal((await shop.seen(1)).packs, 0);
    shop.at(DAY + 1);
    t.same(
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1")),
      { infcode: 0, matched: 1, state: "settled" },
      "it went through after all",
    );
    t.equal(shop.counted("sale.finding"), 0, "which is nobody's fault");
    t.same(
      [await shop.ask({ box: 1 }), await shop.ask({ rx: "RX-1" })],
      ["TR-01 deny", "RX-01 deny"],
    );
    t.same(await post(desk, "2102/answer", nhsaAnswer("msg-9999-0001", "SETL-9")), {
      infcode: 0,
      matched: 0,
    });
  });

  t.test("an inquiry's msgid does not serve for its sale", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2101", saleMessage("2101", { id: "msg-0000-0001", boxes: [1] }));
    t.same(await post(desk, "2102", saleMessage("2102", { id: "msg-0000-0001", boxes: [1] })), {
      infcode: -1,
      problem: "content_conflict",
    });
  });

  t.test("a refusal reserves nothing; sold against it all the same it is a finding", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    t.match(
      await post(
        desk,
        "2102",
        saleMessage("2102", { id: "msg-2102-0001", boxes: [1], stopped: true }),
      ),
      { infcode: -1, decision: "deny", rules: ["IM-04"] },
    );
    shop.at(QUARTER);
    t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "attempted" });
    t.equal(await shop.ask({ box: 1 }), "free");
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    t.match(accepted(await desk.find("msg-2102-0001", {})), {
      state: "settled",
      settledAgainst: true,
    });
  });
}

function silentTill(t: Test, open: OpenShop): void {
  t.test(
    "a till that never confirms anything: its sales are presumed, and bought again the next day they are too soon",
    async (t) => {
      for (const [days, told] of [
        [84, { infcode: -1, decision: "hold", rules: ["OQ-02"] }],
        [28, { infcode: 0, decision: "warn", rules: ["OQ-02"] }],
      ] as const) {
        const shop = await open();
        const { desk } = shop.open();
        const long = (id: string, at: number, number: number) => {
          const message = saleMessage("2102", {
            id,
            at,
            boxes: [number, number + 1, number + 2],
            days,
            rx: id.slice(-4),
          });
          return post(desk, "2102", message);
        };
        t.same(await long("msg-2102-0001", AT, 10), ALLOWED);
        shop.at(DAY);
        t.same(await long("msg-2102-0002", AT + DAY, 20), told);
      }
    },
  );

  t.test("a native till that never confirms bought nothing", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], days: 28 }), {}));
    shop.at(DAY);
    t.match(
      accepted(await desk.check(sale({ id: "sale-0002", at: AT + DAY, boxes: [1], days: 28 }), {})),
      { decision: "allow", hits: [] },
    );
  });
}

function brokenMessages(t: Test, open: OpenShop): void {
  t.test("a broken message is refused in an envelope, and nothing is recorded", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    const { problem, envelope } = await desk.nhsa(
      "2102",
      { infno: "2102", msgid: "msg-2102-0001" },
      {},
    );
    t.match(problem, { code: "bad_request" });
    t.match(envelope, { infcode: -1, inf_refmsgid: "msg-2102-0001" });
    for (const [route, infno] of [
      ["3505", "3506"],
      ["3506", "3505"],
    ] as const) {
      const message = { ...head(infno, { id: "msg-3505-0001" }), input: { selinfo: {} } };
      const answer = await desk.nhsa(route, message, {});
      t.match(answer.problem, { code: "bad_request" });
      t.match(answer.envelope, { infcode: -1, inf_refmsgid: "msg-3505-0001" });
    }
    t.same(records, []);
  });

  t.test("an answer to a sale nobody knows is recorded, whatever NHSA said", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    const unmatched = { infcode: 0, matched: 0 };
    const id = "P21010200123202611211015300001";
    t.same(await post(desk, "2102/answer", nhsaAnswer(id, "SETL-1")), unmatched);
    t.same(await post(desk, "2102/answer", nhsaAnswer(id, "", -1)), unmatched);
    t.same(await post(desk, "2102/answer", nhsaAnswer("msg-9999-0001", "SETL-9")), unmatched);
    t.same(
      records.map(({ event }) => [event.type, event.id]),
      [
        ["swipe.settled", `P21010200123:${id}:swipe.settled`],
        ["swipe.reversed", `P21010200123:${id}:swipe.reversed`],
        ["swipe.settled", "unknown:msg-9999-0001:swipe.settled"],
      ],
    );
    for (const record of records) {
      t.match(eventData(record), { matched: 0, lines: [], person: "AAAAAAAAAAAAAA" });
      t.ok(eventSchema(record.event.type).safeParse(record.event).success);
    }
    t.match(eventData(records[0]), { settlementId: "SETL-1", visitId: "V1" });
    t.equal(shop.counted("nhsa.unmatched", { route: "2102/answer" }), 3);
  });
}
