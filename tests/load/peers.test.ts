import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { countingsOf, factName, factsOf } from "../../load/peers/countings.ts";
import { readLists } from "../../load/peers/lists.ts";
import { limitOf, swipeFacts } from "../../load/peers/swipe-facts.ts";
import { verdictOf } from "../../load/peers/verdict.ts";
import { TWENTY_RULES } from "../../load/workload/twenty-rules.ts";
import { AnswerHit } from "../../src/swipe/answer.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import { createCustomers } from "./customers.ts";

function swipeOf(told: Parameters<ReturnType<typeof createCustomers>["body"]>[0]) {
  const parsed = parseCheck(createCustomers(Date.now()).body(told));
  if ("problem" in parsed) throw new Error(JSON.stringify(parsed.problem));
  return parsed.value;
}

t.test("a swipe moves one counter of every rule it has something to say to", async (t) => {
  const plain = countingsOf(TWENTY_RULES, swipeOf({}));
  const ids = plain.map(({ rule }) => rule.id);
  for (const id of ["CF-01", "CF-02", "CF-03", "CF-15", "CF-16", "OQ-07", "CF-04"]) {
    t.equal(ids.filter((each) => each === id).length, 1, id);
  }
  for (const id of ["CF-05", "CF-06", "CF-11", "OV-01", "IM-09", "TR-01"]) {
    t.notOk(ids.includes(id), `${id}: nothing was said of it`);
  }
  const full = countingsOf(
    TWENTY_RULES,
    swipeOf({ agent: "A1", employer: "E1", area: "110100", codes: ["81000000000000000001"] }),
  ).map(({ rule }) => rule.id);
  for (const id of ["CF-05", "CF-06", "CF-11", "TR-01"]) t.ok(full.includes(id), id);
  t.notOk(
    plain.some(({ key, member }) => /21010\d{10}/.test(key + member)),
    "no number in clear",
  );
});

t.test("counts become facts: the highest of a rule's counters, sums in yuan", async (t) => {
  const [sum, code] = ["CF-15", "TR-01"].map((id) => TWENTY_RULES.find((rule) => rule.id === id));
  if (sum?.kind !== "counted" || code?.kind !== "counted") throw new Error("two counted rules");
  const of = (rule: typeof sum) => ({ rule, key: "k", member: "m", fen: 0 });
  const facts = factsOf(TWENTY_RULES, [of(sum), of(code), of(code)], [512_345, 3, 2]);
  t.equal(facts[factName("CF-15")], 5_123.45);
  t.equal(facts[factName("TR-01")], 3);
  t.equal(facts[factName("CF-01")], 0, "nothing was counted");
});

t.test("the worst rule that fired decides, and each is told in the guard's form", async (t) => {
  const rulesOf = (...ids: string[]) => TWENTY_RULES.filter(({ id }) => ids.includes(id));
  t.same(verdictOf([], {}), { decision: "allow", hits: [] });
  const { decision, hits } = verdictOf(rulesOf("CF-03", "CF-02"), { CF_02: 20, CF_03: 400 });
  t.equal(decision, "hold");
  t.same(
    hits.map(({ rule, level, evidence }) => ({ rule, level, evidence })),
    [
      { rule: "CF-02", level: "hold", evidence: { seen: 20, limit: 20 } },
      { rule: "CF-03", level: "warn", evidence: { seen: 400, limit: 400 } },
    ],
  );
  for (const hit of hits) t.ok(AnswerHit.safeParse(hit).success);
  t.equal(verdictOf(rulesOf("CF-02", "IM-03"), {}).decision, "deny");
});

t.test("a person is on a list from its first day to its last", async (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, "lists"));
  const rows = ["id,from,to,source,note", "P1,2026-11-02,2026-11-03,x,", "P2,,,x,"];
  for (const list of ["dealers", "settlement-stopped"]) {
    writeFileSync(join(folder, "lists", `${list}.csv`), `${rows.join("\n")}\n`);
  }
  const lists = readLists(folder, TWENTY_RULES);
  const days = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"];
  t.same(
    days.map((day) => lists.has("dealers", "P1", day)),
    [false, true, true, false],
  );
  t.ok(lists.has("dealers", "P2", "2026-11-01"));
  t.notOk(lists.has("dealers", "P3", "2026-11-01"));
  t.notOk(lists.has("deceased", "P2", "2026-11-01"), "no rule asks for that list");
  const dealer = {
    ...swipeOf({ total: 6_000 }),
    person: { number: "P2", insuredArea: "210100", insurance: "310" },
  };
  const facts = swipeFacts(TWENTY_RULES, lists, dealer, Date.parse("2026-11-02T12:00:00Z"));
  t.same(facts, { SW_04: 6_000, IM_03: 1, RS_08: 1 });
  const fired = TWENTY_RULES.filter((rule) => (facts[factName(rule.id)] ?? 0) >= limitOf(rule));
  t.same(fired.map(({ id }) => id).sort(), ["IM-03", "RS-08", "SW-04"]);
});
