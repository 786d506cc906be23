import { type Ask, packs } from "./ask.ts";
import { CARE_HOME, DRUG, SHOP } from "./chest.ts";
import { native, nhsa, type Story, story, type Told } from "./story.ts";

/** The seventeen legitimate patterns of domain section 6: allow or warn; 1 and 17 at most stepUp. */

const fine = ["allow", "warn"] as const;
const atMostStepUp = ["allow", "warn", "stepUp"] as const;
const child = { id: "210102198203040011", registered: true };
const rx = (number: string) => ({ number, prescriber: "D421003007628", long: true });

const families: Told = [
  ...story(
    "1. a daughter buys for two parents and herself with three codes in three minutes",
    (s) => {
      const parent = (person: string, agent?: typeof child) =>
        s.later("60s").check({
          person,
          token: `T-${person}`,
          basket: [packs(DRUG.amlodipine, 1)],
          ...(agent ? { agent } : {}),
        });
      parent("mother", child).isOneOf(fine);
      parent("father", child).isOneOf(fine);
      parent("daughter").isOneOf(atMostStepUp);
    },
  ),
  ...story("1. the same without any registration", (s) => {
    const agent = { id: child.id, registered: false };
    for (const person of ["mother", "father", "daughter"]) {
      s.later("60s")
        .check({ person, token: `T-${person}`, agent, basket: [packs(DRUG.amlodipine, 1)] })
        .isOneOf(atMostStepUp);
    }
  }),
  ...story("2. a care-home nurse fetches for twenty residents of a registered house", (s) => {
    for (let n = 1; n <= 20; n++) {
      const basket = [packs(DRUG.amlodipine, 1), packs(DRUG.aspirin, 1)];
      s.later("25s")
        .check({ person: `resident ${n}`, agent: { id: CARE_HOME, registered: true }, basket })
        .is("allow");
    }
  }),
  ...story("2. the same nurse is quick: a resident every ten seconds", (s) => {
    for (let n = 1; n <= 20; n++) {
      s.later("10s")
        .check({ person: `resident ${n}`, agent: { id: CARE_HOME, registered: true } })
        .isOneOf(fine);
    }
  }),
  ...story("13. a family account pays", (s) => {
    s.check({ familyAccount: 36.5, basket: [packs(DRUG.amlodipine, 1)] }).is("allow");
    s.later("10m").check({ person: "son", familyAccount: 20, token: "T-son" }).is("allow");
  }),
  ...story("14. the wife's card by a registered husband at 20:00, his own code at 20:05", (s) => {
    s.at("2026-11-21 20:00:00").settle(
      s.check({ person: "wife", agent: child, basket: [packs(DRUG.aspirin, 1)] }).isOneOf(fine),
    );
    s.later("5m").check({ person: "husband", token: "T-husband" }).is("allow");
    s.later("5m").check({ person: "husband", token: "T-husband-2", shop: SHOP.south }).is("allow");
  }),
];

const longSupplies: Told = [
  ...story("3. a long prescription of 84 days of amlodipine and atorvastatin", (s) => {
    const basket = [
      packs(DRUG.amlodipine, 3, { days: 84, rx: rx("RX-1") }),
      packs(DRUG.atorvastatin, 6, { days: 84, rx: rx("RX-1") }),
    ];
    s.settle(s.check({ disease: "M03900", basket }).is("allow"));
    s.later("77d")
      .check({ disease: "M03900", basket: basket.map((line) => ({ ...line, rx: rx("RX-2") })) })
      .isOneOf(fine);
  }),
  ...story("4. eighty years old in a far village: 90 days, ELDERLY or REMOTE_AREA", (s) => {
    for (const [person, code] of [
      ["Zhang", "ELDERLY"],
      ["Zhou", "REMOTE_AREA"],
    ] as const) {
      const override = [code, "L0031"] as const;
      s.later("10m")
        .check({ person, override, basket: [packs(DRUG.aspirin, 3, { days: 90 })] })
        .isOneOf(fine);
      s.later("1m")
        .check({ person: `${person}'s wife`, override, basket: [packs(DRUG.clopidogrel, 12)] })
        .isOneOf(fine);
    }
  }),
  ...story("4. the same village, the next journey a month early", (s) => {
    const ask: Ask = { override: ["REMOTE_AREA", "L0031"], basket: [packs(DRUG.aspirin, 3)] };
    s.settle(s.check(ask).isOneOf(fine));
    s.later("45d").check(ask).isOneOf(fine);
  }),
  ...story("16. a dual-channel cancer medicine for 12,000 yuan", (s) => {
    const basket = [
      packs(DRUG.osimertinib, 2, {
        price: 5580,
        rx: { number: "ERX-1", prescriber: "D421003007628", quantity: 2 },
      }),
    ];
    s.check({ disease: "M08000", basket }).isOneOf(fine);
  }),
];

