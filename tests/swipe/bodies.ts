import type { CheckBody } from "../../src/swipe/check-body.ts";
import { isProblem, type Outcome, type Problem } from "../../src/swipe/problem.ts";

export function accepted<T>(outcome: Outcome<T>): T {
  if (isProblem(outcome)) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

export function refused(outcome: Outcome<unknown>): Problem {
  if (!isProblem(outcome)) throw new Error("accepted what should be refused");
  return outcome.problem;
}

/** The check of the contract's section 2, every field given. */
export function fullCheck(): CheckBody {
  return {
    swipeId: "P21010200123202611211015300001",
    stage: "settle",
    occurredAt: "2026-11-21T10:15:30+08:00",
    pharmacy: {
      code: "P21010200123",
      area: "210102",
      terminal: "T03",
      device: "SN-88f0",
      operator: "0007",
      operatorType: "1",
      pharmacist: "L0031",
    },
    person: {
      number: "43000030281000128715",
      insuredArea: "210100",
      insurance: "310",
      status: "1",
      sex: "2",
      birthDate: "1956-03-02",
      employer: "某某有限公司",
      balance: 1500.0,
    },
    credential: { type: "03", number: "A1234567X", cardSn: "F0C2A7", issuedAt: null },
    verification: { method: "face", outcome: "pass" },
    agent: { id: "210102198203040011", relation: "child", registered: true },
    channel: "counter",
    medicalType: "41",
    disease: "M03900",
    funds: { pooled: 0, account: 73.0, familyAccount: 0, cash: 0 },
    total: 73.0,
    lines: [
      {
        line: "0001",
        drug: "XC10AAA067A001010100501",
        sku: "100234",
        quantity: 2,
        unit: "pack",
        unitPrice: 36.5,
        amount: 73.0,
        daysSupply: 28,
        prescriptionDrug: true,
        tcmUse: null,
        chargeLevel: "1",
        lot: "B2207",
        expires: "2028-06-30",
        prescription: {
          number: "RX2026112100017",
          prescriber: "D421003007628",
          issuedAt: "2026-11-21T09:40:00+08:00",
          external: true,
          source: "hospital",
          long: false,
          quantity: 2,
        },
        traceCodes: ["83386520001941653320", "83386520001941653321"],
        splitPack: false,
      },
    ],
    override: { code: "TRAVEL_ABROAD", approver: "L0031" },
    supersedes: "P21010200123202611211014580007",
  };
}

/** Only what the contract requires. */
export function leastCheck(): CheckBody {
  return {
    swipeId: "P21010200123202611211015300001",
    occurredAt: "2026-11-21T10:15:30+08:00",
    pharmacy: { code: "P21010200123", area: "210102", terminal: "T03", operator: "0007" },
    person: { number: "43000030281000128715", insuredArea: "210100", insurance: "310" },
    credential: { type: "03", number: "A1234567X" },
    medicalType: "41",
    total: 73,
    lines: [
      { line: "0001", drug: "XC10AAA067A001010100501", quantity: 2, unitPrice: 36.5, amount: 73 },
    ],
  };
}

/** The NHSA message of the same sale as `fullCheck`, as far as the interface can say it. */
export function fullEnvelope(): Record<string, unknown> {
  return {
    infno: "2102",
    msgid: "P21010200123202611211015300001",
    mdtrtarea_admvs: "210102",
    insuplc_admdvs: "210100",
    recer_sys_code: "POS",
    dev_no: "T03",
    dev_safe_info: "",
    cainfo: "signature",
    signtype: "SM2",
    infver: "V1.0",
    opter_type: "1",
    opter: "0007",
    opter_name: "张收银",
    inf_time: "2026-11-21 10:15:30",
    fixmedins_code: "P21010200123",
    fixmedins_name: "某某大药房",
    sign_no: "S1",
    input: {
      druginfo: {
        psn_no: "43000030281000128715",
        psn_name: "王某某",
        mdtrt_cert_type: "03",
        mdtrt_cert_no: "A1234567X",
        begntime: "2026-11-21 10:15:00",
        medfee_sumamt: "73.00",
        invono: "I1",
        insutype: "310",
        dise_codg: "M03900",
        dise_name: "高血压",
        acct_used_flag: "1",
        med_type: "41",
      },
      drugdetail: [
        {
          feedetl_sn: "0001",
          rxno: "RX2026112100017",
          rx_circ_flag: "1",
          fee_ocur_time: "2026-11-21 10:15:00",
          med_list_codg: "XC10AAA067A001010100501",
          medins_list_codg: "100234",
          det_item_fee_sumamt: 73,
          cnt: "2",
          pric: "36.5",
          sin_dos_dscr: "20mg",
          used_frqu_dscr: "qd",
          prd_days: "28.00",
          bilg_dr_codg: "D421003007628",
          bilg_dr_name: "李医生",
          tcmdrug_used_way: "",
        },
      ],
    },
    guard: fullGuard(),
  };
}

function fullGuard(): Record<string, unknown> {
  return {
    psn: {
      gend: "2",
      brdy: "1956-03-02",
      psn_insu_stas: "1",
      emp_name: "某某有限公司",
      balc: 1500,
    },
    verify: { method: "face", outcome: "pass" },
    agent: { id: "210102198203040011", relation: "child", registered: "1" },
    channel: "counter",
    device: "SN-88f0",
    cardSn: "F0C2A7",
    pharmacist: "L0031",
    override: { code: "TRAVEL_ABROAD", approver: "L0031" },
    supersedes: "P21010200123202611211014580007",
    funds: { pooled: 0, acct_pay: "73.00", acct_mulaid_pay: 0, psn_cash_pay: "0" },
    drugtracinfo: [
      { feedetl_sn: "0001", drug_trac_codg: "83386520001941653320", trdn_flag: "0" },
      { feedetl_sn: "0001", drug_trac_codg: "83386520001941653321", trdn_flag: "0" },
    ],
    lines: [
      {
        ...{ feedetl_sn: "0001", rx_flag: "1", min_prcunt_type: "2" },
        ...{ chrgitm_lv: "1", manu_lotnum: "B2207", expy_end: "2028-06-30" },
      },
    ],
    rx: [
      {
        feedetl_sn: "0001",
        issuedAt: "2026-11-21 09:40:00",
        source: "hospital",
        long: "0",
        quantity: "2",
      },
    ],
  };
}

/** The places of all values of a body for which `wanted` holds, as lists of keys. */
export function placesOf(
  body: unknown,
  wanted: (value: unknown) => boolean,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (wanted(body)) return [path];
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([key, value]) =>
    placesOf(value, wanted, [...path, Array.isArray(body) ? Number(key) : key]),
  );
}

/** A copy of the body with another value at one place. */
export function withValue(
  body: unknown,
  path: readonly (string | number)[],
  value: unknown,
): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const copy: Record<string | number, unknown> = Array.isArray(body)
    ? ([...body] as unknown as Record<number, unknown>)
    : { ...(body as Record<string, unknown>) };
  copy[step] = withValue(copy[step], rest, value);
  return copy;
}
