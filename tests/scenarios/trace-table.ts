import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { clears } from "./clearings.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/** The table of domain 2.2 and architecture section 3, row by row; the prior sale is told first. */

const BOX = "83386520001941653320";
const box = (more: Ask = {}): Ask => ({
  basket: [packs(DRUG.ibuprofen, 1, { codes: [BOX] })],
  ...more,
});
const wang = (more: Ask = {}): Ask => box({ person: "Wang", ...more });
const south = { shop: SHOP.south };
const sold = {
  "TR-01": { level: "deny", evidence: { traceSoldElsewhere: true }, lines: ["0001"] },
} as const;
const held = {
  "TR-01": { level: "hold", evidence: { traceHeldElsewhere: true }, lines: ["0001"] },
} as const;
const soldHere = {
  "TR-02": {
    level: "hold",
    evidence: { traceSoldHere: true, traceTwiceInRequest: false },
    lines: ["0001"],
  },
} as const;
/** Tablets of a bottle of 60. */
const tablets = (count: number, more: Ask = {}, codes: readonly string[] = [BOX]): Ask => ({
  basket: [packs(DRUG.calcium, count, { pieces: true, split: true, price: 1, codes })],
  ...more,
});

const replays: Stories = [
  ...story("TR-02 spares: the same message again, and the next try of the same sale", (s) => {
    const first = s.check(box()).is("allow");
    s.later("1m");
    s.repeat(first).is("allow").without("TR-01", "TR-02");
    const second = s.later("13m", "59s").check(box()).is("allow").without("TR-02");
    s.settle(second);
    s.repeat(second).is("allow");
    s.later("1m").check(box()).is("hold", soldHere);
  }),
  ...native("TR-02 spares: the next try of a sale is nobody's but the same person's, here", (s) => {
    s.check(box()).is("allow");
    s.later("1m").check(wang()).is("hold", soldHere);
    s.later("1m").check(box(south)).isOneOf(["hold"], held);
    s.later("12m", "59s").check(box()).is("allow");
  }),
  ...nhsa("TR-02 spares: 2601 after a lost answer, then a new msgid with the same codes", (s) => {
    const lost = s.check(box()).is("allow");
    s.later("30s");
    s.repeat(lost).is("allow");
    s.later("30s").undo(lost).twice();
    s.settle(s.later("1m").check(box()).is("allow").without("TR-02"));
    s.later("1d").check(wang()).is("hold", soldHere);
  }),
  ...nhsa(
    "TR-02 fires: a second try after a quarter of an hour is a second sale, for it is presumed",
    (s) => {
      s.check(box()).is("allow");
      s.later("15m").check(box()).is("hold", soldHere);
    },
  ),
];

const returned: Stories = [
  ...story("TR-02 spares: what came back here is sold here once more, and once only", (s) => {
    const first = s.sell(box());
    s.later("1h").giveBack(first);
    s.later("1h").settle(s.check(wang()).is("allow").without("TR-01", "TR-02"));
    s.later("1d")
      .check(box({ person: "Zhao" }))
      .is("hold", soldHere);
    s.later("1h")
      .check(box({ person: "Zhao", ...south }))
      .is("deny", sold);
    s.raises({ kind: "traceDuplicate", rules: ["TR-02"], pharmacies: [SHOP.north] });
  }),
  ...story("TR-01 fires: what another pharmacy took back is held, for it should lie there", (s) => {
    const first = s.sell(box());
    s.later("1h").giveBack(first);
    const asked = s.later("30d").check(wang(south)).is("hold", held);
    clears(s, asked, "TR-01", ["EMERGENCY"], ["SYSTEM_RETRY", "OTHER"]);
  }),
  ...story("TR-01 spares: what was given up before it was settled was never sold", (s) => {
    const first = s.check(box()).is("allow");
    s.later("1m").giveBack(first, "void");
    s.later("1m").check(wang(south)).is("allow").without("TR-01");
  }),
  ...nhsa("TR-01 spares: NHSA refused the sale, so the box is free everywhere", (s) => {
    s.nhsaRefuses(s.check(box()).is("allow"));
    s.later("1m").check(wang(south)).is("allow").without("TR-01");
  }),
  ...nhsa("TR-01 fires: a cancellation that was itself taken back leaves the box sold", (s) => {
    const first = s.sell(box());
    const cancellation = s.later("1h").cancel(first);
    s.later("1m").undo(first, cancellation);
    s.later("1d").check(wang(south)).is("deny", sold);
  }),
];

