import { z } from "zod";
import { canonicalJson, isTooDeep } from "../canonical-json.ts";
import { type Decimal, QUANTITY, UNIT_PRICE, YUAN } from "../decimal.ts";
import { badRequest, parseWith } from "../faults.ts";
import {
  area,
  code,
  MAX_LINES,
  MAX_TRACE_CODE,
  overrideCode,
  SWIPE_ID,
  swipeId,
} from "../fields.ts";
import type { Outcome } from "../problem.ts";
import {
  needed,
  neededCode,
  neededNumber,
  neededTime,
  optional,
  optionalCode,
  optionalDate,
  optionalFlag,
  optionalNumber,
  optionalTime,
} from "./nhsa-fields.ts";

/**
 * The request envelope of domain 1.2 with the body of 2101 and 2102 (1.4). Fields the guard does not
 * need are dropped unread: names, certificates and signatures never come past these schemas.
 * Only `guard`, which is the guard's own, refuses what it does not know.
 */

/** prd_days is n(4,2). */
const DAYS: Decimal = {
  scale: 100,
  max: 999_900,
  tooFine: "must be days with at most 2 decimals",
  outOfRange: "must be between 0 and 9999 days",
};

const DrugInfo = z.object({
  psn_no: needed(30).describe("person number; kept as a keyed digest only"),
  mdtrt_cert_type: neededCode(10).describe(
    "01 electronic, 02 identity card, 03 social security card",
  ),
  mdtrt_cert_no: needed(200).describe("credential's number or token; kept as a keyed digest only"),
  medfee_sumamt: neededNumber(YUAN).describe("total, yuan, 2 decimals"),
  insutype: neededCode(10).describe("kind of insurance"),
  med_type: neededCode(20).describe("41 purchase at a pharmacy; local codes are kept"),
  dise_codg: optional(30).describe("filed chronic disease"),
});

const DrugDetail = z.object({
  feedetl_sn: neededCode(30).describe("line, unique within the message"),
  med_list_codg: needed(50).describe("NHSA drug code"),
  medins_list_codg: optionalCode(150).describe("the store's own code"),
  cnt: neededNumber(QUANTITY)
    .refine((value) => Number(value) > 0, "must be more than 0")
    .describe("packs (slices: grams), 4 decimals"),
  pric: neededNumber(UNIT_PRICE).describe("yuan a unit, 6 decimals"),
  det_item_fee_sumamt: neededNumber(YUAN).describe("yuan, 2 decimals"),
  prd_days: optionalNumber(DAYS).describe("days this line lasts"),
  rxno: optional(64).describe("prescription; kept as a keyed digest only"),
  rx_circ_flag: optionalFlag().describe("1: a prescription from outside"),
  bilg_dr_codg: optional(30).describe("prescriber; kept as a keyed digest only"),
  tcmdrug_used_way: optionalCode(10).describe("1 compound, 2 single"),
});

/** Named as the native body names them, or as NHSA's settlement does. */
const GuardFunds = z.strictObject({
  pooled: optionalNumber(YUAN),
  account: optionalNumber(YUAN),
  familyAccount: optionalNumber(YUAN),
  cash: optionalNumber(YUAN),
  fund_pay_sumamt: optionalNumber(YUAN),
  hifp_pay: optionalNumber(YUAN),
  acct_pay: optionalNumber(YUAN),
  acct_mulaid_pay: optionalNumber(YUAN),
  psn_cash_pay: optionalNumber(YUAN),
});

/** One row a code; the bound of 300 codes a swipe is tested after grouping by line. */
const MAX_ROWS = 1_000;

