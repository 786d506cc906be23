import { RESERVATION } from "../../counters/limits.ts";
import { BATCH_DAYS_BACK, BATCH_MINUTES_AHEAD, type BatchLine } from "../../swipe/batch.ts";
import { instantText, parseInstant } from "../../swipe/calendar.ts";
import { badRequest } from "../../swipe/faults.ts";
import { isProblem, type Outcome, type Problem } from "../../swipe/problem.ts";
import {
  type Clock,
  DAY,
  type DurationMs,
  type EpochMs,
  MINUTE,
  type Observer,
  SECOND,
  type Timers,
} from "../../units.ts";
import { TOO_LATE, within } from "../deadline.ts";
import type { Arrival } from "../desk.ts";
import { idOfLine, linesOf, type RawLine, readLine } from "./batch-lines.ts";
import { type LineDesk, type Played, playLine } from "./play-line.ts";
import { StoreAwayError } from "./waited-for.ts";

/** Uploads under way at once, read or played; who comes beyond it is asked to come again. */
export const BATCHES_AT_ONCE = 4;
/** The longest a line may take before the rest of its upload is called off; a live check has 50 ms. */
const LINE_PATIENCE: DurationMs = 2 * SECOND;

export interface BatchParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  /** False while nothing can be counted: see Keyring. */
  agreed(): boolean;
  /** The swipe was answered live without the store, and is still to be entered. */
  waits(scope: string, swipeId: string): boolean;
  /** A desk of its own on the clock of the upload. */
  openDesk(clock: Clock): LineDesk;
}

/** What one line came to, beside its number and whose it was. */
export interface PlayedLine extends Played {
  readonly line: number;
  readonly op?: BatchLine["op"];
  readonly swipeId?: string;
  readonly at?: string;
}

export interface Batches {
  /** Undefined: as many are under way as may be. Otherwise the way to say that this one is over. */
  enter(): (() => void) | undefined;
  /**
   * Plays an upload line by line as it is read from. Whatever is wrong with a line is said of that line; what stands
   * in the way of all (`stops`, the store, the journal) is said of each line that was not played.
   */
  play(
    body: string,
    arrival: Arrival,
    stops: () => Problem | undefined,
  ): Outcome<AsyncIterable<PlayedLine>>;
}

/**
 * Uploads of tills that were offline: played in their own time through the same code as live checks, one line of all
 * of them at a time, and after each a pause as long as the line took: at most half of the process is theirs.
 */
export function createBatches(parts: BatchParts): Batches {
  const turn = createTurns(parts);
  let underWay = 0;
  return {
    enter: () => {
      if (underWay >= BATCHES_AT_ONCE) return undefined;
      underWay += 1;
      let isOver = false;
      return () => {
        if (!isOver) underWay -= 1;
        isOver = true;
      };
    },
    play: (body, arrival, stops) => {
      const lines = linesOf(body);
      if (isProblem(lines)) return lines;
      return { value: new Upload(parts, arrival, turn).play(lines.value, stops) };
    },
  };
}

type Turn = <T>(work: () => Promise<T>) => Promise<T>;

function createTurns({ clock, timers }: BatchParts): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(async () => {
      const from = clock.now();
      const done = await work();
      await new Promise<void>((resolve) => timers.after(Math.max(1, clock.now() - from), resolve));
      return done;
    });
    last = mine.catch(() => undefined);
    return mine;
  };
}

const STORE_AWAY: Problem = {
  code: "store_unavailable",
  detail: "This line and those after it were not played: send the upload again as it is.",
};
/** Lines of other swipes go on. */
const STILL_WAITS: Problem = {
  code: "store_unavailable",
  detail: "The swipe was answered before and is still to be entered: send this line again later.",
};
/** After these nothing of an upload is played any more, so that its lines stay in order. */
const ENDS: readonly Problem["code"][] = ["store_unavailable", "journal_unavailable"];

/** One upload on its own clock. */
class Upload {
  private readonly parts: BatchParts;
  private readonly arrival: Arrival;
  private readonly turn: Turn;
  private readonly desk: LineDesk;
  /** Where the clock of the upload stands. */
  private at: EpochMs = Number.NEGATIVE_INFINITY;
  /** The latest line's time so far, as it says. */
  private latest: EpochMs = Number.NEGATIVE_INFINITY;
  private ended: Problem | undefined;

