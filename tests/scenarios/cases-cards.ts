import { type Ask, packs } from "./ask.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { atLeast, cleared } from "./expectation.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/**
 * Cases of domain section 3.3 that are about cards: which rule sees them, how severely, on what evidence, and that it
 * does so before half of the money has settled.
 */

/** An ordinary month: so many visitors a day from nine o'clock on, each of them insured here. */
function quietMonth(
  s: Story,
  shop: string,
  visitors: number,
  insuredArea: string,
  days = 28,
): void {
  s.at("2026-10-24 09:00:00").daily(days, (day) => {
    for (let n = 0; n < visitors; n++) {
      const person = `neighbour ${day} ${n}`;
      const basket = [packs(n % 2 === 0 ? DRUG.ibuprofen : DRUG.calcium, 1, { price: 12 })];
      s.later("20m").sell({ shop, person, insuredArea, basket });
    }
  });
  s.at("2026-11-21 09:00:00");
}

/** Prefectures of provinces all over the country. */
const AFAR =
  "110100 120100 130100 140100 150100 210100 220100 230100 310100 320100 330100 340100 350100 360100 370100 410100 430100 440100 450100 460100 500100".split(
    " ",
  );
const precious = [packs(DRUG.angongNiuhuang, 1, { price: 860 })];

const wuhan: Stories = [
  ...story("Case Wuhan: a quiet store, and people of twenty-one provinces in one day", (s) => {
    quietMonth(s, SHOP.wuhan, 10, "420100");
    const scheme = s.scheme();
    s.daily(3, (day) => {
      for (let n = 0; n < 21; n++) {
        const insuredArea = AFAR[n] ?? "110100";
        const who = { person: `outsider ${day} ${n}`, token: `T-${day}-${n}`, insuredArea };
        scheme.sells({ ...who, shop: SHOP.wuhan, channel: "online", basket: precious });
        s.later("35m");
      }
    });
    const evidence = { outsiders24h: 15, outsiderPrefectures24h: 15, outsiderShareUsual: 0 };
    scheme.isCaught("hold", { "CF-06": ["hold", evidence], "RS-05": "warn" }, 15);
  }),
  ...story(
    "Case Wuhan: the same precious pill for local cards, thirty times what is usual",
    (s) => {
      quietMonth(s, SHOP.wuhan, 6, "420100");
      const scheme = s.scheme();
      for (let n = 0; n < 30; n++) {
        const basket = [packs(DRUG.angongNiuhuang, 3, { price: 860 })];
        const who = { person: `card ${n}`, token: `T-${n}`, insuredArea: "420100" };
        scheme.sells({ ...who, shop: SHOP.wuhan, basket });
        s.later("25m");
      }
      const evidence = { drugPacksToday: 30, drugPacksUsual: 0, prescriptionDrug: true };
      scheme.isCaught("hold", { "RS-05": { level: "hold", evidence, lines: ["0001"] } }, 10);
    },
  ),
  ...native("Case Wuhan: a screenshot of a code is older than two minutes", (s) => {
    s.at("2026-11-21 10:00:00")
      .check({ token: "T-1", tokenIssued: "2026-11-21 09:50:00", basket: precious })
      .is("warn", { "CF-14": ["warn", { tokenAgeSeconds: 600, limit: 120 }] });
  }),
  ...story("Case Wuhan: a screenshot is scanned again in another store", (s) => {
    const ask: Ask = { token: "T-1", basket: precious };
    s.sell({ ...ask, shop: SHOP.wuhan, insuredArea: "420100" });
    s.later("2h")
      .check({ ...ask, person: "Wang", shop: SHOP.wuhanCampus, insuredArea: "420100" })
      .is("deny", { "CF-14": ["deny", { tokenReplayed: true }] });
  }),
  ...story("Case Wuhan: a store at a station lives from travellers and is no suspect", (s) => {
    s.at("2026-11-05 09:00:00").daily(16, (day) => {
      for (let n = 0; n < 12; n++) {
        const insuredArea = n % 3 === 0 ? "610100" : (AFAR[(day + n) % 21] ?? "110100");
        s.later("20m").sell({ shop: SHOP.xian, person: `traveller ${day} ${n}`, insuredArea });
      }
    });
    for (let n = 0; n < 30; n++) {
      const insuredArea = AFAR[n % AFAR.length] ?? "110100";
      s.later("15m").sell({ shop: SHOP.xian, person: `traveller of today ${n}`, insuredArea });
    }
  }),
];

const tonics = [
  packs(DRUG.donkeyHideGelatin, 1, { price: 1_180 }),
  packs(DRUG.shensongYangxin, 2, { price: 36 }),
];

