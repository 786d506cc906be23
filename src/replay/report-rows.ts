import type { Fen } from "../units.ts";
import type { EpisodeOutcome } from "./fraud-tally.ts";
import type { HonestCount, RuleOnHonest } from "./honest-tally.ts";
import type { LabelledReport } from "./labelled-report.ts";

/** Episodes of one kind, as a row of the report. */
export interface KindRow {
  readonly kind: string;
  readonly name: string;
  readonly episodes: number;
  readonly caught: number;
  readonly missed: number;
  /** Honest sales stopped by the rules that caught this kind. */
  readonly honestStopped: number;
  /** Medians over the episodes caught. */
  readonly swipesUntilCaught: number | undefined;
  readonly yuanUntilCaught: number | undefined;
  readonly swipes: number;
  readonly yuan: number;
  /** Yuan settled before the catch, or at all where nothing caught it. */
  readonly yuanLost: number;
  /** Rules that caught, the most frequent first. */
  readonly by: readonly { readonly rule: string; readonly episodes: number }[];
}

export interface RuleRow extends RuleOnHonest {
  readonly rule: string;
  /** Episodes that it caught, alone or with others. */
  readonly caught: number;
  /** Missed episodes in which it spoke: a warn, or too late. */
  readonly missed: number;
  readonly swipesUntilCaught: number | undefined;
  readonly yuanUntilCaught: number | undefined;
}

export interface CaughtCount {
  readonly episodes: number;
  readonly caught: number;
}

export interface BehaviourRow extends CaughtCount {
  readonly id: string;
}

/** From here on the city's gangs keep just under what they believe the limits to be. */
const CAREFUL = 0.6;

export interface ReportRows {
  readonly honest: Omit<HonestCount, "rules" | "stoppedIds"> & {
    readonly stoppedShare: number;
    readonly steppedUpShare: number;
    readonly warnedShare: number;
  };
  readonly fraud: {
    readonly episodes: number;
    readonly caught: number;
    readonly caughtShare: number;
    readonly swipes: number;
    readonly yuan: number;
    readonly yuanLost: number;
  };
  readonly kinds: readonly KindRow[];
  readonly behaviours: readonly BehaviourRow[];
  /** Of those whose label says how careful they were. */
  readonly careful: CaughtCount;
  readonly clumsy: CaughtCount;
  readonly rules: readonly RuleRow[];
  readonly missed: readonly string[];
  readonly stopped: readonly string[];
}

export function reportRows({ honest, episodes }: LabelledReport): ReportRows {
  const { rules, stoppedIds, ...counts } = honest;
  const caught = episodes.filter((outcome) => outcome.caught);
  return {
    honest: {
      ...counts,
      stoppedShare: share(counts.stopped, counts.sales),
      steppedUpShare: share(counts.steppedUp, counts.checks),
      warnedShare: share(counts.warned, counts.checks),
    },
    fraud: {
      episodes: episodes.length,
      caught: caught.length,
      caughtShare: share(caught.length, episodes.length),
      swipes: sum(episodes, ({ swipes }) => swipes),
      yuan: yuan(sum(episodes, ({ money }) => money)),
      yuanLost: yuan(sum(episodes, ({ moneyUntilCaught }) => moneyUntilCaught)),
    },
    kinds: groups(episodes, ({ episode }) => [`${episode.kind} ${episode.name}`]).map(([, rows]) =>
      kindRow(rows, rules),
    ),
    behaviours: groups(episodes, ({ episode }) => episode.kinds).map(([id, rows]) => ({
      id,
      ...caughtOf(rows),
    })),
    careful: caughtOf(episodes.filter(({ episode: { cunning = -1 } }) => cunning >= CAREFUL)),
    clumsy: caughtOf(episodes.filter(({ episode: { cunning = 1 } }) => cunning < CAREFUL)),
    rules: ruleRows(episodes, rules),
    missed: episodes.filter((outcome) => !outcome.caught).map(({ episode }) => episode.id),
    stopped: stoppedIds,
  };
}

function caughtOf(rows: readonly EpisodeOutcome[]): CaughtCount {
  return { episodes: rows.length, caught: rows.filter(({ caught }) => caught).length };
}

function kindRow(rows: readonly EpisodeOutcome[], rules: HonestCount["rules"]): KindRow {
  const caught = rows.filter((row) => row.caught);
  const by = groups(caught, (row) => row.by)
    .map(([rule, some]) => ({ rule, episodes: some.length }))
    .sort((a, b) => b.episodes - a.episodes);
  return {
    kind: rows[0]?.episode.kind ?? "",
    name: rows[0]?.episode.name ?? "",
    episodes: rows.length,
    caught: caught.length,
    missed: rows.length - caught.length,
    honestStopped: sum(by, ({ rule }) => rules[rule]?.stopped ?? 0),
    ...medians(caught),
    swipes: sum(rows, ({ swipes }) => swipes),
    yuan: yuan(sum(rows, ({ money }) => money)),
    yuanLost: yuan(sum(rows, ({ moneyUntilCaught }) => moneyUntilCaught)),
    by,
  };
}

const SILENT: RuleOnHonest = { warned: 0, steppedUp: 0, held: 0, denied: 0, stopped: 0 };

function ruleRows(episodes: readonly EpisodeOutcome[], honest: HonestCount["rules"]): RuleRow[] {
  const caughtBy = new Map(
    groups(
      episodes.filter(({ caught }) => caught),
      ({ by }) => by,
    ),
  );
  const heardIn = new Map(
    groups(
      episodes.filter(({ caught }) => !caught),
      ({ heard }) => heard,
    ),
  );
  const ids = new Set([...caughtBy.keys(), ...heardIn.keys(), ...Object.keys(honest)]);
  return [...ids].sort().map((rule) => {
    const caught = caughtBy.get(rule) ?? [];
    return {
      rule,
      caught: caught.length,
      missed: heardIn.get(rule)?.length ?? 0,
      ...medians(caught),
      ...(honest[rule] ?? SILENT),
    };
  });
}

function medians(caught: readonly EpisodeOutcome[]) {
  return {
    swipesUntilCaught: median(caught.map(({ swipesUntilCaught }) => swipesUntilCaught)),
    yuanUntilCaught: yuanOf(median(caught.map(({ moneyUntilCaught }) => moneyUntilCaught))),
  };
}

function groups<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = found.get(key);
      if (group === undefined) found.set(key, [item]);
      else group.push(item);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The lower one of two middles: a number that occurred. */
function median(numbers: readonly number[]): number | undefined {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function yuan(fen: Fen): number {
  return fen / 100;
}

function yuanOf(fen: Fen | undefined): number | undefined {
  return fen === undefined ? undefined : yuan(fen);
}
