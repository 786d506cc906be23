import { z } from "zod";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";

/** A keyed digest of an identity: 14 characters of base64url. */
export const PseudonymText = z.string().regex(/^[A-Za-z0-9_-]{14}$/);
const At = z.number().int().describe("milliseconds since 1970-01-01T00:00:00Z");
const Fen = z.number().int().describe("1/100 yuan");
const Quantity = z.number().int().describe("1/10,000 pack (herbal slices: gram)");

const RecordedPrescription = z.strictObject({
  id: PseudonymText,
  prescriber: PseudonymText.optional(),
  issuedAt: At.optional(),
  external: z.boolean().optional(),
  source: z.string().optional(),
  long: z.boolean(),
  quantity: Quantity.optional(),
});

const RecordedLine = z.strictObject({
  line: z.string(),
  drug: z.string(),
  sku: z.string().optional(),
  quantity: Quantity,
  unit: z.enum(["pack", "piece"]),
  unitPriceMicro: z.number().int().describe("1/1,000,000 yuan"),
  amount: Fen,
  daysSupply: z.number().optional(),
  prescriptionDrug: z.boolean().optional(),
  tcmUse: z.string().optional(),
  chargeLevel: z.string().optional(),
  lot: z.string().optional(),
  expires: z.string().optional(),
  prescription: RecordedPrescription.optional(),
  traceCodes: z.array(
    z.strictObject({
      id: PseudonymText,
      product: z.string().optional().describe("7-digit product prefix, in clear"),
      shape: z.enum(["national", "gs1", "maker", "goods", "other"]),
    }),
  ),
  splitPack: z.boolean(),
});

/** The pseudonymised swipe as an event carries it; strict, so that nothing clear can ride along. */
export const RecordedSwipe = z
  .strictObject({
    swipeId: z.string(),
    stage: z.enum(["settle", "inquiry"]),
    at: At,
    occurredAt: At,
    via: z.enum(["native", "nhsa"]),
    pharmacy: z.strictObject({
      code: z.string(),
      area: z.string(),
      terminal: z.string(),
      operator: z.string(),
      operatorType: z.string().optional(),
      device: z.string().optional(),
      operatorStaff: PseudonymText,
      pharmacist: PseudonymText.optional(),
    }),
    person: z.strictObject({
      id: PseudonymText,
      insuredArea: z.string(),
      insurance: z.string(),
      status: z.string().optional(),
      sex: z.string().optional(),
      age: z.number().int().optional(),
      employer: PseudonymText.optional(),
      balance: Fen.optional(),
    }),
    credential: z.strictObject({
      type: z.enum(["01", "02", "03", "other"]),
      number: PseudonymText,
      idNumber: PseudonymText.optional(),
      card: PseudonymText.optional(),
      issuedAt: At.optional(),
      idFacts: z
        .strictObject({
          checksumValid: z.boolean(),
          birthMatches: z.boolean().optional(),
          sexMatches: z.boolean().optional(),
        })
        .optional(),
    }),
    verification: z.strictObject({ method: z.string(), outcome: z.string() }).optional(),
    agent: z
      .strictObject({
        id: PseudonymText.optional(),
        relation: z.string().optional(),
        registered: z.boolean(),
      })
      .optional(),
    channel: z.string(),
    medicalType: z.string(),
    disease: z.string().optional(),
    funds: z
      .strictObject({
        pooled: Fen.optional(),
        account: Fen.optional(),
        familyAccount: Fen.optional(),
        cash: Fen.optional(),
      })
      .optional(),
    total: Fen,
    lines: z.array(RecordedLine),
    codesExpected: z.boolean(),
    override: z.strictObject({ code: z.string(), approver: PseudonymText }).optional(),
    supersedes: z.string().optional(),
  })
  .meta({ title: "RecordedSwipe" });

/** A recorded swipe is a pseudonymised swipe again; the schema above is proven to say the same. */
export function toPseudonymisedSwipe(
  recorded: Frozen<z.infer<typeof RecordedSwipe>>,
): PseudonymisedSwipe {
  // Optional keys read from JSON are absent, never undefined, which the schema's type cannot say.
  return recorded as PseudonymisedSwipe;
}

type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
