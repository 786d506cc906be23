import { type Ask, chinaText, digitsOf, type Filled, lineId, numberOf, type Packs } from "./ask.ts";
import { SHOP } from "./chest.ts";

/** The body of `POST /v1/swipes` (contract section 2). */
export function nativeBody(ask: Filled): Record<string, unknown> {
  const shop = ask.shop ?? SHOP.north;
  return {
    swipeId: ask.id,
    stage: ask.inquiry ? "inquiry" : "settle",
    occurredAt: chinaText(ask.at),
    pharmacy: {
      ...{ code: shop, area: shop.slice(1, 7), terminal: ask.till ?? "T01" },
      ...{ operator: ask.operator ?? "0007", pharmacist: ask.pharmacist ?? null },
    },
    person: {
      ...{ number: numberOf(ask), insuredArea: ask.insuredArea ?? "210100", insurance: "310" },
      ...{ status: ask.status ?? null, employer: ask.employer ?? null },
    },
    credential: {
      ...{ ...credentialOf(ask), cardSn: ask.cardSn ?? null },
      issuedAt: ask.tokenIssued ? `${ask.tokenIssued.replace(" ", "T")}+08:00` : null,
    },
    ...extrasOf(ask),
    medicalType: ask.medicalType ?? "41",
    total: totalOf(ask),
    lines: ask.basket.map(line),
  };
}

/** What most sales do not have is left out, not null: both must be understood. */
function extrasOf({ verified, agent, disease, familyAccount, override, supersedes }: Filled) {
  return {
    ...(verified ? { verification: { method: verified[0], outcome: verified[1] } } : {}),
    ...(agent ? { agent } : {}),
    ...(disease ? { disease } : {}),
    ...(familyAccount ? { funds: { pooled: 0, familyAccount } } : {}),
    ...(override ? { override: { code: override[0], approver: override[1] } } : {}),
    ...(supersedes ? { supersedes: supersedes.ask.id } : {}),
  };
}

function line(packs: Packs, index: number) {
  const { rx } = packs;
  return {
    ...{ line: lineId(index), drug: packs.drug, quantity: packs.quantity },
    ...(packs.pieces ? { unit: "piece" } : {}),
    ...{ unitPrice: priceOf(packs), amount: amountOf(packs) },
    ...(packs.days === undefined ? {} : { daysSupply: packs.days }),
    ...(rx === undefined ? {} : { prescription: rx }),
    ...(packs.codes ? { traceCodes: packs.codes } : {}),
    ...(packs.split ? { splitPack: true } : {}),
  };
}

export function credentialOf(ask: Ask): { readonly type: string; readonly number: string } {
  if (ask.token !== undefined) return { type: "01", number: ask.token };
  if (ask.idCard !== undefined) return { type: "02", number: ask.idCard };
  return { type: "03", number: ask.card ?? `A${digitsOf(`card ${numberOf(ask)}`, 8)}` };
}

export function priceOf({ price }: Packs): number {
  return price ?? 10;
}

export function amountOf(packs: Packs): number {
  return Math.round(packs.quantity * priceOf(packs) * 100) / 100;
}

export function totalOf({ basket, totalOff }: Filled): number {
  const sum = basket.reduce((yuan, packs) => yuan + amountOf(packs), 0);
  return Math.round((sum + (totalOff ?? 0)) * 100) / 100;
}
