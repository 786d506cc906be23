import { z } from "zod";
import type { EpochMs } from "../../units.ts";
import type {
  ClearAgent,
  ClearLine,
  ClearPerson,
  ClearPharmacy,
  ClearPrescription,
  ClearSwipe,
} from "../clear-swipe.ts";
import { crossCheck, type FieldNames } from "../cross-check.ts";
import { toFen, toInteger, toTenThousandths, UNIT_PRICE } from "../decimal.ts";
import { badRequest, type Fault } from "../faults.ts";
import { isProblem, type Outcome } from "../problem.ts";
import { channelOf, credentialType } from "../to-clear-swipe.ts";
import { type NhsaDetail, type NhsaGuard, NhsaSaleEnvelope, parseEnvelope } from "./envelope.ts";
import { fundsOf } from "./funds.ts";
import { dateOf, flagOf, numberOf, said, timeOf } from "./nhsa-fields.ts";

type Row = { readonly feedetl_sn: string | number };
type TraceRow = NonNullable<NhsaGuard["drugtracinfo"]>[number];
type LineRow = NonNullable<NhsaGuard["lines"]>[number];
type RxRow = NonNullable<NhsaGuard["rx"]>[number];

/** What `guard` says of each line, by feedetl_sn. */
interface Additions {
  readonly traces: ReadonlyMap<string, readonly TraceRow[]>;
  readonly lines: ReadonlyMap<string, LineRow>;
  readonly rx: ReadonlyMap<string, RxRow>;
}

/** min_prcunt_type: 2 is the pack [seen, local]; 1 is then the smaller unit [inferred]. */
const PIECE = "1";
const PACK = "2";

const NAMES: FieldNames = {
  line: (index) => `input.drugdetail[${index}].feedetl_sn`,
  codes: () => "guard.drugtracinfo",
  allCodes: "guard.drugtracinfo",
  total: "input.druginfo.medfee_sumamt",
};

/** The same schema, its good cases unrolled by the library: 4 us an envelope instead of 13 (measured). */
const READER = z.compile(NhsaSaleEnvelope);

/** The swipe of a 2101 (inquiry) or 2102 (settle), the same as its native twin would give. */
export function parseNhsaSale(route: "2101" | "2102", envelope: unknown): Outcome<ClearSwipe> {
  const parsed = parseEnvelope(READER, envelope);
  if (isProblem(parsed)) return parsed;
  const faults = routeFaults(route, parsed.value);
  addStrayRows(faults, parsed.value);
  if (faults.length > 0) return badRequest(faults);
  return crossCheck(toSwipe(route, parsed.value), NAMES);
}

function toSwipe(route: "2101" | "2102", envelope: NhsaSaleEnvelope): ClearSwipe {
  const { druginfo, drugdetail } = envelope.input;
  const guard: NhsaGuard = envelope.guard ?? {};
  const additions = additionsOf(guard);
  return {
    swipeId: envelope.msgid,
    stage: route === "2101" ? ("inquiry" as const) : ("settle" as const),
    via: "nhsa" as const,
    occurredAt: checkedTime(envelope.inf_time),
    pharmacy: pharmacyOf(envelope, guard),
    person: personOf(envelope, guard),
    credential: {
      type: credentialType(String(druginfo.mdtrt_cert_type)),
      number: druginfo.mdtrt_cert_no.trim(),
      cardSn: said(guard.cardSn),
    },
    verification: guard.verify ?? undefined,
    agent: guard.agent ? agentOf(guard.agent) : undefined,
    channel: channelOf(said(guard.channel)),
    medicalType: String(druginfo.med_type).trim(),
    disease: said(druginfo.dise_codg),
    funds: guard.funds ? fundsOf(guard.funds) : undefined,
    total: toFen(Number(druginfo.medfee_sumamt)),
    lines: drugdetail.map((detail) => lineOf(detail, additions)),
    codesExpected: guard.drugtracinfo !== undefined && guard.drugtracinfo !== null,
    override: guard.override
      ? { code: guard.override.code, approver: guard.override.approver.trim() }
      : undefined,
    supersedes: guard.supersedes ?? undefined,
  };
}

function pharmacyOf(envelope: NhsaSaleEnvelope, guard: NhsaGuard): ClearPharmacy {
  const operator = String(envelope.opter).trim();
  return {
    code: envelope.fixmedins_code,
    area: envelope.mdtrtarea_admvs,
    terminal: said(envelope.dev_no) ?? standInTerminal(operator),
    operator,
    operatorType: said(envelope.opter_type),
    device: said(guard.device),
    pharmacist: said(guard.pharmacist),
  };
}

/**
 * A till that does not name itself is known by its cashier, who works one till at a time. One common
 * name for all of them would make a store with five tills look like one very fast till (CF-01, CF-02).
 * The tilde keeps the name apart from every dev_no.
 */
function standInTerminal(operator: string): string {
  return `~${operator}`;
}

function personOf(envelope: NhsaSaleEnvelope, guard: NhsaGuard): ClearPerson {
  const birthDate = said(guard.psn?.brdy);
  const balance = numberOf(guard.psn?.balc);
  return {
    number: envelope.input.druginfo.psn_no.trim(),
    insuredArea: envelope.insuplc_admdvs,
    insurance: String(envelope.input.druginfo.insutype).trim(),
    status: said(guard.psn?.psn_insu_stas),
    sex: said(guard.psn?.gend),
    birthDate: birthDate === undefined ? undefined : dateOf(birthDate),
    employer: said(guard.psn?.emp_name),
    balance: balance === undefined ? undefined : toFen(balance),
  };
}

