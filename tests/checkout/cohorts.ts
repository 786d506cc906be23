import type { Test } from "tap";
import type { EventData } from "../../src/audit/event.ts";
import type { CheckBody } from "../../src/swipe/check-body.ts";
import { DAY, MINUTE, SECOND } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { type Counter, eventData, HERE, type OpenShop, type Shop, sale } from "./shop.ts";

interface Round {
  readonly persons: readonly number[];
  readonly day: number;
  readonly apart?: number;
  readonly till?: string;
  readonly shop?: string;
  /** Their insurance is not active: whatever they ask is denied. */
  readonly stopped?: boolean;
  readonly more?: Partial<CheckBody>;
}

/** Several cards one after the other at one till, each sale settled; what each check was told. */
async function round(shop: Shop, { desk }: Counter, of: Round): Promise<readonly string[]> {
  const { persons, day, apart = 90 * SECOND, till = "T01", shop: code = HERE, more = {} } = of;
  const { stopped = false } = of;
  const told: string[] = [];
  for (const [index, person] of persons.entries()) {
    const later = day * DAY + index * apart;
    shop.at(later);
    const id = `cohort-${person}-${day}`;
    // Salts for a day: nobody buys too much, and no codes are asked for.
    const body = sale({
      id,
      at: shop.clock.now(),
      person,
      drug: "XB05XAL052P001",
      days: 1,
      stopped,
    });
    const pharmacy = { ...body.pharmacy, code, terminal: till };
    const { decision, hits } = accepted(await desk.check({ ...body, pharmacy, ...more }, {}));
    const isHeld = hits.some(({ rule, level }) => rule === "CF-13" && level === "hold");
    told.push(isHeld ? "CF-13" : decision);
    if (decision === "allow" || decision === "warn")
      accepted(await desk.settle(id, { settlementId: `S-${id}`, visitId: "V" }, {}));
    await desk.idle();
  }
  return told;
}

function groups({ records }: Counter): readonly EventData<"clue.raised">[] {
  return records
    .filter(({ event }) => event.type === "clue.raised")
    .map(({ event }) => event.data as EventData<"clue.raised">)
    .filter(({ kind }) => kind === "cohort");
}

/** The largest group each person of a round belongs to, as the rules saw it. */
function sizes({ records }: Counter, last: number): readonly number[] {
  const decided = records.filter(({ event }) => event.type === "swipe.decided").slice(-last);
  return decided.map((record) => {
    const { cohortSize } = eventData(record)["features"] as {
      readonly cohortSize: { readonly value: { readonly known: number } };
    };
    return cohortSize.value.known;
  });
}

const people = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

