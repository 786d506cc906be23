import { createHash } from "node:crypto";
import type {
  BindingUse,
  Observation,
  Sealing,
  SwipeNature,
  TallyColumns,
  TraceUse,
} from "../../src/counters/contract.ts";
import { DAY, MINUTE } from "../../src/units.ts";

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
  readonly cashier?: string;
  readonly card?: string;
  readonly tally?: TallyColumns;
  readonly flags?: boolean;
  readonly nature?: SwipeNature;
  readonly prescription?: string;
  readonly content?: string;
  readonly exact?: number;
}

export const CARD_KEPT = 400 * DAY;
export const PERSON_CARDS_KEPT = 8 * DAY;
const PLAIN: SwipeNature = { chronic: false, prescribed: false, outsider: false, proxied: false };
export const START = Date.UTC(2026, 10, 1, 1);
export const PHARMACY = "P21010200123";
export const OTHER_PHARMACY = "P21020300456";

const DEFAULTS = {
  person: "ann",
  pharmacy: PHARMACY,
  terminal: "T01",
  cashier: "7",
  drug: "amlodipine",
  quantity: 1,
  days: 28,
  codes: [],
  split: false,
  inquiry: false,
  exact: 64,
  flags: false,
  nature: PLAIN,
} as const;

export function observation(sale: Sale): Observation {
  const of = { ...DEFAULTS, ...sale };
  const { pharmacy, split } = of;
  const person = digest(`person ${of.person}`);
  const drug = digest(`drug ${of.drug}`, 6);
  const quantity = of.quantity * 10_000;
  return {
    swipe: digest(of.id, 8),
    content: digest(of.content ?? of.id, 16),
    at: of.at,
    person,
    pharmacy,
    area: "210102",
    reserve: !of.inquiry,
    credential: 3,
    fund: 1_000,
    nature: of.nature,
    lines: [{ drug, tag: 1, quantity, days: of.days, fen: 7_300 }],
    basket: digest(`basket ${drug}${quantity}`, 4),
    logs: [
      {
        kind: "t",
        entity: `${pharmacy}:${of.terminal}`,
        window: 10 * MINUTE,
        exact: of.exact,
        amount: 7_300,
        mark: digest(`cashier ${of.cashier}`, 4),
      },
    ],
    traceCodes: of.codes.map(
      (code): TraceUse => ({
        ...{ code: digest(`code ${code}`), line: 1, split },
        units: split ? quantity : 0,
      }),
    ),
    ...(of.token === undefined ? {} : { token: digest(`token ${of.token}`) }),
    prescriptions: ifGiven(of.prescription, (rx) => [
      { prescription: digest(`rx ${rx}`), line: 1, drug, quantity },
    ]),
    bindings: ifGiven(of.card, (card) => cardAndPerson(card, person)),
    tallies: ifGiven(of.tally, (columns) => [{ kind: "H", entity: pharmacy, columns }]),
    flags: of.flags,
  };
}

function ifGiven<T, U>(given: T | undefined, uses: (given: T) => readonly U[]): readonly U[] {
  return given === undefined ? [] : uses(given);
}

/** A card and its person, each remembering the other. */
function cardAndPerson(card: string, person: string): BindingUse[] {
  const pseudonym = digest(`card ${card}`);
  const text = (bytes: string) => Buffer.from(bytes, "latin1").toString("base64url");
  return [
    { kind: "b", entity: text(pseudonym), partner: person.slice(0, 8), kept: CARD_KEPT },
    { kind: "p", entity: text(person), partner: pseudonym.slice(0, 8), kept: PERSON_CARDS_KEPT },
  ];
}

export function sealing(of: Observation, changes: Partial<Sealing> = {}): Sealing {
  return {
    observation: of,
    answer: JSON.stringify({ decision: "allow" }),
    level: 0,
    holds: of.reserve,
    presume: false,
    supersedes: [],
    bind: false,
    ...changes,
  };
}
