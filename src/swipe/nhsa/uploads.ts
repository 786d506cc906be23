import { z } from "zod";
import type { EpochMs, Fen, TenThousandths } from "../../units.ts";
import { canonicalJson, isTooDeep } from "../canonical-json.ts";
import { QUANTITY, toFen, toTenThousandths, UNIT_PRICE } from "../decimal.ts";
import { badRequest, type Fault, parseWith } from "../faults.ts";
import { MAX_CODES_A_LINE, MAX_LINES, MAX_TRACE_CODE } from "../fields.ts";
import { present } from "../present.ts";
import { isProblem, type Outcome, type Problem } from "../problem.ts";
import { normaliseTraceCode, traceShape } from "../trace-code.ts";
import { NhsaSource } from "./envelope.ts";
import {
  flagOf,
  needed,
  neededNumber,
  numberOf,
  optional,
  optionalCode,
  optionalFlag,
  optionalMoment,
  optionalNumber,
  said,
  timeOf,
} from "./nhsa-fields.ts";
import { rowsOf } from "./upload-form.ts";

const TraceCode = z.string().max(MAX_TRACE_CODE).nullish().describe("one trace code");

/**
 * 3505 and 3506: what the store tells NHSA it sold or took back, a product a row (domain 1.5). The other documented
 * fields (names, certificates, lots, shelves, memos) are dropped unread, whatever they hold.
 */
export const UploadRow = z.object({
  med_list_codg: needed(50).describe("NHSA drug code"),
  hi_feesetl_type: optionalCode(6).describe(
    "0: not insured, about no sale of the guard's; 1 local; 2 elsewhere; absent: insured",
  ),
  mdtrt_setl_type: optionalCode(6).describe("where hi_feesetl_type is absent, 2: not insured"),
  setl_id: optional(50).describe("the settlement's number"),
  psn_no: optional(30).describe("person number, needed where insured; kept as a keyed digest only"),
  trdn_flag: optionalFlag().describe("1: a split pack"),
  finl_trns_pric: optionalNumber(UNIT_PRICE).describe("yuan a unit, 6 decimals"),
  sel_retn_cnt: neededNumber(QUANTITY)
    .refine((value) => Number(value) > 0, "must be more than 0")
    .describe("how much, in the unit of the checked line, 4 decimals"),
  sel_retn_time: optionalMoment().describe("when it was sold or came back, China local"),
  drug_trac_codg: TraceCode.describe("one trace code (older builds)"),
  drugtracinfo: z
    .array(z.object({ drug_trac_codg: TraceCode }))
    .max(MAX_CODES_A_LINE)
    .nullish()
    .describe(
      "trace codes; one object instead of the list, or the list beside selinfo, is read too",
    ),
  medins_prod_sel_no: optional(50).describe("3506: number of the sale that came back"),
});
type UploadRow = z.infer<typeof UploadRow>;

const description =
  "As the till sends it to NHSA: a product in `input.selinfo`, or several there or in `input.selinfoDetail` (3505A, 3506A).";
const UploadEnvelope = NhsaSource.extend({
  input: z.union([
    z.object({ selinfo: UploadRow }),
    z.object({ selinfo: z.array(UploadRow).min(1).max(MAX_LINES) }),
    z.object({ selinfoDetail: z.array(UploadRow).min(1).max(MAX_LINES) }),
  ]),
});
export const NhsaSaleUploadEnvelope = UploadEnvelope.meta({
  title: "NhsaSaleUploadEnvelope",
  description: `3505. ${description}`,
});
export const NhsaReturnUploadEnvelope = UploadEnvelope.meta({
  title: "NhsaReturnUploadEnvelope",
  description: `3506. ${description}`,
});

/** What is parsed: the rows, wherever the till put them. */
const Rows = NhsaSource.extend({
  input: z.object({ rows: z.array(UploadRow).min(1).max(MAX_LINES) }),
});

/** Trace codes of one message; a list of a day's sales has about two a row. */
const MAX_CODES = 1_000;
const NOT_INSURED = "0";
const SELF_PAID = "2";

export interface NhsaUpload {
  readonly msgid: string;
  readonly pharmacy: string;
  readonly rows: readonly NhsaUploadRow[];
}

