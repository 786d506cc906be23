import { type Ask, packs } from "./ask.ts";
import type { Checked } from "./checked.ts";
import { APPROVER, DRUG, SHOP } from "./chest.ts";
import { atLeast, cleared } from "./expectation.ts";
import { nhsa, type Stories, type Story, story } from "./story.ts";

/**
 * Cases of domain section 3.3 that are about boxes, quantities and prescriptions: which rule sees them, how severely, on
 * what evidence, and that it does so before half of the money has settled.
 */

/** The boxes of a sale, in somebody else's basket. */
function boxesOf({ ask }: Checked): Ask {
  return {
    basket: ask.lines.map(({ drug, quantity, codes }) =>
      packs(drug, quantity, { codes: codes ?? [] }),
    ),
  };
}

const HANGZHOU = [SHOP.hangzhou, SHOP.nanjing, SHOP.guangzhou];
const LOOT = [DRUG.valsartan, DRUG.entecavir, DRUG.metformin];

/** The son buys for himself and on his mother's card, a day and a store each. */
function shopping(s: Story): readonly Checked[] {
  return HANGZHOU.flatMap((shop, n) =>
    ["son", "mother"].map((person) => {
      const basket = [packs(LOOT[n] ?? DRUG.valsartan, 1, { price: 36 })];
      return s.later("3d").sell({ person, shop, insuredArea: "330100", basket });
    }),
  );
}

const hangzhou: Stories = [
  ...story(
    "Case Hangzhou: a box bought in Hangzhou is scanned in Harbin: both sellers are named",
    (s) => {
      const [first, second] = shopping(s);
      if (first === undefined || second === undefined) throw new TypeError("nothing was bought");
      const harbin = { shop: SHOP.harbin, insuredArea: "230100", person: "customer" };
      s.raisesNothing()
        .later("20d")
        .check({ ...harbin, ...boxesOf(first) })
        .is("deny", {
          "TR-01": { level: "deny", evidence: { traceSoldElsewhere: true }, lines: ["0001"] },
        });
      const named = {
        rules: ["TR-01"],
        pharmacies: [SHOP.harbin, SHOP.hangzhou],
        buyer: "customer",
      };
      s.raises({ kind: "traceDuplicate", severity: "critical", ...named, firstBuyer: "son" });
      s.later("1h")
        .check({ ...harbin, person: "another", ...boxesOf(second) })
        .is("deny", { "TR-01": "deny" });
      s.raises({ kind: "traceDuplicate", ...named, buyer: "another", firstBuyer: "mother" });
    },
  ),
  ...story("Case Hangzhou: whose boxes come back is asked who he is, then held", (s) => {
    const [first, , third] = shopping(s);
    if (first === undefined || third === undefined) throw new TypeError("nothing was bought");
    const harbin = { shop: SHOP.harbin, insuredArea: "230100" };
    const more = { person: "son", shop: SHOP.hangzhou, insuredArea: "330100" };
    s.later("20d")
      .check({ ...harbin, person: "a", ...boxesOf(first) })
      .is("deny", { "TR-01": "deny" });
    s.later("1d")
      .check(more)
      .is("stepUp", { "RS-03": ["stepUp", { firstBuyer180d: 1, limit: 1 }] });
    s.later("1d")
      .check({ ...harbin, person: "b", ...boxesOf(third) })
      .is("deny", { "TR-01": "deny" });
    s.later("1d")
      .check(more)
      .is("hold", { "RS-03": ["hold", { firstBuyer180d: 2, limit: 2 }] });
    s.later("1h")
      .check({ ...more, person: "mother" })
      .is("allow");
  }),
  ...nhsa("Case Hangzhou: in Harbin the codes come by 3505, after the sale", (s) => {
    const [first] = shopping(s);
    if (first === undefined) throw new TypeError("nothing was bought");
    const codes = [first.ask.lines[0]?.codes ?? []];
    const basket = [packs(DRUG.valsartan, 1, { codes: [] })];
    const ask = { shop: SHOP.harbin, insuredArea: "230100", person: "customer", basket };
    const sale = s.later("20d").sell({ ...ask, codesLater: true });
    s.later("1h").upload(sale, { codes });
    s.raises({
      ...{ kind: "traceDuplicate", pharmacies: [SHOP.harbin, SHOP.hangzhou] },
      ...{ buyer: "customer", firstBuyer: "son" },
    });
  }),
  ...story("Case Hangzhou: the customer is innocent and takes another box", (s) => {
    const [first] = shopping(s);
    if (first === undefined) throw new TypeError("nothing was bought");
    const ask = { shop: SHOP.harbin, insuredArea: "230100", person: "customer" };
    const denied = s
      .later("20d")
      .check({ ...ask, ...boxesOf(first) })
      .is("deny", { "TR-01": "deny" });
    const basket = [packs(DRUG.valsartan, 1)];
    s.later("1m")
      .check({ ...ask, supersedes: denied, basket })
      .is("allow");
  }),
];

