import { randomBytes } from "node:crypto";
import { DRUG, SHOP } from "../scenarios/chest.ts";
import { shanghaiNow } from "./swipes.ts";
import type { Telltales } from "./telltale.ts";

/** One request, as bytes on a connection of its own. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Everything else is left out: these bytes are the request. */
  readonly raw?: string;
}

type Json = Record<string, unknown>;

/** What must be found: a search that finds nothing anywhere proves nothing. */
export const KEPT_IN_CLEAR = [
  SHOP.north,
  DRUG.atorvastatin,
  "TILL-7.kept",
  "OPERATOR-8",
  "SETL-kept",
];

export function newSwipeId(): string {
  return `KEPT-${randomBytes(6).toString("hex")}`;
}

export function post(path: string, body: unknown): Sent {
  return { path, body: JSON.stringify(body) };
}

/** A native check in which everybody and everything is named. */
export function nativeCheck(some: Telltales, swipeId: string, more: Json = {}): Json {
  const birthDate = some.birthDate();
  return {
    ...{ swipeId, occurredAt: shanghaiNow() },
    pharmacy: {
      ...{ code: SHOP.north, area: "210102", terminal: "TILL-7.kept", operator: "OPERATOR-8" },
      ...{ device: "SN-88f0", operatorType: "1", pharmacist: some.staff("pharmacist") },
    },
    person: {
      ...{ number: some.person(), insuredArea: "210100", insurance: "310", status: "1", sex: "1" },
      ...{ birthDate, employer: some.employer(), balance: 1_980.4 },
    },
    credential: { type: "02", number: some.idNumber(birthDate), cardSn: some.chip() },
    verification: { method: "face", outcome: "pass" },
    agent: { id: some.agent(), relation: "child", registered: true },
    ...{ channel: "counter", medicalType: "41", disease: "M03900", total: 73 },
    lines: [
      {
        ...{ line: "0001", drug: DRUG.atorvastatin, quantity: 2, unitPrice: 36.5, amount: 73 },
        ...{ daysSupply: 28, prescriptionDrug: true, lot: "B2207", expires: "2028-06-30" },
        prescription: {
          ...{ number: some.prescription(), prescriber: some.prescriber(), external: true },
          ...{ issuedAt: shanghaiNow(), source: "hospital", quantity: 2 },
        },
        traceCodes: [some.traceCode(), some.gs1Code()],
      },
    ],
    override: { code: "EMERGENCY", approver: some.staff("approver") },
    ...more,
  };
}

/** A check of one person, whom a list names. */
export function checkOf(some: Telltales, number: string): Sent {
  const body = nativeCheck(some, newSwipeId());
  Object.assign(dig(body, "person"), { number });
  return post("/v1/swipes", body);
}

const token = (some: Telltales): Json => ({
  credential: { type: "01", number: some.token(), issuedAt: shanghaiNow() },
});
const card = (some: Telltales): Json => ({
  credential: { type: "03", number: some.card(), cardSn: some.chip() },
});

const envelopeTime = () => shanghaiNow().slice(0, 19).replace("T", " ");

/** The untouched envelope: what the guard does not need is in it too, and must be dropped at the door. */
function head(some: Telltales, infno: string, msgid: string): Json {
  return {
    ...{ infno, msgid, mdtrtarea_admvs: "210102", insuplc_admdvs: "210100", infver: "V1.0" },
    ...{ dev_no: "TILL-7.kept", dev_safe_info: some.secret("device secret"), opter_type: "1" },
    ...{ cainfo: some.secret("signature"), sign_no: some.secret("sign-in number") },
    ...{ opter: "OPERATOR-8", opter_name: some.name("cashier's name"), inf_time: envelopeTime() },
    ...{ fixmedins_code: SHOP.north, fixmedins_name: "示例大药房" },
  };
}

