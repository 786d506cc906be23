import type { EpochMs } from "../../units.ts";
import { offsetText } from "../days.ts";
import { type CartLine, lineAmount, lineUnitPrice } from "../goods/cart.ts";
import type { Credential } from "../sale.ts";
import {
  type Again,
  type Message,
  type Presentation,
  type ScannedLine,
  settlementIdOf,
  type TillForm,
  totalOf,
  visitIdOf,
  yuan,
} from "./till-form.ts";

/** The guard's own messages (contract section 2). */
export const NATIVE_FORM: TillForm = {
  check(presented, stage): Message {
    return {
      op: "check",
      swipeId: presented.id,
      body: {
        swipeId: presented.id,
        ...(stage === "inquiry" ? { stage } : {}),
        occurredAt: offsetText(presented.at + presented.till.skew),
        ...bodyOf(presented),
      },
    };
  },
  again(presented, again): Message {
    return { op: "check", swipeId: again.id, change: changeOf(presented, again) };
  },
  settled: (presented, swipeId) => ({
    op: "settlement",
    swipeId,
    body: {
      settlementId: settlementIdOf(swipeId),
      visitId: visitIdOf(swipeId),
      funds: fundsOf(presented),
    },
  }),
  upload: () => undefined,
  undone: (_presented, swipeId) => ({ op: "reversal", swipeId, body: { reason: "timeout" } }),
  returned: (_presented, swipeId) => ({ op: "reversal", swipeId, body: { reason: "refund" } }),
  returnUpload: () => undefined,
  partReturned(presented, swipeId, id) {
    const first = presented.lines.find(({ codes, line }) => codes.length > 1 && !line.pieces);
    if (first === undefined) return undefined;
    const line = { line: first.id, quantity: 1, traceCodes: first.codes.slice(0, 1) };
    return { op: "reversal", swipeId, body: { reversalId: id, reason: "refund", lines: [line] } };
  },
};

function bodyOf(presented: Presentation) {
  const { store, sale, total } = presented;
  return {
    pharmacy: pharmacyOf(presented),
    person: personOf(presented),
    credential: credentialOf(sale.credential),
    ...(sale.verification ? { verification: sale.verification } : {}),
    ...(sale.agent ? { agent: sale.agent } : {}),
    ...(sale.channel ? { channel: sale.channel } : {}),
    medicalType: sale.medicalType,
    ...(sale.disease ? { disease: sale.disease } : {}),
    funds: fundsOf(presented),
    total: yuan(total),
    lines: presented.lines.map((line) => lineOf(line, store.habits.prescriptionTimes)),
    ...(sale.override ? { override: { code: sale.override, approver: store.manager } } : {}),
  };
}

function pharmacyOf(presented: Presentation) {
  const { store, till, cashier, sale } = presented;
  const pharmacist = pharmacistOf(presented);
  return {
    code: store.code,
    area: store.area,
    terminal: till.id,
    ...(store.habits.device ? { device: sale.device ?? till.device } : {}),
    operator: cashier,
    operatorType: sale.operatorType ?? "1",
    ...(pharmacist === undefined ? {} : { pharmacist }),
  };
}

function personOf({ store: { habits }, sale }: Presentation) {
  const { person, status } = sale;
  return {
    number: person.number,
    insuredArea: person.insuredArea,
    insurance: person.insurance,
    status: status ?? "1",
    sex: person.sex,
    birthDate: person.birth,
    ...(habits.employer && person.employer ? { employer: person.employer } : {}),
    ...(habits.balance ? { balance: yuan(person.balance) } : {}),
  };
}

/** Who reviewed it: named by the sale, nobody where it says so, else the cashier's usual one. */
export function pharmacistOf({ store, cashier, sale }: Presentation): string | undefined {
  if (sale.pharmacist === null) return undefined;
  return sale.pharmacist ?? store.pharmacists[Number(cashier) % store.pharmacists.length];
}

function credentialOf({ issuedAt, ...credential }: Credential) {
  return { ...credential, ...(issuedAt === undefined ? {} : { issuedAt: offsetText(issuedAt) }) };
}

function fundsOf({ shares }: Presentation) {
  return {
    pooled: yuan(shares.pooled),
    account: yuan(shares.account),
    familyAccount: yuan(shares.familyAccount),
    cash: yuan(shares.cash),
  };
}

function lineOf({ id, line, codes }: ScannedLine, withTimes: boolean) {
  return {
    line: id,
    drug: line.product.code,
    sku: line.sku ?? String(line.product.sku),
    quantity: line.quantity,
    ...(line.pieces ? { unit: "piece", splitPack: true } : {}),
    unitPrice: lineUnitPrice(line),
    amount: yuan(lineAmount(line)),
    ...(line.days === undefined ? {} : { daysSupply: line.days }),
    prescriptionDrug: line.product.drug.prescription,
    ...(line.tcmUse ? { tcmUse: line.tcmUse } : {}),
    ...(line.chargeLevel ? { chargeLevel: line.chargeLevel } : {}),
    ...(line.prescription ? { prescription: prescriptionOf(line, withTimes) } : {}),
    ...(codes.length > 0 ? { traceCodes: codes } : {}),
  };
}

function prescriptionOf({ prescription, prescribed, quantity }: CartLine, withTimes: boolean) {
  if (prescription === undefined) return undefined;
  const { number, prescriber, issuedAt, external, source, long } = prescription;
  return {
    number,
    prescriber,
    ...(withTimes ? { issuedAt: offsetText(issuedAt) } : {}),
    external,
    source,
    long,
    quantity: prescribed ?? quantity,
  };
}

function changeOf(presented: Presentation, again: Again) {
  const { verification, agent, override, credential, lines, supersedes } = again;
  return {
    swipeId: again.id,
    occurredAt: offsetText(again.at + presented.till.skew),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(verification ? { verification } : {}),
    ...(agent ? { agent } : {}),
    ...(override ? { override } : {}),
    ...(credential
      ? { credential: { cardSn: null, issuedAt: null, ...credentialOf(credential) } }
      : {}),
    ...(lines ? linesOf(presented, lines) : {}),
  };
}

function linesOf({ store }: Presentation, lines: readonly ScannedLine[]) {
  const total = totalOf(lines, lineAmount);
  return {
    total: yuan(total),
    funds: { pooled: 0, account: yuan(total), familyAccount: 0, cash: 0 },
    lines: lines.map((line) => lineOf(line, store.habits.prescriptionTimes)),
  };
}

/** The body of a settlement that carries its own check: the till was offline when it sold. */
export function uncheckedSettlement(presented: Presentation, soldAt: EpochMs): Message {
  const { id } = presented;
  return {
    op: "settlement",
    swipeId: id,
    body: {
      settlementId: settlementIdOf(id),
      visitId: visitIdOf(id),
      funds: fundsOf(presented),
      swipe: {
        swipeId: id,
        occurredAt: offsetText(soldAt + presented.till.skew),
        ...bodyOf(presented),
      },
    },
  };
}
