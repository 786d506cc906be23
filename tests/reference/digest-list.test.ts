import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import type { DigestList } from "../../src/reference/digest-list.ts";
import { createDigestListBuilder } from "../../src/reference/digest-list.ts";
import type { Period } from "../../src/reference/periods.ts";
import { holds, periodOf } from "../../src/reference/periods.ts";

function build(rows: readonly (readonly [string, Period])[]): DigestList {
  const builder = createDigestListBuilder();
  for (const [id, period] of rows) builder.add(id, period);
  const steps = builder.build();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const pseudonym = (seed: number) =>
  createHash("sha256").update(String(seed)).digest().subarray(0, 10).toString("base64url");

t.test("it holds what a plain list of rows holds", async (t) => {
  // Ids are drawn from few, so that repeats, near misses and composed ids are frequent.
  const id = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map(pseudonym),
    fc.integer({ min: 0, max: 5 }).map((seed) => `P21010200123:${pseudonym(seed)}`),
    fc.constantFrom("AAAAAAAAAAAAAA", "AAAAAAAAAAAAAB", "AAAAAAAAAAAAAQ", "", "A"),
  );
  const dayOrOpen = fc.option(fc.integer({ min: 20_000, max: 20_004 }), { nil: undefined });
  const row = fc.tuple(
    id,
    fc.tuple(dayOrOpen, dayOrOpen).map(([from, to]) => periodOf(from, to)),
  );
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 200 }),
      id,
      fc.integer({ min: 19_999, max: 20_005 }),
      (rows, asked, day) => {
        const list = build(rows);
        t.equal(list.size, rows.length);
        const expected = rows.some(([held, period]) => held === asked && holds(period, day));
        t.equal(list.holds(asked, day), expected);
      },
    ),
    { numRuns: 500 },
  );
});

t.test("every one of many is found, and nobody else", async (t) => {
  const many = 50_000;
  const list = build(
    Array.from({ length: many }, (_, seed) => [pseudonym(seed), periodOf(undefined, undefined)]),
  );
  let found = 0;
  for (let seed = 0; seed < many; seed += 1) if (list.holds(pseudonym(seed), 20_000)) found += 1;
  t.equal(found, many);
  let strangers = 0;
  for (let seed = many; seed < many + 5_000; seed += 1)
    if (list.holds(pseudonym(seed), 20_000)) strangers += 1;
  t.equal(strangers, 0);
});

t.test("days beyond what sixteen bits hold are open ends", async (t) => {
  const period = periodOf(-500, 90_000);
  t.ok(holds(period, 0));
  t.ok(holds(period, 20_000));
  t.ok(holds(period, 80_000));
});

t.test("an id on very many rows is found in each of its periods", async (t) => {
  const rows = Array.from({ length: 3_000 }, (_, at) => {
    const id = at % 3 === 0 ? "often" : `seldom-${at}`;
    return [id, periodOf(20_000 + at, 20_000 + at)] as const;
  });
  const list = build(rows);
  for (let at = 0; at < rows.length; at += 1) {
    const day = 20_000 + at;
    if (list.holds("often", day) !== (at % 3 === 0)) t.fail(`row ${at} of the frequent id`);
    if (list.holds(`seldom-${at}`, day) !== (at % 3 !== 0)) t.fail(`row ${at}`);
  }
  t.equal(list.size, 3_000);
});
