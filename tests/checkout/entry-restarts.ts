import type { Test } from "tap";
import type { JournalRecord } from "../../src/audit/event.ts";
import type { Keyring } from "../../src/checkout/keyring.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { DAY, MINUTE, SECOND } from "../../src/units.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { away, Fickle, KEY, openInstance, settlement, story, WAITING } from "./entry-shop.ts";
import { cancel, nhsaAnswer, post, saleMessage } from "./nhsa-messages.ts";
import { AT, type OpenShop, QUARTER, sale } from "./shop.ts";

export function otherInstances(t: Test, open: OpenShop): void {
  t.test(
    "decided by another instance meanwhile it is not counted again, and repeats are alike",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      const body = sale({ id: "sale-0001", boxes: [1] });
      const mine = accepted(await one.desk.check(body, {}));
      shop.at(SECOND);
      const theirs = accepted(await shop.open("two").desk.check(body, {}));
      t.not(mine.decidedAt, theirs.decidedAt);
      memory.away = [];
      await one.desk.idle();
      t.same(accepted(await one.desk.check(body, {})), theirs, "the sealed answer, here too");
      memory.away = "all";
      t.same(accepted(await one.desk.check(body, {})), theirs, "and when the store is away again");
      t.match(await story(t, one), [/waits/, /not counted closes/]);
      t.equal((await shop.seen(1)).packs, 1);
    },
  );

  t.test("an id used for something else by another instance: nothing is counted", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    const other = sale({ id: "sale-0001", boxes: [2], person: 2 });
    accepted(await shop.open("two").desk.check(other, {}));
    memory.away = [];
    await one.desk.idle();
    t.match(await story(t, one), [/waits/, /not counted closes/]);
    t.equal(await shop.ask({ box: 1 }), "free");
    t.equal((await shop.seen(1)).packs, 0);
  });

  t.test("two instances that both answered without the store: one counts", async (t) => {
    const { shop, memory, one } = await away(t, open);
    const two = await openInstance(t, shop, memory.store, { name: "two" });
    memory.away = "all";
    const body = sale({ id: "sale-0001", boxes: [1] });
    const mine = accepted(await one.desk.check(body, {}));
    shop.at(SECOND);
    accepted(await two.desk.check(body, {}));
    accepted(await two.desk.settle("sale-0001", settlement, {}));
    memory.away = [];
    await Promise.all([one.desk.idle(), two.desk.idle()]);
    const counted = [...(await story(t, one)), ...(await story(t, two))];
    t.equal(
      counted.filter((line) => line.includes(" counted")).length,
      1 + 1,
      "one of two says so",
    );
    t.equal(counted.filter((line) => line.includes("not counted")).length, 1);
    t.equal((await shop.seen(1)).packs, 1);
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "settled" });
    const again = [
      accepted(await one.desk.check(body, {})),
      accepted(await two.desk.check(body, {})),
    ];
    t.same(again[0], again[1], "and repeats have one answer");
    t.ok(mine.decidedAt);
  });

  t.test("a step is taken when the other instance has entered its sale at last", async (t) => {
    const { shop, memory, one } = await away(t, open);
    const other = new Fickle(shop.store);
    const two = await openInstance(t, shop, other.store, { name: "two" });
    other.away = "all";
    memory.away = "all";
    accepted(await two.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    accepted(await one.desk.settle("sale-0001", settlement, {}));
    memory.away = [];
    await one.desk.idle();
    t.equal(one.entry.state().waiting, 1);
    other.away = [];
    await two.desk.idle();
    shop.at(2 * SECOND);
    await one.desk.idle();
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "settled" });
  });
}

