import type { DecisionAnswer, SwipeState } from "../swipe/answer.ts";
import type { NhsaReply, NhsaRoute } from "../swipe/nhsa/route.ts";
import type { Outcome } from "../swipe/problem.ts";

/** Who asks, and when the request was read. */
export interface Arrival {
  /** Set when the caller authenticated: its swipe ids belong to this pharmacy. */
  readonly callerPharmacy?: string;
}

/**
 * What the shop can do with a swipe: the same desk serves HTTP, replay and load.
 * Bodies are unparsed JSON: the desk owns validation, so that every door refuses alike.
 */
export interface Desk {
  check(body: unknown, arrival: Arrival): Promise<Outcome<DecisionAnswer>>;
  settle(swipeId: string, body: unknown, arrival: Arrival): Promise<Outcome<SwipeState>>;
  reverse(swipeId: string, body: unknown, arrival: Arrival): Promise<Outcome<SwipeState>>;
  acknowledge(swipeId: string, body: unknown, arrival: Arrival): Promise<Outcome<SwipeState>>;
  find(swipeId: string, arrival: Arrival): Promise<Outcome<SwipeState>>;
  /** An NHSA message; always answered with an envelope, problems included. */
  nhsa(route: NhsaRoute, envelope: unknown, arrival: Arrival): Promise<NhsaReply>;
  /** Does what is due by the clock; resolves when nothing started behind an answer is under way any more. */
  idle(): Promise<void>;
}