export function nhsaSale(some: Telltales, infno: "2101" | "2102", msgid: string): Json {
  return {
    ...head(some, infno, msgid),
    input: {
      druginfo: {
        ...{ psn_no: some.person(), mdtrt_cert_type: "03", mdtrt_cert_no: some.card() },
        ...{ psn_name: some.name("patient's name"), certno: some.secret("certificate") },
        ...{ medfee_sumamt: 36.5, insutype: "310", med_type: "41", dise_codg: "M03900" },
        ...{ begntime: envelopeTime(), invono: some.secret("invoice"), tel: some.phone() },
      },
      drugdetail: [
        {
          ...{ feedetl_sn: "0001", rxno: some.prescription(), rx_circ_flag: "1" },
          ...{ med_list_codg: DRUG.atorvastatin, medins_list_codg: "100234", cnt: 1, pric: 36.5 },
          ...{ det_item_fee_sumamt: 36.5, prd_days: 14, bilg_dr_codg: some.prescriber() },
          ...{ bilg_dr_name: some.name("doctor's name") },
        },
      ],
    },
    guard: {
      psn: { gend: "2", brdy: some.birthDate(), psn_insu_stas: "1", emp_name: some.employer() },
      verify: { method: "face", outcome: "pass" },
      agent: { id: some.agent(), relation: "child", registered: "1" },
      ...{ cardSn: some.chip(), pharmacist: some.staff("pharmacist") },
      override: { code: "ELDERLY", approver: some.staff("approver") },
      drugtracinfo: [{ feedetl_sn: "0001", drug_trac_codg: some.traceCode(), trdn_flag: "0" }],
    },
  };
}

const dig = (from: Json, ...path: readonly string[]): Json =>
  path.reduce((at, step) => at[step] as Json, from);

/** A sale's whole life by the native door, each step with what identities it may carry. */
function nativeLife(some: Telltales): Sent[] {
  const id = newSwipeId();
  const check = nativeCheck(some, id);
  const [line] = check["lines"] as [Json];
  const [code] = line["traceCodes"] as [string];
  const at = (step: string) => `/v1/swipes/${id}/${step}`;
  const returned = { line: "0001", quantity: 1, traceCodes: [code] };
  const unknown = newSwipeId();
  const carried = nativeCheck(some, unknown, card(some));
  // The same box, person and prescription elsewhere: rules speak, with their evidence.
  const pharmacy = { code: SHOP.dalian, area: "210202", terminal: "T1", operator: "OPERATOR-8" };
  const elsewhere = { ...check, swipeId: newSwipeId(), pharmacy };
  return [
    post("/v1/swipes", { ...check, stage: "inquiry", swipeId: newSwipeId() }),
    post("/v1/swipes", check),
    post("/v1/swipes", check),
    post("/v1/swipes", { ...nativeCheck(some, id), total: 73 }),
    post(at("settlement"), { settlementId: "SETL-kept", visitId: "VISIT-kept" }),
    post(at("acknowledgement"), { by: some.staff("acknowledger"), choice: "cash" }),
    post("/v1/swipes", elsewhere),
    post("/v1/swipes", {
      ...elsewhere,
      swipeId: newSwipeId(),
      person: nativeCheck(some, id)["person"],
    }),
    post(at("reversal"), { reversalId: "REV-1", reason: "refund", lines: [returned] }),
    post(at("reversal"), { reason: "refund" }),
    { method: "GET", path: `/v1/swipes/${id}` },
    post(`/v1/swipes/${unknown}/settlement`, {
      ...{ settlementId: "SETL-kept-2", visitId: "V2", swipe: carried },
    }),
    ...[token(some), card(some)].map((more) =>
      post("/v1/swipes", nativeCheck(some, newSwipeId(), more)),
    ),
  ];
}

function nhsaLife(some: Telltales): Sent[] {
  const id = newSwipeId();
  const sale = nhsaSale(some, "2102", id);
  const psn_no = dig(sale, "input", "druginfo")["psn_no"];
  const setlinfo = {
    ...{ setl_id: "SETL-kept-nhsa", mdtrt_id: "VISIT-kept-nhsa", psn_no, fund_pay_sumamt: 16.5 },
    ...{ psn_name: some.name("patient's name"), certno: some.secret("certificate") },
    ...{ brdy: some.birthDate(), mdtrt_cert_no: some.card(), acct_pay: 20 },
  };
  const message = (infno: string, data: Json) =>
    post(`/nhsa/${infno}`, { ...head(some, infno, newSwipeId()), input: { data } });
  const other = { psn_no: some.person(), psn_name: some.name("patient's name") };
  const upload = (infno: string, selinfo: Json) => ({
    ...head(some, infno, newSwipeId()),
    input: { selinfo },
  });
  return [
    post("/nhsa/2101", nhsaSale(some, "2101", newSwipeId())),
    post("/nhsa/2102", sale),
    post("/nhsa/2102", sale),
    post("/nhsa/2102/answer", { infcode: 0, inf_refmsgid: id, err_msg: "", output: { setlinfo } }),
    message("2103", { psn_no, setl_id: "SETL-kept-nhsa", psn_name: some.name("patient's name") }),
    message("2103", other),
    message("2601", { ...other, omsgid: newSwipeId(), oinfno: "2102" }),
    message("2601", { psn_no, omsgid: id, oinfno: "2103" }),
    post("/nhsa/2102", nhsaSale(some, "2102", newSwipeId())),
    post("/nhsa/3505", upload("3505", productOf(some, psn_no))),
    post("/nhsa/3505", upload("3505", productOf(some, some.person()))),
    post("/nhsa/3505", upload("3505", { ...productOf(some, ""), hi_feesetl_type: "0" })),
    post("/nhsa/3505", upload("3505", { ...productOf(some, psn_no), sel_retn_cnt: some.phone() })),
    post("/nhsa/3505", { ...head(some, "3505", newSwipeId()), input: { psn_no: some.person() } }),
    post("/nhsa/3506", upload("3506", productOf(some, some.person()))),
    post("/nhsa/3506", upload("3506", productOf(some, psn_no))),
    post("/nhsa/2102/answer", {
      ...{ infcode: -1, inf_refmsgid: newSwipeId(), err_msg: some.name("name in err_msg") },
    }),
  ];
}

