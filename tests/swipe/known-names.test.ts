import fc from "fast-check";
import t from "tap";
import { canonicalJson } from "../../src/swipe/canonical-json.ts";
import { KNOWN_OF_A_LENGTH, KnownNames } from "../../src/swipe/known-names.ts";

/** Few names, so that the same ones come again in the same order and in others, and with a value left out. */
const anObject = fc.uniqueArray(fc.constantFrom("a", "b", "ab", "_c", "d1", '"', "ü"), {
  maxLength: 7,
});
const aValue = fc.oneof(
  fc.constant(undefined),
  fc.integer(),
  fc.string(),
  fc.constant({ b: 1, a: 2 }),
);
const aBody = fc
  .tuple(anObject, fc.array(aValue, { minLength: 7, maxLength: 7 }))
  .map(([names, values]) => Object.fromEntries(names.map((name, place) => [name, values[place]])));

t.test("canonical JSON is the same with names remembered, whatever came before", async (t) => {
  const known = new KnownNames();
  fc.assert(
    fc.property(fc.array(aBody, { minLength: 1, maxLength: 20 }), (bodies) =>
      bodies.every((body) => canonicalJson(body, known) === canonicalJson(body)),
    ),
  );
  t.pass();
});

t.test("names that come again in the same order are not sorted anew", async (t) => {
  const known = new KnownNames();
  const first = known.of(["person", "lines"]);
  t.same(first, {
    own: ["person", "lines"],
    names: ["lines", "person"],
    pieces: [
      ['{"lines":', '{"lines":"', '","lines":', '","lines":"', ',"lines":', ',"lines":"'],
      ['{"person":', '{"person":"', '","person":', '","person":"', ',"person":', ',"person":"'],
    ],
  });
  t.equal(known.of(["person", "lines"]), known.of(["person", "lines"]));
  t.not(
    known.of(["lines", "person"]),
    known.of(["person", "lines"]),
    "another order is another set",
  );
});

t.test(
  "what is remembered of names is bounded, and none of it can be a person's number",
  async (t) => {
    const known = new KnownNames();
    const letters = (count: number) => "x".repeat(count);
    known.of([letters(1)]);
    const oldest = known.of([letters(1)]);
    for (let more = 2; more <= KNOWN_OF_A_LENGTH + 1; more += 1) known.of([letters(more)]);
    t.not(known.of([letters(1)]), oldest, "the oldest has made room");
    const number = ["430000302810001287"];
    t.not(known.of(number), known.of(number));
    const many = Array.from({ length: 60 }, (_, place) => letters(1 + (place % 39)));
    t.not(known.of(many), known.of(many), "nor longer sets than a message has");
  },
);