export function restarts(t: Test, open: OpenShop): void {
  for (const how of ["die", "stop"] as const) {
    t.test(`after a restart (${how}) everything that waited is entered, each once`, async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      const body = sale({ id: "sale-0001", boxes: [1] });
      const first = accepted(await one.desk.check(body, {}));
      accepted(await one.desk.settle("sale-0001", settlement, {}));
      accepted(await one.desk.reverse("sale-0001", { reason: "refund" }, {}));
      const again = { ...settlement, settlementId: "S2" };
      accepted(await one.desk.settle("sale-0001", again, {}));
      await post(
        one.desk,
        "2102",
        saleMessage("2102", { id: "msg-2102-0002", person: 2, boxes: [2] }),
      );
      await post(one.desk, "2102/answer", nhsaAnswer("msg-2102-0002", "SETL-2"));
      await one[how]();
      const next = await openInstance(t, shop, memory.store);
      t.same(next.entry.state(), { waiting: 6, more: false, oldest: AT });
      shop.at(SECOND);
      t.same(accepted(await next.desk.check(body, {})), first, "a repeat meanwhile has its answer");
      t.same(accepted(await next.desk.find("sale-0001", {})), WAITING);
      memory.away = [];
      await next.desk.idle();
      t.match(accepted(await next.desk.find("sale-0001", {})), { state: "settled" });
      t.match(accepted(await next.desk.find("msg-2102-0002", {})), { state: "settled" });
      t.equal((await shop.seen(1)).packs, 1);
      const told = (await story(t, next)).filter((line) => line.endsWith("closes"));
      t.equal(told.length, 6);
      await next[how]();
      const third = await openInstance(t, shop, memory.store);
      await third.desk.idle();
      t.equal(
        (await story(t, third)).filter((line) => line.endsWith("closes")).length,
        6,
        "each once",
      );
    });
  }

  t.test(
    "a record that nothing can be made of stops neither the start nor the others",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
      const [record] = await one.events();
      const { event } = record as JournalRecord;
      const spoilt = { ...event, id: "spoilt", data: { ...event.data, swipe: {} } } as never;
      await one.journal.append([JSON.stringify({ ...record, event: spoilt })]);
      accepted(await one.desk.check(sale({ id: "sale-0002", boxes: [2], person: 2 }), {}));
      await one.die();
      const next = await openInstance(t, shop, memory.store);
      t.equal(next.entry.state().waiting, 2);
      t.equal(shop.counted("entry.failed"), 1, "and somebody is told");
      memory.away = [];
      await next.desk.idle();
      t.match(next.entry.state(), { waiting: 0, more: false });
      t.equal((await shop.seen(1)).packs + (await shop.seen(2)).packs, 2);
    },
  );

  t.test("killed after the seal and before its record it is found entered", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    memory.away = [];
    memory.deaf = ["seal"];
    await one.desk.idle();
    t.equal(one.entry.state().waiting, 1);
    await one.die();
    memory.deaf = [];
    const next = await openInstance(t, shop, memory.store);
    await next.desk.idle();
    t.match(await story(t, next), [/waits/, /reserved counted closes/]);
    t.equal((await shop.seen(1)).packs, 1);
  });

  t.test("killed before the earlier step was let go, the next start lets it go", async (t) => {
    const { shop, memory, one } = await away(t, open);
    await post(one.desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1, 2] }));
    await one.desk.idle();
    memory.away = ["locate"];
    await post(one.desk, "2102", saleMessage("2102", { id: "msg-2102-0002", boxes: [1] }));
    await one.die();
    memory.away = [];
    shop.at(QUARTER + SECOND);
    t.match(
      await shop.ask({ box: 2 }),
      /TR-01/,
      "the box of the superseded step would be presumed sold",
    );
    const next = await openInstance(t, shop, memory.store);
    await next.desk.idle();
    t.equal(await shop.ask({ box: 2 }), "free");
    t.match(await shop.ask({ box: 1 }), /TR-01/);
  });
}

