import type { EpochMs } from "../../src/units.ts";
import type { PlannedSale } from "./plan.ts";

/** `upload`: a settlement that carries its check, because the guard does not know it. */
export const STEPS = ["check", "settle", "upload", "void", "refund", "part"] as const;
export type Step = (typeof STEPS)[number];

/** What the guard said; every word of it is kept, none of it is understood. */
export interface Answer {
  readonly at: EpochMs;
  readonly problem?: string;
  readonly decision?: string;
  readonly mode?: string;
  readonly state?: string;
  readonly matched?: number;
  /** Packs left of the sale's one line. */
  readonly left?: number;
  readonly decidedAt?: string;
  /** There was nothing to reverse: nothing happened, and nothing is recorded. */
  readonly nothing?: true;
  /** All that a repeat must say again. */
  readonly text?: string;
}

/** One request as the guard read it. */
export interface Asked {
  readonly sale: PlannedSale;
  readonly step: Step;
  readonly swipeId: string;
  readonly instance: number;
  readonly boot: number;
  readonly at: EpochMs;
  /** Absent for ever where the instance died first. */
  answer?: Answer;
}

/** What the world knows that tills and auditors cannot: where a loss is allowed, and when. */
export interface Losses {
  /** Swipe ids of which a failover lost a write. */
  readonly forgotten: ReadonlySet<string>;
  /** What an instance answered in this span may have been lost with its power. */
  readonly powerCuts: readonly {
    readonly instance: number;
    readonly from: EpochMs;
    readonly to: EpochMs;
  }[];
}

/** The trace of a life, kept only when somebody asks for it. */
export class Trace {
  private readonly lines: string[] | undefined;
  private readonly now: () => EpochMs;
  private readonly start: EpochMs;

  constructor(keep: boolean, now: () => EpochMs) {
    this.lines = keep ? [] : undefined;
    this.now = now;
    this.start = now();
  }

  say(text: () => string): void {
    this.lines?.push(`${((this.now() - this.start) / 1_000).toFixed(4).padStart(10)}  ${text()}`);
  }

  all(): readonly string[] {
    return this.lines ?? [];
  }
}

export function answerText(answer: Answer): string {
  const { problem, decision, mode, state, matched, left } = answer;
  const parts = [problem, problem === undefined ? undefined : answer.text, decision, mode, state];
  if (matched !== undefined) parts.push(`matched ${matched}`);
  if (left !== undefined) parts.push(`left ${left}`);
  return parts.filter((part) => part !== undefined).join(" ");
}

/** A failover took some of its writes, or its instance lost power before the record was surely on disk. */
export function mayBeLost({ forgotten, powerCuts }: Losses, asked: Asked): boolean {
  if (forgotten.has(asked.swipeId)) return true;
  const at = asked.answer?.at ?? asked.at;
  return powerCuts.some(
    ({ instance, from, to }) => instance === asked.instance && at >= from && at <= to,
  );
}

/** A till that was not answered, or not for good, knows nothing: it may have been done all the same. */
export const PASSING: ReadonlySet<string> = new Set([
  "store_unavailable",
  "journal_unavailable",
  "overloaded",
  "draining",
  "internal",
  "threw",
]);

/** `waits`: taken, and to be done once the store knows the sale. */
export type Done = "done" | "waits" | "not" | "perhaps";

/** What the answers to one step of one sale say about whether it was done. */
export function doneBy(asked: readonly Asked[]): Done {
  const said = asked.map(doneByOne);
  return (["done", "waits", "perhaps"] as const).find((done) => said.includes(done)) ?? "not";
}

function doneByOne({ answer }: Asked): Done {
  if (answer === undefined || PASSING.has(answer.problem ?? "")) return "perhaps";
  if (answer.problem !== undefined || answer.matched === 0 || answer.nothing) return "not";
  return answer.state === "waiting" ? "waits" : "done";
}

export function grouped<K, T>(
  all: readonly T[],
  keyOf: (one: T) => K,
): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/**
 * A cancellation by 2103 of a sale that the guard was never heard to check takes the only other one of this person at
 * this pharmacy (contract, section 3): what became of either then says nothing of the guard.
 */
export function takenForAnother(history: readonly Asked[]): ReadonlySet<string> {
  const checked = new Set(
    history.flatMap(({ swipeId, answer }) => (answer?.decision ? [swipeId] : [])),
  );
  const at = ({ sale, swipeId }: Asked) => `${sale.person} ${swipeId.split("-")[0]}`;
  const places = new Set(
    history.flatMap((asked) => {
      const { step, sale, swipeId, answer } = asked;
      const isBlind = step === "refund" && sale.via === "nhsa" && !checked.has(swipeId);
      return isBlind && answer?.matched === 1 ? [at(asked)] : [];
    }),
  );
  return new Set(history.filter((asked) => places.has(at(asked))).map(({ swipeId }) => swipeId));
}
