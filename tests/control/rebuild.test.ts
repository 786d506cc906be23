import t from "tap";
import type { GuardEvent } from "../../src/audit/event.ts";
import type { RecordFacts, RecordSource } from "../../src/audit/record-source.ts";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import { Rebuilder } from "../../src/checkout/rebuild/rebuilder.ts";
import type { DeskTools } from "../../src/checkout/tools.ts";
import { AT_FIRST, readGenerations } from "../../src/control/generations.ts";
import {
  type Estate,
  filledMemory,
  personsOf,
  storeOf,
} from "../../src/control/rebuild/filled-memory.ts";
import { GenerationChanges } from "../../src/control/rebuild/generation-changes.ts";
import { RecordIncompleteError } from "../../src/control/rebuild/rebuild-errors.ts";
import {
  type RebuildOptions,
  type RebuildReport,
  runRebuild,
} from "../../src/control/rebuild/run-rebuild.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { embeddedDocuments } from "../../src/counters/embedded/embedded-documents.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { type DurationMs, MINUTE, SILENT } from "../../src/units.ts";
import { Fickle, KEY, openInstance } from "../checkout/entry-shop.ts";
import {
  nhsaAnswer,
  post,
  returnUpload,
  saleMessage,
  saleUpload,
} from "../checkout/nhsa-messages.ts";
import { AT, eventData, loadTestBundle, Shop, sale } from "../checkout/shop.ts";
import { accepted } from "../swipe/bodies.ts";

const SALES = 12;
const PLAIN: RebuildOptions = { dryRun: false, keepOld: false, acceptGaps: false };
const WHOLE = { trimmed: false, lost: 0 };

let loaded: Promise<Bundle> | undefined;
const bundleOnce = () => {
  loaded ??= loadTestBundle();
  return loaded;
};

/** A memory with a dozen persons' settled sales in it, and the record of them. */
class World {
  readonly shelf = createMemoryShelf();
  readonly documents = embeddedDocuments(this.shelf, "g1");
  readonly shop: Shop;
  readonly events: GuardEvent[] = [];
  readonly told: object[] = [];
  private readonly bundle: Bundle;
  private readonly estate: Estate;

  private constructor(bundle: Bundle) {
    const { shelf } = this;
    const home = createEmbeddedHome(shelf, () => this.shop.clock.now());
    this.estate = {
      home,
      forget: async (key) => this.shelf.remove(key),
      remove: async (generation) => {
        for (const key of this.keys(generation)) this.shelf.remove(key);
      },
      scan: async function* (this: void, prefix) {
        yield [...shelf.keys(prefix)];
      },
      close: () => home.close(),
    };
    this.bundle = bundle;
    this.shop = this.shopOf("g1");
  }

  /** Tills over one generation of the memory. */
  shopOf(generation: string): Shop {
    return new Shop(this.bundle, (clock) => storeOf(this.estate, generation, () => clock.now()));
  }

  static async open(): Promise<World> {
    const world = new World(await bundleOnce());
    const { desk, records } = world.shop.open();
    for (let person = 1; person <= SALES; person += 1) {
      world.shop.at(person * MINUTE);
      world.told.push(accepted(await desk.check(world.sale(person), {})));
      accepted(
        await desk.settle(`sale-${person}-0001`, { settlementId: `S${person}`, visitId: "V1" }, {}),
      );
    }
    world.events.push(...records.map(({ event }) => event));
    return world;
  }

  sale(person: number) {
    return sale({ id: `sale-${person}-0001`, at: AT + person * MINUTE, person, boxes: [person] });
  }

  keys(generation: string): string[] {
    const keys = [...this.shelf.keys(`${generation}:`)].filter((key) => !key.includes("{control}"));
    return keys.sort();
  }

  /** Everything that is remembered, to the byte. */
  dump(generation: string): ReadonlyMap<string, string> {
    const bytes = (key: string) => this.shelf.get(key, 0)?.toString("base64url") ?? "";
    return new Map(this.keys(generation).map((key) => [key.slice(generation.length), bytes(key)]));
  }

