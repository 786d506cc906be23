import t from "tap";
import { z } from "zod";
import {
  EVENT_TYPES,
  type EventData,
  eventSchema,
  otherEvent,
  swipeEvent,
} from "../../src/audit/event.ts";
import { RecordedSwipe, toPseudonymisedSwipe } from "../../src/audit/recorded-swipe.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";

const AT = Date.UTC(2026, 10, 21, 2, 15, 30);
const origin = { instance: "one", at: AT };
const pseudonym = "AbCdEfGhIjKlMn";

/** Every key a pseudonymised swipe may have. */
const swipe: PseudonymisedSwipe = {
  swipeId: "P21010200123202611211015300001",
  stage: "settle",
  at: AT,
  occurredAt: AT - 1_000,
  via: "native",
  pharmacy: {
    code: "P21010200123",
    area: "210102",
    terminal: "T03",
    operator: "0007",
    operatorType: "1",
    device: "SN-88f0",
    operatorStaff: pseudonym,
    pharmacist: pseudonym,
  },
  person: {
    id: pseudonym,
    insuredArea: "210100",
    insurance: "310",
    status: "1",
    sex: "2",
    age: 70,
    employer: pseudonym,
    balance: 150_000,
  },
  credential: {
    type: "02",
    number: pseudonym,
    idNumber: pseudonym,
    card: pseudonym,
    issuedAt: AT,
    idFacts: { checksumValid: true, birthMatches: true, sexMatches: true },
  },
  verification: { method: "face", outcome: "pass" },
  agent: { id: pseudonym, relation: "child", registered: true },
  channel: "counter",
  medicalType: "41",
  disease: "M03900",
  funds: { pooled: 12_000, account: 19_840, familyAccount: 0, cash: 0 },
  total: 31_840,
  lines: [
    {
      line: "0001",
      drug: "XC10AAA067A001010100501",
      sku: "100234",
      quantity: 20_000,
      unit: "pack",
      unitPriceMicro: 36_500_000,
      amount: 7_300,
      daysSupply: 28,
      prescriptionDrug: true,
      tcmUse: "1",
      chargeLevel: "1",
      lot: "B2207",
      expires: "2028-06-30",
      prescription: {
        id: pseudonym,
        prescriber: pseudonym,
        issuedAt: AT,
        external: true,
        source: "hospital",
        long: false,
        quantity: 20_000,
      },
      traceCodes: [{ id: pseudonym, product: "8338652", shape: "national" }],
      splitPack: false,
    },
  ],
  codesExpected: true,
  override: { code: "TRAVEL_ABROAD", approver: pseudonym },
  supersedes: "P21010200123202611211014580007",
};

const decided: EventData<"swipe.decided"> = {
  swipeId: swipe.swipeId,
  pharmacy: swipe.pharmacy.code,
  person: pseudonym,
  personSeq: 3,
  swipe: RecordedSwipe.parse(swipe),
  features: {
    onHandDays: { kind: "store", lines: [{ known: 41 }, "missing"] },
    age: { kind: "swipe", value: { known: 70 } },
    balance: { kind: "swipe", value: "absent" },
  },
  hits: [
    {
      rule: "OQ-02",
      level: "hold",
      category: "over-quantity",
      name: { zh: "余药未尽提前购药", en: "Refill too soon" },
      message: { zh: "该药尚余约41天用量。", en: "About 41 days are on hand." },
      evidence: { onHandDays: 41, limit: 30 },
      lines: ["0001"],
      hard: false,
      shadow: false,
      disclose: "full",
    },
  ],
  decision: "hold",
  enforced: true,
  enforcement: "all",
  mode: "full",
  missing: [],
  policy: { version: "2026.11.1", hash: "sha256:1", reference: "sha256:2" },
  keyVersion: "k1",
  decidedAt: "2026-11-21T02:15:30.412Z",
  elapsedMs: 1.9,
  timings: { observe: 0.7 },
  state: "attempted",
};

t.test(
  "a decision's record survives JSON and its schema unchanged, the whole swipe included",
  async (t) => {
    const { topic, key, event } = swipeEvent("swipe.decided", decided, origin);
    t.equal(topic, "guard.swipes.v1");
    t.equal(key, pseudonym, "events of a person keep their order");
    const read = eventSchema("swipe.decided").parse(JSON.parse(JSON.stringify(event)));
    t.same(read, event);
    t.same(toPseudonymisedSwipe(read.data.swipe), swipe, "enough to decide again");
  },
);

t.test("the id is the same for the same fact", async (t) => {
  const id = swipeEvent("swipe.decided", decided, origin).event.id;
  t.equal(id, "P21010200123:P21010200123202611211015300001:swipe.decided");
  t.equal(swipeEvent("swipe.decided", decided, { instance: "two", at: AT + 9_000 }).event.id, id);
  const reversal: EventData<"swipe.reversed"> = {
    swipeId: swipe.swipeId,
    pharmacy: swipe.pharmacy.code,
    person: pseudonym,
    personSeq: 4,
    reversalId: "R1",
    reason: "refund",
    reversedAt: "2026-11-21T03:00:00.000Z",
    lines: [],
    codesKept: true,
    state: "settled",
  };
  t.equal(
    swipeEvent("swipe.reversed", reversal, origin).event.id,
    "P21010200123:P21010200123202611211015300001:swipe.reversed:R1",
  );
});

t.test("nothing in clear can ride along", async (t) => {
  const person = { ...swipe.person, number: "43000030281000128715" };
  t.notOk(RecordedSwipe.safeParse({ ...swipe, person }).success, "an extra key is refused");
  const clear = { ...swipe.person, id: "43000030281000128715" };
  t.notOk(
    RecordedSwipe.safeParse({ ...swipe, person: clear }).success,
    "a number where a pseudonym belongs is refused",
  );
});

t.test("every event type has an envelope that JSON Schema can say", async (t) => {
  for (const type of EVENT_TYPES) {
    const schema = z.toJSONSchema(eventSchema(type));
    t.match(schema, { properties: { specversion: { const: "1.0" }, type: { const: type } } }, type);
  }
});

t.test("an event about no swipe is keyed by what it is about", async (t) => {
  const data = { version: "2026.11.1", hash: "sha256:1", activatedAt: "2026-11-21T02:15:30.000Z" };
  const { topic, key, event } = otherEvent("policy.activated", data, "policy", origin);
  t.equal(topic, "guard.control.v1");
  t.equal(key, "policy");
  t.same(eventSchema("policy.activated").parse(event), event);
});