const busyStores: Told = [
  ...story(
    "5. a store at the hospital's gate: five tills, 250 settlements a day, each till one in 90 seconds",
    (s) => {
      for (let n = 0; n < 250; n++) {
        const ask = {
          person: `patient ${n}`,
          shop: SHOP.gate,
          till: `T0${(n % 5) + 1}`,
          basket: [packs(DRUG.ibuprofen, 1)],
        };
        s.settle(s.later("18s").check(ask).is("allow"));
      }
    },
  ),
  ...story("6. flu week: forty people buy Lianhua and ibuprofen in two hours", (s) => {
    for (let n = 0; n < 40; n++) {
      const basket = [packs(DRUG.lianhuaCapsules, 2), packs(DRUG.ibuprofen, 1)];
      s.later("3m")
        .check({ person: `patient ${n}`, basket })
        .isOneOf(fine);
    }
  }),
  ...story("15. a company's health day", (s) => {
    for (let n = 0; n < 20; n++) {
      s.later("90s")
        .check({
          person: `worker ${n}`,
          employer: "TEST-EMPLOYER",
          basket: [packs(DRUG.calcium, 1)],
        })
        .isOneOf(fine);
    }
  }),
];

const part = { pieces: true, split: true, price: 0.5 };
function parts(s: Story, drug: string, count: number, pieces: number): void {
  const codes = s.freshCodes(1);
  for (let n = 0; n < count; n++) {
    const basket = [packs(drug, pieces, { ...part, codes, days: 5 })];
    s.settle(
      s
        .later("20m")
        .check({ person: `part ${n}`, basket })
        .is("allow"),
    );
  }
}

const boxes: Told = [
  ...story("7. a split pack: sixty tablets as six times ten, one code", (s) =>
    parts(s, DRUG.calcium, 6, 10),
  ),
  ...story("7. a split pack of unknown size: ten times ten, one code", (s) =>
    parts(s, DRUG.atorvastatinOtherPack, 10, 10),
  ),
  ...story(
    "8. the till repeats a lost message, takes it back and tries anew with the same boxes",
    (s) => {
      const sale = s.check({ basket: [packs(DRUG.amlodipine, 1)], token: "T-8" }).is("allow");
      s.later("30s").repeat(sale).is("allow");
      s.later("30s").giveBack(sale);
      s.settle(s.later("30s").check(sale.again()).is("allow"));
    },
  ),
  ...story("8. the till never takes it back and just tries anew", (s) => {
    const sale = s.check({ basket: [packs(DRUG.amlodipine, 1)], token: "T-8" }).is("allow");
    const second = s.later("30s").check(sale.again()).is("allow");
    s.settle(s.later("30s").check(second.again()).is("allow"));
  }),
  ...story("9. a sealed box comes back the same day and is sold again", (s) => {
    const sale = s.check({ basket: [packs(DRUG.amlodipine, 1)] }).is("allow");
    s.settle(sale).later("3h").giveBack(sale);
    s.settle(
      s
        .later("2h")
        .check(sale.again({ person: "Wang" }))
        .isOneOf(fine),
    );
    s.later("1h")
      .check(sale.again({ person: "Zhao" }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...nhsa("9. the same by 2103", (s) => {
    const sale = s.check({ basket: [packs(DRUG.amlodipine, 1)] }).is("allow");
    s.settle(sale).later("3h").cancel(sale);
    s.later("2h")
      .check(sale.again({ person: "Wang" }))
      .isOneOf(fine);
  }),
  ...story("11. old stock without codes, and slices", (s) => {
    s.check({ basket: [packs(DRUG.donkeyHideGelatin, 1, { codes: [] })] }).is("allow");
    s.later("1m")
      .check({
        person: "Wang",
        basket: [
          packs(DRUG.astragalus, 140, { price: 0.3, days: 7 }),
          packs(DRUG.goji, 84, { price: 0.2 }),
        ],
      })
      .is("allow");
  }),
];

const movers: Told = [
  ...story("10. a traveller with registration buys in Beijing three hours later", (s) => {
    s.settle(s.check({ basket: [packs(DRUG.amlodipine, 1)] }).is("allow"));
    s.later("3h")
      .check({ shop: SHOP.beijing, basket: [packs(DRUG.aspirin, 1)] })
      .isOneOf(fine);
    s.later("20d")
      .check({ shop: SHOP.beijing, token: "T-10", basket: [packs(DRUG.amlodipine, 1)] })
      .isOneOf(fine);
  }),
  ...story("12. two settlements five seconds apart: chronic and ordinary", (s) => {
    s.settle(
      s
        .check({ medicalType: "140104", disease: "M03900", basket: [packs(DRUG.amlodipine, 2)] })
        .is("allow"),
    );
    s.settle(
      s
        .later("5s")
        .check({ basket: [packs(DRUG.ibuprofen, 1)] })
        .is("allow"),
    );
  }),
  ...native("12. the same with one code, split by the till between funds", (s) => {
    s.settle(
      s
        .check({
          medicalType: "140104",
          disease: "M03900",
          token: "T-12",
          basket: [packs(DRUG.amlodipine, 2)],
        })
        .is("allow"),
    );
    s.later("5s")
      .check({ token: "T-12", basket: [packs(DRUG.ibuprofen, 1)] })
      .isOneOf(fine);
  }),
  ...story("17. the card was replaced yesterday", (s) => {
    s.settle(
      s.check({ cardSn: "CHIP-OLD", card: "A1", basket: [packs(DRUG.aspirin, 1)] }).is("allow"),
    );
    const asked = s.later("1d").check({ cardSn: "CHIP-NEW", card: "A2" }).isOneOf(atMostStepUp);
    s.later("1m")
      .check(asked.again({ supersedes: asked, verified: ["face", "pass"] }))
      .isOneOf(fine);
  }),
];

export const honestCustomers: Told = [
  ...families,
  ...longSupplies,
  ...busyStores,
  ...boxes,
  ...movers,
];
