import { BATCH_NOTICES } from "./batch-notices.ts";
import { ENTRY_NOTICES } from "./entry-notices.ts";
import { FINDING_NOTICES } from "./finding-notices.ts";
import { JOURNAL_NOTICES } from "./journal-notices.ts";
import { MEMORY_NOTICES } from "./memory-notices.ts";
import {
  amount,
  counter,
  gauge,
  histogram,
  info,
  logged,
  type NoticeDefinition,
} from "./notice-definition.ts";

/**
 * Everything the rooms may tell operators, as one table: kind of notice -> what it means and how it is counted.
 * Rooms emit exactly these strings through `Observer.notice`; a kind that is not here is counted in
 * `guard_notices_unknown_total` and logged, so that a typing mistake is seen and loses nothing.
 *
 * No label carries a person, a credential, a prescription or a trace code: every label declares what its values
 * may look like, and a value of another shape is shown as `other`.
 */
export type { NoticeDefinition } from "./notice-definition.ts";

const DECISIONS = ["allow", "warn", "stepUp", "hold", "deny"];
const MODES = ["full", "partial", "standIn"];
const STAGES = ["settle", "inquiry"];
const DOORS = ["native", "nhsa"];
const FLAG = ["true", "false"];
const RULE = /^[A-Z]{1,6}-[A-Z0-9]{1,6}[a-z]?$/;
/** Words of the code: commands, outcomes, features, lists. Never more than three digits in a row, so no number of a person fits. */
const WORD = /^[a-z](?:[A-Za-z_-]|[0-9]{1,3}(?![0-9])){0,39}$/;
const PROBLEM = /^[a-z]{2,16}(?:_[a-z]{2,16}){0,3}$/;
const OVERRIDE = /^[A-Z]{2,16}(?:_[A-Z]{1,16}){0,4}$/;
const VERSION = /^(?!.*[0-9]{7})[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const HASH = /^(?:sha256:)?[0-9a-f]{8,64}$/;
const ROUTE = /^(?!.*[0-9]{5})\/[a-z0-9/:-]{0,60}$/i;
/** `3505`, `2102/answer`. */
const NHSA_ROUTE = /^[0-9]{4}(?:\/answer)?$/;
const UPLOADED = [
  "settled",
  "codes",
  "returned",
  "repeated",
  "otherDrug",
  "ambiguous",
  "unmatched",
  "uninsured",
];
const STATUS = /^[1-5][0-9]{2}$/;
/** Around the default deadline of 50 ms: fine below it, coarse above. */
const CHECK_BUCKETS = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.075, 0.1,
  0.25, 0.5, 1,
];
/** A store call takes about 0.1 ms of Redis; the deadline cuts it at 50 ms. */
const STORE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];

