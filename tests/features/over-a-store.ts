import type { Test } from "tap";
import type { FeatureValue, Reading } from "../../src/features/vector.ts";
import { createDrugKeys } from "../../src/reference/drug-key.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import type { CheckBody } from "../../src/swipe/check-body.ts";
import { DAY, MINUTE } from "../../src/units.ts";
import { saleMessage } from "../checkout/nhsa-messages.ts";
import {
  AMLODIPINE,
  type Counter,
  ELSEWHERE,
  eventData,
  type FreshStore,
  type Sale,
  Shop,
  sale,
} from "../checkout/shop.ts";
import { accepted } from "../swipe/bodies.ts";
import { reference } from "./fixtures.ts";

const DECLARED = {
  today: "{ entity: pharmacy, count: settled, per: day }",
  median: "{ entity: pharmacy, median: settled, per: day, history: 28, minDays: 14 }",
  reversals: "{ entity: pharmacy, count: reversals, per: day }",
  packsToday: "{ entity: pharmacyDrug, sum: packs, per: day }",
  packsMean: "{ entity: pharmacyDrug, mean: packs, history: 28, minDays: 14 }",
  tillPersons: "{ entity: terminal, distinct: person, window: 10m, exact: 16 }",
  checks: "{ entity: pharmacy, count: attempts, window: 10m, exact: 16 }",
  ownPrice: "{ fact: ownMedianPrice, window: 90d, min: 5 }",
  devicePharmacies: "{ fact: devicePharmacies, window: 24h }",
  articleDrugs: "{ fact: articleDrugs, window: 30d }",
  cohort: "{ fact: cohortSize, window: 30d }",
} as const;
type Name = keyof typeof DECLARED;

