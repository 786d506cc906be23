import { z } from "zod";
import { ACKNOWLEDGEMENT_CHOICES, REVERSAL_REASONS } from "../swipe/vocabulary.ts";
import { PseudonymText, RecordedSwipe } from "./recorded-swipe.ts";

const Quantity = z.number().int().describe("1/10,000 of the till's unit");
const Scope = z
  .string()
  .optional()
  .describe("the caller's pharmacy, whose ids these are; absent where callers are not known");

export const Funds = z.strictObject({
  pooled: z.number().int().optional(),
  account: z.number().int().optional(),
  familyAccount: z.number().int().optional(),
  cash: z.number().int().optional(),
});

/** 16 bytes over what a till sent, in base64url: a repeat is known by it. */
export const ContentText = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** A check as it came, everything of it that the memory is told. */
const CarriedCheck = z.strictObject({ swipe: RecordedSwipe, content: ContentText });

const SettleStep = z.strictObject({
  kind: z.literal("settle"),
  swipeId: z.string(),
  scope: Scope,
  settlementId: z.string(),
  visitId: z.string().optional(),
  funds: Funds.optional(),
  lines: z.array(z.strictObject({ line: z.string(), quantity: Quantity })).optional(),
  person: PseudonymText.optional().describe("whose sale NHSA's answer says it is"),
  carried: CarriedCheck.optional().describe("the check a settlement brought along"),
  route: z.literal("2102/answer").optional(),
});

const ReverseStep = z.strictObject({
  kind: z.literal("reverse"),
  swipeId: z.string(),
  scope: Scope,
  reversalId: z.string().optional(),
  reason: z.enum(REVERSAL_REASONS),
  lines: z
    .array(
      z.strictObject({
        line: z.string(),
        quantity: Quantity,
        traceCodes: z.array(PseudonymText).optional(),
      }),
    )
    .optional(),
});

const ReleaseStep = z.strictObject({
  kind: z.literal("release"),
  swipeId: z.string(),
  scope: Scope,
});

const AcknowledgeStep = z.strictObject({
  kind: z.literal("acknowledge"),
  swipeId: z.string(),
  scope: Scope,
  by: PseudonymText,
  choice: z.enum(ACKNOWLEDGEMENT_CHOICES),
  code: z.string().optional(),
});

const CancelStep = z.strictObject({
  kind: z.literal("cancel"),
  msgid: z.string(),
  pharmacy: z.string(),
  person: PseudonymText,
  settlementId: z.string().optional(),
  visitId: z.string().optional(),
});

const UndoStep = z.strictObject({
  kind: z.literal("undo"),
  msgid: z.string(),
  scope: Scope,
  pharmacy: z.string(),
  person: PseudonymText,
  undone: z.string(),
  of: z.enum(["2102", "2103", "other"]),
});

/** A row of a sale or return upload. */
const UploadRowKept = z.strictObject({
  drug: z.string(),
  insured: z.boolean(),
  person: PseudonymText.optional(),
  settlementId: z.string().optional(),
  quantity: Quantity,
  at: z.number().int().optional(),
  amount: z.number().int().optional(),
  split: z.boolean(),
  codes: z.array(z.strictObject({ id: PseudonymText, product: z.string().optional() })),
  original: z.string().optional(),
  content: z.string().describe("keyed digest: the same upload under another msgid is known again"),
});

const UploadStep = z.strictObject({
  kind: z.literal("upload"),
  route: z.enum(["3505", "3506"]),
  msgid: z.string(),
  scope: Scope,
  pharmacy: z.string(),
  part: z.string().optional().describe("which row of a list"),
  row: UploadRowKept,
});

/**
 * What a till reported of a sale, as it is kept while the store does not answer: enough to do it later, in the order
 * it came, and nobody in clear.
 */
export const WaitingStep = z
  .discriminatedUnion("kind", [
    SettleStep,
    ReverseStep,
    ReleaseStep,
    AcknowledgeStep,
    CancelStep,
    UndoStep,
    UploadStep,
  ])
  .meta({ title: "WaitingStep" });
