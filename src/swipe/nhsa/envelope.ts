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
import type { KnownNames } from "../known-names.ts";
import type { Outcome } from "../problem.ts";
import { PAYMENTS } from "./funds.ts";
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
  pooled: optionalNumber(YUAN).describe("paid by the funds, yuan, 2 decimals"),
  account: optionalNumber(YUAN).describe("paid by the personal account, yuan, 2 decimals"),
  familyAccount: optionalNumber(YUAN).describe("paid by a relative's account, yuan, 2 decimals"),
  cash: optionalNumber(YUAN).describe("paid in cash, yuan, 2 decimals"),
  ...PAYMENTS,
});

const LINE_OF = neededCode(30).describe("the line's feedetl_sn");

/** One row a code; the bound of 300 codes a swipe is tested after grouping by line. */
const MAX_ROWS = 1_000;

export const NhsaGuard = z
  .strictObject({
    psn: z
      .strictObject({
        gend: optionalCode(3).describe("1 male, 2 female, 9 unspecified"),
        brdy: optionalDate().describe("birth date; kept as whole years of age only"),
        psn_insu_stas: optionalCode(10).describe("1 normal"),
        emp_name: optional(200).describe("kept as a keyed digest only"),
        balc: optionalNumber(YUAN).describe("personal account before the sale, yuan, 2 decimals"),
      })
      .nullish(),
    verify: z
      .strictObject({
        method: code(30).describe("none, id-card, face, password, ..."),
        outcome: code(30).describe("pass, fail, ..."),
      })
      .nullish(),
    agent: z
      .strictObject({
        id: optional(50).describe("kept as a keyed digest only"),
        relation: optional(30).describe("for instance child, spouse"),
        registered: optionalFlag().describe("1: registered with the pharmacy"),
      })
      .nullish(),
    channel: optional(30).describe(
      "counter (default), self-service, online, delivery; others count as `other`",
    ),
    device: optional(64).describe("serial number of the till's hardware"),
    cardSn: optional(64).describe(
      "recognition code of the card's chip; kept as a keyed digest only",
    ),
    pharmacist: optional(50).describe("kept as a keyed digest only"),
    override: z
      .strictObject({
        code: overrideCode().describe("for instance ELDERLY, TRAVEL_ABROAD"),
        approver: needed(50).describe("who answers for it; kept as a keyed digest only"),
      })
      .nullish(),
    supersedes: swipeId().nullish().describe("msgid of the unsettled check this one replaces"),
    funds: GuardFunds.nullish().describe("from the answer to 2101, yuan, 2 decimals"),
    drugtracinfo: z
      .array(
        z.strictObject({
          feedetl_sn: LINE_OF,
          drug_trac_codg: z
            .string()
            .max(MAX_TRACE_CODE)
            .nullish()
            .describe("one trace code; kept as a keyed digest only"),
          trdn_flag: optionalFlag().describe("1: a split pack"),
        }),
      )
      .max(MAX_ROWS)
      .nullish()
      .describe("trace codes; absent altogether: they come later by 3505"),
    lines: z
      .array(
        z.strictObject({
          feedetl_sn: LINE_OF,
          rx_flag: optionalFlag().describe("1: prescription drug"),
          min_prcunt_type: optionalCode(3).describe(
            "1: cnt counts pieces; 2: packs; absent: packs, or pieces where more of them were split off than boxes scanned",
          ),
          chrgitm_lv: optionalCode(10).describe(
            "from detlcutinfo of the answer to 2101: 1 class A, 2 class B, 3 self-paid",
          ),
          manu_lotnum: optional(50).describe("lot, as 3505 will say"),
          expy_end: optionalDate().describe("last day of use, as 3505 will say"),
        }),
      )
      .max(MAX_LINES)
      .nullish(),
    rx: z
      .array(
        z.strictObject({
          feedetl_sn: LINE_OF,
          issuedAt: optionalTime().describe("China local, or RFC 3339"),
          source: optional(30).describe("for instance hospital, internet"),
          long: optionalFlag().describe("1: a long-term prescription"),
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
  infno: neededCode(10).describe("number of the interface: that of the address"),
  msgid: swipeId().describe("id of the message, and the swipe's id"),
  fixmedins_code: code(30).describe("the pharmacy"),
});

export const NhsaSaleEnvelope = NhsaSource.extend({
  mdtrtarea_admvs: area().describe("administrative division of the pharmacy"),
  insuplc_admdvs: area().describe("administrative division of the insurance"),
  dev_no: optional(64).describe("till"),
  opter_type: optionalCode(10).describe("1 clerk, 2 self-service, 3 mobile"),
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
export function comparable(envelope: unknown, known?: KnownNames): string {
  const { input, guard } = recordOf(envelope);
  return canonicalJson({ input, guard }, known);
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
