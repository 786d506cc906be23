import type { Test } from "tap";
import { type EventData, eventSchema } from "../../src/audit/event.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { type Counter, type OpenShop, type Shop, sale } from "./shop.ts";

type Raised = EventData<"indicator.raised">;

const schema = eventSchema("indicator.raised");

function raised(t: Test, { records }: Counter): readonly Raised[] {
  const events = records.filter(({ event }) => event.type === "indicator.raised");
  const ids = events.map(({ event }) => event.id);
  t.equal(new Set(ids).size, ids.length, "one a pharmacy, indicator and day");
  for (const { event, topic, key } of events) {
    t.equal(topic, "guard.clues.v1");
    t.ok(schema.safeParse(event).success);
    t.equal(key, (event.data as Raised).entity);
  }
  return events.map(({ event }) => event.data as Raised);
}

interface Day {
  /** 0 is 2026-11-21; sales begin at 10:15:30 in Shanghai. */
  readonly day: number;
  readonly sales: number;
  readonly yuan?: number;
  readonly reversals?: number;
  readonly settle?: boolean;
}

/** A day of sales a minute apart, some of which come back an hour later. */
async function trade(shop: Shop, { desk }: Counter, of: Day): Promise<void> {
  const { day, sales, yuan = 35, reversals = 0, settle = true } = of;
  const ids = Array.from({ length: sales }, (_, index) => `d${day}-sale-${index}`);
  for (const [index, id] of ids.entries()) {
    shop.at(day * DAY + index * MINUTE);
    const body = sale({ id, at: shop.clock.now(), person: index, drug: "XB05XAL052P001", days: 1 });
    const lines = body.lines.map((line) => ({ ...line, amount: yuan, unitPrice: yuan }));
    accepted(await desk.check({ ...body, total: yuan, lines }, {}));
    if (settle) accepted(await desk.settle(id, { settlementId: `S-${id}`, visitId: "V" }, {}));
    if (!settle && index < reversals) accepted(await desk.reverse(id, { reason: "void" }, {}));
  }
  for (const [index, id] of ids.slice(0, settle ? reversals : 0).entries()) {
    shop.at(day * DAY + 4 * HOUR + index * MINUTE);
    accepted(await desk.reverse(id, { reason: "refund" }, {}));
    await desk.idle();
  }
  await desk.idle();
}

export function daysAreJudged(t: Test, open: OpenShop): void {
  t.test("too much that comes back is told with the reversal that makes it so", async (t) => {
    const shop = await open();
    const counter = shop.open();
    await trade(shop, counter, { day: 0, sales: 20, reversals: 15 });
    await trade(shop, counter, { day: 13, sales: 20, reversals: 15 });
    t.same(raised(t, counter), [], "the store was new");
    await trade(shop, counter, { day: 14, sales: 40, reversals: 9 });
    await trade(shop, counter, { day: 15, sales: 200, reversals: 10 });
    t.same(raised(t, counter), [], "nine are few, and ten of two hundred are 5 %");
    await trade(shop, counter, { day: 16, sales: 40, reversals: 12 });
    await trade(shop, counter, { day: 17, sales: 40, reversals: 10 });
    t.match(raised(t, counter), [
      {
        indicatorId: "RS-07",
        kind: "reversalShare",
        entity: "P21010200123",
        prefecture: "2101",
        day: "2026-12-07",
        value: 0.25,
        limit: 0.05,
        evidence: { sales: 40, reversals: 10 },
      },
      { day: "2026-12-08" },
    ]);
  });

  t.test("a reservation that is let go was no sale, and comes back from nowhere", async (t) => {
    const shop = await open();
    const counter = shop.open();
    await trade(shop, counter, { day: 0, sales: 5 });
    await trade(shop, counter, { day: 15, sales: 30, reversals: 15, settle: false });
    await trade(shop, counter, { day: 16, sales: 5 });
    t.same(raised(t, counter), []);
  });

  t.test("a week is compared with the one before once its last day has closed", async (t) => {
    const shop = await open();
    const counter = shop.open();
    for (let day = 0; day <= 20; day += 1)
      await trade(shop, counter, { day, sales: 3, yuan: day > 14 ? 90 : 35 });
    const dear = raised(t, counter);
    t.ok(dear.every(({ indicatorId }) => indicatorId === "AG-01"));
    t.equal(dear[0]?.day, "2026-12-07", "two dear days of seven make a third");
    t.equal(dear[0]?.raisedAt.slice(0, 10), "2026-12-08", "and is told when it is over");
    const before = dear.length;
    shop.at(20 * DAY + 14 * HOUR - 1 * MINUTE);
    await counter.desk.idle();
    t.equal(raised(t, counter).length, before, "at a quarter past midnight, and not before");
    shop.at(20 * DAY + 14 * HOUR);
    await counter.desk.idle();
    t.equal(raised(t, counter).length, before + 1, "also where nobody swipes any more");
  });
}
