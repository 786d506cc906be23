import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { Position } from "../../src/features/plan.ts";
import type { Reading } from "../../src/features/vector.ts";
import { compileCondition } from "../../src/rules/compile.ts";
import { createConditionParser } from "../../src/rules/condition.ts";
import { IS_TRUE } from "../../src/rules/kleene.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { RuleIndex } from "../../src/rules/rule-index.ts";

const SWIPE = ["a", "p", "s"];
const LINE = ["b", "q"];
const POSITIONS = new Map<string, Position>([
  ...SWIPE.map((name, index): [string, Position] => [name, { scope: "swipe", index }]),
  ...LINE.map((name, index): [string, Position] => [name, { scope: "line", index }]),
]);
const parser = createConditionParser(
  new Map([
    ["a", "number"],
    ["b", "number"],
    ["p", "boolean"],
    ["q", "boolean"],
    ["s", "string"],
  ] as const),
);
const LIMITS = { low: 1, high: 3 };

/** A rule with one level a condition, as far as an index looks at it. */
function ruleOf(id: string, conditions: readonly string[]): Rule {
  const levels = conditions.map((text) => {
    const parsed = parser.parse(text, LIMITS);
    if ("faults" in parsed) throw new Error(`${text}: ${parsed.faults.join("; ")}`);
    return { condition: compileCondition(parsed, POSITIONS, LIMITS) };
  });
  return { id, levels } as unknown as Rule;
}

type Row = readonly Reading[];
const NO_LINE: Row = [];

function mayHold({ levels }: Rule, swipe: Row, lines: readonly Row[]): boolean {
  const rows = lines.length === 0 ? [NO_LINE] : lines;
  return levels.some(({ condition }) =>
    rows.some((row) => (condition.test(swipe, row) & IS_TRUE) !== 0),
  );
}

const comparison = fc
  .tuple(
    fc.constantFrom("a", "b", "-1.5", "0.0", "3.0", "limit.low", "limit.high", "a + b", "2.0 * a"),
    fc.constantFrom("<", "<=", ">", ">=", "==", "!="),
    fc.constantFrom("a", "b", "1.0", "limit.low", "limit.high"),
  )
  .filter(([left, , right]) => /[ab]/.test(left) || /[ab]/.test(right))
  .map((parts) => parts.join(" "));
const atom = fc.oneof(
  comparison,
  fc.constantFrom(
    "p",
    "q",
    "3 <= a",
    "b > 2",
    's == "x"',
    's != "x"',
    's in ["x", "y"]',
    's < "m"',
    "p != q",
  ),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    tie("condition").map((inner) => `!(${inner})`),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
    fc
      .tuple(tie("condition"), fc.oneof(tie("condition"), fc.constant("true")), tie("condition"))
      .map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
  ),
}));

const known = <T extends number | boolean | string>(...values: readonly T[]) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom<Reading>("absent", "missing") },
    {
      weight: 4,
      arbitrary: fc.constantFrom(...values).map((value): Reading => ({ known: value })),
    },
  );
const number = known(-2, -1.5, 0, 1, 2, 3, 4, Number.NaN);
const flag = known(true, false);
const text = known("x", "y", "z");
const swipes = fc.tuple(number, flag, text);
const rows = fc.array(fc.tuple(number, flag), { minLength: 1, maxLength: 3 });

t.test(
  "no rule that may say something of a swipe is left out, and they keep their order",
  async (t) => {
    // More than one word of marks, so that rules past the first 32 are found too.
    const rules = fc.array(fc.array(condition, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 70,
    });
    const sound = fc.property(rules, swipes, rows, (texts, swipe, lines) => {
      const all = texts.map((conditions, number) => ruleOf(String(number), conditions));
      const found = new RuleIndex(all, { positions: POSITIONS }).possible({ swipe, lines });
      const names = found.map(({ id }) => Number(id));
      assert.deepEqual(
        names,
        [...new Set(names)].sort((a, b) => a - b),
      );
      for (const rule of all) {
        if (mayHold(rule, swipe, lines))
          assert.ok(found.includes(rule), texts[Number(rule.id)]?.join());
      }
    });
    t.doesNotThrow(() => fc.assert(sound, { numRuns: 1_000 }));
  },
);

t.test("a rule without what it needs is left out", async (t) => {
  const cases: readonly (readonly [string, readonly Reading[], boolean])[] = [
    ["a >= limit.high", [{ known: 3 }], true],
    ["a >= limit.high", [{ known: 2.9 }], false],
    ["a > limit.high", [{ known: 3 }], false],
    ["!(a > limit.high)", [{ known: 3 }], true],
    ["limit.low > a", [{ known: 1 }], false],
    ["limit.low > a", [{ known: 0 }], true],
    ["a >= limit.high", ["absent"], false],
    ["a >= limit.high", ["missing"], true],
    ["p", ["absent", { known: false }], false],
    ["!p", ["absent", { known: false }], true],
    ["p && a >= 1.0", [{ known: 0 }, { known: true }], false],
    ["p || a >= 1.0", [{ known: 0 }, { known: true }], true],
    ['s in ["x", "y"]', ["absent", "absent", { known: "y" }], true],
    ['s in ["x", "y"]', ["absent", "absent", { known: "z" }], false],
  ];
  for (const [condition, given, isFound] of cases) {
    const rule = ruleOf("only", [condition]);
    const swipe = SWIPE.map((_, index): Reading => given[index] ?? "absent");
    const found = new RuleIndex([rule], { positions: POSITIONS }).possible({ swipe, lines: [] });
    t.equal(found.includes(rule), isFound, `${condition} with ${JSON.stringify(given)}`);
  }
});

t.test("a rule is found for one of its lines, and for any of its levels", async (t) => {
  const rule = ruleOf("lines", ["b >= limit.high && q", "b >= limit.low"]);
  const index = new RuleIndex([rule], { positions: POSITIONS });
  const swipe: Row = ["absent", "absent", "absent"];
  const line = (b: number): Row => [{ known: b }, { known: false }];
  t.same(index.possible({ swipe, lines: [line(0), line(1)] }), [rule]);
  t.same(index.possible({ swipe, lines: [line(0), line(0.5)] }), []);
});
