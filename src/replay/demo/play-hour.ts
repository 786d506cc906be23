import type { EpochMs, Timers } from "../../units.ts";
import { HOUR } from "../../units.ts";
import { presentedCheck } from "../presented-check.ts";
import { Replay, type Replayed } from "../replay.ts";
import { parseReplayLine } from "../replay-line.ts";
import type { DemoClock } from "./demo-clock.ts";
import type { LabelledHour } from "./gangs-hour.ts";
import { HourTally } from "./hour-tally.ts";
import { createHttpDesk, type Exchange } from "./http-desk.ts";
import { clockText, type Screen } from "./screen.ts";

export interface HourParts {
  readonly address: string;
  readonly hour: LabelledHour;
  readonly clock: DemoClock;
  readonly pace: { now(): number };
  readonly timers: Timers;
  readonly screen: Screen;
  /** Seconds the hour takes; 0 as fast as it goes. */
  readonly seconds: number;
  /** What a rule is called. */
  readonly nameOf: (rule: string) => string;
  readonly stop: AbortSignal;
}

/** Sends the hour's messages through the doors, in order, and shows what was stopped and what the gang got through. */
export async function playHour(parts: HourParts): Promise<HourTally> {
  const { hour, screen, stop } = parts;
  const tally = new HourTally(hour.labels);
  let exchange: Exchange | undefined;
  const desk = createHttpDesk({
    ...{ address: parts.address, pace: parts.pace, timers: parts.timers },
    heard: (heard) => {
      exchange = heard;
    },
  });
  const said = {
    hitsOf: () => (exchange?.hits ?? []).map((hit) => ({ ...hit, shadow: false })),
  };
  const replay = new Replay(desk, parts.clock, said);
  let last: EpochMs = hour.from;
  for (const [index, text] of hour.lines.entries()) {
    if (stop.aborted) break;
    const { at } = parseReplayLine(text, index + 1);
    await wait(parts, at - last);
    last = at;
    exchange = undefined;
    const replayed = await replay.feed(text);
    if (replayed === undefined || replayed.skipped) continue;
    tally.note(replayed, exchange);
    show(parts, tally, replayed, exchange);
    screen.status(statusText(tally, at));
  }
  return tally;
}

function wait({ seconds, timers, stop }: HourParts, span: number): Promise<void> {
  const delay = (span * seconds * 1_000) / HOUR;
  if (delay < 1) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = timers.after(delay, done);
    function done(): void {
      cancel();
      stop.removeEventListener("abort", done);
      resolve();
    }
    stop.addEventListener("abort", done);
  });
}

function statusText(tally: HourTally, at: EpochMs): string {
  return `${clockText(at)}  ${tally.passed} passed, ${tally.stopped} stopped`;
}

/** Honest sales that pass are many and alike: they are only counted. */
function show(
  { screen, nameOf }: HourParts,
  tally: HourTally,
  { line, check }: Replayed,
  exchange: Exchange | undefined,
): void {
  const presented = presentedCheck(line);
  const decision = check?.decision;
  // A trial is not shown: the sale itself follows, and is told the same.
  if (presented?.isSettle !== true || decision === undefined) return;
  const isGang = tally.isGang(presented.swipeId);
  const isStopped = decision !== "allow" && decision !== "warn";
  if (!isGang && !isStopped) return;
  const rules = new Set(
    (exchange?.hits ?? [])
      .filter(({ level }) => !isStopped || level !== "warn")
      .map(({ rule }) => rule),
  );
  screen.check({
    at: line.at,
    pharmacy: presented.pharmacy,
    door: line.op === "check" ? "native" : "nhsa",
    decision,
    yuan: presented.total / 100,
    took: exchange?.took ?? 0,
    why: [...rules].map((rule) => `${rule} ${nameOf(rule)}`.trim()),
    isGang,
  });
}