const STATIONS: readonly string[] = [SHOP.heping, SHOP.tiexi, SHOP.jinzhou, SHOP.changchun];

const duplicates: Stories = [
  ...story("Case Ulanqab: seventy-two boxes, sold 25 to 68 days before in other stores", (s) => {
    s.at("2026-09-01 09:00:00");
    const sold = Array.from({ length: 72 }, (_, n) => {
      const shop = STATIONS[n % STATIONS.length] ?? SHOP.heping;
      const basket = [packs(LOOT[n % LOOT.length] ?? DRUG.valsartan, 1, { price: 36 })];
      return s.later("14h").sell({ person: `patient ${n}`, shop, basket });
    });
    s.at("2026-11-08 09:00:00").raisesNothing();
    const scheme = s.scheme();
    for (const [n, box] of sold.entries()) {
      const ask = { person: `buyer ${n}`, shop: SHOP.dezhou, insuredArea: "371400" };
      scheme.sells({ ...ask, ...boxesOf(box) }).is("deny", {
        "TR-01": ["deny", { traceSoldElsewhere: true }],
      });
      s.later("8m");
    }
    scheme.isCaught("deny", { "TR-01": "deny" }, 1);
    s.question("seventy-two clues, each with both sellers", ({ clues }) => {
      const both = clues.filter(
        ({ pharmacies: [now, before = ""] }) => now === SHOP.dezhou && STATIONS.includes(before),
      );
      return both.length === 72 ? undefined : `${both.length} of ${clues.length}`;
    });
  }),
  ...story("Case Dezhou: one code settled eight times", (s) => {
    const codes = s.freshCodes(1, DRUG.valsartan);
    const box = [packs(DRUG.valsartan, 1, { codes, price: 36 })];
    const scheme = s.scheme();
    for (let n = 0; n < 8; n++) {
      const ask = { person: `patient ${n}`, shop: SHOP.dezhou, insuredArea: "371400", basket: box };
      const sale = scheme.sells(ask);
      if (n > 0) sale.is("hold", { "TR-02": ["hold", { traceSoldHere: true }] });
      s.later("2d");
    }
    scheme.isCaught("hold", { "TR-02": { level: "hold", lines: ["0001"] } }, 2);
    s.raises({ kind: "traceDuplicate", rules: ["TR-02"], pharmacies: [SHOP.dezhou] });
  }),
  ...story("Case Dezhou: eight boxes with eight codes are eight sales", (s) => {
    for (let n = 0; n < 8; n++) {
      const basket = [packs(DRUG.valsartan, 1, { price: 36 })];
      const ask = { person: `patient ${n}`, shop: SHOP.dezhou, insuredArea: "371400", basket };
      s.settle(s.later("2d").check(ask).is("allow"));
    }
    s.raisesNothing();
  }),
];

/** Seven stores of one city, in turn. */
const ROUND = [
  ...[SHOP.north, SHOP.south, SHOP.heping, SHOP.dadong, SHOP.tiexi, SHOP.hunnan, SHOP.dualChannel],
];

