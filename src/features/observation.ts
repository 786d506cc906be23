import type {
  CredentialCode,
  DrugKey,
  LedgerLine,
  LogUse,
  Observation,
  PrescriptionUse,
  SwipeKey,
  SwipeNature,
  TraceUse,
} from "../counters/contract.ts";
import type { DrugIdentity, ReferenceBundle } from "../reference/bundle.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes, Fen, ShanghaiDay } from "../units.ts";
import { shanghaiDay } from "../units.ts";
import type { LineGoods } from "./bindings.ts";
import { bindingUses } from "./bindings.ts";
import { basketDigest, lineTag, pseudonymBytes } from "./digests.ts";
import type { Counted, LogAsked } from "./entities.ts";
import type { FeaturePlan } from "./plan.ts";
import { daysSupply, ledgerQuantity } from "./quantities.ts";
import { tallyUsesOf } from "./tallies.ts";
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
  const goods: LineGoods[] = [];
  const lines: LedgerLine[] = [];
  for (const line of swipe.lines) {
    const drug = reference.drug(line.drug);
    const identity = reference.identify(line.drug);
    goods.push({ drug, identity });
    lines.push({
      drug: keys.drugKey(identity),
      tag: lineTag(line.line),
      quantity: ledgerQuantity(line.quantity, line, drug),
      days: daysSupply(line, drug, identity.drugClass),
      fen: line.amount,
    });
  }
  const { credential, pharmacy } = swipe;
  const basket = basketDigest(swipe.lines);
  const day = shanghaiDay(swipe.at);
  const nature = natureOf(swipe, reference, day);
  const fund = fundMoney(swipe);
  const bound = { swipe, goods, ledger: lines, digestOf: plan.digestOf };
  const counted = { swipe, reference, day, basket, outsider: nature.outsider };
  const observation: Observation = {
    swipe: keys.swipe,
    content: keys.content,
    at: swipe.at,
    person: pseudonymBytes(swipe.person.id),
    pharmacy: pharmacy.code,
    area: pharmacy.area,
    reserve: swipe.stage === "settle",
    credential: CREDENTIAL_CODES[credential.type] ?? 0,
    fund,
    nature,
    lines,
    basket,
    logs: logUses(plan.logsAsked, counted),
    // Trace codes are always claimed: they also tell that a second try is the same sale.
    traceCodes: traceUses(swipe, lines),
    prescriptions: plan.needs.prescriptions ? prescriptionUses(swipe, lines) : [],
    bindings: bindingUses(plan.bindings, bound),
    tallies: tallyUsesOf(plan, { pharmacy: pharmacy.code, fund, nature, lines }, reference),
    flags: plan.needs.flags,
  };
  if (!plan.needs.token || credential.type !== "01") return observation;
  // Last: what a literal has after a spread is added to it one by one.
  return { ...observation, token: pseudonymBytes(credential.number) };
}

/** A log for each planned entity the swipe counts at; entities of lines have one each, however many lines share it. */
function logUses(asked: readonly LogAsked[], counted: Counted): readonly LogUse[] {
  const { total: amount, lines } = counted.swipe;
  const uses: LogUse[] = [];
  for (let i = 0; i < asked.length; i += 1) {
    const log = asked[i];
    if (log === undefined) break;
    const { letter: kind, window, exact } = log;
    const first = uses.length;
    const count = log.isOfLines ? lines.length : 1;
    for (let line = 0; line < count; line += 1) {
      const entity = log.key(counted, line);
      if (entity === undefined || hasEntity(uses, first, entity)) continue;
      uses.push({ kind, entity, window, exact, amount, mark: log.mark(counted) });
    }
  }
  return uses;
}

function hasEntity(uses: readonly LogUse[], first: number, entity: string): boolean {
  for (let i = first; i < uses.length; i += 1) if (uses[i]?.entity === entity) return true;
  return false;
}

/** A purchase at a pharmacy (domain 1.4); any other medical type is a chronic, special or local scheme of its own. */
const ORDINARY_PURCHASE = "41";

function natureOf(
  swipe: PseudonymisedSwipe,
  reference: ReferenceBundle,
  day: ShanghaiDay,
): SwipeNature {
  const { agent, pharmacy } = swipe;
  const isInstitution = agent?.id !== undefined && reference.listed(INSTITUTIONS, agent.id, day);
  return {
    chronic: swipe.medicalType !== ORDINARY_PURCHASE,
    prescribed: swipe.lines.some(({ prescription }) => prescription !== undefined),
    outsider: !reference.isNear(swipe.person.insuredArea, pharmacy.area),
    proxied: agent?.registered === true || isInstitution,
  };
}

const INSTITUTIONS = "care-institution";

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
    const { splitPack: split } = line;
    const units = unitsEach(line, entry.quantity, codes.length);
    for (const code of codes)
      uses.push({ code: pseudonymBytes(code), line: entry.tag, split, units });
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
