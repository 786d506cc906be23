import { type Ask, amountOf, chinaText, lineId } from "./ask.ts";
import type { Filled, FilledLine } from "./fill.ts";

/** The envelope of 2101 and 2102 with the guard's own node (contract section 3). */
export function nhsaEnvelope(ask: Filled): Record<string, unknown> {
  return {
    ...{ infno: ask.inquiry ? "2101" : "2102", msgid: ask.id, fixmedins_code: ask.shop },
    ...{ mdtrtarea_admvs: ask.shop.slice(1, 7), insuplc_admdvs: ask.insuredArea },
    ...{ dev_no: ask.till, opter_type: ask.operatorType, opter: ask.operator },
    ...{ inf_time: chinaLocal(ask.tillClock), sign_no: "1" },
    input: { druginfo: infoOf(ask), drugdetail: ask.lines.map(detailOf) },
    guard: guardOf(ask),
  };
}

/** One product of 3505 or 3506. */
export function productOf(
  { number }: Filled,
  { drug, split, prescriptionDrug }: FilledLine,
  of: { readonly settlement: string; readonly codes: readonly string[]; readonly packs: number },
): Record<string, unknown> {
  return {
    ...{ med_list_codg: drug, hi_feesetl_type: "1", setl_id: of.settlement },
    ...{ psn_no: number, psn_name: "x", sel_retn_cnt: of.packs },
    ...{ rx_flag: flag(prescriptionDrug ?? false), trdn_flag: flag(split) },
    ...{ sel_retn_opter_name: "x", finl_trns_pric: "" },
    drugtracinfo: of.codes.map((code) => ({ drug_trac_codg: code })),
  };
}

/** A product in `selinfo`; several (3505A, 3506A) in `selinfoDetail`. */
export function uploadOf(
  shop: string,
  infno: "3505" | "3506",
  msgid: string,
  products: readonly Record<string, unknown>[],
): Record<string, unknown> {
  const [only, ...others] = products;
  if (others.length === 0) return { infno, msgid, fixmedins_code: shop, input: { selinfo: only } };
  return { infno: `${infno}A`, msgid, fixmedins_code: shop, input: { selinfoDetail: products } };
}

/** NHSA's answer to 2102 with what it paid. */
export function answerOf(
  { id, number, funds }: Filled,
  settlementId: string,
): Record<string, unknown> {
  const setlinfo = {
    ...{ setl_id: settlementId, mdtrt_id: "M-1", psn_no: number },
    ...(funds === null
      ? {}
      : {
          ...{ fund_pay_sumamt: funds.pooled, acct_pay: funds.account },
          ...{ acct_mulaid_pay: funds.familyAccount, psn_cash_pay: funds.cash },
        }),
  };
  return { infcode: 0, inf_refmsgid: id, output: { setlinfo } };
}

function infoOf({ credential, told, ...ask }: Filled) {
  return {
    ...{ psn_no: ask.number, mdtrt_cert_type: credential.type, mdtrt_cert_no: credential.number },
    ...{ begntime: chinaLocal(ask.at), acct_used_flag: "1", medfee_sumamt: ask.total },
    ...{ insutype: ask.insurance, med_type: ask.medicalType, dise_codg: told.disease ?? "" },
  };
}

function detailOf(line: FilledLine, index: number) {
  const { rx } = line;
  return {
    ...{ feedetl_sn: lineId(index), med_list_codg: line.drug, medins_list_codg: line.sku },
    ...{ cnt: line.quantity, pric: line.price, det_item_fee_sumamt: amountOf(line) },
    ...(line.days === null ? {} : { prd_days: line.days }),
    ...(line.tcmUse === null ? {} : { tcmdrug_used_way: line.tcmUse }),
    ...(rx === null ? {} : { rxno: rx.number, bilg_dr_codg: rx.prescriber ?? "" }),
    ...(rx === null || rx.external === null ? {} : { rx_circ_flag: flag(rx.external) }),
  };
}

function guardOf(ask: Filled) {
  const { told, lines, credential, funds } = ask;
  return {
    psn: {
      ...{ gend: ask.sex, brdy: ask.birthDate, psn_insu_stas: ask.status, balc: ask.balance },
      ...(ask.employer === null ? {} : { emp_name: ask.employer }),
    },
    ...extrasOf(told),
    ...{ channel: ask.channel, device: ask.device, pharmacist: ask.pharmacist },
    ...(credential.cardSn === null ? {} : { cardSn: credential.cardSn }),
    ...(funds === null ? {} : { funds: nhsaFunds(funds) }),
    ...(told.codesLater ? {} : { drugtracinfo: lines.flatMap(traceRows) }),
    lines: lines.map(({ pieces, prescriptionDrug, chargeLevel, lot, expires }, index) => ({
      ...{ feedetl_sn: lineId(index), chrgitm_lv: chargeLevel, manu_lotnum: lot },
      ...(expires === null ? {} : { expy_end: expires }),
      ...(told.unitUnsaid ? {} : { min_prcunt_type: pieces ? "1" : "2" }),
      ...(prescriptionDrug === null ? {} : { rx_flag: flag(prescriptionDrug) }),
    })),
    rx: lines.flatMap(rxRows),
  };
}

function extrasOf({ verified, agent, override, supersedes }: Ask) {
  return {
    ...(verified ? { verify: { method: verified[0], outcome: verified[1] } } : {}),
    ...(agent ? { agent: { ...agent, registered: flag(agent.registered ?? false) } } : {}),
    ...(override ? { override: { code: override[0], approver: override[1] } } : {}),
    ...(supersedes ? { supersedes: supersedes.ask.id } : {}),
  };
}

function nhsaFunds({ pooled, account, familyAccount, cash }: NonNullable<Filled["funds"]>) {
  return {
    ...{ fund_pay_sumamt: pooled, acct_pay: account },
    ...{ acct_mulaid_pay: familyAccount, psn_cash_pay: cash },
  };
}

function traceRows({ codes, split }: FilledLine, index: number) {
  return (codes ?? []).map((code) => ({
    ...{ feedetl_sn: lineId(index), drug_trac_codg: code, trdn_flag: flag(split) },
  }));
}

function rxRows({ rx }: FilledLine, index: number) {
  if (rx === null) return [];
  return [
    {
      ...{ feedetl_sn: lineId(index), long: flag(rx.long), source: rx.source ?? "" },
      ...(rx.issued === null ? {} : { issuedAt: chinaLocal(rx.issued) }),
      ...(rx.quantity === null ? {} : { quantity: rx.quantity }),
    },
  ];
}

function flag(is: boolean): "1" | "0" {
  return is ? "1" : "0";
}

function chinaLocal(at: number): string {
  return chinaText(at).slice(0, 19).replace("T", " ");
}
