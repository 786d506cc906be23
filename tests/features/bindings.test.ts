import t from "tap";
import type { Binding } from "../../src/counters/contract.ts";
import { bytes64, number64, partnerDigest } from "../../src/features/digests.ts";
import {
  AMLODIPINE,
  AT,
  ATORVASTATIN,
  DAY,
  drugKey,
  ELSEWHERE,
  HERE,
  HONEYSUCKLE,
  HOUR,
  line,
  personBytes,
  pseudonym,
  swipe,
  value,
} from "./fixtures.ts";

function seen(partner: string, daysAgo: number, count = 1): Binding {
  return { partner, at: AT - daysAgo * DAY, count };
}

function person(name: string): string {
  return personBytes(name).slice(0, 8);
}

t.test("cards and persons are counted with this swipe", async (t) => {
  const shown = swipe({ credential: { card: pseudonym("chip") } });
  const persons = { fact: "cardPersons", window: "400d" };
  const cards = { fact: "personCards", window: "7d" };
  const given = (declaration: unknown, ...partners: readonly Binding[]) =>
    value(declaration, { swipe: shown, memory: { bindings: [partners] } });
  t.equal(given(persons, seen(person("own"), 1)), 1);
  t.equal(given(persons, seen(person("other"), 300)), 2);
  t.equal(given(cards, seen(person("chip"), 1), seen(person("old"), 6.9)), 2);
  t.equal(given(cards, seen(person("old"), 7)), 1, "a replaced card is forgotten after seven days");
  t.equal(value(cards), "absent", "no card was read");
  t.equal(value(cards, { swipe: shown, memory: null }), "missing");
});

t.test("a till's hardware stands in one pharmacy", async (t) => {
  const pharmacies = { fact: "devicePharmacies", window: "24h" };
  const given = (...partners: readonly Binding[]) =>
    value(pharmacies, {
      swipe: swipe({ pharmacy: { device: "SN-88f0" } }),
      memory: { bindings: [partners] },
    });
  t.equal(given(seen(partnerDigest(HERE), 0.5)), 1);
  t.equal(given(seen(partnerDigest(ELSEWHERE), 0.5)), 2);
  t.equal(given(seen(partnerDigest(ELSEWHERE), 1)), 1, "moved a day ago");
  t.equal(value(pharmacies), "absent", "the till does not name it");
});

t.test("an article stands for one drug, in this sale too", async (t) => {
  const drugs = { fact: "articleDrugs", window: "30d" };
  const sold = line({ sku: "100234" });
  const given = (lines: Parameters<typeof swipe>[0] & object, ...partners: readonly Binding[]) =>
    value(drugs, { swipe: swipe(lines), memory: { bindings: [partners, partners] } });
  t.equal(given({ lines: [sold] }, seen(partnerDigest(ATORVASTATIN), 29)), 1);
  t.equal(given({ lines: [sold] }, seen(partnerDigest(AMLODIPINE), 29)), 2);
  t.equal(given({ lines: [sold] }, seen(partnerDigest(AMLODIPINE), 30)), 1, "a month ago");
  const both = [sold, line({ line: "0002", sku: "100234", drug: AMLODIPINE })];
  t.equal(given({ lines: both }), 2, "two drugs under one article in one sale");
  t.equal(value(drugs), "absent", "the till names no article");
});

t.test("an ID number belongs to one person in one insurance", async (t) => {
  const persons = { fact: "idPersons", window: "30d" };
  const byId = swipe({ credential: { type: "02", idNumber: pseudonym("id") } });
  const given = (...partners: readonly Binding[]) =>
    value(persons, { swipe: byId, memory: { bindings: [partners] } });
  const own = pseudonym("own");
  t.equal(given(seen(partnerDigest(own, "310"), 3)), 1);
  t.equal(given(seen(partnerDigest(own, "390"), 3)), 2, "another insurance");
  t.equal(given(seen(partnerDigest(pseudonym("other"), "310"), 3)), 2, "another person");
  t.equal(value(persons), "absent", "no identity card was shown");
});

