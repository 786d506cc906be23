import t from "tap";
import { z } from "zod";
import { CheckBody } from "../../src/swipe/check-body.ts";
import { NhsaSaleEnvelope } from "../../src/swipe/nhsa/envelope.ts";
import { fullCheck, fullEnvelope, leastCheck, withValue } from "./bodies.ts";

/** What tills send where something else belongs. */
const ODD: readonly unknown[] = [
  null,
  undefined,
  "",
  " ",
  "x",
  "\u0000",
  "12.345",
  "x".repeat(300),
  -1,
  0,
  0.005,
  1e21,
  true,
  [],
  {},
  [null],
  { more: 1 },
];

const SCHEMAS = [
  { name: "CheckBody", schema: CheckBody, bodies: [fullCheck(), leastCheck()] },
  { name: "NhsaSaleEnvelope", schema: NhsaSaleEnvelope, bodies: [fullEnvelope()] },
];

for (const { name, schema, bodies } of SCHEMAS) {
  t.test(`${name} is read the same whether compiled or not`, async (t) => {
    // Strict: what the library cannot compile it would leave slow without a word.
    const compiled = z.compile(schema as z.ZodType, { strict: true });
    const told = (reader: z.ZodType, body: unknown) => {
      const { success, data, error } = reader.safeParse(body);
      return JSON.stringify(success ? data : error.issues);
    };
    const cases = bodies.flatMap((body) => [
      body,
      ...everyPlace(body).flatMap((place) => ODD.map((value) => withValue(body, place, value))),
      { ...body, more: 1 },
    ]);
    const apart = [...cases, ...ODD].filter((body) => told(compiled, body) !== told(schema, body));
    t.strictSame(apart, []);
    t.ok(cases.length > 1_000, `${cases.length} bodies`);
    t.ok(compiled.safeParse(bodies[0]).success);
  });
}

type Place = readonly (string | number)[];

/** Of values, of objects and of lists. */
function everyPlace(body: unknown, path: Place = []): readonly Place[] {
  if (typeof body !== "object" || body === null) return [path];
  const within = Object.entries(body).flatMap(([key, value]) =>
    everyPlace(value, [...path, Array.isArray(body) ? Number(key) : key]),
  );
  return [path, ...within];
}
