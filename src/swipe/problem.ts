/**
 * What can be wrong with a request, as a registry: code, sentence, what to do.
 * Never carries a value of the request; paths name the fields at fault.
 */
export const PROBLEMS = {
  bad_request: {
    title: "The request does not have the agreed form.",
    zh: "报文格式不正确,请核对字段。",
    action: "Correct the fields named in `paths` and send it again under the same id.",
  },
  total_mismatch: {
    title: "The lines do not add up to the total (rule DQ-01: 0.05 yuan at most).",
    zh: "明细金额合计与总金额不符。",
    action: "Correct the amounts and send it again under the same id.",
  },
  unauthenticated: {
    title: "The caller did not say who it is.",
    zh: "未通过身份验证。",
    action: "Send the credentials given to this till.",
  },
  forbidden: {
    title: "The caller may not do this.",
    zh: "无权执行该操作。",
    action: "Ask the operator of the guard for the right.",
  },
  swipe_unknown: {
    title: "The guard does not know this swipe.",
    zh: "未找到该笔结算。",
    action: "Check the id; a settlement may be sent again with `swipe`, the body of its check.",
  },
  not_found: {
    title: "There is nothing at this address.",
    zh: "地址不存在。",
    action: "See /docs for the addresses.",
  },
  method_not_allowed: {
    title: "This address does not take this method.",
    zh: "该地址不支持此请求方法。",
    action: "Use a method named in the header Allow; see /docs.",
  },
  content_conflict: {
    title: "This swipeId was used for other content.",
    zh: "该流水号已用于内容不同的请求。",
    action: "Use a new swipeId for a new swipe; repeat the old one with its own content.",
  },
  person_conflict: {
    title: "This swipeId belongs to another person's swipe.",
    zh: "该流水号已被其他人员的结算使用。",
    action: "Use a new swipeId.",
  },
  state_conflict: {
    title: "The swipe is in a state that does not allow this.",
    zh: "该笔结算当前状态不允许此操作。",
    action: "Read the swipe's state; nothing was changed.",
  },
  too_large: {
    title: "The body is larger than the guard accepts.",
    zh: "报文过大。",
    action: "Send one swipe with at most 200 lines and 300 trace codes.",
  },
  unsupported_media: {
    title: "The body is not JSON.",
    zh: "报文不是 JSON。",
    action: "Send JSON as it is, in UTF-8, with content-type application/json.",
  },
  share_used: {
    title: "This pharmacy has more requests under way than its share while the guard is busy.",
    zh: "本机构请求过于频繁,请稍后重试。",
    action: "Repeat with the same id after Retry-After, with fewer requests at once.",
  },
  uploads_busy: {
    title: "The guard plays as many uploads as it may at once.",
    zh: "正在处理其他批量上传,请稍后重试。",
    action: "Send the same upload again after Retry-After.",
  },
  overloaded: {
    title: "The guard takes no more work just now.",
    zh: "系统繁忙,请稍后重试。",
    action: "Repeat with the same id after Retry-After; if that fails, sell and upload later.",
  },
  draining: {
    title: "The guard is stopping.",
    zh: "系统正在停止服务,请稍后重试。",
    action: "Repeat with the same id at another instance.",
  },
  store_unavailable: {
    title: "The guard's memory does not answer, and this cannot be done without it.",
    zh: "系统暂时无法处理,请稍后重试。",
    action: "Repeat with the same id after Retry-After.",
  },
  journal_unavailable: {
    title: "The guard could not record its answer, so it gives none.",
    zh: "系统暂时无法记录,请稍后重试。",
    action: "Repeat with the same id after Retry-After; if that fails, sell and upload later.",
  },
  not_yet: {
    title: "This is not available yet.",
    zh: "该功能尚未开放。",
    action: "See the README for what is not there yet.",
  },
  internal: {
    title: "The guard failed at this request.",
    zh: "系统内部错误。",
    action: "Repeat once with the same id; quote the request id to the operator.",
  },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Problem {
  readonly code: ProblemCode;
  /** Fields at fault, as paths; never their values. */
  readonly paths?: readonly { readonly path: string; readonly reason: string }[];
  /** The state that stands in the way, for state_conflict. */
  readonly state?: string;
  /** One more sentence, without any value of the request. */
  readonly detail?: string;
}

export type Outcome<T> = { readonly value: T } | { readonly problem: Problem };

export function isProblem<T>(outcome: Outcome<T>): outcome is { readonly problem: Problem } {
  return "problem" in outcome;
}
