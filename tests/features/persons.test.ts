import t from "tap";
import type { LedgerEntry } from "../../src/counters/contract.ts";
import type { DrugEntry } from "../../src/reference/bundle.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import {
  AMLODIPINE,
  bought,
  drugKey,
  ELSEWHERE,
  ledgerLine,
  line,
  pseudonym,
  reference,
  swipe,
  value,
} from "./fixtures.ts";

t.test("an identity number is compared where it can be", async (t) => {
  type Facts = NonNullable<PseudonymisedSwipe["credential"]["idFacts"]>;
  const read = (fact: string, idFacts?: Facts) =>
    value({ fact }, { swipe: swipe({ credential: { type: "02", ...(idFacts && { idFacts }) } }) });
  t.equal(read("idChecksumValid"), "absent", "a passport has no check character of ours");
  t.equal(read("idChecksumValid", { checksumValid: false }), false);
  t.equal(read("idMatches", { checksumValid: true }), "absent", "neither birth nor sex is said");
  t.equal(read("idMatches", { checksumValid: true, birthMatches: true }), true);
  t.equal(
    read("idMatches", { checksumValid: true, birthMatches: true, sexMatches: false }),
    false,
    "one that differs is enough",
  );
  t.equal(read("idMatches", { checksumValid: false, birthMatches: false }), false);
});

t.test("an agent is somebody who buys for the person", async (t) => {
  const read = (fact: string, agent?: PseudonymisedSwipe["agent"]) =>
    value({ fact }, { swipe: swipe(agent === undefined ? {} : { agent }) });
  const id = pseudonym("nurse");
  t.equal(read("agentGiven"), false);
  t.equal(read("agentGiven", { registered: false }), false, "a form with nothing in it");
  t.equal(read("agentGiven", { registered: false, relation: "self" }), false, "the person's own");
  t.equal(read("agentGiven", { registered: false, relation: "child" }), true);
  t.equal(read("agentGiven", { registered: false, id }), true);
  t.equal(read("agentGiven", { registered: true }), true);
  t.strictSame(
    [
      read("agentNamed"),
      read("agentNamed", { registered: true }),
      read("agentNamed", { registered: false, id }),
    ],
    [false, false, true],
  );
  t.strictSame(
    [read("agentRegistered"), read("agentRegistered", { registered: true })],
    [false, true],
    "where nobody buys for the person nobody is registered",
  );
});

t.test("tills spell a verification in many ways", async (t) => {
  const read = (fact: string, method?: string, outcome = "") =>
    value(
      { fact },
      { swipe: swipe(method === undefined ? {} : { verification: { method, outcome } }) },
    );
  t.strictSame(
    ["face", "FACE_SCAN", "id-card", "idCard", "PASSWORD", "none", "Finger-Print"].map((method) =>
      read("verificationMethod", method),
    ),
    ["face", "face", "idCard", "idCard", "password", "none", "fingerprint"],
  );
  t.equal(read("verificationMethod"), "absent");
  const passed = (outcome: string) => read("verificationPassed", "face", outcome);
  const other = (outcome: string) => read("verificationOtherPerson", "face", outcome);
  for (const word of ["pass", "Passed", "OK", "match", "success"])
    t.strictSame([passed(word), other(word)], [true, false], word);
  for (const word of ["fail", "FAILED", "rejected"])
    t.strictSame([passed(word), other(word)], [false, false], word);
  for (const word of ["mismatch", "not_match"])
    t.strictSame([passed(word), other(word)], [false, true], `${word} is both`);
  for (const word of ["other-person", "otherPerson", "different_person", "not-self"])
    t.strictSame([passed(word), other(word)], ["absent", true], `${word}: a proxy, perhaps`);
  for (const word of ["timeout", "skipped", "0", "cancelled"])
    t.strictSame([passed(word), other(word)], ["absent", "absent"], `${word} shows nothing`);
  t.strictSame(
    [read("verificationPassed", "none", "fail"), read("verificationOtherPerson", "none", "other")],
    ["absent", "absent"],
    "nothing was checked",
  );
  t.equal(read("verificationPassed"), "absent");
});

const FINASTERIDE = "XG04CBF041A001";
const PAEDIATRIC = "XR05FAA001A001";
const LIMITED: readonly DrugEntry[] = [
  { code: FINASTERIDE, name: "a", prescription: true, traceExempt: false, sex: "1", minAge: 18 },
  { code: PAEDIATRIC, name: "b", prescription: false, traceExempt: false, maxAge: 14 },
  { code: AMLODIPINE.slice(0, 14), name: "c", prescription: true, traceExempt: false },
];
const bundle = reference({ drugs: LIMITED });

type Person = Partial<PseudonymisedSwipe["person"]>;