/** A product of a sale or return upload, in which everybody is named. */
function productOf(some: Telltales, psn_no: unknown): Json {
  return {
    ...{ psn_no, psn_name: some.name("patient's name"), certno: some.secret("certificate") },
    ...{ prsc_dr_name: some.name("doctor"), prsc_dr_certno: some.secret("certificate") },
    ...{ phar_name: some.name("pharmacist"), phar_certno: some.secret("certificate") },
    ...{ med_list_codg: DRUG.atorvastatin, hi_feesetl_type: "1", setl_id: "SETL-kept-nhsa" },
    ...{ rxno: some.prescription(), sel_retn_cnt: 1, memo: some.phone(), trdn_flag: "0" },
    ...{ sel_retn_opter_name: some.name("cashier's name"), medins_prod_sel_no: some.secret("no") },
    ...{ drug_trac_codg: some.traceCode(), drugtracinfo: [{ drug_trac_codg: some.gs1Code() }] },
  };
}

/** Native bodies that are refused, each in its own way, with identities where the fault is. */
function brokenNative(some: Telltales): Sent[] {
  const broken = (change: (body: Json) => void): Sent => {
    const body = nativeCheck(some, newSwipeId());
    change(body);
    return post("/v1/swipes", body);
  };
  const phone = some.phone();
  return [
    broken((body) => Object.assign(body, { [some.phone()]: 1, [some.person()]: some.phone() })),
    broken((body) =>
      Object.assign(dig(body, "person"), { [phone]: phone, name: some.name("name") }),
    ),
    broken((body) => Object.assign(dig(body, "person"), { number: Number(`9${some.phone()}`) })),
    broken((body) => Object.assign(dig(body, "person"), { number: some.person().repeat(5) })),
    broken((body) => Object.assign(dig(body, "person"), { birthDate: `${some.birthDate()}T` })),
    broken((body) =>
      Object.assign(dig(body, "person"), { status: some.idNumber(some.birthDate()) }),
    ),
    broken((body) => Object.assign(dig(body, "credential"), { type: some.card() })),
    broken((body) => Object.assign(dig(body, "credential"), { issuedAt: some.token() })),
    broken((body) => Object.assign(body, { stage: some.name("name") })),
    broken((body) => Object.assign(body, { total: 1 })),
    broken((body) => Object.assign(body, { total: some.person() })),
    broken((body) => Object.assign(body, { swipeId: `${some.person()} ${some.phone()}` })),
    broken((body) => Object.assign(body, { supersedes: `${some.name("name")}` })),
    broken((body) => Object.assign(body, { lines: { [some.traceCode()]: some.traceCode() } })),
    broken((body) => Object.assign(body, { agent: some.agent() })),
    broken((body) => Object.assign(dig(body, "override"), { code: some.person() })),
    broken((body) => Object.assign(dig(body, "override"), { code: some.name("name") })),
    broken((body) => {
      const [line] = body["lines"] as [Json];
      line["traceCodes"] = Array.from({ length: 101 }, () => some.traceCode());
    }),
    broken((body) => {
      const [line] = body["lines"] as [Json];
      body["lines"] = [line, { ...line, prescription: { number: [some.prescription()] } }];
    }),
  ];
}

