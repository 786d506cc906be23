import type { EpochMs } from "../../units.ts";
import { localText } from "../days.ts";
import { lineAmount, lineUnitPrice } from "../goods/cart.ts";
import type { Agent } from "../sale.ts";
import { pharmacistOf } from "./native-form.ts";
import {
  type Again,
  type Message,
  type Presentation,
  type ScannedLine,
  settlementIdOf,
  type TillForm,
  totalOf,
  visitIdOf,
  yuan,
} from "./till-form.ts";

/** NHSA's messages (contract section 3): mode 2 sends the trace codes with the sale, mode 1 by 3505 afterwards. */
export function nhsaForm(mode: "mode1" | "mode2"): TillForm {
  const withCodes = mode === "mode2";
  return {
    check(presented, stage): Message {
      const infno = stage === "inquiry" ? "2101" : "2102";
      const body = {
        ...envelope(presented, infno, presented.id, presented.at),
        input: inputOf(presented, presented.lines),
        guard: guardOf(presented, withCodes),
      };
      return { op: `nhsa/${infno}`, body };
    },
    again: (presented, again) => ({
      op: "nhsa/2102",
      change: changeOf(presented, again, withCodes),
    }),
    settled(presented, swipeId, at) {
      if (!presented.store.habits.passesAnswers) return undefined;
      return answer(swipeId, at, {
        infcode: 0,
        output: { setlinfo: setlInfo(presented, swipeId) },
      });
    },
    upload(presented, swipeId, id, at) {
      if (withCodes) return undefined;
      const selinfo = presented.lines.map((line) => soldRow(presented, line, swipeId, at));
      return {
        op: "nhsa/3505",
        body: { ...envelope(presented, "3505", id, at), input: { selinfo } },
      };
    },
    undone(presented, swipeId, id, at) {
      const data = { psn_no: presented.sale.person.number, omsgid: swipeId, oinfno: "2102" };
      return { op: "nhsa/2601", body: { ...envelope(presented, "2601", id, at), input: { data } } };
    },
    returned(presented, swipeId, id, at) {
      const data = {
        psn_no: presented.sale.person.number,
        setl_id: settlementIdOf(swipeId),
        mdtrt_id: visitIdOf(swipeId),
      };
      return { op: "nhsa/2103", body: { ...envelope(presented, "2103", id, at), input: { data } } };
    },
    returnUpload(presented, swipeId, id, at) {
      if (withCodes) return undefined;
      const selinfo = presented.lines.map((line) => ({
        ...soldRow(presented, line, swipeId, at),
        medins_prod_sel_no: swipeId,
      }));
      const body = { ...envelope(presented, "3506", id, at), input: { selinfo } };
      return { op: "nhsa/3506", body };
    },
    partReturned: () => undefined,
  };
}

/** NHSA said no, so that the reservation is let go. */
export function refusedByNhsa(swipeId: string, at: EpochMs): Message {
  return answer(swipeId, at, { infcode: -1, output: null });
}

function answer(swipeId: string, at: EpochMs, content: Readonly<Record<string, unknown>>): Message {
  const time = localText(at);
  return {
    op: "nhsa/2102/answer",
    body: { inf_refmsgid: swipeId, refmsg_time: time, respond_time: time, err_msg: "", ...content },
  };
}

function envelope(presented: Presentation, infno: string, msgid: string, at: EpochMs) {
  const { store, till, cashier, sale } = presented;
  return {
    infno,
    msgid,
    mdtrtarea_admvs: store.area,
    insuplc_admdvs: sale.person.insuredArea,
    dev_no: till.id,
    opter_type: sale.operatorType ?? "1",
    opter: cashier,
    inf_time: localText(at + till.skew),
    fixmedins_code: store.code,
    sign_no: `${store.code}${localText(at).slice(0, 10).replaceAll("-", "")}`,
  };
}

function inputOf(presented: Presentation, lines: readonly ScannedLine[]) {
  const { sale, at, total, id } = presented;
  return {
    druginfo: {
      psn_no: sale.person.number,
      mdtrt_cert_type: sale.credential.type,
      mdtrt_cert_no: sale.credential.number,
      begntime: localText(at),
      medfee_sumamt: yuan(total),
      invono: id.slice(-20),
      insutype: sale.person.insurance,
      ...(sale.disease ? { dise_codg: sale.disease } : {}),
      acct_used_flag: presented.shares.account > 0 ? "1" : "0",
      med_type: sale.medicalType,
    },
    drugdetail: detailOf(lines),
  };
}

function detailOf(lines: readonly ScannedLine[]) {
  return lines.map(({ id, line }) => ({
    feedetl_sn: id,
    med_list_codg: line.product.code,
    medins_list_codg: line.sku ?? String(line.product.sku),
    det_item_fee_sumamt: yuan(lineAmount(line)),
    cnt: line.quantity,
    pric: lineUnitPrice(line),
    ...(line.days === undefined ? {} : { prd_days: line.days }),
    ...(line.tcmUse ? { tcmdrug_used_way: line.tcmUse } : {}),
    ...(line.prescription
      ? {
          rxno: line.prescription.number,
          rx_circ_flag: line.prescription.external ? "1" : "0",
          bilg_dr_codg: line.prescription.prescriber,
        }
      : {}),
  }));
}

