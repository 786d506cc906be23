import { type Ask, packs, type Rx } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { native, nhsa, type Stories, story } from "./story.ts";

/**
 * How to read the rules: a prescription is (prescriber, else the pharmacy's area) + number. Another person: deny. The
 * same person and drug, not long, more than prescribed or nothing known of it: hold. Another drug: nothing.
 */

const RX: Rx = { number: "RX2026112100017", prescriber: "D421003007628", quantity: 2 };
const on = (rx: Rx, count = 1, more: Ask = {}): Ask => ({
  basket: [packs(DRUG.saxagliptin, count, { rx })],
  ...more,
});

const reuse: Stories = [
  ...story("RX-01 fires: what was prescribed may be fetched in parts, and no more", (s) => {
    s.settle(s.check(on(RX)).is("allow"));
    s.settle(s.later("1h").check(on(RX)).is("allow"));
    const held = s.later("1h").check(on(RX)).is("hold", { "RX-01": "hold" });
    s.later("20s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "0007"] }))
      .is("hold", { "RX-01": "hold" });
    s.later("20s")
      .check(held.again({ supersedes: held, override: ["EMERGENCY", "L0031"] }))
      .is("warn", { "RX-01": "warn", "OQ-02": "warn" });
  }),
  ...story("RX-01 fires: it holds more than prescribed in one go", (s) => {
    s.check(on({ ...RX, quantity: 1 }, 2)).is("hold", { "RX-01": "hold" });
    s.later("1h")
      .check(on({ ...RX, number: "RX-2", quantity: 2 }, 2, { person: "Wang" }))
      .is("allow");
  }),
  ...story(
    "RX-01 fires: it denies another person, whatever the drug, here and elsewhere, against any override",
    (s) => {
      s.settle(s.check(on(RX)).is("allow"));
      const denied = s
        .later("1h")
        .check(on(RX, 1, { person: "Wang" }))
        .is("deny", { "RX-01": "deny" });
      s.later("20s")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "RX-01": "deny" });
      const aspirin = [packs(DRUG.aspirin, 1, { rx: RX })];
      s.later("1h")
        .check({ person: "Zhao", shop: SHOP.heping, basket: aspirin })
        .is("deny", { "RX-01": "deny" });
    },
  ),
  ...story("RX-01 fires: once is enough where nobody says how much was prescribed", (s) => {
    const rx = { ...RX, quantity: null };
    s.settle(s.check(on(rx)).is("allow"));
    s.later("1h").check(on(rx)).is("hold", { "RX-01": "hold" });
  }),
  ...story(
    "RX-01 spares: a long prescription is fetched again and again, by its own person",
    (s) => {
      const rx = { number: "RX-LONG", prescriber: "D421003007628", long: true };
      s.settle(s.check(on(rx)).is("allow"));
      s.settle(s.later("7d").check(on(rx)).is("allow"));
      s.later("7d")
        .check(on(rx, 1, { person: "Wang" }))
        .is("deny", { "RX-01": "deny" });
    },
  ),
  ...story("RX-01 spares: another drug of the same prescription is nothing", (s) => {
    s.settle(s.check(on({ ...RX, quantity: 1 })).is("allow"));
    s.later("1h")
      .check({ basket: [packs(DRUG.aspirin, 1, { rx: { ...RX, quantity: 1 } })] })
      .is("allow");
  }),
  ...story(
    "RX-01 fires: two prescribers may count alike; without a prescriber the area tells apart",
    (s) => {
      s.settle(s.check(on(RX)).is("allow"));
      s.later("1h")
        .check(on({ ...RX, prescriber: "D210102001111" }, 1, { person: "Wang" }))
        .is("allow");
      const bare = { number: "77", prescriber: null, quantity: 1 };
      s.settle(
        s
          .later("1h")
          .check(on(bare, 1, { person: "Zhao" }))
          .is("allow"),
      );
      s.later("1h")
        .check(on(bare, 1, { person: "Chen", shop: SHOP.heping }))
        .is("allow");
      s.later("1h")
        .check(on(bare, 1, { person: "Sun", shop: SHOP.south }))
        .is("deny", { "RX-01": "deny" });
    },
  ),
];

