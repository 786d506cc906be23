import t from "tap";
import type { PharmacyEntry } from "../../src/reference/bundle.ts";
import { PLACES_KEPT } from "../../src/rules/rule-book.ts";
import { bought, HERE, ledgerLine, reference } from "../features/fixtures.ts";
import { hitsOf, judged, ordinary, policyOf } from "./fixtures.ts";

/** Warns above 7 days on hand and holds above 30, and eight overlays that change the numbers. */
const policy = policyOf(`version: t1
features:
  onHand: { fact: onHandDays }
rules:
  - id: OQ-02
    category: over-quantity
    name: { zh: 余药, en: Refill }
    limits: { warn: 7, hold: { days: 30, other: 1 } }
    levels:
      warn: onHand > limit
      hold: onHand > limit.days
    source: test
    message: { zh: 余药, en: Left }
  - id: OQ-08
    category: over-quantity
    name: { zh: 年货, en: Off until the calendar }
    mode: off
    levels: { warn: onHand > 1.0 }
    source: test
    message: { zh: 余药, en: Left }
overlays:
  - calendar: [spring-festival, national-day]
    rules: { OQ-02: { add: { warn: 14, hold: { days: 14 } } } }
  - calendar: [harvest]
    rules: { OQ-08: { mode: enforce } }
  - kinds: [hospital-gate]
    rules: { OQ-02: { limits: { hold: { days: 50, other: 1 } } } }
  - kinds: [hospital-gate]
    areas: ["2101"]
    rules: { OQ-02: { limits: { hold: { days: 55, other: 1 } } } }
  - areas: ["2101", "210102"]
    rules: { OQ-02: { add: { hold: { days: 1 } } } }
  - areas: ["21"]
    rules: { OQ-02: { limits: { hold: { days: 40, other: 1 } } } }
  - areas: ["2102"]
    rules: { OQ-02: { limits: { warn: 10 }, mode: shadow } }
  - kinds: [none]
    areas: ["37"]
    rules: { OQ-02: { mode: off } }
`);

interface Where {
  readonly area: string;
  readonly kind?: string;
  readonly periods?: readonly string[];
}

/** The most days on hand that are no hold there, then. */
function holdsAbove({ area, kind, periods = [] }: Where): number {
  const pharmacy: PharmacyEntry = { code: HERE, area, status: "active", ...(kind && { kind }) };
  const bundle = reference({ pharmacies: [pharmacy], periods });
  const level = (days: number) => {
    const ledger = [bought(0, { lines: [ledgerLine({ days })] })];
    const swipe = ordinary({ pharmacy: { area } });
    return hitsOf(judged(policy, { swipe, reference: bundle, memory: { ledger } }))["OQ-02"];
  };
  let days = 1;
  while (days < 100 && level(days) !== "hold") days += 1;
  return days - 1;
}

t.test("areas, kinds of pharmacy and periods of the calendar change a rule", async (t) => {
  t.equal(holdsAbove({ area: "110101" }), 30, "nowhere special");
  t.equal(holdsAbove({ area: "210304" }), 40, "the province");
  t.equal(holdsAbove({ area: "110101", kind: "hospital-gate" }), 50, "a kind of pharmacy");
  t.equal(holdsAbove({ area: "110101", kind: "station" }), 30, "another kind");
  t.equal(holdsAbove({ area: "110101", periods: ["spring-festival"] }), 44, "a period");
  t.equal(holdsAbove({ area: "110101", periods: ["qingming"] }), 30, "another period");
});

t.test("what holds together is applied in turn, the weaker before the stronger", async (t) => {
  t.equal(holdsAbove({ area: "210304", kind: "hospital-gate" }), 50, "a kind before an area");
  t.equal(holdsAbove({ area: "210204", periods: ["spring-festival"] }), 54, "an addition is to it");
  t.equal(holdsAbove({ area: "210105" }), 41, "a part of the province adds to the province's");
  t.equal(
    holdsAbove({ area: "210102", kind: "hospital-gate" }),
    55,
    "an area's kind before the kind everywhere, though both stand before the addition",
  );
  t.equal(
    holdsAbove({ area: "110101", periods: ["spring-festival", "national-day"] }),
    44,
    "an overlay is applied once, however many of its periods are in force",
  );
});

t.test("an overlay may switch a rule on, off or to shadow", async (t) => {
  const at = ({ area, kind, periods = [] }: Where) => {
    const pharmacy: PharmacyEntry = { code: HERE, area, status: "active", ...(kind && { kind }) };
    const ledger = [bought(0, { lines: [ledgerLine({ days: 20 })] })];
    return judged(policy, {
      swipe: ordinary({ pharmacy: { area } }),
      reference: reference({ pharmacies: [pharmacy], periods }),
      memory: { ledger },
    });
  };
  t.strictSame(hitsOf(at({ area: "110101" })), { "OQ-02": "warn" });
  t.strictSame(hitsOf(at({ area: "110101", periods: ["harvest"] })), {
    "OQ-02": "warn",
    "OQ-08": "warn",
  });
  t.strictSame(hitsOf(at({ area: "370101" })), {}, "off where no kind is on record");
  t.strictSame(hitsOf(at({ area: "370101", kind: "station" })), { "OQ-02": "warn" });
  t.match(at({ area: "210204" }), { level: "allow", hits: [{ rule: "OQ-02", shadow: true }] });
});

t.test("many places do not make it forget, nor mix up, what holds where", async (t) => {
  const bundle = reference();
  const ledger = [bought(0, { lines: [ledgerLine({ days: 45 })] })];
  const level = (area: string) =>
    judged(policy, {
      swipe: ordinary({ pharmacy: { area } }),
      reference: bundle,
      memory: { ledger },
    }).level;
  for (let area = 0; area <= PLACES_KEPT; area += 1) level(String(300_000 + area));
  t.strictSame([level("110101"), level("210304"), level("210204")], ["hold", "hold", "allow"]);
});
