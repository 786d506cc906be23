import { idCardOf, packs } from "./ask.ts";
import { APPROVER, DRUG } from "./chest.ts";
import { cleared } from "./expectation.ts";
import { type Stories, story } from "./story.ts";

/** Where domain 6 is taken by its word: who is in hospital (IM-04b: H), and the store's own median (SW-02: W). */
export const readLiterally: Stories = [
  ...story("IM-04b fires: a face or an ID card at the counter does not discharge anybody", (s) => {
    const number = "TEST-PERSON-INPATIENT-0001";
    for (const verified of [
      ["face", "pass"],
      ["idCard", "pass"],
    ] as const)
      s.later("1h").check({ number, verified }).is("hold", { "IM-04b": "hold" });
    const idCard = idCardOf("1956-03-02", "2");
    const held = s.later("1h").check({ number, idCard, verified: ["face", "pass"] });
    held.is("hold", { "IM-04b": "hold" });
    s.later("1m")
      .check(held.again({ supersedes: held, override: ["OTHER", APPROVER] }))
      .is("allow", { "IM-04b": cleared("OTHER") });
  }),
  ...story("SW-02 fires: three sales make a usual price, and a slip is not its middle", (s) => {
    for (const [n, price] of [8, 8, 11].entries())
      s.later("1h").sell({ person: `p${n}`, basket: [packs(DRUG.ibuprofen, 1, { price })] });
    s.later("1h")
      .check({ person: "Wang", basket: [packs(DRUG.ibuprofen, 1, { price: 12.01 })] })
      .is("warn", { "SW-02": ["warn", { ownMedianPrice90d: 8 }] });
  }),
  ...story("SW-02 spares: two sales are no usual price yet", (s) => {
    for (const n of [1, 2])
      s.later("1h").sell({
        person: `p${n}`,
        basket: [packs(DRUG.ibuprofen, 1, { price: 8 })],
      });
    s.later("1h")
      .check({ person: "Wang", basket: [packs(DRUG.ibuprofen, 1, { price: 14 })] })
      .is("allow")
      .without("SW-02");
  }),
];
