import { type Ask, packs } from "./ask.ts";
import { APPROVER, CARE_HOME, DRUG, PROXY, SHOP } from "./chest.ts";
import { cleared, shadow } from "./expectation.ts";
import { type Stories, type Story, story } from "./story.ts";

/** Domain section 6, many cards that something joins: CF-05 (a proxy), CF-07 (a basket), CF-10 and CF-11 (an employer). */

const agent = PROXY;

const proxies: Stories = [
  ...story("CF-05 fires: one proxy for four persons a day, and for a seventh", (s) => {
    for (let n = 1; n <= 3; n++)
      s.later("10m")
        .check({ person: `relative ${n}`, agent })
        .is("allow");
    for (let n = 4; n <= 6; n++) {
      s.later("10m")
        .check({ person: `relative ${n}`, agent })
        .is("warn", { "CF-05": ["warn", { agentPersonsToday: n, limit: 4 }] });
    }
    const held = s.later("10m").check({ person: "relative 7", agent });
    held.is("hold", { "CF-05": ["hold", { agentPersonsToday: 7, agentPersons30d: 7, limit: 6 }] });
    const again = (changes: Ask) =>
      s.later("1m").check(held.again({ supersedes: held, ...changes }));
    again({ verified: ["face", "pass"] }).is("hold", { "CF-05": "hold" });
    again({ override: ["OTHER", APPROVER] }).is("hold", { "CF-05": "hold" });
    again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
      "CF-05": cleared("CARE_INSTITUTION"),
    });
    again({ override: ["EMERGENCY", APPROVER] }).is("allow", { "CF-05": cleared("EMERGENCY") });
  }),
  ...story(
    "CF-05 fires: a seventh person within thirty days, wherever and registered or not",
    (s) => {
      const stranger = { ...agent, registered: false };
      const shops = [SHOP.north, SHOP.south, SHOP.dadong];
      for (let n = 1; n <= 6; n++) {
        const shop = shops[n % 3] ?? SHOP.north;
        s.check({ person: `relative ${n}`, agent: stranger, shop }).is("allow");
        s.later("4d");
      }
      s.at("2026-12-21 08:59:59.999")
        .check({ person: "relative 7", agent: stranger })
        .is("hold", { "CF-05": ["hold", { agentPersonsToday: 1, agentPersons30d: 7, limit: 6 }] });
    },
  ),
  ...story("CF-05 spares: the first of seven is thirty days ago", (s) => {
    for (let n = 1; n <= 6; n++) {
      s.check({ person: `relative ${n}`, agent }).is("allow");
      s.later("4d");
    }
    s.at("2026-12-21 09:00:00").check({ person: "relative 7", agent }).is("allow");
  }),
  ...story("CF-05 spares: a family of six, three a day, week after week", (s) => {
    s.daily(28, (day) => {
      if (day % 7 > 1) return;
      for (let n = 1; n <= 3; n++) {
        const person = `relative ${n + 3 * (day % 7)}`;
        s.later("10m").sell({ person, agent }).is("allow");
      }
    });
  }),
  ...story("CF-05 spares: two proxies at one counter, and midnight", (s) => {
    const other = { ...agent, id: "210102198811220024" };
    s.at("2026-11-21 23:20:00");
    for (let n = 1; n <= 6; n++) {
      s.later("5m")
        .check({ person: `relative ${n}`, agent: n % 2 === 0 ? agent : other })
        .is("allow");
    }
    s.at("2026-11-22 00:00:00").check({ person: "relative 7", agent }).is("allow");
  }),
  ...story("CF-05 spares: a registered care home fetches for twenty", (s) => {
    for (let n = 1; n <= 20; n++) {
      s.later("10m")
        .check({ person: `resident ${n}`, agent: { id: CARE_HOME, registered: true } })
        .is("allow");
    }
  }),
];

/** Watched and on prescription: a list to swipe through has dear things on it. */
function precious(price: number, quantity = 1): Ask {
  return { basket: [packs(DRUG.angongNiuhuang, quantity, { price })] };
}

function copies(s: Story, ask: Ask, count: number, pause = "10m") {
  return Array.from({ length: count }, (_, n) =>
    s.later(pause).check({ ...ask, person: `copy ${n + 1}` }),
  );
}