  /** As a store that lost what was written last: the whole memory of some persons. */
  lose(persons: number): void {
    const ledgers = this.keys("g1").filter((key) => key.includes("{p"));
    const lost = new Set(ledgers.map((key) => /\{p[^}]+\}/.exec(key)?.[0] ?? ""));
    for (const person of [...lost].slice(0, persons))
      for (const key of ledgers) if (key.includes(person)) this.shelf.remove(key);
  }

  async rebuild(
    options: Partial<RebuildOptions> = {},
    events: readonly GuardEvent[] = this.events,
    facts: Partial<RecordFacts> = {},
  ): Promise<RebuildReport> {
    const { clock } = this.shop;
    const now = () => clock.now();
    const timers = {
      after: (wait: DurationMs, run: () => void) => {
        const timer = setImmediate(() => {
          clock.set(clock.now() + wait);
          run();
        });
        return () => clearImmediate(timer);
      },
    };
    const tools: DeskTools = {
      ...{ clock, timers, observer: SILENT, bundle: () => this.shop.bundle },
      ...{ store: storeOf(this.estate, "g1", now), keyring: fixedKeyring(KEY) },
      ...{ recorder: NO_RECORDER, enforce: "all", deadline: Infinity, patient: true },
    };
    return runRebuild({
      changes: await GenerationChanges.hold(this.documents, "test"),
      source: sourceOf(events, { ...WHOLE, ...facts }),
      rebuilderOf: (generation) => new Rebuilder(tools, filledMemory(this.estate, generation, now)),
      storeOf: (generation) => storeOf(this.estate, generation, now),
      remove: (generation) => this.estate.remove(generation),
      personsOf: (generation, max) => personsOf(this.estate, generation, max),
      ...{ live: true, options: { ...PLAIN, ...options }, clock, timers },
      ...{ random: () => 0, signal: new AbortController().signal, progress: () => undefined },
    });
  }

  async generations() {
    return (await readGenerations(this.documents)).generations;
  }
}

function personOf(event: GuardEvent | undefined): string {
  return event !== undefined && "person" in event.data ? event.data.person : "";
}

const nothing = async () => undefined;
const NO_RECORDER: DeskTools["recorder"] = {
  ...{ decided: nothing, settled: nothing, reversed: nothing, acknowledged: nothing },
  ...{ waiting: nothing, entered: nothing, applied: nothing, clue: nothing, indicator: nothing },
};

/** A record that is there as a whole, and to which nothing is added. */
function sourceOf(
  events: readonly GuardEvent[],
  facts: Pick<RecordFacts, "trimmed" | "lost">,
): RecordSource {
  let taken = 0;
  return {
    next: async (max) => {
      const some = events.slice(taken, taken + max);
      taken += some.length;
      return some;
    },
    readTo: () => (taken < events.length ? 0 : Number.POSITIVE_INFINITY),
    facts: () => ({ name: "the record of the test", instances: new Map(), ...facts }),
    close: nothing,
  };
}

t.test("a dry run says what would come back, and leaves everything as it was", async (t) => {
  const world = await World.open();
  const whole = world.dump("g1");
  world.lose(5);
  const before = world.dump("g1");
  t.ok(before.size < whole.size);

  const dry = await world.rebuild({ dryRun: true });

  t.match(dry, { switched: false, living: "g1", before: "g1", records: world.events.length });
  t.match(dry.compared, {
    persons: SALES,
    cameBack: 5,
    missing: 0,
    different: 0,
    alike: SALES - 5,
  });
  t.same(await world.generations(), AT_FIRST, "the same memory lives");
  t.same(world.keys("g2"), [], "what was filled is removed");
  t.same(world.dump("g1"), before, "and the living one was not touched");

  const real = await world.rebuild();

  t.match(real, { switched: true, living: "g2", before: "g1" });
  t.same(real.compared, dry.compared, "it does what the dry run said");
  t.same(await world.generations(), { ...AT_FIRST, living: "g2" });
  t.same(world.dump("g2"), whole, "to the byte what it was before the loss");
  t.same(world.keys("g1"), []);
});

t.test("a record with gaps is refused, until they are accepted", async (t) => {
  const world = await World.open();
  const before = world.dump("g1");
  const half = world.events.filter(
    (_, index) => index % 2 === 1 || index >= world.events.length / 2,
  );
  const gaps = world.events.length - half.length;

  const ofSome = world.events.filter(
    ({ data }) => "person" in data && data.person !== personOf(world.events[0]),
  );
  const unsettled = world.events.filter(
    ({ type, subject }) => type !== "swipe.settled" || subject !== "sale-3-0001",
  );
  const cases: readonly (readonly [string, readonly GuardEvent[], Partial<RecordFacts>, RegExp])[] =
    [
      ["checks are missing", half, {}, new RegExp(`the memory has ${gaps} swipes of \\d+ persons`)],
      ["of a person it says nothing", ofSome, {}, /the memory has 1 swipes of 12 persons/],
      ["a settlement is missing", unsettled, {}, /the memory has 1 swipes of 12 persons/],
      ["it was trimmed", world.events, { trimmed: true }, /oldest records were removed/],
      ["a part cannot be read", world.events, { lost: 3 }, /3 of its records cannot be read/],
    ];
  for (const [name, events, facts, sentence] of cases) {
    const refused = await world.rebuild({}, events, facts).catch((error: unknown) => error);
    t.ok(refused instanceof RecordIncompleteError, name);
    t.match(String(refused), sentence);
    t.match(String(refused), /--accept-gaps/, "and it says how to go on");
    t.same(await world.generations(), AT_FIRST);
    t.same(world.keys("g2"), [], "what was filled is removed");
    t.same(world.dump("g1"), before, "the memory is as it was");
    const dry = await world.rebuild({ dryRun: true }, events, facts);
    t.equal(dry.switched, false, "a dry run tells of it and refuses nothing");
    t.equal(dry.compared.missing, events === half ? gaps : events === world.events ? 0 : 1);
  }

  const accepted = await world.rebuild({ acceptGaps: true }, half, { trimmed: true, lost: 1 });

  t.match(accepted, { switched: true, living: "g2", compared: { missing: gaps } });
  t.match(accepted.outcomes, { unknown: gaps }, "settlements of what it does not know are counted");
  t.equal((await world.generations()).living, "g2");
});

