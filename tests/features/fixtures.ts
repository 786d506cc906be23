import type {
  Claim,
  ClaimUse,
  LedgerEntry,
  LedgerLine,
  Memory,
  Observation,
} from "../../src/counters/contract.ts";
import { readDeclaration } from "../../src/features/catalogue.ts";
import type { FeatureDefinition, Seen } from "../../src/features/definition.ts";
import { pseudonymBytes, swipeKey } from "../../src/features/digests.ts";
import { observationOf } from "../../src/features/observation.ts";
import type { FeaturePlan } from "../../src/features/plan.ts";
import { compilePlan } from "../../src/features/plan.ts";
import { readFeatures } from "../../src/features/read.ts";
import type { Reading } from "../../src/features/vector.ts";
import type {
  DrugEntry,
  ListName,
  PharmacyEntry,
  PrescriberEntry,
  ReferenceBundle,
  TracePrefixEntry,
} from "../../src/reference/bundle.ts";
import { createDrugKeys, drugKeyOf } from "../../src/reference/drug-key.ts";
import { prefecture } from "../../src/swipe/area.ts";
import { readDrugCode } from "../../src/swipe/drug-code.ts";
import { present } from "../../src/swipe/present.ts";
import type { PseudonymisedLine, PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";

/** 2026-11-21 10:15:30 in Shanghai. */
export const AT = Date.UTC(2026, 10, 21, 2, 15, 30);
export const HERE = "P21010200123";
export const ELSEWHERE = "P21010200999";
export const ATORVASTATIN = "XC10AAA067A001010100501";
export const AMLODIPINE = "XC08CAA187A001010100001";
export const HONEYSUCKLE = "T000500123";

/** A pseudonym made of a name: ten bytes in base64url, as privacy/ makes them. */
export function pseudonym(name: string): string {
  return Buffer.from(name.padEnd(10, "\u0000").slice(0, 10), "latin1").toString("base64url");
}

export function personBytes(name: string): string {
  return pseudonymBytes(pseudonym(name));
}

export function line(changes: Partial<PseudonymisedLine> = {}): PseudonymisedLine {
  return {
    line: "0001",
    drug: ATORVASTATIN,
    quantity: 10_000,
    unit: "pack",
    unitPriceMicro: 36_500_000,
    amount: 3_650,
    traceCodes: [],
    splitPack: false,
    ...changes,
  };
}

export function codes(...names: readonly string[]): PseudonymisedLine["traceCodes"] {
  return names.map((name) => ({ id: pseudonym(name), shape: "national" as const }));
}

type SwipeChanges = Partial<Omit<PseudonymisedSwipe, "pharmacy" | "person" | "credential">> & {
  readonly pharmacy?: Partial<PseudonymisedSwipe["pharmacy"]>;
  readonly person?: Partial<PseudonymisedSwipe["person"]>;
  readonly credential?: Partial<PseudonymisedSwipe["credential"]>;
};

export function swipe(changes: SwipeChanges = {}): PseudonymisedSwipe {
  const { pharmacy, person, credential, ...rest } = changes;
  return {
    swipeId: "P21010200123202611211015300001",
    stage: "settle",
    at: AT,
    occurredAt: AT,
    via: "native",
    pharmacy: {
      code: HERE,
      area: "210102",
      terminal: "T03",
      operator: "0007",
      operatorStaff: pseudonym("operator"),
      ...pharmacy,
    },
    person: { id: pseudonym("own"), insuredArea: "210100", insurance: "310", ...person },
    credential: { type: "03", number: pseudonym("card-no"), ...credential },
    channel: "counter",
    medicalType: "41",
    total: 3_650,
    lines: [line()],
    codesExpected: true,
    ...rest,
  };
}

interface ReferenceChanges {
  readonly pharmacies?: readonly PharmacyEntry[];
  readonly drugs?: readonly DrugEntry[];
  /** Beginnings of drug codes on the watchlist. */
  readonly watched?: readonly string[];
  /** Pairs of areas, besides those of one prefecture. */
  readonly near?: readonly (readonly [string, string])[];
  readonly tracePrefixes?: Readonly<Record<string, TracePrefixEntry>>;
  readonly prescribers?: Readonly<Record<string, PrescriberEntry>>;
  /** Pairs of molecules, by the first ten characters of their codes. */
  readonly combinations?: readonly (readonly [string, string])[];
  /** `person:drug`, as beginnings. */
  readonly filings?: readonly string[];
  readonly periods?: readonly string[];
  readonly lists?: Readonly<Partial<Record<ListName, readonly string[]>>>;
  readonly noCodeStock?: readonly string[];
  readonly loadedAt?: number;
  readonly knowsPharmacies?: boolean;
}

const DRUGS: readonly DrugEntry[] = [
  {
    code: ATORVASTATIN.slice(0, 14),
    name: "阿托伐他汀",
    prescription: true,
    packUnits: 14,
    dailyUnits: 1,
    traceExempt: false,
  },
  {
    code: AMLODIPINE.slice(0, 14),
    name: "氨氯地平",
    prescription: true,
    packUnits: 28,
    dailyUnits: 1,
    traceExempt: false,
  },
  { code: HONEYSUCKLE, name: "金银花", prescription: false, dailyUnits: 10, traceExempt: true },
];

const PHARMACIES: readonly PharmacyEntry[] = [{ code: HERE, area: "210102", status: "active" }];

/** A small bundle held in memory: real look-ups, no files. */
export function reference(changes: ReferenceChanges = {}): ReferenceBundle {
  const { pharmacies = PHARMACIES, drugs = DRUGS, lists = {}, noCodeStock = [] } = changes;
  const { watched = [], near = [], prescribers, combinations = [], filings } = changes;
  const isWatched = (code: string) => watched.some((start) => code.startsWith(start));
  return {
    hash: "sha256:test",
    files: [],
    loadedAt: changes.loadedAt ?? AT,
    notInstalled: [],
    knowsPharmacies: changes.knowsPharmacies ?? true,
    pharmacy: (code) => pharmacies.find((pharmacy) => pharmacy.code === code),
    drug: (code) => drugs.find((drug) => code.startsWith(drug.code)),
    identify: (code) => readDrugCode(code),
    watched: (code) =>
      isWatched(code) ? { list: "medicine", rank: 1, code, name: "watched" } : undefined,
    listed: (list, id) => lists[list]?.includes(id) ?? false,
    isNoCodeStock: (pharmacy, drug) =>
      noCodeStock.some((entry) => `${pharmacy}:${drug}`.startsWith(entry)),
    listSize: (list) => lists[list]?.length ?? 0,
    drugOfKey: (key) => {
      const drug = drugs.find(({ code }) => drugKey(code) === key);
      if (drug === undefined) return undefined;
      const { prescription, dualChannel = false, sex, minAge, maxAge } = drug;
      return present({
        ...{ watched: isWatched(drug.code), prescription, dualChannel },
        ...{ sex, minAge, maxAge },
      });
    },
    tracePrefix: (product) => changes.tracePrefixes?.[product],
    knowsPrescribers: prescribers !== undefined,
    prescriber: (id) => prescribers?.[id],
    combines: (molecule, other) =>
      combinations.some(([a, b]) =>
        [molecule + other, other + molecule].includes(moleculeKey(a) + moleculeKey(b)),
      ),
    knowsFilings: filings !== undefined,
    filed: (person, drug) =>
      filings?.some((start) => `${person}:${drug}`.startsWith(start)) ?? false,
    periods: () => changes.periods ?? [],
    isNear: (area, other) =>
      prefecture(area) === prefecture(other) ||
      near.some((pair) => pair.includes(area) && pair.includes(other)),
  };
}

export const EMPTY: Memory = {
  ledger: [],
  attempts: [],
  logs: [],
  traceCodes: [],
  token: [],
  prescriptions: [],
  bindings: [],
  tallies: [],
  flags: [],
};

/** The first five bytes of a drug's key; `code` at least ten characters of it. */
function moleculeKey(code: string): string {
  return drugKey(code.padEnd(10).slice(0, 10).concat("A001")).slice(0, 5);
}

export function drugKey(code: string): string {
  return drugKeyOf(readDrugCode(code));
}

export function ledgerLine(changes: Partial<LedgerLine> = {}): LedgerLine {
  return {
    drug: drugKey(ATORVASTATIN),
    tag: 1,
    quantity: 10_000,
    days: 14,
    fen: 3_650,
    ...changes,
  };
}

export function bought(daysAgo: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    swipe: swipeKey("", `before-${daysAgo}`),
    state: "settled",
    at: AT - daysAgo * DAY,
    pharmacy: HERE,
    area: "210102",
    fund: 3_650,
    level: 0,
    presume: false,
    late: false,
    against: false,
    unchecked: false,
    partlyReturned: false,
    nature: { chronic: false, prescribed: false, outsider: false, proxied: false },
    settlement: "\u0000\u0000\u0000\u0000",
    lines: [ledgerLine()],
    ...changes,
  };
}

