import { randomBytes } from "node:crypto";
import t from "tap";
import { readConfig } from "../../src/config/read-config.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import type { CounterStore, PersonKey } from "../../src/counters/contract.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { LEDGER_FOLD_ABOVE, LEDGER_FOLDED_TO } from "../../src/counters/limits.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { generateKey } from "../../src/privacy/key-file.ts";
import { openReplay } from "../../src/replay/open-replay.ts";
import { createVirtualClock } from "../../src/replay/virtual-clock.ts";
import { HOUR } from "../../src/units.ts";
import { START } from "../conformance/swipes.ts";

/** One person buys every eight hours for eighty days: `i` counts the visits. */
function visit(i: number) {
  const at = `${new Date(START + i * 8 * HOUR + 8 * HOUR).toISOString().slice(0, 19)}+08:00`;
  const swipeId = `fold-${String(i).padStart(6, "0")}`;
  const body = {
    ...{ swipeId, occurredAt: at, medicalType: "41", total: 10 },
    pharmacy: { code: "P21010200123", area: "210102", terminal: "T01", operator: "0007" },
    person: { number: "M0000001", insuredArea: "210100", insurance: "310", status: "1" },
    credential: { type: "03", number: "C0000001" },
    lines: [
      {
        ...{ line: "0001", drug: "XC10AAA067A001010100501", quantity: 1, daysSupply: 7 },
        ...{ unitPrice: 10, amount: 10, traceCodes: [`8338652${String(i).padStart(13, "0")}`] },
      },
    ],
  };
  const settlement = { settlementId: `S${i}`, visitId: `V${i}` };
  return [
    { at, op: "check", swipeId, body },
    { at, op: "settlement", swipeId, body: settlement },
  ];
}

t.test("given an overlong ledger, its next check is answered and then folds it", async (t) => {
  const clock = createVirtualClock();
  const pseudonymiser = pseudonymiserOf(JSON.stringify(generateKey(randomBytes)));
  const now = () => clock.now();
  const home = createEmbeddedHome(createMemoryShelf(), now);
  const packed = createPackedStore(home, createKeyNames("g1"), now);
  const folds: PersonKey[] = [];
  const entries: number[] = [];
  const store: CounterStore = {
    ...packed,
    observe: async (observation) => {
      const observed = await packed.observe(observation);
      if ("memory" in observed) entries.push(observed.memory.ledger.length);
      return observed;
    },
    fold: async (person, at) => {
      folds.push(person);
      return packed.fold(person, at);
    },
  };
  const notices: string[] = [];
  const replay = openReplay({
    ...{ clock, store, pseudonymiser },
    bundle: await loadBundle(readConfig({}), pseudonymiser, START),
    observer: { notice: ({ kind }) => notices.push(kind) },
  });
  const feed = async (i: number) => {
    for (const line of visit(i)) {
      const told = await replay.feed(JSON.stringify(line));
      if (told?.problem ?? told?.check?.problem) t.fail(JSON.stringify(told));
    }
  };
  for (let i = 0; i <= LEDGER_FOLD_ABOVE; i++) await feed(i);
  t.same(folds, [], "not before");
  await feed(LEDGER_FOLD_ABOVE + 1);
  t.equal(folds.length, 1);
  t.same(
    notices.filter((kind) => kind.startsWith("ledger.")),
    ["ledger.folded"],
  );
  await feed(LEDGER_FOLD_ABOVE + 2);
  t.equal(entries.at(-2), LEDGER_FOLD_ABOVE + 1);
  t.equal(entries.at(-1), LEDGER_FOLDED_TO, "the very next check reads it folded");
  t.equal(folds.length, 1, "and there is room again");
});
