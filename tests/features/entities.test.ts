import t from "tap";
import type { LogEntry, LogUse } from "../../src/counters/contract.ts";
import { number32, swipeKey } from "../../src/features/digests.ts";
import { ENTITIES, ENTITY_NAMES, type LogEntity } from "../../src/features/entities.ts";
import { compilePlan } from "../../src/features/plan.ts";
import { readFeatures } from "../../src/features/read.ts";
import type { ReferenceBundle } from "../../src/reference/bundle.ts";
import { shanghaiDay, shanghaiMidnight } from "../../src/units.ts";
import {
  AMLODIPINE,
  AT,
  ATORVASTATIN,
  definitionOf,
  EMPTY,
  HERE,
  HONEYSUCKLE,
  HOUR,
  line,
  MINUTE,
  observe,
  personBytes,
  pseudonym,
  reference,
  swipe,
} from "./fixtures.ts";

type Changes = Parameters<typeof swipe>[0];

function planOf(...entities: readonly LogEntity[]) {
  const definitions = entities.map((entity): [string, ReturnType<typeof definitionOf>] => [
    entity,
    definitionOf({ entity, distinct: "person", window: "24h", exact: 32 }),
  ]);
  return compilePlan(new Map(definitions), entities);
}

/** The logs a swipe is told the store of one entity. */
function logs(entity: LogEntity, changes: Changes, bundle: ReferenceBundle = reference()) {
  return observe(planOf(entity), swipe(changes), bundle).logs;
}

function names(uses: readonly LogUse[]): readonly string[] {
  return uses.map(({ entity }) => entity);
}

t.test(
  "every kind of entity has a letter of its own, and none of a person's or a claim's",
  async (t) => {
    const letters = ENTITY_NAMES.map((name) => ENTITIES[name].letter);
    t.equal(new Set(letters).size, letters.length);
    for (const taken of "pskKxbvucizfHD")
      t.notOk((letters as readonly string[]).includes(taken), `${taken} is taken`);
  },
);

t.test("tills, cashiers and agents are counted where they are", async (t) => {
  const [till] = logs("terminal", {});
  t.match(till, { kind: "t", entity: `${HERE}:T03`, amount: 3_650 });
  t.equal(till?.mark, personBytes("operator").slice(0, 4), "with the cashier");
  t.strictSame(names(logs("operator", {})), [`${HERE}:0007`]);
  const agent = { id: pseudonym("nurse"), registered: true };
  t.strictSame(names(logs("agent", { agent })), [pseudonym("nurse")], "wherever it buys");
  t.strictSame(
    names(logs("agent", { agent: { registered: true } })),
    [],
    "an agent without a name",
  );
  const override = { code: "ELDERLY", approver: pseudonym("boss") };
  t.strictSame(names(logs("approver", { override })), [`${pseudonym("boss")}:${HERE}`]);
  const employed = { person: { employer: pseudonym("works") } };
  t.strictSame(names(logs("employer", employed)), [`${pseudonym("works")}:${HERE}`]);
});

t.test("the pharmacy's own people are those on its list", async (t) => {
  const onList = reference({ lists: { employees: [`${HERE}:${pseudonym("own")}`] } });
  t.strictSame(names(logs("staff", {}, onList)), [HERE]);
  t.strictSame(names(logs("staff", { pharmacy: { code: "P21010200999" } }, onList)), []);
});

t.test("night is from eleven to six in Shanghai", async (t) => {
  const midnight = shanghaiMidnight(shanghaiDay(AT));
  const isNight = (at: number) => logs("night", { at }).length === 1;
  t.strictSame([midnight, midnight + 6 * HOUR - 1, midnight + 6 * HOUR].map(isNight), [
    true,
    true,
    false,
  ]);
  t.strictSame([midnight + 23 * HOUR - 1, midnight + 23 * HOUR].map(isNight), [false, true]);
});

