import { ageAt } from "../swipe/calendar.ts";
import type {
  ClearAgent,
  ClearLine,
  ClearPharmacy,
  ClearPrescription,
  ClearSwipe,
} from "../swipe/clear-swipe.ts";
import { readIdNumber } from "../swipe/id-number.ts";
import { present } from "../swipe/present.ts";
import type {
  Pseudonym,
  PseudonymisedLine,
  PseudonymisedSwipe,
  PseudonymisedTraceCode,
} from "../swipe/pseudonymised-swipe.ts";
import { traceProduct, traceShape } from "../swipe/trace-code.ts";
import type { EpochMs } from "../units.ts";
import type { Domain, Pseudonymiser } from "./pseudonymiser.ts";

/**
 * The last place that sees a person in clear. Every fact that needs clear values is computed here,
 * before hashing; `at` is the guard's clock when the body was read (replay: the line's).
 */
export function pseudonymise(
  swipe: ClearSwipe,
  at: EpochMs,
  pseudonymiser: Pseudonymiser,
): PseudonymisedSwipe {
  return {
    swipeId: swipe.swipeId,
    stage: swipe.stage,
    at,
    occurredAt: swipe.occurredAt,
    via: swipe.via,
    pharmacy: pharmacyOf(swipe.pharmacy, pseudonymiser),
    person: personOf(swipe, at, pseudonymiser),
    credential: credentialOf(swipe, pseudonymiser),
    verification: swipe.verification,
    agent: swipe.agent && agentOf(swipe.agent, pseudonymiser),
    channel: swipe.channel,
    medicalType: swipe.medicalType,
    disease: swipe.disease,
    funds: swipe.funds,
    total: swipe.total,
    lines: swipe.lines.map((line) => lineOf(line, swipe.pharmacy.area, pseudonymiser)),
    codesExpected: swipe.codesExpected,
    override: swipe.override && {
      code: swipe.override.code,
      approver: pseudonymiser.pseudonym("staff", swipe.override.approver),
    },
    supersedes: swipe.supersedes,
  };
}

function pharmacyOf(
  pharmacy: ClearPharmacy,
  pseudonymiser: Pseudonymiser,
): PseudonymisedSwipe["pharmacy"] {
  const { pharmacist } = pharmacy;
  return {
    code: pharmacy.code,
    area: pharmacy.area,
    terminal: pharmacy.terminal,
    operator: pharmacy.operator,
    operatorType: pharmacy.operatorType,
    device: pharmacy.device,
    pharmacist: pseudonymOf("staff", pharmacist, pseudonymiser),
    operatorStaff: pseudonymiser.pseudonym("staff", pharmacy.operator),
  };
}

function personOf(
  { person }: ClearSwipe,
  at: EpochMs,
  pseudonymiser: Pseudonymiser,
): PseudonymisedSwipe["person"] {
  const { birthDate, employer } = person;
  return {
    id: pseudonymiser.pseudonym("person", person.number),
    insuredArea: person.insuredArea,
    insurance: person.insurance,
    status: person.status,
    sex: person.sex,
    age: birthDate === undefined ? undefined : ageAt(birthDate, at),
    employer: pseudonymOf("employer", employer, pseudonymiser),
    balance: person.balance,
  };
}

function credentialOf(
  { credential, person }: ClearSwipe,
  pseudonymiser: Pseudonymiser,
): PseudonymisedSwipe["credential"] {
  const { type, number, cardSn, issuedAt } = credential;
  const isIdCard = type === "02";
  return {
    type,
    number: pseudonymiser.pseudonym("credential", number),
    idNumber: isIdCard ? pseudonymiser.pseudonym("id-number", number) : undefined,
    card: pseudonymOf("card", cardSn, pseudonymiser),
    issuedAt,
    idFacts: isIdCard ? idFactsOf(number, person) : undefined,
  };
}

/** Undefined for numbers that are not 18 digits: those are skipped (domain IM-02). */
function idFactsOf(
  number: string,
  { birthDate, sex }: ClearSwipe["person"],
): PseudonymisedSwipe["credential"]["idFacts"] {
  const facts = readIdNumber(number);
  if (facts === undefined) return undefined;
  return present({
    checksumValid: facts.checksumValid,
    birthMatches: birthDate === undefined ? undefined : facts.birthDate === birthDate,
    // 9 is unspecified: it can neither match nor contradict.
    sexMatches: sex === "1" || sex === "2" ? facts.sex === sex : undefined,
  });
}

function agentOf(
  { id, relation, registered }: ClearAgent,
  pseudonymiser: Pseudonymiser,
): NonNullable<PseudonymisedSwipe["agent"]> {
  return {
    id: pseudonymOf("agent", id, pseudonymiser),
    relation,
    registered,
  };
}

function lineOf(line: ClearLine, area: string, pseudonymiser: Pseudonymiser): PseudonymisedLine {
  const { prescription } = line;
  return {
    line: line.line,
    drug: line.drug,
    sku: line.sku,
    quantity: line.quantity,
    unit: line.unit,
    unitPriceMicro: line.unitPriceMicro,
    amount: line.amount,
    daysSupply: line.daysSupply,
    prescriptionDrug: line.prescriptionDrug,
    tcmUse: line.tcmUse,
    chargeLevel: line.chargeLevel,
    lot: line.lot,
    expires: line.expires,
    prescription: prescription && prescriptionOf(prescription, area, pseudonymiser),
    traceCodes: line.traceCodes.map((code) => traceCodeOf(code, pseudonymiser)),
    splitPack: line.splitPack,
  };
}

function prescriptionOf(
  prescription: ClearPrescription,
  area: string,
  pseudonymiser: Pseudonymiser,
): NonNullable<PseudonymisedLine["prescription"]> {
  const { number, prescriber, issuedAt, external, source, long, quantity } = prescription;
  return {
    id: pseudonymiser.prescription(prescriber ?? area, number),
    prescriber: pseudonymOf("prescriber", prescriber, pseudonymiser),
    issuedAt,
    external,
    source,
    long,
    quantity,
  };
}

function traceCodeOf(code: string, pseudonymiser: Pseudonymiser): PseudonymisedTraceCode {
  const shape = traceShape(code);
  return {
    id: pseudonymiser.pseudonym("trace", code),
    product: traceProduct(code, shape),
    shape,
  };
}

function pseudonymOf(
  domain: Domain,
  value: string | undefined,
  pseudonymiser: Pseudonymiser,
): Pseudonym | undefined {
  return value === undefined ? undefined : pseudonymiser.pseudonym(domain, value);
}
