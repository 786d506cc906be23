import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { Attempt, LogEntry } from "../../src/counters/contract.ts";
import { bytes32, swipeKey } from "../../src/features/digests.ts";
import { SECOND, shanghaiDay, shanghaiMidnight } from "../../src/units.ts";
import {
  AT,
  DAY,
  ELSEWHERE,
  HERE,
  line,
  MINUTE,
  personBytes,
  pseudonym,
  reading,
  readings,
  swipe,
  value,
} from "./fixtures.ts";

const WINDOW = 10 * MINUTE;
const LIVE = 5 * SECOND;

function entry(secondsAgo: number, person: string, amount = 1_000): LogEntry {
  const at = AT - secondsAgo * SECOND;
  return {
    at,
    swipe: swipeKey("", `${secondsAgo}${person}`),
    person: personBytes(person),
    amount,
    mark: "\0\0\0\0",
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
      amount: fc.constantFrom(1_000, 2_500, 99_999),
    }),
    { maxLength: 40 },
  )
  .map((entries) =>
    entries.map(({ secondsAgo, person, amount }) => entry(secondsAgo, person, amount)),
  );

function isIn({ at }: LogEntry): boolean {
  return at > AT - WINDOW && at <= AT + LIVE;
}

/** The plain definition: the same person and amount come again within fifteen minutes. */
function isEarlierStep(entry: LogEntry, inside: readonly LogEntry[]): boolean {
  return inside.some(
    (other, place) =>
      other.person === entry.person &&
      other.amount === entry.amount &&
      other.at - entry.at < 15 * MINUTE &&
      (other.at > entry.at || (other.at === entry.at && place > inside.indexOf(entry))),
  );
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
    const own = personBytes("own");
    const sales = inside.filter((entry) => !isEarlierStep(entry, inside));
    const total = sales.reduce((sum, { amount }) => sum + amount, swipe().total);
    assert.equal(
      value(persons, { memory }),
      new Set([own, ...inside.map(({ person }) => person)]).size,
    );
    assert.equal(value(attempts, { memory }), sales.length + 1);
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
  const own = { at: AT, person: personBytes("own") };
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
  const asked: Attempt = {
    ...{ swipe: swipeKey("", "trial"), at: AT - 20 * SECOND, pharmacy: HERE, area: "210102" },
    ...{ inquiry: true, credential: 3, basket: "bask", codes: [] },
  };
  const before = [entry(50, "a"), entry(40, "b"), entry(30, "c")];
  t.equal(value(gaps, { memory: { logs: [before] } }), 0, "20 s after the last");
  t.equal(
    value(gaps, { memory: { logs: [before], attempts: [asked] } }),
    3,
    "who asked 20 s ago has been here since, though the log is told without steps of the sale",
  );
  const elsewhere = { ...asked, pharmacy: ELSEWHERE };
  t.equal(value(gaps, { memory: { logs: [before], attempts: [elsewhere] } }), 0);
  const plain = fc.property(log, (entries) => {
    assert.equal(value(gaps, { memory: { logs: [entries] } }), naiveGaps(entries));
  });
  t.doesNotThrow(() => fc.assert(plain, { numRuns: 300 }));
});

t.test("a sale is counted once, by its last step", async (t) => {
  const many = { ...attempts, window: "1h" };
  const count = (...entries: readonly LogEntry[]) => value(many, { memory: { logs: [entries] } });
  t.equal(count(entry(300, "a"), entry(200, "a")), 2, "an inquiry and its settlement, and this");
  t.equal(count(entry(1_700, "a"), entry(801, "a")), 2, "a step less than 15 minutes later");
  t.equal(count(entry(1_700, "a"), entry(800, "a")), 3, "after 15 minutes it is another sale");
  t.equal(count(entry(300, "a"), entry(200, "b")), 3, "two persons");
  t.equal(count(entry(300, "a"), entry(200, "a", 2_000)), 3, "another amount");
  t.equal(
    value({ ...amounts, window: "1h" }, { memory: { logs: [[entry(9, "a"), entry(5, "a")]] } }),
    (1_000 + swipe().total) / 100,
    "its money is counted once too",
  );
});

t.test("many counts over one log say together what each says alone", async (t) => {
  const declarations = [
    ...["5s", "10m", "1h", "24h"].flatMap((window) => [
      { ...persons, window },
      { ...attempts, window },
      { ...amounts, window },
      { ...gaps, window },
      { ...persons, distinct: "operator", window },
    ]),
    { entity: "terminal", distinct: "person", per: "day", exact: 64 },
    { entity: "terminal", count: "attempts", per: "day", exact: 64 },
  ];
  const midnight = shanghaiMidnight(shanghaiDay(AT)) + DAY;
  // Just before midnight a day ends sooner than the other windows do.
  const judgedAt = fc.constantFrom(AT, midnight - 1, midnight - 3 * SECOND, midnight);
  const anyOrder = fc.shuffledSubarray(declarations, { minLength: 2 });
  const together = fc.property(log, judgedAt, anyOrder, (entries, at, declared) => {
    const given = {
      swipe: swipe({ at }),
      memory: { logs: [entries.map((each) => ({ ...each, at: each.at - AT + at }))] },
    };
    assert.deepEqual(
      readings(declared, given),
      declared.map((declaration) => reading(declaration, given)),
    );
  });
  t.doesNotThrow(() => fc.assert(together, { numRuns: 200 }));
});