const yulin: Stories = [
  ...story("Case Yulin: fifteen years of one medicine in three months, a pack at a time", (s) => {
    const scheme = s.scheme();
    s.at("2026-09-01 09:00:00").daily(90, (day) => {
      for (const half of [0, 1]) {
        const shop = ROUND[(day * 2 + half) % ROUND.length] ?? SHOP.north;
        scheme.sells({ shop, basket: [packs(DRUG.valsartan, 1, { days: 28, price: 34 })] });
        s.later("5h");
      }
    });
    const lines = ["0001"];
    scheme.isCaught(
      "hold",
      { "OQ-02": { level: "hold", evidence: { onHandDays: atLeast(55), limit: 30 }, lines } },
      3,
    );
  }),
  ...story("Case Yulin: with an override each time, and after 400 days none helps", (s) => {
    const month = [packs(DRUG.valsartan, 1, { days: 28, price: 34 })];
    const sale = (n: number, hits: Parameters<Checked["passes"]>[0]) =>
      s.later("5d").sell(
        {
          shop: ROUND[n % ROUND.length] ?? SHOP.north,
          basket: month,
          override: ["TRAVEL_ABROAD", APPROVER],
        },
        hits,
      );
    for (let n = 0; n < 14; n++) {
      sale(n, n < 7 ? {} : { "OQ-08": cleared("TRAVEL_ABROAD", { limit: 180 }) });
    }
    s.later("5d")
      .check({ basket: month, override: ["TRAVEL_ABROAD", APPROVER] })
      .is("deny", { "OQ-08": ["deny", { supply90d: 420, limit: 400 }], "OQ-04": "warn" });
  }),
  ...story("Case Yulin: twelve years at once", (s) => {
    s.check({ basket: [packs(DRUG.valsartan, 160, { days: 4_480, price: 34, codes: [] })] }).is(
      "deny",
      {
        "OQ-01": ["deny", { daysSupply: 4_480, limit: 107.1 }],
        ...{ "OQ-05": "deny", "OQ-08": "deny", "SW-04": "hold", "OQ-07": "hold", "TR-03": "hold" },
      },
    );
  }),
  ...story("Case Yulin: a patient who fetches a month's pack every month has two at most", (s) => {
    for (let month = 0; month < 4; month++) {
      const basket = [packs(DRUG.valsartan, 1, { days: 28, price: 34 })];
      s.settle(s.later("26d").check({ basket }).is("allow"));
    }
  }),
];

const tacrolimus = (number: string): Ask => ({
  disease: "M08300",
  basket: [packs(DRUG.tacrolimus, 2, { price: 680, days: 25, rx: { number } })],
});

const taizhou: Stories = [
  ...story("Case Taizhou: tacrolimus of several doctors, at several stores, every week", (s) => {
    const scheme = s.scheme();
    for (const [n, shop] of ROUND.entries()) {
      scheme.sells({ shop, ...tacrolimus(`RX-${n}`) });
      s.later("6d");
    }
    const evidence = { watched: true, watchFactor: 0.7, onHandDays: atLeast(30) };
    scheme.isCaught("hold", { "RS-01": { level: "hold", evidence, lines: ["0001"] } }, 3);
  }),
  ...story("Case Taizhou: four stores within a month, each for half a month", (s) => {
    const half = (n: number) => ({
      disease: "M08300",
      basket: [packs(DRUG.valsartan, 1, { days: 16, price: 34, rx: { number: `RX-${n}` } })],
    });
    const scheme = s.scheme();
    for (const [n, shop] of ROUND.entries()) {
      scheme.sells({ shop, ...half(n) });
      s.later("7d");
    }
    const evidence = { pharmacies30d: 4, supply30d: 64, limit: 4 };
    scheme.isCaught("hold", { "OQ-04": { level: "hold", evidence, lines: ["0001"] } }, 4);
  }),
  ...story(
    "Case Taizhou: after a transplant one fetches it month after month in one store",
    (s) => {
      for (let n = 0; n < 4; n++) {
        s.settle(
          s
            .later("23d")
            .check(tacrolimus(`RX-${n}`))
            .passes(),
        );
      }
    },
  ),
];

const anlotinib = (rx: object = {}) => [packs(DRUG.anlotinib, 1, { price: 2_100, days: 10, rx })];

const yaAn: Stories = [
  ...story("Case Ya'an: a patient who has died buys anlotinib", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 3; n++) {
      scheme.sells({ number: "TEST-PERSON-DECEASED-0001", basket: anlotinib() });
      s.later("9d");
    }
    scheme.isCaught("deny", { "IM-04": ["deny", { deceased: true }], "LP-05": "hold" }, 1);
  }),
  ...story("Case Ya'an: the patient for whom it was filed lives", (s) => {
    s.check({ number: "TEST-PERSON-FILED-0001", basket: anlotinib() }).is("allow");
  }),
];

/** Ninety-six buyers on one day at one dual-channel store, one every seven minutes. */
function buyers(s: Story, rx: (n: number) => object) {
  const scheme = s.scheme();
  for (let n = 0; n < 96; n++) {
    const basket = [packs(DRUG.entecavir, 1, { price: 52, days: 28, rx: rx(n) })];
    scheme.sells({ person: `buyer ${n}`, shop: SHOP.dualChannel, basket });
    s.later("7m");
  }
  return scheme;
}

