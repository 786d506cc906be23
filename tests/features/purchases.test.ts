import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { LedgerEntry } from "../../src/counters/contract.ts";
import { rememberedPharmacy } from "../../src/counters/pharmacy-bytes.ts";
import { daysLeft } from "../../src/features/ledger-view.ts";
import { molecule } from "../../src/reference/drug-key.ts";
import { SECOND, shanghaiDay, shanghaiMidnight } from "../../src/units.ts";
import {
  AMLODIPINE,
  AT,
  ATORVASTATIN,
  bought,
  DAY,
  drugKey,
  ELSEWHERE,
  HONEYSUCKLE,
  HOUR,
  ledgerLine,
  line,
  MINUTE,
  reference,
  swipe,
  value,
} from "./fixtures.ts";

const onHand = { fact: "onHandDays" };
const packs30d = { fact: "packsDispensed", window: "30d" };
const covered30d = {
  ...{ fact: "packsCovered", window: "30d", ordinary: 30, chronic: 90, long: 90 },
  ...{ chronicTypes: [], slackShare: 0.1, slackPacks: 1, source: "a test." },
};

t.test("days on hand are what was bought less what went by", async (t) => {
  const of = (...ledger: readonly LedgerEntry[]) => value(onHand, { memory: { ledger } });
  t.equal(of(), 0, "nothing bought");
  t.equal(of(bought(4)), 10, "14 days bought 4 days ago");
  t.equal(of(bought(14)), 0, "used up to the day");
  t.equal(of(bought(3.5)), 10.5, "days are fractional");
  t.equal(of(bought(20), bought(4)), 10, "what ran out long ago is not owed");
  t.equal(of(bought(10), bought(4)), 18, "what was left is added to");
  t.equal(of(bought(4), bought(10)), 18, "however the ledger is ordered");
  t.equal(
    of(bought(4, { lines: [ledgerLine({ days: 7 })] })),
    3,
    "a part returned leaves what is left",
  );
  t.equal(
    of(bought(4, { lines: [ledgerLine({ days: undefined })] })),
    0,
    "unknown days accuse nobody",
  );
  t.equal(
    of(bought(4, { lines: [ledgerLine({ drug: drugKey(AMLODIPINE) })] })),
    0,
    "another molecule",
  );
  const otherForm = `${molecule(drugKey(line().drug))}\u00ff`;
  t.equal(
    of(bought(4, { lines: [ledgerLine({ drug: otherForm })] })),
    10,
    "another form of the molecule",
  );
});

t.test("only what is dispensed or reserved in force counts", async (t) => {
  const minutesAgo = (minutes: number, changes: Partial<LedgerEntry>) =>
    value(onHand, { memory: { ledger: [bought((minutes * MINUTE) / DAY, changes)] } });
  t.ok(Number(minutesAgo(14, { state: "reserved" })) > 13, "reserved 14 minutes ago");
  t.equal(minutesAgo(15, { state: "reserved" }), 0, "lapsed from the instant it is due");
  t.ok(Number(minutesAgo(60, { state: "reserved", presume: true })) > 13, "presumed after that");
  t.ok(Number(minutesAgo(14, { state: "unsealed" })) > 13, "not sealed yet");
  t.equal(
    minutesAgo(15, { state: "unsealed", presume: true }),
    0,
    "what was never sealed is never presumed",
  );
  t.ok(Number(minutesAgo(60, { state: "folded" })) > 13, "folded into daily sums");
  for (const state of ["attempted", "superseded", "returned"] as const)
    t.equal(minutesAgo(60, { state }), 0, state);
  const ahead = (ms: number) => value(onHand, { memory: { ledger: [bought(-ms / DAY)] } });
  t.equal(ahead(5 * SECOND), 14, "a neighbour's clock may be five seconds ahead");
  t.equal(ahead(5 * SECOND + 1), 0, "later entries are not yet");
});

t.test("days on hand are the same counted day by day", async (t) => {
  const purchases = fc.array(
    fc.record({ daysAgo: fc.integer({ min: 0, max: 90 }), days: fc.integer({ min: 1, max: 90 }) }),
    { maxLength: 20 },
  );
  const dayByDay = fc.property(purchases, (made) => {
    const ledger = made.map(({ daysAgo, days }) =>
      bought(daysAgo, { lines: [ledgerLine({ days })] }),
    );
    let stock = 0;
    for (let ago = 90; ago >= 0; ago -= 1) {
      for (const { daysAgo, days } of made) if (daysAgo === ago) stock += days;
      if (ago > 0) stock = Math.max(0, stock - 1);
    }
    assert.equal(daysLeft(ledger, drugKey(line().drug), AT), stock);
  });
  t.doesNotThrow(() => fc.assert(dayByDay), "a tablet a day, counted day by day");
});

