import type { EventData, GuardEvent } from "../../audit/event.ts";
import { toPseudonymisedSwipe } from "../../audit/recorded-swipe.ts";
import {
  type CounterStore,
  type Observation,
  type PersonKey,
  StoreUnavailableError,
  type SwipeKey,
} from "../../counters/contract.ts";
import { ANSWER_KEPT, LEDGER_FOLD_ABOVE } from "../../counters/limits.ts";
import { decodeDecided, encodeDecided } from "../../decision/decided.ts";
import { pseudonymBytes, swipeKey } from "../../features/digests.ts";
import { observationOf } from "../../features/observation.ts";
import type { Outcome } from "../../swipe/problem.ts";
import { isRefusal, levelRank } from "../../swipe/vocabulary.ts";
import type { Bytes, EpochMs } from "../../units.ts";
import { type CheckRecord, recordedDecision } from "../recorded-check.ts";
import { SaleSteps, type Stepped } from "../sale-steps.ts";
import { createSupersession } from "../supersession.ts";
import { talliedBy } from "../tallied.ts";
import type { DeskTools } from "../tools.ts";
import { flagsOf } from "./recorded-flags.ts";
import {
  type RecordedReversal,
  type RecordedSettlement,
  reverseStep,
  settleStep,
  supplyStep,
} from "./recorded-steps.ts";
import { supersedeAgain } from "./supersede-again.ts";

/** The generation that is filled: the memory's own store, and the little beside it that only a rebuild needs. */
export interface FilledMemory {
  /** As of an event's time: what is fresh, lapsed or forgotten is judged by it. */
  storeAsOf(now: () => EpochMs): CounterStore;
  /** A person's sequence goes on from what the record says. */
  raiseSequence(person: PersonKey, to: number): Promise<void>;
  /** A sealed answer that nobody may ask for any more. */
  forgetAnswer(person: PersonKey, swipe: SwipeKey): Promise<void>;
}

/** What became of a record. `overtaken`: the memory had it already, or something later of the same sale. */
export const OUTCOMES = [
  "check",
  "settlement",
  "reversal",
  "finding",
  "overtaken",
  "waiting",
  "refused",
  "unmatched",
  "unknown",
  "conflict",
  "nothing",
] as const;
export type Outcomes = (typeof OUTCOMES)[number];

/** Answers of checks younger than a day before the record's time are kept for its steps, this many at once. */
const ANSWERS_KEPT = 20_000;
/** Answers of stand-ins that wait for their entry; beyond it the entry's own decision is kept instead. */
const WAITING_KEPT = 20_000;
/** The record was written under another pseudonym key: its persons are not the memory's. */
export class RecordKeyError extends Error {
  readonly code = "GUARD_CHECKOUT_RECORD_KEY";
  constructor() {
    super(
      "The record was written under another pseudonym key than the memory's: its persons would not be known again. Name the key it was written under by GUARD_KEYS.",
    );
    this.name = "RecordKeyError";
  }
}

const NO_CONTENT: Bytes = "\0".repeat(16);

interface KeptAnswer {
  readonly person: PersonKey;
  readonly swipe: SwipeKey;
  readonly at: EpochMs;
}

/** Applies recorded events to another generation of the memory by the code that live swipes go through; judges nothing. */
export class Rebuilder {
  private readonly tools: DeskTools;
  private readonly memory: FilledMemory;
  /** In the order of the record: answers that are in the store only for the steps that follow. */
  private kept: KeptAnswer[] = [];
  private readonly waiting = new Map<SwipeKey, Bytes>();
  private latest: EpochMs = 0;
  /** Checks that another policy had decided: what only that one remembered is not remembered again. */
  otherPolicy = 0;

  /** `tools.clock` is the machine's: what is older than a day by it leaves no answer behind. */
  constructor(tools: DeskTools, memory: FilledMemory) {
    this.tools = tools;
    this.memory = memory;
  }

  async apply(event: GuardEvent): Promise<Outcomes> {
    const { data } = event;
    switch (event.type) {
      case "swipe.decided":
        return this.decided(data as EventData<"swipe.decided">);
      case "swipe.entered":
        return this.entered(data as EventData<"swipe.entered">);
      case "swipe.settled":
        return this.settled(data as EventData<"swipe.settled">);
      case "swipe.reversed":
        return this.reversed(data as EventData<"swipe.reversed">, event.id);
      case "swipe.acknowledged":
        return this.acknowledged(data as EventData<"swipe.acknowledged">);
      case "clue.raised":
        return this.clue(data as EventData<"clue.raised">);
      default:
        return "nothing";
    }
  }

  /** Takes back the answers that only the record's own steps needed. */
  async finish(): Promise<void> {
    const old = this.kept;
    this.kept = [];
    for (const answer of old) await this.forgetIfOld(answer);
  }

