import { packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { type Stories, story } from "./story.ts";

/** What tills really send: odd, and no reason to stumble or to accuse. */

const fine = ["allow", "warn"] as const;

export const oddMessages: Stories = [
  ...story("two hundred lines", (s) => {
    const basket = Array.from({ length: 200 }, (_, n) =>
      packs(`T00${1000000 + n}`, 1.5, { price: 0.3 }),
    );
    s.check({ basket }).is("allow");
  }),
  ...story("three hundred codes on thirty lines of forms nobody knows", (s) => {
    const basket = Array.from({ length: 50 }, (_, n) => packs(`XA02BAF0${10 + n}A001`, 6));
    s.check({ basket }).isOneOf(fine);
  }),
  ...story(
    "more than a hundred codes on a line, or three hundred in all, is no till's message",
    (s) => {
      const wild = "XA02BAF010A001";
      s.check({ basket: [packs(wild, 6, { codes: s.freshCodes(101) })] }).isRefused("bad_request");
      const basket = [1, 2, 3, 4].map((n) =>
        packs(`XA02BAF01${n}A001`, 6, { codes: s.freshCodes(76) }),
      );
      s.later("1m").check({ basket }).isRefused("bad_request");
    },
  ),
  ...story("four decimals of a pack, and of grams", (s) => {
    s.check({ basket: [packs(DRUG.astragalus, 33.3333, { price: 0.31 })] }).is("allow");
    s.later("1h")
      .check({ person: "Wang", basket: [packs(DRUG.calcium, 0.1667, { split: true })] })
      .is("allow");
  }),
  ...story("granules, consumables, hospital preparations, local codes", (s) => {
    const odd = [
      "T0010000010000000AB1",
      "C0101010010000100001",
      "J210000000000001",
      "LOCAL-0001",
      "XYZ",
      "T9",
      "药-1",
    ];
    for (const [n, drug] of odd.entries())
      s.later("1m")
        .check({ person: `odd ${n}`, basket: [packs(drug, 1)] })
        .isOneOf(fine);
  }),
  ...story("a medicine nobody listed, with its code", (s) => {
    s.check({ basket: [packs("XA02BCA999A001010100501", 2)] }).is("allow");
  }),
  ...story("makers' own and imported codes count as codes", (s) => {
    const code = "(01)06912345678901(21)ABC123(17)280101";
    s.settle(s.check({ basket: [packs(DRUG.aspirin, 1, { codes: [code] })] }).isOneOf(fine));
    s.later("1h")
      .check({
        person: "Wang",
        shop: SHOP.south,
        basket: [packs(DRUG.aspirin, 1, { codes: ["010691234567890121ABC12317280101"] })],
      })
      .is("deny", { "TR-01": "deny" });
  }),
  ...story("numbers of every shape: 15 digits, permits, letters, blanks around", (s) => {
    const shapes = [
      "210102560302001",
      "H1234567800",
      "21010219560302001X",
      "P-1",
      "MA1234567",
      "台胞0001",
      " 43000030281000128715",
    ];
    for (const [n, number] of shapes.entries())
      s.later("2m")
        .check({ number, idCard: number.trim(), basket: [packs(DRUG.aspirin, 1)], till: `T${n}` })
        .is("allow");
  }),
  ...story("one person under a number with blanks around is one person", (s) => {
    s.settle(
      s.check({ number: "43000030281000128715", basket: [packs(DRUG.valsartan, 1)] }).is("allow"),
    );
    s.later("1d")
      .check({ number: " 43000030281000128715 ", basket: [packs(DRUG.valsartan, 1)] })
      .is("warn", { "OQ-02": "warn" });
  }),
  ...story("a clock that goes back: a line out of order is judged at its own time", (s) => {
    s.settle(s.check({ basket: [packs(DRUG.valsartan, 1)] }).is("allow"));
    s.settle(
      s
        .at("2026-11-20 09:00:00")
        .check({ basket: [packs(DRUG.valsartan, 1)] })
        .is("allow"),
    );
    s.at("2026-11-22 09:00:00")
      .inquire({ basket: [packs(DRUG.valsartan, 1)] })
      .is("hold", { "OQ-02": "hold" });
  }),
];
