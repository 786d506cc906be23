import type { LedgerEntry, Memory, Observation, Observed, SwipeKey } from "../counters/contract.ts";
import { StoreUnavailableError } from "../counters/contract.ts";
import { attemptCodes } from "../counters/observe-plan.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import { type Decided, decodeDecided, encodeDecided, toAnswer } from "../decision/decided.ts";
import { stateAt } from "../decision/entry-state.ts";
import { earlierSteps, superseded, withoutSteps } from "../decision/one-sale.ts";
import { swipeKey } from "../features/digests.ts";
import { observationOf } from "../features/observation.ts";
import type { FeaturePlan } from "../features/plan.ts";
import { readFeatures } from "../features/read.ts";
import { pseudonymise } from "../privacy/pseudonymise.ts";
import type { DecisionAnswer } from "../swipe/answer.ts";
import { instantText } from "../swipe/calendar.ts";
import type { ClearSwipe } from "../swipe/clear-swipe.ts";
import type { Outcome, Problem } from "../swipe/problem.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import { isRefusal, LEVELS, levelRank } from "../swipe/vocabulary.ts";
import type { Bytes, DurationMs, EpochMs } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import { TOO_LATE, within } from "./deadline.ts";
import { decide } from "./decide.ts";
import type { Findings } from "./findings.ts";
import type { Folding } from "./folding.ts";
import { noticeAnswered } from "./notices.ts";
import { type GivenAnswer, RecentSwipes } from "./recent-swipes.ts";
import type { Supersession } from "./supersession.ts";
import { type DeskTools, OBSERVE, RECORD, SEAL, type Share } from "./tools.ts";

/** A clear swipe on its way to an answer. */
export interface CheckRequest {
  readonly swipe: ClearSwipe;
  /** The canonical text that repeats are compared by. */
  readonly canonical: string;
  /** The caller's pharmacy where callers authenticate, else empty. */
  readonly scope: string;
  /** Sold already without a check: what was claimed stays claimed, whatever the rules say. */
  readonly entering?: boolean;
}

/** One check under way: what it is made of does not change until its answer. */
interface Check {
  readonly request: CheckRequest;
  readonly startedAt: EpochMs;
  readonly bundle: Bundle;
  readonly swipe: PseudonymisedSwipe;
  readonly observation: Observation;
}

interface Judged {
  readonly decided: Decided;
  /** Its sealed form. */
  readonly encoded: Bytes;
  readonly supersedes: readonly SwipeKey[];
  /** What the rules saw of the store, without the earlier steps of this sale. */
  readonly memory: Memory | undefined;
}

/** What goes on behind the answers of checks. */
export interface BehindAnswers {
  readonly supersession: Supersession;
  readonly folding: Folding;
  readonly findings: Findings;
}

/** How often, and how long after one another, a seal is tried once the store answers after all. */
const LATE_SEALS_MAX = 10;
const LATE_SEAL_AGAIN: DurationMs = 20;

/** observe, judge, seal, record, answer: two calls of the store, and a record before the answer leaves. */
export class CheckDesk {
  private readonly tools: DeskTools;
  private readonly supersession: Supersession;
  private readonly folding: Folding;
  private readonly findings: Findings;
  /** Answers that the store does not have, or may not have. */
  private readonly standIns = new RecentSwipes<GivenAnswer>();
  /** Answers this process wrote the record of. */
  private readonly recorded = new RecentSwipes<GivenAnswer>();

  constructor(tools: DeskTools, behind: BehindAnswers) {
    this.tools = tools;
    this.supersession = behind.supersession;
    this.folding = behind.folding;
    this.findings = behind.findings;
  }

  async check(request: CheckRequest): Promise<Outcome<DecisionAnswer>> {
    const under = begin(this.tools, request);
    const { swipe: key } = under.observation;
    // A sale that is entered now was perhaps answered as a stand-in: that answer put nothing into the store.
    const standIn = request.entering ? undefined : this.standIns.get(key);
    if (standIn !== undefined) return this.giveAgain(under, standIn);
    const observed = await this.observe(under);
    if (observed === undefined) {
      const given = request.entering ? undefined : this.recorded.get(key);
      return given === undefined ? this.standIn(under) : this.giveAgain(under, given);
    }
    switch (observed.verdict) {
      case "conflict":
        return {
          problem: { code: observed.with === "person" ? "person_conflict" : "content_conflict" },
        };
      case "recalled":
        return { value: this.recalled(under, observed.entry) };
      case "sealed":
        return this.repeat(under, decodeDecided(observed.answer));
      default:
        return this.answer(under, this.judge(under, observed.memory, observed.personSeq)).finally(
          () => this.folding.afterCheck(under.observation.person, observed.memory.ledger.length),
        );
    }
  }