const baskets: Stories = [
  ...story(
    "CF-07 fires: the same watched basket of 150 yuan for four persons, and for seven",
    (s) => {
      const all = copies(s, precious(150), 7);
      for (const check of all.slice(0, 3)) check.is("allow");
      for (const check of all.slice(3, 6)) check.is("warn", { "CF-07": "warn" });
      all[3]?.is("warn", { "CF-07": ["warn", { basketPersons2h: 4, totalYuan: 150, limit: 4 }] });
      const held = all[6];
      held?.is("hold", { "CF-07": ["hold", { basketPersons2h: 7, totalYuan: 150, limit: 7 }] });
      const again = (changes: Ask) =>
        s.later("1m").check({ ...held?.again(changes), ...(held && { supersedes: held }) });
      again({ verified: ["face", "pass"] }).is("hold", { "CF-07": "hold" });
      again({ override: ["ELDERLY", APPROVER] }).is("hold", { "CF-07": "hold" });
      again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-07": cleared("OTHER") });
      again({ override: ["CARE_INSTITUTION", APPROVER] }).is("allow", {
        "CF-07": cleared("CARE_INSTITUTION"),
      });
    },
  ),
  ...story("CF-07 fires: the order of the lines is no other basket, and tills share it", (s) => {
    const lines = [
      packs(DRUG.donkeyHideGelatin, 1, { price: 100 }),
      packs(DRUG.goji, 50, { price: 1 }),
    ];
    for (let n = 1; n <= 4; n++) {
      const basket = n % 2 === 0 ? lines : lines.toReversed();
      const check = s.later("10m").check({ person: `copy ${n}`, basket, till: `T0${n}` });
      if (n === 4) check.passes({ "CF-07": ["warn", { basketPersons2h: 4, totalYuan: 150 }] });
      else check.without("CF-07").passes();
    }
  }),
  ...story("CF-07 spares: a fen less than 150 yuan, and another quantity", (s) => {
    for (const check of copies(s, precious(149.99), 7)) check.is("allow");
    s.later("2h");
    for (const [n, quantity] of [1, 1, 1, 2, 2, 2].entries()) {
      s.later("10m")
        .check({ ...precious(200, quantity), person: `other ${n}`, disease: "M03900" })
        .without("CF-07")
        .passes();
    }
  }),
  ...story(
    "CF-07 spares: one over-the-counter line, however dear, and nothing watched at all",
    (s) => {
      const gelatin: Ask = { basket: [packs(DRUG.donkeyHideGelatin, 1, { price: 890 })] };
      for (const check of copies(s, gelatin, 8)) check.without("CF-07").passes();
      s.later("1d");
      const plain: Ask = {
        basket: [packs(DRUG.captopril, 1, { price: 200 }), packs(DRUG.ibuprofen, 1)],
      };
      for (const check of copies(s, plain, 8)) check.without("CF-07").passes();
    },
  ),
  ...story("CF-07 spares: who bought it two hours ago", (s) => {
    for (const check of copies(s, precious(150), 3, "40m")) check.is("allow");
    s.later("40m")
      .check({ ...precious(150), person: "copy 4" })
      .is("allow");
    s.later("39m", "59s", "999ms")
      .check({ ...precious(150), person: "copy 5" })
      .is("warn", { "CF-07": ["warn", { basketPersons2h: 4 }] });
  }),
  ...story(
    "CF-07 spares: a registered care home, and across the street of a hospital up to eight",
    (s) => {
      const home: Ask = { ...precious(150), agent: { id: CARE_HOME, registered: true } };
      for (const check of copies(s, home, 9)) check.is("allow");
      s.later("1d");
      const gate: Ask = { ...precious(150), shop: SHOP.gateOfShenhe };
      const all = Array.from({ length: 14 }, (_, n) =>
        s.later("8m").check({ ...gate, person: `patient ${n + 1}` }),
      );
      for (const check of all.slice(0, 7)) check.is("allow");
      for (const check of all.slice(7, 13)) check.is("warn", { "CF-07": ["warn", { limit: 8 }] });
      all[13]?.is("hold", { "CF-07": ["hold", { basketPersons2h: 14, limit: 14 }] });
    },
  ),
];

const employee = (n: number): Ask => ({ number: `TEST-PERSON-EMPLOYEE-000${n}` });

const employees: Stories = [
  ...story("CF-10 fires: an employee buys twice a day where he works", (s) => {
    s.sell(employee(1)).is("allow");
    s.later("3h")
      .check({ ...employee(1), basket: [packs(DRUG.ibuprofen, 1)] })
      .is("warn", { "CF-10": ["warn", { isEmployee: true, purchasesHereToday: 2, limit: 2 }] });
  }),
  ...story("CF-10 fires: the sixth time within thirty days", (s) => {
    for (let n = 1; n <= 5; n++) {
      s.sell(employee(2)).is("allow");
      s.later("5d");
    }
    s.at("2026-12-21 08:59:59.999")
      .check(employee(2))
      .is("warn", { "CF-10": ["warn", { purchasesHere30d: 6 }] });
    s.at("2026-12-21 09:00:00").check(employee(2)).without("CF-10").passes();
  }),
  ...story("CF-10 fires: five employees on one day", (s) => {
    s.sell(employee(1)).is("allow");
    for (let n = 2; n <= 4; n++) s.later("1h").sell(employee(n)).is("warn", { "CF-10": "warn" });
    const held = s.later("1h").check(employee(5));
    held.is("hold", { "CF-10": ["hold", { isEmployee: true, employeesToday: 5, limit: 5 }] });
    const again = (changes: Ask) =>
      s.later("1m").check(held.again({ supersedes: held, ...changes }));
    again({ verified: ["face", "pass"] }).is("hold", { "CF-10": "hold" });
    again({ override: ["CARE_INSTITUTION", APPROVER] }).is("hold", { "CF-10": "hold" });
    again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-10": cleared("OTHER") });
  }),
  ...story("CF-10 spares: who has left, and who works in another store", (s) => {
    for (const drug of [DRUG.ibuprofen, DRUG.paracetamol]) {
      const basket = [packs(drug, 1)];
      s.later("1h")
        .sell({ ...employee(6), basket })
        .is("allow");
      s.later("20m")
        .sell({ ...employee(1), shop: SHOP.south, basket })
        .is("allow");
    }
  }),
  ...story(
    "CF-10 spares: a sick employee, and a fifth after midnight is the first of a day",
    (s) => {
      s.at("2026-11-21 20:00:00").sell(employee(1)).is("allow");
      for (let n = 2; n <= 4; n++) s.later("30m").sell(employee(n)).is("warn");
      s.at("2026-11-22 00:00:00").check(employee(5)).is("allow");
    },
  ),
];

