import t from "tap";
import type { EventData } from "../../src/audit/event.ts";
import { keyOf } from "../../src/checkout/rebuild/rebuilder.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { accepted } from "../swipe/bodies.ts";
import { settlement } from "./entry-shop.ts";
import { cancel, nhsaAnswer, saleMessage, saleUpload } from "./nhsa-messages.ts";
import { eventData, HERE, loadTestBundle, Shop, sale } from "./shop.ts";

t.test(
  "whatever a till that is known by name tells, its record names the sale so that it is found",
  async (t) => {
    const shop = new Shop(await loadTestBundle(), (clock) => {
      const now = () => clock.now();
      const home = createEmbeddedHome(createMemoryShelf(), now);
      return createPackedStore(home, createKeyNames("g1"), now);
    });
    for (const scope of ["", HERE]) {
      const { desk, records } = shop.open(`one${scope}`);
      const caller = scope === "" ? {} : { callerPharmacy: scope };
      const [native, nhsa] = [`sale-0001-${scope}`, `msg-2102-0002-${scope}`];
      accepted(await desk.check(sale({ id: native, boxes: [1] }), caller));
      accepted(await desk.settle(native, settlement, caller));
      const told = { by: "L0031", choice: "continue" };
      accepted(await desk.acknowledge(native, told, caller));
      accepted(await desk.reverse(native, { reason: "refund" }, caller));
      await desk.nhsa("2102", saleMessage("2102", { id: nhsa, person: 2, boxes: [2] }), caller);
      const settled = nhsaAnswer(nhsa, `SETL-2${scope}`);
      await desk.nhsa("2102/answer", settled, caller);
      const upload = {
        id: `msg-3505-${scope}`,
        person: 2,
        settlement: `SETL-2${scope}`,
        boxes: [3],
      };
      await desk.nhsa("3505", saleUpload(upload), caller);
      await desk.nhsa("2103", cancel(`msg-2103-${scope}`, `SETL-2${scope}`, 2), caller);
      const ofSwipes = records.filter(({ event }) => event.type.startsWith("swipe."));
      const found = ofSwipes.map((record) =>
        keyOf(eventData(record) as EventData<"swipe.settled">),
      );
      const [first, second] = [swipeKey(scope, native), swipeKey(scope, nhsa)];
      t.same(found.slice(0, 4), [first, first, first, first]);
      t.same([...new Set(found.slice(4))], [second]);
      t.ok(found.length >= 8, "each of them has a record");
      shop.clock.set(shop.clock.now() + 1_000);
    }
  },
);
