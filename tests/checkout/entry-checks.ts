import type { Test } from "tap";
import { MINUTE, SECOND } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { away, settlement, story, WAITING } from "./entry-shop.ts";
import { post, saleMessage } from "./nhsa-messages.ts";
import { type OpenShop, QUARTER, sale } from "./shop.ts";

export function standIns(t: Test, open: OpenShop): void {
  t.test(
    "a stand-in is entered once the store answers, and counts for whoever comes next",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      const body = sale({ id: "sale-0001", boxes: [1], token: "TOKEN-1" });
      const first = accepted(await one.desk.check(body, {}));
      t.match(first, { decision: "warn", mode: "standIn" });
      t.same(accepted(await one.desk.find("sale-0001", {})), WAITING);
      t.equal(one.entry.state().waiting, 1);
      shop.at(MINUTE);
      await one.desk.idle();
      t.equal(one.entry.state().waiting, 1, "not before the store answers");
      memory.away = [];
      await one.desk.idle();
      t.same(one.entry.state(), { waiting: 0, more: false, oldest: undefined });
      t.equal(await shop.ask({ box: 1 }), "TR-01 hold", "its box is reserved");
      t.match(accepted(await one.desk.find("sale-0001", {})), { state: "reserved", level: "warn" });
      const two = shop.open("two");
      for (const { desk } of [one, two]) {
        t.same(
          accepted(await desk.check(body, {})),
          first,
          "a repeat anywhere has the till's answer",
        );
      }
      t.same(await story(t, one), [
        "sale-0001:swipe.decided waiting waits",
        "sale-0001:swipe.entered reserved counted closes",
      ]);
      const [, entered] = await one.events();
      t.match(entered?.event.data, {
        decision: "allow",
        answered: "warn",
        mode: "full",
        personSeq: 1,
      });
      shop.at(2 * MINUTE);
      t.equal((await shop.seen(1)).packs, 1, "and counted once");
    },
  );

  t.test("what it would have been is said, and the till's answer stands", async (t) => {
    const { shop, memory, one } = await away(t, open);
    accepted(await one.desk.check(sale({ id: "sale-0000", boxes: [1], person: 2 }), {}));
    memory.away = "all";
    t.match(accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {})), {
      decision: "warn",
    });
    memory.away = [];
    await one.desk.idle();
    const entered = (await one.events()).find(({ event }) => event.type === "swipe.entered");
    t.match(entered?.event.data, {
      decision: "hold",
      answered: "warn",
      counted: true,
      state: "reserved",
      hits: [{ rule: "TR-02" }],
    });
    t.match(accepted(await one.desk.find("sale-0001", {})), { state: "reserved", level: "warn" });
    t.equal(shop.counted("clue.raised", { clue: "traceDuplicate" }), 1, "and the clue is raised");
  });

  t.test("a denied stand-in and an inquiry are attempts that hold nothing", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    const denied = sale({ id: "sale-0001", boxes: [1], stopped: true });
    t.match(accepted(await one.desk.check(denied, {})), { decision: "deny", mode: "standIn" });
    const asked = sale({ id: "sale-0002", boxes: [2], stage: "inquiry" });
    t.match(accepted(await one.desk.check(asked, {})), { decision: "warn", mode: "standIn" });
    memory.away = [];
    await one.desk.idle();
    t.equal(await shop.ask({ box: 1 }), "free");
    t.equal(await shop.ask({ box: 2 }), "free");
    for (const id of ["sale-0001", "sale-0002"])
      t.match(accepted(await one.desk.find(id, {})), { state: "attempted" });
    t.match(await story(t, one), [/waits/, /waits/, /attempted counted/, /attempted counted/]);
  });

  t.test(
    "two tries of one sale while the store is away are one: the later takes the place",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      await post(one.desk, "2102", saleMessage("2102", { id: "sale-0001", boxes: [1, 3] }));
      shop.at(SECOND);
      await post(one.desk, "2102", saleMessage("2102", { id: "sale-0002", boxes: [1, 2] }));
      memory.away = [];
      await one.desk.idle();
      t.match(accepted(await one.desk.find("sale-0001", {})), { state: "superseded" });
      t.match(accepted(await one.desk.find("sale-0002", {})), { state: "reserved" });
      shop.at(QUARTER + MINUTE);
      t.match(accepted(await one.desk.find("sale-0002", {})), { state: "presumed" });
      t.equal((await shop.seen(1)).packs, 2, "counted once");
      t.match(await shop.ask({ box: 1 }), /TR-01/, "held by the later alone");
      t.equal(await shop.ask({ box: 3 }), "free", "what the earlier held alone is let go");
      accepted(await one.desk.reverse("sale-0002", { reason: "void" }, {}));
      t.equal((await shop.seen(1)).packs, 0);
    },
  );

  for (const [what, calls] of [
    ["its observe", ["observe"]],
    ["its seal", ["seal"]],
  ] as const) {
    t.test(
      `where only the reply to ${what} was lost it is entered, and counted once`,
      async (t) => {
        const { shop, memory, one } = await away(t, open);
        memory.deaf = calls;
        const body = sale({ id: "sale-0001", boxes: [1] });
        const first = accepted(await one.desk.check(body, {}));
        t.equal(first.mode, what === "its seal" ? "full" : "standIn");
        memory.deaf = [];
        await one.desk.idle();
        t.match(await story(t, one), [/waits/, /reserved counted closes/]);
        t.same(accepted(await shop.open("two").desk.check(body, {})), first);
        t.equal((await shop.seen(1)).packs, 1);
      },
    );
  }

  t.test(
    "where the seal did not arrive a repeat has the answer before it is entered",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = ["seal"];
      const body = sale({ id: "sale-0001", boxes: [1] });
      const first = accepted(await one.desk.check(body, {}));
      t.equal(first.mode, "full");
      shop.at(SECOND / 2);
      t.same(accepted(await one.desk.check(body, {})), first);
      memory.away = [];
      t.same(accepted(await one.desk.check(body, {})), first, "also when the store answers again");
      await one.desk.idle();
      t.same(accepted(await shop.open("two").desk.check(body, {})), first, "and everywhere");
    },
  );
}

