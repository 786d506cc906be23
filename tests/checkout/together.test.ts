import fc from "fast-check";
import t from "tap";
import { cohortOf, joined, sharedCohorts } from "../../src/checkout/clues/membership.ts";
import { daysTogether, groupOf, type Visits } from "../../src/checkout/clues/together.ts";
import type { Flag, PersonKey } from "../../src/counters/contract.ts";
import type { CohortLimits } from "../../src/rules/indicators.ts";
import { DAY, MINUTE } from "../../src/units.ts";

const LIMITS: CohortLimits = { together: 15 * MINUTE, days: 3, within: 30 * DAY, told: 7 };
/** Noon in Shanghai. */
const NOON = Date.UTC(2026, 10, 21, 4);

function person(number: number): PersonKey {
  return String.fromCharCode(number, 0, 0, 0, 0, 0, 0, 0, 255 - number, number);
}

/** Visits at minutes of the days named. */
function visits(
  number: number,
  times: readonly (readonly [day: number, minute: number])[],
): Visits {
  return {
    person: person(number),
    visits: times
      .map(([day, minute]) => ({ at: NOON + day * DAY + minute * MINUTE, pharmacy: HERE }))
      .sort((a, b) => a.at - b.at),
  };
}

const HERE = "P21010200123";
const groupNumbers = (group: readonly PersonKey[]) => group.map((of) => of.charCodeAt(0));

t.test("two are together where both came within a quarter of an hour, once a day", async (t) => {
  const one = visits(1, [
    [0, 0],
    [0, 10],
    [1, 0],
    [2, 0],
  ]);
  const other = visits(2, [
    [0, 15],
    [1, 16],
    [2, -15],
  ]);
  t.equal(daysTogether(one, other, LIMITS.together).size, 2);
  const late = visits(3, [[0, 12 * 60 - 5]]);
  const early = visits(4, [[0, 12 * 60 + 5]]);
  const days = [...daysTogether(late, early, LIMITS.together)];
  t.same(days, [...daysTogether(early, late, LIMITS.together)]);
  t.equal(days.length, 1, "around midnight it is one day, the earlier");
  const away = { ...other, visits: other.visits.map(({ at }) => ({ at, pharmacy: "elsewhere" })) };
  t.equal(daysTogether(one, away, LIMITS.together).size, 0, "at one time and two places is apart");
});

t.test("three who met on three days are a group, two are not, nor a chain of pairs", async (t) => {
  const days = (minute: number) => [0, 2, 4].map((day) => [day, minute] as const);
  const trio = [1, 2, 3].map((number) => visits(number, days(number)));
  t.same(groupNumbers(groupOf(person(1), trio, LIMITS)), [1, 2, 3]);
  t.same(groupOf(person(1), trio.slice(0, 2), LIMITS), []);
  const chain = [1, 2, 3, 4].map((number) => visits(number, days(number * 14)));
  t.same(groupOf(person(2), chain, LIMITS), []);
  const twice = [1, 2, 3].map((number) => visits(number, days(number).slice(1)));
  t.same(groupOf(person(1), twice, LIMITS), [], "two days are not enough");
});

t.test("of two groups with one member in common that member has the larger", async (t) => {
  const days = (minute: number) => [0, 2, 4].map((day) => [day, minute] as const);
  const seen = [
    ...[1, 2, 3].map((number) => visits(number, days(number))),
    visits(9, [...days(4), ...days(200)]),
    ...[4, 5, 6, 7].map((number) => visits(number, days(200 + number))),
  ];
  t.same(groupNumbers(groupOf(person(9), seen, LIMITS)), [4, 5, 6, 7, 9]);
  t.same(groupNumbers(groupOf(person(1), seen, LIMITS)), [1, 2, 3, 9]);
});

const anyone = fc.record({
  number: fc.integer({ min: 0, max: 200 }),
  times: fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 90 })), {
    minLength: 1,
    maxLength: 8,
  }),
});

t.test(
  "a group is the same in whatever order its members are seen, and always mutual",
  async (t) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyone, { selector: ({ number }) => number, minLength: 3, maxLength: 14 }),
        fc.integer(),
        (crowd, turn) => {
          const seen = crowd.map(({ number, times }) => visits(number, times));
          const other = [...seen].sort(
            (a, b) => ((a.visits[0]?.at ?? 0) ^ turn) - ((b.visits[0]?.at ?? 0) ^ turn),
          );
          for (const { person } of seen) {
            const group = groupOf(person, seen, LIMITS);
            t.same(groupOf(person, other, LIMITS), group);
            t.ok(group.length === 0 || group.length >= 3);
            t.ok(group.length === 0 || group.includes(person));
            for (const member of group) t.ok(groupOf(member, seen, LIMITS).length >= 3);
          }
        },
      ),
      { numRuns: 60 },
    );
  },
);

/** A memory of flags as the store keeps them: the same kind and reference is renewed. */
class Flags {
  private readonly kept = new Map<string, Flag[]>();

  of(key: string): readonly Flag[] {
    return this.kept.get(key) ?? [];
  }

  meet(group: readonly PersonKey[], at: number, founded: string): number {
    const flags = group.map((member) => this.of(member.slice(0, 6)));
    const known = sharedCohorts(flags, at, LIMITS.within).map((reference) =>
      cohortOf(reference, this.of(reference.slice(0, 6)), at, LIMITS.within),
    );
    const { members, writes } = joined(group, flags, known, founded, at);
    for (const { key, flag } of writes) {
      const others = this.of(key).filter(
        (of) => of.kind !== flag.kind || of.reference !== flag.reference,
      );
      this.kept.set(key, [...others, flag]);
    }
    return members.size;
  }

  sizeOf(member: PersonKey): number {
    const own = this.of(member.slice(0, 6)).filter(({ kind }) => kind === "cohort");
    return Math.max(0, ...own.map(({ value }) => value));
  }
}

t.test("whatever parts of a bundle are seen, it is never counted larger than it is", async (t) => {
  const part = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 3, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 25 }), (parts) => {
      const flags = new Flags();
      const everybody = new Set(parts.flat());
      parts.forEach((numbers, index) => {
        const group = numbers.map(person).sort();
        const size = flags.meet(
          group,
          NOON + index * MINUTE,
          `found${String(index).padStart(3, "0")}`,
        );
        t.ok(size >= group.length && size <= everybody.size);
        for (const member of group) t.equal(flags.sizeOf(member) >= group.length, true);
      });
    }),
    { numRuns: 100 },
  );
});

t.test(
  "a cohort is told again to all of its members when it grows, and to nobody else",
  async (t) => {
    const flags = new Flags();
    t.equal(flags.meet([1, 2, 3].map(person), NOON, "founded1"), 3);
    t.equal(flags.meet([2, 3, 4].map(person), NOON + MINUTE, "founded2"), 4);
    t.equal(flags.meet([3, 4, 5, 6].map(person), NOON + 2 * MINUTE, "founded3"), 6);
    for (const member of [1, 2, 3, 4, 5, 6])
      t.equal(flags.sizeOf(person(member)), 6, String(member));
    t.equal(
      flags.meet([6, 7, 8].map(person), NOON + 3 * MINUTE, "founded4"),
      3,
      "one alone joins nobody",
    );
    t.equal(flags.sizeOf(person(6)), 6);
    const later = NOON + 31 * DAY;
    t.equal(
      flags.meet([1, 2, 3].map(person), later, "founded1"),
      3,
      "who was not seen for 30 days is gone",
    );
  },
);