  /** Without the store a repeat gets what this process told it before, whatever would be said of it now. */
  private giveAgain(under: Check, given: GivenAnswer): Promise<Outcome<DecisionAnswer>> {
    return given.content === under.observation.content
      ? this.repeat(under, decodeDecided(given.decided))
      : Promise.resolve({ problem: { code: "content_conflict" } });
  }

  /**
   * What is left for a step, and at least its own least share of the deadline: a process that was held up itself
   * (other checks, the machine) answers that much later, and does not call a store or a journal late that was not.
   */
  private remaining(under: Check, { by, least }: Share): number {
    const { deadline, clock } = this.tools;
    return Math.max(under.startedAt + deadline * by - clock.now(), deadline * least);
  }

  private inTime<T>(wait: number, work: Promise<T>): Promise<T | typeof TOO_LATE> {
    return within(this.tools.timers, wait, work, () => undefined);
  }

  /** Undefined: the store was not heard in time, and the check is decided without it. */
  private async observe(under: Check): Promise<Observed | undefined> {
    if (!this.tools.keyring.agreed()) return undefined;
    const work = this.tools.store.observe(under.observation);
    if (this.tools.patient) return work;
    try {
      const observed = await within(
        this.tools.timers,
        this.remaining(under, OBSERVE),
        work,
        (late) => this.closeWaiting(under, late),
      );
      return observed === TOO_LATE ? undefined : observed;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    }
  }

  /** The store answers after all: what was told the till is sealed, so that a repeat anywhere gets it. */
  private closeWaiting(under: Check, observed: Observed): void {
    const given = this.standIns.get(under.observation.swipe);
    if (given === undefined || (observed.verdict !== "new" && observed.verdict !== "retry")) return;
    const decided = decodeDecided(given.decided);
    const supersedes = stepsOf(under, observed.memory).superseded;
    this.sealLate(under, { decided, encoded: given.decided, supersedes }).catch(() => undefined);
  }

