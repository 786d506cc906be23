import { z } from "zod";
import type { ClearSwipe } from "./clear-swipe.ts";
import { crossCheck, type FieldNames } from "./cross-check.ts";
import { parseWith } from "./faults.ts";
import {
  area,
  civilDate,
  code,
  instant,
  MAX_CODES_A_LINE,
  MAX_LINES,
  overrideCode,
  quantity,
  someQuantity,
  swipeId,
  text,
  traceCode,
  unitPrice,
  yuan,
} from "./fields.ts";
import { isProblem, type Outcome } from "./problem.ts";
import { toClearSwipe } from "./to-clear-swipe.ts";

/**
 * The body of POST /v1/swipes (contract section 2). Unknown keys are refused at every level;
 * an optional field may be absent or null. The schemas change nothing, so that the same ones
 * are published; `toClearSwipe` turns what they accept into integers.
 */

const Pharmacy = z.strictObject({
  code: code(30).describe("fixmedins_code"),
  area: area().describe("administrative division of the pharmacy, six digits"),
  terminal: text(64).describe("till within the pharmacy (dev_no)"),
  device: text(64).nullish().describe("serial number of the till's hardware"),
  operator: text(30).describe("cashier (opter)"),
  operatorType: code(10).nullish().describe("opter_type: 1 clerk, 2 self-service, 3 mobile"),
  pharmacist: text(50).nullish().describe("reviewing pharmacist; kept as a keyed digest only"),
});

const Person = z.strictObject({
  number: text(30).describe("psn_no; kept as a keyed digest only"),
  insuredArea: area().describe("administrative division of the insurance (insuplc_admdvs)"),
  insurance: code(10).describe("insutype: 310 employees, 390 residents, ..."),
  status: code(10).nullish().describe("psn_insu_stas: 1 normal"),
  sex: code(3).nullish().describe("gend: 1 male, 2 female, 9 unspecified"),
  birthDate: civilDate().nullish().describe("yyyy-MM-dd; kept as whole years of age only"),
  employer: text(200).nullish().describe("kept as a keyed digest only"),
  balance: yuan().nullish().describe("personal account before the sale, yuan, 2 decimals"),
});

const Credential = z.strictObject({
  type: text(10).describe(
    "mdtrt_cert_type: 01 electronic, 02 identity card, 03 social security card; others count as `other`",
  ),
  number: text(200).describe("number or one-time token; kept as a keyed digest only"),
  cardSn: text(64).nullish().describe("recognition code of the card's chip, for type 03"),
  issuedAt: instant().nullish().describe("when the token was issued, RFC 3339"),
});

const Prescription = z.strictObject({
  number: text(64).describe("rxno; kept as a keyed digest only"),
  prescriber: text(30).nullish().describe("bilg_dr_codg; kept as a keyed digest only"),
  issuedAt: instant().nullish().describe("RFC 3339"),
  external: z.boolean().nullish().describe("true for a prescription from outside (rx_circ_flag)"),
  source: code(30).nullish().describe("for instance hospital, internet"),
  long: z.boolean().nullish().describe("true for a long-term prescription; default false"),
  quantity: someQuantity().nullish().describe("prescribed, in packs, 4 decimals"),
});

const Line = z.strictObject({
  line: text(30).describe("feedetl_sn; unique within the swipe"),
  drug: text(50).describe("NHSA drug code (med_list_codg)"),
  sku: text(150).nullish().describe("the store's own code (medins_list_codg)"),
  quantity: someQuantity().describe("packs of the drug code (slices: grams), 4 decimals"),
  unit: z
    .enum(["pack", "piece"])
    .nullish()
    .describe("piece: quantity counts tablets; default pack"),
  unitPrice: unitPrice().describe("yuan a unit, 6 decimals"),
  amount: yuan().describe("yuan, 2 decimals"),
  daysSupply: z.number().min(0).max(9999).nullish().describe("days this line lasts (prd_days)"),
  prescriptionDrug: z.boolean().nullish().describe("rx_flag"),
  tcmUse: code(10).nullish().describe("tcmdrug_used_way: 1 compound, 2 single"),
  chargeLevel: code(10).nullish().describe("chrgitm_lv: 1 class A, 2 class B, 3 self-paid"),
  lot: text(50).nullish().describe("manu_lotnum"),
  expires: civilDate().nullish().describe("last day of use, yyyy-MM-dd"),
  prescription: Prescription.nullish(),
  traceCodes: z
    .array(traceCode())
    .max(MAX_CODES_A_LINE)
    .nullish()
    .describe("drug trace codes, one a pack; at most 300 a swipe; kept as keyed digests only"),
  splitPack: z.boolean().nullish().describe("true where a part of a pack is sold (trdn_flag)"),
});

