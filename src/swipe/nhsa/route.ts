import type { Problem } from "../problem.ts";
import type { Level, Mode, SwipeStateName } from "../vocabulary.ts";

/** The transactions a till may post to the guard: NHSA's numbers, and NHSA's own answer to 2102. */
export const NHSA_ROUTES = ["2101", "2102", "2103", "2601", "3505", "3506", "2102/answer"] as const;
export type NhsaRoute = (typeof NHSA_ROUTES)[number];

/** What a door needs to answer an NHSA message: the envelope, and the problem its status is chosen by. */
export interface NhsaReply {
  readonly problem?: Problem;
  readonly envelope: NhsaResponse;
}

/** NHSA's response envelope (contract section 3). Times are China local without offset. */
export interface NhsaResponse {
  /** 0 for allow and warn, -1 otherwise. A number: the interface types it numeric, as does the contract. */
  readonly infcode: 0 | -1;
  /** The msgid of the message answered; empty when it had none. */
  readonly inf_refmsgid: string;
  /** When the guard had read the message: yyyy-MM-dd HH:mm:ss.SSS. */
  readonly refmsg_time: string;
  /** When the guard answered. */
  readonly respond_time: string;
  /** One Chinese sentence for the cashier, at most 100 characters. */
  readonly err_msg: string;
  readonly output: NhsaOutput;
}

export interface NhsaOutput {
  readonly decision?: Level;
  readonly mode?: Mode;
  readonly missing?: readonly string[];
  readonly problem?: NhsaProblem;
  readonly result: readonly NhsaFinding[];
  /** After 2103, 2601, 2102/answer, 3505 and 3506: how many of the message's rows were about a swipe we know; absent while it waits. */
  readonly matched?: number;
  readonly state?: SwipeStateName;
  /** After 3506: a part came back without its trace codes, so none was freed. */
  readonly codesKept?: boolean;
  readonly recalled?: boolean;
}

export interface NhsaProblem {
  readonly code: Problem["code"];
  readonly title: string;
  readonly action: string;
  readonly paths?: Problem["paths"];
  readonly state?: string;
  readonly detail?: string;
}

/** One hit in the shape of transaction 3101 (domain 1.6). */
export interface NhsaFinding {
  readonly jr_id: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly vola_cont: string;
  /** Yuan: the lines at fault, or the total where the whole swipe is meant. */
  readonly vola_amt: number;
  /** 1: the amount is computed. */
  readonly vola_amt_stas: "1";
  readonly sev_deg: string;
  readonly vola_evid: string;
  /** Empty: NHSA's table of behaviours is not public, and an invented code would be read as an official one. */
  readonly vola_bhvr_type: "";
  readonly judge_result_detail_dtos: readonly NhsaFindingLine[];
}

export interface NhsaFindingLine {
  readonly jrd_id: string;
  /** The line's feedetl_sn. */
  readonly rx_id: string;
  /** 1: at fault (2 would be: concerned). */
  readonly vola_item_type: "1";
  /** Yuan. */
  readonly vola_amt: number;
}
