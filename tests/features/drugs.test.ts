import t from "tap";
import type { DrugEntry, WatchEntry } from "../../src/reference/bundle.ts";
import type { PseudonymisedLine, PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import type { TraceShape } from "../../src/swipe/trace-code.ts";
import { shanghaiDay, shanghaiMidnight } from "../../src/units.ts";
import type { Given } from "./fixtures.ts";
import {
  AMLODIPINE,
  AT,
  ATORVASTATIN,
  codes,
  DAY,
  HONEYSUCKLE,
  line,
  MINUTE,
  personBytes,
  pseudonym,
  reference,
  swipe,
  use,
  value,
} from "./fixtures.ts";

const BEVACIZUMAB = "XL01XCB194B002";
const GLARGINE = "XA10AEG025B002";
const LIRAGLUTIDE = "XA10BJL001B002";
const SECUKINUMAB = "XL04ACS271B002";
const ENOXAPARIN = "XB01ABY001B002";
const DANHONG = "ZA12CAD0087";
const DANSHEN = "ZA12BAF0354";
const CONSUMABLE = "C0101010010000100001";

const known = (code: string, changes: Partial<DrugEntry> = {}): DrugEntry => ({
  ...{ code, name: "药", prescription: true, traceExempt: false },
  ...changes,
});
const bundle = reference({
  drugs: [
    known(ATORVASTATIN.slice(0, 14), { packUnits: 14, ceilingPrice: 4_800, areaMedian: 7_300 }),
    known(BEVACIZUMAB),
    known(GLARGINE),
    known(SECUKINUMAB, { dualChannel: true }),
    known(ENOXAPARIN, { setting: "retail" }),
    known(DANHONG, { name: "丹红注射液", setting: "inpatient" }),
    known(DANSHEN, { name: "复方丹参滴丸", diseases: ["M039", "i25"] }),
  ],
});

function ofLine(declaration: object, changes: Partial<PseudonymisedLine>, given = bundle) {
  return value(declaration, { swipe: swipe({ lines: [line(changes)] }), reference: given });
}

function ofSwipe(declaration: object, changes: Parameters<typeof swipe>[0], given = bundle) {
  return value(declaration, { swipe: swipe(changes), reference: given });
}

t.test("an injection is known by its code, a patent medicine's by its name", async (t) => {
  const read = (fact: string, drug: string) => ofLine({ fact }, { drug });
  const injections = [BEVACIZUMAB, GLARGINE, DANHONG];
  for (const drug of injections) t.equal(read("isInjection", drug), true, drug);
  for (const drug of [ATORVASTATIN, DANSHEN, HONEYSUCKLE, "LOCAL-17", CONSUMABLE])
    t.equal(read("isInjection", drug), false, drug);
  t.equal(read("isInjection", "ZA12HAZ0411"), false, "of an unlisted one nobody knows the name");
  const watch: WatchEntry = {
    list: "tcm_patent",
    rank: 8,
    code: "ZA12HAZ0411",
    name: "注射用血塞通",
  };
  const watching = { ...bundle, watched: () => watch };
  t.equal(ofLine({ fact: "isInjection" }, { drug: "ZA12HAZ0411" }, watching), true);
  for (const drug of [GLARGINE, LIRAGLUTIDE, SECUKINUMAB, ENOXAPARIN])
    t.equal(read("isSelfInjected", drug), true, drug);
  for (const drug of [BEVACIZUMAB, DANHONG, "XA10BKD256A001", "XA10BJS001A001"])
    t.equal(read("isSelfInjected", drug), false, drug);
  t.strictSame(
    [DANHONG, ENOXAPARIN, BEVACIZUMAB, "LOCAL-17"].map((drug) => read("setting", drug)),
    ["inpatient", "retail", "none", "none"],
  );
  t.strictSame(
    [ATORVASTATIN, DANSHEN, HONEYSUCKLE, CONSUMABLE, "LOCAL-17"].map((drug) =>
      read("drugClass", drug),
    ),
    ["western", "patent", "slice", "consumable", "unknown"],
  );
  t.strictSame(
    [SECUKINUMAB, GLARGINE, "LOCAL-17"].map((drug) => read("dualChannel", drug)),
    [true, false, false],
  );
});

t.test("a pack's price is one pack's, however it is counted", async (t) => {
  const price = { fact: "priceYuan" };
  t.equal(ofLine(price, { unitPriceMicro: 36_500_000 }), 36.5);
  t.equal(ofLine(price, { unit: "piece", unitPriceMicro: 2_600_000 }), 36.4, "fourteen tablets");
  t.equal(ofLine(price, { unit: "piece", drug: "LOCAL-17" }), "absent", "of an unknown pack");
  t.equal(ofLine({ fact: "ceilingYuan" }, {}), 48);
  t.equal(ofLine({ fact: "ceilingYuan" }, { drug: GLARGINE }), "absent");
  t.equal(ofLine({ fact: "areaMedianYuan" }, {}), 73);
  t.equal(ofLine({ fact: "areaMedianYuan" }, { drug: "LOCAL-17" }), "absent");
});

t.test("diseases, filings and slices are as the fund pays them", async (t) => {
  const fits = (disease: string | undefined, drug = DANSHEN) =>
    ofSwipe({ fact: "diseaseFits" }, { ...(disease && { disease }), lines: [line({ drug })] });
  t.equal(fits("M03900"), true, "a code stands for all that begin with it");
  t.equal(fits("I25.1"), true, "in whatever case");
  t.equal(fits("M04000"), false);
  t.equal(fits(undefined), false, "no filed disease fits none");
  t.equal(fits("M03900", GLARGINE), "absent", "a drug without such a limit");
  const filings = reference({ filings: [`${pseudonym("own")}:${SECUKINUMAB}`] });
  t.strictSame(
    [SECUKINUMAB, GLARGINE].map((drug) => ofLine({ fact: "filed" }, { drug }, filings)),
    [true, false],
  );
  t.equal(ofLine({ fact: "filed" }, { drug: SECUKINUMAB }), "absent", "no filings.csv");
  const herbs = { lines: [line(), line({ drug: HONEYSUCKLE }), line({ drug: "T001700805" })] };
  t.strictSame([ofSwipe({ fact: "slices" }, herbs), ofSwipe({ fact: "slices" }, {})], [2, 0]);
  const alone = { lines: [line({ drug: HONEYSUCKLE }), line({ line: "0002", drug: HONEYSUCKLE })] };
  t.equal(ofSwipe({ fact: "slices" }, alone), 1, "one herb on two lines is alone");
  t.strictSame(
    [ofLine({ fact: "tcmUse" }, { tcmUse: "2" }), ofLine({ fact: "tcmUse" }, {})],
    ["2", "absent"],
  );
});

t.test("what a person pays for is not paid by the pool", async (t) => {
  const paid = (
    funds: PseudonymisedSwipe["funds"],
    own: Partial<PseudonymisedLine>,
    other?: Partial<PseudonymisedLine>,
  ) =>
    ofSwipe(
      { fact: "selfPaidOnPool" },
      {
        ...(funds && { funds }),
        lines: [line({ amount: 4_000, ...own }), ...(other ? [line(other)] : [])],
      },
    );
  const selfPaid = { chargeLevel: "3" };
  t.equal(paid({ pooled: 4_000 }, selfPaid), true);
  t.equal(paid({ account: 4_000 }, selfPaid), false, "one's own account may pay for it");
  t.equal(paid({ pooled: 4_000 }, { chargeLevel: "2" }), false);
  t.equal(paid({ pooled: 4_000 }, {}), "absent", "its class is not said");
  t.equal(paid(undefined, selfPaid), "absent", "who pays is not said");
  const payable = { line: "0002", amount: 6_000, chargeLevel: "1" };
  t.equal(paid({ pooled: 6_000, cash: 4_000 }, selfPaid, payable), false);
  t.strictSame(
    [paid({ pooled: 6_005 }, selfPaid, payable), paid({ pooled: 6_006 }, selfPaid, payable)],
    [false, true],
    "but for rounding",
  );
  t.equal(ofLine({ fact: "chargeLevel" }, selfPaid), "3");
});

t.test("a prescription tells where it comes from and how old it is", async (t) => {
  type Rx = NonNullable<PseudonymisedLine["prescription"]>;
  const read = (fact: string, rx?: Partial<Rx>, given = bundle) =>
    ofLine(
      { fact },
      rx ? { prescription: { id: pseudonym("rx"), long: false, ...rx } } : {},
      given,
    );
  t.strictSame([read("rxExternal"), read("rxExternal", {})], ["absent", "absent"]);
  t.strictSame(
    [read("rxExternal", { external: false }), read("rxExternal", { external: true })],
    [false, true],
  );
  t.strictSame(
    [read("rxSource", { source: "Internet" }), read("rxSource")],
    ["internet", "absent"],
  );
  t.strictSame(
    [read("rxLong", { long: true }), read("rxLong", {}), read("rxLong")],
    [true, false, false],
  );
  const midnight = shanghaiMidnight(shanghaiDay(AT));
  const age = (issuedAt: number) => read("rxAgeDays", { issuedAt });
  t.strictSame([age(AT), age(midnight), age(midnight - 1)], [0, 0, 1], "days of Shanghai");
  t.strictSame([age(midnight - 2 * DAY), age(midnight - 2 * DAY - 1)], [2, 3]);
  t.equal(read("rxAgeDays", {}), "absent");
  const prescriber = pseudonym("doctor");
  const register = (status: "active" | "suspended", since?: number) =>
    reference({ prescribers: { [prescriber]: { status, ...(since !== undefined && { since }) } } });
  const knows = (who: string, given = register("active")) => [
    read("prescriberKnown", { prescriber: who }, given),
    read("prescriberActive", { prescriber: who }, given),
  ];
  t.strictSame(knows(prescriber), [true, true]);
  t.strictSame(knows(pseudonym("stranger")), [false, "absent"]);
  t.strictSame(knows(prescriber, bundle), ["absent", "absent"], "no prescribers.csv");
  t.strictSame([read("prescriberKnown", {}), read("prescriberActive", {})], ["absent", "absent"]);
  const today = shanghaiDay(AT);
  t.strictSame(
    [register("suspended"), register("suspended", today), register("suspended", today + 1)].map(
      (given) => knows(prescriber, given)[1],
    ),
    [false, false, true],
    "suspended from a day on",
  );
});

t.test("a prescription covers what was dispensed on it up to its quantity", async (t) => {
  const used = (packs: number) => ({
    memory: {
      prescriptions: [[use({ person: personBytes("own").slice(0, 8), quantity: packs * 10_000 })]],
    },
  });
  const covers = (
    quantity: number | undefined,
    own: Partial<PseudonymisedLine>,
    given: Given = {},
  ) =>
    value(
      { fact: "rxCovers" },
      {
        swipe: swipe({
          lines: [
            line({
              prescription: {
                ...{ id: pseudonym("rx"), long: false },
                ...(quantity !== undefined && { quantity: quantity * 10_000 }),
              },
              ...own,
            }),
          ],
        }),
        ...given,
      },
    );
  t.equal(covers(3, { quantity: 10_000 }, used(2)), true, "the third of three");
  t.equal(covers(3, { quantity: 20_000 }, used(2)), false, "one too many");
  t.equal(covers(undefined, {}, used(0)), false, "it does not say how much");
  t.equal(covers(1, { quantity: 20_000 }, { memory: null }), false, "this sale alone is too much");
  t.equal(covers(3, {}, { memory: null }), "missing");
  t.equal(value({ fact: "rxCovers" }, { memory: null }), false, "no prescription, store or not");
});

t.test("a box tells what it holds, and until when", async (t) => {
  const box = (product: string) => ({
    traceCodes: [{ id: pseudonym("box"), shape: "national" as const, product }],
  });
  const registered = (drug: string, source = "registry") =>
    reference({ tracePrefixes: { "8338652": { drug, source } } });
  const differs = (drug: string, changes: Partial<PseudonymisedLine> = {}, source = "registry") =>
    ["prefixDiffers", "prefixLearnedFile"].map((fact) =>
      ofLine({ fact }, { ...box("8338652"), ...changes }, registered(drug, source)),
    );
  t.strictSame(differs(ATORVASTATIN), [false, false]);
  t.strictSame(
    differs(`${ATORVASTATIN.slice(0, 14)}020200999`),
    [false, false],
    "another pack of it",
  );
  t.strictSame(
    differs(ATORVASTATIN.slice(0, 10)),
    [false, false],
    "the register names the molecule",
  );
  t.strictSame(differs(AMLODIPINE), [true, false]);
  t.strictSame(differs(`${ATORVASTATIN.slice(0, 10)}E001`), [true, false], "another form");
  t.strictSame(differs(AMLODIPINE, {}, "learned"), [false, true]);
  t.strictSame(differs(AMLODIPINE, box("8829842")), [false, false], "a prefix nobody registered");
  t.strictSame(differs(AMLODIPINE, { drug: "LOCAL-17" }), [false, false], "a local code");
  t.strictSame(differs(AMLODIPINE, { drug: HONEYSUCKLE }), [false, false], "slices have no boxes");
  const shape = (of: TraceShape, drug = ATORVASTATIN, product?: string) =>
    ofLine(
      { fact: "traceShapeOther" },
      { drug, traceCodes: [{ id: pseudonym("box"), shape: of, ...(product && { product }) }] },
      reference({ tracePrefixes: { "1069001": { drug: ATORVASTATIN, source: "registry" } } }),
    );
  t.strictSame(
    [shape("national"), shape("gs1"), shape("goods"), shape("other")],
    [false, false, true, true],
  );
  t.strictSame(
    [shape("maker", ATORVASTATIN, "1069001"), shape("maker", ATORVASTATIN, "1069002")],
    [false, true],
    "a maker's own code is known by its beginning",
  );
  t.equal(shape("other", HONEYSUCKLE), false, "slices are not traced");
  t.equal(ofLine({ fact: "traceShapeOther" }, {}), false, "no code has no shape");
  const expired = (expires: string, at = AT) =>
    ofSwipe({ fact: "expired" }, { at, lines: [line({ expires })] });
  t.strictSame(
    [expired("2026-11-20"), expired("2026-11-21")],
    [true, false],
    "its last day is good",
  );
  const midnight = shanghaiMidnight(shanghaiDay(AT) + 1);
  t.strictSame(
    [expired("2026-11-21", midnight - 1), expired("2026-11-21", midnight)],
    [false, true],
  );
  t.equal(ofLine({ fact: "expired" }, {}), "absent");
});

t.test("a line is repeated when only its number differs", async (t) => {
  const repeated = (...lines: readonly Partial<PseudonymisedLine>[]) => {
    const sale = swipe({
      lines: lines.map((changes, index) => line({ line: `000${index}`, ...changes })),
    });
    return lines.map((_, index) => value({ fact: "repeatedLine" }, { swipe: sale, line: index }));
  };
  t.strictSame(repeated({}, {}, {}), [false, true, true], "the first is what was meant");
  const rx = (name: string) => ({ prescription: { id: pseudonym(name), long: false } });
  for (const difference of [
    { quantity: 20_000 },
    { unitPriceMicro: 36_400_000 },
    { drug: AMLODIPINE },
    { lot: "B2207" },
    { splitPack: true },
    rx("a"),
  ])
    t.strictSame(repeated({}, difference), [false, false], Object.keys(difference).join());
  t.strictSame(repeated(rx("a"), rx("a")), [false, true]);
  t.strictSame(
    repeated({ traceCodes: codes("a") }, { traceCodes: codes("b") }),
    [false, false],
    "two boxes on a line each",
  );
  t.strictSame(repeated({ traceCodes: codes("a", "b") }, { traceCodes: codes("b", "a") }), [
    false,
    true,
  ]);
});

t.test("a pharmacy is open by its hours, past midnight too", async (t) => {
  const midnight = shanghaiMidnight(shanghaiDay(AT));
  const open = (minute: number, hours: { opens?: number; closes?: number }) => {
    const pharmacy = { code: swipe().pharmacy.code, area: "210102", status: "active" as const };
    return ofSwipe(
      { fact: "openNow" },
      { at: midnight + minute * MINUTE },
      reference({ pharmacies: [{ ...pharmacy, ...hours }] }),
    );
  };
  const day = { opens: 480, closes: 1_320 };
  t.strictSame(
    [479, 480, 1_319, 1_320].map((minute) => open(minute, day)),
    [false, true, true, false],
  );
  const night = { opens: 1_200, closes: 120 };
  t.strictSame(
    [1_199, 1_200, 0, 119, 120].map((minute) => open(minute, night)),
    [false, true, true, true, false],
  );
  t.equal(open(180, {}), true, "without hours it is open all day");
  t.equal(open(180, { opens: 0, closes: 1_440 }), true);
  t.equal(
    ofSwipe({ fact: "openNow" }, {}, reference({ pharmacies: [] })),
    "absent",
    "of an unlisted one nobody knows",
  );
});

t.test("a pharmacy has a kind, a till and a pharmacist", async (t) => {
  const gate = reference({
    pharmacies: [
      { code: swipe().pharmacy.code, area: "210102", status: "active", kind: "station" },
    ],
  });
  t.strictSame(
    [ofSwipe({ fact: "pharmacyKind" }, {}, gate), ofSwipe({ fact: "pharmacyKind" }, {})],
    ["station", "none"],
  );
  t.strictSame(
    [
      ofSwipe({ fact: "operatorType" }, { pharmacy: { operatorType: "3" } }),
      ofSwipe({ fact: "operatorType" }, {}),
    ],
    ["3", "absent"],
  );
  const pharmacist = { pharmacist: pseudonym("pharmacist") };
  const given = (changes: Parameters<typeof swipe>[0]) =>
    ofSwipe({ fact: "pharmacistGiven" }, changes);
  t.strictSame([given({ pharmacy: pharmacist }), given({})], [true, false]);
  t.strictSame(
    [given({ via: "nhsa", pharmacy: pharmacist }), given({ via: "nhsa" })],
    [true, "absent"],
  );
  const spring = { fact: "period", name: "spring-festival" };
  t.strictSame(
    [ofSwipe(spring, {}, reference({ periods: ["spring-festival"] })), ofSwipe(spring, {})],
    [true, false],
  );
});