t.test("packs within 30 days include this sale, X and Z lines only", async (t) => {
  const of = (...ledger: readonly LedgerEntry[]) => value(packs30d, { memory: { ledger } });
  t.equal(of(), 1, "this sale alone");
  t.equal(of(bought(29.99), bought(1)), 3);
  t.equal(of(bought(30)), 1, "30 days ago is out");
  t.equal(
    of(bought(1, { lines: [ledgerLine({ quantity: 5_000 })] })),
    1.5,
    "half of it was returned",
  );
  t.equal(of(bought(1, { lines: [ledgerLine({ drug: drugKey(AMLODIPINE) })] })), 1, "another form");
  const two = swipe({ lines: [line(), line({ line: "0002", quantity: 20_000 })] });
  t.equal(value(packs30d, { swipe: two }), 3, "lines of one form together");
  t.equal(
    value(packs30d, { swipe: swipe({ lines: [line({ drug: HONEYSUCKLE })] }) }),
    "absent",
    "slices are grams",
  );
  const pieces = line({ drug: "XA01ABC001A001", unit: "piece", quantity: 300_000 });
  t.equal(
    value(packs30d, { swipe: swipe({ lines: [pieces] }) }),
    "absent",
    "tablets of a pack of unknown size",
  );
  t.equal(value(packs30d, { memory: null }), "missing");
});

t.test(
  "a month's packs are covered as long as they last no longer at the usual dose than allowed",
  async (t) => {
    const of = (packs: number, daysSupply?: number, disease?: string) =>
      value(covered30d, {
        swipe: swipe({
          ...(disease ? { disease } : {}),
          lines: [line({ ...(daysSupply ? { daysSupply } : {}), quantity: 10_000 })],
        }),
        memory: {
          ledger: [bought(1, { lines: [ledgerLine({ quantity: (packs - 1) * 10_000 })] })],
        },
      });
    t.strictSame([of(3), of(4)], [true, false], "42 and 56 of 47 days");
    t.strictSame(
      [of(8, undefined, "M1"), of(9, undefined, "M1")],
      [true, false],
      "112, 126 of 113",
    );
    t.equal(of(4, 7), false, "whatever the till states");
    const unknown = reference({ drugs: [] });
    t.equal(value(covered30d, { reference: unknown }), false, "an unknown dose covers nothing");
    const slices = swipe({ lines: [line({ drug: HONEYSUCKLE })] });
    t.equal(value(covered30d, { swipe: slices }), false, "slices are grams");
    t.equal(value(covered30d, { memory: null }), "missing");
  },
);

t.test("a day is 24 hours of elapsed time, whatever the calendar says", async (t) => {
  t.equal(value(onHand, { memory: { ledger: [bought(0, { at: AT - 12 * HOUR })] } }), 13.5);
});

/** 00:00 in Shanghai of the day judged. */
const MIDNIGHT = shanghaiMidnight(shanghaiDay(AT));
const THIRD = "P21010200777";

t.test("pharmacies of a molecule are different ones, this one among them", async (t) => {
  const month = { fact: "pharmaciesOfMolecule", window: "30d" };
  const today = { fact: "pharmaciesOfMolecule", per: "day" };
  const of = (declaration: object, ...ledger: readonly LedgerEntry[]) =>
    value(declaration, { memory: { ledger } });
  const elsewhere = (daysAgo: number, changes: Partial<LedgerEntry> = {}) =>
    bought(daysAgo, { pharmacy: ELSEWHERE, ...changes });
  t.equal(of(month), 1);
  t.equal(of(month, bought(1), bought(2)), 1, "twice here is one");
  t.equal(of(month, elsewhere(1), elsewhere(2), bought(3, { pharmacy: THIRD })), 3);
  t.strictSame([of(month, elsewhere(29.99)), of(month, elsewhere(30))], [2, 1], "half-open");
  const otherForm = ledgerLine({ drug: `${molecule(drugKey(ATORVASTATIN))}\u00ff` });
  t.equal(of(month, elsewhere(1, { lines: [otherForm] })), 2, "another form of it");
  const other = ledgerLine({ drug: drugKey(AMLODIPINE) });
  t.equal(of(month, elsewhere(1, { lines: [other] })), 1, "another molecule");
  t.equal(
    of(month, elsewhere(1, { lines: [ledgerLine({ quantity: 0 }), other] })),
    1,
    "a line that came back whole was not dispensed there",
  );
  t.equal(of(month, elsewhere(1, { state: "attempted" })), 1, "refused there");
  t.strictSame(
    [MIDNIGHT, MIDNIGHT - 1].map((at) => of(today, elsewhere(0, { at }))),
    [2, 1],
    "a day is a day of Shanghai, not 24 hours",
  );
  t.equal(value(month, { memory: null }), "missing");
});

t.test("a pharmacy whose code has another shape is itself again", async (t) => {
  const local = "H0100020003";
  t.equal(
    value(
      { fact: "pharmaciesOfMolecule", window: "30d" },
      {
        swipe: swipe({ pharmacy: { code: local } }),
        memory: { ledger: [bought(1, { pharmacy: rememberedPharmacy(local) })] },
      },
    ),
    1,
  );
});