function agentOf(agent: NonNullable<NhsaGuard["agent"]>): ClearAgent {
  return {
    id: said(agent.id),
    relation: said(agent.relation),
    registered: flagOf(agent.registered) ?? false,
  };
}

function lineOf(detail: NhsaDetail, additions: Additions): ClearLine {
  const line = lineId(detail);
  const traces = additions.traces.get(line) ?? [];
  const added = additions.lines.get(line);
  const splitPack = traces.some((row) => flagOf(row.trdn_flag) === true);
  const traceCodes: string[] = [];
  for (const row of traces) {
    const code = said(row.drug_trac_codg);
    if (code !== undefined) traceCodes.push(code);
  }
  return {
    line,
    drug: detail.med_list_codg.trim(),
    sku: said(detail.medins_list_codg),
    quantity: toTenThousandths(Number(detail.cnt)),
    unit: unitOf(said(added?.min_prcunt_type), splitPack && countsPieces(detail, traceCodes)),
    unitPriceMicro: toInteger(Number(detail.pric), UNIT_PRICE),
    amount: toFen(Number(detail.det_item_fee_sumamt)),
    // A till that sends 0 days has none to tell.
    daysSupply: numberOf(detail.prd_days) || undefined,
    prescriptionDrug: flagOf(added?.rx_flag),
    tcmUse: said(detail.tcmdrug_used_way),
    chargeLevel: said(added?.chrgitm_lv),
    lot: said(added?.manu_lotnum),
    expires: expiryOf(added),
    prescription: prescriptionOf(detail, additions.rx.get(line)),
    traceCodes,
    splitPack,
  };
}

function expiryOf(added: LineRow | undefined): string | undefined {
  const written = said(added?.expy_end);
  return written === undefined ? undefined : dateOf(written);
}

function unitOf(kind: string | undefined, looksLikePieces: boolean): ClearLine["unit"] {
  if (kind === PIECE) return "piece";
  return kind !== PACK && looksLikePieces ? "piece" : "pack";
}

/** Ten whole units split off one box are ten tablets: a box has but one pack in it. */
function countsPieces({ cnt }: NhsaDetail, codes: readonly string[]): boolean {
  const count = Number(cnt);
  return codes.length > 0 && Number.isInteger(count) && count > new Set(codes).size;
}

function prescriptionOf(detail: NhsaDetail, rx: RxRow | undefined): ClearPrescription | undefined {
  const number = said(detail.rxno);
  if (number === undefined) return undefined;
  const issuedAt = said(rx?.issuedAt);
  const quantity = numberOf(rx?.quantity);
  return {
    number,
    prescriber: said(detail.bilg_dr_codg),
    issuedAt: issuedAt === undefined ? undefined : timeOf(issuedAt),
    external: flagOf(detail.rx_circ_flag),
    source: said(rx?.source),
    long: flagOf(rx?.long) ?? false,
    quantity: quantity ? toTenThousandths(quantity) : undefined,
  };
}

function additionsOf(guard: NhsaGuard): Additions {
  const traces = new Map<string, TraceRow[]>();
  for (const row of guard.drugtracinfo ?? []) {
    const line = lineId(row);
    const rows = traces.get(line);
    if (rows === undefined) traces.set(line, [row]);
    else rows.push(row);
  }
  return {
    traces,
    lines: byLine(guard.lines),
    rx: byLine(guard.rx),
  };
}

function byLine<R extends Row>(rows: readonly R[] | null | undefined): ReadonlyMap<string, R> {
  const found = new Map<string, R>();
  for (const row of rows ?? []) found.set(lineId(row), row);
  return found;
}

function routeFaults(route: string, { infno }: NhsaSaleEnvelope): Fault[] {
  if (String(infno).trim() === route) return [];
  return [{ path: "infno", reason: `must be ${route} at this address` }];
}

/** A row that names no line would silently lose its codes, and the line would look unscanned. */
function addStrayRows(faults: Fault[], { input, guard }: NhsaSaleEnvelope): void {
  const known = new Set<string>();
  for (const detail of input.drugdetail) known.add(lineId(detail));
  const check = (name: string, rows: readonly Row[] | null | undefined) => {
    let index = 0;
    for (const row of rows ?? []) {
      if (!known.has(lineId(row))) {
        const path = `guard.${name}[${index}].feedetl_sn`;
        faults.push({ path, reason: "names no line of input" });
      }
      index += 1;
    }
  };
  check("drugtracinfo", guard?.drugtracinfo);
  check("lines", guard?.lines);
  check("rx", guard?.rx);
}

function lineId({ feedetl_sn }: Row): string {
  return (typeof feedetl_sn === "string" ? feedetl_sn : String(feedetl_sn)).trim();
}

function checkedTime(text: string): EpochMs {
  const at = timeOf(text);
  if (at === undefined) {
    throw new TypeError(
      "GUARD_SWIPE_UNPARSED: inf_time was not checked; parse the envelope first.",
    );
  }
  return at;
}
