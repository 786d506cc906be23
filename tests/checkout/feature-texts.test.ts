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

const planned: fc.Arbitrary<FeaturePlan> = fc
  .record({
    all: fc.uniqueArray(names, { maxLength: 12 }),
    ofSwipe: fc.nat(12),
    kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 12, maxLength: 12 }),
  })
  .map(({ all, ofSwipe, kinds }) => {
    const features: readonly PlannedFeature[] = all.map((name, index) => ({
      name,
      definition: { kind: kinds[index] ?? "swipe" } as FeatureDefinition,
    }));
    const plan = { swipe: features.slice(0, ofSwipe), lines: features.slice(ofSwipe) };
    return plan as unknown as FeaturePlan;
  });

const rows = fc.array(readings, { maxLength: 12 });

function vectors(lines: fc.ArrayConstraints): fc.Arbitrary<FeatureVector> {
  return fc.record({ swipe: rows, lines: fc.array(rows, lines) }) as fc.Arbitrary<FeatureVector>;
}

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

function equalsObjects(written: FeatureTexts, plan: FeaturePlan, vector: FeatureVector): boolean {
  return String(written.of(plan, vector)) === JSON.stringify(byName({ plan, vector }));
}

t.test("features written as text are their objects' JSON to the letter", (t) => {
  const written = new FeatureTexts();
  fc.assert(
    fc.property(planned, fc.array(vectors({ maxLength: 3 }), { maxLength: 6 }), (plan, told) => {
      for (const vector of told) t.ok(equalsObjects(written, plan, vector));
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test("and so they are where the next swipe differs from the one before in a few of them", (t) => {
  const written = new FeatureTexts();
  const changes = fc.array(fc.tuple(fc.nat(60), readings), { maxLength: 4 });
  const first = fc.record({
    swipe: fc.array(readings, { minLength: 12, maxLength: 12 }),
    lines: fc.array(fc.array(readings, { minLength: 12, maxLength: 12 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(planned, first, fc.array(changes, { maxLength: 8 }), (plan, from, steps) => {
      let vector = from as FeatureVector;
      t.ok(equalsObjects(written, plan, vector));
      for (const step of steps) {
        vector = changed(vector, step);
        t.ok(equalsObjects(written, plan, vector));
      }
    }),
    { numRuns: 300 },
  );
  t.end();
});

function changed(
  { swipe, lines }: FeatureVector,
  step: readonly (readonly [number, Reading | undefined])[],
): FeatureVector {
  const all = [swipe, ...lines].map((row) => [...row]);
  for (const [place, reading] of step) {
    const row = all[place % all.length];
    if (row !== undefined && reading !== undefined) row[place % 12] = reading;
  }
  return { swipe: all[0] ?? [], lines: all.slice(1) };
}

t.test(
  "given rows that are filled anew for the next swipe, each record says what its own did",
  (t) => {
    const written = new FeatureTexts();
    const rows = fc.array(readings, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(planned, fc.array(rows, { minLength: 2, maxLength: 6 }), (plan, told) => {
        const swipe: (Reading | undefined)[] = [];
        const line: (Reading | undefined)[] = [];
        const vector = { swipe, lines: [line] } as unknown as FeatureVector;
        for (const row of told) {
          swipe.splice(0, swipe.length, ...row);
          line.splice(0, line.length, ...row);
          t.ok(equalsObjects(written, plan, vector));
        }
      }),
      { numRuns: 100 },
    );
    t.end();
  },
);

t.test("and so they are of a sale of more lines than are kept, between smaller ones", (t) => {
  const written = new FeatureTexts();
  const large = vectors({ minLength: 15, maxLength: 20 });
  fc.assert(
    fc.property(planned, large, vectors({ maxLength: 2 }), (plan, one, other) => {
      for (const vector of [other, one, other]) t.ok(equalsObjects(written, plan, vector));
    }),
    { numRuns: 50 },
  );
  t.end();
});

t.test("and so they are after a text that is longer than any sheet has room for", (t) => {
  const written = new FeatureTexts();
  const kind = { kind: "reference" } as FeatureDefinition;
  const features = ["a", "b", "c"].map((name) => ({ name, definition: kind }));
  const plan = { swipe: features, lines: [] } as unknown as FeaturePlan;
  const said = (...known: readonly (number | string)[]): FeatureVector => ({
    swipe: known.map((value) => ({ known: value })),
    lines: [],
  });
  const told = [said(1, "b", 3), said(2, "药".repeat(100_000), 4), said(2, "b", 3)];
  for (const vector of told) t.ok(equalsObjects(written, plan, vector));
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