function brokenAfter(some: Telltales): Sent[] {
  const at = (step: string) => `/v1/swipes/${newSwipeId()}/${step}`;
  const broken = nhsaSale(some, "2102", newSwipeId());
  Object.assign(dig(broken, "guard"), { [some.phone()]: some.phone() });
  const strange = nhsaSale(some, "2102", newSwipeId());
  Object.assign(dig(strange, "guard", "psn"), { brdy: some.idNumber(some.birthDate()) });
  const texts = nhsaSale(some, "2101", newSwipeId());
  Object.assign(dig(texts, "input", "druginfo"), { psn_no: { [some.person()]: some.person() } });
  return [
    post(at("settlement"), { settlementId: "SETL-kept", visitId: "V", psn_no: some.person() }),
    post(at("settlement"), {
      ...{ settlementId: "SETL-kept", visitId: "V" },
      swipe: { ...nativeCheck(some, newSwipeId()), [some.phone()]: true },
    }),
    post(at("reversal"), { reason: some.name("name"), reversalId: `${some.person()} x` }),
    post(at("reversal"), { reason: "refund", lines: [{ line: some.traceCode() }] }),
    post(at("acknowledgement"), { by: some.staff("acknowledger"), choice: some.name("name") }),
    post(at("acknowledgement"), { by: "L1", choice: "cash", code: some.idNumber("1941-02-03") }),
    post("/nhsa/2102", broken),
    post("/nhsa/2102", strange),
    post("/nhsa/2101", texts),
    post("/nhsa/2101", { ...nhsaSale(some, "2102", newSwipeId()), msgid: some.name("name") }),
    post("/nhsa/2103", { ...head(some, "2103", newSwipeId()), input: some.person() }),
    post("/nhsa/2601", {
      ...head(some, "2601", some.name("name")),
      input: { omsgid: some.phone() },
    }),
  ];
}

/** Requests that never become a body: addresses, headers and bytes that a log or an error might repeat. */
function brokenRequests(some: Telltales): Sent[] {
  const whole = JSON.stringify(nativeCheck(some, newSwipeId()));
  const path = "/v1/swipes";
  const inAddress = () => encodeURIComponent(`${some.name("name")}${some.person()}`);
  return [
    { path, body: whole.slice(0, -40) },
    { path, body: `${some.person()}` },
    { path, body: `{"person": ${some.name("name")}}` },
    { path, body: `[${whole},` },
    { path, body: Buffer.from(whole.replace("kept", "\u00ff"), "latin1") },
    { path, body: whole, type: `text/plain; name=${some.phone()}` },
    { path, body: whole, type: "application/json; charset=gb18030" },
    { path, body: `{"__proto__": {"a": "${some.person()}"}, "b": ${whole}}` },
    { path, body: `${"[".repeat(60)}"${some.person()}"${"]".repeat(60)}` },
    { path, body: `"${some.token()}${"x".repeat(1_100_000)}"` },
    { path: `/v1/swipes?psn_no=${some.person()}`, body: whole },
    { path: `/v1/swipes/${inAddress()}/settlement`, body: "{}" },
    { path: `/v1/swipes/${inAddress().repeat(3)}/reversal`, body: whole },
    { path: `/v1/persons/${some.person()}`, body: whole },
    { path: `/nhsa/${some.phone()}`, body: whole },
    { path: `/v1/swipes/%E0%A4%A/${some.person()}`, body: whole },
    { method: "DELETE", path: `/v1/swipes/${inAddress()}` },
    { method: "GET", path: `/v1/swipes/~${some.phone()}?token=${some.token()}` },
    {
      path: "/nhsa/9999",
      headers: { authorization: `Bearer ${some.token()}`, "x-request-id": some.person() },
      body: whole,
    },
    { path, raw: `PERSON ${some.person()} IS NOT HTTP\r\n\r\n` },
    { path, raw: `POST /v1/swipes HTTP/1.1\r\nhost: x\r\n${some.phone()}\u0001: x\r\n\r\n` },
    { path, raw: `GET /${some.token()} HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n` },
  ];
}

/** Everything a till may send, well and ill; each with identities of its own. */
export function everyMessage(some: Telltales): Sent[] {
  return [
    ...nativeLife(some),
    ...nhsaLife(some),
    ...brokenNative(some),
    ...brokenAfter(some),
    ...brokenRequests(some),
  ];
}

/** Sent while the store is in trouble: its errors could quote the commands. */
export function someSales(some: Telltales): Sent[] {
  const id = newSwipeId();
  return [
    post("/v1/swipes", nativeCheck(some, id, token(some))),
    post("/nhsa/2102", nhsaSale(some, "2102", newSwipeId())),
    post(`/v1/swipes/${id}/settlement`, { settlementId: "SETL-kept", visitId: "V" }),
    post(`/v1/swipes/${id}/reversal`, { reason: "refund" }),
    post(`/v1/swipes/${id}/acknowledgement`, { by: some.staff("acknowledger"), choice: "cash" }),
  ];
}
