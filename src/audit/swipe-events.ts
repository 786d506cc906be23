import { z } from "zod";
import {
  ACKNOWLEDGEMENT_CHOICES,
  LEVELS,
  REVERSAL_REASONS,
  SWIPE_STATES,
} from "../swipe/vocabulary.ts";
import { PseudonymText, RecordedSwipe } from "./recorded-swipe.ts";
import { ContentText, Funds, WaitingStep } from "./waiting-step.ts";

const Instant = z.iso.datetime().describe("RFC 3339, UTC");
const Seq = z
  .number()
  .int()
  .describe(
    "given by the person's place in the store: orders a person's events across instances; 0 when the store did not answer",
  );
const Known = z.union([z.number(), z.boolean(), z.string()]);
const Bilingual = z.strictObject({ zh: z.string(), en: z.string() });

/** A value the rules saw: `absent` nobody said it, `missing` the store was not heard in time. */
export const RecordedReading = z.union([
  z.strictObject({ known: Known }),
  z.literal("absent"),
  z.literal("missing"),
]);

export const RecordedFeature = z
  .strictObject({
    kind: z.enum(["swipe", "line", "reference", "list", "store"]),
    value: RecordedReading.optional().describe("a feature of the whole swipe"),
    lines: z
      .array(RecordedReading)
      .optional()
      .describe("a feature of each line, in the swipe's order"),
  })
  .meta({ title: "RecordedFeature" });

/** What a rule said, shadow ones too, nothing left out. */
export const RecordedHit = z
  .strictObject({
    rule: z.string(),
    level: z.enum(LEVELS).describe("level in force; warn when cleared"),
    category: z.string(),
    name: Bilingual,
    message: Bilingual,
    evidence: z.record(z.string(), Known),
    lines: z.array(z.string()),
    hard: z.boolean(),
    shadow: z.boolean(),
    clearedBy: z.string().optional(),
    raised: z.enum(LEVELS).optional(),
    ifMissing: z.boolean().optional(),
    disclose: z.enum(["full", "sentence"]),
  })
  .meta({ title: "RecordedHit" });

/** What every event of a swipe says first. */
const ofSwipe = {
  swipeId: z.string(),
  pharmacy: z.string(),
  person: PseudonymText.describe(
    "of a record that waits, where this instance does not know whose sale it is: AAAAAAAAAAAAAA",
  ),
  personSeq: Seq,
  scope: z
    .string()
    .optional()
    .describe("the caller's pharmacy, whose id this is; absent where callers are not known"),
};

const Fingerprint = z
  .string()
  .describe("with `waiting`: of the pseudonym key, where the store had not yet agreed to it");

/** What a step says that was told while the store did not answer, and what became of it. */
const mayWait = {
  waiting: z
    .boolean()
    .optional()
    .describe(
      "recorded while the store did not answer: its outcome follows, and names this record",
    ),
  asked: WaitingStep.optional().describe("with `waiting`: what is to be done"),
  fingerprint: Fingerprint.optional(),
  closes: z.string().optional().describe("id of the waiting record that this is the outcome of"),
  refused: z.string().optional().describe("with `closes`: the problem's code; nothing was changed"),
};

const LineQuantity = z.strictObject({
  line: z.string(),
  drug: z.string().optional().describe("absent 24 h after the check"),
  quantity: z.number().int().describe("1/10,000 pack (herbal slices: gram)"),
  traceCodes: z.array(PseudonymText).describe("digests of the codes that moved with it"),
});

const Upload = z
  .strictObject({
    message: z.string().describe("msgid of the 3505 or 3506"),
    drug: z.string(),
    quantity: z
      .number()
      .int()
      .describe("1/10,000 of the till's unit, as said: what counts is what was settled"),
    traceCodes: z.array(PseudonymText).describe("digests of the codes it named"),
    insured: z.literal(false).optional().describe("sold for cash: nobody is named"),
    split: z.literal(true).optional().describe("codes of split packs"),
    content: z
      .string()
      .optional()
      .describe(
        "keyed digest of what a return upload said: told again under another msgid it is known",
      ),
    otherDrug: z
      .literal(true)
      .optional()
      .describe(
        "the sale has no line of this drug: something else was booked out than the fund paid",
      ),
  })
  .describe("what a sale or return upload said of one product");

