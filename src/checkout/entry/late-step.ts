import type { WaitingStep } from "../../audit/event.ts";
import { type CounterStore, StoreUnavailableError } from "../../counters/contract.ts";
import type { Outcome } from "../../swipe/problem.ts";
import type { BehindAnswers } from "../check.ts";
import { CheckDesk } from "../check.ts";
import { heard } from "../patience.ts";
import type { AppliedOutcome, Done, Recorder } from "../recorder.ts";
import { type Became, isNhsa, Taking } from "../taking.ts";
import type { DeskTools } from "../tools.ts";
import type { WaitingTold } from "./waiting-items.ts";

/** What became of a late step. `unknown`: the sale may still be entered by another instance. */
export type LateOutcome = "applied" | "unknown";

/**
 * A step that waited, taken as of the time it was told: a settlement that came in time is not late because the store
 * was. Its records are written together, the last of them closing the one that waited.
 */
export class LateSteps {
  private readonly tools: DeskTools;
  private readonly behind: BehindAnswers;

  constructor(tools: DeskTools, behind: BehindAnswers) {
    this.tools = tools;
    this.behind = behind;
  }

  /**
   * `giveUp`: a sale nobody knows is taken as unknown for good.
   * @throws StoreUnavailableError: it is tried again
   */
  async take(item: WaitingTold, giveUp: boolean): Promise<LateOutcome> {
    try {
      return await this.tryToTake(item, giveUp);
    } catch (error) {
      throw error instanceof HeldUpError ? error.cause : error;
    }
  }

  private async tryToTake(item: WaitingTold, giveUp: boolean): Promise<LateOutcome> {
    const { record } = item;
    const { observer, recorder } = this.tools;
    const step = this.underTheKeyInForce(item);
    if (step === undefined) {
      await recorder.applied(record, [], { refused: "swipe_unknown" });
      return "applied";
    }
    const done: Done[] = [];
    const taking = this.asOf(record.at, done, giveUp);
    let outcome = await taking.take(step);
    const mayCome = isUnknown(outcome) || isOvertaking(step, outcome);
    if (mayCome && !giveUp) return "unknown";
    if (isUnknown(outcome) && isNhsa(step)) outcome = await taking.unmatched(step);
    const applied = outcomeOf(outcome);
    await recorder.applied(record, done, applied);
    const how = applied.refused === undefined ? "applied" : "refused";
    observer.notice({ kind: "step.entered", labels: { step: step.kind, outcome: how } });
    return "applied";
  }

  /** Undefined: it was pseudonymised by a key the store has never had, and nobody knows it in clear any more. */
  private underTheKeyInForce({ record, renewed }: WaitingTold): WaitingStep | undefined {
    const { keyring, observer } = this.tools;
    const { fingerprint, step } = record;
    if (fingerprint === undefined || fingerprint === keyring.current().fingerprint) return step;
    observer.notice({ kind: "entry.foreignKey" });
    return renewed?.();
  }

  /** It fails whatever is tried: closed as refused, for people to look at. */
  abandon({ record }: WaitingTold): Promise<void> {
    return this.tools.recorder.applied(record, [], { refused: "internal" });
  }

  private asOf(at: number, done: Done[], isLastTry: boolean): Taking {
    const tools: DeskTools = {
      ...this.tools,
      clock: { now: () => at },
      store: waitedFor(this.tools),
      recorder: collecting(this.tools.recorder, done),
      patient: true,
      waited: { isLastTry },
    };
    return new Taking(tools, new CheckDesk(tools, this.behind), this.behind.findings);
  }
}

/** A return that cannot be: the settlement it is of may still wait at another instance. */
function isOvertaking(step: WaitingTold["record"]["step"], outcome: Outcome<Became>): boolean {
  if (step.kind !== "reverse") return false;
  if ("problem" in outcome) return outcome.problem.code === "state_conflict";
  return outcome.value.swipe?.nothingToReverse === true;
}

function isUnknown(outcome: Outcome<Became>): boolean {
  return "problem" in outcome && outcome.problem.code === "swipe_unknown";
}

function outcomeOf(outcome: Outcome<Became>): AppliedOutcome {
  if ("problem" in outcome) {
    const { code } = outcome.problem;
    if (code === "store_unavailable" || code === "journal_unavailable") {
      throw new StoreUnavailableError("The store did not carry out a step that waited.");
    }
    return { refused: code };
  }
  const state = outcome.value.swipe?.state;
  return state === undefined ? {} : { state };
}

/** What a step records is kept back until all of it is done. */
function collecting(recorder: Recorder, done: Done[]): Recorder {
  return {
    ...recorder,
    decided: async (record) => {
      done.push({ type: "decided", record });
    },
    settled: async (record) => {
      done.push({ type: "settled", record });
    },
    reversed: async (record) => {
      done.push({ type: "reversed", record });
    },
    acknowledged: async (record) => {
      done.push({ type: "acknowledged", record });
    },
  };
}

/** The store does not answer: the step is called off as a whole, and no check of its sale begins as a stand-in. */
class HeldUpError extends Error {
  readonly code = "GUARD_CHECKOUT_HELD_UP";
  constructor(cause: StoreUnavailableError) {
    super("The store did not answer a step that waited.", { cause });
    this.name = "HeldUpError";
  }
}

/** Every call bounded; the virtual clock of a late step has no timers of its own. */
function waitedFor(tools: DeskTools): CounterStore {
  const { store } = tools;
  const ask = <T>(work: Promise<T>) =>
    heard(tools, work).catch((cause: unknown) => {
      throw cause instanceof StoreUnavailableError ? new HeldUpError(cause) : cause;
    });
  return {
    observe: (observation) => ask(store.observe(observation)),
    seal: (sealing) => ask(store.seal(sealing)),
    complete: (sealing) => ask(store.complete(sealing)),
    locate: (swipe) => ask(store.locate(swipe)),
    readEntry: (person, swipe) => ask(store.readEntry(person, swipe)),
    change: (change) => ask(store.change(change)),
    completeChange: (change) => ask(store.completeChange(change)),
    fold: (person, at) => ask(store.fold(person, at)),
    ledgers: (persons) => ask(store.ledgers(persons)),
    traces: (codes) => ask(store.traces(codes)),
    flag: (person, flag) => ask(store.flag(person, flag)),
    flags: (persons) => ask(store.flags(persons)),
    close: () => store.close(),
  };
}
