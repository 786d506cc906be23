import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { LEVELS, type Level } from "../swipe/vocabulary.ts";
import type { Replay, Replayed, ReplayedCheck } from "./replay.ts";

/** What a replay came to. */
export interface ReplaySummary {
  readonly lines: number;
  readonly checks: number;
  readonly seconds: number;
  readonly decisions: Readonly<Record<Level, number>>;
  /** Hits by rule and level, shadow ones apart. */
  readonly rules: Readonly<Record<string, number>>;
  /** Requests refused, by the problem's code. */
  readonly problems: Readonly<Record<string, number>>;
}

export interface ReplayFiles {
  readonly input: string;
  /** Where decisions go: a file, or standard output. */
  readonly out: string | undefined;
}

const PROGRESS_EVERY = 5_000;

/** Replays a file line by line; decisions go out as they are taken. */
export async function runReplay(
  replay: Replay,
  files: ReplayFiles,
  progress: (lines: number) => void,
): Promise<ReplaySummary> {
  const started = performance.now();
  const output = files.out === undefined ? process.stdout : createWriteStream(files.out);
  // A file that cannot be opened is said before anything is replayed.
  if (files.out !== undefined) await once(output, "open");
  const tally = createTally();
  const lines = createInterface({ input: createReadStream(files.input), crlfDelay: Infinity });
  for await (const text of lines) {
    const replayed = await replay.feed(text);
    if (replayed === undefined) continue;
    tally.note(replayed);
    if (replayed.check && !output.write(`${JSON.stringify(replayed.check)}\n`)) {
      await once(output, "drain");
    }
    if (tally.lines() % PROGRESS_EVERY === 0) progress(tally.lines());
  }
  if (files.out !== undefined) {
    output.end();
    await once(output, "finish");
  }
  return tally.summary((performance.now() - started) / 1_000);
}

type Counts = Record<string, number>;

function createTally() {
  let lines = 0;
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
    note: ({ check, problem }: Replayed) => {
      lines += 1;
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
      problems,
    }),
  };
}

export function summaryText(summary: ReplaySummary): string {
  const { lines, checks, seconds, decisions, rules, problems } = summary;
  const rate = seconds > 0 ? Math.round(lines / seconds) : lines;
  const rows = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([a], [b]) => a.localeCompare(b, "en"))
      .map(([name, count]) => `  ${name.padEnd(24)} ${count}`);
  return [
    `${lines} lines, ${checks} checks in ${seconds.toFixed(1)} s (${rate} lines/s)`,
    ...rows(decisions),
    ...(Object.keys(rules).length > 0 ? ["hits", ...rows(rules)] : []),
    ...(Object.keys(problems).length > 0 ? ["refused requests", ...rows(problems)] : []),
    "",
  ].join("\n");
}