/** One product sold or come back. `person` and `codes` are in clear and belong into their domains. */
export interface NhsaUploadRow {
  /** Where it stands in the message. */
  readonly path: string;
  readonly drug: string;
  readonly insured: boolean;
  /** Always there where insured. */
  readonly person?: string;
  readonly settlementId?: string;
  readonly quantity: TenThousandths;
  /** Absent where the till gives the day only. */
  readonly at?: EpochMs;
  readonly amount?: Fen;
  readonly split: boolean;
  /** Each once. */
  readonly codes: readonly string[];
  /** 3506: the number of the sale that came back. */
  readonly original?: string;
  /** Its canonical text: by its keyed digest the same upload under another msgid is known again. */
  readonly content: string;
}

export function parseNhsaUpload(route: "3505" | "3506", envelope: unknown): Outcome<NhsaUpload> {
  if (isTooDeep(envelope)) return badRequest([{ path: "$", reason: "nests too deep" }]);
  const form = rowsOf(envelope);
  const parsed = parseWith(Rows, form.body);
  if (isProblem(parsed)) return whereTheTillPutIt(parsed, form.pathOf);
  const { infno, msgid, fixmedins_code, input } = parsed.value;
  const rows = input.rows.map((row, index) =>
    rowOf(row, form.pathOf(index), canonicalJson(form.rows[index])),
  );
  const faults = [...routeFaults(route, said(infno)), ...rows.flatMap(personFault)];
  const codes = rows.reduce((sum, row) => sum + row.codes.length, 0);
  if (codes > MAX_CODES) {
    faults.push({ path: "input", reason: `must have at most ${MAX_CODES} trace codes` });
  }
  if (faults.length > 0) return badRequest(faults);
  return { value: { msgid, pharmacy: fixmedins_code, rows } };
}

function rowOf(row: UploadRow, path: string, content: string): NhsaUploadRow {
  const at = said(row.sel_retn_time);
  const price = numberOf(row.finl_trns_pric);
  const quantity = Number(row.sel_retn_cnt);
  return present({
    path,
    drug: row.med_list_codg.trim(),
    insured: isInsured(row),
    person: said(row.psn_no),
    settlementId: said(row.setl_id),
    quantity: toTenThousandths(quantity),
    at: at === undefined ? undefined : timeOf(at),
    amount: price === undefined ? undefined : toFen(price * quantity),
    split: flagOf(row.trdn_flag) ?? false,
    codes: codesOf(row),
    original: said(row.medins_prod_sel_no),
    content,
  });
}

function isInsured({ hi_feesetl_type, mdtrt_setl_type }: UploadRow): boolean {
  const kind = said(hi_feesetl_type);
  return kind === undefined ? said(mdtrt_setl_type) !== SELF_PAID : kind !== NOT_INSURED;
}

/** Scanners differ in what they add to a code: one box must stay one box. A goods barcode is on all of them. */
function codesOf({ drug_trac_codg, drugtracinfo }: UploadRow): string[] {
  const rows = [{ drug_trac_codg }, ...(drugtracinfo ?? [])];
  const scanned = rows.map((row) => row.drug_trac_codg ?? "");
  const codes = scanned.filter((code) => traceShape(code) !== "goods").map(normaliseTraceCode);
  return [...new Set(codes.filter((code) => code !== ""))];
}

function routeFaults(route: string, infno: string | undefined): Fault[] {
  if (infno === route || infno === `${route}A`) return [];
  return [{ path: "infno", reason: `must be ${route} or ${route}A at this address` }];
}

function personFault({ insured, person, path }: NhsaUploadRow): Fault[] {
  return insured && person === undefined ? [{ path: `${path}.psn_no`, reason: "is missing" }] : [];
}

/** Faults are named where the till put the field. */
function whereTheTillPutIt(
  { problem }: { readonly problem: Problem },
  pathOf: (index?: number) => string,
): Outcome<never> {
  const paths = problem.paths?.map(({ path, reason }) => ({
    path: path.replace(/^input\.rows(?:\[(\d+)\])?/, (_all, index?: string) =>
      pathOf(index === undefined ? undefined : Number(index)),
    ),
    reason,
  }));
  return { problem: present({ ...problem, paths }) };
}
