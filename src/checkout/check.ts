import type { LedgerEntry, Observed, Sealed, SwipeKey } from "../counters/contract.ts";
import { StoreUnavailableError } from "../counters/contract.ts";
import { RESERVATION } from "../counters/limits.ts";
import { type Decided, decodeDecided, toAnswer } from "../decision/decided.ts";
import { stateAt } from "../decision/entry-state.ts";
import { SealedTexts } from "../decision/sealed-text.ts";
import type { DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import type { Outcome } from "../swipe/problem.ts";
import { LEVELS } from "../swipe/vocabulary.ts";
import type { Bytes, DurationMs } from "../units.ts";
import { CheckRecords } from "./check-records.ts";
import { OBSERVE, SEAL, timeLeft } from "./check-time.ts";
import { TOO_LATE, within } from "./deadline.ts";
import type { Entry } from "./entry/entry.ts";
import type { Findings } from "./findings.ts";
import type { Folding } from "./folding.ts";
import { noticeAnswered } from "./notices.ts";
import type { GivenAnswer, GivenAnswers } from "./recent-swipes.ts";
import type { Supersession } from "./supersession.ts";
import type { DeskTools } from "./tools.ts";
import {
  beginClear,
  beginRecorded,
  type Check,
  type CheckRequest,
  isAccepted,
  type Judged,
  judgeCheck,
  type RecordedCheck,
  sealingOf,
  supersededBy,
} from "./under-check.ts";

/** What goes on behind the answers of checks. */
export interface BehindAnswers {
  readonly supersession: Supersession;
  readonly folding: Folding;
  readonly findings: Findings;
  readonly entry: Entry;
  readonly answers: GivenAnswers;
}

/** What became of a seal. `unknown`: it may be there or not; `incomplete`: it stands, and not all that hangs on it. */
type Standing =
  | { readonly won: true; readonly waits: false | "unknown" | "incomplete" }
  | { readonly won: false; readonly answer: Decided };

/** A check the store has no answer of. */
type Fresh = Extract<Observed, { readonly verdict: "new" | "retry" }>;

/** What the store said, the answer it has read. */
type Heard =
  | Exclude<Observed, { readonly verdict: "sealed" }>
  | { readonly verdict: "sealed"; readonly decided: Decided };

/** observe, judge, seal, record, answer: two calls of the store, and a record before the answer leaves. */
export class CheckDesk {
  private readonly tools: DeskTools;
  private readonly behind: BehindAnswers;
  private readonly records: CheckRecords;
  private readonly texts = new SealedTexts();

  /** Checks whose answer is not known yet; as many as requests are in flight. */
  private readonly underWay = new Map<
    SwipeKey,
    { readonly under: Check; readonly answer: Promise<Outcome<DecisionAnswer>> }
  >();

  constructor(tools: DeskTools, behind: BehindAnswers) {
    this.tools = tools;
    this.behind = behind;
    this.records = new CheckRecords(tools, behind);
  }

  check(request: CheckRequest): Promise<Outcome<DecisionAnswer>> {
    return this.run(beginClear(this.tools, request));
  }

  /** A swipe that nobody knows in clear any more: the check a waiting settlement had brought along. */
  checkRecorded(recorded: RecordedCheck): Promise<Outcome<DecisionAnswer>> {
    return this.run(beginRecorded(this.tools, recorded));
  }

  /** A till may send the same id twice at once: there is one check, and both get its answer. */
  private run(under: Check): Promise<Outcome<DecisionAnswer>> {
    const { swipe: key, content } = under.observation;
    const same = this.underWay.get(key);
    const isOther = same !== undefined && same.under.observation.content !== content;
    if (under.entering || isOther) return this.take(under);
    if (same !== undefined) return same.answer;
    const answer = this.take(under);
    this.underWay.set(key, { under, answer });
    return answer;
  }

  /** Waits for each part by `await`: a promise that is handed on makes three more. */
  private async take(under: Check): Promise<Outcome<DecisionAnswer>> {
    const { swipe: key } = under.observation;
    try {
      // A sale that is entered now was perhaps answered as a stand-in: that answer put nothing into the store.
      const standIn = under.entering ? undefined : this.behind.answers.standIns.get(key);
      if (standIn !== undefined) return await this.giveAgain(under, standIn);
      const observed = await this.observe(under);
      return await (observed === undefined ? this.unheard(under) : this.heard(under, observed));
    } finally {
      // Never before `run` has put it there: every way to here has waited at least once.
      if (this.underWay.get(key)?.under === under) this.underWay.delete(key);
    }
  }

  private unheard(under: Check): Promise<Outcome<DecisionAnswer>> {
    const { answers } = this.behind;
    // Also a stand-in, which another content under the same id may have become while this one waited for the store.
    const given = under.entering ? undefined : answers.of(under.observation.swipe);
    return given === undefined ? this.standIn(under) : this.giveAgain(under, given);
  }

  private heard(
    under: Check,
    observed: Heard,
  ): Outcome<DecisionAnswer> | Promise<Outcome<DecisionAnswer>> {
    switch (observed.verdict) {
      case "conflict":
        return {
          problem: { code: observed.with === "person" ? "person_conflict" : "content_conflict" },
        };
      case "recalled":
        return { value: this.recalled(under, observed.entry) };
      case "sealed":
        return this.repeat(under, observed.decided);
      default:
        return this.answer(under, observed);
    }
  }

  /** Without the store a repeat gets what this process told it before, whatever would be said of it now. */
  private async giveAgain(under: Check, given: GivenAnswer): Promise<Outcome<DecisionAnswer>> {
    if (!isRepeat(under, given)) return { problem: { code: "content_conflict" } };
    return await this.repeat(under, decodeDecided(given.decided));
  }

  /** Undefined: the store was not heard in time, or said nothing that can be read; it is decided without it. */
  private async observe(under: Check): Promise<Heard | undefined> {
    if (!this.tools.keyring.agreed()) return undefined;
    const { store, timers, patient } = this.tools;
    const wait = timeLeft(this.tools, under, OBSERVE);
    try {
      if (patient) return heardOf(await store.observe(under.observation));
      const observed = await within(timers, wait, store.observe(under.observation, wait), () =>
        this.behind.entry.storeAnswers(),
      );
      if (observed === TOO_LATE) return undefined;
      this.behind.entry.storeAnswers();
      return heardOf(observed);
    } catch (error) {
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    }
  }

  private async standIn(under: Check): Promise<Outcome<DecisionAnswer>> {
    const judged = judgeCheck(this.tools, this.texts, under, undefined, 0);
    const given = givenOf(under, judged.encoded);
    this.behind.answers.standIns.set(under.observation.swipe, given);
    return await this.finish(under, judged, given, true);
  }

  private async answer(under: Check, observed: Fresh): Promise<Outcome<DecisionAnswer>> {
    const { memory, personSeq, incomplete } = observed;
    const { swipe: key, person } = under.observation;
    const { answers, supersession, folding } = this.behind;
    const judged = judgeCheck(this.tools, this.texts, under, memory, personSeq);
    try {
      const standing = await this.seal(under, judged);
      if (!standing.won) return await this.repeat(under, standing.answer);
      const given = givenOf(under, judged.encoded);
      if (standing.waits === "unknown") answers.standIns.set(key, given);
      else {
        answers.sealed.set(key, given);
        supersession.release(person, judged.supersedes);
      }
      const waits = incomplete === true || standing.waits !== false;
      return await this.finish(under, judged, given, waits);
    } finally {
      folding.afterCheck(person, memory.ledger.length);
    }
  }

  /** Whether this answer stands, or the one that was sealed before it does. */
  private async seal(under: Check, judged: Judged): Promise<Standing> {
    const { store, timers, patient } = this.tools;
    const sealing = sealingOf(under, judged);
    const wait = timeLeft(this.tools, under, SEAL);
    try {
      const sealed = patient
        ? await store.seal(sealing)
        : await within(timers, wait, store.seal(sealing, wait), () => undefined);
      if (sealed !== TOO_LATE) return standingOf(sealed);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
    // The facts were all there, only the seal may be lost: this process at least answers a repeat alike.
    this.tools.observer.notice({ kind: "seal.unknown" });
    return { won: true, waits: "unknown" };
  }

  /** A repeat: the same answer, and the same record again unless this process wrote it itself. */
  private async repeat(under: Check, decided: Decided): Promise<Outcome<DecisionAnswer>> {
    this.tools.observer.notice({ kind: "check.repeated", labels: { recalled: "false" } });
    const { answers, supersession } = this.behind;
    const { swipe: key, person } = under.observation;
    if (!answers.recorded.get(key)) {
      const waits = answers.standIns.get(key) !== undefined;
      const given = givenOf(under, this.texts.of(decided));
      const problem = await this.records.write(under, decided, given, waits);
      if (problem) return { problem };
      // Whoever sealed it may have died before it let go of what the earlier steps held.
      if (!waits) supersession.release(person, supersededBy(decided));
      if (!waits) this.completeLater(under, decided);
    }
    return { value: toAnswer(decided) };
  }

  /** ... or before all others than the person were told, where the memory has several parts. */
  private completeLater(under: Check, decided: Decided): void {
    if (under.swipe.at - decided.at >= RESERVATION) return;
    const { swipe, entering } = under;
    const observation = { ...under.observation, at: decided.at };
    const of = { decided, encoded: "", supersedes: supersededBy(decided) };
    const sealing = sealingOf({ observation, swipe, entering }, of);
    this.tools.store.complete(sealing).catch(() => {
      this.tools.observer.notice({ kind: "seal.unknown" });
    });
  }

  private async finish(
    under: Check,
    { decided, memory }: Judged,
    given: GivenAnswer,
    waits: boolean,
  ): Promise<Outcome<DecisionAnswer>> {
    const problem = await this.records.write(under, decided, given, waits);
    if (problem) return { problem };
    const { swipe, observation, bundle, startedAt } = under;
    const took = this.tools.clock.now() - startedAt;
    this.noticeLate(took);
    noticeAnswered(this.tools.observer, swipe, decided, Math.max(0, took));
    // A stand-in saw nothing to find anything in: it is looked at when it is entered.
    if (waits && decided.mode === "standIn") return { value: toAnswer(decided) };
    const accepted = isAccepted(under, decided);
    this.behind.findings.answered({ swipe, observation, decided, memory, accepted, bundle });
    return { value: toAnswer(decided) };
  }

  private noticeLate(took: DurationMs): void {
    const late = took - this.tools.deadline;
    if (late > 0) this.tools.observer.notice({ kind: "check.late", value: late / 1_000 });
  }

  private recalled(under: Check, entry: LedgerEntry): DecisionAnswer {
    this.tools.observer.notice({ kind: "check.repeated", labels: { recalled: "true" } });
    return {
      swipeId: under.swipe.swipeId,
      decision: LEVELS[entry.level] ?? "allow",
      missing: [],
      hits: [],
      decidedAt: instantText(entry.at),
      elapsedMs: elapsed(this.tools.clock.now() - under.startedAt),
      recalled: true,
      state: stateAt(entry, under.swipe.at),
    };
  }
}

function elapsed(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000) / 1_000);
}

function givenOf({ swipe, observation, pseudonymiser: by }: Check, decided: Bytes): GivenAnswer {
  const { content } = observation;
  return { content, by, decided, person: swipe.person.id, pharmacy: swipe.pharmacy.code };
}

/** Also where the store has given another key since. */
function isRepeat(under: Check, { content, by }: GivenAnswer): boolean {
  if (by === undefined) return true;
  const isSameKey = by === under.pseudonymiser;
  return content === (isSameKey ? under.observation.content : under.source.contentBy(by));
}

function heardOf(observed: Observed): Heard {
  if (observed.verdict !== "sealed") return observed;
  return { verdict: "sealed", decided: decodeDecided(observed.answer) };
}

function standingOf(sealed: Sealed): Standing {
  if (!sealed.won) return { won: false, answer: decodeDecided(sealed.answer) };
  return { won: true, waits: sealed.incomplete === true ? "incomplete" : false };
}
