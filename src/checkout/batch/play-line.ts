import type { DecisionAnswer, SwipeState } from "../../swipe/answer.ts";
import type { BatchAnswer, BatchLine } from "../../swipe/batch.ts";
import type { NhsaReply, NhsaRoute } from "../../swipe/nhsa/route.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";
import type { Arrival, Desk } from "../desk.ts";

/** What a line came to; a problem is told in the shape of the door it came by. */
export type Played = Omit<
  BatchAnswer,
  "line" | "op" | "swipeId" | "at" | "problem" | "status" | "title" | "action" | "detail" | "paths"
> & { readonly problem?: Problem };

type Hits = BatchAnswer["hits"];

export interface LineDesk {
  readonly desk: Desk;
  /** What was answered of a swipe of this upload, for the envelopes, which tell levels in NHSA's words. */
  hitsOf(swipeId: string): DecisionAnswer["hits"];
  /** Nothing of it goes on afterwards. */
  close(): Promise<void>;
}

/** One line through the desk, as its own address would have taken it. */
export async function playLine(
  { desk, hitsOf }: LineDesk,
  { op, swipeId = "", body }: BatchLine,
  arrival: Arrival,
): Promise<Played> {
  switch (op) {
    case "check":
      return checked(await desk.check(body, arrival));
    case "settlement":
      return stepped(await desk.settle(swipeId, body, arrival));
    case "reversal":
      return stepped(await desk.reverse(swipeId, body, arrival));
    case "acknowledgement":
      return stepped(await desk.acknowledge(swipeId, body, arrival));
    default: {
      const route = op.slice("nhsa/".length) as NhsaRoute;
      return messaged(await desk.nhsa(route, body, arrival), hitsOf);
    }
  }
}

function checked(outcome: Outcome<DecisionAnswer>): Played {
  if ("problem" in outcome) return refused(outcome.problem);
  const { decision, mode, hits, recalled, state } = outcome.value;
  return {
    decision,
    ...(mode === undefined ? {} : { mode }),
    hits: shown(hits),
    ...(recalled === undefined ? {} : { recalled }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Taken is all there is to say: the state is the swipe's own, and goes on while the same upload comes again. */
function stepped(outcome: Outcome<SwipeState>): Played {
  return "problem" in outcome ? refused(outcome.problem) : {};
}

function messaged({ problem, envelope }: NhsaReply, hitsOf: LineDesk["hitsOf"]): Played {
  if (problem) return refused(problem);
  const { decision, mode, recalled, matched } = envelope.output;
  return {
    ...(decision === undefined
      ? {}
      : { decision, hits: shown(hitsOf(envelope.inf_refmsgid)), ...(mode ? { mode } : {}) }),
    ...(recalled === undefined ? {} : { recalled }),
    ...(matched === undefined ? {} : { matched }),
  };
}

function shown(hits: DecisionAnswer["hits"]): Hits {
  return hits.map(({ rule, level }) => ({ rule, level, shadow: false }));
}

/** The body is a part of the line: its faults are named from there. DQ-01 is a rule too, and said as replay says it. */
function refused(problem: Problem): Played {
  const { code, paths } = problem;
  const within = paths?.map(({ path, reason }) => ({
    path: path === "$" ? "body" : `body.${path}`,
    reason,
  }));
  return {
    ...(code === "total_mismatch" ? SUMS_DIFFER : {}),
    problem: { ...problem, ...(within ? { paths: within } : {}) },
  };
}

const SUMS_DIFFER = {
  decision: "deny",
  mode: "full",
  hits: [{ rule: "DQ-01", level: "deny", shadow: false }],
} satisfies Played;