export function cohortsAreFound(t: Test, open: OpenShop): void {
  t.test(
    "seven cards at one till on three days are a group, and are held from then on",
    async (t) => {
      const shop = await open();
      const counter = shop.open();
      for (const day of [0, 4]) {
        await round(shop, counter, { persons: people(7), day });
        t.same(sizes(counter, 7), [0, 0, 0, 0, 0, 0, 0]);
      }
      const third = await round(shop, counter, { persons: [3, 1, 2, 7, 6, 5, 4], day: 9 });
      t.notOk(third.includes("CF-13"), "the third meeting makes the group");
      const [group, ...more] = groups(counter);
      t.same(more, []);
      t.match(group, {
        rules: ["CF-13"],
        severity: "high",
        now: { swipeId: "cohort-4-9", terminal: "T01" },
        cohort: { size: 7, days: ["2026-11-21", "2026-11-25", "2026-11-30"] },
      });
      const decided = counter.records.filter(({ event }) => event.type === "swipe.decided");
      const everybody = [...new Set(decided.map(({ key }) => key))].sort();
      t.same([...(group?.persons ?? [])].sort(), everybody, "all are named, by pseudonym");
      const fourth = await round(shop, counter, { persons: people(7), day: 12 });
      t.same(fourth, Array(7).fill("CF-13"));
      t.same(sizes(counter, 7), Array(7).fill(7));
    },
  );

  for (const { what, ...of } of [
    { what: "a family of six", persons: people(6) },
    { what: "twenty minutes between two cards", persons: people(8), apart: 20 * MINUTE },
    {
      what: "a registered agent buys for all of them",
      persons: people(8),
      more: { agent: { id: "AGENT-1", relation: "care", registered: true } },
    },
  ]) {
    t.test(`${what}: nobody is accused`, async (t) => {
      const shop = await open();
      const counter = shop.open();
      for (const day of [0, 3, 6, 9, 12]) {
        const told = await round(shop, counter, { ...of, day });
        t.notOk(told.includes("CF-13"), `day ${day}`);
      }
      t.same(groups(counter), []);
    });
  }

  t.test("eight cards on two days only, and then apart: nobody is accused", async (t) => {
    const shop = await open();
    const counter = shop.open();
    for (const day of [0, 3]) await round(shop, counter, { persons: people(8), day });
    for (const [index, person] of people(8).entries())
      await round(shop, counter, { persons: [person], day: 6 + index });
    await round(shop, counter, { persons: people(8), day: 40 });
    t.same(groups(counter), [], "after thirty days two meetings are forgotten");
    t.same(sizes(counter, 8), Array(8).fill(0));
  });

  t.test("a bundle swiped through an hour adds up, though its ends never meet", async (t) => {
    const shop = await open();
    const counter = shop.open();
    for (const day of [0, 2, 4])
      await round(shop, counter, { persons: people(8), day, apart: 7 * MINUTE });
    t.match(groups(counter).at(-1), { cohort: { size: 8 }, persons: { length: 8 } });
    t.same(
      await round(shop, counter, { persons: people(8), day: 6, apart: 7 * MINUTE }),
      Array(8).fill("CF-13"),
      "also the first of them, who was alone when the others were found",
    );
  });

  t.test("a bag of cards that travels from pharmacy to pharmacy is one group", async (t) => {
    const shop = await open();
    const counter = shop.open();
    const places = ["P21010200001", "P21010200002", "P21010200003"];
    for (const [index, place] of places.entries())
      await round(shop, counter, {
        persons: people(8),
        day: 3 * index,
        shop: place,
        till: `T${index}`,
      });
    t.match(groups(counter).at(-1), { cohort: { size: 8, days: { length: 3 } } });
    const fourth = await round(shop, counter, {
      persons: people(8),
      day: 10,
      shop: "P21010200004",
    });
    t.same(fourth, Array(8).fill("CF-13"));
  });

  t.test("who is refused appears all the same", async (t) => {
    const shop = await open();
    const counter = shop.open();
    for (const day of [0, 2, 4]) {
      const told = await round(shop, counter, { persons: people(8), day, stopped: true });
      t.same(told, Array(8).fill("deny"));
    }
    t.match(groups(counter).at(-1), { cohort: { size: 8 }, now: { answered: "deny" } });
  });

  t.test("two families with one regular in common stay two", async (t) => {
    const shop = await open();
    const counter = shop.open();
    for (const day of [0, 2, 4, 6]) {
      await round(shop, counter, { persons: people(5), day });
      // Two hours later the fifth comes back with the other four.
      shop.at(day * DAY);
      await round(shop, counter, { persons: [11, 12, 13, 14], day: day + 0.1 });
      await round(shop, counter, { persons: [5], day: day + 0.102 });
    }
    t.same(groups(counter), []);
    t.ok(Math.max(...sizes(counter, 10)) < 7);
  });

  t.test(
    "a whole village at one till costs a bounded number of reads, and is still found",
    async (t) => {
      const shop = await open();
      const reads: number[] = [];
      const { store } = shop;
      const counted = {
        ...store,
        ledgers: (persons: readonly string[]) => {
          reads.push(persons.length);
          return store.ledgers(persons);
        },
      };
      const counter = (Object.assign(Object.create(shop), { store: counted }) as Shop).open();
      for (const day of [0, 2, 4, 6])
        await round(shop, counter, { persons: people(90), day, apart: 9 * SECOND });
      t.ok(Math.max(...reads) === 63, `${Math.max(...reads)}`);
      t.notOk(reads.length > 2 * 90 + 10, "nobody is looked for before a third day");
      t.equal(Math.max(...sizes(counter, 90)), 32, "what is remembered of a group is bounded");
    },
  );

  t.test("a group grows by those who join it, and says so once each", async (t) => {
    const shop = await open();
    const counter = shop.open();
    for (const day of [0, 2]) await round(shop, counter, { persons: people(9), day });
    await round(shop, counter, { persons: people(7), day: 4 });
    t.same(
      groups(counter).map(({ cohort }) => cohort?.size),
      [7],
    );
    await round(shop, counter, { persons: [8, 9, 1], day: 4.02 });
    const raised = groups(counter);
    t.ok(raised.length >= 1);
    const ids = counter.records.map(({ event }) => event.id);
    t.equal(new Set(ids).size, ids.length);
    t.equal(new Set(raised.map(({ clueId }) => clueId)).size, 1, "it stays the same group");
  });
}