const cashOut: Stories = [
  ...story("Case online cash-out: sellers of codes, one list of tonics, accounts emptied", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 16; n++) {
      const who = { person: `seller ${n}`, token: `T-${n}`, channel: "delivery", balance: 1_400 };
      const seller = scheme.sells({ ...who, basket: tonics });
      if (n < 3) {
        seller.is("warn", { "CF-12": ["warn", { accountYuan: 1_252, accountShare: 0.9 }] });
      }
      s.later("6m");
    }
    scheme.isCaught("hold", { "CF-07": ["hold", { basketPersons2h: 7, limit: 7 }] }, 7);
  }),
  ...story("Case online cash-out: nobody is there to be verified, and the till says so", (s) => {
    const seller = s
      .check({ token: "T-1", verified: ["none", "none"], channel: "delivery", basket: tonics })
      .is("stepUp", {
        "IM-07": ["stepUp", { verificationMethod: "none", watchedYuan: 1_252 }],
      });
    s.later("1m")
      .check(seller.again({ supersedes: seller, verified: ["face", "pass"] }))
      .passes()
      .without("IM-07");
  }),
  ...story("Case online cash-out: who was there and wanted tonics is not held", (s) => {
    for (let n = 0; n < 3; n++) {
      s.later("30m")
        .check({ person: `guest ${n}`, verified: ["face", "pass"], basket: tonics })
        .passes();
    }
  }),
];

/** Collected cards, one in every four minutes from half past seven until late. */
function swipes(s: Story, shop: string, days: number) {
  const scheme = s.scheme();
  s.at("2026-11-21 07:30:00").daily(days, (day) => {
    for (let n = 0; n < 196; n++) {
      const basket = [
        packs(n % 3 === 0 ? DRUG.calcium : DRUG.ibuprofen, 1, { price: 12 + (n % 5) }),
      ];
      scheme.sells({
        shop,
        person: `card ${day} ${n}`,
        insuredArea: `${shop.slice(1, 5)}00`,
        basket,
      });
      s.later("4m");
    }
  });
  return scheme;
}

const lanzhou: Stories = [
  ...story("Case Lanzhou: 196 cards a day where twenty-five people come", (s) => {
    quietMonth(s, SHOP.lanzhou, 25, "620100");
    const evidence = { pharmacySalesToday: 150, pharmacySalesUsual: 25, limit: 125 };
    swipes(s, SHOP.lanzhou, 2).isCaught("hold", { "CF-03": ["hold", evidence] }, 150);
  }),
  ...nhsa("Case Lanzhou: a store at a hospital's gate has as many every day", (s) => {
    s.at("2026-11-06 08:00:00").daily(15, (day) => {
      for (let n = 0; n < 70; n++) {
        const ask = { shop: SHOP.gate, till: `T0${(n % 5) + 1}`, person: `patient ${day} ${n}` };
        s.later("6m").sell({ ...ask, basket: [packs(DRUG.ibuprofen, 1)] });
      }
    });
    swipes(s, SHOP.gate, 1).passes();
  }),
];

/** Settled, given back after ten minutes, and settled again. */
const wuhanChain: Stories = [
  ...story("Case Wuhan chain: settled and given back, fourteen times in two months", (s) => {
    const scheme = s.scheme();
    s.at("2026-09-20 10:00:00").daily(14, (cycle) => {
      s.later(`${cycle * 3}d`);
      const sale = scheme.sells({ basket: precious });
      if (cycle < 2) sale.passes().without("RS-06");
      if (cycle === 2) sale.is("warn", { "RS-06": ["warn", { soonReturned30d: 2, limit: 2 }] });
      if (cycle < 3) s.later("10m").giveBack(sale);
    });
    scheme.isCaught("hold", { "RS-06": ["hold", { watched: true, soonReturned30d: 3 }] }, 4);
  }),
  ...story("Case Wuhan chain: a till's mistake is given back once, and a change of dose", (s) => {
    const sale = s.sell({ basket: precious });
    s.later("5m").giveBack(sale);
    s.later("5m").check(sale.again()).passes().without("RS-06");
    s.later("20d").check({ basket: precious }).passes().without("RS-06");
  }),
  ...story("Case Wuhan chain: a store that gives back every tenth sale is an indicator", (s) => {
    s.at("2026-11-01 09:00:00").daily(15, (day) => {
      s.sell({ person: `neighbour ${day}`, shop: SHOP.wuhan, insuredArea: "420100" });
    });
    for (let n = 0; n < 24; n++) {
      const ask = { person: `card ${n}`, shop: SHOP.wuhan, insuredArea: "420100" };
      const sale = s.later("20m").sell(ask);
      if (n % 2 === 0) s.later("10m").giveBack(sale);
    }
    s.at("2026-11-18 09:00:00").check({ shop: SHOP.wuhan, insuredArea: "420100" }).passes();
    s.indicates("RS-07", SHOP.wuhan);
  }),
];

/** A card that a pharmacist keeps: another kind of medicine every few days. */
const KEPT = [DRUG.amoxicillin, DRUG.saxagliptin, DRUG.acarbose, DRUG.calcium, DRUG.ibuprofen];
const ofGelatin = ["89990110000000000011", "89990110000000000012"];