  constructor(parts: BatchParts, arrival: Arrival, turn: Turn) {
    this.parts = parts;
    this.arrival = arrival;
    this.turn = turn;
    this.desk = parts.openDesk({ now: () => this.at });
  }

  async *play(
    lines: readonly RawLine[],
    stops: () => Problem | undefined,
  ): AsyncGenerator<PlayedLine> {
    try {
      for (const raw of lines) {
        this.ended ??= stops();
        yield await this.turn(() => this.line(raw));
      }
      // What was presumed sold within the upload is due by now.
      if (this.ended === undefined && Number.isFinite(this.at))
        await this.turn(() => this.pass(this.at + RESERVATION + 1));
    } finally {
      await within(this.parts.timers, LINE_PATIENCE, this.desk.close(), () => undefined);
    }
  }

  private async line(raw: RawLine): Promise<PlayedLine> {
    const read = readLine(raw);
    if (isProblem(read)) return this.told(raw, undefined, { problem: read.problem });
    const said = parseInstant(read.value.at) ?? 0;
    const played = this.ended
      ? { problem: this.ended }
      : (this.untimely(said) ?? (await this.played(read.value, said)));
    return this.told(raw, read.value, played);
  }

  private told(raw: RawLine, line: BatchLine | undefined, played: Played): PlayedLine {
    const outcome = played.problem === undefined ? "played" : played.problem.code;
    this.parts.observer.notice({ kind: "batch.line", labels: { outcome } });
    if (line === undefined) return { line: raw.number, ...played };
    const swipeId = idOfLine(line);
    const at = instantText(parseInstant(line.at) ?? 0);
    const whose = swipeId === undefined ? {} : { swipeId };
    return { line: raw.number, op: line.op, ...whose, at, ...played };
  }

  private untimely(said: EpochMs): Played | undefined {
    const now = this.parts.clock.now();
    if (said > now + BATCH_MINUTES_AHEAD * MINUTE) return wrongTime("must not be in the future");
    if (said <= now - BATCH_DAYS_BACK * DAY)
      return wrongTime(`must be within the last ${BATCH_DAYS_BACK} days`);
    if (said < this.latest) return wrongTime("must not be before that of a line above");
    return undefined;
  }

  private async played(line: BatchLine, said: EpochMs): Promise<Played> {
    this.latest = said;
    this.at = Math.max(this.at, Math.min(said, Math.floor(this.parts.clock.now())));
    const played = await this.tried(line);
    const { problem } = played;
    if (problem && problem !== STILL_WAITS && ENDS.includes(problem.code)) this.ended = problem;
    return played;
  }

  private async tried(line: BatchLine): Promise<Played> {
    if (!this.parts.agreed()) return { problem: STORE_AWAY };
    const swipeId = idOfLine(line);
    const scope = this.arrival.callerPharmacy ?? "";
    if (swipeId !== undefined && this.parts.waits(scope, swipeId)) return { problem: STILL_WAITS };
    const work = async () => {
      const played = await playLine(this.desk, line, this.arrival);
      await this.desk.desk.idle();
      return played;
    };
    try {
      const played = await within(this.parts.timers, LINE_PATIENCE, work(), () => undefined);
      return played === TOO_LATE ? { problem: STORE_AWAY } : played;
    } catch (error) {
      if (error instanceof StoreAwayError) return { problem: STORE_AWAY };
      // One line that nobody foresaw must not keep the others from being played.
      this.parts.observer.notice({ kind: "server.failed", labels: { room: "checkout" } });
      return { problem: { code: "internal" } };
    }
  }

  private async pass(due: EpochMs): Promise<void> {
    this.at = Math.min(due, Math.floor(this.parts.clock.now()));
    await within(this.parts.timers, LINE_PATIENCE, this.desk.desk.idle(), () => undefined);
  }
}

function wrongTime(reason: string): Played {
  return badRequest([{ path: "at", reason }]);
}
