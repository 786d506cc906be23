import type { Test } from "tap";
import type { CounterStore } from "../../src/counters/contract.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { ASPIRIN, post, saleMessage, saleUpload, twoDrugs } from "./nhsa-messages.ts";
import { type OpenShop, Shop } from "./shop.ts";

const SETTLED = { infcode: 0, matched: 1, state: "settled" };

/** Uploads that cross each other, and a memory that lost what they brought. */
export function interrupted(t: Test, open: OpenShop): void {
  t.test(
    "codes noted while another upload settles the sale are claimed all the same",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      await post(desk, "2102", twoDrugs("msg-2102-0001"));
      const one = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
      const two = { id: "msg-3505-0002", settlement: "SETL-1", boxes: [2], drug: ASPIRIN };
      const [read, noted, settled] = [gate(), gate(), gate()];
      // The first upload has read the sale, and is about to settle it ...
      const first = withStore(shop, {
        change: async (change) => {
          if (change.after.state !== "settled") return shop.store.change(change);
          read.open();
          await noted.passed;
          const done = await shop.store.change(change);
          settled.open();
          return done;
        },
      });
      // ... when the second notes its codes; before it settles the sale itself, that has happened.
      const second = withStore(shop, {
        change: async (change) => {
          if (change.after.state !== "settled") return shop.store.change(change);
          noted.open();
          await settled.passed;
          return shop.store.change(change);
        },
      });
      const told = await Promise.all([
        post(first, "3505", one),
        read.passed.then(() => post(second, "3505", saleUpload(two))),
      ]);
      t.same(told, [SETTLED, SETTLED]);
      t.same(
        [await shop.ask({ box: 1 }), await shop.ask({ box: 2 })],
        ["TR-01 deny", "TR-01 deny"],
      );
    },
  );

  t.test("a claim the memory lost is made again by the next repeat", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", days: 2 }));
    const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
    await post(desk, "3505", upload);
    const swipe = swipeKey("", "msg-2102-0001");
    const located = await shop.store.locate(swipe);
    const { entry } = await shop.store.readEntry(located?.person ?? "", swipe);
    if (located === undefined || entry === undefined) throw new Error("the sale is known");
    const claims = located.claims.map((claim) => ({ ...claim, to: "released" as const }));
    const { person, pharmacy, at } = located;
    const same = { before: entry, after: entry, returns: undefined, tallies: [] };
    await shop.store.change({ person, swipe, pharmacy, at, ...same, claims });
    t.equal(await shop.ask({ box: 1 }), "free");
    t.same(await post(desk, "3505", upload), SETTLED);
    t.equal(await shop.ask({ box: 1 }), "TR-01 deny");
  });
}

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

/** A door that opens once. */
function gate(): Gate {
  const opened: (() => void)[] = [];
  const passed = new Promise<void>((resolve) => opened.push(resolve));
  return { passed, open: () => opened[0]?.() };
}

/** A desk on the same memory, some of whose calls are the test's own. */
function withStore(shop: Shop, calls: Partial<CounterStore>) {
  return new Shop(shop.bundle, () => ({ ...shop.store, ...calls })).open().desk;
}
