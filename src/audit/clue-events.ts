import { z } from "zod";
import { LEVELS } from "../swipe/vocabulary.ts";
import { PseudonymText } from "./recorded-swipe.ts";

const Instant = z.iso.datetime().describe("RFC 3339, UTC");
const Plain = z.union([z.number(), z.boolean(), z.string()]);

export const CLUE_KINDS = [
  "traceDuplicate",
  "settledAgainst",
  "resettled",
  "cohort",
  "sharedIdentity",
] as const;
export const CLUE_SEVERITIES = ["critical", "high"] as const;

const Sale = z.strictObject({
  swipeId: z.string(),
  pharmacy: z.string(),
  area: z.string().optional(),
  terminal: z.string().optional(),
  operator: z.string().optional(),
  person: PseudonymText.describe("the buyer now"),
  at: Instant.describe("the check's time"),
  by: z
    .enum(["check", "upload", "settlement"])
    .describe("what brought it to light; upload: trace codes that came by 3505"),
  answered: z.enum(LEVELS).optional().describe("what the till had been told"),
});

const Buyer = {
  buyer: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8}$/)
    .describe("the first 6 bytes of the buyer's pseudonym: all that a trace code keeps of it"),
  person: PseudonymText.optional().describe("the buyer; known for 90 days"),
};

const OtherSale = z.strictObject({
  swipe: z.string().describe("`~` and the digest of the swipe's id, by which the memory knows it"),
  swipeId: z.string().optional().describe("the till's own id; known for 24 h"),
  pharmacy: z.string().describe("who sold it then"),
  ...Buyer,
  at: Instant.describe("the check's time"),
  state: z
    .enum(["reserved", "presumed", "sold", "returned"])
    .describe("of the code, when it was brought again"),
  total: z.number().int().optional().describe("1/100 yuan, the whole sale; known for 90 days"),
  fund: z.number().int().optional().describe("1/100 yuan of it paid by the fund"),
});

const FirstBuyer = z.strictObject({
  pharmacy: z.string(),
  ...Buyer,
  counted: z
    .boolean()
    .describe(
      "whether it counts against the first buyer (rule RS-03): the first sale was another pharmacy's and stands",
    ),
});

const ClueLine = z.strictObject({
  line: z.string(),
  drug: z.string().optional(),
  product: z.string().optional().describe("7-digit product prefix of the trace code, in clear"),
  code: PseudonymText.optional().describe("digest of the trace code"),
  split: z.boolean().optional(),
  quantity: z.number().int().optional().describe("1/10,000 pack, the whole line"),
  amount: z.number().int().optional().describe("1/100 yuan, the whole line"),
});

const Cohort = z.strictObject({
  reference: z.string().describe("stays with the group as it grows"),
  size: z.number().int(),
  members: z.array(PseudonymText),
  here: z.array(PseudonymText).describe("those at this till within the last minutes"),
  days: z
    .array(z.string())
    .describe("Shanghai days on which the swiping person and other members came together"),
});

/** Something an inspector should look at, with the swipes it rests on. */
export const ClueRaised = z
  .strictObject({
    clueId: z.string().describe("the same for the same finding, however often it is made"),
    kind: z.enum(CLUE_KINDS),
    severity: z.enum(CLUE_SEVERITIES).describe("critical: evidence enough to be handed on"),
    rules: z.array(z.string()).describe("the rules it rests on"),
    pharmacies: z.array(z.string()).describe("the seller now, then the seller before"),
    swipes: z.array(z.string()),
    persons: z.array(PseudonymText).describe("pseudonyms alone"),
    now: Sale,
    before: OtherSale.optional().describe("the other sale of the same trace codes"),
    firstBuyer: FirstBuyer.optional().describe("who bought the earlier of the two sales"),
    lines: z.array(ClueLine),
    cohort: Cohort.optional(),
    evidence: z.record(z.string(), Plain),
    raisedAt: Instant,
  })
  .meta({ title: "ClueRaised" });

/** A number about a pharmacy that left its bounds; names no person. Each instance speaks of what it saw itself. */
export const IndicatorRaised = z
  .strictObject({
    indicatorId: z.string(),
    kind: z.string().describe("what was measured"),
    name: z.strictObject({ zh: z.string(), en: z.string() }),
    entity: z.string().describe("the pharmacy"),
    prefecture: z.string(),
    day: z.string().describe("Shanghai day it was measured on, yyyy-MM-dd"),
    days: z.number().int().describe("length of its window, this day the last"),
    value: z.number(),
    limit: z.number(),
    area: z.number().optional().describe("the same number of the prefecture's other pharmacies"),
    evidence: z.record(z.string(), Plain),
    raisedAt: Instant,
  })
  .meta({ title: "IndicatorRaised" });
