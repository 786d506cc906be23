import { isRefusal, type Level } from "../swipe/vocabulary.ts";
import type { EpochMs, Fen } from "../units.ts";
import type { LabelledEpisode } from "./labels.ts";
import type { PresentedCheck } from "./presented-check.ts";
import type { ReplayedCheck } from "./replay.ts";

/** What became of one episode. */
export interface EpisodeOutcome {
  readonly episode: LabelledEpisode;
  /** A hold or deny (impersonation: a stepUp too) before half of its money had settled. */
  readonly caught: boolean;
  /** Rules whose enforced hits stopped it then. */
  readonly by: readonly string[];
  /** Rules that spoke, though too softly or too late. */
  readonly heard: readonly string[];
  /** Sales asked for, that one included. */
  readonly swipesUntilCaught: number;
  readonly swipes: number;
  readonly moneyUntilCaught: Fen;
  readonly money: Fen;
}

/** NHSA sales of which nothing is heard are taken as sold then (contract section 3). */
const PRESUMED_AFTER = 15 * 60_000;

interface Settled {
  at: EpochMs;
  readonly fen: Fen;
}

/** One episode while it is played. */
interface Course {
  readonly episode: LabelledEpisode;
  /** Sales by the id of their first step. */
  readonly sales: Map<string, Fen>;
  /** Each step to the first one of its sale. */
  readonly first: Map<string, string>;
  readonly settled: Map<string, Settled>;
  readonly heard: Set<string>;
  caught:
    | { readonly at: EpochMs; readonly sales: number; readonly by: readonly string[] }
    | undefined;
}

/** Follows labelled swipes: what was asked, what settled, and when somebody said no. */
export class FraudTally {
  private readonly courses = new Map<LabelledEpisode, Course>();

  constructor(episodes: readonly LabelledEpisode[]) {
    for (const episode of episodes) {
      this.courses.set(episode, {
        episode,
        sales: new Map(),
        first: new Map(),
        settled: new Map(),
        heard: new Set(),
        caught: undefined,
      });
    }
  }

  checked(
    episode: LabelledEpisode,
    check: PresentedCheck,
    answer: ReplayedCheck,
    at: EpochMs,
  ): void {
    const course = this.courses.get(episode);
    if (course === undefined) return;
    if (check.isSettle) askedFor(course, check);
    const enforced = (answer.hits ?? []).filter(
      ({ shadow, level }) => !shadow && level !== "allow",
    );
    for (const { rule } of enforced) course.heard.add(rule);
    const { decision } = answer;
    if (decision === undefined) return;
    if (catches(decision, episode)) {
      const by = enforced.filter(({ level }) => catches(level, episode)).map(({ rule }) => rule);
      course.caught ??= { at, sales: Math.max(1, course.sales.size), by: [...new Set(by)] };
    }
    if (check.isPresumable && !isRefusal(decision))
      this.settledAt(course, check.swipeId, at + PRESUMED_AFTER);
  }

  settled(episode: LabelledEpisode, swipeId: string, at: EpochMs): void {
    const course = this.courses.get(episode);
    if (course !== undefined) this.settledAt(course, swipeId, at);
  }

  /** Only what had not settled by then is taken off: money that came back had been paid. */
  reversed(episode: LabelledEpisode, swipeId: string, at: EpochMs): void {
    const course = this.courses.get(episode);
    const sale = course?.first.get(swipeId) ?? swipeId;
    if ((course?.settled.get(sale)?.at ?? 0) > at) course?.settled.delete(sale);
  }

  private settledAt(course: Course, swipeId: string, at: EpochMs): void {
    const sale = course.first.get(swipeId) ?? swipeId;
    const fen = course.sales.get(sale) ?? 0;
    const known = course.settled.get(sale);
    if (known === undefined) course.settled.set(sale, { at, fen });
    else known.at = Math.min(known.at, at);
  }

  outcomes(): readonly EpisodeOutcome[] {
    return [...this.courses.values()].map(outcomeOf);
  }
}

function askedFor(course: Course, { swipeId, supersedes, total }: PresentedCheck): void {
  if (course.first.has(swipeId)) return;
  const earlier = supersedes === undefined ? undefined : course.first.get(supersedes);
  course.first.set(swipeId, earlier ?? swipeId);
  if (earlier === undefined) course.sales.set(swipeId, total);
}

function catches(level: Level, { impersonation }: LabelledEpisode): boolean {
  return level === "hold" || level === "deny" || (impersonation && level === "stepUp");
}

function outcomeOf({ episode, sales, settled, caught, heard }: Course): EpisodeOutcome {
  const asked = [...sales.values()].reduce((sum, fen) => sum + fen, 0);
  const money = episode.money ?? asked;
  const until = caught?.at ?? Number.POSITIVE_INFINITY;
  let lost = 0;
  for (const { at, fen } of settled.values()) if (at < until) lost += fen;
  const isCaught = caught !== undefined && (lost === 0 || lost * 2 < money);
  return {
    episode,
    caught: isCaught,
    by: isCaught ? caught.by : [],
    heard: [...heard],
    swipesUntilCaught: isCaught ? caught.sales : sales.size,
    swipes: sales.size,
    moneyUntilCaught: lost,
    money,
  };
}
