import type { Test } from "tap";
import { eventSchema } from "../../src/audit/event.ts";
import { StoreUnavailableError } from "../../src/counters/contract.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { lateCodes } from "./desk-nhsa-late-codes.ts";
import {
  ALLOWED,
  ASPIRIN,
  cancel,
  nhsaAnswer,
  post,
  saleMessage,
  saleUpload,
  uploadList,
} from "./nhsa-messages.ts";
import {
  AMLODIPINE,
  AT,
  ELSEWHERE,
  eventData,
  type OpenShop,
  personNumber,
  QUARTER,
  Shop,
  sale,
} from "./shop.ts";

const SETTLED = { infcode: 0, matched: 1, state: "settled" };
const UNMATCHED = { infcode: 0, matched: 0 };

/** 2102 without any codes: they come later. */
const codesLater = (id: string, of: Partial<Parameters<typeof saleMessage>[1]> = {}) =>
  saleMessage("2102", { id, days: 2, ...of });

/** 3505: which sale is meant, and what becomes of it. */
export function saleUploads(t: Test, open: OpenShop): void {
  settling(t, open);
  matching(t, open);
  choosing(t, open);
  numbering(t, open);
  withoutMemory(t, open);
  lateCodes(t, open);
}

function settling(t: Test, open: OpenShop): void {
  t.test("an upload settles the sale it is about, in whatever state it finds it", async (t) => {
    for (const [state, later, told] of [
      ["reserved", MINUTE, {}],
      ["presumed", HOUR, {}],
    ] as const) {
      const shop = await open();
      const { desk, records } = shop.open();
      t.same(await post(desk, "2102", codesLater("msg-2102-0001")), ALLOWED);
      shop.at(later);
      t.match(accepted(await desk.find("msg-2102-0001", {})), { state });
      const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
      t.same(await post(desk, "3505", upload), SETTLED);
      const found = accepted(await desk.find("msg-2102-0001", {}));
      t.match(found, { state: "settled", ...told });
      t.notOk("late" in found);
      t.match(eventData(records[1]), {
        swipeId: "msg-2102-0001",
        settlementId: "SETL-1",
        lines: [{ line: "0001", quantity: 10_000, traceCodes: [/^[\w-]{14}$/] }],
        upload: { message: "msg-3505-0001", quantity: 10_000, traceCodes: [/^[\w-]{14}$/] },
      });
      t.equal(records.length, 2, "one settlement, with its codes");
      for (const { event } of records) t.ok(eventSchema(event.type).safeParse(event).success);
      t.equal(shop.counted("nhsa.upload", { route: "3505", outcome: "settled" }), 1);
    }
  });

  t.test("a lapsed sale is settled late, a refused one against the guard", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    shop.at(HOUR);
    t.match(accepted(await desk.find("sale-0001", {})), { state: "lapsed" });
    const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
    t.same(await post(desk, "3505", upload), SETTLED);
    t.match(accepted(await desk.find("sale-0001", {})), { state: "settled", late: true });
    t.equal((await shop.seen(1)).packs, 1);

    const denied = saleMessage("2102", {
      id: "msg-2102-0002",
      person: 2,
      boxes: [2],
      stopped: true,
    });
    t.match(await post(desk, "2102", denied), { decision: "deny" });
    const sold = { id: "msg-3505-0002", settlement: "SETL-2", person: 2, boxes: [2] };
    t.same(await post(desk, "3505", saleUpload(sold)), SETTLED);
    t.match(accepted(await desk.find("msg-2102-0002", {})), { settledAgainst: true });
    t.equal(shop.counted("sale.finding", { finding: "settledAgainst" }), 1);
    t.same([await shop.ask({ box: 1 }), await shop.ask({ box: 2 })], ["TR-01 deny", "TR-01 deny"]);
  });

  t.test("what is uploaded never changes how much was sold", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001", { quantity: 3 }));
    for (const [id, boxes] of [
      ["msg-3505-0001", [1, 2]],
      ["msg-3505-0002", [3]],
    ] as const) {
      const upload = saleUpload({ id, settlement: "SETL-1", boxes });
      t.same(await post(desk, "3505", upload), SETTLED, "a line in two lots");
    }
    t.match(accepted(await desk.find("msg-2102-0001", {})), { lines: [{ quantity: 3 }] });
    t.equal((await shop.seen(1)).packs, 3);
    t.match(eventData(records[1]), { lines: [{ quantity: 30_000 }], upload: { quantity: 20_000 } });
  });
}