t.test("a day is the calendar's in Shanghai, however near its midnight", async (t) => {
  const today = { entity: "terminal", distinct: "person", per: "day", exact: 64 };
  const midnight = shanghaiMidnight(shanghaiDay(AT));
  const persons = (at: number, ...seenAt: readonly number[]) =>
    value(today, {
      swipe: swipe({ at }),
      memory: { logs: [seenAt.map((then, i) => ({ ...entry(0, `p${i}`), at: then }))] },
    });
  t.equal(persons(AT, midnight), 2, "midnight itself belongs to the day it begins");
  t.equal(persons(AT, midnight - 1), 1, "the millisecond before does not");
  t.equal(persons(midnight, midnight - 1), 1, "at midnight nothing was before");
  t.equal(persons(AT, AT + 5 * SECOND, AT + 5 * SECOND + 1), 2, "five seconds ahead");
  const late = midnight + DAY - 1;
  t.equal(persons(late, late + 1), 1, "a faster clock's tomorrow is not today");
  t.equal(persons(late, midnight, late - 1), 3);
});

t.test("different cashiers and prefectures are counted by what a swipe left of them", async (t) => {
  const operators = { entity: "terminal", distinct: "operator", window: "10m", exact: 64 };
  const cashier = (name: string) => personBytes(name).slice(0, 4);
  const seen = (secondsAgo: number, mark: string) => ({ ...entry(secondsAgo, "a"), mark });
  t.equal(
    value(operators, {
      swipe: swipe({ pharmacy: { operatorStaff: pseudonym("Li") } }),
      memory: {
        logs: [[seen(9, cashier("Li")), seen(7, cashier("Zhao")), seen(5, cashier("Wang"))]],
      },
    }),
    3,
    "whoever the persons were",
  );
  const prefectures = { entity: "outsiders", distinct: "prefecture", window: "24h", exact: 64 };
  const fromWuhan = swipe({ person: { insuredArea: "420100" } });
  const log = [seen(9, "4201"), seen(7, "3101"), seen(DAY / SECOND, "5101")];
  t.equal(value(prefectures, { swipe: fromWuhan, memory: { logs: [log] } }), 2);
  t.equal(value(prefectures, { memory: { logs: [log] } }), 0, "this one is from here");
});

t.test("prescriptions that come too soon are counted among the last ones", async (t) => {
  const soon = { entity: "issued", recent: 4, below: "60s", window: "24h", exact: 32 };
  const rx = (secondsAgo: number) =>
    line({
      prescription: { id: pseudonym("rx"), long: false, issuedAt: AT - secondsAgo * SECOND },
    });
  const before = (...seconds: readonly number[]) =>
    seconds.map((mark, i) => ({ ...entry(100 - i, `p${i}`), mark: bytes32(mark) }));
  const count = (own: number, ...seconds: readonly number[]) =>
    value(soon, { swipe: swipe({ lines: [rx(own)] }), memory: { logs: [before(...seconds)] } });
  t.equal(count(59, 10, 20, 30), 4);
  t.equal(count(60, 10, 59, 60), 2, "a minute is not below a minute");
  t.equal(count(59, 10, 20, 300, 300, 300), 1, "only the last four, this one among them");
  t.equal(count(-3, 300), 1, "an issuer's clock that is ahead");
  const twoIssued = swipe({ lines: [rx(900), rx(30)] });
  t.equal(
    value(soon, { swipe: twoIssued, memory: { logs: [[]] } }),
    1,
    "by the nearest of several",
  );
  t.equal(value(soon, { memory: { logs: [] } }), "absent", "the till does not say when");
});

t.test("an entity that does not apply counts nothing, or nobody knows", async (t) => {
  const persons = (entity: string) => ({ entity, distinct: "person", window: "24h", exact: 16 });
  const noon = { memory: { logs: [] } };
  for (const entity of ["basket", "outsiders", "staff", "night"]) {
    t.equal(value(persons(entity), noon), 0, `${entity}: none`);
    t.equal(value(persons(entity), { memory: null }), 0, `${entity}: none, store or not`);
  }
  for (const entity of ["agent", "employer", "prescriber", "issued", "approver"]) {
    t.equal(value(persons(entity), noon), "absent", `${entity}: the till does not say`);
    t.equal(value(persons(entity), { memory: null }), "absent");
  }
  for (const entity of ["terminal", "pharmacy", "operator"])
    t.equal(value(persons(entity), { memory: { logs: [[]] } }), 1, `${entity}: always`);
});

t.test("a store that was not heard leaves counts missing", async (t) => {
  for (const declaration of [persons, attempts, amounts, gaps]) {
    t.equal(value(declaration, { memory: null }), "missing");
  }
});
