import t from "tap";
import type { ClaimUse } from "../../src/counters/contract.ts";
import { APPROVER_SUSPENDED, impliedFeatures } from "../../src/features/list-features.ts";
import { PHARMACY_KIND, periodFeature, placeFeatures } from "../../src/features/place-features.ts";
import { compilePlan } from "../../src/features/plan.ts";
import { readFeatures } from "../../src/features/read.ts";
import {
  AT,
  DAY,
  EMPTY,
  HERE,
  HONEYSUCKLE,
  line,
  observe,
  personBytes,
  pseudonym,
  reference,
  swipe,
  use,
  value,
} from "./fixtures.ts";

t.test("one pack is one pack of its form, however the lines are cut", async (t) => {
  const onePack = (lines: readonly ReturnType<typeof line>[], of = 0) =>
    value({ fact: "onePack" }, { swipe: swipe({ lines }), line: of });
  t.equal(onePack([line()]), true);
  t.equal(onePack([line({ quantity: 20_000 })]), false);
  t.equal(onePack([line(), line({ line: "0002" })]), false, "two lines of one form");
  t.equal(onePack([line(), line({ line: "0002", drug: "XC08CAA187A001" })]), true);
  t.equal(onePack([line({ quantity: 70_000, unit: "piece" })]), true, "half a pack of tablets");
  t.equal(onePack([line({ drug: HONEYSUCKLE })]), false, "slices have no packs");
});

t.test("a prescription is completed where part of it was dispensed before", async (t) => {
  const sale = (packs: number) =>
    swipe({
      lines: [
        line({
          quantity: packs * 10_000,
          prescription: { id: pseudonym("rx"), long: false, quantity: 30_000 },
        }),
      ],
    });
  const used = use({ person: personBytes("own").slice(0, 8), quantity: 20_000 });
  const completes = (packs: number, prescriptions: readonly (readonly ClaimUse[])[] | null) => {
    const memory = prescriptions === null ? null : { prescriptions };
    return value({ fact: "rxCompletes" }, { swipe: sale(packs), memory });
  };
  t.equal(completes(1, [[used]]), true, "the rest of it");
  t.equal(completes(2, [[used]]), false, "more than the rest");
  t.equal(completes(3, [[]]), false, "a fresh one completes nothing");
  t.equal(completes(1, null), "missing");
});

t.test("a relative pays, or nobody says so", async (t) => {
  const pays = (funds?: ReturnType<typeof swipe>["funds"]) =>
    value({ fact: "familyPays" }, { swipe: swipe({ ...(funds && { funds }) }) });
  t.equal(pays({ pooled: 0, familyAccount: 100 }), true);
  t.equal(pays({ pooled: 100, familyAccount: 0 }), false);
  t.equal(pays({ pooled: 100 }), false);
  t.equal(pays(), false);
});

t.test("a list may be asked whether somebody stays on it", async (t) => {
  const today = reference();
  /** In hospital until so many days from now, that day included. */
  const until = (days: number) => ({
    ...today,
    listed: (_: string, id: string, on: number) =>
      id === pseudonym("own") && on <= Math.floor((AT + 8 * 3_600_000) / DAY) + days,
  });
  const inHospital = (days: number, lasting?: number) =>
    value(
      { listed: { list: "inpatient", of: "person", ...(lasting && { lasting }) } },
      { reference: until(days) },
    );
  t.strictSame([inHospital(-1), inHospital(0), inHospital(1)], [false, true, true]);
  t.strictSame([inHospital(0, 2), inHospital(1, 2), inHospital(2, 2)], [false, false, true]);
});

t.test("overlays see the kind of pharmacy and the periods in force", async (t) => {
  const features = new Map([...placeFeatures(["spring-festival"]), ...impliedFeatures()]);
  const names = [PHARMACY_KIND, periodFeature("spring-festival"), APPROVER_SUSPENDED];
  const plan = compilePlan(features, names);
  const seen = (changes: Parameters<typeof reference>[0]) => {
    const bundle = reference(changes);
    const sale = swipe();
    const { swipe: row } = readFeatures(plan, sale, observe(plan, sale, bundle), EMPTY, bundle);
    return plan.swipe.map(({ name }, index) => [name, row[index]]);
  };
  const gate = { code: HERE, area: "210102", status: "active" as const, kind: "hospital-gate" };
  t.strictSame(seen({ pharmacies: [gate], periods: ["spring-festival", "qingming"] }), [
    [APPROVER_SUSPENDED, "absent"],
    [periodFeature("spring-festival"), { known: true }],
    [PHARMACY_KIND, { known: "hospital-gate" }],
  ]);
  t.strictSame(seen({}), [
    [APPROVER_SUSPENDED, "absent"],
    [periodFeature("spring-festival"), { known: false }],
    [PHARMACY_KIND, { known: "none" }],
  ]);
});
