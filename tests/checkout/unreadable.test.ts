import t, { type Test } from "tap";
import type { CounterStore } from "../../src/counters/contract.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import type { MemoryHome } from "../../src/counters/operations.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { MINUTE, SECOND } from "../../src/units.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { openInstance, settlement, story, WAITING } from "./entry-shop.ts";
import { loadTestBundle, QUARTER, Shop, sale } from "./shop.ts";

/** What a sealed answer may look like when its bytes were altered inside. */
const ALTERED = [
  "",
  "{",
  "[]",
  "[[],[],[],[],[],[],[]]",
  "null",
  '[["x",[]],[0,0,0,"full",[]],[[],[]],["","","",""],["a","b",0,0,0,0],["",[]],[]]',
];

interface Altering {
  /** The sealed answer in place of the one that is there. */
  sealed?: string;
  /** The bytes of the read with this place; every other is as it is. */
  read?: (values: (Buffer | null)[]) => (Buffer | null)[];
  observed?: boolean;
}

async function altered(t: Test) {
  const now: Altering = {};
  const shop = new Shop(await loadTestBundle(), (clock) => {
    const at = () => clock.now();
    const home = createEmbeddedHome(createMemoryShelf(), at);
    const lying: MemoryHome = {
      ...home,
      read: async (keys, when) => {
        const values = await home.read(keys, when);
        return now.read === undefined ? values : now.read([...values]);
      },
      observe: async (plan, wait) => {
        const reply = await home.observe(plan, wait);
        const isNew = reply.verdict === "new" || reply.verdict === "retry";
        if (!now.observed || !isNew) return reply;
        return { ...reply, ledger: Buffer.alloc(60) };
      },
    };
    const store = createPackedStore(lying, createKeyNames("g1"), at);
    return {
      ...store,
      observe: async (observation, wait) => {
        if (now.sealed !== undefined) return { verdict: "sealed", answer: now.sealed };
        return store.observe(observation, wait);
      },
      seal: async (sealing, wait) => {
        const sealed = await store.seal(sealing, wait);
        return now.sealed === undefined ? sealed : { won: false, answer: now.sealed };
      },
    } satisfies CounterStore;
  });
  t.testdir();
  const one = await openInstance(t, shop, shop.store);
  return { now, shop, one };
}

t.test(
  "given a sealed answer that cannot be read, then a check is answered without it",
  async (t) => {
    const { now, one } = await altered(t);
    for (const [number, sealed] of ALTERED.entries()) {
      now.sealed = sealed;
      const body = sale({ id: `sale-000${number}`, boxes: [number], person: number + 1 });
      t.match(accepted(await one.desk.check(body, {})), { mode: "standIn" });
    }
  },
);

t.test(
  "given a sealed answer that cannot be read, then its sale is settled all the same",
  async (t) => {
    const { now, one } = await altered(t);
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    now.read = (values) =>
      values.length < 4
        ? values
        : ([values[0], values[1], spoilt(values[2]), values[3]] as (Buffer | null)[]);
    t.match(accepted(await one.desk.settle("sale-0001", settlement, {})), { state: "settled" });
  },
);

function spoilt(answer: Buffer | null | undefined): Buffer | null {
  if (!answer) return null;
  return Buffer.concat([answer.subarray(0, 23), Buffer.from('[["'), answer.subarray(26)]);
}

t.test(
  "given a ledger that cannot be read, then nobody is told of a failure of the guard",
  async (t) => {
    const { now, one } = await altered(t);
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {}));
    now.read = (values) => (values.length < 4 ? values : [Buffer.alloc(60), ...values.slice(1)]);
    t.match(refused(await one.desk.find("sale-0001", {})), { code: "store_unavailable" });
    t.same(accepted(await one.desk.settle("sale-0001", settlement, {})), WAITING);
    now.read = undefined as never;
  },
);

t.test(
  "given a person whose memory stays unreadable, then what waits of it is closed in the end",
  async (t) => {
    const { now, shop, one } = await altered(t);
    now.observed = true;
    t.match(accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1] }), {})), {
      mode: "standIn",
    });
    await one.desk.idle();
    shop.at(MINUTE);
    await one.desk.idle();
    t.equal(one.entry.state().waiting, 1, "not at once: a line may spoil what it carries");
    shop.at(QUARTER + SECOND);
    await one.desk.idle();
    t.equal(one.entry.state().waiting, 0, "the journal is not kept for it for ever");
    t.match(await story(t, one), [/waits/, /not counted closes/]);
  },
);