function matching(t: Test, open: OpenShop): void {
  t.test(
    "an upload about a stranger, another pharmacy, another day or drug matches nothing",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      const upload = (id: string, of: Partial<Parameters<typeof saleUpload>[0]> = {}) =>
        post(desk, "3505", saleUpload({ id, settlement: "SETL-1", boxes: [1], ...of }));
      t.same(await upload("msg-3505-0000"), UNMATCHED, "before its 2102");
      await post(desk, "2102", codesLater("msg-2102-0001"));
      t.same(await upload("msg-3505-0001", { person: 2 }), UNMATCHED, "a stranger's number");
      t.same(await upload("msg-3505-0002", { pharmacy: ELSEWHERE }), UNMATCHED);
      t.same(await upload("msg-3505-0003", { drug: "XC10AAA067A001010100501" }), UNMATCHED);
      t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "reserved" });
      shop.at(DAY);
      t.same(await upload("msg-3505-0004"), UNMATCHED, "a day ago is too long ago");
      t.equal(await shop.ask({ box: 1 }), "free", "and its box is nobody's");
      shop.at(DAY - 1);
      t.same(await upload("msg-3505-0005"), SETTLED);
      shop.at(40 * DAY);
      t.same(await upload("msg-3505-0006"), SETTLED, "a settlement that is known is not forgotten");
      t.same(await upload("msg-3505-0007", { person: 2 }), UNMATCHED, "not for a stranger");
      const unknown = records.filter((record) => eventData(record)["matched"] === 0);
      t.equal(unknown.length, 6);
      t.equal(new Set(unknown.map(({ event }) => event.id)).size, 6);
      t.equal(shop.counted("nhsa.unmatched", { route: "3505" }), 6);
      for (const record of unknown) {
        t.match(eventData(record), {
          lines: [],
          settlementId: "SETL-1",
          upload: { message: /^msg-3505/, traceCodes: [/^[\w-]{14}$/] },
        });
        t.ok(eventSchema("swipe.settled").safeParse(record.event).success);
      }
      const kept = JSON.stringify(records);
      for (const secret of [
        "测试",
        "张收银",
        "210102195603020022",
        personNumber(1),
        personNumber(2),
      ])
        t.notOk(kept.includes(secret), "and nobody is named in clear");
    },
  );

  t.test("a sale known by another settlement is not the one that is uploaded", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001"));
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    const upload = (settlement: string) =>
      post(desk, "3505", saleUpload({ id: `m-3505-${settlement}`, settlement, boxes: [1] }));
    t.same(await upload("SETL-2"), UNMATCHED);
    t.same(await upload("SETL-1"), SETTLED, "known by the answer, whose msgid is another");
  });

  t.test("a sale for cash is none of the guard's: recorded without anybody's name", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001"));
    const upload = saleUpload({ id: "msg-3505-0001", boxes: [1], cash: true });
    const named = { ...upload.input.selinfo, psn_no: personNumber(1), setl_id: "SETL-1" };
    for (const message of [upload, { ...upload, input: { selinfo: named } }])
      t.same(await post(desk, "3505", message), UNMATCHED);
    t.match(eventData(records[1]), {
      matched: 0,
      person: "AAAAAAAAAAAAAA",
      upload: { insured: false },
    });
    t.match(eventData(records[2]), { person: "AAAAAAAAAAAAAA", upload: { insured: false } });
    t.equal(shop.counted("nhsa.upload", { outcome: "uninsured" }), 2);
    t.equal(shop.counted("nhsa.unmatched"), 0, "which is no alarm");
  });

  t.test("a list is taken row by row", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001"));
    await post(desk, "2102", codesLater("msg-2102-0002", { person: 2 }));
    const list = uploadList("3505A", "msg-3505-0001", [
      { settlement: "SETL-1", boxes: [1] },
      { settlement: "SETL-2", boxes: [2], person: 2 },
      { settlement: "SETL-3", boxes: [3], person: 3 },
      { settlement: "SETL-4", boxes: [4], person: 4 },
      { boxes: [5], cash: true },
    ]);
    t.same(await post(desk, "3505", list), { infcode: 0, matched: 2 });
    t.match(accepted(await desk.find("msg-2102-0002", {})), { state: "settled" });
    t.equal(new Set(records.map(({ event }) => event.id)).size, 7, "each has a record of its own");
  });
}

/** Two sales of a person that an upload without a known settlement may be about. */
async function twoSales(shop: Shop, first: object, second: object, apart = HOUR) {
  const { desk } = shop.open();
  await post(desk, "2102", codesLater("msg-2102-0001", { quantity: 1, ...first }));
  shop.at(apart);
  await post(desk, "2102", codesLater("msg-2102-0002", { quantity: 2, ...second, at: AT + apart }));
  return desk;
}

