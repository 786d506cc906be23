import { type Clock, SECOND, type Timers } from "../../units.ts";
import type { KindRow } from "../report-rows.ts";
import { createDemoClock, type DemoClock } from "./demo-clock.ts";
import type { LabelledHour } from "./gangs-hour.ts";
import type { HourTally } from "./hour-tally.ts";
import { playHour } from "./play-hour.ts";
import { clockText, Screen, type Terminal } from "./screen.ts";

/** A guard that was started for the demo. */
export interface DemoGuard {
  /** For instance `http://127.0.0.1:41234`. */
  readonly address: string;
  /** What a rule is called, in English and Chinese. */
  nameOf(rule: string): string;
  close(): Promise<void>;
}

export interface DemoParts {
  readonly hour: LabelledHour;
  /** What the gang does, in a sentence. */
  readonly story: string;
  readonly start: (clock: DemoClock) => Promise<DemoGuard>;
  readonly terminal: Terminal;
  /** Seconds the hour takes; 0 as fast as it goes. */
  readonly seconds: number;
  /** Goes on answering until somebody stops it. */
  readonly stays: boolean;
  readonly stop: AbortSignal;
  readonly wall: Clock;
  readonly pace: Clock;
  readonly timers: Timers;
}

/** One labelled hour of a city through the doors of a guard of its own; the guard is closed at the end. */
export async function runDemo(parts: DemoParts): Promise<void> {
  const { hour, start, stop } = parts;
  const screen = new Screen(parts.terminal);
  const clock = createDemoClock(hour.from - SECOND, parts.pace);
  const guard = await start(clock);
  try {
    introduce(screen, parts, guard);
    const tally = await playHour({
      ...{ hour, clock, screen, stop },
      ...{ address: guard.address, nameOf: guard.nameOf },
      ...{ pace: parts.pace, timers: parts.timers, seconds: parts.seconds },
    });
    conclude(screen, tally);
    clock.set(parts.wall.now());
    if (!parts.stays || stop.aborted) return;
    screen.say();
    screen.say(`The guard still answers at ${screen.paint(guard.address, "bold")}`);
    screen.say(
      `  ${guard.address}/docs  what it takes      ${guard.address}/metrics  what it counted`,
    );
    screen.say(
      `  curl -s -H 'content-type: application/json' -d @schemas/examples/nhsa-2102.json ${guard.address}/nhsa/2102`,
    );
    screen.say("Ctrl-C ends it.");
    await aborted(stop);
  } finally {
    await guard.close();
  }
}

function introduce(screen: Screen, { hour, story }: DemoParts, { address }: DemoGuard): void {
  const { native, nhsa } = hour.doors;
  screen.say(screen.paint("One hour in a city, through the doors of a guard of its own", "bold"));
  screen.say(
    `  from ${clockText(hour.from)} to ${clockText(hour.to)}, ${native} native and ${nhsa} NHSA messages to ${address}`,
  );
  screen.say(`  among the customers one gang: ${story}`);
  screen.say(
    "  shown is what is stopped, and what the gang gets through; honest sales that pass are counted",
  );
  screen.say();
}

function conclude(screen: Screen, tally: HourTally): void {
  const { honest, kinds } = tally.rows();
  screen.say();
  screen.table([
    [
      "gang",
      "what",
      "sales",
      "stopped",
      "caught",
      "at sale",
      "yuan settled before",
      "of yuan",
      "by",
    ],
    ...kinds.map((row) => gangCells(row, tally)),
  ]);
  screen.say();
  screen.table([
    ["honest sales", "passed", "stopped", "asked to verify", "warned of"],
    [
      String(honest.sales),
      String(honest.sales - honest.stopped),
      String(honest.stopped),
      String(honest.steppedUp),
      String(honest.warned),
    ],
  ]);
  const { answers, p50, p99 } = tally.speed();
  screen.say();
  screen.say(
    `  ${answers} answers through HTTP on this machine: half within ${p50.toFixed(1)} ms, 99 of 100 within ${p99.toFixed(1)} ms`,
  );
}

function gangCells(row: KindRow, tally: HourTally): readonly string[] {
  const { all, stopped } = tally.gangSales();
  const isCaught = row.caught > 0;
  return [
    row.kind,
    row.name,
    String(all),
    String(stopped),
    isCaught ? "yes" : "missed",
    isCaught ? String(row.swipesUntilCaught ?? "") : "–",
    Math.round(row.yuanLost).toString(),
    Math.round(row.yuan).toString(),
    row.by.map(({ rule }) => rule).join(", ") || "–",
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
