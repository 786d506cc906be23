import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { LEVELS, type Level } from "../swipe/vocabulary.ts";
import type { Replay, Replayed, ReplayedCheck } from "./replay.ts";
import { ReplayLineError } from "./replay-line.ts";

/** What a replay came to. */
export interface ReplaySummary {
  readonly lines: number;
  readonly checks: number;
  readonly seconds: number;
  readonly decisions: Readonly<Record<Level, number>>;
  /** Hits by rule and level, shadow ones apart. */
  readonly rules: Readonly<Record<string, number>>;
  /** Lines that hung on an answer that was another. */
  readonly skipped: number;
  /** Lines refused: not played, or with a body that is wrong. */
  readonly refused: number;
  /** Problems answered, by code: wrong bodies, and what a sale's state did not allow. */
  readonly problems: Readonly<Record<string, number>>;
}

/** Who is told while it runs. */
export interface ReplayEars {
  progress(lines: number): void;
  /** A line was refused; nothing of its content is told. */
  refused(line: number, reason: string): void;
  replayed?(replayed: Replayed): void;
}

export interface ReplayFiles {
  readonly input: string;
  /** Where decisions go: a file, standard output, or nowhere. */
  readonly out: string | undefined;
  /** Decisions go nowhere: only what they come to is wanted. */
  readonly quiet?: boolean;
}

const PROGRESS_EVERY = 5_000;
/** A file of another making may be wrong in every line. */
const REFUSED_TOLD_MAX = 20;

/** What becomes of a line that is wrong, for `--help`. */
export const REPLAY_REFUSES = `
A line is refused when it is not JSON or not of the agreed form, when it is earlier than a line
before it, when its swipeId is not its body's, or when its body is wrong (400). It changes nothing
and the rest is played; the first ${REFUSED_TOLD_MAX} are named on standard error with file and line, and in the end
the exit status is 1. What a guard answers 404 or 409 is an outcome like any other, and counted;
so are sums that do not agree, written as the deny of DQ-01.
`;

/** Replays a file line by line; decisions go out as they are taken. A refused line is told, and the rest is played. */
export async function runReplay(
  replay: Replay,
  files: ReplayFiles,
  ears: ReplayEars,
): Promise<ReplaySummary> {
  const started = performance.now();
  const output = await openOutput(files);
  const tally = createTally();
  const lines = createInterface({ input: createReadStream(files.input), crlfDelay: Infinity });
  let number = 0;
  for await (const text of lines) {
    number += 1;
    const replayed = await playOrRefuse(replay, text);
    if (replayed === undefined) continue;
    tally.note(replayed);
    if (replayed.refused !== undefined && tally.refused() <= REFUSED_TOLD_MAX)
      ears.refused(number, replayed.refused);
    if (tally.lines() % PROGRESS_EVERY === 0) ears.progress(tally.lines());
    if (!("line" in replayed)) continue;
    ears.replayed?.(replayed);
    if (replayed.check) await output.write(replayed.check);
  }
  await output.close();
  return tally.summary((performance.now() - started) / 1_000);
}

/** A line that was not played has its reason alone. */
async function playOrRefuse(
  replay: Replay,
  text: string,
): Promise<Replayed | Unplayed | undefined> {
  try {
    return await replay.feed(text);
  } catch (error) {
    if (error instanceof ReplayLineError) return { refused: error.reason };
    throw error;
  }
}

interface Unplayed {
  readonly refused: string;
}

interface Output {
  write(check: ReplayedCheck): Promise<void>;
  close(): Promise<void>;
}

async function openOutput({ out, quiet }: ReplayFiles): Promise<Output> {
  if (out === undefined && quiet) return { write: async () => {}, close: async () => {} };
  const stream: Writable = out === undefined ? process.stdout : createWriteStream(out);
  // A file that cannot be opened is said before anything is replayed.
  if (out !== undefined) await once(stream, "open");
  return {
    async write(check) {
      if (!stream.write(`${JSON.stringify(check)}\n`)) await once(stream, "drain");
    },
    async close() {
      if (out === undefined) return;
      stream.end();
      await once(stream, "finish");
    },
  };
}

type Counts = Record<string, number>;

function createTally() {
  let lines = 0;
  let skippedLines = 0;
  let refusedLines = 0;
  let checks = 0;
  const decisions: Counts = Object.fromEntries(LEVELS.map((level) => [level, 0]));
  const rules: Counts = {};
  const problems: Counts = {};
  const count = (counts: Counts, name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const noteCheck = ({ decision, hits }: ReplayedCheck) => {
    checks += 1;
    if (decision) count(decisions, decision);
    for (const { rule, level, shadow } of hits ?? []) {
      count(rules, `${rule} ${level}${shadow ? " (shadow)" : ""}`);
    }
  };
  return {
    lines: () => lines,
    refused: () => refusedLines,
    note: (replayed: Replayed | Unplayed) => {
      lines += 1;
      if (replayed.refused !== undefined) refusedLines += 1;
      if (!("line" in replayed)) return;
      const { check, problem, skipped } = replayed;
      if (skipped) skippedLines += 1;
      if (check) noteCheck(check);
      const code = check?.problem ?? problem;
      if (code) count(problems, code);
    },
    summary: (seconds: number): ReplaySummary => ({
      lines,
      checks,
      seconds,
      decisions: decisions as Record<Level, number>,
      rules,
      skipped: skippedLines,
      refused: refusedLines,
      problems,
    }),
  };
}

export function summaryText(summary: ReplaySummary): string {
  const { lines, checks, seconds, decisions, rules, skipped, refused, problems } = summary;
  const rate = seconds > 0 ? Math.round(lines / seconds) : lines;
  const rows = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([a], [b]) => a.localeCompare(b, "en"))
      .map(([name, count]) => `  ${name.padEnd(24)} ${count}`);
  return [
    `${lines} lines, ${checks} checks in ${seconds.toFixed(1)} s (${rate} lines/s)`,
    ...rows(decisions),
    ...(skipped > 0 ? [`${skipped} lines not played: they follow another answer`] : []),
    ...(refused > 0 ? [`${refused} lines refused: not playable, or their body is wrong`] : []),
    ...(Object.keys(rules).length > 0 ? ["hits", ...rows(rules)] : []),
    ...(Object.keys(problems).length > 0 ? ["problems answered", ...rows(problems)] : []),
    "",
  ].join("\n");
}
