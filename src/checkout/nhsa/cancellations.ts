import type { WaitingStep } from "../../audit/event.ts";
import type { LedgerEntry, PersonKey } from "../../counters/contract.ts";
import { NO_SETTLEMENT } from "../../counters/contract.ts";
import { stateAt } from "../../decision/entry-state.ts";
import { knowsReversal } from "../../decision/life-cycle.ts";
import { pseudonymBytes, swipeKey } from "../../features/digests.ts";
import type { SwipeState } from "../../swipe/answer.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";
import { heard } from "../patience.ts";
import type { SaleDesk } from "../sale-desk.ts";
import { guarded } from "../sale-steps.ts";
import type { DeskTools } from "../tools.ts";
import { bySettlement, idOf, LOOK_BACK, PersonsSales } from "./persons-sales.ts";
import { UnmatchedRecords } from "./unmatched.ts";

type CancelStep = Extract<WaitingStep, { readonly kind: "cancel" }>;
type UndoStep = Extract<WaitingStep, { readonly kind: "undo" }>;

const UNKNOWN = { problem: { code: "swipe_unknown" } } as const;

/** 2103 and 2601: a settlement is cancelled, a message whose answer was lost is taken back. */
export class Cancellations {
  private readonly tools: DeskTools;
  private readonly sales: SaleDesk;
  private readonly persons: PersonsSales;
  private readonly unmatched: UnmatchedRecords;

  constructor(tools: DeskTools, sales: SaleDesk) {
    this.tools = tools;
    this.sales = sales;
    this.persons = new PersonsSales(tools);
    this.unmatched = new UnmatchedRecords(tools);
  }

  take(step: CancelStep | UndoStep): Promise<Outcome<SwipeState>> {
    return step.kind === "cancel" ? this.cancel(step) : this.undo(step);
  }

  /** About no sale the guard knows. */
  nothing(step: CancelStep | UndoStep): Promise<Problem | undefined> {
    const isUndo = step.kind === "undo";
    this.unmatched.count(isUndo ? "2601" : "2103");
    return this.unmatched.reversed(step, { reason: isUndo ? "timeout" : "void" });
  }

  private cancel(step: CancelStep): Promise<Outcome<SwipeState>> {
    return this.withEntry(
      step,
      (ledger) => this.cancelled(ledger, step),
      (entry) =>
        this.sales.reverseByKey(entry.swipe, idOf(entry), "void", {
          kind: "reverse",
          reversal: step.msgid,
        }),
    );
  }

  private async undo(step: UndoStep): Promise<Outcome<SwipeState>> {
    if (step.of === "2102") return this.undoSale(step);
    return step.of === "2103" ? this.restore(step) : UNKNOWN;
  }

  private async undoSale(step: UndoStep): Promise<Outcome<SwipeState>> {
    const { undone, person, pharmacy, scope = "" } = step;
    const key = swipeKey(scope, undone);
    if (!(await this.sales.isOf(key, pseudonymBytes(person), pharmacy))) return UNKNOWN;
    const reversed = await this.sales.reverseByKey(key, undone, "timeout", { kind: "reverse" });
    // A later try has taken its place: it holds nothing, and the till must not be kept from undoing it.
    const isSuperseded = "problem" in reversed && reversed.problem.state === "superseded";
    return isSuperseded ? { value: { swipeId: undone, state: "superseded" } } : reversed;
  }

  /** The sale whose cancellation carried this msgid stands again. */
  private async restore(message: UndoStep): Promise<Outcome<SwipeState>> {
    const person = pseudonymBytes(message.person);
    const step = { kind: "restore", reversal: message.undone } as const;
    const recently = this.tools.clock.now() - LOOK_BACK;
    const isPossible = ({ state, at }: LedgerEntry) => state === "returned" || at > recently;
    return this.withEntry(
      message,
      (ledger) => this.cancelledBy(message.undone, person, ledger.filter(isPossible)),
      (entry) => this.sales.reverseByKey(entry.swipe, idOf(entry), "restored", step),
    );
  }

  /** The sale that a message with this id has cancelled. */
  private async cancelledBy(
    msgid: string,
    person: PersonKey,
    ledger: readonly LedgerEntry[],
  ): Promise<LedgerEntry | undefined> {
    for (const entry of ledger) {
      const stored = await heard(this.tools, this.tools.store.readEntry(person, entry.swipe));
      if (knowsReversal(stored.returns, msgid)) return entry;
    }
    return undefined;
  }

  private withEntry(
    message: CancelStep | UndoStep,
    find: (
      ledger: readonly LedgerEntry[],
    ) => LedgerEntry | undefined | Promise<LedgerEntry | undefined>,
    then: (entry: LedgerEntry) => Promise<Outcome<SwipeState>>,
  ): Promise<Outcome<SwipeState>> {
    return guarded(async () => {
      const person = pseudonymBytes(message.person);
      const entry = await find(await this.persons.at(message.pharmacy, person));
      return entry === undefined ? UNKNOWN : then(entry);
    });
  }

  /** By its settlement; else the only entry of this person at this pharmacy within 24 h that is not returned. */
  private async cancelled(
    ledger: readonly LedgerEntry[],
    message: CancelStep,
  ): Promise<LedgerEntry | undefined> {
    const settled = bySettlement(ledger, message.settlementId);
    if (settled !== undefined) return settled;
    // Told again, perhaps after the person has bought something else: that stands.
    const since = this.tools.clock.now() - 2 * LOOK_BACK;
    const recent = ledger.filter(({ at }) => at > since);
    const before = await this.cancelledBy(message.msgid, pseudonymBytes(message.person), recent);
    return before ?? this.onlyOpen(ledger, message);
  }

  private onlyOpen(ledger: readonly LedgerEntry[], message: CancelStep): LedgerEntry | undefined {
    // Its settlement may be about to be entered elsewhere: until then no other sale is taken for it.
    if (message.settlementId !== undefined && this.tools.waited?.isLastTry === false)
      return undefined;
    const now = this.tools.clock.now();
    const open = ledger.filter((entry) => {
      const state = stateAt(entry, now);
      const stands = state === "reserved" || state === "presumed" || state === "settled";
      const inPart = state === "returned" && entry.state !== "returned";
      // A sale known by another settlement is not the one that is meant.
      const isOther = message.settlementId !== undefined && entry.settlement !== NO_SETTLEMENT;
      return entry.at > now - LOOK_BACK && (stands || inPart) && !isOther;
    });
    return open.length === 1 ? open[0] : undefined;
  }
}
