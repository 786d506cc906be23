import type { Desk } from "../checkout/desk.ts";
import type { DecidedRecord, Recorder } from "../checkout/recorder.ts";
import type { DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import { messageId } from "../swipe/nhsa/envelope.ts";
import type { NhsaReply, NhsaRoute } from "../swipe/nhsa/route.ts";
import { type Outcome, PROBLEMS, type Problem } from "../swipe/problem.ts";
import type { Level, Mode } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import { AnsweredChecks } from "./answered-checks.ts";
import {
  assertWhose,
  idIn,
  type ParsedLine,
  parseReplayLine,
  ReplayLineError,
} from "./replay-line.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/**
 * What the guard said of one check (contract section 5); `problem` where it refused the request. Sums that do not agree
 * are both: the deny of DQ-01, and the problem it is answered with.
 */
export interface ReplayedCheck {
  readonly swipeId: string;
  readonly at: string;
  readonly decision?: Level;
  readonly mode?: Mode;
  readonly hits?: readonly ReplayedHit[];
  readonly problem?: string;
}

export interface ReplayedHit {
  readonly rule: string;
  readonly level: Level;
  readonly shadow: boolean;
}

/** What was said of each swipe: by its record, or by its answer where there is no more. */
export interface HitsOf {
  hitsOf(swipeId: string): readonly ReplayedHit[];
}

export interface Replayed {
  readonly line: ParsedLine;
  /** For checks. */
  readonly check?: ReplayedCheck;
  /** For what follows a check: the problem's code, where there was one. */
  readonly problem?: string;
  /** Why the body was refused as wrong (400): one sentence, nothing of its content. */
  readonly refused?: string;
  /** The line hangs on an answer that was another: it was not played. */
  readonly skipped?: true;
}

/** Feeds lines to the desk on a virtual clock: lapses, windows and calendar days all follow `at`. */
export class Replay {
  private readonly desk: Desk;
  private readonly clock: VirtualClock;
  private readonly decisions: HitsOf;
  private readonly answered = new AnsweredChecks();
  private lines = 0;
  private latest: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(desk: Desk, clock: VirtualClock, decisions: HitsOf) {
    this.desk = desk;
    this.clock = clock;
    this.decisions = decisions;
  }

  /** @throws ReplayLineError for a line that cannot be played; the next one may be */
  async feed(text: string): Promise<Replayed | undefined> {
    this.lines += 1;
    if (text.trim() === "") return undefined;
    const written = parseReplayLine(text, this.lines);
    if (written.at < this.latest)
      throw new ReplayLineError(this.lines, "is earlier than a line before it");
    this.latest = written.at;
    const line = this.answered.resolve(written);
    if (line === undefined) return { line: written, skipped: true };
    assertWhose(line, this.lines);
    this.clock.set(line.at);
    const replayed = await this.take(line);
    await this.desk.idle();
    return replayed;
  }

  private async take(line: ParsedLine): Promise<Replayed> {
    const { op, swipeId, body } = line;
    switch (op) {
      case "check":
        return this.checked(line, swipeId, await this.desk.check(body, {}));
      case "settlement":
        return after(line, await this.desk.settle(swipeId, body, {}));
      case "reversal":
        return after(line, await this.desk.reverse(swipeId, body, {}));
      case "acknowledgement":
        return after(line, await this.desk.acknowledge(swipeId, body, {}));
      default:
        return this.nhsa(line, op.slice("nhsa/".length) as NhsaRoute);
    }
  }

  private async nhsa(line: ParsedLine, route: NhsaRoute): Promise<Replayed> {
    const reply = await this.desk.nhsa(route, line.body, {});
    if (route !== "2101" && route !== "2102") {
      return { line, ...(reply.problem ? told(reply.problem) : {}) };
    }
    return this.checked(line, messageId(line.body), nhsaOutcome(reply));
  }

  private checked(
    line: ParsedLine,
    swipeId: string,
    outcome: Outcome<Pick<DecisionAnswer, "decision" | "mode">>,
  ): Replayed {
    const at = instantText(line.at);
    const id = swipeId || (idIn(line.body, "swipeId") ?? "");
    if ("problem" in outcome) {
      const { problem, ...refused } = told(outcome.problem);
      return { line, check: { swipeId: id, at, ...ruleOf(problem), problem }, ...refused };
    }
    const { decision, mode } = outcome.value;
    this.answered.note(id, decision, line.body);
    const hits = this.decisions
      .hitsOf(id)
      .map(({ rule, level, shadow }) => ({ rule, level, shadow }));
    return { line, check: { swipeId: id, at, decision, ...(mode ? { mode } : {}), hits } };
  }
}

function after(line: ParsedLine, outcome: Outcome<unknown>): Replayed {
  return { line, ...("problem" in outcome ? told(outcome.problem) : {}) };
}

/** DQ-01 is refused at the door, before any rule is asked; whoever reads decisions by rule finds it here all the same. */
function ruleOf(problem: string): Pick<ReplayedCheck, "decision" | "mode" | "hits"> {
  if (problem !== "total_mismatch") return {};
  return {
    decision: "deny",
    mode: "full",
    hits: [{ rule: "DQ-01", level: "deny", shadow: false }],
  };
}

/** A wrong body is a fault of the file; any other problem is what a guard would have answered. */
function told({
  code,
  paths: [first] = [],
}: Problem): Pick<Replayed, "refused"> & { problem: string } {
  if (code !== "bad_request") return { problem: code };
  const why = first ? `${first.path} ${first.reason}` : PROBLEMS[code].title;
  return { problem: code, refused: `the body was refused: ${why}` };
}

function nhsaOutcome({
  problem,
  envelope,
}: NhsaReply): Outcome<Pick<DecisionAnswer, "decision" | "mode">> {
  if (problem) return { problem };
  const { decision, mode } = envelope.output;
  return { value: { decision: decision ?? "allow", mode } };
}

/** Decisions kept for repeats later in the file; the oldest go. */
const MEMO_MAX = 50_000;

type Hits = DecidedRecord["decided"]["hits"];

/** Remembers what the record says of each swipe: it has the shadow hits, which no answer carries. */
export class DecisionMemo {
  private readonly hits = new Map<string, Hits>();

  note({ swipe, decided }: DecidedRecord): void {
    if (this.hits.size >= MEMO_MAX) {
      for (const oldest of this.hits.keys()) {
        this.hits.delete(oldest);
        break;
      }
    }
    this.hits.set(swipe.swipeId, decided.hits);
  }

  hitsOf(swipeId: string): Hits {
    return this.hits.get(swipeId) ?? [];
  }
}

/** A recorder that keeps no journal: replay's record is its output. */
export function memoRecorder(memo: DecisionMemo): Recorder {
  const nothing = async () => undefined;
  return {
    decided: async (record) => memo.note(record),
    settled: nothing,
    reversed: nothing,
    acknowledged: nothing,
    waiting: nothing,
    entered: nothing,
    applied: nothing,
    clue: nothing,
    indicator: nothing,
  };
}
