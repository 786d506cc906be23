import type { Memory, Observation, Sealing, SwipeKey } from "../counters/contract.ts";
import { attemptCodes } from "../counters/observe-plan.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import type { Decided } from "../decision/decided.ts";
import { earlierSteps, superseded, withoutSteps } from "../decision/one-sale.ts";
import type { SealedTexts } from "../decision/sealed-text.ts";
import { swipeKey } from "../features/digests.ts";
import { observationOf } from "../features/observation.ts";
import { readFeatures } from "../features/read.ts";
import { pseudonymise } from "../privacy/pseudonymise.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import type { ClearSwipe } from "../swipe/clear-swipe.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import { isRefusal, levelRank } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import { decide } from "./decide.ts";
import type { DeskTools } from "./tools.ts";

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

/** The same swipe as a record has it: nobody in clear. */
export interface RecordedCheck {
  readonly swipe: PseudonymisedSwipe;
  /** 16 bytes over what the till sent. */
  readonly content: Bytes;
  readonly scope: string;
  readonly entering?: boolean;
}

/** One check under way: what it is made of does not change until its answer. */
export interface Check {
  readonly startedAt: EpochMs;
  /** The same instant by the clock that nobody sets. */
  readonly steadyAt: EpochMs;
  readonly bundle: Bundle;
  readonly swipe: PseudonymisedSwipe;
  readonly observation: Observation;
  readonly scope: string;
  readonly entering: boolean;
  /** Which key made its pseudonyms. */
  readonly pseudonymiser: Pseudonymiser;
  readonly source: Source;
}

/** What a check is made of: made of it once as it begins, and again where its moment or its key is another. */
export interface Source {
  /** The swipe as of another moment: a repeat comes later, when its person may be a year older. */
  asOf(at: EpochMs, occurredAt: EpochMs): PseudonymisedSwipe;
  /** What repeats are compared by, under a key that may not be in force any more. */
  contentBy(key: Pseudonymiser): Bytes;
  /** The swipe under the key in force now: the store may have had another than this process brought along. */
  renewed(): RecordedCheck;
}

export interface Judged {
  readonly decided: Decided;
  /** Its sealed form. */
  readonly encoded: Bytes;
  readonly supersedes: readonly SwipeKey[];
  /** What the rules saw of the store, without the earlier steps of this sale. */
  readonly memory: Memory | undefined;
}

export function beginClear(tools: DeskTools, request: CheckRequest): Check {
  const startedAt = tools.clock.now();
  return begun(tools, startedAt, new ClearSource(tools, request, Math.floor(startedAt)));
}

/** Judged at its own time, however much later it is. */
export function beginRecorded(tools: DeskTools, recorded: RecordedCheck): Check {
  return begun(tools, tools.clock.now(), {
    asOf: (at, occurredAt) => ({ ...recorded.swipe, at, occurredAt }),
    contentBy: () => recorded.content,
    renewed: () => recorded,
  });
}

/** One object instead of functions, for each check has its own. */
class ClearSource implements Source {
  private readonly tools: DeskTools;
  private readonly request: CheckRequest;
  private readonly at: EpochMs;

  constructor(tools: DeskTools, request: CheckRequest, at: EpochMs) {
    this.tools = tools;
    this.request = request;
    this.at = at;
  }

  asOf(at: EpochMs, occurredAt: EpochMs): PseudonymisedSwipe {
    const swipe = { ...this.request.swipe, occurredAt };
    return pseudonymise(swipe, at, this.tools.keyring.current());
  }

  contentBy(key: Pseudonymiser): Bytes {
    return key.content(this.request.canonical);
  }

  renewed(): RecordedCheck {
    const { swipe, canonical, scope, entering } = this.request;
    const by = this.tools.keyring.current();
    return {
      swipe: pseudonymise(swipe, this.at, by),
      content: by.content(canonical),
      scope,
      entering: entering === true || this.tools.offline === true,
    };
  }
}

/** Every check has the same keys in the same order: V8 keeps what many parts are spread into as a table. */
function begun(tools: DeskTools, startedAt: EpochMs, source: Source): Check {
  const steadyAt = (tools.steady ?? tools.clock).now();
  const { swipe, content, scope, entering = false } = source.renewed();
  const bundle = tools.bundle();
  const observation = observationOf(bundle.policy.plan, swipe, bundle.reference, {
    swipe: swipeKey(scope, swipe.swipeId),
    content,
    drugKey: bundle.drugKey,
  });
  return {
    startedAt,
    steadyAt,
    bundle,
    swipe,
    observation,
    scope,
    entering,
    pseudonymiser: tools.keyring.current(),
    source,
  };
}

/** What the rules say, with what the store remembers or without it. */
export function judgeCheck(
  tools: DeskTools,
  texts: SealedTexts,
  under: Check,
  memory: Memory | undefined,
  personSeq: number,
): Judged {
  const { bundle, swipe, observation } = under;
  const heardAt = tools.clock.now();
  const steps = memory === undefined ? undefined : stepsOf(under, memory);
  const supersedes = steps?.superseded ?? [];
  const clean = memory && steps ? withoutSteps(memory, steps.earlier) : undefined;
  const vector = readFeatures(bundle.policy.plan, swipe, observation, clean, bundle.reference);
  const decided = decide({
    tools,
    bundle,
    swipe,
    vector,
    personSeq,
    heardAt,
    supersedes,
    startedAt: under.startedAt,
    standIn: memory === undefined,
    unasked: under.entering,
  });
  return { decided, encoded: texts.of(decided), supersedes, memory: clean };
}

/** The earlier steps of this sale, and which of them this check supersedes: an inquiry supersedes nothing. */
function stepsOf({ observation, swipe, scope }: Check, memory: Memory) {
  const named = swipe.supersedes;
  const earlier = earlierSteps(
    {
      swipe: observation.swipe,
      at: observation.at,
      pharmacy: rememberedPharmacy(observation.pharmacy),
      basket: observation.basket,
      codes: attemptCodes(observation),
      names: named === undefined ? undefined : swipeKey(scope, named),
    },
    memory.ledger,
    memory.attempts,
  );
  return { earlier, superseded: observation.reserve ? superseded(earlier, memory.ledger) : [] };
}

export function isAccepted({ entering }: Pick<Check, "entering">, decided: Decided): boolean {
  return !isRefusal(decided.decision) || entering;
}

/** What the till was told, as the store keeps it. */
export function sealingOf(
  under: Pick<Check, "observation" | "swipe" | "entering">,
  { decided, encoded, supersedes }: Omit<Judged, "memory">,
): Sealing {
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

/** The keys that a decision names as its earlier steps. */
export function supersededBy({ supersedes }: Decided): readonly SwipeKey[] {
  return supersedes.map((key) => Buffer.from(key, "base64url").toString("latin1"));
}
