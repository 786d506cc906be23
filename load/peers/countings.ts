import type { ClearSwipe } from "../../src/swipe/clear-swipe.ts";
import { nameOf } from "../floors/swipe-names.ts";
import type { CountedRule, PeerEntity, PeerRule } from "../workload/twenty-rules.ts";

/** What a swipe adds to one counter. */
export interface Counting {
  readonly rule: CountedRule;
  /** The counter's key in Redis. */
  readonly key: string;
  /** What is new to a distinct count. */
  readonly member: string;
  /** What is added to a sum, in fen. */
  readonly fen: number;
}

type Names = (swipe: ClearSwipe) => readonly string[];

/** Whom a rule counts at; empty where the swipe says nothing of it. */
const ENTITIES: Readonly<Record<PeerEntity, Names>> = {
  terminal: ({ pharmacy }) => [`${pharmacy.code}:${pharmacy.terminal}`],
  pharmacy: ({ pharmacy }) => [pharmacy.code],
  operator: ({ pharmacy }) => [`${pharmacy.code}:${pharmacy.operator}`],
  agent: ({ agent }) => said(agent?.id),
  outsiders: ({ pharmacy, person }) =>
    prefecture(pharmacy.area) === prefecture(person.insuredArea) ? [] : [pharmacy.code],
  basket: ({ pharmacy, lines }) =>
    lines.length < 2 ? [] : [`${pharmacy.code}:${basketOf(lines)}`],
  employer: ({ pharmacy, person }) =>
    said(person.employer).map((name) => `${pharmacy.code}:${name}`),
  prescriber: ({ pharmacy, lines }) => {
    const prescribers = lines.flatMap(({ prescription }) => said(prescription?.prescriber));
    return [...new Set(prescribers)].map((name) => `${pharmacy.code}:${name}`);
  },
  approver: ({ pharmacy, override }) =>
    said(override?.approver).map((name) => `${pharmacy.code}:${name}`),
  person: ({ person }) => [person.number],
  personHere: ({ pharmacy, person }) => [`${pharmacy.code}:${person.number}`],
  device: ({ pharmacy }) => said(pharmacy.device),
  card: ({ credential }) => said(credential.cardSn),
  idNumber: ({ credential }) => (credential.type === "02" ? [credential.number] : []),
  traceCode: ({ lines }) => [...new Set(lines.flatMap(({ traceCodes }) => traceCodes))],
};

/** Every counter the swipe moves. Names are hashed: no peer would keep a person's number in clear either. */
export function countingsOf(rules: readonly PeerRule[], swipe: ClearSwipe): readonly Counting[] {
  const person = nameOf(`p${swipe.person.number}`);
  return rules.flatMap((rule) => {
    if (rule.kind !== "counted") return [];
    const member = rule.of === "pharmacy" ? swipe.pharmacy.code : person;
    return ENTITIES[rule.entity](swipe).map((name) => ({
      ...{ rule, member, fen: swipe.total },
      key: `${rule.id}:${nameOf(name)}`,
    }));
  });
}

/** One fact a rule: what it counts, of several counters the highest; sums in yuan, 0 where nothing was counted. */
export type Facts = Readonly<Record<string, number>>;

export function factsOf(
  rules: readonly PeerRule[],
  countings: readonly Counting[],
  counts: readonly number[],
): Record<string, number> {
  const facts: Record<string, number> = {};
  for (const rule of rules) facts[factName(rule.id)] = 0;
  for (const [index, { rule }] of countings.entries()) {
    const count = counts[index] ?? 0;
    const name = factName(rule.id);
    const seen = rule.aggregate === "sum" ? count / 100 : count;
    facts[name] = Math.max(facts[name] ?? 0, seen);
  }
  return facts;
}

/** A rule's id as an identifier of an expression. */
export function factName(id: string): string {
  return id.replace("-", "_");
}

function said(value: string | undefined): readonly string[] {
  return value === undefined || value === "" ? [] : [value];
}

function prefecture(area: string): string {
  return area.slice(0, 4);
}

function basketOf(lines: ClearSwipe["lines"]): string {
  return lines
    .map(({ drug, quantity }) => `${drug}*${quantity}`)
    .sort()
    .join(",");
}
