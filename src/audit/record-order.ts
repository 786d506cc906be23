import type { DurationMs, EpochMs } from "../units.ts";
import type { GuardEvent } from "./event.ts";

/** How far apart clocks of instances may be before their events come out of order; readyz speaks of 2 s. */
export const CLOCKS_APART: DurationMs = 2_000;
/** Ids known to have been handed on: what is delivered again within them is the same fact. */
const IDS_KNOWN = 100_000;

/** When a fact was written down: a check that was entered late has its own time, and that of its entry. */
export function writtenAt({ time, data }: GuardEvent): EpochMs {
  const entered = "enteredAt" in data ? data.enteredAt : undefined;
  return Date.parse(entered ?? time);
}

interface Held {
  readonly event: GuardEvent;
  readonly at: EpochMs;
  readonly person: string | undefined;
  readonly seq: number;
}

/**
 * Puts events that come roughly in order of time into the order in which the memory had them: by time, and one
 * person's by the sequence that its place in the memory gave them, where clocks of instances differ. The same fact
 * is handed on once.
 */
export class RecordOrder {
  private readonly held: Held[] = [];
  private readonly known = new Set<string>();

  add(event: GuardEvent): void {
    const { data } = event;
    const person = "person" in data ? data.person : undefined;
    const seq = "personSeq" in data ? data.personSeq : 0;
    // The same fact told again later has moved its person's sequence on.
    const id = `${event.id} ${seq}`;
    if (this.known.has(id)) return;
    this.know(id);
    const at = writtenAt(event);
    const place = this.held.findLastIndex((other) => other.at <= at) + 1;
    this.held.splice(place, 0, { event, at, person, seq });
  }

  get size(): number {
    return this.held.length;
  }

  /** The earliest of those written before `until`; one of the same person's that is earlier by its sequence goes first. */
  next(until: EpochMs): GuardEvent | undefined {
    const [first] = this.held;
    if (first === undefined || first.at >= until) return undefined;
    const index = this.earliest(first);
    const [taken] = this.held.splice(index, 1);
    return taken?.event;
  }

  private earliest(first: Held): number {
    let index = 0;
    let { seq } = first;
    if (first.person === undefined || seq === 0) return index;
    for (let other = 1; other < this.held.length; other += 1) {
      const of = this.held[other];
      if (of === undefined || of.at > first.at + CLOCKS_APART) break;
      if (of.person !== first.person || of.seq === 0 || of.seq >= seq) continue;
      index = other;
      seq = of.seq;
    }
    return index;
  }

  private know(id: string): void {
    this.known.add(id);
    const [oldest] = this.known;
    if (this.known.size > IDS_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }
}