const given: Stories = [
  ...story(
    "RX-01 fires: it counts what was dispensed: an inquiry, a refusal and a return use nothing",
    (s) => {
      const once = { ...RX, quantity: 1 };
      s.inquire(on(once)).is("allow");
      s.later("1m")
        .check(on(once, 1, { status: "2" }))
        .is("deny", { "IM-04": "deny" });
      const sale = s.later("20m").check(on(once)).is("allow");
      s.settle(sale).later("1h").giveBack(sale);
      s.settle(s.later("1h").check(on(once)).is("allow"));
      s.later("1h").check(on(once)).is("hold", { "RX-01": "hold" });
    },
  ),
  ...story("RX-01 spares: what came back may be fetched by nobody else's denial", (s) => {
    const sale = s.check(on(RX)).is("allow");
    s.settle(sale).later("1h").giveBack(sale);
    s.later("1h")
      .check(on(RX, 1, { person: "Wang" }))
      .is("allow");
  }),
  ...native("RX-01 spares: a sale that lapsed used nothing", (s) => {
    const once = { ...RX, quantity: 1 };
    s.check(on(once)).is("allow");
    s.later("15m").check(on(once)).is("allow");
  }),
  ...nhsa("RX-01 fires: a sale that is presumed used it", (s) => {
    const once = { ...RX, quantity: 1 };
    s.check(on(once)).is("allow");
    s.later("16m").check(on(once)).is("hold", { "RX-01": "hold" });
  }),
  ...story("RX-01 fires: a second try of the same sale uses it once", (s) => {
    const once = { ...RX, quantity: 1 };
    const first = s.check(on(once)).is("allow");
    s.settle(s.later("1m").check(first.again()).is("allow"));
    s.later("1h").check(on(once)).is("hold", { "RX-01": "hold" });
  }),
];

const designated: Stories = [
  ...story(
    "PH-01 fires: it denies what is not designated, suspended or ended, against any override",
    (s) => {
      const denied = s.check({ shop: SHOP.stranger }).is("deny", { "PH-01": "deny" });
      s.later("20s")
        .check(denied.again({ supersedes: denied, override: ["EMERGENCY", "L0031"] }))
        .is("deny", { "PH-01": "deny" });
      s.later("1h").check({ shop: SHOP.suspended }).is("deny", { "PH-01": "deny" });
      s.later("1h").check({ shop: SHOP.ended }).is("deny", { "PH-01": "deny" });
      s.later("1h").inquire({ shop: SHOP.ended }).is("deny", { "PH-01": "deny" });
      s.later("1h").check().is("allow");
    },
  ),
  ...story("PH-01 fires: the status holds from its first Shanghai day", (s) => {
    s.at("2025-12-31 23:59:59.999").check({ shop: SHOP.suspended }).is("allow");
    s.at("2026-01-01 00:00:00")
      .check({ shop: SHOP.suspended, person: "Wang" })
      .is("deny", { "PH-01": "deny" });
  }),
];

const notYet: Stories = [
  ...story("PH-01 spares: until the day before it is suspended, and every other store", (s) => {
    s.at("2025-12-31 12:00:00").sell({ shop: SHOP.suspended });
    s.at("2026-01-01 12:00:00").check({ shop: SHOP.heping }).is("allow");
  }),
];

const books: Stories = [
  ...story("DQ-01 fires: five fen of rounding pass, six do not", (s) => {
    s.check({ totalOff: 0.05 }).is("allow");
    s.later("20m").check({ totalOff: -0.05 }).is("allow");
    s.later("20m").check({ totalOff: 0.06 }).isRefused("total_mismatch");
    s.later("20m").check({ totalOff: -0.06 }).isRefused("total_mismatch");
  }),
];

export const prescriptions: Stories = [...reuse, ...given, ...designated, ...notYet, ...books];