  private async decided(data: EventData<"swipe.decided">): Promise<Outcomes> {
    const key = keyOf(data);
    if (data.waiting === true) {
      if (this.waiting.size < WAITING_KEPT)
        this.waiting.set(key, encodeDecided(this.recordedDecision(data)));
      return "waiting";
    }
    return this.check(key, data, encodeDecided(this.recordedDecision(data)));
  }

  /** What was decided without the memory counts from its entry on, and a repeat gets what its till was told. */
  private async entered(data: EventData<"swipe.entered">): Promise<Outcomes> {
    const key = keyOf(data);
    const told = this.waiting.get(key);
    this.waiting.delete(key);
    if (!data.counted) return "nothing";
    const answer =
      told === undefined
        ? this.enteredDecision(data)
        : // Whose place it takes is known only since its entry.
          { ...decodeDecided(told), supersedes: data.supersedes ?? [] };
    return this.check(key, data, encodeDecided(answer));
  }

  private recordedDecision(data: CheckRecord) {
    return recordedDecision(data, this.tools.bundle().reference);
  }

  private enteredDecision(data: EventData<"swipe.entered">) {
    const decision = this.recordedDecision(data);
    return data.answered === undefined ? decision : { ...decision, decision: data.answered };
  }

  private async check(key: SwipeKey, data: CheckRecord, answer: Bytes): Promise<Outcomes> {
    const { at } = data.swipe;
    this.assertKey(data);
    const store = this.memory.storeAsOf(() => at);
    const observation = this.observationOf(key, data);
    const observed = await store.observe(observation);
    if (observed.verdict === "conflict") return "conflict";
    const supersedes = (data.supersedes ?? []).map(bytesOf);
    if (observed.verdict === "sealed" || observed.verdict === "recalled") {
      await supersedeAgain(store, supersedes, at, talliedBy(this.tools));
      await this.sequence(observation.person, 0, data.personSeq);
      return "overtaken";
    }
    const holds = data.state === "reserved";
    const answered = "answered" in data && data.answered ? data.answered : data.decision;
    await store.seal({
      observation,
      answer,
      level: levelRank(answered),
      holds,
      presume: data.swipe.via === "nhsa",
      supersedes,
      bind: holds || !isRefusal(answered),
    });
    const { person } = observation;
    await this.letGo(store, at, person, supersedes);
    if (observed.memory.ledger.length > LEDGER_FOLD_ABOVE) await store.fold(person, at);
    await this.sequence(person, observed.personSeq, data.personSeq);
    await this.keepAnswer({ person, swipe: key, at }, observation.content !== NO_CONTENT);
    return "check";
  }

  /** The operator stands in it in clear and under the key. @throws RecordKeyError */
  private assertKey({ swipe, policy }: CheckRecord): void {
    const { operator, operatorStaff } = swipe.pharmacy;
    if (this.tools.keyring.current().pseudonym("staff", operator) !== operatorStaff)
      throw new RecordKeyError();
    if (policy.hash !== this.tools.bundle().policy.hash) this.otherPolicy += 1;
  }

  private observationOf(key: SwipeKey, data: CheckRecord): Observation {
    const { policy, reference, drugKey } = this.tools.bundle();
    const swipe = toPseudonymisedSwipe(data.swipe);
    const content = data.content === undefined ? NO_CONTENT : bytesOf(data.content);
    const observation = observationOf(policy.plan, swipe, reference, {
      swipe: key,
      content,
      drugKey,
    });
    // What no window reaches any more need not be written to be let go.
    const now = this.tools.clock.now();
    return {
      ...observation,
      logs: observation.logs.filter(({ window }) => swipe.at + 2 * window > now),
    };
  }

  private async letGo(
    store: CounterStore,
    at: EpochMs,
    person: PersonKey,
    swipes: readonly SwipeKey[],
  ): Promise<void> {
    if (swipes.length === 0) return;
    const { observer } = this.tools;
    const supersession = createSupersession(store, () => at, observer, talliedBy(this.tools));
    supersession.release(person, swipes);
    await supersession.idle();
  }

  private async settled(data: RecordedSettlement): Promise<Outcomes> {
    const passed = passedOver(data);
    if (passed !== undefined) return passed;
    const at = Date.parse(data.settledAt);
    const { steps, store } = this.stepsAt(at);
    const key = keyOf(data);
    if (data.upload !== undefined) await this.supplied(store, steps, key, data);
    // Only codes came: nothing more of the sale was settled with them.
    if (data.lines.length > 0 && data.lines.every(({ quantity }) => quantity === 0))
      return "settlement";
    const done = await steps.take(key, (sale) => settleStep(sale, data));
    return this.stepped(done, data.personSeq, "settlement");
  }

