import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { LogEntry } from "../../src/counters/contract.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { SECOND } from "../../src/units.ts";
import { AT, MINUTE, personBytes, swipe, value } from "./fixtures.ts";

const WINDOW = 10 * MINUTE;
const LIVE = 5 * SECOND;

function entry(secondsAgo: number, person: string, amount = 1_000): LogEntry {
  const at = AT - secondsAgo * SECOND;
  return {
    at,
    swipe: swipeKey("", `${secondsAgo}${person}`),
    person: personBytes(person).slice(0, 8),
    amount,
  };
}

const persons = { entity: "terminal", distinct: "person", window: "10m", exact: 64 };
const attempts = { entity: "terminal", count: "attempts", window: "10m", exact: 64 };
const amounts = { entity: "terminal", sum: "amount", window: "10m", exact: 64 };
const gaps = { entity: "terminal", gaps: "person", below: "15s", window: "10m", exact: 64 };

/** Seconds before the swipe judged: on, just inside and just outside every edge there is. */
const gridSeconds = fc.constantFrom(
  -6,
  -5,
  -4,
  -1,
  0,
  1,
  14,
  15,
  16,
  30,
  299,
  300,
  598,
  599,
  600,
  601,
  900,
);
const log = fc
  .array(
    fc.record({
      secondsAgo: gridSeconds,
      person: fc.constantFrom("a", "b", "c", "d", "own"),
      amount: fc.integer({ min: 1, max: 100_000 }),
    }),
    { maxLength: 40 },
  )
  .map((entries) =>
    entries.map(({ secondsAgo, person, amount }) => entry(secondsAgo, person, amount)),
  );

function isIn({ at }: LogEntry): boolean {
  return at > AT - WINDOW && at <= AT + LIVE;
}

t.test("a window is half-open and reaches five seconds past the swipe judged", async (t) => {
  t.equal(value(persons, { memory: { logs: [[entry(600, "a")]] } }), 1, "ten minutes ago is out");
  t.equal(
    value(persons, { memory: { logs: [[entry(599.999, "a")]] } }),
    2,
    "a millisecond less is in",
  );
  t.equal(value(persons, { memory: { logs: [[entry(-5, "a")]] } }), 2, "five seconds ahead is in");
  t.equal(
    value(persons, { memory: { logs: [[entry(-5.001, "a")]] } }),
    1,
    "a millisecond more is out",
  );
});

t.test("counts over any log equal the plain definition, on the edges too", async (t) => {
  const counts = fc.property(log, (entries) => {
    const memory = { logs: [entries] };
    const inside = entries.filter(isIn);
    const own = personBytes("own").slice(0, 8);
    const total = inside.reduce((sum, { amount }) => sum + amount, swipe().total);
    assert.equal(
      value(persons, { memory }),
      new Set([own, ...inside.map(({ person }) => person)]).size,
    );
    assert.equal(value(attempts, { memory }), inside.length + 1);
    assert.equal(value(amounts, { memory }), total / 100);
  });
  t.doesNotThrow(() => fc.assert(counts, { numRuns: 300 }));
});

t.test("twelve persons over 9:59 are twelve at any phase, and those before are not", async (t) => {
  const phases = fc.array(fc.integer({ min: 0, max: 599 }), { minLength: 11, maxLength: 11 });
  const twelve = fc.property(phases, (seconds) => {
    const entries = seconds.map((secondsAgo, index) => entry(secondsAgo, `p${index}`));
    assert.equal(value(persons, { memory: { logs: [entries] } }), 12);
  });
  t.doesNotThrow(() => fc.assert(twelve));
  const spread = Array.from({ length: 11 }, (_, index) => entry(index * 78, `p${index}`));
  t.equal(value(persons, { memory: { logs: [spread] } }), 9, "one every 78 s: eight are within");
});

/** The plain definition: pairs of neighbours in time, from the swipe judged backwards. */
function naiveGaps(entries: readonly LogEntry[]): number {
  const own = { at: AT, person: personBytes("own").slice(0, 8) };
  const before = entries.filter(isIn).map(({ at, person }) => ({ at: Math.min(at, AT), person }));
  const run = [...before.sort((a, b) => a.at - b.at), own];
  const short = run.slice(1).map((later, index) => {
    const earlier = run[index];
    if (earlier === undefined || earlier.person === later.person) return "same";
    return later.at - earlier.at < 15 * SECOND ? "short" : "long";
  });
  return short.slice(short.lastIndexOf("long") + 1).filter((gap) => gap === "short").length;
}

t.test("short gaps are those between different persons in the run that ends here", async (t) => {
  const run = ["a", "b", "c", "d"].map((person, index) => entry((4 - index) * 14, person));
  t.equal(value(gaps, { memory: { logs: [run] } }), 4, "five persons, 14 s apart");
  const slow = ["a", "b", "c", "d"].map((person, index) => entry((4 - index) * 15, person));
  t.equal(value(gaps, { memory: { logs: [slow] } }), 0, "15 s is not below 15 s");
  const retried = [entry(40, "a"), entry(30, "b"), entry(12, "b"), entry(5, "c")];
  t.equal(
    value(gaps, { memory: { logs: [retried] } }),
    3,
    "a retry neither breaks the run nor counts",
  );
  const paused = [entry(60, "a"), entry(50, "b"), entry(20, "c"), entry(10, "d")];
  t.equal(value(gaps, { memory: { logs: [paused] } }), 2, "a pause ends the run");
  const plain = fc.property(log, (entries) => {
    assert.equal(value(gaps, { memory: { logs: [entries] } }), naiveGaps(entries));
  });
  t.doesNotThrow(() => fc.assert(plain, { numRuns: 300 }));
});

t.test("a store that was not heard leaves counts missing", async (t) => {
  for (const declaration of [persons, attempts, amounts, gaps]) {
    t.equal(value(declaration, { memory: null }), "missing");
  }
});
