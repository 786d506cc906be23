import { chinaText, type Filled, lineId, numberOf } from "./ask.ts";
import { SHOP } from "./chest.ts";
import { amountOf, credentialOf, priceOf, totalOf } from "./native-form.ts";

/** The envelope of 2101 and 2102 with the guard's own node (contract section 3). */
export function nhsaEnvelope(ask: Filled): Record<string, unknown> {
  const shop = ask.shop ?? SHOP.north;
  return {
    ...{ infno: ask.inquiry ? "2101" : "2102", msgid: ask.id, fixmedins_code: shop },
    ...{ mdtrtarea_admvs: shop.slice(1, 7), insuplc_admdvs: ask.insuredArea ?? "210100" },
    ...{ dev_no: ask.till ?? "T01", opter_type: "1", opter: ask.operator ?? "0007" },
    ...{ inf_time: chinaText(ask.at).slice(0, 19).replace("T", " "), sign_no: "1" },
    input: { druginfo: infoOf(ask), drugdetail: detailsOf(ask) },
    guard: guardOf(ask),
  };
}

function infoOf(ask: Filled) {
  const credential = credentialOf(ask);
  return {
    ...{
      psn_no: numberOf(ask),
      mdtrt_cert_type: credential.type,
      mdtrt_cert_no: credential.number,
    },
    ...{ begntime: chinaText(ask.at).slice(0, 19).replace("T", " "), acct_used_flag: "1" },
    ...{ medfee_sumamt: totalOf(ask), insutype: "310", med_type: ask.medicalType ?? "41" },
    dise_codg: ask.disease ?? "",
  };
}

function detailsOf(ask: Filled) {
  return ask.basket.map((packs, index) => ({
    ...{ feedetl_sn: lineId(index), med_list_codg: packs.drug, medins_list_codg: "100234" },
    ...{ cnt: packs.quantity, pric: priceOf(packs), det_item_fee_sumamt: amountOf(packs) },
    ...(packs.days === undefined ? {} : { prd_days: packs.days }),
    ...(packs.rx ? { rxno: packs.rx.number, rx_circ_flag: "0" } : {}),
    ...(packs.rx?.prescriber ? { bilg_dr_codg: packs.rx.prescriber } : {}),
  }));
}

function guardOf(ask: Filled) {
  const psn = {
    ...(ask.status ? { psn_insu_stas: ask.status } : {}),
    ...(ask.employer ? { emp_name: ask.employer } : {}),
  };
  const rows = ask.basket.flatMap(({ codes, split }, index) =>
    (codes ?? []).map((code) => ({
      ...{ feedetl_sn: lineId(index), drug_trac_codg: code, trdn_flag: split ? "1" : "0" },
    })),
  );
  return {
    psn,
    ...(ask.verified ? { verify: { method: ask.verified[0], outcome: ask.verified[1] } } : {}),
    ...(ask.agent ? { agent: ask.agent } : {}),
    ...(ask.cardSn ? { cardSn: ask.cardSn } : {}),
    ...(ask.pharmacist ? { pharmacist: ask.pharmacist } : {}),
    ...(ask.override ? { override: { code: ask.override[0], approver: ask.override[1] } } : {}),
    ...(ask.supersedes ? { supersedes: ask.supersedes.ask.id } : {}),
    ...(ask.familyAccount ? { funds: { acct_mulaid_pay: ask.familyAccount } } : {}),
    ...(ask.codesLater ? {} : { drugtracinfo: rows }),
    lines: ask.basket.map(({ pieces }, index) => ({
      ...{ feedetl_sn: lineId(index), min_prcunt_type: pieces ? "1" : "2" },
    })),
    rx: ask.basket.flatMap(({ rx }, index) =>
      rx === undefined
        ? []
        : [
            {
              ...{ feedetl_sn: lineId(index), long: rx.long ? "1" : "0" },
              ...(rx.quantity === undefined ? {} : { quantity: rx.quantity }),
            },
          ],
    ),
  };
}