t.test("outsiders are insured outside the neighbourhood, and bring their prefecture", async (t) => {
  const wuhan = { person: { insuredArea: "420100" } };
  t.match(logs("outsiders", wuhan), [{ entity: HERE, mark: "4201" }]);
  t.strictSame(names(logs("outsiders", { person: { insuredArea: "210104" } })), []);
  const border = reference({ near: [["420100", "210102"]] });
  t.strictSame(names(logs("outsiders", wuhan, border)), [], "a neighbour by areas.csv");
});

t.test("a basket tells something when a watched drug is in it", async (t) => {
  const watching = reference({ watched: ["XC10AAA067", HONEYSUCKLE] });
  const basket = (...drugs: readonly string[]) => {
    const lines = drugs.map((drug, i) => line({ line: `${i}`, drug }));
    return names(logs("basket", { lines }, watching));
  };
  t.equal(basket(ATORVASTATIN).length, 1);
  t.strictSame(basket(AMLODIPINE), [], "nothing watched in it");
  t.strictSame(basket(HONEYSUCKLE), [], "one line that needs no prescription");
  t.equal(basket(HONEYSUCKLE, AMLODIPINE).length, 1);
  t.strictSame(basket(ATORVASTATIN, AMLODIPINE), basket(AMLODIPINE, ATORVASTATIN), "in any order");
  t.notSame(basket(ATORVASTATIN), basket(ATORVASTATIN, AMLODIPINE));
});

t.test("a prescription's age is that of the one issued last", async (t) => {
  const issuedAt = (at?: number) => {
    const prescription = { id: pseudonym("rx"), long: false };
    return line({
      prescription: at === undefined ? prescription : { ...prescription, issuedAt: at },
    });
  };
  const [issued] = logs("issued", {
    lines: [line(), issuedAt(), issuedAt(AT - HOUR), issuedAt(AT - MINUTE)],
  });
  t.equal(number32(issued?.mark ?? ""), 60);
  t.strictSame(logs("issued", { lines: [line(), issuedAt()] }), [], "the till does not say when");
});

function rx(id: string, prescriber: string) {
  const prescription = { id: pseudonym(id), prescriber: pseudonym(prescriber), long: false };
  return line({ line: id, prescription });
}

function entry(person: string): LogEntry {
  const mark = "\0\0\0\0";
  const by = { swipe: swipeKey("", person), person: personBytes(person) };
  return { at: AT - MINUTE, ...by, amount: 100, mark };
}

t.test("several prescribers of one swipe each have their log, lines of one share it", async (t) => {
  const bought = swipe({
    lines: [rx("1", "Wu"), rx("2", "Xu"), line({ line: "3" }), rx("4", "Wu")],
  });
  const plan = planOf("prescriber", "terminal");
  const seen = observe(plan, bought, reference());
  t.strictSame(
    names(seen.logs),
    [`${pseudonym("Wu")}:${HERE}`, `${pseudonym("Xu")}:${HERE}`, `${HERE}:T03`],
    "two prescribers and the till",
  );
  const remembered = {
    ...EMPTY,
    logs: [[entry("a"), entry("b")], [entry("c")], [entry("d"), entry("e"), entry("f")]],
  };
  const vector = readFeatures(plan, bought, seen, remembered, reference());
  t.strictSame(vector.swipe, [{ known: 4 }], "the till's");
  t.strictSame(
    vector.lines.map(([reading]) => reading),
    [{ known: 3 }, { known: 2 }, "absent", { known: 3 }],
    "each line its prescriber's, the swipe counted once",
  );
});

t.test("two hundred lines find their own logs", async (t) => {
  const lines = Array.from({ length: 200 }, (_, i) => rx(`${i}`, `p${i % 100}`));
  const bought = swipe({ lines });
  const plan = planOf("prescriber");
  const seen = observe(plan, bought, reference());
  t.equal(seen.logs.length, 100, "no more logs than lines, and one a prescriber");
  const logs = seen.logs.map((_, i) => Array.from({ length: i % 7 }, (__, n) => entry(`${n}`)));
  const vector = readFeatures(plan, bought, seen, { ...EMPTY, logs }, reference());
  t.strictSame(
    vector.lines.map(([reading]) => reading),
    lines.map((_, i) => ({ known: ((i % 100) % 7) + 1 })),
  );
});
