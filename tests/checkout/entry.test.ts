import t from "tap";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { lateEntryKeepsItsPromises } from "./entry.ts";

t.test("what the embedded memory is told late", async (t) => {
  lateEntryKeepsItsPromises(t, (clock) => {
    const now = () => clock.now();
    return createPackedStore(
      createEmbeddedHome(createMemoryShelf(), now),
      createKeyNames("g1"),
      now,
    );
  });
});
