import { isRefusal, type Level } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import type { PresentedCheck } from "./presented-check.ts";
import type { ReplayedCheck } from "./replay.ts";

/** How a rule spoke to honest customers, in sales: the worst level it had in any step of each. */
export interface RuleOnHonest {
  readonly warned: number;
  readonly steppedUp: number;
  readonly held: number;
  readonly denied: number;
  /** Sales that ended at hold or deny with this rule among the reasons. */
  readonly stopped: number;
}

export interface HonestCount {
  /** Settle-stage sales of unlabelled persons; all steps of one are one. */
  readonly sales: number;
  readonly checks: number;
  readonly warned: number;
  readonly steppedUp: number;
  /** Sales that ended at hold or deny after all their steps. */
  readonly stopped: number;
  /** Sales that were held or denied at a step and passed at a later one. */
  readonly passedLater: number;
  /** Refused as a wrong request. */
  readonly refused: number;
  readonly rules: Readonly<Record<string, RuleOnHonest>>;
  /** First steps of the sales stopped, for whoever wants to look. */
  readonly stoppedIds: readonly string[];
}

/** Steps of one sale are within 15 minutes of each other; then it has ended. */
const ENDED_AFTER = 30 * 60_000;
const STOPPED_IDS_MAX = 1_000;

interface OpenSale {
  readonly id: string;
  at: EpochMs;
  last: Level;
  lastRules: readonly string[];
  wasRefused: boolean;
  readonly worst: Map<string, Level>;
}

type Counts = { -readonly [K in keyof RuleOnHonest]: number };

/** Follows the sales of honest customers to their end; memory is bounded by what goes on in half an hour. */
export class HonestTally {
  private readonly open = new Map<string, OpenSale>();
  private readonly firstOf = new Map<string, string>();
  private readonly rules = new Map<string, Counts>();
  private readonly stoppedIds: string[] = [];
  private readonly count = {
    sales: 0,
    checks: 0,
    warned: 0,
    steppedUp: 0,
    stopped: 0,
    passedLater: 0,
    refused: 0,
  };

  checked(check: PresentedCheck, answer: ReplayedCheck, at: EpochMs): void {
    this.close(at - ENDED_AFTER);
    const { decision } = answer;
    if (decision === undefined) {
      this.count.refused += 1;
      return;
    }
    this.count.checks += 1;
    if (decision === "warn") this.count.warned += 1;
    if (decision === "stepUp") this.count.steppedUp += 1;
    const sale = this.saleOf(check, at);
    sale.at = at;
    sale.last = decision;
    sale.wasRefused ||= decision === "hold" || decision === "deny";
    const spoken = (answer.hits ?? []).filter(({ shadow }) => !shadow);
    sale.lastRules = spoken
      .filter(({ level }) => level === "hold" || level === "deny")
      .map(({ rule }) => rule);
    for (const { rule, level } of spoken) {
      if (rank(level) > rank(sale.worst.get(rule) ?? "allow")) sale.worst.set(rule, level);
    }
  }

  finish(): HonestCount {
    this.close(Number.POSITIVE_INFINITY);
    return { ...this.count, rules: Object.fromEntries(this.rules), stoppedIds: this.stoppedIds };
  }

  private saleOf({ swipeId, supersedes }: PresentedCheck, at: EpochMs): OpenSale {
    const first = this.firstOf.get(swipeId) ?? this.firstOf.get(supersedes ?? "") ?? swipeId;
    const known = this.open.get(first);
    const sale: OpenSale = known ?? {
      id: first,
      at,
      last: "allow",
      lastRules: [],
      wasRefused: false,
      worst: new Map(),
    };
    this.firstOf.set(swipeId, first);
    // Put behind the others, so that those that ended stand in front.
    this.open.delete(first);
    this.open.set(first, sale);
    return sale;
  }

  private close(until: EpochMs): void {
    for (const [id, sale] of this.open) {
      if (sale.at > until) return;
      this.open.delete(id);
      this.ended(sale);
    }
    // What has no open sale is forgotten with it.
    for (const [step, first] of this.firstOf) {
      if (this.open.has(first)) return;
      this.firstOf.delete(step);
    }
  }

  private ended({ id, last, lastRules, wasRefused, worst }: OpenSale): void {
    this.count.sales += 1;
    const isStopped = last === "hold" || last === "deny";
    if (isStopped) this.count.stopped += 1;
    if (isStopped && this.stoppedIds.length < STOPPED_IDS_MAX) this.stoppedIds.push(id);
    if (wasRefused && !isRefusal(last)) this.count.passedLater += 1;
    for (const [rule, level] of worst) this.countsOf(rule)[NAMES[level]] += 1;
    if (isStopped) for (const rule of new Set(lastRules)) this.countsOf(rule).stopped += 1;
  }

  private countsOf(rule: string): Counts {
    const known = this.rules.get(rule);
    if (known !== undefined) return known;
    const counts: Counts = { warned: 0, steppedUp: 0, held: 0, denied: 0, stopped: 0 };
    this.rules.set(rule, counts);
    return counts;
  }
}

const NAMES: Readonly<Record<Level, Exclude<keyof Counts, "stopped">>> = {
  allow: "warned",
  warn: "warned",
  stepUp: "steppedUp",
  hold: "held",
  deny: "denied",
};

function rank(level: Level): number {
  return ["allow", "warn", "stepUp", "hold", "deny"].indexOf(level);
}