function choosing(t: Test, open: OpenShop): void {
  const matchedOf = async (shop: Shop, of: Partial<Parameters<typeof saleUpload>[0]>) => {
    const { desk } = shop.open();
    const upload = { id: "msg-3505-0001", settlement: "SETL-9", boxes: [9], quantity: 9, ...of };
    const { matched } = await post(desk, "3505", saleUpload(upload));
    const states = [];
    for (const id of ["msg-2102-0001", "msg-2102-0002"])
      states.push(accepted(await desk.find(id, {})).state);
    return [matched, ...states];
  };
  const same = { quantity: 1, boxes: undefined };

  t.test("of two sales alike nobody knows which, and nothing happens to either", async (t) => {
    const shop = await open();
    await twoSales(shop, same, same);
    t.same(await matchedOf(shop, { quantity: 1 }), [0, "presumed", "reserved"]);
    t.equal(shop.counted("nhsa.upload", { outcome: "ambiguous" }), 1);
  });

  t.test("time, quantity and money tell two sales apart", async (t) => {
    for (const [first, second, upload] of [
      [same, same, { soldAt: AT + HOUR }],
      [{}, {}, { quantity: 2 }],
    ] as const) {
      const shop = await open();
      await twoSales(shop, first, second);
      t.same(await matchedOf(shop, upload), [1, "presumed", "settled"]);
    }
  });

  t.test("codes belong to the sale that has none yet, and to the one that waits", async (t) => {
    const shop = await open();
    await twoSales(shop, { boxes: [1] }, { boxes: undefined, quantity: 1 });
    t.same(await matchedOf(shop, {}), [1, "presumed", "settled"]);

    const other = await open();
    const desk = await twoSales(other, same, same);
    t.same(
      await post(desk, "3505", saleUpload({ id: "msg-3505-0000", soldAt: AT, boxes: [1] })),
      SETTLED,
    );
    t.same(await matchedOf(other, {}), [1, "settled", "settled"]);
  });

  t.test("a sale with its codes is known by them, also where its settlement is new", async (t) => {
    const shop = await open();
    await twoSales(shop, { boxes: [1] }, { boxes: [2, 3] });
    t.same(await matchedOf(shop, { boxes: [1] }), [1, "settled", "reserved"]);
    t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
  });

  t.test(
    "a store that books out another drug than the fund paid is told apart, and its box goes with the sale",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      await post(desk, "2102", codesLater("msg-2102-0001"));
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      const upload = { id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] };
      t.same(await post(desk, "3505", saleUpload({ ...upload, drug: ASPIRIN })), SETTLED);
      t.match(eventData(records.at(-1)), {
        lines: [{ line: "0001", drug: AMLODIPINE, traceCodes: [/./] }],
        upload: { drug: ASPIRIN, otherDrug: true },
      });
      t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
    },
  );

  t.test(
    "a further code for a sale that has all of its own is of a sale never checked",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1], days: 2 }));
      const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [2] });
      t.same(await post(desk, "3505", upload), UNMATCHED);
      t.equal(await shop.ask({ box: 2 }), "free");
    },
  );
}

function withoutMemory(t: Test, open: OpenShop): void {
  t.test(
    "where the store is away at any place the upload waits, and is taken once it is back",
    async (t) => {
      const shop = await open();
      await post(shop.open().desk, "2102", codesLater("msg-2102-0001"));
      const away = () => Promise.reject(new StoreUnavailableError("away"));
      const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
      for (const call of ["readEntry", "traces", "locate", "change"] as const) {
        const store = { ...shop.store, [call]: away };
        const { desk, records } = new Shop(shop.bundle, () => store).open();
        t.same(await post(desk, "3505", upload), { infcode: 0, state: "waiting" }, call);
        t.equal(records.length, 1);
        t.match(eventData(records[0]), { waiting: true, state: "waiting" });
      }
      t.same(await post(shop.open().desk, "3505", upload), SETTLED);
      t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
    },
  );
}

function numbering(t: Test, open: OpenShop): void {
  t.test(
    "without a settlement's number the sale is settled, and the first number told is its own",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      await post(desk, "2102", codesLater("msg-2102-0001"));
      const upload = saleUpload({ id: "msg-3505-0001", boxes: [1] });
      t.same(await post(desk, "3505", upload), SETTLED);
      t.same(await post(desk, "3505", upload), SETTLED);
      t.notOk("settlementId" in eventData(records[1]));
      t.same(await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1")), SETTLED);
      t.same(await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-2")), {
        infcode: -1,
        problem: "state_conflict",
      });
      t.same(await post(desk, "3505", upload), SETTLED, "and an upload still needs none");
      t.equal(shop.counted("sale.finding"), 0);
      shop.at(QUARTER);
      t.same(await post(desk, "2103", cancel("msg-2103-0001", "SETL-1")), {
        infcode: 0,
        matched: 1,
        state: "returned",
      });
      t.same(
        await post(desk, "3505", upload),
        UNMATCHED,
        "a number-less upload of a sale that came back is of no sale that stands",
      );
      t.equal((await shop.seen(1)).packs, 0);
    },
  );
}