function guardOf(presented: Presentation, withCodes: boolean) {
  const { store, till, sale, lines } = presented;
  const pharmacist = pharmacistOf(presented);
  return {
    psn: psnOf(presented),
    ...(sale.verification ? { verify: sale.verification } : {}),
    ...(sale.agent ? { agent: agentOf(sale.agent) } : {}),
    ...(sale.channel ? { channel: sale.channel } : {}),
    ...(store.habits.device ? { device: sale.device ?? till.device } : {}),
    ...(sale.credential.cardSn ? { cardSn: sale.credential.cardSn } : {}),
    ...(pharmacist === undefined ? {} : { pharmacist }),
    ...(sale.override ? { override: { code: sale.override, approver: store.manager } } : {}),
    funds: fundsOf(presented),
    ...(withCodes ? { drugtracinfo: codesOf(lines) } : {}),
    lines: lines.map(({ id, line }) => ({
      feedetl_sn: id,
      rx_flag: line.product.drug.prescription ? "1" : "0",
      min_prcunt_type: line.pieces ? "1" : "2",
    })),
    ...rxOf(presented),
  };
}

function psnOf({ store: { habits }, sale: { person, status } }: Presentation) {
  return {
    gend: person.sex,
    brdy: person.birth,
    psn_insu_stas: status ?? "1",
    ...(habits.employer && person.employer ? { emp_name: person.employer } : {}),
    ...(habits.balance ? { balc: yuan(person.balance) } : {}),
  };
}

function rxOf({ lines, store }: Presentation) {
  const rx = lines.flatMap(({ id, line }) => {
    const { prescription, prescribed, quantity } = line;
    if (prescription === undefined) return [];
    const { issuedAt, source, long } = prescription;
    return {
      feedetl_sn: id,
      ...(store.habits.prescriptionTimes ? { issuedAt: localText(issuedAt) } : {}),
      source,
      long,
      quantity: prescribed ?? quantity,
    };
  });
  return rx.length > 0 ? { rx } : {};
}

function codesOf(lines: readonly ScannedLine[]) {
  return lines.flatMap(({ id, line, codes }) =>
    codes.map((code) => ({
      feedetl_sn: id,
      drug_trac_codg: code,
      trdn_flag: line.pieces ? "1" : "0",
    })),
  );
}

function agentOf({ id, relation, registered }: Agent) {
  return {
    ...(id === undefined ? {} : { id }),
    ...(relation === undefined ? {} : { relation }),
    registered: registered ? "1" : "0",
  };
}

function fundsOf({ shares }: Presentation) {
  return {
    hifp_pay: yuan(shares.pooled),
    acct_pay: yuan(shares.account),
    acct_mulaid_pay: yuan(shares.familyAccount),
    psn_cash_pay: yuan(shares.cash),
  };
}

function setlInfo(presented: Presentation, swipeId: string) {
  const { shares, sale, total } = presented;
  return {
    setl_id: settlementIdOf(swipeId),
    mdtrt_id: visitIdOf(swipeId),
    psn_no: sale.person.number,
    medfee_sumamt: yuan(total),
    fund_pay_sumamt: yuan(shares.pooled),
    ...fundsOf(presented),
  };
}

function soldRow(
  presented: Presentation,
  { line, codes }: ScannedLine,
  swipeId: string,
  at: EpochMs,
) {
  return {
    med_list_codg: line.product.code,
    hi_feesetl_type: "1",
    setl_id: settlementIdOf(swipeId),
    psn_no: presented.sale.person.number,
    trdn_flag: line.pieces ? "1" : "0",
    finl_trns_pric: lineUnitPrice(line),
    sel_retn_cnt: line.quantity,
    sel_retn_time: localText(at),
    ...(codes.length > 0 ? { drugtracinfo: codes.map((code) => ({ drug_trac_codg: code })) } : {}),
  };
}

function changeOf(presented: Presentation, again: Again, withCodes: boolean) {
  const { verification, agent, override, credential, lines, supersedes } = again;
  const guard = {
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(verification ? { verify: verification } : {}),
    ...(agent ? { agent: agentOf(agent) } : {}),
    ...(override ? { override } : {}),
    ...(credential ? { cardSn: credential.cardSn ?? null } : {}),
    ...(lines && withCodes ? { drugtracinfo: codesOf(lines) } : {}),
  };
  const input = {
    ...(credential
      ? { druginfo: { mdtrt_cert_type: credential.type, mdtrt_cert_no: credential.number } }
      : {}),
    ...(lines ? { drugdetail: detailOf(lines) } : {}),
  };
  if (lines)
    Object.assign(input, { druginfo: { medfee_sumamt: yuan(totalOf(lines, lineAmount)) } });
  return {
    msgid: again.id,
    inf_time: localText(again.at + presented.till.skew),
    ...(Object.keys(input).length > 0 ? { input } : {}),
    guard,
  };
}
