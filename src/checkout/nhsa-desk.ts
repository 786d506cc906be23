import type { LedgerEntry, PersonKey } from "../counters/contract.ts";
import { NO_SETTLEMENT, StoreUnavailableError } from "../counters/contract.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import { stateAt } from "../decision/entry-state.ts";
import { knowsReversal } from "../decision/life-cycle.ts";
import { pseudonymBytes, settlementDigest, swipeKey } from "../features/digests.ts";
import type { SwipeState } from "../swipe/answer.ts";
import {
  type NhsaCancel,
  type NhsaUndo,
  parseNhsaCancel,
  parseNhsaSettled,
  parseNhsaUndo,
} from "../swipe/nhsa/after.ts";
import { answeredMessageId, comparable, messageId } from "../swipe/nhsa/envelope.ts";
import {
  type Exchange,
  nhsaDecision,
  nhsaMatched,
  nhsaProblem,
} from "../swipe/nhsa/from-answer.ts";
import type { NhsaReply, NhsaRoute } from "../swipe/nhsa/route.ts";
import { parseNhsaSale } from "../swipe/nhsa/to-swipe.ts";
import type { Outcome } from "../swipe/problem.ts";
import { DAY } from "../units.ts";
import type { CheckDesk } from "./check.ts";
import type { SaleDesk } from "./sale-desk.ts";
import type { DeskTools } from "./tools.ts";

/** 2103 without a known settlement looks this far back for the person's only open sale (contract section 3). */
const CANCEL_WITHIN = DAY;

/** The NHSA messages: the same checks and steps as the native ones, in the envelope the till already speaks. */
export class NhsaDesk {
  private readonly tools: DeskTools;
  private readonly checks: CheckDesk;
  private readonly sales: SaleDesk;

  constructor(tools: DeskTools, checks: CheckDesk, sales: SaleDesk) {
    this.tools = tools;
    this.checks = checks;
    this.sales = sales;
  }

  async take(route: NhsaRoute, envelope: unknown, scope: string): Promise<NhsaReply> {
    const readAt = this.tools.clock.now();
    const msgid = route === "2102/answer" ? answeredMessageId(envelope) : messageId(envelope);
    const exchange = (): Exchange => ({ msgid, readAt, answeredAt: this.tools.clock.now() });
    switch (route) {
      case "2101":
      case "2102":
        return this.sale(route, envelope, scope, exchange);
      case "2102/answer":
        return this.answered(envelope, scope, exchange);
      case "2103":
        return this.cancel(envelope, exchange);
      case "2601":
        return this.undo(envelope, scope, exchange);
      case "3505":
      case "3506":
        return nhsaProblem(
          { code: "not_yet", detail: "Sale and return uploads (3505, 3506) are not taken yet." },
          exchange(),
        );
    }
  }

