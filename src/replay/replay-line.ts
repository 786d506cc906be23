import { ownIdOf } from "../swipe/batch.ts";
import { parseInstant } from "../swipe/calendar.ts";
import { SWIPE_ID } from "../swipe/fields.ts";
import { ReplayLine } from "../swipe/replay-line.ts";
import type { EpochMs } from "../units.ts";
import { parseJson } from "./json-line.ts";

export interface ParsedLine {
  readonly at: EpochMs;
  readonly op: ReplayLine["op"];
  readonly swipeId: string;
  readonly body: unknown;
  /** Played only if that check was answered so. */
  readonly follows?: NonNullable<ReplayLine["follows"]>;
  /** Over the body of the check that is followed. */
  readonly change?: Readonly<Record<string, unknown>>;
}

/** A line that cannot be replayed: its number and why, nothing of its content. */
export class ReplayLineError extends Error {
  readonly code = "GUARD_REPLAY_LINE";
  readonly line: number;
  readonly reason: string;
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = "ReplayLineError";
    this.line = line;
    this.reason = reason;
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
  const { at, op, swipeId, body, follows, change } = parsed.data;
  if (body === undefined && change === undefined)
    throw new ReplayLineError(number, "body does not have the agreed form");
  if (change !== undefined && follows === undefined)
    throw new ReplayLineError(number, "change needs follows, the check whose body it changes");
  return {
    at: parseInstant(at) ?? 0,
    op,
    swipeId: swipeId ?? "",
    body,
    ...(follows === undefined ? {} : { follows }),
    ...(change === undefined ? {} : { change }),
  };
}

/**
 * The line's swipeId is its body's; what follows a check has it on the line alone.
 * @throws ReplayLineError
 */
export function assertWhose({ op, swipeId, body }: ParsedLine, number: number): void {
  const name = ownIdOf(op);
  const own = name === undefined ? undefined : idIn(body, name);
  if (own !== undefined && swipeId !== "" && own !== swipeId)
    throw new ReplayLineError(number, `swipeId is not the ${name} of its body`);
  if (!op.startsWith("nhsa/") && op !== "check" && !SWIPE_ID.test(swipeId))
    throw new ReplayLineError(number, `swipeId is needed for a ${op}, 8 to 64 characters`);
}

/** Undefined where the body has none: that is the desk's to refuse. */
export function idIn(body: unknown, name: string): string | undefined {
  const id = (body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof id === "string" ? id : undefined;
}
