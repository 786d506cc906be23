import type { Memory, Observation, Sealing, SwipeKey } from "../counters/contract.ts";
import { attemptCodes } from "../counters/observe-plan.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import { type Decided, encodeDecided } from "../decision/decided.ts";
import { earlierSteps, superseded, withoutSteps } from "../decision/one-sale.ts";
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
  /** The swipe as of another moment: a repeat comes later, when its person may be a year older. */
  asOf(at: EpochMs, occurredAt: EpochMs): PseudonymisedSwipe;
  /** What repeats are compared by, under a key that may not be in force any more. */
  contentBy(key: Pseudonymiser): Bytes;
  /** The same under the key in force now: the store may have had another than this process brought along. */
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
  const began = beginning(tools);
  const { startedAt } = began;
  const pseudonymiser = tools.keyring.current();
  const at = Math.floor(startedAt);
  const asRecorded = (by: Pseudonymiser): RecordedCheck => ({
    swipe: pseudonymise(request.swipe, at, by),
    content: by.content(request.canonical),
    scope: request.scope,
    entering: request.entering === true || tools.offline === true,
  });
  return {
    ...begun(tools, asRecorded(pseudonymiser), began),
    asOf: (then, occurredAt) =>
      pseudonymise({ ...request.swipe, occurredAt }, then, tools.keyring.current()),
    contentBy: (key) => key.content(request.canonical),
    renewed: () => asRecorded(tools.keyring.current()),
  };
}

/** Judged at its own time, however much later it is. */
export function beginRecorded(tools: DeskTools, recorded: RecordedCheck): Check {
  return {
    ...begun(tools, recorded, beginning(tools)),
    asOf: (at, occurredAt) => ({ ...recorded.swipe, at, occurredAt }),
    contentBy: () => recorded.content,
    renewed: () => recorded,
  };
}

function beginning({ clock, steady = clock }: DeskTools): Pick<Check, "startedAt" | "steadyAt"> {
  return { startedAt: clock.now(), steadyAt: steady.now() };
}

function begun(
  tools: DeskTools,
  { swipe, content, scope, entering = false }: RecordedCheck,
  began: Pick<Check, "startedAt" | "steadyAt">,
): Omit<Check, "asOf" | "contentBy" | "renewed"> {
  const bundle = tools.bundle();
  const observation = observationOf(bundle.policy.plan, swipe, bundle.reference, {
    swipe: swipeKey(scope, swipe.swipeId),
    content,
    drugKey: bundle.drugKey,
  });
  const pseudonymiser = tools.keyring.current();
  return { ...began, bundle, swipe, observation, scope, entering, pseudonymiser };
}

/** What the rules say, with what the store remembers or without it. */
export function judgeCheck(
  tools: DeskTools,
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
    ...{ tools, bundle, swipe, vector, personSeq, heardAt, supersedes },
    startedAt: under.startedAt,
    standIn: memory === undefined,
    unasked: under.entering,
  });
  return { decided, encoded: encodeDecided(decided), supersedes, memory: clean };
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
      ...(named === undefined ? {} : { names: swipeKey(scope, named) }),
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
  under: Check,
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
