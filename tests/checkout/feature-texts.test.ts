import fc from "fast-check";
import t from "tap";
import { FeatureTexts } from "../../src/checkout/feature-texts.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import type { FeatureDefinition } from "../../src/features/definition.ts";
import type { FeaturePlan, PlannedFeature } from "../../src/features/plan.ts";
import type { FeatureKind, FeatureVector, Reading } from "../../src/features/vector.ts";
import { accepted } from "../swipe/bodies.ts";
import { eventData, loadTestBundle, Shop, sale } from "./shop.ts";

const KINDS: readonly FeatureKind[] = ["swipe", "line", "reference", "list", "store"];
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1e21, 1e-7, 0.1, Number.MAX_SAFE_INTEGER, -Number.MAX_VALUE),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
  fc.integer(),
  fc.double(),
);
const odd = fc.constantFrom("absent", "missing", "", '"', "\\", "\n", "余药", "\ud800", "\u2028");
const texts = fc.oneof(odd, fc.string({ unit: "binary" }));
const readings: fc.Arbitrary<Reading | undefined> = fc.oneof(
  fc.constantFrom("absent" as const, "missing" as const, undefined),
  fc.oneof(fc.boolean(), numbers, texts).map((known) => ({ known })),
);
const names = fc.oneof(
  fc.constantFrom("__proto__", '"', "药", "a b"),
  fc.string().map((name) => `f${name}`),
);

interface Case {
  readonly plan: FeaturePlan;
  readonly vector: FeatureVector;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    all: fc.uniqueArray(names, { maxLength: 12 }),
    ofSwipe: fc.nat(12),
    kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 12, maxLength: 12 }),
    swipe: fc.array(readings, { maxLength: 12 }),
    lines: fc.array(fc.array(readings, { maxLength: 12 }), { maxLength: 3 }),
  })
  .map(({ all, ofSwipe, kinds, swipe, lines }) => {
    const planned: readonly PlannedFeature[] = all.map((name, index) => ({
      name,
      definition: { kind: kinds[index] ?? "swipe" } as FeatureDefinition,
    }));
    const plan = { swipe: planned.slice(0, ofSwipe), lines: planned.slice(ofSwipe) };
    return { plan: plan as unknown as FeaturePlan, vector: { swipe, lines } as FeatureVector };
  });

/** The same as objects: what a record's schema describes. */
function byName({ plan, vector }: Case): object {
  const read = (reading: Reading | undefined) => reading ?? "missing";
  return Object.fromEntries([
    ...plan.swipe.map(({ name, definition: { kind } }, index) => [
      name,
      { kind, value: read(vector.swipe[index]) },
    ]),
    ...plan.lines.map(({ name, definition: { kind } }, index) => [
      name,
      { kind, lines: vector.lines.map((row) => read(row[index])) },
    ]),
  ]);
}

t.test("features written as text are their objects' JSON to the letter", (t) => {
  const written = new FeatureTexts();
  fc.assert(
    fc.property(cases, (each) => {
      const expected = JSON.stringify(byName(each));
      t.equal(written.of(each.plan, each.vector), expected);
      t.equal(written.of(each.plan, each.vector), expected, "and told again under the same plan");
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test(
  "they stand in the record in their place, whatever the till's own words read like",
  async (t) => {
    const shop = new Shop(await loadTestBundle(), ({ now }) =>
      createPackedStore(createEmbeddedHome(createMemoryShelf(), now), createKeyNames("g1"), now),
    );
    const { desk, records } = shop.open();
    const body = sale({ id: "sale-0001", boxes: [1] });
    const sku = '"features":{},"hits":[]';
    accepted(
      await desk.check({ ...body, lines: body.lines.map((line) => ({ ...line, sku })) }, {}),
    );
    const data = eventData(records[0]);
    const plan = shop.bundle.policy.plan;
    const names = [...plan.swipe, ...plan.lines].map(({ name }) => name);
    t.same(Object.keys(data["features"] as object), names);
    t.match(data["swipe"], { lines: [{ sku }] });
  },
);
