import { amountOf, chinaText, lineId } from "./ask.ts";
import type { Filled, FilledLine, FilledRx } from "./fill.ts";

/** The body of `POST /v1/swipes` (contract section 2). */
export function nativeBody(ask: Filled): Record<string, unknown> {
  const { told } = ask;
  return {
    swipeId: ask.id,
    stage: ask.inquiry ? "inquiry" : "settle",
    occurredAt: chinaText(ask.tillClock),
    pharmacy: {
      ...{ code: ask.shop, area: ask.shop.slice(1, 7), terminal: ask.till, device: ask.device },
      ...{ operator: ask.operator, operatorType: ask.operatorType, pharmacist: ask.pharmacist },
    },
    person: {
      ...{ number: ask.number, insuredArea: ask.insuredArea, insurance: ask.insurance },
      ...{ status: ask.status, sex: ask.sex, birthDate: ask.birthDate },
      ...{ employer: ask.employer, balance: ask.balance },
    },
    credential: credential(ask),
    ...extrasOf(ask),
    channel: ask.channel,
    medicalType: ask.medicalType,
    ...(told.disease === undefined ? {} : { disease: told.disease }),
    ...(ask.funds === null ? {} : { funds: ask.funds }),
    total: ask.total,
    lines: ask.lines.map(line),
  };
}

/** What most sales do not have is left out, not null: both must be understood. */
function extrasOf({ told: { verified, agent, override, supersedes } }: Filled) {
  return {
    ...(verified ? { verification: { method: verified[0], outcome: verified[1] } } : {}),
    ...(agent ? { agent } : {}),
    ...(override ? { override: { code: override[0], approver: override[1] } } : {}),
    ...(supersedes ? { supersedes: supersedes.ask.id } : {}),
  };
}

function credential({ credential: { issued, ...credential } }: Filled) {
  return { ...credential, issuedAt: textOf(issued) };
}

function line(line: FilledLine, index: number) {
  return {
    ...{ line: lineId(index), drug: line.drug, sku: line.sku, quantity: line.quantity },
    ...(line.pieces ? { unit: "piece" } : {}),
    ...{ unitPrice: line.price, amount: amountOf(line) },
    ...(line.days === null ? {} : { daysSupply: line.days }),
    ...{ prescriptionDrug: line.prescriptionDrug, tcmUse: line.tcmUse },
    ...{ chargeLevel: line.chargeLevel, lot: line.lot, expires: line.expires },
    ...(line.rx === null ? {} : { prescription: prescription(line.rx) }),
    ...(line.codes ? { traceCodes: line.codes } : {}),
    ...(line.split ? { splitPack: true } : {}),
  };
}

function prescription({ issued, ...rx }: FilledRx) {
  return { ...rx, issuedAt: textOf(issued) };
}

function textOf(at: number | null): string | null {
  return at === null ? null : chinaText(at);
}
