import type { Test } from "tap";
import { openWaitingRecords } from "../../src/audit/waiting-records.ts";
import { MINUTE, SECOND } from "../../src/units.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { away, openInstance, settlement, story, WAITING } from "./entry-shop.ts";
import {
  cancel,
  nhsaAnswer,
  post,
  returnUpload,
  saleMessage,
  saleUpload,
  undo,
  uploadList,
} from "./nhsa-messages.ts";
import { type OpenShop, QUARTER, sale } from "./shop.ts";

export function stepsWait(t: Test, open: OpenShop): void {
  t.test("a sale's whole life waits and is taken in order", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1, 2] }), {}));
    t.same(accepted(await one.desk.settle("sale-0001", settlement, {})), WAITING);
    const told = { by: "L0031", choice: "continue" };
    t.same(accepted(await one.desk.acknowledge("sale-0001", told, {})), WAITING);
    const part = {
      reversalId: "R1",
      reason: "refund",
      lines: [{ line: "0001", quantity: 1, traceCodes: ["81001010001000000001"] }],
    };
    t.same(accepted(await one.desk.reverse("sale-0001", part, {})), WAITING);
    for (let repeat = 0; repeat < 3; repeat++) {
      t.same(accepted(await one.desk.settle("sale-0001", settlement, {})), WAITING);
      t.same(accepted(await one.desk.reverse("sale-0001", part, {})), WAITING);
    }
    t.equal(one.entry.state().waiting, 4, "a repeat waits once");
    memory.away = [];
    t.same(
      accepted(await one.desk.settle("sale-0001", settlement, {})),
      WAITING,
      "told again before its check is entered it waits too",
    );
    await one.desk.idle();
    t.match(accepted(await one.desk.find("sale-0001", {})), {
      state: "returned",
      partlyReturned: true,
      lines: [{ quantity: 1 }],
    });
    t.same(await story(t, one), [
      "sale-0001:swipe.decided waiting waits",
      "sale-0001:swipe.settled waiting waits",
      "sale-0001:swipe.acknowledged:continue waits",
      "sale-0001:swipe.reversed:R1 waiting waits",
      "sale-0001:swipe.entered reserved counted closes",
      "sale-0001:swipe.settled:applied settled closes",
      "sale-0001:swipe.acknowledged:continue:applied closes",
      "sale-0001:swipe.reversed:R1:applied returned closes",
    ]);
    t.equal(await shop.ask({ box: 1 }), "TR-01 hold", "returned by another pharmacy");
    t.equal(await shop.ask({ box: 2 }), "TR-01 deny", "sold");
    const seqs = (await one.events()).map(
      ({ event }) => (event.data as { personSeq?: number }).personSeq,
    );
    t.same(seqs.slice(0, 4), [0, 0, 0, 0]);
    t.same([...new Set(seqs.slice(4))].length, 4, "each has its place in the person's sequence");
  });

  t.test(
    "steps of a sale checked before, also by another instance, wait and are taken",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      accepted(await shop.open("two").desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
      accepted(await one.desk.check(sale({ id: "sale-0002", boxes: [2], person: 2 }), {}));
      memory.away = "all";
      shop.at(MINUTE);
      for (const id of ["sale-0001", "sale-0002"]) {
        const outcome = await one.desk.settle(id, { ...settlement, settlementId: `S-${id}` }, {});
        t.match(accepted(outcome), { state: "waiting" });
      }
      const [, elsewhere, here] = await one.events();
      t.equal(elsewhere?.key, "A".repeat(14), "nobody is known here");
      t.not(here?.key, elsewhere?.key);
      memory.away = [];
      await one.desk.idle();
      for (const id of ["sale-0001", "sale-0002"])
        t.match(accepted(await one.desk.find(id, {})), { state: "settled" });
      const applied = (await one.events()).slice(3).map(({ key }) => key);
      t.notOk(applied.includes("A".repeat(14)), "its outcome has its person");
    },
  );

  t.test("what cannot be done is closed as refused; nothing changes", async (t) => {
    const { shop, memory, one } = await away(t, open);
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    memory.away = "all";
    const wrong = { ...settlement, lines: [{ line: "0007", quantity: 1 }] };
    t.same(accepted(await one.desk.settle("sale-0001", wrong, {})), WAITING);
    t.match(accepted(await one.desk.settle("sale-0009", settlement, {})), { state: "waiting" });
    memory.away = [];
    await one.desk.idle();
    t.match((await story(t, one)).slice(3), [/settled:applied .*refused state_conflict closes/]);
    t.equal(
      one.entry.state().waiting,
      1,
      "a sale nobody knows may be entered by another instance yet",
    );
    shop.at(QUARTER + SECOND);
    await one.desk.idle();
    t.match((await story(t, one)).slice(4), [/sale-0009:.*refused swipe_unknown closes/]);
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "lapsed" });
  });

  t.test("a settlement that brings its check along is entered as unchecked", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    const swipe = sale({ id: "sale-0001", boxes: [1], stopped: true });
    t.same(accepted(await one.desk.settle("sale-0001", { ...settlement, swipe }, {})), WAITING);
    memory.away = [];
    await one.desk.idle();
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "settled", unchecked: true });
    t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
    t.same(await story(t, one), [
      "sale-0001:swipe.settled waiting waits",
      "sale-0001:swipe.entered reserved counted",
      "sale-0001:swipe.settled:applied settled closes",
    ]);
  });

  for (const [call, told] of [
    ["observe", []],
    ["seal", []],
    ["change", []],
  ] as const) {
    t.test(
      `a check brought along is entered once, where ${call} is not heard at first`,
      async (t) => {
        for (const how of ["away", "deaf"] as const) {
          const { shop, memory, one } = await away(t, open);
          memory.away = "all";
          const swipe = sale({ id: "sale-0001", boxes: [1] });
          t.same(
            accepted(await one.desk.settle("sale-0001", { ...settlement, swipe }, {})),
            WAITING,
          );
          memory.away = [];
          memory[how] = [call];
          await one.desk.idle();
          t.equal(one.entry.state().waiting, 1, "it waits itself, and no stand-in of it");
          t.same((await story(t, one)).slice(1), told);
          memory[how] = [];
          await one.desk.idle();
          t.same((await story(t, one)).slice(1), [
            "sale-0001:swipe.entered reserved counted",
            "sale-0001:swipe.settled:applied settled closes",
          ]);
          const state = { state: "settled", unchecked: true };
          t.match(accepted(await one.desk.find("sale-0001", {})), state);
          t.equal((await shop.seen(1)).packs, 1);
          await one.die();
        }
      },
    );
  }

  t.test(
    "returned, sold again and returned again while the store is away, it is returned",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
      for (const settlementId of ["S1", "S2"]) {
        accepted(await one.desk.settle("sale-0001", { ...settlement, settlementId }, {}));
        for (let repeat = 0; repeat < 2; repeat++)
          accepted(await one.desk.reverse("sale-0001", { reason: "refund" }, {}));
      }
      t.equal(one.entry.state().waiting, 5, "a repeat waits once, another return beside it");
      await one.die();
      const next = await openInstance(t, shop, memory.store);
      memory.away = [];
      await next.desk.idle();
      t.match(accepted(await next.desk.find("sale-0001", {})), { state: "returned" });
      t.equal((await story(t, next)).filter((line) => line.endsWith("closes")).length, 5);
    },
  );

  t.test("nothing is promised that is not recorded", async (t) => {
    let isFull = false;
    const { memory, one } = await away(t, open, { full: () => isFull });
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    isFull = true;
    t.same(refused(await one.desk.settle("sale-0001", settlement, {})), {
      code: "journal_unavailable",
    });
    t.match(await one.desk.nhsa("2103", cancel("msg-2103-0001"), {}), {
      problem: { code: "journal_unavailable" },
    });
    isFull = false;
    memory.away = [];
    await one.desk.idle();
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "reserved" });
    await one.stop();
    const { record } = one.journal.position();
    t.equal(
      (await openWaitingRecords(one.journal, one.folder)).kept.record,
      record,
      "all is closed",
    );
  });
}

