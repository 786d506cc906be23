import type { WaitingStep } from "../../audit/event.ts";
import type { Outcome } from "../../swipe/problem.ts";
import { pharmacyOf } from "../nhsa/confirmations.ts";
import { written } from "../patience.ts";
import type { GivenAnswers } from "../recent-swipes.ts";
import type { WaitingRecord } from "../recorder.ts";
import { type Became, isNhsa, type Taking } from "../taking.ts";
import type { DeskTools } from "../tools.ts";
import type { Entry } from "./entry.ts";
import { aboutOf, laneOfPerson, partOf } from "./step-keys.ts";
import type { Ticket } from "./waiting-book.ts";
import { swipeLane, type WaitingTold } from "./waiting-items.ts";
import { NOBODY, waitingId } from "./waiting-record.ts";

export interface StepDeskParts {
  readonly tools: DeskTools;
  readonly taking: Taking;
  readonly entry: Entry;
  readonly answers: GivenAnswers;
}

/** A step as the door read it; made again where the store has another pseudonym key than this process brought along. */
export type MakeStep = () => WaitingStep;

/**
 * What tills tell after a check: taken at once where the store answers and nothing of the sale waits, else recorded
 * as waiting and taken later, in the order it came.
 */
export class StepDesk {
  private readonly parts: StepDeskParts;

  constructor(parts: StepDeskParts) {
    this.parts = parts;
  }

  async tell(make: MakeStep): Promise<Outcome<Became>> {
    const step = make();
    if (this.mustWait(step)) return this.wait(step, make);
    const { taking, tools } = this.parts;
    const taken = await taking.take(step);
    if (!("problem" in taken)) return taken;
    const { code } = taken.problem;
    if (code === "swipe_unknown" && isNhsa(step)) return taking.unmatched(step);
    // An upload of an offline till is told that it is to come again.
    const canWait = code === "store_unavailable" && tools.offline !== true;
    return canWait ? this.wait(step, make) : taken;
  }

  private mustWait(step: WaitingStep): boolean {
    const { entry, tools } = this.parts;
    if (tools.offline) return false;
    if (!tools.keyring.agreed()) return true;
    const { key, person } = aboutOf(step);
    if (key !== undefined && entry.book.waits(key)) return true;
    const byPerson = step.kind === "cancel" || step.kind === "undo" || step.kind === "upload";
    return byPerson && person !== undefined && entry.book.waitsInLane(laneOfPerson(person));
  }

  private async wait(step: WaitingStep, make: MakeStep): Promise<Outcome<Became>> {
    const { tools, entry } = this.parts;
    const record = this.recordOf(step);
    const became: Outcome<Became> = {
      value: { matched: 1, swipe: { swipeId: record.swipeId, state: "waiting" } },
    };
    if (entry.book.has(waitingId(record))) return became;
    const ticket = entry.expect();
    // Also where it is written later than anybody waits for it: then the journal has it, and so has the queue.
    const work = tools.recorder.waiting(record).then(
      () => {
        ticket.kept(this.itemOf(record, ticket, make));
        entry.added();
      },
      (error: unknown) => {
        ticket.dropped();
        throw error;
      },
    );
    if (!(await written(tools, work))) return { problem: { code: "journal_unavailable" } };
    tools.observer.notice({ kind: "step.waits", labels: { step: step.kind } });
    return became;
  }

  private itemOf(record: WaitingRecord, { from }: Ticket, make: MakeStep): WaitingTold {
    return {
      kind: "step",
      id: waitingId(record),
      lane: this.laneOf(record),
      pharmacy: record.pharmacy,
      at: record.at,
      from,
      key: aboutOf(record.step).key,
      record,
      ...(record.fingerprint === undefined ? {} : { renewed: make }),
    };
  }

  private recordOf(step: WaitingStep): WaitingRecord {
    const { tools, answers } = this.parts;
    const { keyring, clock } = tools;
    const { swipeId, key, person, pharmacy } = aboutOf(step);
    const given = key === undefined ? undefined : answers.of(key);
    const scope = "scope" in step ? step.scope : undefined;
    const part = partOf(step) ?? this.otherThan(step);
    return {
      swipeId,
      scope: scope ?? "",
      pharmacy: pharmacy ?? given?.pharmacy ?? pharmacyOf(scope, swipeId),
      person: person ?? given?.person ?? NOBODY,
      at: Math.floor(clock.now()),
      step,
      ...(part === undefined ? {} : { part }),
      ...(keyring.agreed() ? {} : { fingerprint: keyring.current().fingerprint }),
    };
  }

  /** A second settlement of a sale under another number, and a return that follows it, are records of their own. */
  private otherThan(step: WaitingStep): string | undefined {
    const { key } = aboutOf(step);
    const held = key === undefined ? [] : this.parts.entry.book.stepsOf(key);
    if (step.kind === "reverse" && step.reversalId === undefined) return returnAfter(held);
    if (step.kind !== "settle") return undefined;
    const first = held.map(({ step: of }) => of).find(({ kind }) => kind === "settle");
    const other = first?.kind === "settle" ? first.settlementId : undefined;
    return other === undefined || other === step.settlementId ? undefined : step.settlementId;
  }

  /** Behind its own check where that waits here; else behind whatever waits of its person, or of its swipe. */
  private laneOf({ step, person }: WaitingRecord): string {
    const { key } = aboutOf(step);
    const held = key === undefined ? undefined : this.parts.entry.book.laneOf(key);
    if (held !== undefined) return held;
    if (person !== NOBODY) return laneOfPerson(person);
    return swipeLane(key ?? step.kind);
  }
}

/** Told again it is the return that waits last; behind a settlement that came since it is another one. */
function returnAfter(held: readonly WaitingRecord[]): string | undefined {
  const isReturn = ({ step }: WaitingRecord) =>
    step.kind === "reverse" && step.reversalId === undefined;
  const returns = held.filter(isReturn);
  const last = returns.at(-1);
  if (last === undefined) return undefined;
  const since = held.slice(held.indexOf(last) + 1);
  const isAnother = since.some(({ step }) => step.kind === "settle");
  return isAnother ? `again-${returns.length}` : last.part;
}
