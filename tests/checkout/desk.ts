import type { Test } from "tap";
import { EVENT_TYPES, eventSchema } from "../../src/audit/event.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { nhsaTillIsServed } from "./desk-nhsa.ts";
import { salesAreOne } from "./desk-one-sale.ts";
import { racesAreFair } from "./desk-races.ts";
import { reversals } from "./desk-reversals.ts";
import { settlements } from "./desk-settlements.ts";
import { talliesFollowSales } from "./desk-tallies.ts";
import {
  AT,
  ELSEWHERE,
  eventData,
  type FreshStore,
  HERE,
  type OpenShop,
  Shop,
  sale,
  shopsOf,
} from "./shop.ts";

/** What the desk promises, whatever keeps its memory. `fresh` gives an empty store each time. */
export function deskKeepsItsPromises(t: Test, fresh: FreshStore): void {
  const open = shopsOf(fresh);
  repeats(t, open);
  settlements(t, open);
  reversals(t, open);
  unknownSwipes(t, open);
  otherSteps(t, open);
  refusals(t, open);
  salesAreOne(t, open);
  nhsaTillIsServed(t, open);
  racesAreFair(t, open);
  talliesFollowSales(t, open);
}

function repeats(t: Test, open: OpenShop): void {
  t.test(
    "the same id with the same content is answered alike for 24 h, then by level and state",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      const body = sale({ id: "sale-0001", boxes: [1] });
      const first = accepted(await desk.check(body, {}));
      t.match(first, {
        decision: "allow",
        mode: "full",
        hits: [],
        decidedAt: new Date(AT).toISOString(),
      });
      for (const later of [1, HOUR, DAY - 1]) {
        shop.at(later);
        t.same(accepted(await desk.check(body, {})), first, "here");
        t.same(
          accepted(await shop.open("two").desk.check(body, {})),
          first,
          "and at another instance",
        );
      }
      const turned = Object.fromEntries(Object.entries(body).reverse());
      t.same(
        accepted(await desk.check(turned, {})),
        first,
        "the order of the fields is no content",
      );
      shop.at(DAY);
      t.match(accepted(await desk.check(body, {})), {
        decision: "allow",
        recalled: true,
        state: "lapsed",
        hits: [],
      });
      accepted(await desk.settle("sale-0001", { settlementId: "S1", visitId: "V1" }, {}));
      t.match(accepted(await desk.check(body, {})), { recalled: true, state: "settled" });
      shop.at(2 * DAY);
      t.equal((await shop.seen(1)).packs, 1, "and counted once");
    },
  );

  t.test("a refusal is repeated with its hits, and recalled with its level", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const body = sale({ id: "sale-0002", boxes: [2], stopped: true });
    const first = accepted(await desk.check(body, {}));
    t.match(first, { decision: "deny", hits: [{ rule: "IM-04", level: "deny" }] });
    t.same(accepted(await desk.check(body, {})), first);
    shop.at(3 * DAY);
    t.match(accepted(await desk.check(body, {})), {
      decision: "deny",
      recalled: true,
      state: "attempted",
    });
  });

  t.test("other content is a conflict, another person is one also after days", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const body = sale({ id: "sale-0001", boxes: [1] });
    accepted(await desk.check(body, {}));
    t.same(refused(await desk.check({ ...body, disease: "M04900" }, {})), {
      code: "content_conflict",
    });
    const bob = sale({ id: "sale-0001", boxes: [1], person: 2 });
    for (const later of [1, DAY + 1, 30 * DAY]) {
      shop.at(later);
      t.same(refused(await desk.check(bob, {})), { code: "person_conflict" });
    }
    t.equal((await shop.seen(2)).packs, 0, "and nothing is counted for the other");
  });

  t.test("an id belongs to the caller's pharmacy", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const [one, other] = [{ callerPharmacy: HERE }, { callerPharmacy: ELSEWHERE }];
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1] }), one));
    const theirs = sale({ id: "sale-0001", boxes: [2], person: 2, pharmacy: ELSEWHERE });
    t.match(accepted(await desk.check(theirs, other)), { decision: "allow" });
    t.same(refused(await desk.find("sale-0001", {})), { code: "swipe_unknown" });
    t.match(accepted(await desk.find("sale-0001", other)), { state: "reserved" });
  });

  t.test(
    "repeated under a new policy it has the old answer, and a record without the old features",
    async (t) => {
      const shop = await open();
      const one = shop.open("one");
      const body = sale({ id: "sale-0001", boxes: [1] });
      const first = accepted(await one.desk.check(body, {}));
      const policy = { ...shop.bundle.policy, hash: "sha256:new", version: "new" };
      const later = new Shop({ ...shop.bundle, policy }, () => shop.store).open("two");
      t.same(accepted(await later.desk.check(body, {})), first);
      const [was] = one.records;
      const [again] = later.records;
      t.same(eventData(again), { ...eventData(was), features: {} });
      t.ok(eventSchema("swipe.decided").safeParse(again?.event).success);
    },
  );

  t.test(
    "each answered check has a record, and one repeated elsewhere has an equal one",
    async (t) => {
      const shop = await open();
      const [one, two] = [shop.open("one"), shop.open("two")];
      accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
      const body = sale({ id: "sale-0002", boxes: [1], token: "TOKEN-1" });
      shop.at(MINUTE);
      accepted(await one.desk.check(body, {}));
      shop.at(HOUR);
      accepted(await two.desk.check(body, {}));
      accepted(await two.desk.check(body, {}));
      t.equal(one.records.length, 2);
      t.equal(two.records.length, 1, "an instance writes it once");
      const [, first] = one.records;
      const [again] = two.records;
      t.same({ ...again?.event, source: "" }, { ...first?.event, source: "" });
      t.equal((eventData(first)["supersedes"] as unknown[]).length, 1, "with what it superseded");
      for (const { event } of [...one.records, ...two.records]) {
        t.ok(EVENT_TYPES.includes(event.type));
        t.ok(
          eventSchema(event.type).safeParse(event).success,
          `${event.type} has its published form`,
        );
      }
    },
  );
}

