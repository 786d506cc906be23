import type { Desk } from "../../checkout/desk.ts";
import type { AnswerHit, DecisionAnswer, SwipeState } from "../../swipe/answer.ts";
import type { NhsaResponse, NhsaRoute } from "../../swipe/nhsa/route.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";
import type { Level } from "../../swipe/vocabulary.ts";
import type { Clock, DurationMs, Timers } from "../../units.ts";

/** What one request was answered, as the till saw it. */
export interface Exchange {
  readonly took: DurationMs;
  readonly status: number;
  readonly hits: readonly ExchangedHit[];
}

export interface ExchangedHit {
  readonly rule: string;
  readonly level: Level;
}

/** A guard that has too much to do (429) or cannot write its record (503) asks to be asked again. */
const ASK_AGAIN: readonly number[] = [429, 503];
const ASK_AGAIN_AFTER: DurationMs = 100;
const TRIES_MAX = 100;

export interface HttpDeskParts {
  readonly address: string;
  readonly pace: Clock;
  readonly timers: Timers;
  /** Told of every answer, and not of those that only ask to be asked again. */
  readonly heard: (exchange: Exchange) => void;
}

/** The shop behind its HTTP doors: what a till can ask of it. */
export function createHttpDesk({ address, pace, timers, heard }: HttpDeskParts): Desk {
  async function post(path: string, body: unknown, hitsOf: (answer: unknown) => Exchange["hits"]) {
    for (let tried = 1; ; tried += 1) {
      const began = pace.now();
      const response = await fetch(`${address}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const answer: unknown = await response.json();
      if (!ASK_AGAIN.includes(response.status) || tried >= TRIES_MAX) {
        heard({ took: pace.now() - began, status: response.status, hits: hitsOf(answer) });
        return { answer, isGood: response.ok };
      }
      await new Promise<void>((resolve) => timers.after(ASK_AGAIN_AFTER, resolve));
    }
  }

  async function native<T>(path: string, body: unknown): Promise<Outcome<T>> {
    const { answer, isGood } = await post(path, body, nativeHits);
    return isGood ? { value: answer as T } : { problem: answer as Problem };
  }

  const sale = (swipeId: string, what: string) =>
    `/v1/swipes/${encodeURIComponent(swipeId)}/${what}`;
  return {
    check: (body) => native<DecisionAnswer>("/v1/swipes", body),
    settle: (swipeId, body) => native<SwipeState>(sale(swipeId, "settlement"), body),
    reverse: (swipeId, body) => native<SwipeState>(sale(swipeId, "reversal"), body),
    acknowledge: (swipeId, body) => native<SwipeState>(sale(swipeId, "acknowledgement"), body),
    find: async (swipeId) => {
      const response = await fetch(`${address}/v1/swipes/${encodeURIComponent(swipeId)}`);
      const answer: unknown = await response.json();
      return response.ok ? { value: answer as SwipeState } : { problem: answer as Problem };
    },
    nhsa: async (route: NhsaRoute, envelope) => {
      const { answer } = await post(`/nhsa/${route}`, envelope, nhsaHits);
      const told = answer as NhsaResponse;
      const { problem } = told.output;
      return { envelope: told, ...(problem === undefined ? {} : { problem }) } as Awaited<
        ReturnType<Desk["nhsa"]>
      >;
    },
    idle: async () => undefined,
  };
}

function nativeHits(answer: unknown): readonly ExchangedHit[] {
  const { hits = [] } = answer as { readonly hits?: readonly AnswerHit[] };
  return hits.map(({ rule, level }) => ({ rule, level }));
}

/** NHSA's envelope says how grave a finding is, in three words; which of the milder two is the decision's to say. */
const LEVEL_OF: Readonly<Record<string, Level>> = {
  明确违规: "deny",
  高度可疑: "hold",
};

function nhsaHits(answer: unknown): readonly ExchangedHit[] {
  const { output } = answer as NhsaResponse;
  return output.result.map(({ rule_id, sev_deg }) => ({
    rule: rule_id,
    level: LEVEL_OF[sev_deg] ?? (output.decision === "stepUp" ? "stepUp" : "warn"),
  }));
}
