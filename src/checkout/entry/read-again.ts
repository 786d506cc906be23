import type { JournalRecord } from "../../audit/event.ts";
import type { JournalPosition, ReadRecord } from "../../audit/segment-reader.ts";
import type { Supersession } from "../supersession.ts";
import type { DeskTools } from "../tools.ts";
import { closedBy, releaseOf, waitingItem } from "./from-journal.ts";
import type { WaitingBook } from "./waiting-book.ts";
import { type Chore, personLane, type WaitingItem } from "./waiting-items.ts";
import type { WaitingRecords } from "./waiting-records.ts";

/** Records taken from disk at once: a few milliseconds of parsing. */
const BATCH = 100;
/** Outcomes remembered while what was left behind is read; beyond it the oldest go, and what is entered is found entered. */
const OUTCOMES_MAX = 200_000;

export interface ReadAgainParts {
  readonly book: WaitingBook;
  readonly records: WaitingRecords;
  readonly tools: Pick<DeskTools, "bundle" | "observer">;
  readonly supersession: Supersession;
  readonly owe: (chore: Pick<Chore, "id" | "lane" | "pharmacy" | "of" | "run">) => void;
  /** A till that asks again must get the answer it had from the process before. */
  readonly remember: (item: WaitingItem) => void;
}

/** Reads what waits in the journal and is not held: left by the process before, or more than memory has room for. */
export class ReadAgain {
  private readonly parts: ReadAgainParts;
  /** Records before it are of the process before. */
  private ownFrom: JournalPosition | undefined;
  private closed: Set<string> | undefined;
  private kept: JournalPosition;
  private isSurveyed = false;
  private filling: Promise<void> | undefined;

  constructor(parts: ReadAgainParts) {
    this.parts = parts;
    this.kept = parts.records.kept;
  }

  /** Everything before it is closed, as far as is known. */
  get keptPosition(): JournalPosition {
    return this.kept;
  }

  /** Until it is read what the process before left may be of any swipe. */
  startOver(): void {
    const { book, records } = this.parts;
    this.ownFrom = records.end();
    if (records.kept.record < this.ownFrom.record) book.leaveFrom(records.kept);
  }

  /** Fills the room there is, once half of it is free; in the order of the journal. One reading at a time. */
  fill(): Promise<void> {
    this.filling ??= this.readRoomful().finally(() => {
      this.filling = undefined;
    });
    return this.filling;
  }

  private async readRoomful(): Promise<void> {
    const { book } = this.parts;
    if (book.overflow === undefined || !book.isHalfFree) return;
    this.closed ??= await this.outcomes(book.overflow);
    while (book.overflow !== undefined && book.room > 0) await this.readOn(book.overflow);
    await this.survey();
  }

  /** Once, where the process before left more than is held: whose it is. */
  private async survey(): Promise<void> {
    const { book, records } = this.parts;
    if (this.isSurveyed) return;
    this.isSurveyed = true;
    for (let at = book.overflow; at !== undefined; ) {
      const { records: read, after, lost } = await records.read(at, BATCH);
      if (read.length === 0 && lost === 0) break;
      for (const { record } of read) {
        const item = this.itemOf(record, at);
        if (item !== undefined && !this.closed?.has(item.id)) book.foundBeyond(item);
      }
      at = after;
    }
    book.knowBeyond();
  }

  /** Where the next start may begin; what the earlier steps of a sale held is let go before it is passed. */
  async keep(): Promise<void> {
    const { book, records, supersession } = this.parts;
    const end = records.end();
    await supersession.idle();
    this.kept = book.closedBefore(end);
    await records.keep(this.kept);
  }

  private async readOn(from: JournalPosition): Promise<void> {
    const { book, records } = this.parts;
    const { skipped } = book;
    const { records: read, after, lost } = await records.read(from, Math.min(BATCH, book.room));
    for (const each of read) this.take(each, from);
    if (read.length > 0 || lost > 0) return book.readUpTo(after);
    // What came while the end was being read is behind it.
    if (skipped !== book.skipped) return;
    book.readUpTo(undefined);
    this.closed = new Set();
  }

  /** Undefined for a record that does not wait, and for one of which nothing can be made: it must not stop the others. */
  private itemOf(record: JournalRecord, from: JournalPosition): WaitingItem | undefined {
    const { bundle, observer } = this.parts.tools;
    try {
      return waitingItem(record, from, bundle().reference);
    } catch {
      const message =
        "A record of the journal waits and cannot be read; it is left out: look for it by hand.";
      observer.notice({ kind: "entry.failed", message, level: "error" });
      return undefined;
    }
  }

  private take({ number, record }: ReadRecord, from: JournalPosition): void {
    const { book, remember } = this.parts;
    const item = this.itemOf(record, from);
    if (item !== undefined && !this.closed?.has(item.id)) {
      remember(item);
      book.hold(item);
    }
    if (this.ownFrom === undefined || number >= this.ownFrom.record) return;
    const release = releaseOf(record);
    if (release === undefined) return;
    const { person, swipes } = release;
    const run = () => this.parts.supersession.letGo(person, swipes);
    this.parts.owe({ id: `release:${number}`, lane: personLane(person), pharmacy: "", run });
  }

  /** What is closed already of what stands behind a place. */
  private async outcomes(from: JournalPosition): Promise<Set<string>> {
    const closed = new Set<string>();
    for (let at = from; ; ) {
      const { records, after, lost } = await this.parts.records.read(at, BATCH);
      if (records.length === 0 && lost === 0) return closed;
      for (const { record } of records) addBounded(closed, closedBy(record));
      at = after;
    }
  }
}

function addBounded(closed: Set<string>, id: string | undefined): void {
  if (id === undefined) return;
  closed.add(id);
  if (closed.size <= OUTCOMES_MAX) return;
  for (const oldest of closed) {
    closed.delete(oldest);
    return;
  }
}