  private async sale(
    route: "2101" | "2102",
    envelope: unknown,
    scope: string,
    exchange: () => Exchange,
  ): Promise<NhsaReply> {
    const parsed = parseNhsaSale(route, envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const swipe = parsed.value;
    // The stage belongs to the content: a 2102 under its inquiry's msgid must not get the inquiry's answer.
    const canonical = `${swipe.stage} ${comparable(envelope)}`;
    const outcome = await this.checks.check({ swipe, canonical, scope });
    if ("problem" in outcome) return nhsaProblem(outcome.problem, exchange());
    return nhsaDecision(outcome.value, swipe.lines, exchange());
  }

  private async answered(envelope: unknown, scope: string, exchange: () => Exchange) {
    const parsed = parseNhsaSettled(envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const settled = parsed.value;
    if (!settled.settled) {
      const key = swipeKey(scope, settled.swipeId);
      const released = await this.sales.reverseByKey(key, settled.swipeId, "refused", {
        kind: "release",
      });
      return this.reply(released, exchange);
    }
    const { settlementId, visitId, funds, person } = settled;
    const key = swipeKey(scope, settled.swipeId);
    const named = person === undefined ? undefined : this.personOf({ person });
    if (!(await this.sales.isOf(key, named))) {
      return this.reply({ problem: { code: "swipe_unknown" } }, exchange);
    }
    const state = await this.sales.settle(settled.swipeId, scope, {
      settlementId,
      ...(visitId === undefined ? {} : { visitId }),
      ...(funds === undefined ? {} : { funds }),
    });
    return this.reply(state, exchange);
  }

  /** A message about no swipe we know is no error: recorded, answered `matched: 0`, counted. */
  private async reply(
    outcome: Outcome<SwipeState>,
    exchange: () => Exchange,
    about?: NhsaCancel | NhsaUndo,
  ): Promise<NhsaReply> {
    if (!("problem" in outcome)) {
      const { nothingToReverse, state } = outcome.value;
      return nhsaMatched(nothingToReverse ? 0 : 1, exchange(), state);
    }
    if (outcome.problem.code !== "swipe_unknown") return nhsaProblem(outcome.problem, exchange());
    this.tools.observer.notice({ kind: "nhsa.unmatched" });
    if (about !== undefined) {
      const failed = await this.recordUnmatched(about);
      if (failed) return nhsaProblem({ code: "journal_unavailable" }, exchange());
    }
    return nhsaMatched(0, exchange());
  }

  private async recordUnmatched(about: NhsaCancel | NhsaUndo): Promise<boolean> {
    const write = this.tools.recorder.reversed({
      swipeId: about.msgid,
      pharmacy: about.pharmacy,
      person: this.tools.keyring.current().pseudonym("person", about.person),
      personSeq: 0,
      at: Math.floor(this.tools.clock.now()),
      state: "attempted",
      level: "allow",
      reason: "undone" in about ? "timeout" : "void",
      lines: [],
      codesKept: false,
      matched: 0,
    });
    return write.then(
      () => false,
      () => true,
    );
  }

  private async cancel(envelope: unknown, exchange: () => Exchange): Promise<NhsaReply> {
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

  private async undo(
    envelope: unknown,
    scope: string,
    exchange: () => Exchange,
  ): Promise<NhsaReply> {
    const parsed = parseNhsaUndo(envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const message = parsed.value;
    if (message.kind === "2102") {
      const key = swipeKey(scope, message.undone);
      if (!(await this.sales.isOf(key, this.personOf(message), message.pharmacy))) {
        return this.reply({ problem: { code: "swipe_unknown" } }, exchange, message);
      }
      const undone = await this.sales.reverseByKey(key, message.undone, "timeout", {
        kind: "reverse",
      });
      // A later try has taken its place: it holds nothing, and the till must not be kept from undoing it.
      const isSuperseded = "problem" in undone && undone.problem.state === "superseded";
      if (isSuperseded) return nhsaMatched(1, exchange(), "superseded");
      return this.reply(undone, exchange, message);
    }
    if (message.kind === "2103") return this.reply(await this.restore(message), exchange, message);
    return this.reply({ problem: { code: "swipe_unknown" } }, exchange, message);
  }

  /** The sale whose cancellation carried this msgid stands again. */
  private async restore(message: NhsaUndo): Promise<Outcome<SwipeState>> {
    const person = this.personOf(message);
    const step = { kind: "restore", reversal: message.undone } as const;
    const isCancelledBy = async (entry: LedgerEntry) => {
      const { returns } = await this.tools.store.readEntry(person, entry.swipe);
      return knowsReversal(returns, message.undone);
    };
    const recently = this.tools.clock.now() - CANCEL_WITHIN;
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

  private personOf(message: { readonly person: string }): PersonKey {
    return pseudonymBytes(this.tools.keyring.current().pseudonym("person", message.person));
  }

  private async withEntry(
    message: NhsaCancel | NhsaUndo,
    find: (
      ledger: readonly LedgerEntry[],
    ) => LedgerEntry | undefined | Promise<LedgerEntry | undefined>,
    then: (entry: LedgerEntry) => Promise<Outcome<SwipeState>>,
  ): Promise<Outcome<SwipeState>> {
    const here = rememberedPharmacy(message.pharmacy);
    try {
      const { ledger } = await this.tools.store.readEntry(this.personOf(message), "\0".repeat(8));
      const entry = await find(ledger.filter(({ pharmacy }) => pharmacy === here));
      return entry === undefined ? { problem: { code: "swipe_unknown" } } : await then(entry);
    } catch (error) {
      if (error instanceof StoreUnavailableError) return { problem: { code: "store_unavailable" } };
      throw error;
    }
  }

  /** By its settlement; else the only entry of this person at this pharmacy within 24 h that is not returned. */
  private cancelled(ledger: readonly LedgerEntry[], message: NhsaCancel): LedgerEntry | undefined {
    const digest = message.settlementId && settlementDigest(message.settlementId);
    const settled = ledger.filter(({ settlement }) => settlement === digest).at(-1);
    if (settled !== undefined) return settled;
    const now = this.tools.clock.now();
    const open = ledger.filter((entry) => {
      const state = stateAt(entry, now);
      const stands = state === "reserved" || state === "presumed" || state === "settled";
      const inPart = state === "returned" && entry.state !== "returned";
      // A sale known by another settlement is not the one that is meant.
      const isOther = digest !== undefined && entry.settlement !== NO_SETTLEMENT;
      return entry.at > now - CANCEL_WITHIN && (stands || inPart) && !isOther;
    });
    return open.length === 1 ? open[0] : undefined;
  }
}

/** The ledger keeps a digest of the till's id; the record names the sale by it. */
function idOf(entry: LedgerEntry): string {
  return `~${Buffer.from(entry.swipe, "latin1").toString("base64url")}`;
}
