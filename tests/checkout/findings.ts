import type { Test } from "tap";
import type { EventData, JournalRecord } from "../../src/audit/event.ts";
import { eventSchema } from "../../src/audit/event.ts";
import type { Desk } from "../../src/checkout/desk.ts";
import type { CheckBody } from "../../src/swipe/check-body.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { post, saleMessage, saleUpload } from "./nhsa-messages.ts";
import {
  type Counter,
  ELSEWHERE,
  HERE,
  type OpenShop,
  type Sale,
  type Shop,
  sale,
} from "./shop.ts";

type Clue = EventData<"clue.raised">;

const clueSchema = eventSchema("clue.raised");

/** Clues in the order they were raised, each as its published schema wants it. */
function cluesOf(t: Test, records: readonly JournalRecord[]): readonly Clue[] {
  const clues = records.filter(({ event }) => event.type === "clue.raised");
  for (const { event, topic } of clues) {
    t.equal(topic, "guard.clues.v1");
    t.ok(clueSchema.safeParse(event).success, JSON.stringify(clueSchema.safeParse(event).error));
  }
  return clues.map(({ event }) => event.data as Clue);
}

/** A till that asks, settles and waits until everything behind the answers is done. */
class Till {
  readonly shop: Shop;
  readonly counter: Counter;

  constructor(shop: Shop) {
    this.shop = shop;
    this.counter = shop.open();
  }

  get desk(): Desk {
    return this.counter.desk;
  }

  async check(of: Sale, more: Partial<CheckBody> = {}): Promise<string> {
    const body = { ...sale({ at: this.shop.clock.now(), ...of }), ...more };
    const { decision, hits } = accepted(await this.desk.check(body, {}));
    await this.desk.idle();
    const refusing = hits.filter(({ level }) => level !== "warn");
    return [decision, ...refusing.map(({ rule }) => rule)].join(" ");
  }

  async buy(of: Sale): Promise<string> {
    const said = await this.check(of);
    await this.settle(of.id);
    return said;
  }

  async settle(id: string, settlementId = `S-${id}`): Promise<void> {
    accepted(await this.desk.settle(id, { settlementId, visitId: "V" }, {}));
    await this.desk.idle();
  }

  async giveBack(id: string, body: object = { reason: "refund" }): Promise<void> {
    accepted(await this.desk.reverse(id, body, {}));
    await this.desk.idle();
  }

  /** What the next visit of a person is told; each at a pharmacy and a time of its own. */
  async visit(person: number, day: number): Promise<string> {
    this.shop.at(day * DAY);
    return this.check({ id: `visit-${person}-${day}`, person, boxes: [800_000 + day] });
  }
}