function workers(s: Story, count: number, ask: Ask, pause = "4m") {
  return Array.from({ length: count }, (_, n) =>
    s.later(pause).check({ employer: "某某机械有限公司", ...ask, person: `worker ${n + 1}` }),
  );
}

const employers: Stories = [
  ...story("CF-11 fires: eight persons of one employer a day, and fifteen", (s) => {
    const all = workers(s, 15, {});
    for (const check of all.slice(0, 7)) check.is("allow");
    for (const check of all.slice(7, 14)) check.is("warn", { "CF-11": "warn" });
    all[7]?.is("warn", { "CF-11": ["warn", { employerPersonsToday: 8, limit: 8 }] });
    const held = all[14];
    held?.is("hold", {
      "CF-11": ["hold", { employerPersonsToday: 15, operatorType: "1", limit: 15 }],
    });
    const again = (changes: Ask) =>
      s.later("1m").check({ ...held?.again(changes), ...(held && { supersedes: held }) });
    again({ verified: ["face", "pass"] }).is("hold", { "CF-11": "hold" });
    again({ override: ["ELDERLY", APPROVER] }).is("hold", { "CF-11": "hold" });
    again({ override: ["OTHER", APPROVER] }).is("allow", { "CF-11": cleared("OTHER") });
  }),
  ...story("CF-11 fires: a mobile terminal at the company's gate: half as many", (s) => {
    const all = workers(s, 8, { operatorType: "3" });
    for (const check of all.slice(0, 3)) check.is("allow");
    all[3]?.is("warn", {
      "CF-11": ["warn", { employerPersonsToday: 4, operatorType: "3", limit: 4 }],
    });
    all[6]?.is("warn", { "CF-11": "warn" });
    all[7]?.is("hold", {
      "CF-11": ["hold", { employerPersonsToday: 8, operatorType: "3", limit: 7.5 }],
    });
  }),
  ...story(
    "CF-11 spares: seven of each of two employers, a store of theirs, and another day",
    (s) => {
      for (const check of workers(s, 7, {})) check.is("allow");
      const others = Array.from({ length: 7 }, (_, n) =>
        s.later("4m").check({ employer: "另一家公司", person: `other ${n}` }),
      );
      for (const check of others) check.is("allow");
      s.later("4m")
        .check({ employer: "某某机械有限公司", person: "worker 8", shop: SHOP.dadong })
        .is("allow");
      s.at("2026-11-22 00:00:00")
        .check({ employer: "某某机械有限公司", person: "worker 9" })
        .is("allow");
    },
  ),
  ...story("CF-11 spares: a health day that was registered beforehand", (s) => {
    for (const check of workers(s, 16, { employer: "测试虚构体检单位有限公司" })) check.is("allow");
  }),
  ...story("CF-11 spares: inside a factory or on a campus it is only recorded", (s) => {
    for (const shop of [SHOP.factory, SHOP.wuhanCampus]) {
      s.later("1h");
      const insuredArea = `${shop.slice(1, 5)}00`;
      const all = Array.from({ length: 15 }, (_, n) =>
        s
          .later("4m")
          .check({ employer: "某某机械有限公司", person: `${shop} ${n}`, shop, insuredArea }),
      );
      all[7]?.is("allow", { "CF-11": shadow("warn") });
      all[14]?.is("allow", { "CF-11": shadow("hold", { employerPersonsToday: 15 }) });
    }
  }),
  ...story("CF-11 spares: tills that do not tell the employer", (s) => {
    for (let n = 1; n <= 16; n++)
      s.later("4m")
        .check({ person: `somebody ${n}` })
        .is("allow");
  }),
];

export const cardsInGroups: Stories = [...proxies, ...baskets, ...employees, ...employers];
