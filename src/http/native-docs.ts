import type { FastifySchema } from "fastify";
import { z } from "zod";
import { AcknowledgementBody, ReversalBody, SettlementBody } from "../swipe/after-bodies.ts";
import { DecisionAnswer, SwipeState } from "../swipe/answer.ts";
import { CheckBody } from "../swipe/check-body.ts";
import { swipeId } from "../swipe/fields.ts";
import type { ProblemCode } from "../swipe/problem.ts";
import { answered, problemResponses } from "./problem-responses.ts";

/** What the OpenAPI document says of the native routes; the desk validates with the same schemas. */

const TAGS = ["Swipes"];
const params = z.object({ swipeId: swipeId().describe("the check's swipeId") });
const AFTERWARDS: readonly ProblemCode[] = [
  "bad_request",
  "swipe_unknown",
  "person_conflict",
  "state_conflict",
  "too_large",
  "unsupported_media",
  "share_used",
  "overloaded",
  "draining",
  "store_unavailable",
  "journal_unavailable",
  "internal",
];

const check: FastifySchema = {
  tags: TAGS,
  operationId: "checkSwipe",
  summary: "Check a swipe before it is settled",
  description:
    "Answers 200 with a decision, whatever the decision is. The swipeId is the idempotency key: the same id with the same content is counted once and gets the same answer for 24 hours.",
  body: CheckBody,
  response: {
    200: answered("The decision, whatever it is.", DecisionAnswer),
    ...problemResponses([
      "bad_request",
      "total_mismatch",
      "content_conflict",
      "person_conflict",
      "too_large",
      "unsupported_media",
      "share_used",
      "overloaded",
      "draining",
      "journal_unavailable",
      "internal",
    ]),
  },
};

const settlement: FastifySchema = {
  tags: TAGS,
  operationId: "settleSwipe",
  summary: "Tell what was dispensed on the fund",
  description:
    "It counts whatever the guard had said. Where the store does not answer it is 503: send it again under the same settlementId. That id is its key: what comes again under it is answered with the state as it is and changes nothing, whatever else it says.",
  params,
  body: SettlementBody,
  response: {
    200: answered("The swipe as it stands now.", SwipeState),
    ...problemResponses(AFTERWARDS),
  },
};

const reversal: FastifySchema = {
  tags: TAGS,
  operationId: "reverseSwipe",
  summary: "Give back quantity, money and codes",
  description:
    "Never more than is left. A partial reversal needs its reversalId. That id is its key: what comes again under it changes nothing, whatever else it says.",
  params,
  body: ReversalBody,
  response: {
    200: answered("The swipe as it stands now.", SwipeState),
    ...problemResponses(AFTERWARDS),
  },
};

const acknowledgement: FastifySchema = {
  tags: TAGS,
  operationId: "acknowledgeSwipe",
  summary: "Tell what the pharmacist did about the answer",
  params,
  body: AcknowledgementBody,
  response: {
    200: answered("The swipe as it stands now.", SwipeState),
    ...problemResponses(AFTERWARDS),
  },
};

const find: FastifySchema = {
  tags: TAGS,
  operationId: "findSwipe",
  summary: "Level, state and what is left of a swipe",
  description: "Quantities left for 90 days, hits and messages for 24 hours.",
  params,
  response: {
    200: answered("The swipe as it stands now.", SwipeState),
    ...problemResponses([
      "bad_request",
      "swipe_unknown",
      "share_used",
      "overloaded",
      "draining",
      "store_unavailable",
      "internal",
    ]),
  },
};

export const NATIVE_DOCS = { check, settlement, reversal, acknowledgement, find } as const;
