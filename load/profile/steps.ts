/** The steps of one swipe, in the order of its way through the guard. */
export const STEPS = [
  { id: "http", title: "HTTP: reading, routing, admission" },
  { id: "parse", title: "parse: JSON, schema, NHSA codec" },
  { id: "pseudonyms", title: "pseudonyms: HMAC and its caches" },
  { id: "plan", title: "plan: what to observe and to seal" },
  { id: "encode", title: "encode: keys, plan bytes, sealed answer" },
  { id: "redis", title: "Redis: client and socket writes" },
  { id: "decode", title: "decode: replies into entries" },
  { id: "judge", title: "judge: features, rules, verdict" },
  { id: "record", title: "record: event, text, journal" },
  { id: "serialise", title: "serialise: answer and reply" },
  { id: "afterSale", title: "settle: what a settlement adds" },
  { id: "behind", title: "behind the answer: findings, indicators, folding" },
  { id: "conduct", title: "conduct: order of the steps, deadline, circuit" },
  { id: "metrics", title: "metrics and log" },
  { id: "gc", title: "garbage collection" },
  { id: "native", title: "event loop, native code, unnamed" },
  { id: "threads", title: "other threads: disk, GC helpers, compiler" },
] as const;

export type StepId = (typeof STEPS)[number]["id"];

/** What belongs to a step: a path that begins so and, where given, a function whose name matches. */
export interface StepRule {
  readonly path: string;
  readonly name?: RegExp;
  readonly step: StepId;
}

const WRITES = /^(?:encode|write|pack|append|ledgerFlags)/;

const KEEPS = /^(?:encode|keep|place|word)/;

/**
 * The first that fits a frame speaks for it and for all that it calls and that no rule names. Special files stand
 * before their room; the last rule of a room takes the rest of it.
 */
