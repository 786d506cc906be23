import t from "tap";
import { type CounterStore, StoreUnavailableError } from "../../src/counters/contract.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { accepted, refused } from "../swipe/bodies.ts";
import { loadTestBundle, Shop, sale } from "./shop.ts";

t.test("given an answer, when its store has gone, then a repeat is told the same", async (t) => {
  let away = false;
  const bundle = await loadTestBundle();
  const shop = new Shop(bundle, (clock) => {
    const now = () => clock.now();
    const home = createEmbeddedHome(createMemoryShelf(), now);
    const store = createPackedStore(home, createKeyNames("g1"), now);
    const gone = () => Promise.reject(new StoreUnavailableError("The test took the store away."));
    return {
      ...store,
      observe: (observation) => (away ? gone() : store.observe(observation)),
    } satisfies CounterStore;
  });
  const { desk, records } = shop.open("one", { patient: false });
  const body = sale({ id: "sale-0001", boxes: [1] });
  const first = accepted(await desk.check(body, {}));
  away = true;
  t.equal(first.mode, "full");
  t.same(accepted(await desk.check(body, {})), first);
  t.equal(records.length, 1, "and not recorded as another decision");
  t.match(refused(await desk.check({ ...body, medicalType: "11" }, {})), {
    code: "content_conflict",
  });
  const next = accepted(await desk.check(sale({ id: "sale-0002", boxes: [2] }), {}));
  t.equal(next.mode, "standIn", "what was never answered is a stand-in");
});
