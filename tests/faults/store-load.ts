import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Test } from "tap";
import { delay } from "../services/service-process.ts";
import { eventually } from "./guard-process.ts";
import { nativeSwipe, newId, SHENYANG_PHARMACIES, traceCode } from "./swipes.ts";
import { type Answer, percentile, serverLag, type Till } from "./till.ts";

/** GUARD_DEADLINE_MS where it is not set. */
export const DEADLINE_MS = 50;
/**
 * The promise ends where the answer is handed to the socket; times are taken here, in another process of the same two
 * cores. Chosen as room for the scheduler to wake both: a sleeping process was seen to wake up to 80 ms late here.
 */
const NOISE_MS = 40;

/**
 * Where a process got no turn for a whole deadline the machine is busy with something else, and a time measured on it
 * says nothing of the guard: it is told and not judged.
 */
export function isJudged(t: Test, lagMs: number): boolean {
  if (lagMs <= DEADLINE_MS) return true;
  t.comment(`not judged: the machine gave no turn for ${lagMs.toFixed(0)} ms`);
  return false;
}

/** The promise: 99 of 100 answers within the deadline and what the event loops lagged meanwhile. */
export function inTime(t: Test, p99: number, lagMs: number, what: string): void {
  const limit = DEADLINE_MS + lagMs + NOISE_MS;
  if (isJudged(t, lagMs))
    t.ok(p99 <= limit, `${what}: p99 ${p99.toFixed(1)} <= ${limit.toFixed(1)} ms`);
}

/** What came of a run of checks at a steady pace. */
export interface Burst {
  /** Of the checks that were accepted, in the order they were sent. */
  readonly answers: readonly Answer[];
  /** Their swipes. */
  readonly swipes: readonly Record<string, unknown>[];
  /** Turned away early with 429 or 503 and Retry-After, where the machine was held up. */
  readonly turnedAway: number;
  /** Worst lag of the guard's event loop and of this one meanwhile, together. */
  readonly lagMs: number;
}

/** Checks at a steady pace, whether or not the ones before were answered. */
export async function load(
  till: Till,
  swipes: readonly Record<string, unknown>[],
  everyMs: number,
): Promise<Burst> {
  await serverLag(till);
  const own = monitorEventLoopDelay({ resolution: 5 });
  own.enable();
  let late = 0;
  const started = performance.now();
  const calls: Promise<Answer>[] = [];
  for (const [index, swipe] of swipes.entries()) {
    const due = started + index * everyMs;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    late = Math.max(late, performance.now() - Math.max(due, started));
    calls.push(till.check(swipe));
  }
  const all = await Promise.all(calls);
  own.disable();
  const lagMs = Math.max(late, own.max / 1e6) + (await serverLag(till));
  const accepted = swipes.flatMap((swipe, index) => {
    const answer = all[index];
    return answer === undefined || isTurnedAway(answer) ? [] : [{ swipe, answer }];
  });
  return {
    answers: accepted.map(({ answer }) => answer),
    swipes: accepted.map(({ swipe }) => swipe),
    turnedAway: all.length - accepted.length,
    lagMs,
  };
}

function isTurnedAway({ status, body }: Answer): boolean {
  return status === 429 || (status === 503 && body.code === "overloaded");
}

export function within(t: Test, { answers, lagMs }: Burst, what: string): number {
  const times = answers.map(({ ms }) => ms);
  const p99 = percentile(times, 0.99);
  const max = Math.max(...times);
  const figures = `p50 ${percentile(times, 0.5).toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms; lag ${lagMs.toFixed(1)} ms`;
  t.comment(`${what}: ${answers.length} checks, ${figures}`);
  inTime(t, p99, lagMs, what);
  return max;
}

export function modes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status === 200 ? String(body.mode) : `${status} ${body.code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/**
 * Without a store everybody gets a stand-in. The one other answer allowed is the 503 of a journal that was not quick
 * enough either (promise 5), and that only while the event loop was held up.
 */
export function onlyStandIns(t: Test, { answers, lagMs, turnedAway }: Burst): void {
  const { standIn = 0, "503 journal_unavailable": unrecorded = 0, ...others } = modes(answers);
  t.same(others, {}, "nothing but stand-ins");
  t.ok(standIn > 0, "and there are some");
  t.ok(turnedAway === 0 || lagMs > 10, `${turnedAway} turned away; lag ${lagMs.toFixed(1)} ms`);
  const allowed = lagMs > 10 ? answers.length / (lagMs > DEADLINE_MS ? 4 : 50) : 0;
  t.ok(
    unrecorded <= allowed,
    `${standIn} stand-ins, ${unrecorded} refused; lag ${lagMs.toFixed(1)} ms`,
  );
}

/**
 * Persons, tills and boxes of their own, at pharmacies by turns: no rule has a word to say of any. `first`: a number
 * from which on no other swipe of the test file takes its box and its till.
 */
export function plainSwipes(name: string, count: number, first: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    nativeSwipe({
      id: newId(name, index),
      person: `${name}-${index}`,
      pharmacy: index % SHENYANG_PHARMACIES.length,
      terminal: `T${first + index}`,
      code: traceCode(first + index),
    }),
  );
}

export const same = ({ body }: Answer) => [body.decision, body.mode, body.hits, body.decidedAt];

/** Waits until a fresh check is answered in full again; resolves to how long that took. */
export async function recovered(till: Till, name: string): Promise<number> {
  const from = performance.now();
  let tried = 0;
  await eventually(async () => {
    tried += 1;
    const swipe = nativeSwipe({ id: newId(`${name}-again`, tried), person: `${name}-r-${tried}` });
    return (await till.check(swipe)).body.mode === "full";
  });
  return performance.now() - from;
}
