import t from "tap";
import { Random } from "../../src/simulation/random.ts";

const draws = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.below(1_000));

t.test("the same seed gives the same numbers, on this machine and on any other", async (t) => {
  t.same(
    draws(new Random("city 1"), 8),
    [671, 499, 701, 837, 437, 744, 933, 274],
    "the very numbers are part of the promise",
  );
  t.same(draws(new Random("a"), 20), draws(new Random("a"), 20));
  t.notSame(draws(new Random("a"), 20), draws(new Random("b"), 20));
});

t.test("a stream of its own does not depend on how much was drawn before", async (t) => {
  const early = new Random("a");
  const late = new Random("a");
  draws(late, 50);
  t.same(draws(early.fork("x"), 10), draws(late.fork("x"), 10));
  t.notSame(draws(early.fork("x"), 10), draws(early.fork("y"), 10));
});

t.test("numbers fall as they are said to", async (t) => {
  const random = new Random("shape");
  const many = Array.from({ length: 20_000 }, () => random.next());
  t.ok(many.every((x) => x >= 0 && x < 1));
  t.ok(near(mean(many), 0.5, 0.01));
  t.ok(near(mean(Array.from({ length: 20_000 }, () => random.times(2.5))), 2.5, 0.05));
  t.ok(near(mean(Array.from({ length: 3_000 }, () => random.times(70))), 70, 0.5));
  t.equal(random.times(0), 0);
  const bell = Array.from({ length: 20_000 }, () => random.around(10, 2));
  t.ok(near(mean(bell), 10, 0.06));
  t.ok(near(Math.sqrt(mean(bell.map((x) => (x - 10) ** 2))), 2, 0.06));
  const ends = new Set(Array.from({ length: 500 }, () => random.between(3, 5)));
  t.same([...ends].sort(), [3, 4, 5], "both ends, and nothing else");
});

t.test("a choice by weight, a sample and a shuffle lose nothing and invent nothing", async (t) => {
  const random = new Random("choice");
  const counts = { a: 0, b: 0, c: 0 };
  const weights = { a: 6, b: 3, c: 0 } as const;
  for (let i = 0; i < 9_000; i += 1) {
    counts[random.weighted(["a", "b", "c"] as const, (name) => weights[name])] += 1;
  }
  t.ok(near(counts.a, 6_000, 150));
  t.ok(near(counts.b, 3_000, 150));
  t.equal(counts.c, 0);
  const deck = Array.from({ length: 40 }, (_, index) => index);
  t.same(
    random.shuffled(deck).sort((a, b) => a - b),
    deck,
  );
  for (const count of [0, 3, 39, 40, 60]) {
    const some = random.sample(deck, count);
    t.equal(some.length, Math.min(count, 40));
    t.equal(new Set(some).size, some.length, "each at most once");
  }
  t.throws(() => random.pick([]), { message: /nothing to pick/ });
});

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function near(found: number, wanted: number, within: number): boolean {
  return Math.abs(found - wanted) <= within;
}
