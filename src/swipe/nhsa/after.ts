import { z } from "zod";
import type { ClearFunds } from "../clear-swipe.ts";
import { badRequest } from "../faults.ts";
import { swipeId } from "../fields.ts";
import { present } from "../present.ts";
import { isProblem, type Outcome } from "../problem.ts";
import { NhsaSource, parseEnvelope } from "./envelope.ts";
import { fundsOf, PAYMENTS } from "./funds.ts";
import { needed, neededCode, optional, said } from "./nhsa-fields.ts";

/** 2103: a settlement is cancelled. `person` is in clear and belongs into the person domain. */
export interface NhsaCancel {
  readonly msgid: string;
  readonly pharmacy: string;
  readonly person: string;
  /** Absent: the only entry of this person at this pharmacy within 24 h is meant. */
  readonly settlementId?: string;
  readonly visitId?: string;
}

/** 2601: a message whose answer was lost is taken back. */
export interface NhsaUndo {
  readonly msgid: string;
  readonly pharmacy: string;
  readonly person: string;
  /** omsgid: the msgid of the message taken back; of a 2102 it is the swipe's id. */
  readonly undone: string;
  /** What is taken back: a sale, a cancellation, or something the guard has not seen. */
  readonly kind: "2102" | "2103" | "other";
}

/** NHSA's answer to 2102, passed on by the till. */
export type NhsaSettled =
  | {
      readonly swipeId: string;
      readonly settled: true;
      readonly settlementId: string;
      readonly visitId?: string;
      /** In clear; belongs into the person domain. */
      readonly person?: string;
      readonly funds?: ClearFunds;
    }
  /** NHSA refused: the reservation is released. */
  | { readonly swipeId: string; readonly settled: false };

const CancelInput = z.object({
  psn_no: needed(30).describe("kept as a keyed digest only"),
  setl_id: optional(50).describe(
    "the settlement's number; absent: the only sale of this person here within 24 h is meant",
  ),
  mdtrt_id: optional(50).describe("the visit's number"),
});
const UndoInput = z.object({
  psn_no: needed(30).describe("kept as a keyed digest only"),
  omsgid: swipeId().describe("msgid of the message taken back"),
  oinfno: neededCode(10).describe("what it was: 2102 a sale, 2103 a cancellation"),
});

/** The node that holds these fields is not in our sources: some builds have `input.data`, some `input` itself. */
const CancelInNode = NhsaSource.extend({ input: z.object({ data: CancelInput }) });
const CancelPlain = NhsaSource.extend({ input: CancelInput });
const UndoInNode = NhsaSource.extend({ input: z.object({ data: UndoInput }) });
const UndoPlain = NhsaSource.extend({ input: UndoInput });

export const NhsaCancelEnvelope = z
  .union([CancelInNode, CancelPlain])
  .meta({ title: "NhsaCancelEnvelope", description: "2103 as the till sends it to NHSA." });

export const NhsaUndoEnvelope = z
  .union([UndoInNode, UndoPlain])
  .meta({ title: "NhsaUndoEnvelope", description: "2601 as the till sends it to NHSA." });

const SetlInfo = z.object({
  setl_id: needed(50).describe("the settlement's number"),
  mdtrt_id: optional(50).describe("the visit's number"),
  psn_no: optional(30).describe("person number; kept as a keyed digest only"),
  ...PAYMENTS,
});

const WHOLE = "must be a whole number";
const AnswerHead = z.object({
  infcode: z
    .union([z.int(), z.string().regex(/^ *-?\d{1,9} *$/, WHOLE)], WHOLE)
    .describe("0: settled; anything else: refused, which releases the reservation"),
  inf_refmsgid: swipeId().describe("msgid of the 2102 this answers"),
});

export const NhsaSettledEnvelope = AnswerHead.extend({
  output: z
    .object({ setlinfo: SetlInfo })
    .describe(
      "needed where infcode is 0; all but setl_id, mdtrt_id, psn_no and the funds is dropped",
    ),
}).meta({ title: "NhsaSettledEnvelope", description: "NHSA's answer to 2102 as the till got it." });

export function parseNhsaCancel(envelope: unknown): Outcome<NhsaCancel> {
  const parsed = hasDataNode(envelope)
    ? flattened(parseMessage("2103", CancelInNode, envelope))
    : parseMessage("2103", CancelPlain, envelope);
  if (isProblem(parsed)) return parsed;
  const { msgid, fixmedins_code, input } = parsed.value;
  return {
    value: present({
      msgid,
      pharmacy: fixmedins_code,
      person: input.psn_no.trim(),
      settlementId: said(input.setl_id),
      visitId: said(input.mdtrt_id),
    }),
  };
}

export function parseNhsaUndo(envelope: unknown): Outcome<NhsaUndo> {
  const parsed = hasDataNode(envelope)
    ? flattened(parseMessage("2601", UndoInNode, envelope))
    : parseMessage("2601", UndoPlain, envelope);
  if (isProblem(parsed)) return parsed;
  const { msgid, fixmedins_code, input } = parsed.value;
  const kind = said(input.oinfno);
  return {
    value: {
      msgid,
      pharmacy: fixmedins_code,
      person: input.psn_no.trim(),
      undone: input.omsgid,
      kind: kind === "2102" || kind === "2103" ? kind : "other",
    },
  };
}

export function parseNhsaSettled(answer: unknown): Outcome<NhsaSettled> {
  const head = parseEnvelope(AnswerHead, answer);
  if (isProblem(head)) return head;
  const swipe = head.value.inf_refmsgid;
  // A refusal carries no setlinfo, so the output is read only of a success.
  if (Number(head.value.infcode) !== 0) return { value: { swipeId: swipe, settled: false } };
  const parsed = parseEnvelope(NhsaSettledEnvelope, answer);
  if (isProblem(parsed)) return parsed;
  const { setlinfo } = parsed.value.output;
  return {
    value: present({
      swipeId: swipe,
      settled: true as const,
      settlementId: setlinfo.setl_id.trim(),
      visitId: said(setlinfo.mdtrt_id),
      person: said(setlinfo.psn_no),
      funds: fundsOf(setlinfo),
    }),
  };
}

function parseMessage<S extends z.ZodType<{ infno: string | number }>>(
  route: string,
  schema: S,
  envelope: unknown,
): Outcome<z.output<S>> {
  const parsed = parseEnvelope(schema, envelope);
  if (isProblem(parsed) || said(parsed.value.infno) === route) return parsed;
  return badRequest([{ path: "infno", reason: `must be ${route} at this address` }]);
}

const DataNode = z.object({ input: z.object({ data: z.unknown().nonoptional() }) });

/** Which of the two forms is meant is asked first, so that faults are named where the till put the field. */
function hasDataNode(envelope: unknown): boolean {
  return DataNode.safeParse(envelope).success;
}

function flattened<T extends { readonly input: { readonly data: unknown } }>(
  parsed: Outcome<T>,
): Outcome<Omit<T, "input"> & { readonly input: T["input"]["data"] }> {
  if (isProblem(parsed)) return parsed;
  return { value: { ...parsed.value, input: parsed.value.input.data } };
}
