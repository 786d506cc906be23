import { JournalUnavailableError } from "../../audit/journal-error.ts";
import { StoreUnavailableError, StoreUnreadableError } from "../../counters/contract.ts";
import { encodeDecided } from "../../decision/decided.ts";
import { type DurationMs, type EpochMs, MINUTE, SECOND } from "../../units.ts";
import type { GivenAnswers } from "../recent-swipes.ts";
import type { Supersession } from "../supersession.ts";
import type { DeskTools } from "../tools.ts";
import type { EnterChecks } from "./enter-check.ts";
import type { EntryLoop, EntryState } from "./entry.ts";
import type { LateSteps } from "./late-step.ts";
import { ReadAgain } from "./read-again.ts";
import { type Held, type Ticket, WAITING_HELD_MAX, WaitingBook } from "./waiting-book.ts";
import { type Chore, swipeLane, type WaitingItem } from "./waiting-items.ts";
import type { WaitingRecords } from "./waiting-records.ts";

/** Lanes served at once: of different persons and pharmacies. More would only take the store from live checks. */
const LANES_AT_ONCE = 8;
/** Failures that are not the store's, after which an item is closed as failed: it would fail for ever. */
const TRIES_MAX = 5;
/** How long a step waits for a sale that nobody has entered: another instance may yet. */
const UNKNOWN_FOR: DurationMs = 15 * MINUTE;
/** Many a store uploads sales that no guard ever checked: they must not keep the place of what can be entered. */
const UPLOAD_UNKNOWN_FOR: DurationMs = 2 * MINUTE;
/** How long what the store cannot make sense of is tried: what spoils its replies on the way may end. */
const GARBLED_FOR: DurationMs = 15 * MINUTE;
const AGAIN: DurationMs = SECOND;
/** After so many failures of the store, one after the other, it is taken to be away as a whole. */
const FAILURES_MAX = LANES_AT_ONCE;
/** The store is tried again after this long, doubling up to the longest; an answer of it to a check ends the wait. */
const FIRST_WAIT: DurationMs = 50;
const LONGEST_WAIT: DurationMs = 2 * SECOND;
/** How often the place is kept from which the next start reads, and the gauges are told. */
const KEEP_EVERY: DurationMs = 5 * SECOND;

const TOO_MUCH_OWED =
  "A part of the store is away for so long that no more is kept of what it is owed: guard rebuild brings it back.";

export interface EntryLoopParts {
  readonly tools: DeskTools;
  readonly supersession: Supersession;
  readonly answers: GivenAnswers;
  /** Absent: what waits is held in memory alone, as in a replay. */
  readonly records?: WaitingRecords;
  readonly heldMax?: number;
  readonly forgets?: boolean;
}

export interface EntryWorkers {
  readonly checks: EnterChecks;
  readonly steps: LateSteps;
}

type Outcome = "done" | "later" | "away";

/** Enters what waits as soon as the store answers: each lane in its order, several at once, each item once. */
export class RunningEntry implements EntryLoop {
  readonly book: WaitingBook;
  private readonly parts: EntryLoopParts;
  private readonly again: ReadAgain | undefined;
  private workers: EntryWorkers | undefined;
  private running: Promise<void> | undefined;
  private cancelWait: (() => void) | undefined;
  private cancelKeep: (() => void) | undefined;
  private failures = 0;
  private chores = 0;
  private hopedAt: EpochMs = Number.NEGATIVE_INFINITY;
  private isStopped = false;

  constructor(parts: EntryLoopParts) {
    this.parts = parts;
    this.book = new WaitingBook(parts.heldMax ?? WAITING_HELD_MAX, parts.forgets);
    const { records, tools, supersession } = parts;
    const { book, owe, remember } = this;
    this.again =
      records && new ReadAgain({ ...{ book, records, tools, supersession, owe }, remember });
  }

  /** Who does the work; they in turn need what this is. */
  employ(workers: EntryWorkers): void {
    this.workers = workers;
  }

  async start(): Promise<void> {
    this.again?.startOver();
    this.keepLater();
    await this.again?.fill().catch(() => this.brokeOff());
    this.kick();
  }

  expect(): Ticket {
    return this.book.expect(this.parts.records?.end());
  }