t.test("a pharmacy's own price is the median of its sales", async (t) => {
  const median = { fact: "ownMedianPrice", window: "90d", min: 5 };
  const price = (yuan: number, count: number, daysAgo = 1) =>
    seen(bytes64(yuan * 1_000_000), daysAgo, count);
  const given = (...prices: readonly Binding[]) =>
    value(median, { memory: { bindings: [prices] } });
  t.equal(given(price(10, 3), price(12, 1), price(90, 1)), 10, "each sale counts, not each price");
  t.equal(given(price(90, 2), price(10, 3)), 10, "in whatever order they came");
  t.equal(given(price(10, 3), price(20, 3)), 15, "halfway between two middle sales");
  t.equal(given(price(10, 2), price(20, 2)), "absent", "four sales are too few");
  t.equal(given(price(10, 5, 90), price(20, 5)), 20, "a price of last quarter is forgotten");
  t.equal(value(median, { memory: null }), "missing");
  const tablets = line({ unit: "piece", quantity: 70_000, drug: "XA01ABC001A001" });
  t.equal(
    value(median, { swipe: swipe({ lines: [tablets] }), memory: { bindings: [] } }),
    "absent",
    "tablets of a pack of unknown size have no price a pack",
  );
  const large = 123_456_789_012_345;
  t.equal(number64(bytes64(large)), large);
});

t.test("what a trace code's product digits stand for is learned from sales", async (t) => {
  const differs = { fact: "learnedDrugDiffers", sales: 50, share: 0.95 };
  const product = (drug: string) => `${drugKey(drug)}\0\0`;
  const box = { id: pseudonym("box"), product: "8338652", shape: "national" as const };
  const given = (changes: Parameters<typeof line>[0], ...learned: readonly Binding[]) =>
    value(differs, {
      swipe: swipe({ lines: [line({ traceCodes: [box], ...changes })] }),
      memory: { bindings: [learned] },
    });
  t.equal(given({}, seen(product(AMLODIPINE), 1, 50)), true);
  t.equal(given({}, seen(product(AMLODIPINE), 1, 49)), false, "too few sales to know");
  t.equal(given({}, seen(product(ATORVASTATIN), 1, 500)), false, "it is this drug");
  t.equal(
    given({}, seen(product(AMLODIPINE), 1, 95), seen(product(ATORVASTATIN), 1, 5)),
    true,
    "95 of a hundred agree",
  );
  t.equal(
    given({}, seen(product(AMLODIPINE), 1, 94), seen(product(ATORVASTATIN), 1, 6)),
    false,
    "94 of a hundred are not agreement enough",
  );
  const taught = seen(product(AMLODIPINE), 1, 50);
  t.equal(given({ splitPack: true }, taught), false, "a split pack says nothing");
  t.equal(given({ quantity: 5_000 }, taught), false, "nor half a pack");
  t.equal(given({ drug: HONEYSUCKLE }, taught), false, "nor slices");
  t.equal(
    given({ traceCodes: [{ id: pseudonym("box"), shape: "gs1" }] }, taught),
    false,
    "other codes have no product digits",
  );
  t.equal(value(differs, { memory: null }), false, "without codes nothing was needed of the store");
});

t.test("findings about the person are read within their windows", async (t) => {
  const flag = (kind: "cohort" | "firstBuyer", value: number, hoursAgo: number) => ({
    kind,
    at: AT - hoursAgo * HOUR,
    value,
    reference: "12345678",
  });
  const cohort = { fact: "cohortSize", window: "30d" };
  const findings = { fact: "firstBuyerFindings", window: "180d" };
  const flags = [
    flag("cohort", 9, 30 * 24),
    flag("cohort", 7, 24),
    flag("cohort", 8, 48),
    flag("firstBuyer", 1, 179 * 24),
    flag("firstBuyer", 1, 180 * 24),
  ];
  t.equal(value(cohort, { memory: { flags } }), 8, "the largest group of the last 30 days");
  t.equal(value(findings, { memory: { flags } }), 1);
  t.strictSame([value(cohort), value(findings)], [0, 0], "nothing was found");
  t.strictSame(
    [value(cohort, { memory: null }), value(findings, { memory: null })],
    ["missing", "missing"],
  );
});
