import type { Facts } from "./fixtures.ts";

/** Each rule on both sides of each of its limits, over facts alone: how they come about is the features' business. */
export type Case = readonly [level: string, facts: Facts];
/** By rule. */
export type Cases = Readonly<Record<string, readonly Case[]>>;

/** The same fact with several values: `[level, value]` pairs, the other facts beside them. */
export function steps(
  name: string,
  pairs: readonly (readonly [level: string, value: number])[],
  beside: Facts = {},
): readonly Case[] {
  return pairs.map(([level, value]) => [level, { ...beside, [name]: value }]);
}

const employeeOnce: Facts = {
  ...{ isEmployee: true, purchasesHereToday: 1, employeesToday: 1 },
  ...{ purchasesHere30d: 1, employeesPurchases30d: 1 },
};

const cardFarming: Cases = {
  "CF-01": [
    ...steps(
      "terminalPersons10m",
      [
        ["-", 7],
        ["warn", 8],
        ["warn", 11],
        ["hold", 12],
      ],
      { terminalOperators10m: 1 },
    ),
    ["-", { terminalPersons10m: 15, terminalOperators10m: 2 }],
    ["hold", { terminalPersons10m: 24, terminalOperators10m: 2 }],
    ["hold", { terminalPersons10m: 48, terminalOperators10m: 30 }],
  ],
  "CF-02": [
    ...steps(
      "terminalShortGaps",
      [
        ["-", 3],
        ["hold", 4],
      ],
      { terminalOperators10m: 1 },
    ),
    ["-", { terminalShortGaps: 7, terminalOperators10m: 2 }],
    ["hold", { terminalShortGaps: 16, terminalOperators10m: 9 }],
  ],
  "CF-03": [
    ...steps(
      "pharmacySalesToday",
      [
        ["-", 90],
        ["warn", 91],
        ["warn", 150],
        ["hold", 151],
      ],
      { pharmacySalesUsual: 30 },
    ),
    ["-", { pharmacySalesToday: 79, pharmacySalesUsual: 1 }],
    ["warn", { pharmacySalesToday: 149, pharmacySalesUsual: 1 }],
    ["-", { pharmacySalesToday: 250, pharmacySalesUsual: 240 }],
    ["-", { pharmacySalesToday: 400 }],
  ],
  "CF-04": [
    ["-", { purchasesHereToday: 2, purchasesHere30d: 7, groupsHere30d: 9 }],
    ["warn", { purchasesHereToday: 3, purchasesHere30d: 3, groupsHere30d: 1 }],
    ["warn", { purchasesHereToday: 1, purchasesHere30d: 8, groupsHere30d: 4 }],
    ["-", { purchasesHereToday: 2, purchasesHere30d: 20, groupsHere30d: 3 }],
    ["warn", { purchasesHereToday: 3, purchasesHere30d: 11, groupsHere30d: 1 }],
    ["hold", { purchasesHereToday: 3, purchasesHere30d: 12, groupsHere30d: 1 }],
  ],
  "CF-05": [
    ["-", { agentPersonsToday: 3, agentPersons30d: 6 }],
    ["warn", { agentPersonsToday: 4, agentPersons30d: 6 }],
    ["warn", { agentPersonsToday: 6, agentPersons30d: 6 }],
    ["hold", { agentPersonsToday: 7, agentPersons30d: 7 }],
    ["hold", { agentPersonsToday: 1, agentPersons30d: 7 }],
  ],
  "CF-06": outsiders(),
  "CF-07": [
    ...steps(
      "basketPersons2h",
      [
        ["-", 3],
        ["warn", 4],
        ["warn", 6],
        ["hold", 7],
      ],
      { totalYuan: 150 },
    ),
    ["-", { basketPersons2h: 30, totalYuan: 149.99 }],
  ],
  "CF-08": steps("sameAmountHere60s", [
    ["-", 1],
    ["warn", 2],
  ]),
  "CF-09": [
    ...steps(
      "nightPersons",
      [
        ["-", 2],
        ["warn", 3],
      ],
      { openNow: false },
    ),
    ["-", { nightPersons: 9, openNow: true }],
    ["-", { nightPersons: 9 }],
  ],
  "CF-10": [
    ["-", { ...employeeOnce, purchasesHere30d: 5, employeesPurchases30d: 5 }],
    ["warn", { ...employeeOnce, purchasesHereToday: 2 }],
    ["warn", { ...employeeOnce, employeesToday: 2 }],
    ["warn", { ...employeeOnce, purchasesHere30d: 6 }],
    ["warn", { ...employeeOnce, employeesPurchases30d: 6 }],
    ["warn", { ...employeeOnce, employeesToday: 4 }],
    ["hold", { ...employeeOnce, employeesToday: 5 }],
    [
      "-",
      {
        ...{ isEmployee: false, purchasesHereToday: 9, purchasesHere30d: 9 },
        ...{ employeesToday: 0, employeesPurchases30d: 0 },
      },
    ],
  ],
  "CF-11": [
    ...steps("employerPersonsToday", [
      ["-", 7],
      ["warn", 8],
      ["warn", 14],
      ["hold", 15],
    ]),
    ...steps(
      "employerPersonsToday",
      [
        ["-", 3],
        ["warn", 4],
        ["warn", 7],
        ["hold", 8],
      ],
      { operatorType: "3" },
    ),
  ],
  "CF-12": [
    ["warn", { accountShare: 0.8, accountYuan: 1000, month: 6 }],
    ["-", { accountShare: 0.79, accountYuan: 5000, month: 6 }],
    ["-", { accountShare: 1, accountYuan: 999, month: 6 }],
    ["warn", { month: 12, fundThisMonth: 600, fundMonthlyMean: 200 }],
    ["-", { month: 12, fundThisMonth: 599, fundMonthlyMean: 200 }],
    ["-", { month: 11, fundThisMonth: 6000, fundMonthlyMean: 200 }],
    ["-", { month: 12, fundThisMonth: 99, fundMonthlyMean: 20 }],
    ["-", { month: 12, fundThisMonth: 6000 }],
  ],
  "CF-13": steps("cohortSize", [
    ["-", 6],
    ["hold", 7],
  ]),
  "CF-14": [
    ...steps(
      "tokenAgeSeconds",
      [
        ["-", 120],
        ["warn", 121],
      ],
      { tokenReplayed: false },
    ),
    ["deny", { tokenAgeSeconds: 1, tokenReplayed: true }],
  ],
};

