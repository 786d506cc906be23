import type { Memory, Observed, Sealed } from "../../counters/contract.ts";
import { type Decided, decodeDecided } from "../../decision/decided.ts";
import { SealedTexts } from "../../decision/sealed-text.ts";
import type { FeaturePlan } from "../../features/plan.ts";
import type { Bytes } from "../../units.ts";
import type { Findings } from "../findings.ts";
import type { Folding } from "../folding.ts";
import { heard } from "../patience.ts";
import type { GivenAnswers } from "../recent-swipes.ts";
import type { Supersession } from "../supersession.ts";
import type { DeskTools } from "../tools.ts";
import {
  beginRecorded,
  type Check,
  isAccepted,
  judgeCheck,
  sealingOf,
  supersededBy,
} from "../under-check.ts";
import type { WaitingCheck } from "./waiting-items.ts";

/** What entering a check touches besides the store. */
export interface EnteringParts {
  readonly tools: DeskTools;
  readonly answers: GivenAnswers;
  readonly supersession: Supersession;
  readonly folding: Folding;
  readonly findings: Findings;
}

/** What became of it. */
interface Entered {
  readonly counted: boolean;
  /** What it would have been; where it was not counted, what stands instead. */
  readonly would: Decided;
  /** As it is sealed now; undefined where nothing is known of it. */
  readonly sealed?: Bytes;
  readonly memory?: Memory;
}

/**
 * One swipe that was answered without the store's word, told the store as of its own time: observed, judged with what
 * is remembered, and sealed with the answer the till got. Everything of it may be done again after a crash at any
 * place: what is done already is found done, and nothing counts twice.
 *
 * @throws StoreUnavailableError: nothing is lost, it is tried again
 */
export class EnterChecks {
  private readonly parts: EnteringParts;
  private readonly texts = new SealedTexts();

  constructor(parts: EnteringParts) {
    this.parts = parts;
  }

  async enter(item: WaitingCheck): Promise<void> {
    const { tools, answers } = this.parts;
    const recorded = this.underTheKeyInForce(item);
    const under = beginRecorded(tools, recorded ?? item.recorded);
    const entered: Entered =
      recorded === undefined
        ? { counted: false, would: item.given }
        : await this.tell(under, item.given);
    if (entered.sealed !== undefined) answers.entered(under.observation.swipe, entered.sealed);
    await this.close(under, item.given, entered);
    this.find(under, item.given, entered);
  }

  /** It fails whatever is tried: closed as not counted, for people to look at. */
  async abandon({ recorded, given }: WaitingCheck): Promise<void> {
    const under = beginRecorded(this.parts.tools, recorded);
    await this.close(under, given, { counted: false, would: given });
  }

  private async close(under: Check, given: Decided, { would, counted }: Entered): Promise<void> {
    const { tools } = this.parts;
    await tools.recorder.entered({
      swipe: under.swipe,
      decided: would,
      plan: planOf(would, under),
      content: under.observation.content,
      scope: under.scope,
      answered: given.decision,
      counted,
    });
    tools.observer.notice({ kind: "entry.entered", labels: { counted: String(counted) } });
  }

  /** Undefined: it was pseudonymised by a key the store has never had, and nobody knows it in clear any more. */
  private underTheKeyInForce({ fingerprint, renewed, recorded }: WaitingCheck) {
    const inForce = this.parts.tools.keyring.current().fingerprint;
    if (fingerprint === undefined || fingerprint === inForce) return recorded;
    this.parts.tools.observer.notice({ kind: "entry.foreignKey" });
    return renewed?.();
  }

  private async tell(under: Check, given: Decided): Promise<Entered> {
    const { tools, folding } = this.parts;
    const observed = await heard(tools, tools.store.observe(under.observation));
    switch (observed.verdict) {
      case "conflict":
        return { counted: false, would: given };
      case "recalled":
        return { counted: observed.entry.at === under.swipe.at, would: given };
      case "sealed":
        return this.alreadySealed(under, given, observed.answer);
      default:
        folding.afterCheck(under.observation.person, observed.memory.ledger.length);
        return this.seal(under, given, observed);
    }
  }

  private async seal(
    under: Check,
    given: Decided,
    observed: Extract<Observed, { verdict: "new" | "retry" }>,
  ): Promise<Entered> {
    const { tools } = this.parts;
    const { memory, personSeq } = observed;
    const judged = judgeCheck(tools, this.texts, under, memory, personSeq);
    // With all its facts it was decided then; only whether it was sealed is not known.
    const isDecided = given.mode === "full";
    const supersedes = isDecided ? supersededBy(given) : judged.supersedes;
    const told = isDecided ? given : { ...given, supersedes: judged.decided.supersedes };
    const encoded = this.texts.of(told);
    const sealing = sealingOf(under, { decided: told, encoded, supersedes });
    const sealed: Sealed = await heard(tools, tools.store.seal(sealing));
    if (!sealed.won) return this.alreadySealed(under, given, sealed.answer);
    await this.complete(under, told, encoded);
    const would = isDecided ? given : judged.decided;
    return {
      counted: true,
      would,
      sealed: encoded,
      ...(judged.memory && { memory: judged.memory }),
    };
  }

  /** By this process, before it died or gave up waiting; or by another instance, and then nothing is counted here. */
  private async alreadySealed(under: Check, given: Decided, sealed: Bytes): Promise<Entered> {
    const standing = decodeDecided(sealed);
    if (!isSame(standing, given)) return { counted: false, would: standing, sealed };
    await this.complete(under, standing, sealed);
    // Whose place it takes was found when it was sealed, and the record must tell it.
    return { counted: true, would: { ...given, supersedes: standing.supersedes }, sealed };
  }

  /** What hangs on the seal: all that is not the person's own, and what earlier steps of this sale still hold. */
  private async complete(under: Check, told: Decided, encoded: Bytes): Promise<void> {
    const { tools, supersession } = this.parts;
    const supersedes = supersededBy(told);
    const sealing = sealingOf(under, { decided: told, encoded, supersedes });
    await heard(tools, tools.store.complete(sealing));
    await supersession.letGo(under.observation.person, supersedes);
  }

  /** A stand-in had nothing to find anything in: it is looked at now, as a check is when it is answered. */
  private find(under: Check, given: Decided, { counted, would, memory }: Entered): void {
    if (!counted || given.mode !== "standIn") return;
    const decided = { ...would, decision: given.decision };
    this.parts.findings.answered({
      ...{ swipe: under.swipe, observation: under.observation, decided, memory },
      ...{ accepted: isAccepted(under, given), bundle: under.bundle },
    });
  }
}

/** The very decision, not one that says the same. */
function isSame(one: Decided, other: Decided): boolean {
  return (
    one.decidedAt === other.decidedAt &&
    one.elapsedMs === other.elapsedMs &&
    one.timings.judge === other.timings.judge &&
    one.mode === other.mode &&
    one.decision === other.decision
  );
}

/** Values of another policy's features would stand under the wrong names. */
function planOf({ policy: by }: Decided, { bundle: { policy } }: Check): FeaturePlan {
  return by.hash === policy.hash ? policy.plan : { ...policy.plan, swipe: [], lines: [] };
}