const settlement = { settlementId: "S1", visitId: "V1" };

function unknownSwipes(t: Test, open: OpenShop): void {
  t.test(
    "an unknown swipe is unknown to every step; with its check it is entered as settled and unchecked",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      const body = sale({ id: "sale-0001", boxes: [1], stopped: true, rx: "RX-1" });
      t.same(refused(await desk.find("sale-0001", {})), { code: "swipe_unknown" });
      t.same(refused(await desk.settle("sale-0001", settlement, {})), { code: "swipe_unknown" });
      t.same(refused(await desk.reverse("sale-0001", { reason: "void" }, {})), {
        code: "swipe_unknown",
      });
      t.same(refused(await desk.acknowledge("sale-0001", { by: "L1", choice: "cash" }, {})), {
        code: "swipe_unknown",
      });
      t.same(records, []);
      const wrong = refused(await desk.settle("sale-0002", { ...settlement, swipe: body }, {}));
      t.same(wrong.paths?.[0]?.path, "swipe.swipeId");
      const entered = { ...settlement, swipe: body };
      const state = accepted(await desk.settle("sale-0001", entered, {}));
      t.match(state, { state: "settled", unchecked: true, level: "deny" });
      t.notOk("settledAgainst" in state, "nobody had refused it");
      t.same(accepted(await desk.settle("sale-0001", entered, {})), state, "and once");
      t.same(
        records.map(({ event }) => event.type),
        ["swipe.entered", "swipe.settled", "swipe.settled"],
      );
      t.match(eventData(records[0]), { decision: "deny" });
      t.equal((await shop.seen(1)).packs, 1);
      t.same(
        [await shop.ask({ box: 1 }), await shop.ask({ rx: "RX-1" })],
        ["TR-01 deny", "RX-01 deny"],
      );
      for (const { event } of records)
        t.ok(eventSchema(event.type).safeParse(event).success, event.type);
    },
  );
}

function otherSteps(t: Test, open: OpenShop): void {
  t.test("what the pharmacist did about an answer is recorded, and changes nothing", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1], stopped: true }), {}));
    const before = accepted(await desk.find("sale-0001", {}));
    const body = { by: "L0031", choice: "withdraw", code: "ELDERLY" };
    t.same(accepted(await desk.acknowledge("sale-0001", body, {})), before);
    t.same(accepted(await desk.find("sale-0001", {})), before);
    const { event } = records[1] ?? { event: undefined };
    t.match(event?.data, { choice: "withdraw", code: "ELDERLY" });
    t.notOk(JSON.stringify(records).includes("L0031"), "the member of staff is a digest");
    t.ok(event && eventSchema(event.type).safeParse(event).success);
    accepted(
      await desk.check(sale({ id: "sale-0002", person: 2, stage: "inquiry", boxes: [2] }), {}),
    );
    t.match(accepted(await desk.acknowledge("sale-0002", body, {})), { state: "attempted" });
  });

  t.test("every step of a person moves on the person's sequence", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    accepted(await desk.check(sale({ id: "sale-0001", boxes: [1, 2] }), {}));
    accepted(await desk.settle("sale-0001", settlement, {}));
    accepted(
      await desk.reverse(
        "sale-0001",
        { reversalId: "R1", reason: "refund", lines: [{ line: "0001", quantity: 1 }] },
        {},
      ),
    );
    accepted(await desk.acknowledge("sale-0001", { by: "L1", choice: "continue" }, {}));
    accepted(await desk.check(sale({ id: "sale-0002", boxes: [3] }), {}));
    t.same(
      records.map((record) => eventData(record)["personSeq"]),
      [1, 2, 3, 4, 5],
    );
  });
}

function refusals(t: Test, open: OpenShop): void {
  t.test("a refused check lets go of box, token and prescription at once", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const body = sale({ id: "sale-0001", boxes: [1], rx: "RX-1", token: "TOKEN-1", stopped: true });
    t.match(accepted(await desk.check(body, {})), { decision: "deny" });
    t.same(
      [
        await shop.ask({ box: 1 }),
        await shop.ask({ rx: "RX-1" }),
        await shop.ask({ token: "TOKEN-1" }),
      ],
      ["free", "free", "free"],
    );
    t.equal((await shop.seen(1)).packs, 0);
  });

  t.test("an inquiry claims nothing", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const body = sale({
      id: "sale-0001",
      stage: "inquiry",
      boxes: [1],
      rx: "RX-1",
      token: "TOKEN-1",
    });
    t.match(accepted(await desk.check(body, {})), { decision: "allow" });
    t.same(
      [
        await shop.ask({ box: 1 }),
        await shop.ask({ rx: "RX-1" }),
        await shop.ask({ token: "TOKEN-1" }),
      ],
      ["free", "free", "free"],
    );
    t.match(accepted(await desk.find("sale-0001", {})), { state: "attempted", level: "allow" });
    shop.at(DAY);
    t.same(refused(await desk.find("sale-0001", {})), { code: "swipe_unknown" }, "for a day");
  });
}