const splits: Stories = [
  ...story("TR-06 spares: ten by ten until the bottle is empty, whoever buys", (s) => {
    for (let sale = 1; sale <= 6; sale++)
      s.settle(
        s
          .later("1h")
          .check(tablets(10, { person: `p${sale}` }))
          .is("allow"),
      );
  }),
  ...story("TR-06 fires: one tablet more than the bottle holds", (s) => {
    for (let sale = 1; sale <= 5; sale++) s.later("1h").sell(tablets(10, { person: `p${sale}` }));
    const asked = s
      .later("1h")
      .check(tablets(11))
      .is("hold", {
        "TR-06": { level: "hold", evidence: { traceOverSplit: true }, lines: ["0001"] },
      });
    clears(s, asked, "TR-06", ["SPLIT_PACK", "EMERGENCY"], ["SYSTEM_RETRY", "OTHER"]);
  }),
  ...story("TR-06 spares: tablets that came back may be split off again", (s) => {
    const all = s.sell(tablets(50));
    s.later("1h").giveBack(all);
    s.sell(tablets(50, { person: "Wang" }));
    s.later("1h")
      .check(tablets(11, { person: "Zhao" }))
      .is("hold", { "TR-06": "hold" });
  }),
  ...native(
    "TR-06 spares: of tablets that came back in part, those may be split off again",
    (s) => {
      const part = s.sell(tablets(50));
      s.later("1h").giveBackSome(part, 20, [BOX]);
      s.later("1h").settle(
        s
          .check(tablets(30, { person: "Wang" }))
          .passes()
          .without("TR-06"),
      );
      s.later("1h")
        .check(tablets(1, { person: "Zhao" }))
        .is("hold", { "TR-06": "hold" });
      s.giveBackSome(part, 30, [BOX]);
      s.later("1h")
        .check(tablets(30, { person: "Chen" }))
        .passes()
        .without("TR-06");
    },
  ),
  ...native("TR-06 fires: tablets that came back without their box stay with the sale", (s) => {
    const part = s.sell(tablets(50));
    s.later("1h").giveBackSome(part, 20);
    s.later("1h")
      .check(tablets(11, { person: "Wang" }))
      .is("hold", { "TR-06": "hold" });
  }),
  ...story("TR-06 fires: no first sale splits more off one box than it holds", (s) => {
    s.check(tablets(61)).is("hold", { "TR-06": "hold" });
    s.later("1h")
      .check(tablets(61, { person: "Wang" }, s.freshCodes(2)))
      .passes()
      .without("TR-06");
  }),
  ...story(
    "TR-06 fires: of a pack of unknown size the eleventh sale is doubted, the tenth is not",
    (s) => {
      const loose = (person: string): Ask => ({
        person,
        basket: [packs(DRUG.captopril, 2, { pieces: true, split: true, price: 1, codes: [BOX] })],
      });
      for (let sale = 1; sale <= 10; sale++) s.later("30m").sell(loose(`p${sale}`));
      s.later("30m").check(loose("p11")).is("hold", { "TR-06": "hold" });
    },
  ),
  ...story("TR-06 fires: of fractions of packs, as of tablets", (s) => {
    const part = (person: string, quantity: number): Ask => ({
      person,
      basket: [packs(DRUG.calcium, quantity, { split: true, codes: [BOX] })],
    });
    s.sell(part("a", 0.5));
    s.later("1h").sell(part("b", 0.5));
    s.later("1h").check(part("c", 0.0167)).is("hold", { "TR-06": "hold" });
  }),
  ...story("TR-02 spares: the same split pack on two lines of one sale", (s) => {
    const line = packs(DRUG.calcium, 5, { pieces: true, split: true, price: 1, codes: [BOX] });
    s.check({ basket: [line, { ...line, quantity: 6 }] })
      .passes()
      .without("TR-02", "TR-03");
  }),
  ...story(
    "TR-02 fires: a box sold whole cannot be split afterwards, nor a split one sold whole",
    (s) => {
      s.sell({ basket: [packs(DRUG.calcium, 1, { codes: [BOX] })] });
      s.later("1h")
        .check(tablets(10, { person: "Wang" }))
        .is("hold", soldHere);
      const [other = ""] = s.freshCodes(1);
      s.sell(tablets(10, { person: "Zhao" }, [other]));
      s.later("1h")
        .check({ person: "Chen", basket: [packs(DRUG.calcium, 1, { codes: [other] })] })
        .is("hold", soldHere);
    },
  ),
  ...story("TR-01 fires: a box split elsewhere belongs there, whole or split", (s) => {
    s.sell(tablets(10));
    s.later("1d")
      .check(tablets(10, { person: "Wang", ...south }))
      .is("deny", sold);
    s.later("1h")
      .check({ person: "Zhao", ...south, basket: [packs(DRUG.calcium, 1, { codes: [BOX] })] })
      .is("deny", sold);
  }),
];