export const NOTICES = {
  "check.answered": {
    meaning: "A check was answered. Value: seconds from the call of the desk to its answer.",
    labels: { decision: DECISIONS, mode: MODES, stage: STAGES, via: DOORS },
    metrics: [
      counter("guard_checks_total", "Checks answered.", ["decision", "mode", "stage", "via"]),
      histogram("guard_check_seconds", "Time of a check.", ["mode"], CHECK_BUCKETS),
    ],
  },
  "check.repeated": {
    meaning:
      "A repeat was given the answer it had before. `recalled`: only level and state were left.",
    labels: { recalled: FLAG },
    metrics: [counter("guard_check_repeats_total", "Repeats answered.", ["recalled"])],
  },
  "check.late": {
    meaning: "An answer left after the deadline. Value: seconds beyond it.",
    labels: {},
    metrics: [counter("guard_check_late_total", "Answers that left after the deadline.")],
  },
  "check.missing": {
    meaning: "A check had to do without a fact (the store, or a list past its maxAge).",
    labels: { fact: WORD },
    metrics: [counter("guard_check_missing_total", "Facts a check went without.", ["fact"])],
  },
  "rule.hit": {
    meaning: "A rule spoke. `shadow`: recorded, not answered.",
    labels: { rule: RULE, level: DECISIONS, shadow: FLAG },
    metrics: [counter("guard_rule_hits_total", "Hits of rules.", ["rule", "level", "shadow"])],
  },
  "rule.cleared": {
    meaning: "A hit was cleared. `by`: override, verification or agent.",
    labels: { rule: RULE, by: ["override", "verification", "agent"] },
    metrics: [counter("guard_rule_cleared_total", "Hits that were cleared.", ["rule", "by"])],
  },
  "override.used": {
    meaning: "A check carried an override code. `cleared`: it cleared at least one hit.",
    labels: { code: OVERRIDE, cleared: FLAG },
    metrics: [counter("guard_overrides_total", "Override codes given.", ["code", "cleared"])],
  },
  problem: {
    meaning: "A request was answered with a problem.",
    labels: { code: PROBLEM, via: DOORS },
    metrics: [
      counter("guard_problems_total", "Requests answered with a problem.", ["code", "via"]),
    ],
  },
  "request.answered": {
    meaning:
      "An HTTP request was answered. Value: seconds. `route` is the pattern, never the address.",
    labels: { route: ROUTE, status: STATUS },
    metrics: [
      counter("guard_requests_total", "HTTP requests answered.", ["route", "status"]),
      histogram("guard_request_seconds", "Time of an HTTP request.", ["route"], CHECK_BUCKETS),
    ],
  },
  "request.shed": {
    meaning:
      "A request was turned away. `share`: its pharmacy has its part of what this busy instance can work on; `instance`: there is no part left for anybody. Value: seconds from its first byte to the answer.",
    labels: { reason: ["share", "instance"], urgency: ["check", "step", "later"] },
    metrics: [
      counter("guard_requests_shed_total", "Requests turned away.", ["reason", "urgency"]),
      histogram("guard_shed_seconds", "Time to turn a request away.", [], CHECK_BUCKETS),
    ],
  },
  "door.limit": {
    meaning:
      "How many calls may be worked on at once changed: lowered while the event loop is behind. Value: calls.",
    labels: {},
    metrics: [gauge("guard_door_limit_requests", "Calls that may be worked on at once.")],
  },
  "request.refused": {
    meaning: "The HTTP parser refused a connection's bytes before there was a request.",
    labels: { reason: ["timeout", "headers", "malformed"] },
    metrics: [counter("guard_requests_refused_total", "Malformed requests.", ["reason"])],
  },
  "sale.settlement": {
    meaning: "A settlement was taken. `outcome`: applied, repeated, waiting.",
    labels: { outcome: WORD },
    metrics: [counter("guard_settlements_total", "Settlements taken.", ["outcome"])],
  },
  "sale.reversal": {
    meaning: "A reversal was taken. `outcome`: applied, repeated, waiting.",
    labels: { outcome: WORD },
    metrics: [counter("guard_reversals_total", "Reversals taken.", ["outcome"])],
  },
  "sale.acknowledged": {
    meaning: "A pharmacist's choice about an answer was taken.",
    labels: { choice: ["continue", "withdraw", "cash"] },
    metrics: [counter("guard_acknowledgements_total", "Acknowledgements taken.", ["choice"])],
  },
  "sale.finding": {
    meaning: "A settlement is a finding: against a refusal, or again after a return.",
    labels: { finding: WORD },
    metrics: [counter("guard_findings_total", "Findings about settlements.", ["finding"])],
  },
  ...FINDING_NOTICES,
  ...MEMORY_NOTICES,
  ...ENTRY_NOTICES,
  ...BATCH_NOTICES,
  "seal.unknown": {
    meaning:
      "The store did not say in time whether the answer was sealed; it was given all the same.",
    labels: {},
    metrics: [
      counter("guard_seals_unknown_total", "Answers given without a word about their seal."),
    ],
  },
  "supersession.failed": {
    meaning: "Taking over an earlier step of the same sale failed; it lapses by itself.",
    labels: {},
    metrics: [counter("guard_supersessions_failed_total", "Supersessions that failed.")],
  },
  "ledger.folded": {
    meaning: "A person's overlong ledger was folded into sums of its days.",
    labels: {},
    metrics: [counter("guard_ledgers_folded_total", "Ledgers folded.")],
  },
  "ledger.fold_failed": {
    meaning: "Folding an overlong ledger failed; the person's next check tries again.",
    labels: {},
    metrics: [counter("guard_ledger_folds_failed_total", "Ledger folds that failed.")],
  },
  "nhsa.upload": {
    meaning:
      "A product of a sale or return upload (3505, 3506) was taken. `settled`: it settled its sale; `codes`: it brought codes of a sale settled before; `returned`; `repeated`; `otherDrug`: a return of what the sale does not have; `ambiguous`: several sales may be meant; `unmatched`; `uninsured`: sold for cash.",
    labels: { route: NHSA_ROUTE, outcome: UPLOADED },
    metrics: [
      counter("guard_nhsa_uploads_total", "Products of sale and return uploads taken.", [
        "route",
        "outcome",
      ]),
    ],
  },
  "nhsa.unmatched": {
    meaning: "An NHSA message about an earlier sale matched none.",
    labels: { route: NHSA_ROUTE },
    metrics: [
      counter("guard_nhsa_unmatched_total", "NHSA messages that matched no sale.", ["route"]),
    ],
  },
  "store.call": {
    meaning: "A call of the store ended. Value: seconds. `outcome`: ok, late, refused, failed.",
    labels: { command: WORD, outcome: WORD },
    metrics: [
      histogram(
        "guard_store_call_seconds",
        "Time of a store call.",
        ["command", "outcome"],
        STORE_BUCKETS,
      ),
    ],
  },
  "trace.bucket.full": {
    meaning:
      "A bucket of trace codes was full of codes still remembered, and the oldest made room. Value: codes lost.",
    labels: {},
    metrics: [
      amount("guard_trace_codes_lost_total", "Trace codes a full bucket let go before their time."),
    ],
  },
  "store.circuit": {
    meaning: "The circuit to the store changed. Value: 0 closed, 1 trying, 2 open.",
    labels: {},
    metrics: [
      gauge("guard_store_circuit_state", "Circuit to the store: 0 closed, 1 trying, 2 open."),
    ],
  },
  "store.connection": {
    meaning:
      "What is known of the store changed: `up`, or why it is of no use (memory, readOnly, silent ...).",
    labels: { state: WORD },
    metrics: [counter("guard_store_connections_total", "Changes of the store's state.", ["state"])],
  },
  "store.config": logged(
    "The store is set up in a way that loses memory (noeviction, persistence).",
  ),
  ...JOURNAL_NOTICES,
  "kafka.client": logged("The Kafka client said something; `part` is which part of it."),
  "bundle.active": {
    meaning: "A policy and a reference bundle came into force.",
    labels: { policy: VERSION, policyHash: HASH, reference: HASH },
    metrics: [
      info("guard_bundle_info", "Policy and reference in force.", [
        "policy",
        "policyHash",
        "reference",
      ]),
    ],
    clears: ["guard_list_age_seconds"],
  },
  "list.age": {
    meaning: "How long ago an installed list was loaded, told every second. Value: seconds.",
    labels: { list: WORD },
    metrics: [gauge("guard_list_age_seconds", "Time since a list was loaded.", ["list"])],
  },
  "bundle.refused": {
    meaning: "A policy or reference bundle was broken; what was loaded before stays in force.",
    labels: { what: ["policy", "reference", "list"] },
    metrics: [counter("guard_bundle_refused_total", "Bundles refused.", ["what"])],
  },
  "bundle.reloaded": {
    meaning:
      "Policy or reference files were read again. Value: seconds. `outcome`: changed, unchanged, refused.",
    labels: { outcome: ["changed", "unchanged", "refused"] },
    metrics: [
      counter("guard_bundle_reloads_total", "Reads of policy or reference files.", ["outcome"]),
      gauge("guard_bundle_reload_seconds", "How long the last of them took."),
    ],
  },
  "bundle.waiting": {
    meaning: "Files on disk that were refused and wait to be mended. Value: 0, 1, or 2 for both.",
    labels: {},
    metrics: [
      gauge("guard_bundle_waiting_state", "Refused on disk: 1 policy or reference, 2 both."),
    ],
  },
  "clock.anchored": {
    meaning: "The wall clock had moved by more than 1 s and was taken over. Value: seconds moved.",
    labels: {},
    metrics: [counter("guard_clock_anchored_total", "Jumps of the wall clock taken over.")],
  },
  "clock.apart": {
    meaning:
      "How far this instance's clock is from the furthest other one on the same store, told every second. Value: seconds.",
    labels: {},
    metrics: [gauge("guard_clock_apart_seconds", "Distance to the furthest other clock.")],
  },
  "key.generated": logged("A pseudonym key was generated or taken from the store."),
  "setting.unknown": logged("A GUARD_ variable that is no setting was found."),
  "server.started": logged("The server listens."),
  "server.stopping": logged("The server takes no more requests."),
  "server.failed": {
    meaning: "Something failed that nobody foresaw.",
    labels: { room: WORD },
    metrics: [counter("guard_failures_total", "Failures nobody foresaw.", ["room"])],
  },
} as const satisfies Readonly<Record<string, NoticeDefinition>>;

export type NoticeKind = keyof typeof NOTICES;
