import type { Level } from "../swipe/vocabulary.ts";
import { mergePatch } from "./json-line.ts";
import type { ParsedLine } from "./replay-line.ts";

/** Answers kept for lines that follow: a week of a small city. The oldest go. */
const ANSWERS_MAX = 100_000;
/** Bodies kept for lines that change them: steps of one sale are minutes apart. */
const BODIES_MAX = 4_000;

/** What checks were answered, so that a line may hang on it. */
export class AnsweredChecks {
  private readonly levels = new Map<string, Level>();
  private readonly bodies = new Map<string, unknown>();

  note(swipeId: string, level: Level, body: unknown): void {
    keep(this.levels, swipeId, level, ANSWERS_MAX);
    keep(this.bodies, swipeId, body, BODIES_MAX);
  }

  /** The line as it is to be played; undefined when the answer it hangs on was another. */
  resolve(line: ParsedLine): ParsedLine | undefined {
    const { follows, change } = line;
    if (follows === undefined) return line;
    const level = this.levels.get(follows.swipeId);
    if (level === undefined || !follows.when.includes(level)) return undefined;
    if (change === undefined) return line;
    const body = this.bodies.get(follows.swipeId);
    return body === undefined ? undefined : { ...line, body: mergePatch(body, change) };
  }
}

function keep<T>(kept: Map<string, T>, key: string, value: T, max: number): void {
  if (kept.size >= max && !kept.has(key)) {
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      break;
    }
  }
  kept.set(key, value);
}