t.test("a drug is for whom drugs.csv says", async (t) => {
  const outside = (drug: string, person: Person) =>
    value(
      { fact: "outsideLimits" },
      { swipe: swipe({ person, lines: [line({ drug })] }), reference: bundle },
    );
  t.strictSame(
    [outside(FINASTERIDE, { sex: "2", age: 40 }), outside(FINASTERIDE, { sex: "1", age: 40 })],
    [true, false],
  );
  t.strictSame(
    [outside(FINASTERIDE, { sex: "1", age: 17 }), outside(FINASTERIDE, { sex: "1", age: 18 })],
    [true, false],
  );
  t.strictSame([outside(PAEDIATRIC, { age: 15 }), outside(PAEDIATRIC, { age: 14 })], [true, false]);
  t.equal(outside(FINASTERIDE, { sex: "2" }), true, "one limit broken is enough");
  t.equal(outside(FINASTERIDE, { sex: "9", age: 40 }), "absent", "an unspecified sex says nothing");
  t.equal(outside(FINASTERIDE, {}), "absent");
  t.equal(outside(AMLODIPINE, {}), false, "a drug without limits");
  t.equal(outside("LOCAL-17", {}), false, "an unlisted drug");
});

t.test("swipes outside the limits are counted, refused ones too", async (t) => {
  const breaches = { fact: "limitBreaches", window: "30d" };
  const of = (person: Person, drug: string, ...ledger: readonly LedgerEntry[]) =>
    value(breaches, {
      swipe: swipe({ person, lines: [line({ drug })] }),
      reference: bundle,
      memory: { ledger },
    });
  const before = (daysAgo: number, drug: string, changes: Partial<LedgerEntry> = {}) =>
    bought(daysAgo, { lines: [ledgerLine({ drug: drugKey(drug) })], ...changes });
  const woman = { sex: "2", age: 40 };
  t.equal(of(woman, FINASTERIDE), 1, "this one");
  t.equal(of(woman, AMLODIPINE), 0);
  t.equal(of(woman, FINASTERIDE, before(1, FINASTERIDE, { state: "attempted" })), 2, "refused");
  t.equal(of(woman, FINASTERIDE, before(1, FINASTERIDE, { state: "returned" })), 2, "taken back");
  t.equal(of(woman, FINASTERIDE, before(1, FINASTERIDE, { pharmacy: ELSEWHERE })), 2);
  t.equal(
    of(woman, FINASTERIDE, before(1, FINASTERIDE, { state: "superseded" })),
    1,
    "the step that took its place is there itself",
  );
  t.strictSame(
    [29.99, 30].map((daysAgo) => of(woman, FINASTERIDE, before(daysAgo, FINASTERIDE))),
    [2, 1],
  );
  t.equal(of(woman, AMLODIPINE, before(1, FINASTERIDE)), 1, "then, and not now");
  t.equal(of({ age: 15 }, AMLODIPINE, before(1, PAEDIATRIC)), 0, "fourteen until the birthday");
  t.equal(of({ age: 16 }, AMLODIPINE, before(1, PAEDIATRIC)), 1);
  t.equal(of({ age: 17 }, AMLODIPINE, before(1, FINASTERIDE)), 1, "too young now, younger then");
  t.equal(of({}, FINASTERIDE, before(1, FINASTERIDE)), "absent", "neither sex nor age is said");
  t.equal(
    value(breaches, { swipe: swipe({ person: woman }), reference: bundle, memory: null }),
    "missing",
  );
});

t.test("money is told by purse", async (t) => {
  const funds = { pooled: 100, account: 120_000, cash: 50 };
  const read = (fact: string, changes: Parameters<typeof swipe>[0]) =>
    value({ fact }, { swipe: swipe(changes) });
  const all = ["pooledYuan", "accountYuan", "familyYuan"];
  t.strictSame(
    all.map((fact) => read(fact, { funds })),
    [1, 1_200, 0],
    "a purse that is not named pays nothing",
  );
  t.strictSame(
    all.map((fact) => read(fact, {})),
    ["absent", "absent", "absent"],
  );
  const share = (balance: number | undefined, paid: typeof funds | undefined = funds) =>
    read("accountShare", {
      ...(paid && { funds: paid }),
      person: balance === undefined ? {} : { balance },
    });
  t.equal(share(150_000), 0.8);
  t.equal(share(0), "absent", "of nothing there is no part");
  t.equal(share(undefined), "absent");
  t.equal(read("accountShare", { person: { balance: 150_000 } }), "absent");
});

t.test("who is insured where, and what else the swipe itself says", async (t) => {
  const outside = (insuredArea: string, near: readonly (readonly [string, string])[] = []) =>
    value(
      { fact: "insuredOutsideNeighbourhood" },
      { swipe: swipe({ person: { insuredArea } }), reference: reference({ near }) },
    );
  t.strictSame([outside("210181"), outside("210204")], [false, true]);
  t.equal(outside("210204", [["210204", "210102"]]), false, "a neighbour by areas.csv");
  const skew = (ms: number) =>
    value({ fact: "clockSkewSeconds" }, { swipe: swipe({ occurredAt: swipe().at + ms }) });
  t.strictSame([skew(0), skew(301_000), skew(-301_500)], [0, 301, 301.5], "either way");
  t.equal(value({ fact: "linesCount" }, { swipe: swipe({ lines: [line(), line()] }) }), 2);
  const override = { code: "ELDERLY", approver: pseudonym("boss") };
  t.strictSame(
    [
      value({ fact: "overrideGiven" }),
      value({ fact: "overrideGiven" }, { swipe: swipe({ override }) }),
    ],
    [false, true],
  );
});
