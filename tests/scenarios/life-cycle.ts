import { type Ask, packs } from "./ask.ts";
import type { Checked } from "./checked.ts";
import { DRUG, SHOP } from "./chest.ts";
import { native, nhsa, type Stories, type Story, story } from "./story.ts";

/**
 * Contract section 2, the table of states, seen through OQ-02: 84 days are sold on the 21st, and on the 22nd one more
 * pack is asked for. 83 days on hand hold, 27 warn, none allow.
 */

const chronic = { disease: "M03900" };
const twelveWeeks: Ask = {
  ...chronic,
  basket: [packs(DRUG.valsartan, 3, { rx: { number: "RX-LONG", long: true } })],
};
const fourWeeks: Ask = { basket: [packs(DRUG.valsartan, 1)] };

const next = (s: Story, ask: Ask = {}): Checked =>
  s.at("2026-11-22 09:00:00").inquire({ ...fourWeeks, ...ask });
const counted = (s: Story) => next(s).is("hold", { "OQ-02": "hold" });
const countedOnce = (s: Story) => next(s).is("warn", { "OQ-02": "warn" });
const notCounted = (s: Story) => next(s).is("allow");

const states: Stories = [
  ...story("attempted: an inquiry is not dispensed", (s) => {
    s.inquire(twelveWeeks).is("allow");
    notCounted(s);
  }),
  ...story("attempted: what was refused is not dispensed", (s) => {
    s.check({ ...twelveWeeks, status: "2" }).is("deny", { "IM-04": "deny" });
    notCounted(s);
  }),
  ...story("reserved: it counts at once, in every pharmacy", (s) => {
    s.check(twelveWeeks).is("allow");
    s.later("5m")
      .inquire({ ...fourWeeks, shop: SHOP.south })
      .is("hold", { "OQ-02": "hold" });
  }),
  ...native("lapsed: at 15 minutes a reservation is gone for every reader", (s) => {
    s.check(twelveWeeks).is("allow");
    s.later("14m", "59s", "999ms")
      .inquire({ ...fourWeeks, shop: SHOP.south })
      .is("hold", { "OQ-02": "hold" });
    s.later("1ms")
      .inquire({ ...fourWeeks, shop: SHOP.south })
      .is("allow");
    notCounted(s);
  }),
  ...nhsa("presumed: a 2102 nobody took back is sold", (s) => {
    s.check(twelveWeeks).is("allow");
    s.later("15m")
      .inquire({ ...fourWeeks, shop: SHOP.south })
      .is("hold", { "OQ-02": "hold" });
    counted(s);
  }),
  ...story("settled", (s) => {
    s.later("1m").settle(s.check(twelveWeeks).is("allow"));
    counted(s);
  }),
  ...native("settled in part: what the fund paid for counts", (s) => {
    s.settle(s.check(twelveWeeks).is("allow"), { packs: [1] });
    countedOnce(s);
  }),
  ...story("settled late: it counts, at the time of its check", (s) => {
    const sale = s.check(fourWeeks).is("allow");
    s.at("2026-11-21 18:00:00").settle(sale);
    s.at("2026-12-12 08:59:59").inquire(fourWeeks).is("warn", { "OQ-02": "warn" });
    s.at("2026-12-12 09:00:00").inquire(fourWeeks).is("allow");
  }),
  ...story("settled against the guard's word: it counts whatever the guard had said", (s) => {
    s.settle(s.check({ ...twelveWeeks, status: "2" }).is("deny", { "IM-04": "deny" }));
    counted(s);
  }),
  ...story("returned: nothing is left of it", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h").giveBack(sale);
    notCounted(s);
  }),
  ...story("given up before it settled", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.later("1m").giveBack(sale);
    notCounted(s);
  }),
  ...native("returned in part: the rest counts, and never more comes back than is left", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h").giveBackSome(sale, 2);
    countedOnce(s);
  }),
  ...story("returned and settled again: it counts", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h").giveBack(sale).later("1h").settle(sale, { settlementId: "S-AGAIN" });
    counted(s);
  }),
  ...story("returned: a late repeat of the old settlement does not bring it back", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h").giveBack(sale).later("1h").settle(sale);
    notCounted(s);
  }),
];

const nhsaWays: Stories = [
  ...nhsa("2102/answer with another infcode than 0 releases the reservation", (s) => {
    s.nhsaRefuses(s.check(twelveWeeks).is("allow"));
    s.later("1m")
      .inquire({ ...fourWeeks, shop: SHOP.south })
      .is("allow");
    notCounted(s);
  }),
  ...nhsa("2103 cancels a settlement by its number", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h").cancel(sale);
    notCounted(s);
  }),
  ...nhsa(
    "2103 finds the only sale of the person here where the number says nothing to the guard",
    (s) => {
      const sale = s.check(twelveWeeks).is("allow");
      s.later("20m").cancel(sale);
      notCounted(s);
    },
  ),
  ...nhsa("2601 takes back a 2102 whose answer was lost", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.later("1m").undo(sale);
    notCounted(s);
  }),
  ...nhsa("2601 takes back a 2102 that had settled", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1m").undo(sale);
    notCounted(s);
  }),
  ...nhsa("2601 of a 2103 undoes the cancellation", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h");
    const cancellation = s.cancel(sale);
    s.later("1m").undo(sale, cancellation);
    counted(s);
  }),
  ...nhsa("2103 takes nothing back where it could mean two sales", (s) => {
    s.check(twelveWeeks).is("allow");
    s.later("20m")
      .check({ basket: [packs(DRUG.aspirin, 1)] })
      .is("allow");
    const guess = s
      .later("20m")
      .check({ basket: [packs(DRUG.ibuprofen, 1)] })
      .is("warn", { "CF-04": "warn" });
    s.later("20m").cancel(guess);
    counted(s);
  }),
  ...nhsa("2601 after the presumption returns what was presumed", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.later("16m").undo(sale);
    notCounted(s);
  }),
  ...nhsa("an answer to 2102 after the presumption settles it", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.later("2h").settle(sale);
    counted(s);
  }),
  ...nhsa("2601 that matches nothing changes nothing", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    const unheard = { ...sale.ask, id: "P21010200123202611210000009999" };
    s.settle(sale).later("1m").undo({ ask: unheard });
    counted(s);
  }),
];

