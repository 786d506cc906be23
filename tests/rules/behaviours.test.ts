import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { shippedPolicy } from "./fixtures.ts";

const root = packageRoot();
const policy = shippedPolicy();
const on = policy.rules.map(({ everywhere }) => everywhere.id);
const off = policy.off.map(({ id }) => id);
const indicators = policy.indicators.map(({ id }) => id);

/** Domain section 5: 25 behaviours of pharmacies, 6 of insured persons, 5 of gangs. */
const BEHAVIOURS = [
  ...numbered("B", 25), // pharmacies
  ...numbered("I", 6), // insured persons
  ...numbered("G", 5), // gangs
];

function numbered(letter: string, count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `${letter}${String(index + 1).padStart(2, "0")}`,
  );
}

/** The rows of the README's tables whose first cell has this form, as cells. */
function rowsOf(first: RegExp): readonly (readonly string[])[] {
  return readFileSync(join(root, "README.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | "))
    .filter(([cell = ""]) => first.test(cell));
}

const table = rowsOf(/^[BIG]\d\d$/);

t.test("every behaviour the notices name meets rules, or is said to be out of sight", async (t) => {
  t.strictSame(
    table.map(([id]) => id),
    BEHAVIOURS,
  );
  for (const [id = "", what = "", rules = "", unseen = ""] of table) {
    t.ok(what.length > 5, `${id} says what it is`);
    if (rules === "none") t.ok(unseen.length > 20, `${id}: why none`);
    else for (const rule of rules.split(", ")) t.ok(isKnown(rule), `${id}: ${rule} exists`);
  }
});

function isKnown(rule: string): boolean {
  return [...on, ...off, ...indicators].includes(rule);
}

t.test("a behaviour met only by what is off is said to be", async (t) => {
  const running = new Set([...on, ...policy.indicators.flatMap((one) => (one.off ? [] : one.id))]);
  for (const [id = "", , rules = "", unseen = ""] of table) {
    if (rules === "none" || rules.split(", ").some((rule) => running.has(rule))) continue;
    t.match(unseen, /\boff\b/, id);
  }
});

t.test("every rule that is on meets a behaviour, or the guard's own order", async (t) => {
  const named = new Set(table.flatMap(([, , rules = ""]) => rules.split(", ")));
  t.strictSame(
    on.filter((rule) => !named.has(rule)),
    ["OV-01"],
  );
});

t.test("the table of rules says what each may answer, and why one is off", async (t) => {
  const rows = rowsOf(/^[A-Z]{2}-\d\d[a-z]?$/);
  t.strictSame(rows.map(([id]) => id).sort(), [...on, ...off].sort());
  const heads = new Map(policy.rules.map(({ everywhere }) => [everywhere.id, everywhere]));
  for (const [id = "", levels = "", standard = "", state = ""] of rows) {
    t.ok(standard.length > 5, `${id}: its default`);
    const rule = heads.get(id);
    if (rule === undefined) t.match(state, /^off: .{15,}/, `${id} is off, and why`);
    else {
      t.equal(state, "on", id);
      t.equal(
        levels,
        rule.levels
          .map(({ level }) => level)
          .toReversed()
          .join(", "),
        id,
      );
    }
  }
});

/** `<RULE-ID> fires: …` and `<RULE-ID> spares: …`, as the titles of the stories begin. */
function titlesIn(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const titles = new Map<string, Set<string>>();
  for (const file of readdirSync(join(root, folder)).filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(join(root, folder, file), "utf8");
    for (const [, rule = "", does = ""] of text.matchAll(TITLE)) {
      titles.set(rule, (titles.get(rule) ?? new Set()).add(does));
    }
  }
  return titles;
}

const TITLE = /["'`]([A-Z]{2}-\d\d[a-z]?) (fires|spares): /g;

t.test(
  "every rule that is on has a story that fires it, and one close to it that does not",
  async (t) => {
    const titles = titlesIn("tests/scenarios");
    for (const rule of on) {
      for (const does of ["fires", "spares"]) t.ok(titles.get(rule)?.has(does), `${rule} ${does}`);
    }
    for (const rule of titles.keys()) t.ok(isKnown(rule), `${rule} is a rule`);
  },
);