const pinghu: Stories = [
  ...story("Case Pinghu: tonics are handed out and amoxicillin is billed", (s) => {
    const scheme = s.scheme();
    for (const drug of [DRUG.amoxicillin, DRUG.saxagliptin, DRUG.acarbose]) {
      scheme.sells({ basket: [packs(drug, 1, { codes: ofGelatin.slice(0, 1), price: 22 })] });
      s.later("6d");
    }
    const evidence = { prefixDiffers: true };
    scheme.isCaught("hold", { "TR-05": { level: "hold", evidence, lines: ["0001"] } }, 1);
  }),
  ...story("Case Pinghu: nothing is scanned; the box of the right medicine passes", (s) => {
    s.check({ basket: [packs(DRUG.amoxicillin, 1, { codes: [] })] }).is("hold", {
      "TR-03": ["hold", { codesMissing: true }],
    });
    const right = { codes: ["89990060000000000011"], price: 22 };
    s.later("1h")
      .check({ basket: [packs(DRUG.amoxicillin, 1, right)] })
      .is("allow");
  }),
  ...story("Case Pinghu: the tonic's price is billed", (s) => {
    const amoxicillin = packs(DRUG.amoxicillin, 1, { price: 590 });
    s.check({ basket: [amoxicillin] }).is("hold", {
      "SW-04": ["hold", { lineYuan: 590, areaMedianYuan: 22 }],
      "SW-03": "warn",
    });
  }),
  ...story("Case Pinghu: one card stays in the store, for illnesses no one person has", (s) => {
    for (let n = 0; n < 7; n++) {
      s.later("3d").sell({ basket: [packs(KEPT[n % KEPT.length] ?? DRUG.calcium, 1)] });
    }
    s.later("3d")
      .check({ basket: [packs(DRUG.phospholipids, 1)] })
      .is("warn", { "CF-04": ["warn", { purchasesHere30d: 8, groupsHere30d: 5 }] });
  }),
  ...story("Case Pinghu: an old customer comes as often for one illness", (s) => {
    for (let n = 0; n < 8; n++) {
      const drug = n % 2 === 0 ? DRUG.metformin : DRUG.valsartan;
      const days = n % 2 === 0 ? 5 : 7;
      const basket = [packs(drug, 1, { days })];
      s.later("3d").check({ disease: "M01600", basket }).passes().without("CF-04");
      s.later("20m");
    }
  }),
];

/** Eight cards in one hand, at one till in the same quarter of an hour. */
const BUNDLE = Array.from({ length: 8 }, (_, n) => `card ${n}`);
function bundle(s: Story, day: string) {
  s.at(`2026-11-${day} 14:00:00`);
  return BUNDLE.map((person, n) =>
    s
      .later("100s")
      .check({ person, basket: [packs(KEPT[n % KEPT.length] ?? DRUG.calcium, 1, { days: 3 })] }),
  );
}

const yulinCards: Stories = [
  ...story(
    "Case Yulin: others' cards batch by batch, and the bundle is known by its company",
    (s) => {
      for (const day of ["03", "08"]) for (const check of bundle(s, day)) s.settle(check.passes());
      s.raisesNothing();
      for (const check of bundle(s, "13")) s.settle(check.passes());
      s.raises({ kind: "cohort", rules: ["CF-13"], pharmacies: [SHOP.north], members: BUNDLE });
      const [card] = bundle(s, "18");
      if (card === undefined) throw new TypeError("nobody came");
      card.is("hold", { "CF-13": ["hold", { cohortSize: atLeast(7), limit: 6 }] });
      s.at("2026-11-18 15:00:00")
        .check(card.again({ supersedes: card, override: ["CARE_INSTITUTION", APPROVER] }))
        .passes({ "CF-13": cleared("CARE_INSTITUTION") });
    },
  ),
  ...story("Case Yulin: a couple and their neighbours meet on market days", (s) => {
    for (const day of ["03", "08", "13", "18"]) {
      s.at(`2026-11-${day} 09:00:00`);
      for (const person of ["he", "she", "a neighbour", "another", "his brother"]) {
        s.later("2m").sell({ person, basket: [packs(DRUG.ibuprofen, 1, { days: 3 })] });
      }
    }
    s.raisesNothing();
  }),
  ...story("Case Yulin: a batch of forty cards swiped one after the other", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 40; n++) {
      scheme.sells({ person: `card ${n}`, basket: [packs(DRUG.calcium, 1)] });
      s.later("20s");
    }
    scheme.isCaught("hold", { "CF-01": ["hold", { terminalPersons10m: 12 }] }, 12);
  }),
  ...story("Case Yulin: and faster than hands can sell", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 20; n++) {
      scheme.sells({ person: `card ${n}`, basket: [packs(DRUG.calcium, 1)] });
      s.later("8s");
    }
    scheme.isCaught("hold", { "CF-02": ["hold", { terminalShortGaps: 4, limit: 4 }] }, 5);
  }),
];

export const casesOfCards: Stories = [
  ...wuhan,
  ...cashOut,
  ...lanzhou,
  ...wuhanChain,
  ...pinghu,
  ...yulinCards,
];