/** Of a store that sold 40 today, ten of them to outsiders, where a tenth is usual. */
function outsiders(): readonly Case[] {
  const store = {
    outsiderShareToday: 0.5,
    pharmacySalesToday: 40,
    outsiderShareUsual: 0.1,
    pharmacyHistoryDays: 28,
  };
  const seen = (persons: number, prefectures: number) => ({
    outsiders24h: persons,
    outsiderPrefectures24h: prefectures,
  });
  const early = { ...store, outsiderShareUsual: 0.2, pharmacySalesToday: 10 };
  const young = { pharmacyHistoryDays: 13, outsiderShareToday: 0.5, pharmacySalesToday: 40 };
  return [
    ["-", { ...store, ...seen(7, 7) }],
    ["warn", { ...store, ...seen(8, 1) }],
    ["warn", { ...store, ...seen(15, 4) }],
    ["hold", { ...store, ...seen(15, 5) }],
    ["-", { ...store, ...seen(30, 9), outsiderShareUsual: 0.3 }],
    ["-", { ...store, ...seen(30, 9), outsiderShareToday: 1, pharmacySalesToday: 1 }],
    ["-", { ...store, ...seen(8, 1), outsiderShareToday: 0.3, pharmacySalesToday: 100 }],
    ["warn", { ...early, ...seen(8, 1), outsiderShareToday: 0.8 }],
    ["-", { ...early, ...seen(8, 1), outsiderShareToday: 0.7 }],
    ["hold", { ...young, ...seen(15, 5) }],
    ["-", { ...young, ...seen(15, 4) }],
  ];
}

