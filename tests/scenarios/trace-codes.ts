import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/** The table of architecture section 3: TR-01 (elsewhere), TR-02 (here); domain section 6: TR-03 (count). */

const BOX = "83386520001941653320";
const box = (more: Ask = {}): Ask => ({
  basket: [packs(DRUG.aspirin, 1, { codes: [BOX] })],
  ...more,
});
const wang = (more: Ask = {}): Ask => box({ person: "Wang", ...more });
const elsewhere = { shop: SHOP.south };
const till2 = { till: "T02" };

const soldElsewhere: Stories = [
  ...story(
    "TR-01 fires: it denies a box that another pharmacy sold, for ever and against any override",
    (s) => {
      s.settle(s.check(box()).is("allow"));
      const denied = s.later("25d").check(wang(elsewhere)).is("deny", { "TR-01": "deny" });
      s.later("1m")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "TR-01": "deny" });
      s.later("200d").check(wang(elsewhere)).is("deny", { "TR-01": "deny" });
    },
  ),
  ...story(
    "TR-01 fires: it holds a box another pharmacy has just reserved, until that lapses or settles",
    (s) => {
      const first = s.check(box()).is("allow");
      s.later("5m").check(wang(elsewhere)).is("hold", { "TR-01": "hold" });
      s.later("1m")
        .settle(first)
        .later("1m")
        .check(wang(elsewhere))
        .is("deny", { "TR-01": "deny" });
    },
  ),
  ...native(
    "TR-01 fires: a native reservation is gone at 15 minutes, not a millisecond before",
    (s) => {
      s.check(box()).is("allow");
      s.later("14m", "59s", "999ms").check(wang(elsewhere)).is("hold", { "TR-01": "hold" });
      s.later("1ms").check(wang(elsewhere)).is("allow");
    },
  ),
  ...nhsa("TR-01 fires: it holds a box that another pharmacy is presumed to have sold", (s) => {
    s.check(box()).is("allow");
    s.later("15m").check(wang(elsewhere)).is("hold", { "TR-01": "hold" });
    s.later("20d").check(wang(elsewhere)).is("hold", { "TR-01": "hold" });
  }),
  ...story(
    "TR-01 fires: it holds a box that another pharmacy took back; its override is EMERGENCY",
    (s) => {
      const first = s.check(box()).is("allow");
      s.settle(first).later("1h").giveBack(first);
      const held = s.later("1d").check(wang(elsewhere)).is("hold", { "TR-01": "hold" });
      s.later("20s")
        .check(held.again({ supersedes: held, override: ["EMERGENCY", "0007"] }))
        .is("hold", { "TR-01": "hold" });
      s.later("20s")
        .check(held.again({ supersedes: held, override: ["EMERGENCY", "L0031"] }))
        .is("allow", { "TR-01": "warn" });
    },
  ),
  ...story("TR-01 spares: what was only asked, refused or given up is not sold", (s) => {
    s.inquire(box()).is("allow");
    s.later("1m")
      .check(box({ status: "2" }))
      .is("deny", { "IM-04": "deny" });
    const given = s.later("1m").check(box()).is("allow");
    s.later("1m").giveBack(given);
    s.later("1m").check(wang()).is("allow");
  }),
  ...story("TR-01 spares: a box that was refused at one pharmacy is free at the next", (s) => {
    s.check(box({ status: "2" })).is("deny", { "IM-04": "deny" });
    s.later("1m").check(wang(elsewhere)).is("allow");
  }),
  ...story("TR-01 fires: a box split elsewhere is sold elsewhere", (s) => {
    const half = {
      basket: [packs(DRUG.calcium, 10, { pieces: true, split: true, price: 1, codes: [BOX] })],
    };
    s.settle(s.check(half).is("allow"));
    s.later("1d")
      .check({ ...half, person: "Wang", ...elsewhere })
      .is("deny", { "TR-01": "deny" });
  }),
  ...story(
    "TR-01 fires: who settles against a deny takes the box over; a refusal alone takes nothing",
    (s) => {
      s.settle(s.check(box()).is("allow"));
      const denied = s.later("1d").check(wang(elsewhere)).is("deny", { "TR-01": "deny" });
      s.later("1h")
        .check(box({ person: "Zhao", shop: SHOP.heping }))
        .is("deny", { "TR-01": "deny" });
      s.settle(denied);
      s.later("1d")
        .check(box({ person: "Chen", ...elsewhere }))
        .is("hold", { "TR-02": "hold" });
    },
  ),
];

