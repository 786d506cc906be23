import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { LedgerEntry } from "../../src/counters/contract.ts";
import { daysLeft } from "../../src/features/purchase-features.ts";
import { SECOND } from "../../src/units.ts";
import {
  AMLODIPINE,
  AT,
  bought,
  DAY,
  drugKey,
  HONEYSUCKLE,
  HOUR,
  ledgerLine,
  line,
  MINUTE,
  swipe,
  value,
} from "./fixtures.ts";

const onHand = { fact: "onHandDays" };
const packs30d = { fact: "packsDispensed", window: "30d" };

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
  const otherForm = `${drugKey(line().drug).slice(0, 4)}\u00ff`;
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

t.test("a day is 24 hours of elapsed time, whatever the calendar says", async (t) => {
  t.equal(value(onHand, { memory: { ledger: [bought(0, { at: AT - 12 * HOUR })] } }), 13.5);
});