/** A rule for each feature, none of which ever hits. */
function watchingAll() {
  const names = Object.keys(DECLARED);
  const features = Object.entries(DECLARED).map(([name, of]) => `  ${name}: ${of}`);
  const rules = names.map(
    (name, i) => `  - id: AB-${10 + i}
    category: made-up
    name: { zh: 规则, en: Rule }
    levels: { warn: ${name} < 0.0 }
    source: made up
    message: { zh: 请核对, en: Check }`,
  );
  const text = ["version: 1.0.0", "features:", ...features, "rules:", ...rules].join("\n");
  const parsed = parsePolicy(text, "watching.yaml");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

function openShop(fresh: FreshStore): Shop {
  const drugKeys = createDrugKeys();
  const bundle = {
    policy: watchingAll(),
    reference: reference({ watched: [AMLODIPINE.slice(0, 10)] }),
    drugKey: drugKeys.keyOf.bind(drugKeys),
  };
  return new Shop(bundle, fresh);
}

/** A day at the counter: sales under ids of their own, and what the rules saw of the last one. */
class Till {
  readonly shop: Shop;
  private readonly counter: Counter;
  private sold = 0;

  constructor(fresh: FreshStore) {
    this.shop = openShop(fresh);
    this.counter = this.shop.open("till");
  }

  /** Checks a sale; its features are those of the record. */
  async check(of: Partial<Sale> = {}, change: (body: CheckBody) => CheckBody = (body) => body) {
    this.sold += 1;
    const id = `sale-${this.sold}-0000`;
    const body = sale({
      id,
      at: this.shop.clock.now(),
      person: this.sold,
      boxes: [this.sold],
      ...of,
    });
    accepted(await this.counter.desk.check(change(body), {}));
    return { id, see: this.seen() };
  }

  async sell(of: Partial<Sale> = {}, change?: (body: CheckBody) => CheckBody) {
    const { id, see } = await this.check(of, change);
    const settled = { settlementId: `S-${id}`, visitId: "M-1" };
    accepted(await this.counter.desk.settle(id, settled, {}));
    return { id, see };
  }

  async giveBack(id: string): Promise<void> {
    accepted(await this.counter.desk.reverse(id, { reason: "refund" }, {}));
  }

  /** An NHSA sale whose answer nobody tells the guard. */
  async nhsa(): Promise<void> {
    this.sold += 1;
    const of = { id: `sale-${this.sold}-0000`, at: this.shop.clock.now(), person: this.sold };
    await this.counter.desk.nhsa("2102", saleMessage("2102", { ...of, boxes: [this.sold] }), {});
  }

  private seen(): (name: Name) => FeatureValue | string | undefined {
    const features = eventData(this.counter.records.at(-1))["features"] as Record<
      string,
      { readonly value?: Reading; readonly lines?: readonly Reading[] }
    >;
    return (name) => {
      const found = features[name];
      const read = found?.value ?? found?.lines?.[0];
      return typeof read === "object" ? read.known : read;
    };
  }
}

/** What features make of a memory that real sales have filled, whatever keeps it. */
export function featuresReadWhatSalesLeave(t: Test, fresh: FreshStore): void {
  salesOfTheDay(t, fresh);
  presumption(t, fresh);
  baselines(t, fresh);
  pricesAndArticles(t, fresh);
  steps(t, fresh);
}

function salesOfTheDay(t: Test, fresh: FreshStore): void {
  t.test("a pharmacy's day is what was settled, less what came back", async (t) => {
    const till = new Till(fresh);
    const first = await till.sell();
    t.equal(first.see("today"), 1, "this sale is counted as if it were settled");
    t.equal((await till.check()).see("today"), 2, "one settled, and this");
    t.equal((await till.sell()).see("today"), 2, "a reservation is not yet a sale");
    await till.giveBack(first.id);
    const { see } = await till.check();
    t.strictSame([see("today"), see("reversals")], [2, 1], "one left of two, and this");
    t.equal(see("packsToday"), 2, "its box came back too");
  });
}

function presumption(t: Test, fresh: FreshStore): void {
  t.test("a sale that no till confirms counts after fifteen minutes", async (t) => {
    const till = new Till(fresh);
    await till.nhsa();
    till.shop.at(15 * MINUTE - 1);
    t.equal((await till.check()).see("today"), 1);
    till.shop.at(15 * MINUTE);
    const { see } = await till.check();
    t.strictSame([see("today"), see("packsToday")], [2, 2]);
  });
}

function baselines(t: Test, fresh: FreshStore): void {
  t.test("after two weeks a store has a baseline of its own", async (t) => {
    const till = new Till(fresh);
    for (let day = 0; day < 14; day += 1) {
      till.shop.at(day * DAY);
      for (let i = 0; i < (day % 2 === 0 ? 4 : 2); i += 1)
        await till.sell({ person: day * 10 + i });
      const { see } = await till.check({ person: 900 + day });
      t.strictSame([see("median"), see("packsMean")], ["absent", "absent"], `day ${day + 1}`);
    }
    till.shop.at(14 * DAY);
    const { see } = await till.check({ person: 999 });
    t.strictSame([see("median"), see("packsMean"), see("today")], [3, 3, 1]);
  });
}

function pricesAndArticles(t: Test, fresh: FreshStore): void {
  t.test("a shop knows its prices, its articles and its tills' hardware", async (t) => {
    const till = new Till(fresh);
    const dear = (body: CheckBody): CheckBody => ({
      ...body,
      pharmacy: { ...body.pharmacy, device: "SN-1" },
      lines: body.lines.map((line) => ({ ...line, sku: "100", unitPrice: 35 })),
    });
    for (let i = 0; i < 5; i += 1) {
      const { see } = await till.sell({}, dear);
      t.strictSame(
        [see("ownPrice"), see("articleDrugs"), see("devicePharmacies")],
        ["absent", 1, 1],
      );
    }
    await till.check({ person: 500, stage: "inquiry", boxes: [500] }, (body) => ({
      ...dear(body),
      lines: dear(body).lines.map((line) => ({ ...line, unitPrice: 900 })),
    }));
    const other = (await till.check({ drug: "XC10AAA067A001010100501" }, dear)).see;
    t.strictSame([other("ownPrice"), other("articleDrugs")], ["absent", 2], "another drug");
    const { see } = await till.check({ pharmacy: ELSEWHERE }, dear);
    t.strictSame([see("devicePharmacies"), see("ownPrice")], [2, "absent"], "another pharmacy");
    t.equal((await till.check({}, dear)).see("ownPrice"), 35);
  });
}

function steps(t: Test, fresh: FreshStore): void {
  t.test("an inquiry and its settlement are one sale, whoever counts", async (t) => {
    const till = new Till(fresh);
    for (const person of [1, 2, 3]) {
      await till.check({ person, boxes: [person], stage: "inquiry" });
      await till.check({ person, boxes: [person] });
    }
    const { see } = await till.check({ person: 1, boxes: [50] });
    t.equal(see("checks"), 4, "three sales of two steps each, and this");
    t.equal(see("tillPersons"), 1, "each person stands at a till of its own");
    t.equal(see("cohort"), 0);
  });
}
