import t from "tap";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { deskKeepsItsPromises } from "./desk.ts";

t.test("the desk on the embedded memory", async (t) => {
  deskKeepsItsPromises(t, (clock) => {
    const now = () => clock.now();
    return createPackedStore(
      createEmbeddedHome(createMemoryShelf(), now),
      createKeyNames("g1"),
      now,
    );
  });
});