export function repeatedCodesNameBothSides(t: Test, open: OpenShop): void {
  t.test("a box sold in another pharmacy names the seller now and the first buyer", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.buy({ id: "first-0001", person: 1, boxes: [1] });
    shop.at(25 * DAY);
    const body = sale({
      id: "again-0001",
      at: shop.clock.now(),
      person: 2,
      pharmacy: ELSEWHERE,
      boxes: [1],
    });
    t.equal(accepted(await till.desk.check(body, {})).decision, "deny");
    t.same(cluesOf(t, till.counter.records), [], "the answer waits for nothing");
    await till.desk.idle();
    const [clue, ...more] = cluesOf(t, till.counter.records);
    t.same(more, []);
    const record = till.counter.records.at(-1);
    t.equal(record?.event.id, `${ELSEWHERE}:again-0001:clue.raised:${clue?.clueId}`);
    const [first, second] = till.counter.records
      .filter(({ event }) => event.type === "swipe.decided")
      .map(({ key }) => key);
    t.match(clue, {
      kind: "traceDuplicate",
      severity: "critical",
      rules: ["TR-01"],
      pharmacies: [ELSEWHERE, HERE],
      persons: [second, first],
      now: { swipeId: "again-0001", pharmacy: ELSEWHERE, person: second, answered: "deny" },
      before: { pharmacy: HERE, person: first, state: "sold", total: 3500 },
      firstBuyer: { pharmacy: HERE, person: first, counted: true },
      lines: [{ line: "0001", product: "8100101", amount: 3500 }],
      evidence: { codes: 1, daysBetween: 25, samePerson: false, amount: 3500, sameDrug: true },
    });
    t.ok(first?.startsWith(clue?.firstBuyer?.buyer ?? "?"), "the six bytes are the person's first");
    t.match(clue?.swipes[1], /^~/, "the till's own id is forgotten after a day");
  });

  t.test(
    "one box found again asks its first buyer to be verified, two ask a manager",
    async (t) => {
      const shop = await open();
      const till = new Till(shop);
      await till.buy({ id: "first-0001", person: 1, boxes: [1, 2, 3] });
      await till.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] });
      // The same box once more, as another swipe, and asked about before: still one box.
      shop.at(HOUR);
      await till.check({ id: "again-0002", person: 2, pharmacy: ELSEWHERE, boxes: [1] });
      await till.check({
        id: "again-0003",
        person: 3,
        pharmacy: ELSEWHERE,
        boxes: [1],
        stage: "inquiry",
      });
      const ids = cluesOf(t, till.counter.records).map(({ clueId }) => clueId);
      t.equal(ids.length, 3);
      t.equal(new Set(ids).size, 1, "one finding, however often it is made");
      t.equal(await till.visit(1, 20), "stepUp RS-03");
      await till.check({ id: "again-0004", person: 4, pharmacy: ELSEWHERE, boxes: [3, 2] });
      t.equal(await till.visit(1, 30), "hold RS-03");
      t.equal(await till.visit(2, 31), "allow", "who was offered the box is not marked");
      t.equal(await till.visit(1, 205), "allow", "after 180 days it is forgotten");
    },
  );

  t.test("whoever gave the box back is named and not marked", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.buy({ id: "first-0001", person: 1, boxes: [1] });
    await till.giveBack("first-0001");
    shop.at(DAY);
    t.equal(
      await till.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] }),
      "hold TR-01",
    );
    t.match(cluesOf(t, till.counter.records), [
      { severity: "high", before: { state: "returned" }, firstBuyer: { counted: false } },
    ]);
    t.equal(await till.visit(1, 20), "allow");
  });

  t.test("where a part came back without its codes nobody can say whose box it was", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.buy({ id: "first-0001", person: 1, boxes: [1, 2] });
    const lines = [{ line: "0001", quantity: 1 }];
    await till.giveBack("first-0001", { reversalId: "R1", reason: "refund", lines });
    shop.at(DAY);
    await till.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [2] });
    t.match(cluesOf(t, till.counter.records), [{ firstBuyer: { counted: false } }]);
    t.equal(await till.visit(1, 20), "allow");
  });

  t.test("a reservation elsewhere is a clue, and no mark against its person", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.check({ id: "first-0001", person: 1, boxes: [1] });
    shop.at(5 * MINUTE);
    t.equal(
      await till.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] }),
      "hold TR-01",
    );
    t.match(cluesOf(t, till.counter.records), [
      { severity: "high", swipes: ["again-0001", "first-0001"], before: { state: "reserved" } },
    ]);
    t.equal(await till.visit(1, 20), "allow");
  });

  t.test("after the ledger's 90 days six bytes name the first buyer, and still mark", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.buy({ id: "first-0001", person: 1, boxes: [1] });
    shop.at(120 * DAY);
    await till.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] });
    const [clue] = cluesOf(t, till.counter.records);
    t.equal(clue?.before?.person, undefined);
    t.equal(clue?.persons.length, 1);
    t.match(clue, { before: { pharmacy: HERE }, firstBuyer: { counted: true } });
    t.ok(till.counter.records[0]?.key.startsWith(clue?.firstBuyer?.buyer ?? "?"));
    t.equal(await till.visit(1, 125), "stepUp RS-03");
  });

  t.test(
    "a box sold here before is this store's affair: a clue, and nobody is marked",
    async (t) => {
      const shop = await open();
      const till = new Till(shop);
      await till.buy({ id: "first-0001", person: 1, boxes: [1] });
      shop.at(DAY);
      t.equal(await till.check({ id: "again-0001", person: 2, boxes: [1] }), "hold TR-02");
      t.match(cluesOf(t, till.counter.records), [
        { rules: ["TR-02"], pharmacies: [HERE], firstBuyer: { counted: false } },
      ]);
      t.equal(await till.visit(1, 20), "allow");
    },
  );

  t.test("a box scanned twice in one sale is a scanner's affair, and no clue", async (t) => {
    const till = new Till(await open());
    t.equal(await till.check({ id: "twice-0001", person: 1, boxes: [1, 1] }), "hold TR-02");
    t.same(cluesOf(t, till.counter.records), []);
  });

  for (const { what, native, upload, first } of [
    { what: "after the other sale", native: 0, upload: DAY, first: 2 },
    { what: "before the other sale", native: HOUR, upload: 0, first: 1 },
  ]) {
    t.test(`codes that come by 3505 name the first buyer, who bought ${what}`, async (t) => {
      const shop = await open();
      const till = new Till(shop);
      const selling = [
        {
          at: native,
          sell: () => till.buy({ id: "native-001", person: 2, pharmacy: ELSEWHERE, boxes: [1] }),
        },
        {
          at: upload,
          sell: () =>
            post(till.desk, "2102", saleMessage("2102", { id: "msg-2102-0001", days: 2 })),
        },
      ];
      for (const { at, sell } of selling.sort((a, b) => a.at - b.at)) {
        shop.at(at);
        await sell();
      }
      shop.at(Math.max(native, upload) + HOUR);
      const message = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
      t.match(await post(till.desk, "3505", message), { infcode: 0 });
      await till.desk.idle();
      const buyers = till.counter.records
        .filter(({ event }) => event.type === "swipe.decided")
        .map(({ key, event }) => [event.subject, key] as const);
      const names = new Map(buyers);
      t.match(cluesOf(t, till.counter.records), [
        {
          rules: ["TR-01"],
          now: { swipeId: "msg-2102-0001", pharmacy: HERE, by: "upload", answered: "allow" },
          before: { pharmacy: ELSEWHERE, state: "sold" },
          firstBuyer: {
            pharmacy: first === 1 ? HERE : ELSEWHERE,
            person: names.get(first === 1 ? "msg-2102-0001" : "native-001"),
            counted: true,
          },
          lines: [{ line: "0001", product: "8100101", amount: 3500 }],
        },
      ]);
      t.equal(await till.visit(first, 20), "stepUp RS-03");
      t.equal(await till.visit(3 - first, 21), "allow");
    });
  }

  t.test(
    "a memory that cannot be asked about the first sale costs its details alone",
    async (t) => {
      const shop = await open();
      const till = new Till(shop);
      await till.buy({ id: "first-0001", person: 1, boxes: [1] });
      const { StoreUnavailableError } = await import("../../src/counters/contract.ts");
      const store = { ...shop.store };
      const broken = new Till(
        Object.assign(Object.create(shop) as Shop, {
          store: {
            ...store,
            locate: () => Promise.reject(new StoreUnavailableError("away")),
            flag: () => Promise.reject(new StoreUnavailableError("away")),
          },
        }),
      );
      t.equal(
        await broken.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] }),
        "deny TR-01",
      );
      const [clue] = cluesOf(t, broken.counter.records);
      t.match(clue, { before: { pharmacy: HERE, state: "sold" }, firstBuyer: { pharmacy: HERE } });
      t.equal(shop.counted("finding.failed", { what: "traceDuplicate" }), 1);
    },
  );
}

