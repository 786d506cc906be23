import {
  type Ask,
  amountOf,
  chinaText,
  chinaTime,
  digitsOf,
  numberOf,
  type Packs,
  type Paid,
  type Rx,
} from "./ask.ts";
import { SHOP } from "./chest.ts";
import { openDrugBook } from "./drug-book.ts";

/** A line with everything an honest till says of it. Null: not said. */
export interface FilledLine {
  readonly drug: string;
  readonly quantity: number;
  readonly days: number | null;
  readonly codes: readonly string[] | null;
  readonly pieces: boolean;
  readonly split: boolean;
  readonly rx: FilledRx | null;
  readonly price: number;
  readonly sku: string | null;
  readonly prescriptionDrug: boolean | null;
  readonly tcmUse: string | null;
  readonly chargeLevel: string;
  readonly lot: string;
  readonly expires: string | null;
}

export interface FilledRx {
  readonly number: string;
  readonly prescriber: string | null;
  readonly quantity: number | null;
  readonly long: boolean;
  readonly issued: number | null;
  readonly external: boolean | null;
  readonly source: string | null;
}

/** An `Ask` with its defaults: what both forms are written from. */
export interface Filled {
  /** What the story said. */
  readonly told: Ask;
  readonly id: string;
  readonly at: number;
  readonly inquiry: boolean;
  readonly tillClock: number;
  readonly shop: string;
  readonly till: string;
  readonly device: string | null;
  readonly operator: string;
  readonly operatorType: string | null;
  readonly pharmacist: string | null;
  readonly number: string;
  readonly insuredArea: string;
  readonly insurance: string;
  readonly status: string | null;
  readonly sex: string | null;
  readonly birthDate: string | null;
  readonly employer: string | null;
  readonly balance: number | null;
  readonly credential: {
    readonly type: "01" | "02" | "03";
    readonly number: string;
    readonly cardSn: string | null;
    readonly issued: number | null;
  };
  readonly lines: readonly FilledLine[];
  /** Yuan. */
  readonly total: number;
  readonly funds: Required<Paid> | null;
  readonly medicalType: string;
  readonly channel: string;
}

/** What the story's clock and counters give. */
export interface Moment {
  readonly id: string;
  readonly at: number;
  readonly inquiry: boolean;
  freshCodes(count: number, drug: string): readonly string[];
}

export const PHARMACIST = "L0012";
const HOUR = 3_600_000;
const SHELF_LIFE = 730 * 24 * HOUR;
/** So many doctors write the prescriptions of the stories' people. */
const DOCTORS = 90;

const drugBook = openDrugBook();

export function fill(told: Ask, moment: Moment): Filled {
  const shop = told.shop ?? SHOP.north;
  const till = told.till ?? "T01";
  const basket = told.basket ?? [{ drug: REHYDRATION, quantity: 1 }];
  const lines = basket.map((line) => fillLine(line, told, moment));
  const sum = lines.reduce((yuan, line) => yuan + amountOf(line), 0);
  const total = cents(sum + (told.totalOff ?? 0));
  return {
    told,
    ...{ id: moment.id, at: moment.at, inquiry: moment.inquiry },
    tillClock: told.tillClock === undefined ? moment.at : chinaTime(told.tillClock),
    ...{ shop, till },
    device: or(told.device, `SN-${shop}-${till}`),
    operator: told.operator ?? "0007",
    operatorType: or(told.operatorType, "1"),
    pharmacist: or(told.pharmacist, PHARMACIST),
    number: numberOf(told),
    insuredArea: told.insuredArea ?? "210100",
    insurance: told.insurance ?? "310",
    status: or(told.status, "1"),
    sex: or(told.sex, sexOf(told.idCard)),
    birthDate: or(told.birthDate, birthOf(told.idCard)),
    employer: told.employer ?? null,
    balance: or(told.balance, 20_000),
    credential: credentialOf(told),
    ...{ lines, total, funds: fundsOf(told.funds, total) },
    medicalType: told.medicalType ?? "41",
    channel: told.channel ?? "counter",
  };
}