  added(): void {
    if (this.cancelWait === undefined) this.kick();
  }

  storeAnswers(): void {
    const now = this.parts.tools.clock.now();
    // Where a part of the store is away others are answered all the time: that is no reason to ask it each time.
    if (this.failures === 0 || this.book.held === 0 || now < this.hopedAt + AGAIN) return;
    this.hope(now);
    this.kick();
  }

  /** Something without a record of its own that is owed to the store. */
  readonly owe = (chore: Pick<Chore, "id" | "lane" | "pharmacy" | "of" | "run">): void => {
    const { clock, observer } = this.parts.tools;
    const id = `${chore.id}:${++this.chores}`;
    const from = this.again?.keptPosition;
    if (!this.book.owe({ kind: "chore", ...chore, id, at: clock.now(), from }))
      observer.notice({ kind: "entry.failed", message: TOO_MUCH_OWED, level: "error" });
    this.added();
  };

  state(): EntryState {
    const { held, overflow } = this.book;
    return { waiting: held, more: overflow !== undefined, oldest: this.book.oldest() };
  }

  async idle(): Promise<void> {
    // What is under way may have been told that the store is away, and that may be over.
    await this.running;
    this.hope(this.parts.tools.clock.now());
    this.kick();
    while (this.running !== undefined) await this.running;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelWait?.();
    this.cancelKeep?.();
    await this.running;
    await this.again?.keep().catch(() => undefined);
  }

  /** Whatever waited for the store may try again now. */
  private hope(now: EpochMs): void {
    this.hopedAt = now;
    this.failures = 0;
    this.book.forgive();
  }

  private readonly remember = (item: WaitingItem): void => {
    if (item.kind !== "check") return;
    const { swipe, content } = item.recorded;
    const inForce = this.parts.tools.keyring.current();
    const isOther = item.fingerprint !== undefined && item.fingerprint !== inForce.fingerprint;
    const by = isOther ? undefined : inForce;
    const given = {
      ...{ content, by, decided: encodeDecided(item.given) },
      ...{ person: swipe.person.id, pharmacy: swipe.pharmacy.code },
    };
    const { standIns, recorded } = this.parts.answers;
    standIns.set(item.key, given);
    // In this very journal.
    recorded.set(item.key, given);
  };

  private kick(): void {
    this.cancelWait?.();
    this.cancelWait = undefined;
    if (this.isStopped) return;
    this.running ??= this.run()
      .catch(() => this.brokeOff())
      .finally(() => {
        this.running = undefined;
        this.waitOn();
      });
  }

  /** The journal could not be read: it is tried again, and not at once. */
  private brokeOff(): void {
    this.failures = Math.max(this.failures + 1, FAILURES_MAX);
    this.parts.tools.observer.notice({ kind: "entry.failed" });
  }

  /** Until nothing is left that could be tried now. */
  private async run(): Promise<void> {
    // The answer this came from leaves first.
    await Promise.resolve();
    for (;;) {
      await this.again?.fill();
      if (this.isStopped || this.book.held === 0) return;
      if (!this.parts.tools.keyring.agreed()) {
        this.failures = Math.max(this.failures + 1, FAILURES_MAX);
        return;
      }
      const lanes = await Promise.all(Array.from({ length: LANES_AT_ONCE }, () => this.serve()));
      if (lanes.includes("away") || !lanes.includes("done")) return;
    }
  }

  /** One lane after the other, until the store is away or none can be taken. */
  private async serve(): Promise<Outcome> {
    let served: Outcome = "later";
    for (;;) {
      const now = this.parts.tools.clock.now();
      const held = this.isStopped ? undefined : this.book.take(now);
      if (held === undefined) return served;
      const outcome = await this.enter(held, now);
      if (outcome === "away") return outcome;
      if (outcome === "done") served = outcome;
    }
  }

  private async enter(held: Held, now: EpochMs): Promise<Outcome> {
    try {
      // From the store's own word on: a store that was away for long said nothing of what others may yet enter.
      const unknownFor = now - (held.unknownSince ?? now);
      const isDone = await this.work(held, unknownFor >= patienceWith(held.item));
      this.failures = 0;
      if (isDone) this.book.done(held);
      return isDone ? "done" : "later";
    } catch (error) {
      return this.failed(held, error);
    }
  }

