import type { Ask } from "./ask.ts";
import { APPROVER, CARE_HOME, SHOP } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/** Domain section 6, against a store's own past: CF-03 (sales of a day) and CF-06 (people insured elsewhere). */

/** A customer every four minutes, which no till is too slow for, each seen once in the story's life. */
function customers(s: Story, first: number, last: number, ask: Ask = {}): void {
  for (let n = first; n <= last; n++) s.later("4m").sell({ person: `today ${n}`, ...ask });
}

/** Fourteen days, the fewest that say what is usual; so many sales on eight of them is then the median. */
function usual(s: Story, sales: number): void {
  s.at("2026-11-07 08:00:00").daily(14, (day) => {
    if (day === 0 || day >= 6) customersOf(s, `day ${day}`, sales);
  });
}

function customersOf(s: Story, name: string, count: number, ask: Ask = {}): void {
  for (let n = 1; n <= count; n++) s.later("4m").sell({ person: `${name} ${n}`, ...ask });
}

const salesOf = (pharmacySalesToday: number, pharmacySalesUsual: number, limit: number) => ({
  ...{ pharmacySalesToday, pharmacySalesUsual, limit },
});

const days: Stories = [
  ...native(
    "CF-03 spares: three times the usual; CF-03 speaks of the next, and five times is held",
    (s) => {
      usual(s, 30);
      customers(s, 1, 89);
      s.later("4m").sell({ person: "today 90" }).is("allow");
      s.later("4m")
        .sell({ person: "today 91" })
        .is("warn", { "CF-03": ["warn", salesOf(91, 30, 90)] });
      customers(s, 92, 149);
      s.later("4m")
        .sell({ person: "today 150" })
        .is("warn", { "CF-03": ["warn", { pharmacySalesToday: 150 }] });
      s.later("4m")
        .check({ person: "today 151" })
        .is("hold", { "CF-03": ["hold", salesOf(151, 30, 150)] });
    },
  ),
  ...story(
    "CF-03 fires: a quiet store is warned at 80 sales and held at 150, until somebody answers for it",
    (s) => {
      usual(s, 2);
      customers(s, 1, 78);
      s.later("4m").sell({ person: "today 79" }).is("allow");
      s.later("4m")
        .sell({ person: "today 80" })
        .is("warn", { "CF-03": ["warn", { pharmacySalesToday: 80, pharmacySalesUsual: 2 }] });
      customers(s, 81, 149);
      const held = s.later("4m").check({ person: "today 150" });
      held.is("hold", { "CF-03": ["hold", { pharmacySalesToday: 150, pharmacySalesUsual: 2 }] });
      const again = (changes: Ask) =>
        s.later("1m").check(held.again({ supersedes: held, ...changes }));
      again({ verified: ["face", "pass"] }).is("hold", { "CF-03": "hold" });
      again({ override: ["ELDERLY", APPROVER] }).is("hold", { "CF-03": "hold" });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-03": cleared("OTHER") });
      again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
        "CF-03": cleared("CARE_INSTITUTION"),
      });
      again({ agent: { id: CARE_HOME, registered: true } }).is("allow");
    },
  ),
  ...story("CF-03 spares: what came back is no sale, and midnight begins another day", (s) => {
    usual(s, 2);
    s.at("2026-11-21 18:00:00");
    customers(s, 1, 78);
    const mistaken = s.later("4m").sell({ person: "today 79" });
    s.later("1m").giveBack(mistaken);
    s.later("1m").sell({ person: "today 80" }).is("allow");
    s.later("1m")
      .check({ person: "today 81" })
      .is("warn", { "CF-03": ["warn", { pharmacySalesToday: 80 }] });
    s.at("2026-11-22 00:00:00").check({ person: "tomorrow" }).is("allow");
  }),
  ...story("CF-03 spares: a store of thirteen days has no usual day", (s) => {
    s.at("2026-11-08 08:00:00").daily(13, () => s.sell({ person: "first" }));
    customers(s, 1, 100);
    s.later("4m").check({ person: "today 101" }).is("allow");
  }),
  ...nhsa(
    "CF-03 fires: sales that nobody confirms are presumed after a quarter of an hour",
    (s) => {
      usual(s, 2);
      for (let n = 1; n <= 82; n++)
        s.later("4m")
          .check({ person: `today ${n}` })
          .is("allow");
      // The last three are still open.
      s.later("4m")
        .check({ person: "today 83" })
        .is("warn", { "CF-03": ["warn", { pharmacySalesToday: 80 }] });
    },
  ),
  ...native("CF-03 spares: checks that never settle are no sales", (s) => {
    usual(s, 2);
    for (let n = 1; n <= 100; n++)
      s.later("4m")
        .check({ person: `today ${n}` })
        .is("allow");
  }),
];

/** Insured in so many prefectures, by turns. */
const CITIES = [
  "110100",
  "310100",
  "500100",
  "440100",
  "420100",
  "330100",
  "320100",
  "350100",
  "610100",
];
const stranger =
  (prefectures: number) =>
  (n: number): Ask => ({
    person: `stranger ${n}`,
    insuredArea: CITIES[n % prefectures] ?? "110100",
  });

function strangers(
  s: Story,
  [from, to]: readonly [number, number],
  prefectures: number,
  shop = {},
): void {
  for (let n = from; n <= to; n++) s.later("4m").sell({ ...stranger(prefectures)(n), ...shop });
}

/** Fourteen days, of which the first had so many neighbours and so many strangers, and the others nobody. */
function mixture(s: Story, neighbours: number, others: number): void {
  s.at("2026-11-07 08:00:00");
  customersOf(s, "former neighbour", neighbours);
  customersOf(s, "former guest", others, { insuredArea: "310100" });
  s.at("2026-11-21 10:00:00");
}

