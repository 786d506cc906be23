import type { EpisodeOutcome } from "./fraud-tally.ts";
import { FraudTally } from "./fraud-tally.ts";
import { type HonestCount, HonestTally } from "./honest-tally.ts";
import type { LabelledEpisode, Labels } from "./labels.ts";
import { presentedCheck } from "./presented-check.ts";
import type { Replayed } from "./replay.ts";

/** What a policy did to the labelled swipes and to everybody else's. */
export interface LabelledReport {
  readonly honest: HonestCount;
  readonly episodes: readonly EpisodeOutcome[];
}

/** Listens to a replay and compares it with what is known afterwards. */
export class LabelledTally {
  private readonly labels: Labels;
  private readonly fraud: FraudTally;
  private readonly honest = new HonestTally();

  constructor(labels: Labels) {
    this.labels = labels;
    this.fraud = new FraudTally(labels.episodes);
  }

  note({ line, check, problem, skipped }: Replayed): void {
    if (skipped) return;
    if (check !== undefined) this.checked(line, check);
    else if (problem === undefined) this.afterwards(line);
  }

  private checked(line: Replayed["line"], answer: NonNullable<Replayed["check"]>): void {
    const presented = presentedCheck(line);
    if (presented === undefined) return;
    const episode = this.labels.bySwipe.get(presented.swipeId);
    if (episode !== undefined) this.fraud.checked(episode, presented, answer, line.at);
    else if (presented.isSettle && !this.labels.persons.has(presented.person))
      this.honest.checked(presented, answer, line.at);
  }

  private afterwards({ op, swipeId, body, at }: Replayed["line"]): void {
    const told = toldOf(op, swipeId, body);
    const episode: LabelledEpisode | undefined = told && this.labels.bySwipe.get(told.swipeId);
    if (told === undefined || episode === undefined) return;
    if (told.settled) this.fraud.settled(episode, told.swipeId, at);
    else this.fraud.reversed(episode, told.swipeId, at);
  }

  finish(): LabelledReport {
    return { honest: this.honest.finish(), episodes: this.fraud.outcomes() };
  }
}

/** Which swipe a later message is about, and whether it settled or took back; undefined where it does not say. */
function toldOf(op: string, swipeId: string, body: unknown) {
  if (op === "settlement") return { swipeId, settled: true };
  if (op === "reversal") return { swipeId, settled: false };
  const message = (body ?? {}) as {
    readonly inf_refmsgid?: unknown;
    readonly infcode?: unknown;
    readonly input?: { readonly data?: { readonly omsgid?: unknown } };
  };
  if (op === "nhsa/2102/answer")
    return { swipeId: String(message.inf_refmsgid), settled: Number(message.infcode) === 0 };
  if (op === "nhsa/2601") return { swipeId: String(message.input?.data?.omsgid), settled: false };
  return undefined;
}