export function times(t: Test, open: OpenShop): void {
  t.test(
    "entered at its own time: a native one has lapsed by then, an NHSA one is presumed",
    async (t) => {
      const { shop, memory, one } = await away(t, open);
      memory.away = "all";
      accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
      await post(one.desk, "2102", saleMessage("2102", { id: "sale-0002", person: 2, boxes: [2] }));
      shop.at(QUARTER);
      memory.away = [];
      await one.desk.idle();
      t.match(accepted(await one.desk.find("sale-0001", {})), { state: "lapsed" });
      t.match(accepted(await one.desk.find("sale-0002", {})), { state: "presumed" });
      t.equal(await shop.ask({ box: 1 }), "free");
      t.match(await shop.ask({ box: 2 }), /^TR-01/);
      t.equal((await shop.seen(1)).packs, 0);
      t.equal((await shop.seen(2)).packs, 1);
    },
  );

  t.test("a settlement told in time is not late because the store was", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    shop.at(QUARTER - 1);
    t.same(accepted(await one.desk.settle("sale-0001", settlement, {})), WAITING);
    shop.at(2 * QUARTER);
    memory.away = [];
    await one.desk.idle();
    const now = accepted(await one.desk.find("sale-0001", {}));
    t.match(now, { state: "settled" });
    t.notOk(now.late);
    const settled = (await one.events()).at(-1);
    t.match(settled?.event.data, {
      settledAt: new Date(shop.clock.now() - QUARTER - 1).toISOString(),
      lines: [{ quantity: 10_000 }],
      late: false,
      state: "settled",
    });
  });

  t.test("later checks see what was entered, and it sees only what was before it", async (t) => {
    const { shop, memory, one } = await away(t, open);
    memory.away = "all";
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1], days: 60 }), {}));
    shop.at(MINUTE);
    memory.away = ["seal"];
    memory.away = [];
    // Another instance serves the same person before the first is entered.
    const two = shop.open("two");
    t.equal(
      accepted(
        await two.desk.check(sale({ id: "sale-0002", boxes: [2], at: shop.clock.now() }), {}),
      ).mode,
      "full",
    );
    await one.desk.idle();
    const entered = (await one.events()).at(-1);
    t.match(
      entered?.event.data,
      { features: { packs30d: { lines: [{ known: 1 }] } } },
      "at its own time it was the first",
    );
    t.equal((await shop.seen(1)).packs, 2, "both count from now on");
  });
}
