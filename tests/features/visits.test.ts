import t from "tap";
import type { LedgerEntry } from "../../src/counters/contract.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { SECOND, shanghaiDay, shanghaiMidnight } from "../../src/units.ts";
import {
  AMLODIPINE,
  AT,
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

/** 00:00 in Shanghai of the day judged. */
const MIDNIGHT = shanghaiMidnight(shanghaiDay(AT));

function of(declaration: object, ...ledger: readonly LedgerEntry[]) {
  return value(declaration, { memory: { ledger } });
}

t.test("purchases here are counted by day and by month, with this one", async (t) => {
  const today = { fact: "purchasesHere", per: "day" };
  const month = { fact: "purchasesHere", window: "30d" };
  t.equal(of(today), 1);
  t.equal(of(month, bought(1), bought(29.99), bought(30)), 3, "30 days ago is out");
  t.equal(of(month, bought(1, { pharmacy: ELSEWHERE })), 1, "elsewhere");
  t.strictSame(
    [MIDNIGHT, MIDNIGHT - 1].map((at) => of(today, bought(0, { at }))),
    [2, 1],
  );
  t.equal(of(month, bought(1, { state: "returned" })), 1, "reversals net out");
  t.equal(of(month, bought(1, { state: "attempted" })), 1, "a refused one was no purchase");
  t.equal(of(month, bought(1, { state: "reserved" })), 1, "a lapsed one neither");
  t.equal(of(month, bought(1, { state: "reserved", presume: true })), 2, "a presumed one was");
  t.equal(value(month, { memory: null }), "missing");
});

t.test("purchases of a day are counted at all pharmacies", async (t) => {
  const today = { fact: "purchasesToday" };
  const earlier = { at: AT - HOUR };
  t.equal(of(today, bought(0, earlier), bought(0, { ...earlier, pharmacy: ELSEWHERE })), 3);
  t.strictSame(
    [MIDNIGHT, MIDNIGHT - 1].map((at) => of(today, bought(0, { at }))),
    [2, 1],
  );
});

t.test("therapeutic groups are those of ATC's second level, bought here", async (t) => {
  const groups = { fact: "groupsHere", window: "30d" };
  const drugs = (...codes: readonly string[]) => ({
    lines: codes.map((code) => ledgerLine({ drug: drugKey(code) })),
  });
  t.equal(of(groups), 1, "this sale's own");
  t.equal(of(groups, bought(1, drugs("XC10AAR069A001"))), 1, "another statin");
  t.equal(of(groups, bought(1, drugs(AMLODIPINE, "XA10BKD256A001"))), 3);
  t.equal(of(groups, bought(1, drugs("ZC10AAA0001"))), 2, "a patent medicine's groups are its own");
  t.equal(of(groups, bought(1, drugs(HONEYSUCKLE, "LOCAL-17"))), 1, "what has no class adds none");
  t.equal(of(groups, bought(1, { ...drugs(AMLODIPINE), pharmacy: ELSEWHERE })), 1);
  t.equal(
    of(groups, bought(1, { lines: [ledgerLine({ drug: drugKey(AMLODIPINE), quantity: 0 })] })),
    1,
    "what came back",
  );
  const two = swipe({ lines: [line(), line({ line: "0002", drug: AMLODIPINE })] });
  t.equal(value(groups, { swipe: two }), 2);
});

t.test("the same amount twice in a minute is a double, unless rules split the sale", async (t) => {
  const same = { fact: "sameAmountHere", window: "60s" };
  const before = (seconds: number, changes: Partial<LedgerEntry> = {}) =>
    of(same, bought(0, { at: AT - seconds * SECOND, ...changes }));
  t.equal(before(5), 2);
  t.strictSame([before(59.9), before(60)], [2, 1], "half-open");
  t.equal(before(5, { lines: [ledgerLine({ fen: 3_651 })] }), 1, "one fen more");
  t.equal(
    before(5, { lines: [ledgerLine({ fen: 1_650 }), ledgerLine({ tag: 2, fen: 2_000 })] }),
    2,
    "other goods for the same amount",
  );
  t.equal(before(5, { pharmacy: ELSEWHERE }), 1);
  t.equal(before(5, { state: "returned" }), 1, "taken back");
  const nature = { chronic: false, prescribed: false, outsider: false, proxied: false };
  t.equal(before(5, { nature: { ...nature, chronic: true } }), 1, "chronic beside ordinary");
  t.equal(before(5, { nature: { ...nature, prescribed: true } }), 1, "on a prescription or not");
  t.equal(before(5, { nature: { ...nature, outsider: true } }), 2, "the rest says nothing");
  const chronic = swipe({ medicalType: "140104" });
  const twice = { memory: { ledger: [bought(0, { nature: { ...nature, chronic: true } })] } };
  t.equal(value(same, { ...twice, swipe: chronic }), 2, "chronic twice");
});

const DUAL = "XL01XEA298A001";
const drugs = [
  {
    code: DUAL,
    name: "奥希替尼",
    prescription: true,
    traceExempt: false,
    dualChannel: true,
  },
];
const dualLine = (fen: number) => ledgerLine({ drug: drugKey(DUAL), tag: 2, fen });

t.test("fund money of a day leaves dual-channel drugs out", async (t) => {
  const today = { fact: "fundToday" };
  const bundle = reference({ drugs });
  const money = (changes: Partial<PseudonymisedSwipe>, ...ledger: readonly LedgerEntry[]) =>
    value(today, { swipe: swipe(changes), reference: bundle, memory: { ledger } });
  const earlier = (changes: Partial<LedgerEntry>) => bought(0, { at: AT - HOUR, ...changes });
  t.equal(money({}), 36.5, "where the till does not say, all may be the fund's");
  t.equal(money({ funds: { pooled: 1_000, account: 500, cash: 2_150 } }), 15);
  t.equal(money({ funds: { familyAccount: 700 } }), 7, "a relative's account is fund money too");
  t.equal(money({}, earlier({ fund: 1_000 })), 46.5);
  t.equal(money({}, earlier({ fund: 1_000, pharmacy: ELSEWHERE })), 46.5, "wherever");
  t.equal(
    money({}, earlier({ fund: 1_203_650, lines: [ledgerLine(), dualLine(1_200_000)] })),
    73,
    "the dual-channel line of an earlier sale",
  );
  t.equal(
    money({}, earlier({ fund: 900_000, lines: [ledgerLine(), dualLine(1_200_000)] })),
    36.5,
    "never below nothing",
  );
  t.equal(
    money({}, earlier({ fund: 10_000, lines: [ledgerLine({ fen: 2_000 })] })),
    56.5,
    "no more than what is left costs",
  );
  const own = { total: 1_203_650, lines: [line(), line({ drug: DUAL, amount: 1_200_000 })] };
  t.equal(money(own), 36.5, "this sale's own dual-channel line");
  t.equal(money({ ...own, funds: { pooled: 800_000 } }), 0);
  t.strictSame(
    [MIDNIGHT, MIDNIGHT - 1].map((at) => money({}, bought(0, { at }))),
    [73, 36.5],
  );
  t.equal(value(today, { memory: null }), "missing");
});

/** 2026-12-15 10:00 in Shanghai: the ledger begins in the middle of September. */
const DECEMBER = Date.UTC(2026, 11, 15, 2);
const on = (month: number, day: number, fund: number, hour = 4) =>
  bought(0, { at: Date.UTC(2026, month - 1, day, hour), fund, lines: [ledgerLine({ fen: fund })] });

t.test("a month's fund money is compared with the mean of earlier months", async (t) => {
  const judged = swipe({ at: DECEMBER, total: 30_000, lines: [line({ amount: 30_000 })] });
  const read = (fact: string, ...ledger: readonly LedgerEntry[]) =>
    value({ fact }, { swipe: judged, memory: { ledger } });
  const spent = (...ledger: readonly LedgerEntry[]) => read("fundThisMonth", ...ledger);
  const mean = (...ledger: readonly LedgerEntry[]) => read("fundMonthlyMean", ...ledger);
  t.equal(spent(), 300);
  t.equal(spent(on(12, 1, 5_000), on(12, 14, 5_000)), 400);
  t.strictSame(
    [on(11, 30, 5_000, 16), on(11, 30, 5_000, 15)].map((entry) => spent(entry)),
    [350, 300],
    "months begin in Shanghai",
  );
  t.equal(mean(), "absent", "nobody knows what is usual");
  t.equal(mean(on(12, 1, 5_000)), "absent", "this month is not an earlier one");
  t.equal(mean(on(11, 3, 20_000), on(11, 20, 10_000), on(10, 5, 10_000)), 200, "300 and 100");
  t.equal(mean(on(11, 3, 20_000)), 200, "months without purchases do not count");
  t.equal(mean(on(11, 3, 20_000), on(10, 3, 0)), 200, "nor do those paid in cash");
  t.equal(
    mean(on(11, 3, 20_000), on(10, 3, 20_000), on(9, 20, 2_000)),
    200,
    "nor does a month of which the beginning is forgotten",
  );
  t.equal(mean(on(9, 20, 2_000)), 20, "unless it is all there is");
  t.equal(mean(on(9, 15, 2_000)), "absent", "more than 90 days ago");
  t.equal(
    value(
      { fact: "fundMonthlyMean" },
      {
        swipe: judged,
        reference: reference({ drugs }),
        memory: { ledger: [{ ...on(11, 3, 20_000), lines: [dualLine(20_000)] }] },
      },
    ),
    "absent",
    "a month of dual-channel drugs alone says nothing of ordinary ones",
  );
  t.equal(value({ fact: "fundThisMonth" }, { memory: null }), "missing");
  t.equal(value({ fact: "month" }, { swipe: judged }), 12);
  const newYear = Date.UTC(2026, 11, 31, 16);
  t.strictSame(
    [newYear - 1, newYear].map((at) => value({ fact: "month" }, { swipe: swipe({ at }) })),
    [12, 1],
  );
});

t.test("a neighbour's clock may be a few seconds ahead", async (t) => {
  const month = { fact: "purchasesHere", window: "30d" };
  const ahead = (ms: number) => of(month, bought(0, { at: AT + ms }));
  t.strictSame([ahead(5 * SECOND), ahead(5 * SECOND + 1)], [2, 1]);
  t.equal(of({ fact: "sameAmountHere", window: "60s" }, bought(-5 * (SECOND / DAY))), 2);
  t.equal(of({ fact: "purchasesHere", window: "1m" }, bought(MINUTE / DAY)), 1);
  t.equal(of({ fact: "groupsHere", per: "day" }, bought(1)), 1);
});
