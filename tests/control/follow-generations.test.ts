import t from "tap";
import { followGenerations } from "../../src/control/follow-generations.ts";
import { StoreUnavailableError } from "../../src/counters/contract.ts";
import type { SharedDocuments } from "../../src/counters/control-documents.ts";
import { SILENT } from "../../src/units.ts";

/** A store that owes every answer until it is told to give it. */
function silentStore() {
  const owed: ((text: string | undefined) => void)[] = [];
  const read = () =>
    new Promise<string | undefined>((answer) => {
      owed.push(answer);
    });
  const documents = { read } as unknown as SharedDocuments;
  const answer = () => {
    for (const give of owed.splice(0)) give(undefined);
  };
  return { documents, answer };
}

t.test(
  "given a store that owes its generations, then only who asks at first waits for them",
  async (t) => {
    let now = 0;
    const { documents, answer } = silentStore();
    const timers = { after: () => () => undefined };
    const clock = { now: () => now };
    const following = followGenerations({
      ...{ documents, clock, timers, observer: SILENT, watch: true },
    });
    const early = following.look();
    now = 151;
    await t.rejects(following.look(), StoreUnavailableError, "while the first still waits");
    answer();
    await early;
    t.same(following.now(), { living: "g1" });
    now = 2_000;
    t.equal(following.now(), undefined, "too old to go by");
    const late = following.look();
    answer();
    await late;
    t.same(following.now(), { living: "g1" }, "asked anew when nothing is owed");
    following.close();
  },
);
