import { parseInstant } from "../swipe/calendar.ts";
import { ReplayLine } from "../swipe/replay-line.ts";
import type { EpochMs } from "../units.ts";

export interface ParsedLine {
  readonly at: EpochMs;
  readonly op: ReplayLine["op"];
  readonly swipeId: string;
  readonly body: unknown;
}

/** A line that cannot be replayed: its number and why, nothing of its content. */
export class ReplayLineError extends Error {
  readonly code = "GUARD_REPLAY_LINE";
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = "ReplayLineError";
  }
}

/** @throws ReplayLineError */
export function parseReplayLine(text: string, number: number): ParsedLine {
  const json = parseJson(text);
  if (json === undefined) throw new ReplayLineError(number, "is not JSON");
  const parsed = ReplayLine.safeParse(json);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join(".") || "the line";
    throw new ReplayLineError(number, `${path} does not have the agreed form`);
  }
  const { at, op, swipeId, body } = parsed.data;
  return { at: parseInstant(at) ?? 0, op, swipeId: swipeId ?? "", body };
}

/** Undefined for what is not JSON: the parser's own message quotes the line, so it is not passed on. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
