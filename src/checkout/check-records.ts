import type { Decided } from "../decision/decided.ts";
import type { FeaturePlan } from "../features/plan.ts";
import type { Problem } from "../swipe/problem.ts";
import type { Bundle } from "./bundle.ts";
import { RECORD, timeLeft } from "./check-time.ts";
import { TOO_LATE, within } from "./deadline.ts";
import type { Entry } from "./entry/entry.ts";
import type { Ticket } from "./entry/waiting-book.ts";
import { personLane, type WaitingCheck } from "./entry/waiting-items.ts";
import type { GivenAnswer, GivenAnswers } from "./recent-swipes.ts";
import type { DecidedRecord } from "./recorder.ts";
import type { DeskTools } from "./tools.ts";
import type { Check } from "./under-check.ts";

/** What of a waiting check's record says by which key it was pseudonymised. */
type WaitingKey = Pick<DecidedRecord, "fingerprint">;

/** The record of a check, handed over before its answer leaves; what the store has yet to confirm waits from there on. */
export class CheckRecords {
  private readonly tools: DeskTools;
  private readonly entry: Entry;
  private readonly answers: GivenAnswers;

  constructor(
    tools: DeskTools,
    { entry, answers }: { readonly entry: Entry; readonly answers: GivenAnswers },
  ) {
    this.tools = tools;
    this.entry = entry;
    this.answers = answers;
  }

  /** The problem it is answered with in place of the decision, where the journal did not take it in time. */
  async write(
    under: Check,
    decided: Decided,
    given: GivenAnswer,
    waits: boolean,
  ): Promise<Problem | undefined> {
    const { timers, waited } = this.tools;
    const work = waits ? this.writeWaiting(under, decided) : this.append(under, decided);
    try {
      const done = await within(timers, timeLeft(this.tools, under, RECORD), work, () => undefined);
      if (done === TOO_LATE) return { code: "journal_unavailable" };
    } catch {
      return { code: "journal_unavailable" };
    }
    // A late step's records are written together, and not all of them are yet.
    if (waited === undefined) this.answers.recorded.set(under.observation.swipe, given);
    return undefined;
  }

  private writeWaiting(under: Check, decided: Decided): Promise<void> {
    // Taken before the record is written: from there on the journal is owed it.
    const ticket = this.entry.expect();
    return this.append(under, decided, this.keyOf(under)).then(
      () => this.waitForEntry(under, decided, ticket),
      (error: unknown) => {
        ticket.dropped();
        throw error;
      },
    );
  }

  /** `waiting` where the store has yet to confirm it. */
  private append(under: Check, decided: Decided, waiting?: WaitingKey): Promise<void> {
    const { bundle, observation, scope } = under;
    const record: DecidedRecord = {
      swipe: asDecided(decided, under),
      decided,
      plan: planOf(decided, bundle),
      content: observation.content,
      scope,
      waiting: waiting !== undefined,
      entered: decided.unasked === true,
    };
    return this.tools.recorder.decided(waiting ? { ...record, ...waiting } : record);
  }

  /** Which key it was pseudonymised by, where the store may yet give another one. */
  private keyOf({ pseudonymiser }: Check): WaitingKey {
    return this.tools.keyring.agreed() ? {} : { fingerprint: pseudonymiser.fingerprint };
  }

  private waitForEntry(under: Check, decided: Decided, ticket: Ticket): void {
    const { swipe, observation, scope, entering, source } = under;
    const { fingerprint } = this.keyOf(under);
    const item: WaitingCheck = {
      kind: "check",
      id: `${swipe.pharmacy.code}:${swipe.swipeId}:swipe.decided`,
      lane: personLane(observation.person),
      pharmacy: swipe.pharmacy.code,
      at: swipe.at,
      from: ticket.from,
      key: observation.swipe,
      recorded: { swipe: asDecided(decided, under), content: observation.content, scope, entering },
      given: decided,
      ...(fingerprint === undefined ? {} : { fingerprint, renewed: () => source.renewed() }),
    };
    ticket.kept(item);
    this.entry.added();
  }
}

/** Values of another policy's features would stand under the wrong names: told again, they are left out. */
function planOf({ policy: by }: Decided, { policy }: Bundle): FeaturePlan {
  return by.hash === policy.hash ? policy.plan : { ...policy.plan, swipe: [], lines: [] };
}

/** The swipe as it was decided: a repeat comes later, when its person may be a year older and the till's clock is on. */
function asDecided({ at, occurredAt: decidedOf }: Decided, { swipe, source }: Check) {
  const occurredAt = decidedOf ?? swipe.occurredAt;
  return swipe.at === at && swipe.occurredAt === occurredAt ? swipe : source.asOf(at, occurredAt);
}