  /** Replies to a store that was stuck come in pieces: before the last of them nothing new is sent to it. */
  private async sealLate(under: Check, judged: Omit<Judged, "memory">): Promise<void> {
    for (let tried = 0; tried < LATE_SEALS_MAX; tried++) {
      try {
        await this.tools.store.seal(sealingOf(under, judged));
        return this.supersession.release(under.observation.person, judged.supersedes);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
      await new Promise<void>((resolve) => this.tools.timers.after(LATE_SEAL_AGAIN, resolve));
    }
  }

  private judge(under: Check, memory: Memory | undefined, personSeq: number): Judged {
    const { bundle, swipe, observation } = under;
    const heardAt = this.tools.clock.now();
    const steps = memory === undefined ? undefined : stepsOf(under, memory);
    const supersedes = steps?.superseded ?? [];
    const clean = memory && steps ? withoutSteps(memory, steps.earlier) : undefined;
    const vector = readFeatures(bundle.policy.plan, swipe, observation, clean, bundle.reference);
    const decided = decide({
      tools: this.tools,
      bundle,
      swipe,
      vector,
      personSeq,
      startedAt: under.startedAt,
      heardAt,
      standIn: memory === undefined,
      supersedes,
    });
    return { decided, encoded: encodeDecided(decided), supersedes, memory: clean };
  }

  private async standIn(under: Check): Promise<Outcome<DecisionAnswer>> {
    const judged = this.judge(under, undefined, 0);
    this.standIns.set(under.observation.swipe, {
      content: under.observation.content,
      decided: judged.encoded,
    });
    return this.finish(under, judged);
  }

  private async answer(under: Check, judged: Judged): Promise<Outcome<DecisionAnswer>> {
    const standing = await this.seal(under, judged);
    if (standing !== undefined) return this.repeat(under, standing);
    this.supersession.release(under.observation.person, judged.supersedes);
    return this.finish(under, judged);
  }

  /** Undefined: this answer stands. Otherwise the one that was sealed before it. */
  private async seal(under: Check, judged: Judged): Promise<Decided | undefined> {
    const work = this.tools.store.seal(sealingOf(under, judged));
    try {
      const sealed = this.tools.patient
        ? await work
        : await this.inTime(this.remaining(under, SEAL), work);
      if (sealed !== TOO_LATE) return sealed.won ? undefined : decodeDecided(sealed.answer);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
    // The facts were all there, only the seal may be lost: this process at least answers a repeat alike.
    this.standIns.set(under.observation.swipe, {
      content: under.observation.content,
      decided: judged.encoded,
    });
    this.tools.observer.notice({ kind: "seal.unknown" });
    return undefined;
  }

  /** A repeat: the same answer, and the same record again unless this process wrote it itself. */
  private async repeat(under: Check, decided: Decided): Promise<Outcome<DecisionAnswer>> {
    this.tools.observer.notice({ kind: "check.repeated", labels: { recalled: "false" } });
    if (!this.recorded.get(under.observation.swipe)) {
      const problem = await this.record(under, decided, encodeDecided(decided));
      if (problem) return { problem };
    }
    return { value: toAnswer(decided) };
  }

  private async finish(under: Check, judged: Judged): Promise<Outcome<DecisionAnswer>> {
    const { decided } = judged;
    const problem = await this.record(under, decided, judged.encoded);
    if (problem) return { problem };
    this.noticeLate(under);
    noticeAnswered(
      this.tools.observer,
      under.swipe,
      decided,
      this.tools.clock.now() - under.startedAt,
    );
    this.findings.answered({
      ...{ swipe: under.swipe, observation: under.observation, decided, memory: judged.memory },
      ...{ accepted: isAccepted(under, decided), bundle: under.bundle },
    });
    return { value: toAnswer(decided) };
  }

  private noticeLate(under: Check): void {
    const late = this.tools.clock.now() - under.startedAt - this.tools.deadline;
    if (late > 0) this.tools.observer.notice({ kind: "check.late", value: late / 1_000 });
  }

  private async record(
    under: Check,
    decided: Decided,
    encoded: Bytes,
  ): Promise<Problem | undefined> {
    const work = this.tools.recorder.decided({
      swipe: asDecided(decided, under, this.tools),
      decided,
      plan: planOf(decided, under.bundle),
      entered: under.request.entering === true,
    });
    try {
      const done = this.tools.patient
        ? await work
        : await this.inTime(this.remaining(under, RECORD), work);
      if (done === TOO_LATE) return { code: "journal_unavailable" };
    } catch {
      return { code: "journal_unavailable" };
    }
    const { swipe, content } = under.observation;
    this.recorded.set(swipe, { content, decided: encoded });
    return undefined;
  }

  private recalled(under: Check, entry: LedgerEntry): DecisionAnswer {
    this.tools.observer.notice({ kind: "check.repeated", labels: { recalled: "true" } });
    return {
      swipeId: under.request.swipe.swipeId,
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
  return Math.round(ms * 1_000) / 1_000;
}

function begin(tools: DeskTools, request: CheckRequest): Check {
  const startedAt = tools.clock.now();
  const bundle = tools.bundle();
  const pseudonymiser = tools.keyring.current();
  const swipe = pseudonymise(request.swipe, Math.floor(startedAt), pseudonymiser);
  const observation = observationOf(bundle.policy.plan, swipe, bundle.reference, {
    swipe: swipeKey(request.scope, request.swipe.swipeId),
    content: pseudonymiser.content(request.canonical),
    drugKey: bundle.drugKey,
  });
  return { request, startedAt, bundle, swipe, observation };
}

/** Values of another policy's features would stand under the wrong names: told again, they are left out. */
function planOf({ policy: by }: Decided, { policy }: Bundle): FeaturePlan {
  return by.hash === policy.hash ? policy.plan : { ...policy.plan, swipe: [], lines: [] };
}

/** The swipe as it was decided: a repeat comes later, when its person may be a year older and the till's clock is on. */
function asDecided(
  { at, occurredAt: decidedOf }: Decided,
  { swipe, request }: Check,
  tools: DeskTools,
): PseudonymisedSwipe {
  const occurredAt = decidedOf ?? swipe.occurredAt;
  if (swipe.at === at && swipe.occurredAt === occurredAt) return swipe;
  return pseudonymise({ ...request.swipe, occurredAt }, at, tools.keyring.current());
}

/** The earlier steps of this sale, and which of them this check supersedes: an inquiry supersedes nothing. */
function stepsOf(under: Check, memory: Memory) {
  const { observation, request } = under;
  const named = request.swipe.supersedes;
  const earlier = earlierSteps(
    {
      swipe: observation.swipe,
      at: observation.at,
      pharmacy: rememberedPharmacy(observation.pharmacy),
      basket: observation.basket,
      codes: attemptCodes(observation),
      ...(named === undefined ? {} : { names: swipeKey(request.scope, named) }),
    },
    memory.ledger,
    memory.attempts,
  );
  return { earlier, superseded: observation.reserve ? superseded(earlier, memory.ledger) : [] };
}

function isAccepted(under: Check, decided: Decided): boolean {
  return !isRefusal(decided.decision) || under.request.entering === true;
}

function sealingOf(under: Check, { decided, encoded, supersedes }: Omit<Judged, "memory">) {
  const accepted = isAccepted(under, decided);
  return {
    observation: under.observation,
    answer: encoded,
    level: levelRank(decided.decision),
    holds: accepted && under.observation.reserve,
    presume: under.swipe.via === "nhsa",
    supersedes,
    bind: accepted,
  };
}
