import t from "tap";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { featuresReadWhatSalesLeave } from "./over-a-store.ts";

t.test("features over the embedded memory", async (t) => {
  featuresReadWhatSalesLeave(t, (clock) => {
    const now = () => clock.now();
    const home = createEmbeddedHome(createMemoryShelf(), now);
    return createPackedStore(home, createKeyNames("g"), now);
  });
});