function hasMoreRoom(s: Story, shop: string): void {
  strangers(s, [1, 38], 8, { shop });
  s.later("4m")
    .sell({ ...stranger(8)(39), shop })
    .is("allow");
  s.later("4m")
    .check({ ...stranger(8)(40), shop })
    .is("hold", { "CF-06": ["hold", { outsiders24h: 40, outsiderPrefectures24h: 8, limit: 40 }] });
}

const outsiders: Stories = [
  ...story(
    "CF-06 fires: 8 people from elsewhere where one in ten is usual, and 15 of 5 prefectures",
    (s) => {
      mixture(s, 9, 1);
      strangers(s, [1, 7], 5);
      s.later("4m")
        .sell(stranger(5)(8))
        .is("warn", { "CF-06": ["warn", { outsiders24h: 8, outsiderShareUsual: 0.1, limit: 8 }] });
      strangers(s, [9, 14], 5);
      const held = s.later("4m").check(stranger(5)(15));
      held.is("hold", {
        "CF-06": ["hold", { outsiders24h: 15, outsiderPrefectures24h: 5, pharmacyHistoryDays: 14 }],
      });
      const again = (changes: Ask) =>
        s.later("1m").check(held.again({ supersedes: held, ...changes }));
      again({ verified: ["face", "pass"] }).is("hold", { "CF-06": "hold" });
      again({ override: ["TRAVEL_ABROAD", APPROVER] }).is("hold", { "CF-06": "hold" });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-06": cleared("OTHER") });
      again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
        "CF-06": cleared("CARE_INSTITUTION"),
      });
      again({ agent: { id: CARE_HOME, registered: true } }).is("allow");
    },
  ),
  ...story("CF-06 spares: 8 of 27 are not three times the usual tenth; 8 of 26 are", (s) => {
    mixture(s, 9, 1);
    customersOf(s, "neighbour", 18);
    strangers(s, [1, 7], 5);
    s.later("4m")
      .inquire(stranger(5)(8))
      .is("warn", {
        "CF-06": ["warn", { outsiders24h: 8, outsiderShareToday: 0.3, outsiderShareUsual: 0.1 }],
      });
    s.later("4m").sell({ person: "one neighbour more" }).is("allow");
    s.later("4m").inquire(stranger(5)(8)).is("allow");
  }),
  ...story("CF-06 fires: 8 of 10 where a fifth is usual, early in the day", (s) => {
    mixture(s, 8, 2);
    customersOf(s, "neighbour", 2);
    strangers(s, [1, 7], 2);
    s.later("4m")
      .check(stranger(2)(8))
      .is("warn", {
        "CF-06": ["warn", { outsiders24h: 8, outsiderShareToday: 0.8, outsiderShareUsual: 0.2 }],
      });
  }),
  ...story("CF-06 spares: a store whose customers come from everywhere, by its own past", (s) => {
    mixture(s, 6, 4);
    strangers(s, [1, 17], 9);
    s.later("4m").check(stranger(9)(18)).is("allow");
  }),
  ...story(
    "CF-06 spares: the first customer of a morning is no share, whatever the evening before was",
    (s) => {
      mixture(s, 7, 3);
      customersOf(s, "neighbour", 35);
      s.at("2026-11-21 20:00:00");
      strangers(s, [1, 15], 7);
      s.at("2026-11-22 08:00:00").check(stranger(7)(16)).is("allow");
    },
  ),
  ...story(
    "CF-06 fires: a new store of which nothing is known, by number and origin alone",
    (s) => {
      strangers(s, [1, 13], 5);
      s.later("4m").sell(stranger(5)(14)).is("allow");
      s.later("4m")
        .check(stranger(5)(15))
        .is("hold", {
          "CF-06": [
            "hold",
            { outsiders24h: 15, outsiderPrefectures24h: 5, pharmacyHistoryDays: 0, limit: 15 },
          ],
        });
    },
  ),
  ...story("CF-06 spares: fifteen and more of four prefectures", (s) => {
    strangers(s, [1, 20], 4);
    s.later("4m").check(stranger(4)(21)).is("allow");
  }),
  ...story("CF-06 spares: who came a day ago is no longer there", (s) => {
    s.check(stranger(5)(15)).is("allow");
    s.later("1h");
    strangers(s, [1, 13], 5);
    s.at("2026-11-22 08:59:59.999").check(stranger(5)(14)).is("hold", { "CF-06": "hold" });
    s.at("2026-11-22 09:00:00").check(stranger(5)(14)).is("allow");
  }),
  ...story("CF-06 spares: the province's own scheme and the neighbouring cities are near", (s) => {
    for (let n = 1; n <= 15; n++)
      s.later("4m")
        .check({ person: `of the province ${n}`, insuredArea: "219900" })
        .is("allow");
    for (let n = 1; n <= 20; n++) {
      const insuredArea = ["420100", "420700", "420900", "421100", "420106"][n % 5] ?? "";
      s.later("4m")
        .check({ person: `of the river ${n}`, shop: SHOP.wuhan, insuredArea })
        .is("allow");
    }
  }),
  ...story("CF-06 spares: a new store at a station has more room, up to 40 of 8 prefectures", (s) =>
    hasMoreRoom(s, SHOP.station),
  ),
  ...story("CF-06 spares: a new store at a hospital's gate has more room as well", (s) =>
    hasMoreRoom(s, SHOP.gate),
  ),
  ...story("CF-06 spares: and so has one in a tourist town", (s) => hasMoreRoom(s, SHOP.harbin)),
];

export const cardsAgainstTheStore: Stories = [...days, ...outsiders];