const NHSA_WAITS = { infcode: 0, state: "waiting" };

export function nhsaWaits(t: Test, open: OpenShop): void {
  t.test(
    "every NHSA message waits with an envelope of success, and is taken in order",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      const at = (seconds: number) => shop.at(seconds * SECOND);
      for (const person of [1, 2, 3, 4]) {
        const id = `msg-2102-000${person}`;
        t.match(
          await post(one.desk, "2102", saleMessage("2102", { id, person, boxes: [person] })),
          {
            infcode: 0,
            decision: "warn",
          },
        );
      }
      at(10);
      const tell = async (route: Parameters<typeof post>[1], message: unknown) =>
        t.same(await post(one.desk, route, message), NHSA_WAITS, route);
      await tell("2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      await tell("2102/answer", nhsaAnswer("msg-2102-0002", "", -1));
      await tell(
        "3505",
        saleUpload({ id: "msg-3505-0003", person: 3, settlement: "SETL-3", boxes: [3] }),
      );
      await tell("2601", undo("msg-2601-0004", "2102", "msg-2102-0004", 4));
      at(20);
      await tell("2103", cancel("msg-2103-0001", "SETL-1"));
      await tell(
        "3506",
        returnUpload({
          id: "msg-3506-0003",
          person: 3,
          settlement: "SETL-3",
          boxes: [3],
          of: "msg-2102-0003",
        }),
      );
      await tell("2103", cancel("msg-2103-0009", "SETL-9", 9));
      await tell(
        "3505",
        uploadList("3505A", "msg-3505-0009", [{ boxes: [8] }, { boxes: [9], person: 2 }]),
      );
      t.same(
        await post(one.desk, "3505", saleUpload({ id: "msg-3505-0010", boxes: [9], cash: true })),
        {
          ...{ infcode: 0, matched: 0 },
        },
      );
      at(30);
      await tell("2601", undo("msg-2601-0001", "2103", "msg-2103-0001"));
      memory.away = [];
      shop.at(QUARTER + 30 * SECOND);
      await one.desk.idle();
      const state = async (id: string) => accepted(await one.desk.find(id, {})).state;
      t.equal(
        await state("msg-2102-0001"),
        "settled",
        "cancelled, and the cancellation taken back",
      );
      t.equal(await state("msg-2102-0002"), "attempted", "let go");
      t.equal(await state("msg-2102-0003"), "returned");
      t.equal(await state("msg-2102-0004"), "returned", "undone");
      t.equal(one.entry.state().waiting, 3, "what nobody knows may be another instance's");
      shop.at(QUARTER + 3 * MINUTE);
      await one.desk.idle();
      t.equal(one.entry.state().waiting, 1, "an upload is not waited with as long");
      shop.at(3 * QUARTER);
      await one.desk.idle();
      t.equal(one.entry.state().waiting, 0);
      const told = await story(t, one);
      t.equal(told.filter((line) => line.endsWith("waits")).length, 14);
      t.equal(told.filter((line) => line.endsWith("closes")).length, 14);
      t.equal(told.filter((line) => line.includes("matched 0")).length, 4);
    },
  );

  t.test("uploads of a sale that another instance has yet to enter are about it", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    shop.at(10 * SECOND);
    const [settlement, boxes, person] = ["SETL-1", [1, 2], 1];
    const told = { person, settlement, boxes };
    await post(one.desk, "2102/answer", nhsaAnswer("msg-2102-0001", settlement));
    await post(one.desk, "3505", saleUpload({ id: "msg-3505-0001", ...told }));
    await post(one.desk, "3506", returnUpload({ id: "msg-3506-0001", ...told, boxes: [1] }));
    memory.away = [];
    await one.desk.idle();
    t.equal(one.entry.state().waiting, 3);
    shop.at(0);
    const { desk } = shop.open("two");
    await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", person, boxes }));
    shop.at(20 * SECOND);
    await one.desk.idle();
    t.equal(one.entry.state().waiting, 0);
    t.match(accepted(await one.desk.find("msg-2102-0001", {})), {
      state: "returned",
      partlyReturned: true,
      lines: [{ quantity: 1 }],
    });
  });
}
