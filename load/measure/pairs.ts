import { median } from "./median.ts";

/** A run that lost more than this share of the machine's time to its neighbours says little. */
export const STOLEN_MAX = 0.05;

export interface TurnsPlan {
  /** What all others are compared with. */
  readonly anchor: string;
  readonly others: readonly string[];
  readonly rounds: number;
  /** Pairs repeated in all, at most; a machine that always loses time must not keep the bench for ever. */
  readonly repeatsMax: number;
}

/** Two runs, one soon after the other. */
export interface Pair<T> {
  readonly anchor: T;
  readonly other: T;
}

export interface Turns<T> {
  /** In the order in which they ran, repeated ones too. */
  readonly runs: readonly T[];
  /** By the other's name. */
  readonly pairs: ReadonlyMap<string, readonly Pair<T>[]>;
  readonly repeated: number;
}

interface Run {
  readonly stolen: number;
}

/** Runs anchor and others in turn, round after round, and repeats the pairs in which a run lost too much time. */
export async function inTurn<T extends Run>(
  plan: TurnsPlan,
  run: (name: string) => Promise<T>,
): Promise<Turns<T>> {
  const runs: T[] = [];
  const pairs = new Map<string, Pair<T>[]>(plan.others.map((name) => [name, []]));
  let repeated = 0;
  const runOne = async (name: string) => {
    const result = await run(name);
    runs.push(result);
    return result;
  };
  /** Gives those whose pair lost too much. */
  const runAll = async (names: readonly string[]) => {
    const anchor = await runOne(plan.anchor);
    const spoilt: string[] = [];
    for (const name of names) {
      const pair = { anchor, other: await runOne(name) };
      pairs.get(name)?.push(pair);
      if (isSpoilt(pair)) spoilt.push(name);
    }
    return spoilt;
  };
  for (let round = 0; round < plan.rounds; round++) {
    let spoilt = await runAll(plan.others);
    while (spoilt.length > 0 && repeated < plan.repeatsMax) {
      const again = spoilt.slice(0, plan.repeatsMax - repeated);
      repeated += again.length;
      spoilt = await runAll(again);
    }
  }
  return { runs, pairs, repeated };
}

/** Of two that never met: each time both took their turn with the same run of the anchor. */
export function pairsBetween<T>(
  turns: Pick<Turns<T>, "pairs">,
  one: string,
  other: string,
): readonly Pair<T>[] {
  const others = new Map((turns.pairs.get(other) ?? []).map((pair) => [pair.anchor, pair.other]));
  return (turns.pairs.get(one) ?? []).flatMap((pair) => {
    const met = others.get(pair.anchor);
    return met === undefined ? [] : [{ anchor: pair.other, other: met }];
  });
}

export function isSpoilt({ anchor, other }: Pair<Run>): boolean {
  return anchor.stolen > STOLEN_MAX || other.stolen > STOLEN_MAX;
}

/** Those that lost little time; where there are none, all. */
export function unspoilt<T extends Run>(runs: readonly T[]): readonly T[] {
  const good = runs.filter(({ stolen }) => stolen <= STOLEN_MAX);
  return good.length > 0 ? good : runs;
}

/** Median over the pairs of anchor to other; pairs that lost too much time count only where there is no other. */
export function medianRatio<T extends Run>(
  pairs: readonly Pair<T>[],
  of: (run: T) => number,
): number | undefined {
  const good = pairs.filter((pair) => !isSpoilt(pair));
  const ratios = (good.length > 0 ? good : pairs)
    .map(({ anchor, other }) => of(anchor) / of(other))
    .filter(Number.isFinite);
  return median(ratios);
}
