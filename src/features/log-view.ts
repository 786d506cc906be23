import type { LogEntry } from "../counters/contract.ts";
import { RESERVATION } from "../counters/limits.ts";
import type { Bytes, EpochMs, Fen } from "../units.ts";

/** Of the swipe judged: it is one of those counted. */
interface Own {
  readonly person: Bytes;
  readonly mark: Bytes;
}

/**
 * An entity's log in order of time up to an instant. All windows end there, so each is a number of newest entries, and
 * what is counted in one is part of what is counted in a wider one: five counts over a till take one walk back.
 */
export class LogView {
  readonly until: EpochMs;
  readonly own: Own;
  /** In order of arrival, whatever comes after `until` included. */
  readonly log: readonly LogEntry[];
  readonly entries: readonly LogEntry[];
  /** Whether the log itself is in order, and ends there. */
  readonly isWhole: boolean;
  #persons: Different | undefined;
  #marks: Different | undefined;
  #sales: Sales | undefined;

  constructor(log: readonly LogEntry[], until: EpochMs, own: Own) {
    this.until = until;
    this.own = own;
    this.log = log;
    this.entries = inOrder(log, until);
    this.isWhole = this.entries === log;
  }

  /** How many entries came after an instant. */
  newerThan(after: EpochMs): number {
    const { entries } = this;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((entries[middle]?.at ?? 0) > after) high = middle;
      else low = middle + 1;
    }
    return entries.length - low;
  }

  /** Different persons among so many newest entries and the swipe judged. */
  persons(newest: number): number {
    this.#persons ??= new Different(this.own.person);
    const { entries } = this;
    const different = this.#persons;
    for (let k = different.walked + 1; k <= newest; k += 1)
      different.add(entries[entries.length - k]?.person ?? "");
    return different.among(newest);
  }

  /** The same of their marks. */
  marks(newest: number): number {
    this.#marks ??= new Different(this.own.mark);
    const { entries } = this;
    const different = this.#marks;
    for (let k = different.walked + 1; k <= newest; k += 1)
      different.add(entries[entries.length - k]?.mark ?? "");
    return different.among(newest);
  }

  /**
   * Sales among so many newest entries, each by its last step: an inquiry and the settlement that follows it are one
   * sale, and so is a check that was refused and came again. A log knows its steps by person, amount and the fifteen
   * minutes that a sale may take; those of the sale judged are gone already.
   */
  sales(newest: number): number {
    this.#sales ??= new Sales(this.entries);
    return this.#sales.count(newest);
  }

  /** The money of those sales. */
  fen(newest: number): Fen {
    this.#sales ??= new Sales(this.entries);
    return this.#sales.fen(newest);
  }
}

/** How many sales so many newest entries are, and their money. */
class Sales {
  readonly #entries: readonly LogEntry[];
  /** By the number of newest entries walked. */
  readonly #counts: number[] = [0];
  readonly #fen: Fen[] = [0];
  /** Of the entries walked, the newest first. Hardly two of a while cost the same, so these alone are looked through. */
  readonly #amounts: Fen[] = [];

  constructor(entries: readonly LogEntry[]) {
    this.#entries = entries;
  }

  count(newest: number): number {
    this.#walk(newest);
    return this.#counts[newest] ?? 0;
  }

  fen(newest: number): Fen {
    this.#walk(newest);
    return this.#fen[newest] ?? 0;
  }

  #walk(newest: number): void {
    const entries = this.#entries;
    const amounts = this.#amounts;
    for (let walked = amounts.length; walked < newest; walked += 1) {
      const entry = entries[entries.length - 1 - walked];
      if (entry === undefined) return;
      const isSale = !comesAgain(entry, entries, amounts);
      this.#counts.push((this.#counts[walked] ?? 0) + (isSale ? 1 : 0));
      this.#fen.push((this.#fen[walked] ?? 0) + (isSale ? entry.amount : 0));
      amounts.push(entry.amount);
    }
  }
}

function comesAgain(
  { at, amount, person }: LogEntry,
  entries: readonly LogEntry[],
  amounts: readonly Fen[],
): boolean {
  for (let newer = amounts.length - 1; newer >= 0; newer -= 1) {
    if (amounts[newer] !== amount) continue;
    const later = entries[entries.length - 1 - newer];
    if (later === undefined || later.at - at >= RESERVATION) return false;
    if (later.person === person) return true;
  }
  return false;
}

/** Up to here a look through all is faster than a set of them: a usual log has eight entries. */
const FEW = 16;

/** How many different texts there are among the first so many, one's own included. */
class Different {
  readonly #few: Bytes[];
  #many: Set<Bytes> | undefined;
  /** By the number of texts. */
  readonly #counts: number[] = [1];

  constructor(own: Bytes) {
    this.#few = [own];
  }

  get walked(): number {
    return this.#counts.length - 1;
  }

  add(text: Bytes): void {
    if (this.#many === undefined) {
      if (!this.#few.includes(text)) this.#few.push(text);
      if (this.#few.length > FEW) this.#many = new Set(this.#few);
      this.#counts.push(this.#few.length);
    } else this.#counts.push(this.#many.add(text).size);
  }

  among(first: number): number {
    return this.#counts[first] ?? 0;
  }
}

/** Logs are in order of arrival, and only a late swipe, or one of a neighbour's faster clock, stands out of place. */
function inOrder(log: readonly LogEntry[], until: EpochMs): readonly LogEntry[] {
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < log.length; i += 1) {
    const at = log[i]?.at ?? 0;
    if (at < before || at > until)
      return log.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at);
    before = at;
  }
  return log;
}
