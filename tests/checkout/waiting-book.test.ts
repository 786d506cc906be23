import t from "tap";
import { CHORES_MAX, WaitingBook } from "../../src/checkout/entry/waiting-book.ts";
import { swipeLane, type WaitingTold } from "../../src/checkout/entry/waiting-items.ts";
import { NOBODY } from "../../src/checkout/entry/waiting-record.ts";

const at = (record: number) => ({ segment: 1, offset: record, record });

/** A step of a sale, told in the lane of its person. */
function told(swipe: string, number: number, lane = "person"): WaitingTold {
  const reversalId = String(number);
  const step = { kind: "reverse", swipeId: swipe, reversalId, reason: "refund" } as const;
  const record = { swipeId: swipe, scope: "", pharmacy: "P1", person: NOBODY, at: number, step };
  return {
    ...{ kind: "step" as const, id: `${swipe}:${number}`, lane, pharmacy: "P1" },
    ...{ at: number, from: at(number), key: swipe, record },
  };
}

function taken(book: WaitingBook, now = 0): string[] {
  const ids: string[] = [];
  for (let held = book.take(now); held !== undefined; held = book.take(now)) {
    ids.push(held.item.id);
    book.done(held);
  }
  return ids;
}

t.test(
  "given a sale whose first step must wait, then its later steps wait behind it",
  async (t) => {
    const book = new WaitingBook(10);
    for (const item of [told("a", 1), told("b", 2), told("a", 3)]) book.add(item);
    const first = book.take(0);
    t.equal(first?.item.id, "a:1");
    if (first === undefined) return;
    book.setAside(first, swipeLane("a"), 1_000);
    t.equal(book.laneOf("a"), swipeLane("a"), "what comes next of it stands behind it");
    t.same(taken(book), ["b:2"], "nobody else of the lane waits for it");
    t.equal(book.held, 2);
    t.same(taken(book, 1_000), ["a:1", "a:3"], "in the order they were told");
    t.equal(book.held, 0);
    t.notOk(book.waits("a"));
  },
);

t.test(
  "given a shop that keeps no record, then what waits there has a bound all the same",
  async (t) => {
    const book = new WaitingBook(2, true);
    for (const number of [1, 2, 3]) book.add({ ...told("a", number), from: undefined });
    t.equal(book.held, 2);
  },
);

t.test("given a step set aside, then what waits in the journal alone is still known", async (t) => {
  const book = new WaitingBook(1);
  book.add(told("a", 1));
  book.add(told("a", 2));
  const first = book.take(0);
  if (first === undefined) return;
  book.setAside(first, swipeLane("a"), 1_000);
  taken(book, 1_000);
  t.ok(book.waits("a"), "its second step is in the journal");
});

t.test(
  "given a change that a part of the store is still owed, then what comes next of it waits",
  async (t) => {
    const book = new WaitingBook(2);
    const owed = (id: string, of: string, lane = "person") =>
      book.owe({
        ...{ kind: "chore" as const, id, lane, pharmacy: "", at: 0, from: at(1), of },
        run: async () => undefined,
      });
    book.add(told("a", 1));
    book.add(told("a", 2));
    const first = book.take(0);
    owed("owed:1", "a");
    owed("owed:2", "a");
    t.ok(book.waits("a"));
    if (first !== undefined) book.done(first);
    t.same(taken(book), ["owed:1", "owed:2", "a:2"], "before the next step, in their order");
    owed("owed:3", "b");
    t.ok(book.waits("b"), "a step that comes now waits behind it");
    t.notOk(book.holds("b"), "but nobody is told that the sale waits: it was changed");
    t.equal(book.laneOf("b"), "person");
    t.equal(book.room, 2, "and it takes nobody's place");
    for (let n = 0; n < CHORES_MAX - 1; n++) owed(`more:${n}`, "c", `lane:${n}`);
    t.notOk(owed("too-much", "c"));
    t.ok(book.add(told("d", 4, "another")));
  },
);