const decided = {
  ...ofSwipe,
  swipe: RecordedSwipe,
  features: z.record(z.string(), RecordedFeature),
  hits: z.array(RecordedHit),
  decision: z.enum(LEVELS),
  wouldBe: z.enum(LEVELS).optional().describe("what it had been with everything enforced"),
  enforced: z.boolean(),
  enforcement: z
    .enum(["all", "hard", "none"])
    .describe("how much of the hits was answered: all, those of hard rules, or none"),
  mode: z.enum(["full", "partial", "standIn"]),
  missing: z.array(z.string()),
  policy: z.strictObject({ version: z.string(), hash: z.string(), reference: z.string() }),
  keyVersion: z.string(),
  decidedAt: Instant,
  elapsedMs: z.number(),
  timings: z.record(z.string(), z.number()).describe("milliseconds by step"),
  recalled: z.boolean().optional(),
  supersedes: z
    .array(z.string())
    .optional()
    .describe("digests of the earlier steps of this sale that it took the place of"),
  content: ContentText.optional().describe("keyed digest of what the till sent"),
  state: z
    .enum(SWIPE_STATES)
    .describe("what the check left the swipe in; waiting where the store has yet to be told of it"),
};

export const SwipeDecided = z
  .strictObject({
    ...decided,
    waiting: z
      .boolean()
      .optional()
      .describe("the store has not confirmed it, or not all of it: swipe.entered follows"),
    fingerprint: Fingerprint.optional(),
  })
  .meta({ title: "SwipeDecided" });

/** Enough to build a lost claim again: what was dispensed and the digests of its codes. */
export const SwipeSettled = z
  .strictObject({
    ...ofSwipe,
    settlementId: z.string().optional().describe("absent where a sale upload did not say it"),
    visitId: z.string().optional(),
    checkedAt: Instant.describe(
      "the check's time: counts stand there; where matched is 0, when the message came",
    ),
    settledAt: Instant,
    lines: z
      .array(LineQuantity)
      .describe("with quantity 0: only trace codes came, of a line that was settled before"),
    funds: Funds.optional(),
    late: z.boolean(),
    settledAgainst: z.boolean().describe("settled although refused: a finding"),
    resettled: z.boolean().optional().describe("settled again after a return: a finding"),
    unchecked: z.boolean(),
    matched: z.literal(0).optional().describe("a message about a sale the guard does not know"),
    upload: Upload.optional().describe("where a sale upload (3505) said it"),
    ...mayWait,
    state: z.enum(SWIPE_STATES),
  })
  .meta({ title: "SwipeSettled" });

export const SwipeReversed = z
  .strictObject({
    ...ofSwipe,
    reversalId: z.string().optional(),
    reason: z
      .enum([...REVERSAL_REASONS, "refused", "restored"])
      .describe("refused: NHSA did not settle; restored: a cancellation was taken back"),
    matched: z.literal(0).optional().describe("a message about a sale the guard does not know"),
    reversedAt: Instant,
    lines: z.array(LineQuantity).describe("what came back"),
    codesKept: z.boolean(),
    upload: Upload.optional().describe("where a return upload (3506) said it"),
    ...mayWait,
    state: z.enum(SWIPE_STATES),
  })
  .meta({ title: "SwipeReversed" });

export const SwipeAcknowledged = z
  .strictObject({
    ...ofSwipe,
    by: PseudonymText.describe("the pharmacist, in the staff domain"),
    choice: z.enum(ACKNOWLEDGEMENT_CHOICES),
    code: z.string().optional(),
    acknowledgedAt: Instant,
    ...mayWait,
  })
  .meta({ title: "SwipeAcknowledged" });

/** A stand-in entered late: the decision is what it would have been with the store. */
export const SwipeEntered = z
  .strictObject({
    ...decided,
    enteredAt: Instant,
    answered: z
      .enum(LEVELS)
      .optional()
      .describe("what the till had been told; absent where it had asked nothing"),
    counted: z
      .boolean()
      .describe("false when another instance had decided the same swipe: its decision stands here"),
    closes: z.string().optional().describe("id of the swipe.decided that waited"),
  })
  .meta({ title: "SwipeEntered" });
