import { randomBytes } from "node:crypto";

/** Active pharmacies of deploy/reference in one city, open all day, near enough to walk, and their areas. */
export const SHENYANG_PHARMACIES = [
  ["P21010200123", "210102"],
  ["P21010500334", "210105"],
  ["P21010200931", "210102"],
  ["P21010300948", "210103"],
] as const;

const run = randomBytes(4).toString("hex");

/** An id nobody used before, told apart by run so that shared services can be shared. */
export function newId(name: string, number: number): string {
  return `F-${run}-${name}-${number}`;
}

export interface SwipeParts {
  readonly id: string;
  readonly person: string;
  readonly pharmacy?: number;
  readonly terminal?: string;
  readonly code?: string;
  readonly drug?: string;
  readonly quantity?: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A native check of one box, plain enough that no rule speaks. */
export function nativeSwipe(parts: SwipeParts): Record<string, unknown> {
  const [code, area] = SHENYANG_PHARMACIES[parts.pharmacy ?? 0] ?? SHENYANG_PHARMACIES[0];
  const quantity = parts.quantity ?? 1;
  return {
    swipeId: parts.id,
    occurredAt: shanghaiNow(),
    pharmacy: {
      ...{ code, area, terminal: parts.terminal ?? "T01", operator: "0007" },
      pharmacist: "L0012",
    },
    person: { number: parts.person, insuredArea: "210100", insurance: "310", status: "1" },
    credential: { type: "03", number: `CARD-${parts.person}` },
    medicalType: "41",
    total: 36.5 * quantity,
    lines: [
      {
        line: "0001",
        drug: parts.drug ?? "XC10AAA067A001010100501",
        quantity,
        unitPrice: 36.5,
        amount: 36.5 * quantity,
        daysSupply: 14,
        prescription: { number: `RX-${parts.id}`, prescriber: `DR-${parts.person}`, quantity },
        ...(parts.code === undefined ? {} : { traceCodes: [parts.code] }),
      },
    ],
    ...parts.more,
  };
}

/** A trace code of 20 digits: product prefix, then a number of this run. */
export function traceCode(number: number): string {
  const serial = (Number.parseInt(run, 16) % 100_000) * 100_000 + number;
  return `8338652${String(serial).padStart(13, "0")}`;
}

/** Shanghai's wall time as the native body writes it. */
export function shanghaiNow(): string {
  return `${new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}
