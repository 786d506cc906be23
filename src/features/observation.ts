import type {
  CredentialCode,
  DrugKey,
  LedgerLine,
  Observation,
  PrescriptionUse,
  SwipeKey,
  TraceUse,
} from "../counters/contract.ts";
import type { DrugIdentity, ReferenceBundle } from "../reference/bundle.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes, Fen } from "../units.ts";
import { basketDigest, lineTag, pseudonymBytes } from "./digests.ts";
import { ENTITIES } from "./entities.ts";
import type { FeaturePlan } from "./plan.ts";
import { daysSupply, ledgerQuantity } from "./quantities.ts";
import { codesOf, unitsEach } from "./trace-codes.ts";

/** What the caller knows of a swipe's identity in the store. */
export interface ObservationKeys {
  readonly swipe: SwipeKey;
  /** 16 bytes over the till's content. */
  readonly content: Bytes;
  /** reference/drug-key.ts, remembered. */
  drugKey(identity: DrugIdentity): DrugKey;
}

const CREDENTIAL_CODES: Readonly<Record<string, CredentialCode>> = { "01": 1, "02": 2, "03": 3 };

/** What the store is told of a swipe, and asked: only what the plan needs. */
export function observationOf(
  plan: FeaturePlan,
  swipe: PseudonymisedSwipe,
  reference: ReferenceBundle,
  keys: ObservationKeys,
): Observation {
  const lines = swipe.lines.map((line): LedgerLine => {
    const drug = reference.drug(line.drug);
    const identity = reference.identify(line.drug);
    return {
      drug: keys.drugKey(identity),
      tag: lineTag(line.line),
      quantity: ledgerQuantity(line.quantity, line, drug),
      days: daysSupply(line, drug, identity.drugClass),
      fen: line.amount,
    };
  });
  const { credential, pharmacy } = swipe;
  return {
    swipe: keys.swipe,
    content: keys.content,
    at: swipe.at,
    person: pseudonymBytes(swipe.person.id),
    pharmacy: pharmacy.code,
    area: pharmacy.area,
    reserve: swipe.stage === "settle",
    credential: CREDENTIAL_CODES[credential.type] ?? 0,
    fund: fundMoney(swipe),
    lines,
    basket: basketDigest(swipe.lines),
    logs: plan.logs.map(({ entity, window, exact }) => ({
      kind: ENTITIES[entity].letter,
      entity: ENTITIES[entity].key(swipe),
      window,
      exact,
      amount: swipe.total,
    })),
    // Trace codes are always claimed: they also tell that a second try is the same sale.
    traceCodes: traceUses(swipe, lines),
    prescriptions: plan.needs.prescriptions ? prescriptionUses(swipe, lines) : [],
    ...(plan.needs.token &&
      credential.type === "01" && { token: pseudonymBytes(credential.number) }),
    ...(plan.needs.card &&
      credential.card !== undefined && { card: pseudonymBytes(credential.card) }),
  };
}

/** Where the till does not say who pays, all that is not cash may be the fund's. */
function fundMoney({ funds, total }: PseudonymisedSwipe): Fen {
  if (funds === undefined) return total;
  return (funds.pooled ?? 0) + (funds.account ?? 0) + (funds.familyAccount ?? 0);
}

function traceUses(swipe: PseudonymisedSwipe, ledger: readonly LedgerLine[]): readonly TraceUse[] {
  const uses: TraceUse[] = [];
  swipe.lines.forEach((line, index) => {
    const codes = codesOf(line);
    const entry = ledger[index];
    if (entry === undefined) return;
    const units = unitsEach(line, entry.quantity, codes.length);
    for (const code of codes) {
      uses.push({ code: pseudonymBytes(code), line: entry.tag, split: line.splitPack, units });
    }
  });
  return uses;
}

function prescriptionUses(
  swipe: PseudonymisedSwipe,
  ledger: readonly LedgerLine[],
): readonly PrescriptionUse[] {
  const uses: PrescriptionUse[] = [];
  swipe.lines.forEach(({ prescription }, index) => {
    const entry = ledger[index];
    if (prescription === undefined || entry === undefined) return;
    uses.push({
      prescription: pseudonymBytes(prescription.id),
      line: entry.tag,
      drug: entry.drug,
      quantity: entry.quantity,
    });
  });
  return uses;
}
