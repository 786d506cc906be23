/** What is not as usual in a swipe. */
export interface Told {
  readonly person?: number;
  readonly pharmacy?: number;
  readonly terminal?: string;
  readonly operator?: string;
  readonly device?: string;
  readonly card?: string;
  readonly idNumber?: string;
  readonly agent?: string;
  readonly employer?: string;
  /** Where the person is insured. */
  readonly area?: string;
  readonly prescriber?: string;
  readonly approver?: string;
  readonly codes?: readonly string[];
  /** Yuan, of one line or of two alike. */
  readonly total?: number;
  readonly isBasket?: boolean;
}

/** The first is on the watchlist: the guard counts baskets alike only where something in them is worth reselling. */
const DRUGS = ["XB05AAR021B001010100001", "XC10AAA067A001010100501"];

export interface Customers {
  /** A native check; who and where are new unless told. */
  body(told: Told): Body;
}
export interface Body {
  readonly swipeId: string;
  readonly [field: string]: unknown;
}

/** Customers who have nothing in common but what is told. `now`: ms since 1970, of the till's clock. */
export function createCustomers(now: number): Customers {
  let count = 0;
  const occurredAt = `${new Date(now + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
  return {
    body: (told) => {
      count += 1;
      const total = told.total ?? 10;
      return {
        swipeId: `T${now.toString(36)}-${count}`,
        occurredAt,
        pharmacy: pharmacyOf(told, count),
        person: {
          number: `21010${String(told.person ?? 1_000_000 + count).padStart(15, "0")}`,
          insuredArea: told.area ?? "210100",
          insurance: "310",
          ...(told.employer === undefined ? {} : { employer: told.employer }),
        },
        credential: credentialOf(told, count),
        ...(told.agent === undefined ? {} : { agent: { id: told.agent, registered: true } }),
        ...(told.approver === undefined
          ? {}
          : { override: { code: "ELDERLY", approver: told.approver } }),
        medicalType: "41",
        total,
        lines: linesOf(told, total, count),
      };
    },
  };
}

function pharmacyOf(told: Told, count: number) {
  return {
    code: `P2101${String(told.pharmacy ?? 100_000 + count).padStart(7, "0")}`,
    area: "210105",
    terminal: told.terminal ?? `T${count}`,
    operator: told.operator ?? `O${count}`,
    ...(told.device === undefined ? {} : { device: told.device }),
  };
}

function credentialOf({ card, idNumber }: Told, count: number) {
  if (idNumber !== undefined) return { type: "02", number: idNumber };
  return { type: "03", number: `C${count}`, cardSn: card ?? `SN${count}` };
}

function linesOf(told: Told, total: number, count: number) {
  const { prescriber, codes = [] } = told;
  const line = (index: number, amount: number) => ({
    ...{ line: `000${index + 1}`, drug: DRUGS[index], quantity: 1 },
    ...{ unitPrice: amount, amount, traceCodes: index === 0 ? codes : [] },
    ...(prescriber === undefined ? {} : { prescription: { number: `RX${count}`, prescriber } }),
  });
  return told.isBasket === true ? [line(0, total / 2), line(1, total / 2)] : [line(0, total)];
}
