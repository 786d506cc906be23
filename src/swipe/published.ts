import type { z } from "zod";
import { AcknowledgementBody, ReversalBody, SettlementBody } from "./after-bodies.ts";
import { DecisionAnswer, SwipeState } from "./answer.ts";
import { BatchAnswer, BatchLine } from "./batch.ts";
import { CheckBody } from "./check-body.ts";
import { LabelLine } from "./label-line.ts";
import { NhsaCancelEnvelope, NhsaSettledEnvelope, NhsaUndoEnvelope } from "./nhsa/after.ts";
import { NhsaSaleEnvelope } from "./nhsa/envelope.ts";
import { NhsaReturnUploadEnvelope, NhsaSaleUploadEnvelope } from "./nhsa/uploads.ts";
import { ReplayLine } from "./replay-line.ts";

/** What tills send and are answered, by the name of its file in `schemas/`. */
export const SWIPE_SCHEMAS = {
  check: CheckBody,
  settlement: SettlementBody,
  reversal: ReversalBody,
  acknowledgement: AcknowledgementBody,
  "decision-answer": DecisionAnswer,
  "swipe-state": SwipeState,
  "replay-line": ReplayLine,
  "batch-line": BatchLine,
  "batch-answer": BatchAnswer,
  "label-line": LabelLine,
  "nhsa-2101": NhsaSaleEnvelope,
  "nhsa-2102": NhsaSaleEnvelope,
  "nhsa-2102-answer": NhsaSettledEnvelope,
  "nhsa-2103": NhsaCancelEnvelope,
  "nhsa-2601": NhsaUndoEnvelope,
  "nhsa-3505": NhsaSaleUploadEnvelope,
  "nhsa-3506": NhsaReturnUploadEnvelope,
} as const satisfies Readonly<Record<string, z.ZodType>>;
