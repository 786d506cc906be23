import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import {
  type GivenAnswer,
  GivenAnswers,
  RECENT_SWIPES_MAX,
} from "../../src/checkout/recent-swipes.ts";
import { type CounterStore, StoreUnavailableError } from "../../src/counters/contract.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { loadTestBundle, Shop, sale } from "./shop.ts";

/** A shop whose store the test can take away. */
async function shopAndStore() {
  const store = { away: false };
  const shop = new Shop(await loadTestBundle(), (clock) => {
    const now = () => clock.now();
    const home = createEmbeddedHome(createMemoryShelf(), now);
    const whole = createPackedStore(home, createKeyNames("g1"), now);
    const gone = () => Promise.reject(new StoreUnavailableError("The test took the store away."));
    return {
      ...whole,
      observe: (observation) => (store.away ? gone() : whole.observe(observation)),
    } satisfies CounterStore;
  });
  return { shop, store };
}

t.test("given an answer, when its store has gone, then a repeat is told the same", async (t) => {
  const { shop, store } = await shopAndStore();
  const { desk, records } = shop.open("one", { patient: false });
  const body = sale({ id: "sale-0001", boxes: [1] });
  const first = accepted(await desk.check(body, {}));
  store.away = true;
  t.equal(first.mode, "full");
  t.same(accepted(await desk.check(body, {})), first);
  t.equal(records.length, 1, "and not recorded as another decision");
  t.match(refused(await desk.check({ ...body, medicalType: "11" }, {})), {
    code: "content_conflict",
  });
  const next = accepted(await desk.check(sale({ id: "sale-0002", boxes: [2] }), {}));
  t.equal(next.mode, "standIn", "what was never answered is a stand-in");
});

t.test(
  "given a sealed answer whose record the journal did not take, when the store has gone too, then the repeat is told that answer and not another",
  async (t) => {
    const { shop, store } = await shopAndStore();
    const journal = { takes: false };
    const { desk, records } = shop.open("one", { patient: false, takes: () => journal.takes });
    const first = sale({ id: "sale-0001", boxes: [1] });
    t.match(refused(await desk.check(first, {})), { code: "journal_unavailable" });
    Object.assign(store, { away: true });
    Object.assign(journal, { takes: true });
    const again = accepted(await desk.check(first, {}));
    t.equal(again.mode, "full", "the memory has decided it");
    t.equal(records.length, 1);
    store.away = false;
    t.same(accepted(await desk.check(first, {})), again);
  },
);

t.test(
  "given no store, when two tills send one id with different contents at once, then one is answered and the other is told of the conflict",
  async (t) => {
    const { shop, store } = await shopAndStore();
    const { desk, records } = shop.open("one", { patient: false });
    store.away = true;
    const body = sale({ id: "sale-0001", boxes: [1] });
    const [first, other] = await Promise.all([
      desk.check(body, {}),
      desk.check({ ...body, medicalType: "11" }, {}),
    ]);
    t.equal(accepted(first).mode, "standIn");
    t.match(refused(other), { code: "content_conflict" });
    t.equal(records.length, 1);
  },
);

t.test(
  "given an outage with more stand-ins than are remembered, when all were entered, then those that come later are let go as they are entered",
  async (t) => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const answers = new GivenAnswers();
    const told = (swipe: string) => {
      const by = undefined;
      const given: GivenAnswer = { content: "", by, decided: "", person: swipe, pharmacy: "P1" };
      answers.standIns.set(swipe, given);
      return new WeakRef(given);
    };
    for (let swipe = 0; swipe <= RECENT_SWIPES_MAX; swipe += 1) told(`outage-${swipe}`);
    for (let swipe = 0; swipe <= RECENT_SWIPES_MAX; swipe += 1)
      answers.entered(`outage-${swipe}`, "");
    const later: WeakRef<GivenAnswer>[] = [];
    for (let swipe = 0; swipe < 1_000; swipe += 1) {
      later.push(told(`later-${swipe}`));
      answers.entered(`later-${swipe - 1}`, "");
    }
    await new Promise(setImmediate);
    collect();
    const kept = later.filter((given) => given.deref() !== undefined);
    t.ok(answers.standIns.get("later-999"));
    t.ok(kept.length < 10, `${kept.length} of 1,000 are kept, and one has not been entered`);
  },
);