/** Somebody else's claim, a day old and elsewhere, unless said otherwise. */
export function claim(changes: Partial<Claim> = {}): Claim {
  return {
    state: "sold",
    at: AT - DAY,
    swipe: swipeKey("", "other"),
    person: personBytes("other").slice(0, 6),
    pharmacy: ELSEWHERE,
    ...changes,
  };
}

export function use(changes: Partial<ClaimUse> = {}): ClaimUse {
  return {
    ...claim(),
    person: personBytes("other").slice(0, 8),
    drug: drugKey(ATORVASTATIN),
    quantity: 10_000,
    ...changes,
  };
}

const keys = { content: "0123456789abcdef", drugKey: createDrugKeys().keyOf };

export function observe(plan: FeaturePlan, judged: PseudonymisedSwipe, bundle: ReferenceBundle) {
  return observationOf(plan, judged, bundle, { ...keys, swipe: swipeKey("", judged.swipeId) });
}

export function definitionOf(declaration: unknown): FeatureDefinition {
  const read = readDeclaration(declaration);
  if ("faults" in read)
    throw new Error(`the declaration is faulty: ${JSON.stringify(read.faults)}`);
  return read.definition;
}

export interface Given {
  readonly swipe?: PseudonymisedSwipe;
  /** null: the store was not heard. */
  readonly memory?: Partial<Memory> | null;
  readonly reference?: ReferenceBundle;
  readonly line?: number;
}

