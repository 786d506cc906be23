import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE } from "../units.ts";

/** An unsettled reservation stands this long (contract, section 2); every reader treats it as gone from that instant. */
export const RESERVATION: DurationMs = 15 * MINUTE;
/** How far past `at` a live window reaches, so that a neighbour with a faster clock is seen (promise 4). */
export const CLOCK_SLACK: DurationMs = 5_000;
/** How long a repeat gets the very same answer (promise 2). */
export const ANSWER_KEPT: DurationMs = 24 * HOUR;
/** How long dispensed swipes are remembered (promise 2 and 9). */
export const LEDGER_KEPT: DurationMs = 90 * DAY;
export const ATTEMPTS_KEPT: DurationMs = 24 * HOUR;
/** Trace codes: the notices' cases were re-sold 25 to 68 days later (domain 2.2); 400 days leaves a year and a margin. */
export const TRACE_KEPT: DurationMs = 400 * DAY;
/** Prescriptions: a long one runs 84 days (domain 3.2), plus validity and margin. */
export const PRESCRIPTION_KEPT: DurationMs = 120 * DAY;
/** Tokens are one-time; CF-14 looks back 24 h. */
export const TOKEN_KEPT: DurationMs = 24 * HOUR;
export const CARD_KEPT: DurationMs = 400 * DAY;
/** IM-05 looks back 7 days. */
export const PERSON_CARDS_KEPT: DurationMs = 8 * DAY;

/** Ledger entries a person; at the limit the oldest go, so a ledger is folded well before. */
export const LEDGER_ENTRIES_MAX = 256;
/** A ledger longer than this is folded behind the answer, down to `LEDGER_FOLDED_TO` entries. */
export const LEDGER_FOLD_ABOVE = 224;
export const LEDGER_FOLDED_TO = 160;
export const ATTEMPTS_MAX = 64;
export const CODES_AN_ATTEMPT_MAX = 40;
export const LINES_MAX = 200;
export const CLAIMS_A_SWIPE_MAX = 700;
/** Uses of one token, prescription or split pack. */
export const USES_MAX = 64;
/** Partners of one entity; a product's prices and a person's cards both stay far below. */
export const BINDINGS_MAX = 32;
/** Days of a tally: today and the 28 before it, which the baselines look back on (domain 6). */
export const TALLY_DAYS = 29;
/** Presumable sales of one entity in 15 minutes; a till sells one in 60 to 90 s, so 256 are more than 15 tills can. */
export const TALLY_OPEN_MAX = 256;
/** Twice the days and a margin: a store that closes for a month keeps its history. */
export const TALLY_KEPT: DurationMs = 60 * DAY;
/**
 * Steps an entity remembers on Cluster, so that one sent twice is carried out once: more than an hour of a till, and
 * at the busiest store minutes, where a step sent again comes within seconds of its first sending.
 */
export const STEPS_MAX = 64;
/** What was found out about one person, or the members of one cohort: more than four times the 7 that CF-13 holds at. */
export const FLAGS_MAX = 32;
/** RS-03 looks back 180 days. */
export const FLAG_KEPT: DurationMs = 200 * DAY;
export const REVERSALS_KEPT = 8;
/** A log keeps inquiry and settle of each sale: twice the feature's exact bound. */
export const LOG_ENTRIES_A_SWIPE = 2;
export const LOG_EXACT_MAX = 128;

/** Trace-code buckets, fixed at birth: at 64 codes a bucket 4.2 million buckets hold 268 million codes. */
export const TRACE_BUCKET_BITS = 22;
/** A bucket is pruned past this and never grows past Redis' compact limit (hash-max-listpack-entries, 128 by default). */
export const TRACE_BUCKET_PRUNE = 100;
export const TRACE_BUCKET_MAX = 127;

/** Whether what happened then is still remembered now: for exactly `kept`, whatever still holds its bytes. */
export function isKept(at: EpochMs, kept: DurationMs, now: EpochMs): boolean {
  return at + kept > now;
}

/** Relations between the limits, checked at start: a limit that outgrows its field corrupts silently. */
export function assertLimits(): void {
  const rules: readonly (readonly [boolean, string])[] = [
    [LEDGER_ENTRIES_MAX < 0xffff, "ledger entries are counted in 16 bits"],
    [LEDGER_FOLDED_TO < LEDGER_FOLD_ABOVE, "folding makes room for more than one swipe"],
    [LEDGER_FOLD_ABOVE < LEDGER_ENTRIES_MAX, "a ledger is folded before its oldest entries go"],
    [LINES_MAX <= 0xff, "lines of an entry are counted in 8 bits"],
    [CODES_AN_ATTEMPT_MAX <= 0xff, "codes of an attempt are counted in 8 bits"],
    [CLAIMS_A_SWIPE_MAX <= 0xffff, "claims of a swipe are counted in 16 bits"],
    [TRACE_BUCKET_PRUNE < TRACE_BUCKET_MAX, "a bucket is pruned before it is full"],
    [TRACE_BUCKET_MAX < 128, "a bucket stays in Redis' compact encoding"],
    [TRACE_BUCKET_BITS <= 24, "a bucket's number is cut from three bytes"],
    [RESERVATION < ATTEMPTS_KEPT, "attempts outlive reservations"],
    [ANSWER_KEPT <= LEDGER_KEPT, "the ledger outlives the answers"],
    [TALLY_DAYS <= 0xff, "days of a tally are counted in 8 bits"],
    [TALLY_KEPT >= TALLY_DAYS * DAY, "a tally outlives its days"],
    [TOKEN_KEPT >= RESERVATION, "a token is remembered for the length of a sale"],
  ];
  for (const [holds, why] of rules) {
    if (!holds) throw new Error(`GUARD_COUNTERS_LIMITS: ${why}`);
  }
}
