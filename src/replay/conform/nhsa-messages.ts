import { TEST_PHARMACY } from "../../checkout/test-pharmacy.ts";
import type { EpochMs } from "../../units.ts";
import type { Buyer } from "./scene.ts";
import { chinaTime } from "./times.ts";

/** An NHSA message of the test pharmacy: what the envelope needs, and what a till puts beside it (domain 1.2). */
export interface Message {
  readonly infno: string;
  readonly msgid: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface Told {
  readonly msgid: string;
  readonly at: EpochMs;
  readonly buyer: Buyer;
}

export function message(
  infno: string,
  { msgid, at, buyer }: Told,
  input: Message["input"],
): Message {
  return {
    ...{ infno, msgid, mdtrtarea_admvs: "210102", insuplc_admdvs: "210100" },
    ...{ recer_sys_code: "CONFORM", dev_no: buyer.terminal, signtype: "SM2", infver: "V1.0" },
    ...{ opter_type: "1", opter: buyer.operator, opter_name: "测试", inf_time: chinaTime(at) },
    ...{ fixmedins_code: TEST_PHARMACY, fixmedins_name: "测试药店", sign_no: "CONFORM" },
    input,
  };
}

export interface Goods {
  readonly code: string;
  readonly invoice: string;
}

/** 2101 and 2102: one box at 11.80 yuan, its trace code beside it. */
export function saleMessage(infno: "2101" | "2102", told: Told, goods: Goods): Message {
  const { buyer, at } = told;
  const druginfo = {
    ...{ psn_no: buyer.person, mdtrt_cert_type: "03", mdtrt_cert_no: buyer.card },
    ...{ begntime: chinaTime(at), medfee_sumamt: 11.8, insutype: "310", med_type: "41" },
    ...{ acct_used_flag: "1", ...(infno === "2102" ? { invono: goods.invoice } : {}) },
  };
  const drugdetail = [
    {
      ...{ feedetl_sn: "0001", med_list_codg: "XM01AEB103A001010100301", medins_list_codg: "1" },
      ...{ det_item_fee_sumamt: 11.8, cnt: 1, pric: 11.8, prd_days: 5, rx_circ_flag: "0" },
    },
  ];
  const guard = {
    psn: { gend: "1", brdy: "1980-07-01", psn_insu_stas: "1" },
    ...{ verify: { method: "face", outcome: "pass" }, cardSn: `SN-${buyer.card}` },
    drugtracinfo: [{ feedetl_sn: "0001", drug_trac_codg: goods.code, trdn_flag: "0" }],
  };
  return { ...message(infno, told, { druginfo, drugdetail }), guard };
}

/** NHSA's own answer to a 2102; another infcode than 0 is a refusal. */
export function saleAnswer(sale: Message, infcode: number, settlement: string, at: EpochMs) {
  const { druginfo } = sale.input as { readonly druginfo: { readonly psn_no: string } };
  const setlinfo = {
    ...{ setl_id: settlement, mdtrt_id: `V${settlement}`, psn_no: druginfo.psn_no },
    ...{ fund_pay_sumamt: 0, hifp_pay: 0, acct_pay: 11.8, psn_cash_pay: 0 },
  };
  return {
    ...{ infcode, inf_refmsgid: sale.msgid, refmsg_time: chinaTime(at) },
    ...{ respond_time: chinaTime(at), err_msg: infcode === 0 ? "" : "测试拒绝" },
    output: infcode === 0 ? { setlinfo } : {},
  };
}

/** 3505 and 3506: the box as it left the shelf, or came back to it. */
export function uploadMessage(
  infno: "3505" | "3506",
  told: Told,
  { settlement, code }: { readonly settlement: string; readonly code: string },
): Message {
  const selinfo = {
    ...{ med_list_codg: "XM01AEB103A001010100301", fixmedins_hilist_id: "1" },
    ...{ hi_feesetl_type: "1", setl_id: settlement, psn_no: told.buyer.person, rx_flag: "0" },
    ...{ trdn_flag: "0", sel_retn_cnt: 1, sel_retn_time: chinaTime(told.at) },
    ...{ mdtrt_setl_type: "1", drugtracinfo: [{ drug_trac_codg: code }] },
  };
  return message(infno, told, { selinfo });
}