  /** False: it is to be tried again, the sale is not known yet. */
  private async work(held: Held, giveUp: boolean): Promise<boolean> {
    const { item } = held;
    const { checks, steps } = this.employed();
    if (item.kind === "chore") await item.run();
    else if (item.kind === "check") await checks.enter(item);
    else if ((await steps.take(item, giveUp)) === "unknown") {
      const lane = swipeLane(item.key ?? item.id);
      held.unknownSince ??= this.parts.tools.clock.now();
      this.book.setAside(held, lane, this.parts.tools.clock.now() + AGAIN);
      return false;
    }
    return true;
  }

  private async failed(held: Held, error: unknown): Promise<Outcome> {
    const { clock, observer } = this.parts.tools;
    const isGarbled = error instanceof StoreUnreadableError;
    const isAbsent =
      error instanceof StoreUnavailableError || error instanceof JournalUnavailableError;
    if (isAbsent && !isGarbled) {
      this.failures += 1;
      // A part of the store may be away alone: what does not need it goes on.
      const isAway = this.failures >= FAILURES_MAX;
      this.book.putBack(held, isAway ? 0 : clock.now() + AGAIN, true);
      return isAway ? "away" : "later";
    }
    const isLast = this.isLastTry(held, isGarbled);
    const what = isLast ? "It is closed as failed." : "It is tried again.";
    const message = `Something that waited could not be entered. ${what}`;
    if (isLast || held.tries === 1)
      observer.notice({ kind: "entry.failed", message, level: "error" });
    if (isLast && (await this.abandon(held))) return "done";
    this.book.putBack(held, clock.now() + AGAIN);
    return "later";
  }

  private isLastTry(held: Held, isGarbled: boolean): boolean {
    const now = this.parts.tools.clock.now();
    held.tries += 1;
    held.failedSince ??= now;
    return isGarbled ? now - held.failedSince >= GARBLED_FOR : held.tries >= TRIES_MAX;
  }

  private async abandon(held: Held): Promise<boolean> {
    const { item } = held;
    const { checks, steps } = this.employed();
    try {
      if (item.kind === "check") await checks.abandon(item);
      if (item.kind === "step") await steps.abandon(item);
      this.book.done(held);
      return true;
    } catch {
      return false;
    }
  }

  private employed(): EntryWorkers {
    if (this.workers === undefined) throw new StoreUnavailableError("Nobody enters anything yet.");
    return this.workers;
  }

  /** When to look again: at once, when an item may be tried again, or when the store may have come back. */
  private waitOn(): void {
    this.tell();
    const unread = this.book.overflow === undefined ? undefined : 0;
    const due = this.book.nextDue() ?? unread;
    if (due === undefined || this.isStopped || this.cancelWait !== undefined) return;
    const { clock, timers } = this.parts.tools;
    const doubled = FIRST_WAIT * 2 ** Math.min(this.failures - FAILURES_MAX, 10);
    const isAway = this.failures >= FAILURES_MAX;
    const backOff = isAway ? Math.min(doubled, LONGEST_WAIT) : 0;
    const wait = Math.max(due - clock.now(), backOff);
    if (wait <= 0) {
      this.kick();
      return;
    }
    this.cancelWait = timers.after(wait, () => {
      this.cancelWait = undefined;
      this.kick();
    });
  }

  private keepLater(): void {
    if (this.isStopped) return;
    this.cancelKeep = this.parts.tools.timers.after(KEEP_EVERY, () => {
      this.tell();
      const kept = this.again?.keep() ?? Promise.resolve();
      // Not kept: the next start reads a little more.
      kept.catch(() => undefined).finally(() => this.keepLater());
    });
  }

  private tell(): void {
    const { observer, clock } = this.parts.tools;
    const { waiting, oldest } = this.state();
    observer.notice({ kind: "entry.waiting", value: waiting });
    const age = oldest === undefined ? 0 : Math.max(0, clock.now() - oldest);
    observer.notice({ kind: "entry.oldest", value: age / SECOND });
  }
}

function patienceWith(item: WaitingItem): DurationMs {
  const isUpload = item.kind === "step" && item.record.step.kind === "upload";
  return isUpload ? UPLOAD_UNKNOWN_FOR : UNKNOWN_FOR;
}