  private async supplied(
    store: CounterStore,
    steps: SaleSteps,
    key: SwipeKey,
    { lines, upload }: RecordedSettlement,
  ): Promise<void> {
    for (const line of lines) {
      if (line.traceCodes.length === 0) continue;
      const codes = line.traceCodes.map(pseudonymBytes);
      const memories = await store.traces(codes);
      const lost = codes.filter((_, index) => {
        const { claims = [], splits = [] } = memories[index] ?? {};
        return claims.length + splits.length === 0;
      });
      await steps.take(key, (sale) => supplyStep(sale, { line, upload }, lost));
    }
  }

  private async reversed(data: RecordedReversal, eventId: string): Promise<Outcomes> {
    const passed = passedOver(data);
    if (passed !== undefined) return passed;
    const { steps } = this.stepsAt(Date.parse(data.reversedAt));
    const done = await steps.take(keyOf(data), (sale) => reverseStep(sale, data, eventId));
    return this.stepped(done, data.personSeq, "reversal");
  }

  /** It changes nothing of what is remembered but the person's sequence. */
  private async acknowledged(data: EventData<"swipe.acknowledged">): Promise<Outcomes> {
    if (data.personSeq > 0) await this.sequence(pseudonymBytes(data.person), 0, data.personSeq);
    return "nothing";
  }

  private async clue(data: EventData<"clue.raised">): Promise<Outcomes> {
    const at = Date.parse(data.raisedAt);
    const store = this.memory.storeAsOf(() => at);
    const flags = flagsOf(data, at);
    for (const { key, flag } of flags) await store.flag(key, flag);
    return flags.length === 0 ? "nothing" : "finding";
  }

  private stepsAt(at: EpochMs) {
    this.latest = Math.max(this.latest, at);
    const store = this.memory.storeAsOf(() => at);
    const tools = { ...this.tools, store, clock: { now: () => at }, patient: true };
    return { steps: new SaleSteps(tools), store };
  }

  private async stepped(
    done: Outcome<Stepped>,
    recorded: number,
    outcome: Outcomes,
  ): Promise<Outcomes> {
    if ("problem" in done) {
      if (done.problem.code === "swipe_unknown") return "unknown";
      if (done.problem.code === "state_conflict") return "overtaken";
      throw new StoreUnavailableError("The store did not take a step of a sale.");
    }
    const { sale, personSeq, transition } = done.value;
    await this.sequence(sale.located.person, personSeq, recorded);
    return transition === undefined ? "overtaken" : outcome;
  }

  private async sequence(person: PersonKey, now: number, recorded: number): Promise<void> {
    if (now < recorded) await this.memory.raiseSequence(person, recorded);
  }

  /** Steps that follow within a day are taken with the answer at hand, as they were; after it nobody asks for it. */
  private async keepAnswer(answer: KeptAnswer, isWhole: boolean): Promise<void> {
    this.latest = Math.max(this.latest, answer.at);
    if (!isWhole) {
      // Without its content a repeat could not be told from another swipe: it gets its level and state instead.
      await this.memory.forgetAnswer(answer.person, answer.swipe);
      return;
    }
    if (this.isFresh(answer.at)) return;
    this.kept.push(answer);
    while (this.kept.length > 0) {
      const [oldest] = this.kept;
      if (oldest === undefined || !this.isDone(oldest)) return;
      this.kept.shift();
      await this.forgetIfOld(oldest);
    }
  }

  private isDone({ at }: KeptAnswer): boolean {
    return this.kept.length > ANSWERS_KEPT || at + ANSWER_KEPT <= this.latest;
  }

  private isFresh(at: EpochMs): boolean {
    return at + ANSWER_KEPT > this.tools.clock.now();
  }

  private async forgetIfOld({ person, swipe, at }: KeptAnswer): Promise<void> {
    if (!this.isFresh(at)) await this.memory.forgetAnswer(person, swipe);
  }
}

/** Records that change nothing: messages about no known sale, what waits yet, what was refused. */
function passedOver(data: RecordedSettlement | RecordedReversal): Outcomes | undefined {
  if (data.waiting === true) return "waiting";
  if (data.matched === 0) return "unmatched";
  return data.refused === undefined ? undefined : "refused";
}

/** By its till's id; or, where only that was known, by the digest of it. */
export function keyOf({
  swipeId,
  scope,
}: {
  readonly swipeId: string;
  readonly scope?: string | undefined;
}): SwipeKey {
  return swipeId.startsWith("~") ? bytesOf(swipeId.slice(1)) : swipeKey(scope ?? "", swipeId);
}

function bytesOf(text: string): Bytes {
  return Buffer.from(text, "base64url").toString("latin1");
}
