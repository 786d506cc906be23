/** The words of the contract that every later room uses. */

/** The levels of a decision, mildest first. */
export const LEVELS = ["allow", "warn", "stepUp", "hold", "deny"] as const;
export type Level = (typeof LEVELS)[number];

export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

export function isRefusal(level: Level): boolean {
  return levelRank(level) >= levelRank("stepUp");
}

/** How a decision was reached: with all facts, without some, or without the store. */
export type Mode = "full" | "partial" | "standIn";

/** `settle`: about to be settled, so it is reserved. `inquiry`: a trial, counted as an attempt only. */
export type Stage = "settle" | "inquiry";

/** Credential types of the NHSA interface; anything else is `other`. */
export type CredentialType = "01" | "02" | "03" | "other";

/** How the medicine leaves the pharmacy; anything else is `other`, and unsaid is `counter`. */
export const CHANNELS = ["counter", "self-service", "online", "delivery"] as const;
export type Channel = (typeof CHANNELS)[number] | "other";

/** What a till can be told of a swipe's life (contract section 2); `waiting`: the store has not answered yet. */
export const SWIPE_STATES = [
  "attempted",
  "reserved",
  "lapsed",
  "presumed",
  "superseded",
  "settled",
  "returned",
  "waiting",
] as const;
export type SwipeStateName = (typeof SWIPE_STATES)[number];

export const REVERSAL_REASONS = ["refund", "void", "timeout"] as const;
export type ReversalReason = (typeof REVERSAL_REASONS)[number];

export const ACKNOWLEDGEMENT_CHOICES = ["continue", "withdraw", "cash"] as const;
export type AcknowledgementChoice = (typeof ACKNOWLEDGEMENT_CHOICES)[number];
