import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { nhsa, type Stories } from "./story.ts";

/** Tills that tell of their sales by 3505 and of what came back by 3506 (contract section 3). */

const BOX = "83386529999999999999";
const OTHER = "83386529999999999998";
const elsewhere = { shop: SHOP.south, person: "Wang" };
/** 2102 of one box without its code: it comes later. */
const later = (ask: Ask = {}): Ask => ({
  codesLater: true,
  basket: [packs(DRUG.aspirin, 1, { codes: [] })],
  ...ask,
});
const withBox = (code: string, ask: Ask = {}): Ask => ({
  basket: [packs(DRUG.aspirin, 1, { codes: [code] })],
  ...ask,
});
const codes = [[BOX]] as const;

const sales: Stories = [
  ...nhsa("codes that come by 3505: no hit for their absence, and sold from then on", (s) => {
    const sale = s.check(later()).is("allow");
    s.settle(sale);
    s.later("1h").upload(sale, { codes }).twice();
    s.later("40d").check(withBox(BOX, elsewhere)).is("deny", { "TR-01": "deny" });
    s.later("1m")
      .check(withBox(BOX, { person: "Zhao" }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...nhsa("3505 is all the till ever says: the sale is settled by it, and counts once", (s) => {
    const calcium = { basket: [packs(DRUG.calcium, 1)] };
    const sale = s.check({ codesLater: true, basket: [packs(DRUG.calcium, 1, { codes: [] })] });
    s.later("8h").upload(sale.is("allow"), { codes }).twice();
    s.at("2026-12-31 09:00:00").check(calcium).is("warn", { "OQ-02": "warn" });
  }),
  ...nhsa("3505 of a basket: each message brings its own line's code", (s) => {
    const basket = [DRUG.aspirin, DRUG.ibuprofen].map((drug) => packs(drug, 1, { codes: [] }));
    const sale = s.check({ codesLater: true, basket }).isOneOf(["allow", "warn"]);
    s.later("1h").upload(sale, { codes: [[BOX], [OTHER]] });
    for (const [code, person] of [
      [BOX, "Wang"],
      [OTHER, "Zhao"],
    ] as const) {
      s.later("1h")
        .check(withBox(code, { person, shop: SHOP.south }))
        .is("deny", { "TR-01": "deny" });
    }
  }),
  ...nhsa(
    "a box sold elsewhere turns up in an upload: nothing is refused, and it is here now",
    (s) => {
      s.settle(s.check(withBox(BOX)).is("allow"));
      const second = s.later("30d").check(later(elsewhere)).is("allow");
      s.settle(second).later("1h").upload(second, { codes });
      s.later("1d")
        .check(withBox(BOX, { person: "Zhao" }))
        .is("deny", { "TR-01": "deny" });
      s.later("1m")
        .check(withBox(BOX, { person: "Chen", shop: SHOP.south }))
        .is("hold", { "TR-02": "hold" });
    },
  ),
  ...nhsa("an upload of a sale that was never made sells nothing", (s) => {
    s.upload(s.inquire(later()).is("allow"), { codes });
    s.later("1m").check(withBox(BOX, elsewhere)).is("allow");
  }),
];

const comingBack: Stories = [
  ...nhsa("9. a sealed box brought back the same day by 3506 and 2103 is sold again once", (s) => {
    const sale = s.check(later()).is("allow");
    s.settle(sale).later("10m").upload(sale, { codes });
    s.later("2h").uploadReturn(sale, 1, [BOX]);
    s.cancel(sale);
    const again = s
      .later("1h")
      .check(later({ person: "Wang" }))
      .is("allow");
    s.settle(again).later("10m").upload(again, { codes });
    s.later("1h")
      .check(withBox(BOX, { person: "Zhao" }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...nhsa("a part that comes back by 3506 frees the code it names, and none without one", (s) => {
    const basket = [packs(DRUG.ibuprofen, 2, { codes: [BOX, OTHER] })];
    const sale = s.check({ basket, disease: "M03900" }).isOneOf(["allow", "warn"]);
    s.settle(sale).later("1h").uploadReturn(sale, 1, [BOX]).twice();
    s.later("1h")
      .check(withBox(BOX, { person: "Wang" }))
      .isOneOf(["allow", "warn"]);
    s.later("1h")
      .check(withBox(OTHER, { person: "Zhao" }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...nhsa("what came back by 3506 is not at home any more", (s) => {
    const month = { disease: "M03900", basket: [packs(DRUG.calcium, 1)] };
    const sale = s.check(month).isOneOf(["allow", "warn"]);
    s.settle(sale).later("1h").uploadReturn(sale, 1);
    s.later("1d").check(month).isOneOf(["allow", "warn"]);
  }),
];

export const uploads: Stories = [...sales, ...comingBack];
