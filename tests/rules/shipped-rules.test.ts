import t from "tap";
import { CONDUCT } from "./boundaries-conduct.ts";
import { GOODS } from "./boundaries-goods.ts";
import { PERSONS } from "./boundaries-persons.ts";
import type { Facts } from "./fixtures.ts";
import { levelOf, shippedPolicy } from "./fixtures.ts";

const policy = shippedPolicy();
const FAMILIES = { ...CONDUCT, ...PERSONS, ...GOODS };

for (const [family, rules] of Object.entries(FAMILIES)) {
  t.test(family, async (t) => {
    for (const [rule, cases] of Object.entries(rules)) {
      for (const [level, facts] of cases) {
        t.equal(levelOf(policy, rule, facts), level, `${rule} ${JSON.stringify(facts)}`);
      }
    }
  });
}

t.test("every level of every rule is reached, and every rule is spared", async (t) => {
  const cases = new Map(Object.values(FAMILIES).flatMap((rules) => Object.entries(rules)));
  t.strictSame(
    [...cases.keys()].sort(),
    policy.rules.map(({ everywhere }) => everywhere.id).sort(),
    "there is a case for each rule that is on",
  );
  for (const { everywhere } of policy.rules) {
    const reached = new Set(cases.get(everywhere.id)?.map(([level]) => level));
    for (const level of ["-", ...everywhere.levels.map((raised) => raised.level)])
      t.ok(reached.has(level), `${everywhere.id}: ${level}`);
  }
});

t.test(
  "at some kinds of pharmacy, and around the Spring Festival, rules have other numbers",
  async (t) => {
    const at = (kind: string, rule: string, facts: Facts) =>
      levelOf(policy, rule, { "#pharmacy-kind": kind, ...facts });
    const guests = {
      outsiderShareToday: 0.9,
      pharmacySalesToday: 40,
      outsiderShareUsual: 0.1,
      pharmacyHistoryDays: 28,
      outsiders24h: 39,
      outsiderPrefectures24h: 9,
    };
    t.equal(at("none", "CF-06", guests), "hold");
    for (const kind of ["hospital-gate", "station", "airport", "tourist"])
      t.equal(at(kind, "CF-06", guests), "warn", kind);
    const baskets = { basketPersons2h: 13, totalYuan: 200 };
    t.strictSame(
      [at("none", "CF-07", baskets), at("hospital-gate", "CF-07", baskets)],
      ["hold", "warn"],
    );
    const doctor = { prescriberPersons1h: 29, prescriberPersonsToday: 99 };
    t.strictSame(
      [at("none", "RX-02", doctor), at("hospital-gate", "RX-02", doctor)],
      ["hold", "-"],
    );
    t.strictSame(
      [at("none", "RX-05", { rxFast: 8 }), at("hospital-gate", "RX-05", { rxFast: 8 })],
      ["warn", "-"],
    );
    const colleagues = { employerPersonsToday: 20 };
    for (const kind of ["campus", "factory"])
      t.equal(at(kind, "CF-11", colleagues), "hold in shadow", kind);
    const festival = (onHandDays: number, rule: string, facts: Facts = {}) =>
      levelOf(policy, rule, { onHandDays, "#period:spring-festival": true, ...facts });
    t.strictSame(
      [21, 22, 44, 45].map((days) => festival(days, "OQ-02")),
      ["-", "warn", "warn", "hold"],
    );
    const [watched = {}] = (GOODS["trace codes and resale"]["RS-01"] ?? []).map(
      ([, facts]) => facts,
    );
    t.strictSame(
      [10.5, 11, 22, 22.1].map((days) => festival(days, "RS-01", { ...watched, onHandDays: days })),
      ["-", "warn", "warn", "hold"],
    );
  },
);
