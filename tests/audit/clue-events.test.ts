import t from "tap";
import { clueEvent, type EventData, eventSchema, indicatorEvent } from "../../src/audit/event.ts";
import { eventLine } from "../../src/audit/event-line.ts";

const AT = Date.parse("2026-12-16T02:15:30.000Z");
const origin = { instance: "one", at: AT };
const buyer = "AbCdEfGhIjKlMn";
const seller = "Zy-XwVuTsRqPo_";

const duplicate: EventData<"clue.raised"> = {
  clueId: "q83vEjRWeJA",
  kind: "traceDuplicate",
  severity: "critical",
  rules: ["TR-01"],
  pharmacies: ["P21010200456", "P21010200123"],
  swipes: ["P21010200456202612161015300001", "~9ajlZBknhhk"],
  persons: [seller, buyer],
  now: {
    swipeId: "P21010200456202612161015300001",
    pharmacy: "P21010200456",
    person: seller,
    at: "2026-12-16T02:15:30.000Z",
    by: "check",
    answered: "deny",
  },
  before: {
    swipe: "~9ajlZBknhhk",
    pharmacy: "P21010200123",
    buyer: "AbCdEfGh",
    person: buyer,
    at: "2026-11-21T02:15:30.000Z",
    state: "sold",
  },
  firstBuyer: { pharmacy: "P21010200123", buyer: "AbCdEfGh", person: buyer, counted: true },
  lines: [{ line: "0001", product: "8338652", code: "TrAcEcOdE12345", amount: 7_300 }],
  evidence: { codes: 1, daysBetween: 25, samePerson: false },
  raisedAt: "2026-12-16T02:15:30.000Z",
};

const indicator: EventData<"indicator.raised"> = {
  indicatorId: "RS-07",
  kind: "reversalShare",
  name: { zh: "退费占比过高", en: "Too much is taken back" },
  entity: "P21010200123",
  prefecture: "2101",
  day: "2026-12-16",
  days: 1,
  value: 0.12345,
  limit: 0.05,
  evidence: { sales: 81, reversals: 10 },
  raisedAt: "2026-12-16T02:15:30.000Z",
};

t.test("the same finding has the same id, whoever makes it and however often", async (t) => {
  const { topic, key, event } = clueEvent(duplicate, origin);
  t.equal(topic, "guard.clues.v1");
  t.equal(key, duplicate.clueId, "what is said of one clue keeps its order");
  t.equal(event.id, "P21010200456:P21010200456202612161015300001:clue.raised:q83vEjRWeJA");
  t.equal(clueEvent(duplicate, { instance: "two", at: AT + 9_000 }).event.id, event.id);
  t.equal(clueEvent(duplicate, origin, "8.2026-12-16").event.id, `${event.id}:8.2026-12-16`);
  t.same(eventSchema("clue.raised").parse(JSON.parse(JSON.stringify(event))), event);
});

t.test(
  "an indicator is one a pharmacy, indicator, day and instance, which saw its part",
  async (t) => {
    const { topic, key, event } = indicatorEvent(indicator, origin);
    t.equal(topic, "guard.clues.v1");
    t.equal(key, "P21010200123");
    t.equal(event.id, "P21010200123:RS-07.2026-12-16:indicator.raised:one");
    t.same(eventSchema("indicator.raised").parse(JSON.parse(JSON.stringify(event))), event);
  },
);

t.test("a clue names no code and no person in clear", async (t) => {
  const clear = (data: object) => eventSchema("clue.raised").shape.data.safeParse(data).success;
  t.ok(clear(duplicate));
  t.notOk(clear({ ...duplicate, persons: ["43000030281000128715"] }));
  t.notOk(clear({ ...duplicate, lines: [{ line: "1", code: "83386520001941653320" }] }));
  t.notOk(clear({ ...duplicate, name: "张三" }));
});

t.test("people read a clue and an indicator in one line", async (t) => {
  t.equal(
    eventLine(clueEvent(duplicate, origin).event),
    "2026-12-16T02:15:30.000Z  clue.raised         P21010200456202612161015300001  traceDuplicate [TR-01] at P21010200456, sold at P21010200123 on 2026-11-21",
  );
  const { before: _, firstBuyer: __, ...rest } = duplicate;
  const group: EventData<"clue.raised"> = {
    ...rest,
    kind: "cohort",
    rules: ["CF-13"],
    cohort: { reference: "r", size: 8, members: [], here: [], days: [] },
  };
  t.match(eventLine(clueEvent(group, origin).event), "cohort [CF-13] at P21010200456, 8 persons");
  t.match(
    eventLine(indicatorEvent(indicator, origin).event),
    /P21010200123 {2}RS-07 reversalShare 0\.123, above 0\.05, on 2026-12-16$/,
  );
});
