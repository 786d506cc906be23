import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { nhsa, type Stories } from "./story.ts";

/** The same table where the codes come by 3505, hours after the sale, and what comes back by 3506. */

const BOX = "83386520001941653320";
const codes = [[BOX]] as const;
const south = { shop: SHOP.south };
const later = (ask: Ask = {}): Ask => ({
  codesLater: true,
  basket: [packs(DRUG.ibuprofen, 1, { codes: [] })],
  ...ask,
});
const box = (person: string, ask: Ask = {}): Ask => ({
  person,
  basket: [packs(DRUG.ibuprofen, 1, { codes: [BOX] })],
  ...ask,
});
const tablets = (person: string, count: number, ask: Ask = {}): Ask => ({
  person,
  basket: [packs(DRUG.calcium, count, { pieces: true, split: true, price: 1, codes: [BOX] })],
  ...ask,
});

const sold: Stories = [
  ...nhsa("TR-01 fires: a box that 3505 told of is sold, settled or not before", (s) => {
    const settled = s.sell(later());
    s.later("3h").upload(settled, { codes });
    s.later("25d").check(box("Wang", south)).is("deny", { "TR-01": "deny" });
    s.later("1h").check(box("Zhao")).is("hold", { "TR-02": "hold" });
  }),
  ...nhsa(
    "TR-01 fires: 3505 settles a sale that was presumed, and its box is sold, not held",
    (s) => {
      const presumed = s.check(later()).is("allow");
      s.later("1h").upload(presumed, { codes });
      s.later("25d").check(box("Wang", south)).is("deny", { "TR-01": "deny" });
    },
  ),
  ...nhsa(
    "TR-01 fires: a box sold elsewhere that only 3505 tells of reaches the inspectors",
    (s) => {
      s.sell(box("Li"));
      const second = s.later("30d").sell(later({ person: "Wang", ...south }));
      s.raisesNothing("traceDuplicate");
      s.later("2h").upload(second, { codes });
      s.raises({
        ...{ kind: "traceDuplicate", rules: ["TR-01"], pharmacies: [SHOP.south, SHOP.north] },
        ...{ buyer: "Wang", firstBuyer: "Li" },
      });
    },
  ),
  ...nhsa("TR-02 fires: a box of this store that comes twice by 3505 does too", (s) => {
    const first = s.sell(later());
    s.later("1h").upload(first, { codes });
    const second = s.later("1d").sell(later({ person: "Wang" }));
    s.later("1h").upload(second, { codes });
    s.raises({ kind: "traceDuplicate", rules: ["TR-02"], pharmacies: [SHOP.north] });
  }),
  ...nhsa("TR-02 spares: the same upload twice, and the codes of 2102 once more by 3505", (s) => {
    const sale = s.sell(box("Li"));
    s.later("1h").upload(sale, { codes }).twice();
    s.later("1h").upload(sale, { codes });
    s.raisesNothing();
    s.later("1h").check(box("Wang")).is("hold", { "TR-02": "hold" });
  }),
];

const cameBack: Stories = [
  ...nhsa("TR-02 spares: what came back by 3506 is sold here once more", (s) => {
    const sale = s.sell(later());
    s.later("1h").upload(sale, { codes });
    s.later("1h").uploadReturn(sale, 1, [BOX]).twice();
    s.later("1h").settle(s.check(box("Wang")).is("allow").without("TR-01", "TR-02"));
    s.later("1d").check(box("Zhao")).is("hold", { "TR-02": "hold" });
  }),
  ...nhsa("TR-01 fires: what another pharmacy took back by 3506 is held", (s) => {
    const sale = s.sell(later());
    s.later("1h").upload(sale, { codes });
    s.later("1h").uploadReturn(sale, 1, [BOX]);
    s.later("1d").check(box("Wang", south)).is("hold", { "TR-01": "hold" });
  }),
];

const split: Stories = [
  ...nhsa("TR-06 spares: six uploads of ten tablets each from one bottle of 60", (s) => {
    for (let sale = 1; sale <= 6; sale++) {
      const part = s.later("1h").sell(tablets(`p${sale}`, 10, { codesLater: true }));
      s.later("1h").upload(part, { codes });
    }
    s.raisesNothing();
    s.later("1h").check(tablets("Wang", 1)).is("hold", { "TR-06": "hold" });
  }),
  ...nhsa("TR-06 spares: a till that counts tablets and does not say so", (s) => {
    const line = packs(DRUG.vitaminC, 10, { split: true, price: 0.1, codes: [BOX] });
    for (let sale = 1; sale <= 10; sale++)
      s.later("1h").sell({ unitUnsaid: true, person: `p${sale}`, basket: [line] });
    s.later("1h")
      .check({ unitUnsaid: true, person: "p11", basket: [line] })
      .is("hold", { "TR-06": "hold" });
  }),
];

export const traceLate: Stories = [...sold, ...cameBack, ...split];