const collected: Stories = [
  ...story(
    "TR-01 fires: names the lines at fault alone, and inspectors hear of both buyers",
    (s) => {
      s.sell(box());
      s.later("40d")
        .check({
          ...{ person: "Wang", ...south },
          basket: [
            packs(DRUG.rehydration, 1),
            packs(DRUG.ibuprofen, 2, { codes: [BOX, ...s.freshCodes(1)] }),
          ],
        })
        .is("deny", { "TR-01": { ...sold["TR-01"], lines: ["0002"] } });
      s.raises({
        ...{ kind: "traceDuplicate", severity: "critical", rules: ["TR-01"] },
        ...{ pharmacies: [SHOP.south, SHOP.north], buyer: "Wang", firstBuyer: "Li", counted: true },
      });
    },
  ),
  ...story("TR-01 spares: another box of the same product", (s) => {
    const [one = "", other = ""] = s.freshCodes(2, DRUG.ibuprofen);
    s.sell({ basket: [packs(DRUG.ibuprofen, 1, { codes: [one] })] });
    s.later("1h")
      .check({ person: "Wang", ...south, basket: [packs(DRUG.ibuprofen, 1, { codes: [other] })] })
      .is("allow");
    s.raisesNothing();
  }),
  ...story("TR-01 fires: one box, however a scanner writes it", (s) => {
    s.sell(box());
    for (const written of [` ${BOX}`, `${BOX}\t`, "８３３８６５２０００１９４１６５３３２０"])
      s.later("1h")
        .check({
          person: "Wang",
          ...south,
          basket: [packs(DRUG.ibuprofen, 1, { codes: [written] })],
        })
        .is("deny", sold);
  }),
  ...story("TR-01 fires: an inquiry is told so too, and takes nothing", (s) => {
    s.sell(box());
    s.later("1d").inquire(wang(south)).is("deny", sold);
    s.later("1m")
      .check(box({ person: "Zhao" }))
      .is("hold", soldHere);
  }),
];

const repeated: Stories = [
  ...story(
    "TR-02 fires: a code twice in one request is scanned again, on one line or on two",
    (s) => {
      const twice = {
        "TR-02": { level: "hold", evidence: { traceTwiceInRequest: true, traceSoldHere: false } },
      } as const;
      const line = packs(DRUG.ibuprofen, 2, { codes: [BOX, BOX] });
      s.check({ basket: [line] }).is("hold", { ...twice, "TR-03": "hold" });
      const one = packs(DRUG.ibuprofen, 1, { codes: [BOX] });
      s.later("1h")
        .check({ person: "Wang", basket: [one, packs(DRUG.paracetamol, 1, { codes: [BOX] })] })
        .is("hold", { "TR-02": { ...twice["TR-02"], lines: ["0001", "0002"] } });
    },
  ),
  ...story("TR-02 fires: is cleared by SYSTEM_RETRY and EMERGENCY", (s: Story) => {
    s.sell(box());
    const asked = s.later("1h").check(wang()).is("hold", soldHere);
    clears(s, asked, "TR-02", ["SYSTEM_RETRY", "EMERGENCY"], ["SPLIT_PACK", "OTHER"]);
  }),
];

export const traceTable: Stories = [...replays, ...returned, ...splits, ...collected, ...repeated];