export const Funds = z.strictObject({
  pooled: yuan().nullish().describe("paid by the funds, yuan, 2 decimals"),
  account: yuan().nullish().describe("paid by the personal account, yuan, 2 decimals"),
  familyAccount: yuan().nullish().describe("paid by a relative's account, yuan, 2 decimals"),
  cash: yuan().nullish().describe("paid in cash, yuan, 2 decimals"),
});
export type Funds = z.infer<typeof Funds>;

export const CheckBody = z
  .strictObject({
    swipeId: swipeId().describe("idempotency key, made by the till"),
    stage: z
      .enum(["settle", "inquiry"])
      .nullish()
      .describe("settle (default): about to be settled, so it is reserved; inquiry: a trial"),
    occurredAt: instant().describe("the till's clock, RFC 3339 with offset"),
    pharmacy: Pharmacy,
    person: Person,
    credential: Credential,
    verification: z
      .strictObject({
        method: code(30).describe("none, id-card, face, password, ..."),
        outcome: code(30).describe("pass, fail, ..."),
      })
      .nullish()
      .describe("how the person was verified; the result only, never a picture"),
    agent: z
      .strictObject({
        id: text(50).nullish().describe("kept as a keyed digest only"),
        relation: code(30).nullish().describe("for instance child, spouse"),
        registered: z.boolean().nullish().describe("registered with the pharmacy; default false"),
      })
      .nullish()
      .describe("who buys for the person"),
    channel: code(30)
      .nullish()
      .describe("counter (default), self-service, online, delivery; others count as `other`"),
    medicalType: text(20).describe("med_type: 41 purchase at a pharmacy; local codes are kept"),
    disease: text(30).nullish().describe("dise_codg of a filed chronic disease"),
    funds: Funds.nullish(),
    total: yuan().describe("yuan, 2 decimals; the sum of the lines within 0.05"),
    lines: z.array(Line).min(1).max(MAX_LINES),
    override: z
      .strictObject({
        code: overrideCode().describe("for instance ELDERLY, TRAVEL_ABROAD"),
        approver: text(50).describe("who answers for it; kept as a keyed digest only"),
      })
      .nullish(),
    supersedes: swipeId().nullish().describe("the unsettled check this one replaces"),
  })
  .meta({ title: "CheckBody", description: "A swipe to be checked before it is settled." });
export type CheckBody = z.infer<typeof CheckBody>;

/** Amount of a line as named after the check: what was dispensed may be nothing. */
export const DispensedLine = z.strictObject({
  line: text(30).describe("id of the line as checked"),
  quantity: quantity().describe("in the unit of the checked line, 4 decimals"),
});

const NAMES: FieldNames = {
  line: (index) => `lines[${index}].line`,
  codes: (index) => `lines[${index}].traceCodes`,
  allCodes: "lines",
  total: "total",
};

/** The same schema, its good cases unrolled by the library: 4 us a body instead of 12 (measured). */
const READER = z.compile(CheckBody);

/** Limits and forms of the contract, then what only the whole can say (unique lines, DQ-01). */
export function parseCheck(body: unknown): Outcome<ClearSwipe> {
  const parsed = parseWith(READER, body);
  if (isProblem(parsed)) return parsed;
  return crossCheck(toClearSwipe(parsed.value), NAMES);
}