t.test("the supply of a molecule adds up in all its forms", async (t) => {
  const supply = { fact: "supplyOfMolecule", window: "90d" };
  const of = (...ledger: readonly LedgerEntry[]) => value(supply, { memory: { ledger } });
  t.equal(of(), 14, "this sale");
  t.equal(of(bought(60), bought(89.99)), 42);
  t.equal(of(bought(90)), 14, "90 days ago is out");
  t.equal(of(bought(1, { lines: [ledgerLine({ days: undefined })] })), 14, "unknown days add none");
  t.equal(of(bought(1, { state: "returned" })), 14, "what came back");
  t.equal(of(bought(1, { pharmacy: ELSEWHERE })), 28, "wherever it was bought");
  const twice = swipe({ lines: [line(), line({ line: "0002", daysSupply: 30 })] });
  t.equal(value(supply, { swipe: twice }), 44, "both lines of this sale");
  t.equal(value(supply, { reference: reference({ drugs: [] }) }), 0, "nobody knows how long");
});

t.test("what came back within 30 minutes is counted by molecule", async (t) => {
  const cycles = { fact: "soonReturned", window: "30d" };
  const of = (...ledger: readonly LedgerEntry[]) => value(cycles, { memory: { ledger } });
  const back = (daysAgo: number, changes: Partial<LedgerEntry> = {}) =>
    bought(daysAgo, { state: "returned", returnedSoon: true, ...changes });
  t.equal(of(), 0);
  t.equal(of(back(1), back(2, { pharmacy: ELSEWHERE })), 2);
  t.equal(of(bought(1, { state: "returned" })), 0, "returned later");
  t.equal(of(back(1, { state: "settled", partlyReturned: true })), 1, "a part came back");
  t.equal(
    of(back(1, { lines: [ledgerLine({ quantity: 0, days: 0, fen: 0 })] })),
    1,
    "all of it, part by part",
  );
  t.strictSame([of(back(29.99)), of(back(30))], [1, 0]);
  t.equal(of(back(1, { lines: [ledgerLine({ drug: drugKey(AMLODIPINE) })] })), 0);
  t.equal(value(cycles, { memory: null }), "missing");
});

const ROSUVASTATIN = "XC10AAR069A001";
const OTHER_STATIN = "XC10AAS117A001";
const CHINESE = "ZA12BAF0354";

t.test("another molecule of the same class duplicates what is at home", async (t) => {
  const onHandOf = { fact: "similarOnHand" };
  const of = (lines: readonly Partial<ReturnType<typeof ledgerLine>>[], given = {}) =>
    value(onHandOf, {
      memory: { ledger: [bought(4, { lines: lines.map((changes) => ledgerLine(changes)) })] },
      ...given,
    });
  const rosuvastatin = { drug: drugKey(ROSUVASTATIN), days: 28 };
  t.equal(of([rosuvastatin]), 24, "28 days bought four days ago");
  t.equal(of([]), 0);
  t.equal(of([{ days: 90 }]), 0, "the molecule itself is an early refill, no duplicate");
  t.equal(of([{ drug: drugKey("XC10AAA067E001"), days: 90 }]), 0, "nor is another form of it");
  t.equal(of([{ drug: drugKey(AMLODIPINE), days: 90 }]), 0, "another class");
  t.equal(of([rosuvastatin, { drug: drugKey(OTHER_STATIN), days: 90 }]), 86, "the longest");
  t.equal(of([{ ...rosuvastatin, quantity: 0, days: 0 }]), 0, "what came back");
  const combined = reference({ combinations: [["XC10AAA067", "XC10AAR069"]] });
  t.equal(of([rosuvastatin], { reference: combined }), 0, "taken together by the book");
  const patent = { drug: drugKey("ZA12BAX0110"), days: 90 };
  t.equal(
    of([patent], { swipe: swipe({ lines: [line({ drug: CHINESE })] }) }),
    0,
    "classes of patent medicines are wide: they say nothing",
  );
  t.equal(value(onHandOf, { memory: null }), "missing");
  const slices = swipe({ lines: [line({ drug: HONEYSUCKLE })] });
  t.equal(value(onHandOf, { swipe: slices, memory: null }), 0, "slices have no class at all");
});

t.test("a duplicate of the same day is seen across pharmacies and within the sale", async (t) => {
  const today = { fact: "similarToday" };
  const rosuvastatin = [ledgerLine({ drug: drugKey(ROSUVASTATIN) })];
  const of = (changes: Partial<LedgerEntry>) =>
    value(today, { memory: { ledger: [bought(0, { lines: rosuvastatin, ...changes })] } });
  t.strictSame([of({ at: MIDNIGHT }), of({ at: MIDNIGHT - 1 })], [true, false]);
  t.equal(of({ at: AT - HOUR, pharmacy: ELSEWHERE }), true);
  t.equal(of({ at: AT - HOUR, state: "attempted" }), false, "refused");
  t.equal(of({ at: AT - HOUR, lines: [ledgerLine()] }), false, "the same molecule");
  const both = swipe({ lines: [line(), line({ line: "0002", drug: ROSUVASTATIN })] });
  t.equal(value(today, { swipe: both, memory: null }), true, "one basket says so, store or not");
  t.equal(value(today, { memory: null }), "missing");
  t.equal(value(today, { swipe: both, line: 1 }), true, "of both lines");
});