t.test("what was sold without asking stays so after a rebuild", async (t) => {
  const world = await World.open();
  const { desk, records } = world.shop.open();
  world.shop.at(20 * MINUTE);
  const body = { ...sale({ id: "late-0001", at: AT + 20 * MINUTE, person: 50, boxes: [50] }) };
  const settled = { settlementId: "S50", visitId: "V1", swipe: body };
  accepted(await desk.settle("late-0001", settled, {}));
  const entered = records.find(({ event }) => event.type === "swipe.entered");
  const settlement = records.find(({ event }) => event.type === "swipe.settled");
  t.match(eventData(settlement), { unchecked: true });
  world.events.push(...records.map(({ event }) => event));
  const before = world.dump("g1");

  await world.rebuild();

  t.same(world.dump("g2"), before, "to the byte, the sealed answer too");
  t.ok(entered);
});

t.test("a sale entered late takes its first try's place, also rebuilt", async (t) => {
  for (const deaf of [[], ["seal"]] as const) {
    const world = await World.open();
    const memory = new Fickle(world.shop.store);
    t.testdir({});
    const guard = await openInstance(t, world.shop, memory.store, { name: `deaf-${deaf.length}` });
    world.shop.at(20 * MINUTE);
    const of = { at: AT + 20 * MINUTE, person: 70, boxes: [70], token: "TOKEN-70" };
    accepted(await guard.desk.check(sale({ id: "ask-70-0001", ...of }), {}));
    memory.away = "all";
    const body = sale({ id: "sale-70-0001", ...of });
    const told = accepted(await guard.desk.check(body, {}));
    t.match(told, { mode: "standIn" });
    memory.away = [];
    // The seal is carried out and its reply lost: what is tried again finds it done.
    memory.deaf = deaf;
    await guard.entry.idle();
    memory.deaf = [];
    await guard.entry.idle();
    t.match(accepted(await guard.desk.find("ask-70-0001", {})), { state: "superseded" });
    world.events.push(...(await guard.events()).map(({ event }) => event));
    const before = world.dump("g1");

    await world.rebuild();

    t.same(world.dump("g2"), before, `to the byte (${deaf.join() || "heard"})`);
    const { desk } = world.shopOf("g2").open();
    t.match(accepted(await desk.check(body, {})), { decidedAt: told.decidedAt, mode: "standIn" });
  }
});

t.test("uploads count as they did: split packs, returns told again", async (t) => {
  const world = await World.open();
  const { desk, records } = world.shop.open();
  world.shop.at(20 * MINUTE);
  for (const [person, sold] of [
    [61, 0.5],
    [62, 0.25],
  ] as const) {
    const [id, settlement] = [`msg-2102-00${person}`, `SETL-${person}`];
    await post(desk, "2102", saleMessage("2102", { id, person, quantity: sold, days: 2 }));
    const upload = { id: `m-3505-00${person}`, person, settlement, quantity: sold, boxes: [60] };
    await post(desk, "3505", saleUpload({ ...upload, split: true }));
  }
  const three = { id: "msg-2102-0063", person: 63, boxes: [63, 64, 65], days: 9 };
  await post(desk, "2102", saleMessage("2102", three));
  await post(desk, "2102/answer", nhsaAnswer("msg-2102-0063", "SETL-63"));
  const back = { id: "msg-3506-0063", person: 63, settlement: "SETL-63", boxes: [64] };
  t.match(await post(desk, "3506", returnUpload(back)), { matched: 1 });
  const uploads = records.flatMap(({ event }) =>
    "upload" in event.data ? [event.data.upload] : [],
  );
  t.match(uploads, [{ split: true }, { split: true }, { content: /^[\w-]{11}$/ }]);
  world.events.push(...records.map(({ event }) => event));
  const before = world.dump("g1");

  await world.rebuild();

  t.same(world.dump("g2"), before, "to the byte");
  const again = world.shopOf("g2").open();
  const told = returnUpload({ ...back, id: "msg-3506-9999" });
  t.match(await post(again.desk, "3506", told), { matched: 1 });
  t.match(accepted(await again.desk.find("msg-2102-0063", {})), { lines: [{ quantity: 2 }] });
});