export function sharedIdentitiesAreFindings(t: Test, open: OpenShop): void {
  t.test(
    "one ID number behind two insured persons is told, and the clues belong together",
    async (t) => {
      const shop = await open();
      const till = new Till(shop);
      const idCard = { credential: { type: "02", number: "11010519491231002X" } } as const;
      await till.check({ id: "first-0001", person: 1, boxes: [1] }, idCard);
      t.same(cluesOf(t, till.counter.records), []);
      shop.at(DAY);
      await till.check({ id: "other-0001", person: 2, boxes: [2] }, idCard);
      shop.at(2 * DAY);
      await till.check({ id: "first-0002", person: 1, boxes: [3] }, idCard);
      const clues = cluesOf(t, till.counter.records);
      t.match(clues, [
        { kind: "sharedIdentity", rules: ["IM-09"], swipes: ["other-0001"] },
        { swipes: ["first-0002"], evidence: { idPersons30d: 2, insurance: "310" } },
      ]);
      t.equal(new Set(clues.map(({ clueId }) => clueId)).size, 1);
      t.equal(new Set(clues.flatMap(({ persons }) => persons)).size, 2);
    },
  );
}

export function settlementsAgainstAreFindings(t: Test, open: OpenShop): void {
  t.test("a refused sale that is settled is told with what had refused it", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.buy({ id: "first-0001", person: 1, boxes: [1] });
    await till.check({ id: "again-0001", person: 2, pharmacy: ELSEWHERE, boxes: [1] });
    await till.settle("again-0001", "SETL-9");
    await till.settle("again-0001", "SETL-9");
    const clues = cluesOf(t, till.counter.records).filter(({ kind }) => kind === "settledAgainst");
    t.equal(clues.length, 1, "a repeat says nothing new");
    t.match(clues[0], {
      severity: "critical",
      rules: ["TR-01"],
      swipes: ["again-0001"],
      now: { pharmacy: ELSEWHERE, by: "settlement", answered: "deny" },
      lines: [{ line: "0001", quantity: 10_000, amount: 3500 }],
      evidence: { settlementId: "SETL-9", total: 3500, rulesKnown: true },
    });
  });

  t.test("a sale settled again after it came back is told; a late one is not", async (t) => {
    const shop = await open();
    const till = new Till(shop);
    await till.check({ id: "sale-0001", person: 1, boxes: [1] });
    shop.at(HOUR);
    await till.settle("sale-0001");
    await till.giveBack("sale-0001");
    t.same(cluesOf(t, till.counter.records), []);
    await till.settle("sale-0001", "S-2");
    t.match(cluesOf(t, till.counter.records), [
      { kind: "resettled", severity: "high", evidence: { settlementId: "S-2" } },
    ]);
  });
}