export const NhsaGuard = z
  .strictObject({
    psn: z
      .strictObject({
        gend: optionalCode(3),
        brdy: optionalDate().describe("birth date; kept as whole years of age only"),
        psn_insu_stas: optionalCode(10),
        emp_name: optional(200).describe("kept as a keyed digest only"),
        balc: optionalNumber(YUAN).describe("yuan, 2 decimals"),
      })
      .nullish(),
    verify: z.strictObject({ method: code(30), outcome: code(30) }).nullish(),
    agent: z
      .strictObject({
        id: optional(50).describe("kept as a keyed digest only"),
        relation: optional(30),
        registered: optionalFlag(),
      })
      .nullish(),
    channel: optional(30),
    device: optional(64),
    cardSn: optional(64).describe(
      "recognition code of the card's chip; kept as a keyed digest only",
    ),
    pharmacist: optional(50).describe("kept as a keyed digest only"),
    override: z.strictObject({ code: overrideCode(), approver: needed(50) }).nullish(),
    supersedes: swipeId().nullish().describe("msgid of the unsettled check this one replaces"),
    funds: GuardFunds.nullish().describe("from the answer to 2101, yuan, 2 decimals"),
    drugtracinfo: z
      .array(
        z.strictObject({
          feedetl_sn: neededCode(30),
          drug_trac_codg: z.string().max(MAX_TRACE_CODE).nullish(),
          trdn_flag: optionalFlag(),
        }),
      )
      .max(MAX_ROWS)
      .nullish()
      .describe("trace codes; absent altogether: they come later by 3505"),
    lines: z
      .array(
        z.strictObject({
          feedetl_sn: neededCode(30),
          rx_flag: optionalFlag().describe("1: prescription drug"),
          min_prcunt_type: optionalCode(3).describe("1: cnt counts pieces; otherwise packs"),
        }),
      )
      .max(MAX_LINES)
      .nullish(),
    rx: z
      .array(
        z.strictObject({
          feedetl_sn: neededCode(30),
          issuedAt: optionalTime(),
          source: optional(30),
          long: optionalFlag(),
          quantity: optionalNumber(QUANTITY).describe("prescribed packs, 4 decimals"),
        }),
      )
      .max(MAX_LINES)
      .nullish(),
  })
  .meta({ title: "NhsaGuard", description: "What 2102 lacks, added by the till for the guard." });
export type NhsaGuard = z.infer<typeof NhsaGuard>;

/** What every message of a till says of itself. */
export const NhsaSource = z.object({
  infno: neededCode(10),
  msgid: swipeId().describe("id of the message, and the swipe's id"),
  fixmedins_code: code(30),
});

export const NhsaSaleEnvelope = NhsaSource.extend({
  mdtrtarea_admvs: area().describe("administrative division of the pharmacy"),
  insuplc_admdvs: area().describe("administrative division of the insurance"),
  dev_no: optional(64).describe("till"),
  opter_type: optionalCode(10),
  opter: neededCode(30).describe("cashier"),
  inf_time: neededTime().describe("the till's clock, China local"),
  input: z.object({
    druginfo: DrugInfo,
    drugdetail: z.array(DrugDetail).min(1).max(MAX_LINES),
  }),
  guard: NhsaGuard.nullish(),
}).meta({ title: "NhsaSaleEnvelope", description: "2101 or 2102 as the till sends it to NHSA." });
export type NhsaSaleEnvelope = z.infer<typeof NhsaSaleEnvelope>;
export type NhsaDetail = NhsaSaleEnvelope["input"]["drugdetail"][number];

/** Reads an envelope by a schema; what is dropped unread is still bounded in depth. */
export function parseEnvelope<S extends z.ZodType>(
  schema: S,
  envelope: unknown,
): Outcome<z.output<S>> {
  if (isTooDeep(envelope)) return badRequest([{ path: "$", reason: "nests too deep" }]);
  return parseWith(schema, envelope);
}

/**
 * What two messages of one msgid are compared by (contract section 3): `input` and `guard`, untouched.
 * Envelope times and signatures do not count. Only for what `parseEnvelope` let through.
 */
export function comparable(envelope: unknown): string {
  const { input, guard } = recordOf(envelope);
  return canonicalJson({ input, guard });
}

/** The msgid of whatever was posted, for the answer's inf_refmsgid; empty when it has none. */
export function messageId(envelope: unknown): string {
  return idOr(recordOf(envelope)["msgid"]);
}

/** The same of NHSA's own answer to 2102, which names the message it answers. */
export function answeredMessageId(answer: unknown): string {
  return idOr(recordOf(answer)["inf_refmsgid"]);
}

function idOr(value: unknown): string {
  return typeof value === "string" && SWIPE_ID.test(value) ? value : "";
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
