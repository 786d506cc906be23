import type { Desk } from "../checkout/desk.ts";
import type { DecidedRecord, Recorder } from "../checkout/recorder.ts";
import type { DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import { messageId } from "../swipe/nhsa/envelope.ts";
import type { NhsaReply, NhsaRoute } from "../swipe/nhsa/route.ts";
import type { Outcome } from "../swipe/problem.ts";
import type { Level, Mode } from "../swipe/vocabulary.ts";
import { type ParsedLine, parseReplayLine } from "./replay-line.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What the guard said of one check (contract section 5); `problem` where it refused the request. */
export interface ReplayedCheck {
  readonly swipeId: string;
  readonly at: string;
  readonly decision?: Level;
  readonly mode?: Mode;
  readonly hits?: readonly {
    readonly rule: string;
    readonly level: Level;
    readonly shadow: boolean;
  }[];
  readonly problem?: string;
}

export interface Replayed {
  readonly line: ParsedLine;
  /** For checks. */
  readonly check?: ReplayedCheck;
  /** For what follows a check: the problem's code, where there was one. */
  readonly problem?: string;
}

/** Feeds lines to the desk on a virtual clock: lapses, windows and calendar days all follow `at`. */
export class Replay {
  private readonly desk: Desk;
  private readonly clock: VirtualClock;
  private readonly decisions: DecisionMemo;
  private lines = 0;

  constructor(desk: Desk, clock: VirtualClock, decisions: DecisionMemo) {
    this.desk = desk;
    this.clock = clock;
    this.decisions = decisions;
  }

  /** @throws ReplayLineError for a line that cannot be read */
  async feed(text: string): Promise<Replayed | undefined> {
    this.lines += 1;
    if (text.trim() === "") return undefined;
    const line = parseReplayLine(text, this.lines);
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
      return { line, ...(reply.problem ? { problem: reply.problem.code } : {}) };
    }
    return this.checked(line, messageId(line.body), nhsaOutcome(reply));
  }

  private checked(
    line: ParsedLine,
    swipeId: string,
    outcome: Outcome<Pick<DecisionAnswer, "decision" | "mode">>,
  ): Replayed {
    const at = instantText(line.at);
    const id = swipeId || idOf(line.body);
    if ("problem" in outcome)
      return { line, check: { swipeId: id, at, problem: outcome.problem.code } };
    const { decision, mode } = outcome.value;
    const hits = this.decisions
      .hitsOf(id)
      .map(({ rule, level, shadow }) => ({ rule, level, shadow }));
    return { line, check: { swipeId: id, at, decision, ...(mode ? { mode } : {}), hits } };
  }
}

function after(line: ParsedLine, outcome: Outcome<unknown>): Replayed {
  return { line, ...("problem" in outcome ? { problem: outcome.problem.code } : {}) };
}

function nhsaOutcome({
  problem,
  envelope,
}: NhsaReply): Outcome<Pick<DecisionAnswer, "decision" | "mode">> {
  if (problem) return { problem };
  const { decision, mode } = envelope.output;
  return { value: { decision: decision ?? "allow", mode } };
}

function idOf(body: unknown): string {
  const id = (body as { readonly swipeId?: unknown } | null)?.swipeId;
  return typeof id === "string" ? id : "";
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
  };
}