export function bounds(t: Test, open: OpenShop): void {
  t.test("what memory has no room for is read again from the journal, in order", async (t) => {
    const { shop, memory, one } = await away(t, open, { heldMax: 4 });
    memory.away = "all";
    const ids = Array.from(
      { length: 30 },
      (_, number) => `sale-${String(number).padStart(4, "0")}`,
    );
    for (const [number, id] of ids.entries()) {
      accepted(await one.desk.check(sale({ id, boxes: [number], person: number + 1 }), {}));
      accepted(await one.desk.settle(id, { ...settlement, settlementId: `S${number}` }, {}));
    }
    t.match(one.entry.state(), { waiting: 4, more: true });
    await one.die();
    const next = await openInstance(t, shop, memory.store, { heldMax: 4 });
    t.match(next.entry.state(), { more: true });
    memory.away = ["observe"];
    const fresh = sale({ id: "sale-9000", boxes: [900], person: 900 });
    accepted(await next.desk.check(fresh, {}));
    const late = { ...settlement, settlementId: "S-LATE" };
    for (const id of ["sale-0029", "sale-0028"])
      t.match(
        accepted(await next.desk.settle(id, late, {})),
        { state: "waiting" },
        "known to wait",
      );
    accepted(
      await shop.open("two").desk.check(sale({ id: "sale-9001", boxes: [901], person: 901 }), {}),
    );
    t.match(accepted(await next.desk.settle("sale-9001", late, {})), { state: "settled" });
    memory.away = [];
    await next.desk.idle();
    t.match(next.entry.state(), { waiting: 0, more: false });
    for (const id of ids) t.match(accepted(await next.desk.find(id, {})), { state: "settled" });
    const told = await story(t, next);
    t.equal(told.filter((line) => /^sale-00.*closes$/.test(line)).length, 62);
    t.equal(told.filter((line) => line.includes("refused state_conflict")).length, 2);
  });

  t.test("answers are the same a day later", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    accepted(await one.desk.settle("sale-0001", settlement, {}));
    shop.at(DAY + MINUTE);
    memory.away = [];
    await one.desk.idle();
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "settled" });
    t.equal((await shop.seen(1)).packs, 1);
  });
}

export function keys(t: Test, open: OpenShop): void {
  const other = new Pseudonymiser("1", Buffer.alloc(32, 9));
  const unsure = (): Keyring & { agree(): void } => {
    let isAgreed = false;
    return {
      current: () => (isAgreed ? KEY : other),
      agreed: () => isAgreed,
      agree: () => {
        isAgreed = true;
      },
    };
  };

  t.test(
    "answered under a key the store did not take it is entered under the store's",
    async (t) => {
      const keyring = unsure();
      const { shop, memory, one } = await away(t, open, { keyring });
      const body = sale({ id: "sale-0001", boxes: [1] });
      const first = accepted(await one.desk.check(body, {}));
      t.match(first, { mode: "standIn" });
      t.same(accepted(await one.desk.settle("sale-0001", settlement, {})), WAITING);
      await post(one.desk, "2102", saleMessage("2102", { id: "sale-0002", person: 2, boxes: [2] }));
      t.match(await post(one.desk, "2103", cancel("msg-2103-0002", undefined, 2)), {
        state: "waiting",
      });
      keyring.agree();
      t.same(accepted(await one.desk.check(body, {})), first, "a repeat under the other key");
      const altered = { ...body, medicalType: "11" };
      t.match(refused(await one.desk.check(altered, {})), { code: "content_conflict" });
      await one.desk.idle();
      t.same(accepted(await one.desk.check(body, {})), first, "and once it is entered");
      memory.away = "all";
      t.same(accepted(await one.desk.check(body, {})), first, "and when the store has gone again");
      memory.away = [];
      t.match(accepted(await one.desk.find("sale-0002", {})), { state: "returned" });
      t.match(accepted(await one.desk.find("sale-0001", {})), { state: "settled" });
      t.equal((await shop.seen(1)).packs, 1);
      t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
    },
  );

  t.test(
    "after a restart nobody can say whose it was: it is closed, and not counted",
    async (t) => {
      const { shop, memory, one } = await away(t, open, { keyring: unsure() });
      const body = sale({ id: "sale-0001", boxes: [1] });
      const first = accepted(await one.desk.check(body, {}));
      await one.die();
      const next = await openInstance(t, shop, memory.store);
      t.same(accepted(await next.desk.check(body, {})), first, "a repeat has its answer");
      await next.desk.idle();
      t.match(await story(t, next), [/waits/, /not counted closes/]);
      t.equal(shop.counted("entry.foreignKey"), 1);
      t.equal((await shop.seen(1)).packs, 0);
    },
  );
}
