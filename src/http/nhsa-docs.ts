import type { FastifySchema } from "fastify";
import type { z } from "zod";
import { NhsaCancelEnvelope, NhsaSettledEnvelope, NhsaUndoEnvelope } from "../swipe/nhsa/after.ts";
import { NhsaSaleEnvelope } from "../swipe/nhsa/envelope.ts";
import type { NhsaRoute } from "../swipe/nhsa/route.ts";
import { NhsaReturnUploadEnvelope, NhsaSaleUploadEnvelope } from "../swipe/nhsa/uploads.ts";
import type { ProblemCode } from "../swipe/problem.ts";
import { NhsaAnswer } from "./nhsa-answer.ts";
import { answered, problemResponses } from "./problem-responses.ts";

/** What the OpenAPI document says of the NHSA routes; the codec in swipe/nhsa reads and writes the envelopes. */

const BODIES: Readonly<Record<NhsaRoute, z.ZodType>> = {
  "2101": NhsaSaleEnvelope,
  "2102": NhsaSaleEnvelope,
  "2103": NhsaCancelEnvelope,
  "2601": NhsaUndoEnvelope,
  "3505": NhsaSaleUploadEnvelope,
  "3506": NhsaReturnUploadEnvelope,
  "2102/answer": NhsaSettledEnvelope,
};

const SUMMARIES: Readonly<Record<NhsaRoute, string>> = {
  "2101": "Trial settlement: checked, counted as an attempt, nothing reserved",
  "2102": "Settlement: checked and reserved; without a word afterwards presumed sold",
  "2103": "Cancel a settlement",
  "2601": "Reverse a message",
  "3505": "Sale upload: settles the sale it matches and brings its trace codes",
  "3506": "Return upload: takes back what it matches, and its codes",
  "2102/answer": "NHSA's own answer to 2102, as it is: settles, or releases the reservation",
};

/** What the summary has no room for. */
const DESCRIPTIONS: Readonly<Partial<Record<NhsaRoute, string>>> = {
  "3505":
    "The sale is found by setl_id, else by a trace code it holds, else as the one sale of this drug to this person at this pharmacy within 24 h that is not returned: one that waits to be settled and has no codes of that line yet first, then by time, quantity and amount. None, or more than one: recorded, and matched is 0. What is matched is settled, whole, under setl_id; the further uploads of its other products only bring their codes. sel_retn_cnt is recorded and changes nothing: NHSA settled the sale as checked, and a line may come in several lots. A code that another sale holds goes with this one and is told to inspectors; it refuses nothing. The same upload again, under whatever msgid, changes nothing.",
  "3506":
    "The sale is found by setl_id, else by medins_prod_sel_no where that is the msgid of its 2102, else by its trace codes, else as 3505 does. sel_retn_cnt of the line comes back, in the unit of the check, never more than is left (409); codes named are free again, without codes none is. A drug the sale does not have is matched 0. The same return again, under its msgid or with the same content under another one, changes nothing; nor does a return of what 2103 took back already.",
};

const CODES: readonly ProblemCode[] = [
  "bad_request",
  "total_mismatch",
  "swipe_unknown",
  "content_conflict",
  "person_conflict",
  "state_conflict",
  "too_large",
  "unsupported_media",
  "share_used",
  "overloaded",
  "internal",
  "draining",
  "store_unavailable",
  "journal_unavailable",
];

export function nhsaDocs(route: NhsaRoute): FastifySchema {
  const description = DESCRIPTIONS[route];
  return {
    tags: ["NHSA"],
    operationId: `nhsa${route.replace("/answer", "Answer")}`,
    summary: SUMMARIES[route],
    ...(description === undefined ? {} : { description }),
    body: BODIES[route],
    response: {
      200: answered("The envelope; infcode says whether the till may settle.", NhsaAnswer),
      ...problemResponses(CODES, { type: "application/json", schema: NhsaAnswer }),
    },
  };
}