/** What one declared feature reads of a swipe. */
export function reading(declaration: unknown, given: Given = {}): Reading {
  return readings([declaration], given)[0] ?? "absent";
}

/** What declared features read of a swipe together, in this order: later ones see what earlier ones had worked out. */
export function readings(declarations: readonly unknown[], given: Given = {}): readonly Reading[] {
  const named = declarations.map(
    (declaration, i) => [nameAt(i), definitionOf(declaration)] as const,
  );
  const plan = compilePlan(
    new Map(named),
    named.map(([name]) => name),
  );
  const judged = given.swipe ?? swipe();
  const bundle = given.reference ?? reference();
  const asked = observe(plan, judged, bundle);
  const memory = given.memory === null ? undefined : heard(asked, given.memory);
  const vector = readFeatures(plan, judged, asked, memory, bundle);
  return named.map(([name]) => {
    const { scope, index } = plan.positions.get(name) ?? { scope: "swipe", index: -1 };
    const row = scope === "swipe" ? vector.swipe : vector.lines[given.line ?? 0];
    return row?.[index] ?? "absent";
  });
}

/** Plans are in order of name. */
function nameAt(index: number): string {
  return `feature${String(index).padStart(3, "0")}`;
}

/** The value itself, or "absent" or "missing". */
export function value(declaration: unknown, given: Given = {}): Exclude<Seen, undefined | null> {
  const read = reading(declaration, given);
  return typeof read === "object" ? read.known : read;
}

export { DAY, HOUR, MINUTE };

/** Whatever was asked for was heard; what is not given was found empty. */
export function heard(asked: Observation, given: Partial<Memory> = {}): Memory {
  const memory = { ...EMPTY, ...given };
  const all = <T>(uses: readonly unknown[], found: readonly T[], nothing: Exclude<T, undefined>) =>
    uses.map((_, place) => (place < found.length ? (found[place] as T) : nothing));
  return {
    ...memory,
    logs: all(asked.logs, memory.logs, []),
    traceCodes: all(asked.traceCodes, memory.traceCodes, { claims: [], splits: [] }),
    prescriptions: all(asked.prescriptions, memory.prescriptions, []),
    bindings: all(asked.bindings, memory.bindings, []),
    tallies: all(asked.tallies, memory.tallies, { days: [], open: [] }),
  };
}
