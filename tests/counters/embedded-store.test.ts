import t from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createDiskShelf } from "../../src/counters/embedded/disk-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { counterStoreConforms, type StoreUnderTest } from "../conformance/counter-store.ts";
import { digest, observation, START, sealing } from "../conformance/swipes.ts";

t.test("the embedded store in memory", async (t) => {
  counterStoreConforms(t, async () => under(createMemoryShelf(), "g1"));
});

t.test("the embedded store on disk", async (t) => {
  const folder = t.testdir();
  let stores = 0;
  counterStoreConforms(t, async () => {
    // Each on a shelf of its own: a shelf sweeps by the clock it heard last.
    const shelf = createDiskShelf(`${folder}/memory-${++stores}`, systemTimers);
    t.teardown(() => shelf.close());
    return under(shelf, "g1");
  });
});

t.test("given a store on disk, when it is opened again, then it remembers", async (t) => {
  const path = `${t.testdir()}/memory`;
  const first = createDiskShelf(path, systemTimers);
  const before = under(first, "g1");
  const of = observation({ id: "sale-0001", at: START });
  await before.store.observe(of);
  await before.store.seal(sealing(of, { answer: "kept" }));
  await first.close();
  const second = createDiskShelf(path, systemTimers);
  t.teardown(() => second.close());
  const after = under(second, "g1");
  after.setNow(START + 1);
  t.same(await after.store.observe(observation({ id: "sale-0001", at: START + 1 })), {
    verdict: "sealed",
    answer: "kept",
  });
  t.equal((await after.store.locate(digest("sale-0001", 8)))?.person, digest("person ann"));
});

function under(shelf: ReturnType<typeof createMemoryShelf>, generation: string): StoreUnderTest {
  let now = START;
  const store = createPackedStore(
    createEmbeddedHome(shelf, () => now),
    createKeyNames(generation),
    () => now,
  );
  return {
    store,
    setNow: (at) => {
      now = at;
    },
  };
}
