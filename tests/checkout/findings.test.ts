import t from "tap";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { cohortsAreFound } from "./cohorts.ts";
import {
  repeatedCodesNameBothSides,
  settlementsAgainstAreFindings,
  sharedIdentitiesAreFindings,
} from "./findings.ts";
import { daysAreJudged } from "./indicator-days.ts";
import { shopsOf } from "./shop.ts";

t.test("findings behind answers, on the embedded memory", async (t) => {
  const open = shopsOf((clock) => {
    const now = () => clock.now();
    const home = createEmbeddedHome(createMemoryShelf(), now);
    return createPackedStore(home, createKeyNames("g1"), now);
  }, "findings-policy.yaml");
  repeatedCodesNameBothSides(t, open);
  settlementsAgainstAreFindings(t, open);
  sharedIdentitiesAreFindings(t, open);
  cohortsAreFound(t, open);
  daysAreJudged(t, open);
});
