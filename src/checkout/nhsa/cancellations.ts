import type { LedgerEntry } from "../../counters/contract.ts";
import { NO_SETTLEMENT } from "../../counters/contract.ts";
import { stateAt } from "../../decision/entry-state.ts";
import { knowsReversal } from "../../decision/life-cycle.ts";
import { swipeKey } from "../../features/digests.ts";
import type { SwipeState } from "../../swipe/answer.ts";
import {
  type NhsaCancel,
  type NhsaUndo,
  parseNhsaCancel,
  parseNhsaUndo,
} from "../../swipe/nhsa/after.ts";
import { nhsaMatched, nhsaProblem } from "../../swipe/nhsa/from-answer.ts";
import type { NhsaReply } from "../../swipe/nhsa/route.ts";
import type { Outcome } from "../../swipe/problem.ts";
import { heard } from "../patience.ts";
import type { SaleDesk } from "../sale-desk.ts";
import { guarded } from "../sale-steps.ts";
import type { DeskTools } from "../tools.ts";
import { bySettlement, idOf, LOOK_BACK, PersonsSales } from "./persons-sales.ts";
import { type Answering, matchedReply } from "./replies.ts";
import { UnmatchedRecords } from "./unmatched.ts";

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

  async cancel(envelope: unknown, exchange: Answering): Promise<NhsaReply> {
    const parsed = parseNhsaCancel(envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const message = parsed.value;
    const outcome = await this.withEntry(
      message,
      (ledger) => this.cancelled(ledger, message),
      (entry) =>
        this.sales.reverseByKey(entry.swipe, idOf(entry), "void", {
          kind: "reverse",
          reversal: message.msgid,
        }),
    );
    return this.reply(outcome, exchange, message);
  }

  async undo(envelope: unknown, scope: string, exchange: Answering): Promise<NhsaReply> {
    const parsed = parseNhsaUndo(envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const message = parsed.value;
    if (message.kind === "2102") return this.undoSale(message, scope, exchange);
    if (message.kind === "2103") return this.reply(await this.restore(message), exchange, message);
    return this.reply(UNKNOWN, exchange, message);
  }

  private async undoSale(
    message: NhsaUndo,
    scope: string,
    exchange: Answering,
  ): Promise<NhsaReply> {
    const key = swipeKey(scope, message.undone);
    const isTheirs = await this.sales.isOf(
      key,
      this.persons.keyOf(message.person),
      message.pharmacy,
    );
    if (!isTheirs) return this.reply(UNKNOWN, exchange, message);
    const undone = await this.sales.reverseByKey(key, message.undone, "timeout", {
      kind: "reverse",
    });
    // A later try has taken its place: it holds nothing, and the till must not be kept from undoing it.
    const isSuperseded = "problem" in undone && undone.problem.state === "superseded";
    if (isSuperseded) return nhsaMatched(1, exchange(), { state: "superseded" });
    return this.reply(undone, exchange, message);
  }

  private reply(
    outcome: Outcome<SwipeState>,
    exchange: Answering,
    message: NhsaCancel | NhsaUndo,
  ): Promise<NhsaReply> {
    const isUndo = "undone" in message;
    return matchedReply(outcome, exchange, () => {
      this.unmatched.count(isUndo ? "2601" : "2103");
      return this.unmatched.reversed(message, { reason: isUndo ? "timeout" : "void" });
    });
  }

  /** The sale whose cancellation carried this msgid stands again. */
  private async restore(message: NhsaUndo): Promise<Outcome<SwipeState>> {
    const person = this.persons.keyOf(message.person);
    const step = { kind: "restore", reversal: message.undone } as const;
    const isCancelledBy = async (entry: LedgerEntry) => {
      const stored = this.tools.store.readEntry(person, entry.swipe);
      return knowsReversal((await heard(this.tools, stored)).returns, message.undone);
    };
    const recently = this.tools.clock.now() - LOOK_BACK;
    return this.withEntry(
      message,
      async (ledger) => {
        for (const entry of ledger) {
          const isPossible = entry.state === "returned" || entry.at > recently;
          if (isPossible && (await isCancelledBy(entry))) return entry;
        }
        return undefined;
      },
      (entry) => this.sales.reverseByKey(entry.swipe, idOf(entry), "restored", step),
    );
  }

  private withEntry(
    message: NhsaCancel | NhsaUndo,
    find: (
      ledger: readonly LedgerEntry[],
    ) => LedgerEntry | undefined | Promise<LedgerEntry | undefined>,
    then: (entry: LedgerEntry) => Promise<Outcome<SwipeState>>,
  ): Promise<Outcome<SwipeState>> {
    return guarded(async () => {
      const person = this.persons.keyOf(message.person);
      const entry = await find(await this.persons.at(message.pharmacy, person));
      return entry === undefined ? UNKNOWN : then(entry);
    });
  }

  /** By its settlement; else the only entry of this person at this pharmacy within 24 h that is not returned. */
  private cancelled(ledger: readonly LedgerEntry[], message: NhsaCancel): LedgerEntry | undefined {
    const settled = bySettlement(ledger, message.settlementId);
    if (settled !== undefined) return settled;
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