const harbin: Stories = [
  ...story("Case Harbin: handwritten prescriptions for dual-channel drugs", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 10; n++) {
      const rx = { external: false, source: "paper" };
      const basket = [packs(DRUG.osimertinib, 1, { price: 5_480, days: 30, rx })];
      scheme.sells({ person: `buyer ${n}`, shop: SHOP.dualChannel, disease: "M08000", basket });
      s.later("40m");
    }
    const evidence = { dualChannel: true, rxExternal: false };
    scheme.isCaught("hold", { "RX-07": { level: "hold", evidence, lines: ["0001"] } }, 1);
  }),
  ...story("Case Harbin: one doctor writes for ninety-six buyers", (s) => {
    const scheme = buyers(s.at("2026-11-21 09:00:00"), () => ({ prescriber: "D230102000777" }));
    const evidence = { prescriberPersonsToday: 40, limit: 40 };
    scheme.isCaught("hold", { "RX-02": ["hold", evidence] }, 40);
  }),
  ...story("Case Harbin: ninety-six patients of thirty doctors are a busy day", (s) => {
    buyers(s.at("2026-11-21 09:00:00"), (n) => ({
      prescriber: `D2301020007${10 + (n % 30)}`,
    })).passes();
  }),
  ...story("Case Harbin: one buyer has forty thousand yuan a month, filed and electronic", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 8; n++) {
      const basket = [packs(DRUG.osimertinib, 1, { price: 5_480, days: 30 })];
      scheme.sells({ shop: SHOP.dualChannel, disease: "M08000", basket });
      s.later("4d");
    }
    const evidence = { onHandDays: atLeast(21), watched: true };
    scheme.isCaught("hold", { "RS-01": { level: "hold", evidence, lines: ["0001"] } }, 2);
  }),
];

const amounts: Stories = [
  ...story("Case 190 boxes: of a lipid drug in one purchase, against any override", (s) => {
    const basket = [packs(DRUG.atorvastatinOtherPack, 190, { price: 36, codes: [] })];
    const denied = s.check({ basket }).is("deny", {
      "OQ-05": { level: "deny", evidence: { packs: 190, limit: 60 }, lines: ["0001"] },
      ...{ "OQ-07": "hold", "RS-01": "hold", "TR-03": "hold" },
    });
    s.later("1m")
      .check(denied.again({ supersedes: denied, override: ["EMERGENCY", APPROVER] }))
      .is("deny", { "OQ-05": "deny" });
  }),
  ...story("Case 190 boxes: four of them on a long prescription are a winter's supply", (s) => {
    const rx = { number: "RX-1", long: true };
    const basket = [packs(DRUG.atorvastatin, 6, { price: 36, days: 84, rx })];
    s.check({ disease: "M03900", basket }).is("allow");
  }),
  ...story("Case vitamin C: forty-two sales of 762 yuan on average", (s) => {
    const scheme = s.scheme();
    for (let n = 0; n < 42; n++) {
      const price = 702 + (n % 5) * 30;
      scheme.sells({ person: `buyer ${n}`, basket: [packs(DRUG.vitaminC, 1, { price })] });
      s.later("35m");
    }
    const evidence = { lineYuan: 702, areaMedianYuan: 6 };
    const hits = {
      "SW-04": { level: "hold", evidence, lines: ["0001"] },
      "SW-03": "warn",
    } as const;
    scheme.isCaught("hold", hits, 1);
  }),
  ...story("Case vitamin C: the same money in many cheap packs", (s) => {
    s.check({ basket: [packs(DRUG.vitaminC, 127, { price: 6, days: 30, codes: [] })] }).is("deny", {
      "SW-04": ["hold", { lineYuan: 762 }],
      ...{ "OQ-05": "deny", "TR-03": "hold" },
    });
  }),
  ...story("Case vitamin C: a pack at its price", (s) => {
    s.check({ basket: [packs(DRUG.vitaminC, 1, { price: 6 })] }).is("allow");
  }),
];

export const casesOfDrugs: Stories = [
  ...hangzhou,
  ...duplicates,
  ...yulin,
  ...taizhou,
  ...yaAn,
  ...harbin,
  ...amounts,
];
