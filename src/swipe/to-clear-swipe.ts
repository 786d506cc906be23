import { parseInstant } from "./calendar.ts";
import type { CheckBody, Funds } from "./check-body.ts";
import type {
  ClearFunds,
  ClearLine,
  ClearPerson,
  ClearPharmacy,
  ClearPrescription,
  ClearSwipe,
} from "./clear-swipe.ts";
import { toFen, toInteger, toTenThousandths, UNIT_PRICE } from "./decimal.ts";
import { present } from "./present.ts";
import { CHANNELS, type Channel, type CredentialType } from "./vocabulary.ts";

type Maybe<T> = T | null | undefined;
type LineBody = CheckBody["lines"][number];
type PrescriptionBody = NonNullable<LineBody["prescription"]>;

/** What the schema accepted, as integers and words of the vocabulary; null and absent become absent. */
export function toClearSwipe(body: CheckBody): ClearSwipe {
  return {
    swipeId: body.swipeId,
    stage: body.stage ?? "settle",
    via: "native" as const,
    occurredAt: instantOf(body.occurredAt),
    pharmacy: pharmacyOf(body.pharmacy),
    person: personOf(body.person),
    credential: {
      type: credentialType(body.credential.type),
      number: body.credential.number.trim(),
      cardSn: trimmed(body.credential.cardSn),
      issuedAt: mapped(body.credential.issuedAt, instantOf),
    },
    verification: body.verification ?? undefined,
    agent: mapped(body.agent, (agent) => ({
      id: trimmed(agent.id),
      relation: trimmed(agent.relation),
      registered: agent.registered ?? false,
    })),
    channel: channelOf(body.channel),
    medicalType: body.medicalType.trim(),
    disease: trimmed(body.disease),
    funds: mapped(body.funds, toClearFunds),
    total: toFen(body.total),
    lines: body.lines.map(lineOf),
    codesExpected: true,
    override: mapped(body.override, ({ code, approver }) => ({ code, approver: approver.trim() })),
    supersedes: body.supersedes ?? undefined,
  };
}

export function toClearFunds(funds: Funds): ClearFunds {
  return present({
    pooled: mapped(funds.pooled, toFen),
    account: mapped(funds.account, toFen),
    familyAccount: mapped(funds.familyAccount, toFen),
    cash: mapped(funds.cash, toFen),
  });
}

export function credentialType(type: string): CredentialType {
  const known = type.trim();
  return known === "01" || known === "02" || known === "03" ? known : "other";
}

/** Unsaid is the counter: a till stands there unless it says otherwise. */
export function channelOf(channel: Maybe<string>): Channel {
  if (channel === null || channel === undefined) return "counter";
  return CHANNELS.find((known) => known === channel) ?? "other";
}

function pharmacyOf(pharmacy: CheckBody["pharmacy"]): ClearPharmacy {
  return {
    code: pharmacy.code,
    area: pharmacy.area,
    terminal: pharmacy.terminal.trim(),
    operator: pharmacy.operator.trim(),
    operatorType: trimmed(pharmacy.operatorType),
    device: trimmed(pharmacy.device),
    pharmacist: trimmed(pharmacy.pharmacist),
  };
}

function personOf(person: CheckBody["person"]): ClearPerson {
  return {
    number: person.number.trim(),
    insuredArea: person.insuredArea,
    insurance: person.insurance,
    status: trimmed(person.status),
    sex: trimmed(person.sex),
    birthDate: trimmed(person.birthDate),
    employer: trimmed(person.employer),
    balance: mapped(person.balance, toFen),
  };
}

function lineOf(line: LineBody): ClearLine {
  return {
    line: line.line.trim(),
    drug: line.drug.trim(),
    sku: trimmed(line.sku),
    quantity: toTenThousandths(line.quantity),
    unit: line.unit ?? "pack",
    unitPriceMicro: toInteger(line.unitPrice, UNIT_PRICE),
    amount: toFen(line.amount),
    // A till that sends 0 days has none to tell.
    daysSupply: line.daysSupply || undefined,
    prescriptionDrug: line.prescriptionDrug ?? undefined,
    tcmUse: trimmed(line.tcmUse),
    chargeLevel: trimmed(line.chargeLevel),
    lot: trimmed(line.lot),
    expires: trimmed(line.expires),
    prescription: mapped(line.prescription, prescriptionOf),
    traceCodes: line.traceCodes ?? [],
    splitPack: line.splitPack ?? false,
  };
}

function prescriptionOf(prescription: PrescriptionBody): ClearPrescription {
  return {
    number: prescription.number.trim(),
    prescriber: trimmed(prescription.prescriber),
    issuedAt: mapped(prescription.issuedAt, instantOf),
    external: prescription.external ?? undefined,
    source: trimmed(prescription.source),
    long: prescription.long ?? false,
    quantity: mapped(prescription.quantity, toTenThousandths),
  };
}

function mapped<A, B>(value: Maybe<A>, map: (value: A) => B): B | undefined {
  return value === null || value === undefined ? undefined : map(value);
}

function trimmed(value: Maybe<string>): string | undefined {
  return mapped(value, (text) => text.trim());
}

function instantOf(text: string): number {
  const at = parseInstant(text);
  if (at === undefined) {
    throw new TypeError("GUARD_SWIPE_UNPARSED: an instant was not checked; parse the body first.");
  }
  return at;
}
