import { z } from "zod";
import { instant } from "../swipe/fields.ts";
import { NHSA_ROUTES } from "../swipe/nhsa/route.ts";
import { parseInstant } from "../swipe/calendar.ts";
import type { EpochMs } from "../units.ts";

const OPERATIONS = ["check", "settlement", "reversal", "acknowledgement"] as const;
const NHSA_OPERATIONS = NHSA_ROUTES.map((route) => `nhsa/${route}` as const);

/** One line of replay input (contract section 5). The body is checked by the desk, as at every door. */
export const ReplayLine = z
  .object({
    at: instant().describe("when it happened: the clock of the replay"),
    op: z.enum([...OPERATIONS, ...NHSA_OPERATIONS]),
    swipeId: z.string().optional().describe("needed for what follows a check; NHSA messages name it themselves"),
    body: z.unknown(),
  })
  .meta({ title: "ReplayLine" });

export interface ParsedLine {
  readonly at: EpochMs;
  readonly op: z.infer<typeof ReplayLine>["op"];
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
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ReplayLineError(number, "is not JSON");
  }
  const parsed = ReplayLine.safeParse(json);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join(".") || "the line";
    throw new ReplayLineError(number, `${path} does not have the agreed form`);
  }
  const { at, op, swipeId, body } = parsed.data;
  return { at: parseInstant(at) ?? 0, op, swipeId: swipeId ?? "", body };
}