/** Thirteen packs for a month, as the till states it; the usual dose would make 45 days of them. */
const doubleDose: Facts = {
  packs: 13,
  packs30d: 13,
  monthCovered: true,
  doseCovered: false,
  daysStated: true,
  daysSupply: 30,
  dayAllowance: 47,
};

const overQuantity: Cases = {
  "OQ-01": [
    ...steps(
      "daysSupply",
      [
        ["-", 22],
        ["warn", 23],
        ["warn", 33],
        ["hold", 34],
      ],
      {
        dayAllowance: 22,
        daysStated: true,
      },
    ),
    ["deny", { daysSupply: 91, dayAllowance: 22, daysStated: true }],
    ["hold", { daysSupply: 91, dayAllowance: 22, daysStated: false }],
    ["hold", { daysSupply: 90, dayAllowance: 22, daysStated: true }],
    ["-", { dayAllowance: 22, daysStated: false }],
  ],
  "OQ-02": steps("onHandDays", [
    ["-", 7],
    ["warn", 7.1],
    ["warn", 30],
    ["hold", 30.1],
  ]),
  "OQ-03": [
    ...steps(
      "pharmaciesToday",
      [
        ["-", 1],
        ["warn", 2],
        ["hold", 3],
      ],
      { rxCompletes: false },
    ),
    ["-", { pharmaciesToday: 3, rxCompletes: true }],
  ],
  "OQ-04": [
    ["-", { pharmacies30d: 2, supply30d: 90 }],
    ["warn", { pharmacies30d: 3, supply30d: 90 }],
    ["warn", { pharmacies30d: 4, supply30d: 60 }],
    ["hold", { pharmacies30d: 4, supply30d: 61 }],
  ],
  "OQ-05": [
    ...steps(
      "packs",
      [
        ["-", 6],
        ["warn", 7],
        ["warn", 12],
        ["hold", 13],
        ["hold", 60],
        ["deny", 61],
      ],
      { packs30d: 1, doseCovered: false, monthCovered: true, daysStated: false },
    ),
    ...steps(
      "packs30d",
      [
        ["-", 12],
        ["warn", 13],
        ["warn", 24],
        ["hold", 25],
      ],
      { packs: 1, doseCovered: true, monthCovered: false, daysStated: false },
    ),
    ["-", { packs: 12, packs30d: 12, doseCovered: true, monthCovered: true }],
    ["warn", { packs: 28, packs30d: 28, doseCovered: true, monthCovered: true }],
    ["hold", { packs: 1, packs30d: 25, doseCovered: false, monthCovered: false }],
    ["warn", { ...doubleDose, doubleDoseCovered: true }],
    ["hold", { ...doubleDose, doubleDoseCovered: false }],
    ["hold", { ...doubleDose, doubleDoseCovered: true, daysSupply: 48 }],
  ],
  "OQ-06": [
    ["-", { similarToday: false, similarOnHand: 7 }],
    ["warn", { similarToday: false, similarOnHand: 7.1 }],
    ["warn", { similarToday: true, similarOnHand: 0 }],
  ],
  "OQ-07": [
    ...steps(
      "purchasesToday",
      [
        ["-", 3],
        ["warn", 4],
        ["warn", 5],
        ["hold", 6],
      ],
      { fundToday: 0 },
    ),
    ...steps(
      "fundToday",
      [
        ["-", 1499],
        ["warn", 1500],
        ["warn", 4999],
        ["hold", 5000],
      ],
      {
        purchasesToday: 1,
      },
    ),
  ],
  "OQ-08": [
    ...steps(
      "supply90d",
      [
        ["-", 180],
        ["hold", 181],
        ["hold", 400],
        ["deny", 401],
      ],
      { daysStated: true, onePack: false, daysSupply: 28 },
    ),
    ...steps(
      "supply90d",
      [
        ["hold", 800],
        ["deny", 801],
      ],
      { daysStated: false, onePack: false, daysSupply: 28 },
    ),
    ["-", { supply90d: 200, daysSupply: 200, onePack: true, daysStated: true }],
    ["hold", { supply90d: 214, daysSupply: 200, onePack: true, daysStated: true }],
  ],
};

export const CONDUCT = {
  "card farming": cardFarming,
  "over-quantity": overQuantity,
};
