import { createHash } from "node:crypto";
import type { Observation, Sealing, TraceUse } from "../../src/counters/contract.ts";
import { MINUTE } from "../../src/units.ts";

/** Observations for store tests: names become digests, everything else has a plain default. */
export function digest(name: string, length = 10): string {
  return createHash("sha256").update(name).digest().toString("latin1").slice(0, length);
}

export interface Sale {
  readonly id: string;
  readonly at: number;
  readonly person?: string;
  readonly pharmacy?: string;
  readonly terminal?: string;
  readonly drug?: string;
  readonly quantity?: number;
  readonly days?: number;
  readonly inquiry?: boolean;
  readonly codes?: readonly string[];
  readonly split?: boolean;
  readonly token?: string;
  readonly card?: string;
  readonly prescription?: string;
  readonly content?: string;
  readonly exact?: number;
}

export const START = Date.UTC(2026, 10, 1, 1);
export const PHARMACY = "P21010200123";
export const OTHER_PHARMACY = "P21020300456";

export function observation(sale: Sale): Observation {
  const person = digest(`person ${sale.person ?? "ann"}`);
  const pharmacy = sale.pharmacy ?? PHARMACY;
  const drug = digest(`drug ${sale.drug ?? "amlodipine"}`, 5);
  const quantity = (sale.quantity ?? 1) * 10_000;
  const codes = (sale.codes ?? []).map(
    (code): TraceUse => ({
      code: digest(`code ${code}`),
      line: 1,
      split: sale.split ?? false,
      units: sale.split ? quantity : 0,
    }),
  );
  return {
    swipe: digest(sale.id, 8),
    content: digest(sale.content ?? sale.id, 16),
    at: sale.at,
    person,
    pharmacy,
    area: "210102",
    reserve: !sale.inquiry,
    credential: 3,
    fund: 1_000,
    lines: [{ drug, tag: 1, quantity, days: sale.days ?? 28, fen: 7_300 }],
    basket: digest(`basket ${drug}${quantity}`, 4),
    logs: [
      {
        kind: "t",
        entity: `${pharmacy}:${sale.terminal ?? "T01"}`,
        window: 10 * MINUTE,
        exact: sale.exact ?? 64,
        amount: 7_300,
      },
    ],
    traceCodes: codes,
    ...(sale.token === undefined ? {} : { token: digest(`token ${sale.token}`) }),
    ...(sale.card === undefined ? {} : { card: digest(`card ${sale.card}`) }),
    prescriptions:
      sale.prescription === undefined
        ? []
        : [{ prescription: digest(`rx ${sale.prescription}`), line: 1, drug, quantity }],
  };
}

export function sealing(of: Observation, changes: Partial<Sealing> = {}): Sealing {
  return {
    observation: of,
    answer: JSON.stringify({ decision: "allow" }),
    level: 0,
    holds: of.reserve,
    presume: false,
    supersedes: [],
    bindCard: false,
    ...changes,
  };
}
