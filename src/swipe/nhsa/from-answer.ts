import type { EpochMs, Fen } from "../../units.ts";
import type { AnswerHit, DecisionAnswer } from "../answer.ts";
import { chinaLocalText } from "../calendar.ts";
import { toYuan } from "../decimal.ts";
import { present } from "../present.ts";
import { PROBLEMS, type Problem } from "../problem.ts";
import { isRefusal, type Level, type SwipeStateName } from "../vocabulary.ts";
import type { NhsaFinding, NhsaOutput, NhsaReply, NhsaResponse } from "./route.ts";

/** Which message is answered, when it had been read, and when it is answered. */
export interface Exchange {
  readonly msgid: string;
  readonly readAt: EpochMs;
  readonly answeredAt: EpochMs;
}

/** What an answer needs to know of a checked line. */
export interface AnsweredLine {
  readonly line: string;
  readonly amount: Fen;
}

/** Contract section 3. */
const MAX_SENTENCE = 100;
/** Lengths of transaction 3101 (domain 1.6). */
const MAX_ID = 50;
const MAX_NAME = 200;
const MAX_TEXT = 500;

/** Domain 1.6: labels in use for sev_deg; NHSA's own code table is not public. */
const SEVERITY: Readonly<Record<Level, string>> = {
  allow: "",
  warn: "轻度可疑",
  stepUp: "轻度可疑",
  hold: "高度可疑",
  deny: "明确违规",
};

/** What the cashier does now, before why. */
const ADVICE: Readonly<Record<Level, string>> = {
  allow: "可以结算",
  warn: "请药师阅读提示后结算",
  stepUp: "请核验本人身份或登记代购人后重新提交",
  hold: "请店长录入授权码后重新提交",
  deny: "医保基金不予支付,可自费购买",
};

/** A decision as NHSA's response envelope; refusals are answers too, so no problem comes with it. */
export function nhsaDecision(
  answer: DecisionAnswer,
  lines: readonly AnsweredLine[],
  exchange: Exchange,
): NhsaReply {
  const output: NhsaOutput = present({
    decision: answer.decision,
    mode: answer.mode,
    missing: answer.missing,
    result: answer.hits.map((hit, index) => findingOf(hit, index, lines, exchange.msgid)),
    state: answer.state,
    recalled: answer.recalled,
  });
  const infcode = isRefusal(answer.decision) ? -1 : 0;
  return { envelope: responseOf(infcode, sentenceOf(answer), output, exchange) };
}

/** A problem as NHSA's response envelope; the caller chooses the status by `problem`. */
export function nhsaProblem(problem: Problem, exchange: Exchange): NhsaReply {
  const { title, zh, action } = PROBLEMS[problem.code];
  const { code, paths, state, detail } = problem;
  const output = { problem: present({ code, title, action, paths, state, detail }), result: [] };
  return { problem, envelope: responseOf(-1, cut(zh, MAX_SENTENCE), output, exchange) };
}

/** The answer to what follows a check: a message about no swipe we know is no error (contract section 3). */
export function nhsaMatched(
  /** Undefined while it waits: what it is about is not known yet. */
  matched: number | undefined,
  exchange: Exchange,
  became: { readonly state?: SwipeStateName; readonly codesKept?: boolean } = {},
): NhsaReply {
  const output: NhsaOutput = present({ result: [], matched, ...became });
  return {
    envelope: responseOf(
      0,
      matched === 0 ? "未找到对应结算,已记录。" : "已受理。",
      output,
      exchange,
    ),
  };
}

function responseOf(
  infcode: 0 | -1,
  sentence: string,
  output: NhsaOutput,
  { msgid, readAt, answeredAt }: Exchange,
): NhsaResponse {
  return {
    infcode,
    inf_refmsgid: msgid,
    refmsg_time: chinaLocalText(readAt),
    respond_time: chinaLocalText(answeredAt),
    err_msg: sentence,
    output,
  };
}

/** What to do, and why: as many of the worst hits' messages as have room. */
function sentenceOf({ decision, hits }: DecisionAnswer): string {
  const reasons = hits
    .filter(({ level }) => level === decision)
    .map(({ message }) => message.zh.replace(/[。.\s]+$/u, "").replaceAll("。", ";"));
  let sentence = ADVICE[decision];
  for (const [index, reason] of [...new Set(reasons)].entries()) {
    const longer = `${sentence}${index === 0 ? ":" : ";"}${reason}`;
    const isTooLong = isLongerThan(longer, MAX_SENTENCE - 1);
    // The first reason is always said, cut if need be; a later one only whole.
    if (isTooLong && index > 0) break;
    sentence = isTooLong ? cut(longer, MAX_SENTENCE - 1) : longer;
    if (isTooLong) break;
  }
  return `${sentence}。`;
}

function findingOf(
  hit: AnswerHit,
  index: number,
  lines: readonly AnsweredLine[],
  msgid: string,
): NhsaFinding {
  const id = `${msgid.slice(-36)}-${index + 1}`;
  const atFault =
    hit.lines.length === 0 ? lines : lines.filter(({ line }) => hit.lines.includes(line));
  const details = hit.lines.length === 0 ? [] : atFault;
  return {
    jr_id: cut(id, MAX_ID),
    rule_id: cut(hit.rule, MAX_ID),
    rule_name: cut(hit.name.zh, MAX_NAME),
    vola_cont: cut(hit.message.zh, MAX_TEXT),
    vola_amt: toYuan(atFault.reduce((fen, { amount }) => fen + amount, 0)),
    vola_amt_stas: "1",
    sev_deg: SEVERITY[hit.level],
    vola_evid: cut(evidenceOf(hit), MAX_TEXT),
    vola_bhvr_type: "",
    judge_result_detail_dtos: details.map(({ line, amount }, place) => ({
      jrd_id: cut(`${id}-${place + 1}`, MAX_ID),
      rx_id: line,
      vola_item_type: "1",
      vola_amt: toYuan(amount),
    })),
  };
}

/** `onHandDays=41; limit=30`: empty for a rule that discloses its sentence only. */
function evidenceOf({ evidence }: AnswerHit): string {
  return Object.entries(evidence)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}

/** At most `max` characters, never half of one. */
function cut(text: string, max: number): string {
  if (!isLongerThan(text, max)) return text;
  return `${Array.from(text)
    .slice(0, max - 1)
    .join("")}…`;
}

/** In characters, of which a text has no more than its length says: a list of them for each took 3.5 KB a swipe. */
function isLongerThan(text: string, max: number): boolean {
  return text.length > max && Array.from(text).length > max;
}
