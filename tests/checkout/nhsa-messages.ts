import type { Desk } from "../../src/checkout/desk.ts";
import { chinaLocalText } from "../../src/swipe/calendar.ts";
import type { NhsaRoute } from "../../src/swipe/nhsa/route.ts";
import { AMLODIPINE, AT, box, HERE, personNumber, type Sale } from "./shop.ts";

/** The same sale as `sale` gives, in the envelope of the NHSA interface. */
export function saleMessage(infno: "2101" | "2102", of: Sale): Record<string, unknown> {
  const person = of.person ?? 1;
  const quantity = of.quantity ?? Math.max(1, of.boxes?.length ?? 1);
  return {
    ...head(infno, of),
    insuplc_admdvs: "210100",
    input: {
      druginfo: {
        psn_no: personNumber(person),
        mdtrt_cert_type: of.token ? "01" : "03",
        mdtrt_cert_no: of.token ?? `CARD-${person}`,
        begntime: "2026-11-21 10:15:00",
        medfee_sumamt: "35.00",
        insutype: "310",
        dise_codg: "M03900",
        med_type: "41",
      },
      drugdetail: [
        {
          feedetl_sn: "0001",
          med_list_codg: of.drug ?? AMLODIPINE,
          det_item_fee_sumamt: 35,
          cnt: quantity,
          pric: Math.round(35e6 / quantity) / 1e6,
          prd_days: of.days ?? 7,
          ...(of.rx ? { rxno: of.rx, bilg_dr_codg: "D210102000101" } : {}),
        },
      ],
    },
    guard: {
      ...(of.stopped ? { psn: { psn_insu_stas: "2" } } : {}),
      ...(of.boxes
        ? {
            drugtracinfo: of.boxes.map((number) => ({
              feedetl_sn: "0001",
              drug_trac_codg: box(number),
              trdn_flag: "0",
            })),
          }
        : {}),
      ...(of.rx ? { rx: [{ feedetl_sn: "0001", long: "1" }] } : {}),
    },
  };
}

export const ASPIRIN = "XB01ACA056A012";

/** 2102 of two drugs, without any codes. */
export function twoDrugs(id: string): Record<string, unknown> {
  const message = saleMessage("2102", { id, days: 2 });
  const input = message["input"] as { druginfo: object; drugdetail: [object] };
  const second = {
    ...{ feedetl_sn: "0002", med_list_codg: ASPIRIN, det_item_fee_sumamt: 15 },
    ...{ cnt: 1, pric: 15, prd_days: 2 },
  };
  const druginfo = { ...input.druginfo, medfee_sumamt: 50 };
  return { ...message, input: { druginfo, drugdetail: [...input.drugdetail, second] } };
}

export function head(
  infno: string,
  of: Pick<Sale, "id" | "at" | "person" | "pharmacy">,
): Record<string, unknown> {
  return {
    infno,
    msgid: of.id,
    mdtrtarea_admvs: "210102",
    dev_no: `T${of.person ?? 1}`,
    opter_type: "1",
    opter: "0007",
    inf_time: chinaLocalText(of.at ?? AT).slice(0, 19),
    fixmedins_code: of.pharmacy ?? HERE,
  };
}

export const cancel = (id: string, settlement?: string, person = 1) => ({
  ...head("2103", { id, person }),
  input: { data: { psn_no: personNumber(person), ...(settlement ? { setl_id: settlement } : {}) } },
});
export const undo = (id: string, infno: string, of: string, person = 1) => ({
  ...head("2601", { id, person }),
  input: { data: { psn_no: personNumber(person), omsgid: of, oinfno: infno } },
});
export const nhsaAnswer = (of: string, settlement: string, infcode: number | string = 0) => ({
  infcode,
  inf_refmsgid: of,
  err_msg: "",
  ...(Number(infcode) === 0
    ? {
        output: {
          setlinfo: {
            setl_id: settlement,
            mdtrt_id: "V1",
            psn_name: "测试甲",
            fund_pay_sumamt: 16.5,
            acct_pay: 18.5,
          },
        },
      }
    : {}),
});

/** One product of 3505 or 3506, as the till sends it: personal fields and all. */
export interface Product extends Pick<Sale, "person" | "drug" | "quantity" | "boxes" | "split"> {
  readonly settlement?: string;
  /** Of all these packs together, yuan. */
  readonly amount?: number;
  /** When it was sold, milliseconds. */
  readonly soldAt?: number;
  /** Given as they are, in place of the boxes' codes. */
  readonly codes?: readonly string[];
  readonly cash?: boolean;
}

export function product(of: Product): Record<string, unknown> {
  const { person = 1, drug = AMLODIPINE, boxes = [], codes = boxes.map(box) } = of;
  const quantity = of.quantity ?? Math.max(1, codes.length);
  return {
    med_list_codg: drug,
    fixmedins_hilist_id: "100234",
    fixmedins_bchno: "B-1",
    prsc_dr_name: "测试医师",
    phar_name: "测试药师",
    hi_feesetl_type: of.cash ? "0" : "1",
    setl_id: of.settlement ?? "",
    psn_no: of.cash ? "" : personNumber(person),
    psn_cert_type: "01",
    certno: "210102195603020022",
    psn_name: "测试甲",
    manu_lotnum: "L1",
    rx_flag: "1",
    trdn_flag: of.split ? "1" : "0",
    finl_trns_pric: Math.round(((of.amount ?? 35) * 1e6) / quantity) / 1e6,
    sel_retn_cnt: quantity,
    sel_retn_time: of.soldAt === undefined ? "" : chinaLocalText(of.soldAt).slice(0, 19),
    sel_retn_opter_name: "张收银",
    drugtracinfo: codes.map((code) => ({ drug_trac_codg: code })),
  };
}

type Upload = Product & Pick<Sale, "id" | "pharmacy"> & { readonly of?: string };

export const saleUpload = (of: Upload) => ({
  ...head("3505", of),
  input: { selinfo: product(of) },
});
export const returnUpload = (of: Upload) => ({
  ...head("3506", of),
  input: { selinfo: { ...product(of), medins_prod_sel_no: of.of ?? "X-1" } },
});
export const uploadList = (infno: "3505A" | "3506A", id: string, products: readonly Product[]) => ({
  ...head(infno, { id }),
  input: { selinfoDetail: products.map(product) },
});

/** Posts a message as a till does: what it is told in short. */
export async function post(desk: Desk, route: NhsaRoute, message: unknown) {
  const { problem, envelope } = await desk.nhsa(route, message, {});
  await desk.idle();
  const { infcode, output } = envelope;
  return {
    infcode,
    ...(problem ? { problem: problem.code } : {}),
    ...(output.decision
      ? { decision: output.decision, rules: output.result.map(({ rule_id }) => rule_id) }
      : {}),
    ...(output.matched === undefined ? {} : { matched: output.matched }),
    ...(output.state ? { state: output.state } : {}),
    ...(output.codesKept ? { codesKept: true } : {}),
  };
}

export const ALLOWED = { infcode: 0, decision: "allow", rules: [] };