const soldHere: Stories = [
  ...story("TR-02 fires: it holds a box this pharmacy sold or reserved, whoever buys", (s) => {
    const first = s.check(box()).is("allow");
    s.later("1m").check(wang(till2)).is("hold", { "TR-02": "hold" });
    s.settle(first);
    s.later("1h").check(wang(till2)).is("hold", { "TR-02": "hold" });
    s.later("1d")
      .check(box({ basket: [packs(DRUG.clopidogrel, 1, { codes: [BOX] })] }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...nhsa("TR-02 fires: it holds a box this pharmacy is presumed to have sold", (s) => {
    s.check(box()).is("allow");
    s.later("16m").check(wang()).is("hold", { "TR-02": "hold" });
  }),
  ...story("TR-02 spares: a box that came back may be sold again here", (s) => {
    const first = s.check(box()).is("allow");
    s.settle(first).later("1h").giveBack(first);
    s.settle(s.later("1h").check(wang()).is("allow"));
    s.later("1h")
      .check(box({ person: "Zhao" }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...native(
    "TR-02 fires: a part that comes back frees the codes it names, and none without codes",
    (s) => {
      const codes = s.freshCodes(3);
      const [one = "", two = "", three = ""] = codes;
      const first = s
        .check({ basket: [packs(DRUG.clopidogrel, 3, { codes })], disease: "M03900" })
        .is("allow");
      s.settle(first).later("1h").giveBackSome(first, 1, [one]).later("1h").giveBackSome(first, 1);
      const sale = (code: string) =>
        s
          .later("1d")
          .check({ person: "Wang", basket: [packs(DRUG.aspirin, 1, { codes: [code] })] });
      sale(one).is("allow");
      sale(two).is("hold", { "TR-02": "hold" });
      sale(three).is("hold", { "TR-02": "hold" });
    },
  ),
  ...story("TR-02 fires: it holds a box scanned twice in one request: rescan", (s) => {
    const twice = [packs(DRUG.phospholipids, 2, { codes: [BOX, BOX] })];
    s.check({ basket: twice }).is("hold", { "TR-02": "hold", "TR-03": "hold" });
    const twoLines = [DRUG.aspirin, DRUG.clopidogrel].map((drug) =>
      packs(drug, 1, { codes: [BOX] }),
    );
    s.later("1h").check({ person: "Wang", basket: twoLines }).is("hold", { "TR-02": "hold" });
  }),
  ...story("TR-02 spares: a split pack may be sold until it is empty", (s) => {
    const part = (person: string, count: number) =>
      s.later("1h").check({
        person,
        basket: [packs(DRUG.calcium, count, { pieces: true, split: true, price: 1, codes: [BOX] })],
      });
    s.settle(part("a", 20).is("allow"));
    s.settle(part("b", 30).is("allow"));
    s.settle(part("c", 10).is("allow"));
  }),
  ...story("TR-02 fires: it holds a whole sale of a box that was split, and the reverse", (s) => {
    const part = { pieces: true, split: true, price: 1 };
    const [split = "", whole = ""] = s.freshCodes(2);
    s.settle(
      s.check({ basket: [packs(DRUG.calcium, 10, { ...part, codes: [split] })] }).is("allow"),
    );
    s.settle(
      s
        .check({ person: "b", ...till2, basket: [packs(DRUG.calcium, 1, { codes: [whole] })] })
        .is("allow"),
    );
    s.later("1h")
      .check({ person: "c", basket: [packs(DRUG.calcium, 1, { codes: [split] })] })
      .is("hold", { "TR-02": "hold" });
    s.later("1h")
      .check({ person: "d", basket: [packs(DRUG.calcium, 10, { ...part, codes: [whole] })] })
      .is("hold", { "TR-02": "hold" });
  }),
  ...story("TR-02 fires: it is cleared by EMERGENCY of another than the operator", (s) => {
    s.settle(s.check(box()).is("allow"));
    const held = s.later("1d").check(wang()).is("hold", { "TR-02": "hold" });
    s.later("20s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "0007"] }))
      .is("hold", { "TR-02": "hold" });
    s.later("20s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "L0031"] }))
      .is("allow", { "TR-02": "warn" });
  }),
];

const notTraced: Stories = [
  ...story(
    "Trace rules judge neither consumables, whose code may be their lot's, nor slices",
    (s) => {
      for (const drug of ["C0101010010000100001", DRUG.astragalus]) {
        const line = packs(drug, 2, { price: 1, codes: [BOX, BOX] });
        s.settle(
          s
            .later("1h")
            .check({ person: `${drug} 1`, basket: [line] })
            .is("allow"),
        );
        s.settle(
          s
            .later("1h")
            .check({ person: `${drug} 2`, basket: [line] })
            .is("allow"),
        );
        s.later("1h")
          .check({ person: `${drug} 3`, basket: [line], ...elsewhere })
          .is("allow");
      }
    },
  ),
];

/** Two packs of a week with so many codes. */
const scanned = (s: Story, count: number, ask: Ask = {}) =>
  s.later("1h").check({
    person: `scan ${count}`,
    basket: [packs(DRUG.saxagliptin, 2, { codes: s.freshCodes(count) })],
    ...ask,
  });

const counting: Stories = [
  ...story("TR-03 fires: it wants one code a pack", (s) => {
    scanned(s, 2).is("allow");
    scanned(s, 1).is("hold", { "TR-03": "hold" });
    scanned(s, 3).is("hold", { "TR-03": "hold" });
    scanned(s, 0).is("hold", { "TR-03": "hold" });
  }),
  ...story("TR-03 fires: it asks only at the settlement", (s) => {
    s.inquire({ basket: [packs(DRUG.aspirin, 1, { codes: [] })] }).is("allow");
    s.later("1m")
      .check({ basket: [packs(DRUG.aspirin, 1, { codes: [] })] })
      .is("hold", { "TR-03": "hold" });
  }),
  ...story("TR-03 spares: slices, what needs no codes, old stock and split packs", (s) => {
    s.check({ person: "a", basket: [packs(DRUG.astragalus, 100, { price: 0.3 })] }).is("allow");
    s.later("1m")
      .check({ person: "b", basket: [packs(DRUG.rehydration, 2)] })
      .is("allow");
    s.later("1m")
      .check({ person: "c", basket: [packs(DRUG.donkeyHideGelatin, 1, { codes: [] })] })
      .is("allow");
    const nifedipine = [packs(DRUG.nifedipineControlled, 1, { codes: [] })];
    s.later("1m").check({ person: "d", shop: SHOP.heping, basket: nifedipine }).is("allow");
    s.later("1m").check({ person: "e", basket: nifedipine }).is("hold", { "TR-03": "hold" });
    const part = [packs(DRUG.calcium, 10, { pieces: true, split: true, price: 1 })];
    s.later("1m").check({ person: "f", basket: part }).is("allow");
  }),
  ...story("TR-03 fires: the old stock's list has its last day", (s) => {
    const gelatin = { basket: [packs(DRUG.donkeyHideGelatin, 1, { codes: [] })] };
    s.at("2026-12-31 23:59:59").check(gelatin).is("allow");
    s.at("2027-01-01 00:00:00")
      .check({ ...gelatin, person: "Wang" })
      .is("hold", { "TR-03": "hold" });
  }),
  ...story("TR-03 fires: it only warned before 2026", (s) => {
    const bare = { basket: [packs(DRUG.aspirin, 1, { codes: [] })] };
    s.at("2025-12-31 23:59:59.999").check(bare).is("warn", { "TR-03": "warn" });
    s.at("2026-01-01 00:00:00")
      .check({ ...bare, person: "Wang" })
      .is("hold", { "TR-03": "hold" });
  }),
  ...story(
    "TR-03 fires: it is cleared by NO_CODE_STOCK and EMERGENCY of another than the operator",
    (s) => {
      const held = s
        .check({ basket: [packs(DRUG.aspirin, 1, { codes: [] })] })
        .is("hold", { "TR-03": "hold" });
      const again = (override: readonly [string, string]) =>
        s.later("20s").check(held.again({ supersedes: held, override }));
      again(["NO_CODE_STOCK", "0007"]).is("hold", { "TR-03": "hold" });
      again(["ELDERLY", "L0031"]).is("hold", { "TR-03": "hold" });
      again(["NO_CODE_STOCK", "L0031"]).is("allow", { "TR-03": "warn" });
      again(["EMERGENCY", "L0031"]).is("allow", { "TR-03": "warn" });
    },
  ),
  ...nhsa(
    "TR-03 spares: it waits where the codes come later by 3505, not where only some came",
    (s) => {
      s.check({ codesLater: true, basket: [packs(DRUG.saxagliptin, 2)] }).is("allow");
      const half = [packs(DRUG.aspirin, 1), packs(DRUG.clopidogrel, 1, { codes: [] })];
      s.later("1h").check({ person: "Wang", basket: half }).is("hold", { "TR-03": "hold" });
      const none = [packs(DRUG.aspirin, 1, { codes: [] })];
      s.later("1h").check({ person: "Zhao", basket: none }).is("hold", { "TR-03": "hold" });
    },
  ),
];

export const traceCodes: Stories = [...soldElsewhere, ...soldHere, ...notTraced, ...counting];