const oneSale: Stories = [
  ...story(
    "one sale: a second try with the same boxes under a new id takes the place of the first",
    (s) => {
      const first = s.check(fourWeeks).is("allow");
      s.settle(s.later("5m").check(first.again()).is("allow"));
      countedOnce(s);
    },
  ),
  ...story("one sale: `supersedes` names the first try, the boxes are others", (s) => {
    const first = s.check(fourWeeks).is("allow");
    s.settle(
      s
        .later("5m")
        .check({ ...fourWeeks, supersedes: first })
        .is("allow"),
    );
    countedOnce(s);
  }),
  ...story("one sale: without codes the same basket is the same sale", (s) => {
    const slices = { ...chronic, basket: [packs(DRUG.hawthorn, 300, { price: 0.3, days: 25 })] };
    s.check(slices).is("allow");
    s.settle(s.later("5m").check(slices).is("allow"));
    s.at("2026-11-22 09:00:00").inquire(slices).is("warn", { "OQ-02": "warn" });
  }),
  ...story("no second try: other boxes and no `supersedes` are another sale", (s) => {
    s.check(fourWeeks).is("allow");
    s.later("5m").check(fourWeeks).is("warn", { "OQ-02": "warn" });
  }),
  ...story("no second try: without codes another amount is another sale", (s) => {
    const slices = (grams: number) => ({
      ...chronic,
      basket: [packs(DRUG.hawthorn, grams, { price: 0.3, days: 25 })],
    });
    s.check(slices(300)).is("allow");
    s.later("5m").check(slices(301)).is("warn", { "OQ-02": "warn" });
  }),
  ...story("no second try: a settled sale is over, its boxes are sold", (s) => {
    const first = s.check(fourWeeks).is("allow");
    s.settle(first);
    s.later("5m")
      .check(first.again())
      .is("hold", { "TR-02": "hold", "OQ-02": "warn", "RX-01": "hold" });
  }),
  ...story("no second try: another person with the same boxes", (s) => {
    const first = s.check(fourWeeks).is("allow");
    s.later("5m")
      .check(first.again({ person: "Wang" }))
      .is("hold", { "TR-02": "hold" });
  }),
  ...story(
    "one sale: a settlement of the first try counts, and the second is then superseded instead",
    (s) => {
      const first = s.check(fourWeeks).is("allow");
      s.later("2m").check(first.again()).is("allow");
      s.later("1m").settle(first);
      countedOnce(s);
    },
  ),
  ...story("one sale: after a hold the second try with an override carries all on", (s) => {
    const held = s.check({ basket: [packs(DRUG.valsartan, 2)] }).is("hold", { "OQ-01": "hold" });
    s.settle(
      s
        .later("2m")
        .check(held.again({ override: ["ELDERLY", "L0031"] }))
        .is("allow", { "OQ-01": "warn" }),
    );
    s.at("2026-11-22 09:00:00").inquire(fourWeeks).is("hold", { "OQ-02": "hold" });
  }),
  ...story("an inquiry claims nothing, the sale after it is the first", (s) => {
    const trial = s.inquire(fourWeeks).is("allow");
    s.settle(s.later("30s").check(trial.again()).is("allow"));
    countedOnce(s);
  }),
];

const repeats: Stories = [
  ...story("the same message is counted once and answered alike, however often", (s) => {
    const sale = s.check(fourWeeks).is("allow");
    for (let n = 0; n < 3; n++) s.later("2m").repeat(sale).is("allow");
    s.settle(sale).later("1h");
    s.repeat(sale).is("allow");
    countedOnce(s);
  }),
  ...story("a repeat gets the first answer, though the world has moved on", (s) => {
    const sale = s.check(twelveWeeks).is("allow");
    s.settle(sale).later("1h").giveBack(sale);
    s.later("1h").repeat(sale).is("allow");
    notCounted(s);
  }),
  ...story("the same id with other content is refused", (s) => {
    const sale = s.check(fourWeeks).is("allow");
    s.later("1m")
      .check(sale.again({ id: sale.ask.id, till: "T01", basket: [packs(DRUG.aspirin, 1)] }))
      .isRefused("content_conflict");
    s.later("1m")
      .check(sale.again({ id: sale.ask.id, person: "Wang" }))
      .isRefused("person_conflict");
  }),
];

export const lifeCycle: Stories = [...states, ...nhsaWays, ...oneSale, ...repeats];
