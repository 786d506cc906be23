import t from "tap";
import type { Memory } from "../../src/counters/contract.ts";
import { kindNames } from "../../src/features/catalogue.ts";
import type { DrugEntry } from "../../src/reference/bundle.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { declarationOf, KINDS, PARAMETERS } from "./every-kind.ts";
import {
  AT,
  ATORVASTATIN,
  definitionOf,
  HERE,
  line,
  MINUTE,
  pseudonym,
  reading,
  reference,
  swipe,
} from "./fixtures.ts";

/** A swipe that says everything there is to say. */
const FULL: PseudonymisedSwipe = swipe({
  occurredAt: AT - MINUTE,
  pharmacy: { operatorType: "1", device: "SN-88f0", pharmacist: pseudonym("pharmacist") },
  person: {
    ...{ insuredArea: "110101", status: "1", sex: "2", age: 70 },
    ...{ employer: pseudonym("employer"), balance: 150_000 },
  },
  credential: { type: "03", card: pseudonym("chip") },
  verification: { method: "face", outcome: "pass" },
  agent: { id: pseudonym("agent"), relation: "child", registered: true },
  disease: "M03900",
  funds: { pooled: 1_000, account: 1_000, familyAccount: 1_000, cash: 650 },
  override: { code: "ELDERLY", approver: pseudonym("boss") },
  lines: [
    line({
      ...{ sku: "100234", daysSupply: 28, prescriptionDrug: true, tcmUse: "1", chargeLevel: "1" },
      ...{ lot: "B2207", expires: "2028-06-30" },
      prescription: {
        ...{ id: pseudonym("rx"), prescriber: pseudonym("doctor"), issuedAt: AT - MINUTE },
        ...{ external: true, source: "hospital", long: false, quantity: 20_000 },
      },
      traceCodes: [{ id: pseudonym("box"), shape: "national", product: "8338652" }],
    }),
  ],
});

const drug: DrugEntry = {
  ...{
    code: ATORVASTATIN.slice(0, 14),
    name: "阿托伐他汀",
    prescription: true,
    traceExempt: false,
  },
  ...{ sex: "2", minAge: 18, packUnits: 14, dailyUnits: 1, ceilingPrice: 4_800, areaMedian: 7_300 },
  ...{ dualChannel: true, setting: "retail", diseases: ["M039"] },
};
/** Everything that the files can say of it. */
const BUNDLE = reference({
  drugs: [drug],
  pharmacies: [{ code: HERE, area: "210102", status: "active", kind: "station" }],
  prescribers: { [pseudonym("doctor")]: { status: "active" } },
  filings: [`${pseudonym("own")}:X`],
  watched: [ATORVASTATIN.slice(0, 14)],
});

/** Each credential says something else. */
const SHOWN: Readonly<Record<string, Partial<PseudonymisedSwipe["credential"]>>> = {
  "fact: tokenReplayed": { type: "01" },
  "fact: tokenAgeSeconds": { type: "01", issuedAt: AT - MINUTE },
  "fact: idPersons": { type: "02", idNumber: pseudonym("id-number") },
  "fact: idChecksumValid": { type: "02", idFacts: { checksumValid: true } },
  "fact: idMatches": { type: "02", idFacts: { checksumValid: true, birthMatches: true } },
};

/** The person was heard, and no other entity. */
const PERSON_ALONE: Partial<Memory> = {
  ...{ token: undefined, flags: undefined },
  ...{ logs: unread(), traceCodes: unread(), prescriptions: unread() },
  ...{ bindings: unread(), tallies: unread() },
};

function unread(): undefined[] {
  return Array.from({ length: 8 }, () => undefined);
}

function read(kind: string, memory?: Partial<Memory> | null) {
  const judged = { ...FULL, credential: { ...FULL.credential, ...SHOWN[kind] } };
  return reading(declarationOf(kind), {
    ...{ swipe: judged, reference: BUNDLE },
    ...(memory !== undefined && { memory }),
  });
}

t.test("every kind of feature can be declared, and says what it is", async (t) => {
  for (const kind of kindNames()) {
    const { type, scope, bound } = definitionOf(declarationOf(kind));
    t.ok(type && scope && bound, kind);
  }
  t.strictSame(
    Object.keys(PARAMETERS).filter((kind) => !kindNames().includes(kind)),
    [],
    "nothing here is of a kind that is gone",
  );
});

t.test("a swipe that says everything leaves nothing absent that it could have said", async (t) => {
  for (const kind of KINDS) {
    const definition = definitionOf(declarationOf(kind));
    const seen = read(kind);
    if (definition.kind === "store") {
      t.not(seen, "missing", `${kind}: an empty memory was heard`);
    } else if (t.ok(typeof seen === "object", `${kind} is known`) && typeof seen === "object") {
      t.type(seen.known, definition.type, `${kind} has its type`);
    }
  }
});

t.test("without the store only what the store knows is missing", async (t) => {
  for (const kind of KINDS) {
    const isStored = definitionOf(declarationOf(kind)).kind === "store";
    const seen = read(kind, null);
    if (isStored) t.equal(seen, "missing", `${kind} is the store's to say`);
    else t.strictSame(seen, read(kind), `${kind} needs no store`);
  }
});

t.test("an entity that was not read in time is missing, and never empty", async (t) => {
  for (const kind of KINDS) {
    const definition = definitionOf(declarationOf(kind));
    const isPersons = Object.keys(definition.needs).length === 0 && !kind.includes("trace");
    const seen = read(kind, PERSON_ALONE);
    if (definition.kind !== "store" || isPersons) t.strictSame(seen, read(kind), kind);
    else t.equal(seen, "missing", kind);
  }
});