export const STEP_RULES: readonly StepRule[] = [
  { path: "src/http/answers.ts", step: "serialise" },
  { path: "src/http/nhsa-answer.ts", step: "serialise" },
  { path: "src/http/", step: "http" },
  { path: "src/swipe/nhsa/from-answer.ts", step: "serialise" },
  { path: "src/swipe/answer.ts", step: "serialise" },
  { path: "src/swipe/", step: "parse" },
  { path: "src/privacy/", step: "pseudonyms" },
  { path: "src/reference/", step: "judge" },
  { path: "src/features/observation.ts", step: "plan" },
  { path: "src/features/plan.ts", step: "plan" },
  { path: "src/features/entities.ts", step: "plan" },
  { path: "src/features/", step: "judge" },
  { path: "src/counters/redis/plan-codec.ts", step: "encode" },
  { path: "src/counters/redis/redis-replies.ts", step: "decode" },
  { path: "src/counters/redis/read-strictly.ts", step: "decode" },
  { path: "src/counters/redis/whole-replies.ts", step: "decode" },
  { path: "src/counters/redis/", step: "redis" },
  { path: "src/counters/keys.ts", step: "encode" },
  { path: "src/counters/observe-plan.ts", step: "plan" },
  { path: "src/counters/seal-plan.ts", step: "plan" },
  { path: "src/counters/change-plan.ts", step: "plan" },
  { path: "src/counters/claim-operations.ts", step: "plan" },
  { path: "src/counters/operations.ts", step: "plan" },
  { path: "src/counters/fold-ledger.ts", step: "behind" },
  { path: "src/counters/observe-reply.ts", step: "decode" },
  { path: "src/counters/pharmacy-bytes.ts", step: "encode" },
  { path: "src/counters/entry-layouts.ts", name: WRITES, step: "encode" },
  { path: "src/counters/entry-layouts.ts", step: "decode" },
  { path: "src/counters/ledger-layout.ts", name: WRITES, step: "encode" },
  { path: "src/counters/ledger-layout.ts", step: "decode" },
  { path: "src/counters/locator-layout.ts", name: WRITES, step: "encode" },
  { path: "src/counters/locator-layout.ts", step: "decode" },
  { path: "src/counters/tally-layout.ts", name: WRITES, step: "encode" },
  { path: "src/counters/tally-layout.ts", step: "decode" },
  { path: "src/counters/returns-layout.ts", name: WRITES, step: "encode" },
  { path: "src/counters/returns-layout.ts", step: "decode" },
  { path: "src/counters/", step: "conduct" },
  { path: "src/rules/", step: "judge" },
  { path: "src/decision/decided.ts", name: /^toAnswer/, step: "serialise" },
  { path: "src/decision/decided.ts", name: KEEPS, step: "encode" },
  { path: "src/decision/decided.ts", step: "decode" },
  { path: "src/decision/kept-readings.ts", name: KEEPS, step: "encode" },
  { path: "src/decision/kept-readings.ts", step: "decode" },
  { path: "src/decision/sealed-text.ts", step: "encode" },
  { path: "src/decision/made-by-text.ts", step: "encode" },
  { path: "src/decision/told.ts", step: "serialise" },
  { path: "src/decision/verdict.ts", step: "judge" },
  { path: "src/decision/one-sale.ts", step: "judge" },
  { path: "src/decision/", step: "afterSale" },
  { path: "src/audit/", step: "record" },
  { path: "src/checkout/journal-recorder.ts", step: "record" },
  { path: "src/checkout/decided-text.ts", step: "record" },
  { path: "src/checkout/feature-", step: "record" },
  { path: "src/checkout/record-bytes.ts", step: "record" },
  { path: "src/checkout/decide.ts", step: "judge" },
  { path: "src/checkout/under-check.ts", name: /^judgeCheck$/, step: "judge" },
  { path: "src/checkout/under-check.ts", name: /^sealingOf$/, step: "plan" },
  { path: "src/checkout/sale-", step: "afterSale" },
  { path: "src/checkout/native-steps.ts", step: "afterSale" },
  { path: "src/checkout/moved-lines.ts", step: "afterSale" },
  { path: "src/checkout/nhsa/", step: "afterSale" },
  { path: "src/checkout/tallied.ts", step: "afterSale" },
  { path: "src/checkout/clues/", step: "behind" },
  { path: "src/checkout/indicators/", step: "behind" },
  { path: "src/checkout/findings.ts", step: "behind" },
  { path: "src/checkout/folding.ts", step: "behind" },
  { path: "src/checkout/supersession.ts", step: "behind" },
  { path: "src/checkout/entry/", step: "behind" },
  { path: "src/checkout/notices.ts", step: "metrics" },
  { path: "src/checkout/", step: "conduct" },
  { path: "src/telemetry/", step: "metrics" },
  { path: "src/control/", step: "conduct" },
  { path: "src/", step: "conduct" },
  { path: "node_modules/secure-json-parse/", step: "parse" },
  { path: "node_modules/ioredis/", step: "redis" },
  { path: "node_modules/prom-client/", step: "metrics" },
  { path: "node_modules/pino/", step: "metrics" },
  { path: "node_modules/fastify/lib/reply.js", step: "serialise" },
  { path: "node_modules/fastify/", step: "http" },
  { path: "node_modules/@fastify/", step: "http" },
  { path: "(garbage collector)", step: "gc" },
];

/**
 * Code of ours that many steps share: who called it is asked first, and it counts for its room only where nobody
 * above it is named.
 */
export const SHARED_CODE: readonly string[] = [
  "src/swipe/canonical-json.ts",
  "src/swipe/present.ts",
  "src/swipe/calendar.ts",
  "src/swipe/decimal.ts",
  "src/features/digests.ts",
  "src/reference/pseudonym-letters.ts",
  "src/checkout/deadline.ts",
  "src/units.ts",
];

/** For frames with nobody of ours above them: whose native work it is. */
export const LIBRARY_RULES: readonly StepRule[] = [
  { path: "node:_http", step: "http" },
  { path: "node:internal/http", step: "http" },
  { path: "node:internal/fs", step: "record" },
  { path: "node:fs", step: "record" },
  { path: "node:internal/crypto", step: "pseudonyms" },
  { path: "node:internal/stream_base_commons", name: /^onStreamRead$/, step: "redis" },
  { path: "", step: "native" },
];