/** Needs neither prescription nor codes; 6 sachets. */
const REHYDRATION = "XB05XAL052P001";

/** Null is what the story leaves out. */
function or<T>(said: T | null | undefined, usual: T): T | null {
  return said === undefined ? usual : said;
}

function cents(yuan: number): number {
  return Math.round(yuan * 100) / 100;
}

function fillLine(line: Packs, told: Ask, moment: Moment): FilledLine {
  const { prescription } = drugBook(line.drug);
  const rx = line.rx === undefined && prescription ? {} : (line.rx ?? null);
  return {
    ...{ drug: line.drug, quantity: line.quantity, days: line.days ?? null },
    ...{ codes: codesOf(line, moment), pieces: line.pieces ?? false, split: line.split ?? false },
    rx: rx === null ? null : fillRx(rx, line, told, moment),
    price: line.price ?? 10,
    sku: or(line.sku, `A${digitsOf(line.drug, 6)}`),
    prescriptionDrug: or(line.prescriptionDrug, prescription),
    ...papersOf(line, moment),
  };
}

function codesOf({ codes, drug, split, quantity }: Packs, moment: Moment): FilledLine["codes"] {
  if (codes !== undefined) return codes;
  return drugBook(drug).coded ? moment.freshCodes(Math.ceil(split ? 1 : quantity), drug) : null;
}

function papersOf({ drug, tcmUse, chargeLevel, lot, expires }: Packs, moment: Moment) {
  return {
    tcmUse: tcmUse ?? (drug.startsWith("T") ? "1" : null),
    ...{ chargeLevel: chargeLevel ?? "1", lot: lot ?? "B2207" },
    expires: or(expires, chinaText(moment.at + SHELF_LIFE).slice(0, 10)),
  };
}

function fillRx(rx: Rx, line: Packs, told: Ask, moment: Moment): FilledRx {
  const doctor = Number(digitsOf(`doctor of ${numberOf(told).trim()}`, 6)) % DOCTORS;
  const issued = typeof rx.issued === "string" ? chinaTime(rx.issued) : rx.issued;
  // A long prescription is refilled, and of a split pack nobody prescribes a part.
  const isOpen = rx.long === true || line.pieces === true;
  return {
    number: rx.number ?? `RX-${moment.id}`,
    prescriber: or(rx.prescriber, `D2101020${String(doctor).padStart(5, "0")}`),
    quantity: or(rx.quantity, isOpen ? null : line.quantity),
    long: rx.long ?? false,
    issued: or(issued, moment.at - HOUR),
    external: or(rx.external, true),
    source: or(rx.source, "hospital"),
  };
}

function credentialOf(told: Ask): Filled["credential"] {
  const { token, tokenIssued, idCard, card } = told;
  const issued = tokenIssued === undefined ? null : chinaTime(tokenIssued);
  const chip = told.cardSn ?? null;
  if (token !== undefined) return { type: "01", number: token, cardSn: chip, issued };
  if (idCard !== undefined) return { type: "02", number: idCard, cardSn: chip, issued };
  const number = card ?? `A${digitsOf(`card ${numberOf(told).trim()}`, 8)}`;
  return { type: "03", number, cardSn: or(told.cardSn, `CHIP-${number}`), issued };
}

function fundsOf(paid: Paid | null | undefined, total: number): Required<Paid> | null {
  if (paid === null) return null;
  const { pooled = 0, familyAccount = 0, cash = 0 } = paid ?? {};
  const rest = Math.max(0, cents(total - pooled - familyAccount - cash));
  return { pooled, account: paid?.account ?? rest, familyAccount, cash };
}

const EIGHTEEN = /^\d{17}[\dX]$/;

function sexOf(idCard: string | undefined): string {
  if (idCard === undefined || !EIGHTEEN.test(idCard)) return "2";
  return Number(idCard[16]) % 2 === 1 ? "1" : "2";
}

function birthOf(idCard: string | undefined): string {
  if (idCard === undefined || !EIGHTEEN.test(idCard)) return "1956-03-02";
  return `${idCard.slice(6, 10)}-${idCard.slice(10, 12)}-${idCard.slice(12, 14)}`;
}
