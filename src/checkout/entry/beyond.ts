import type { JournalPosition } from "../../audit/segment-reader.ts";
import { swipeLane, type WaitingItem } from "./waiting-items.ts";

/** Swipes and persons remembered of what is not held, some 100 bytes each; beyond it every step waits. */
const KNOWN_MAX = 200_000;

/** What waits in the journal and is not held: from where on, and whose it is. */
export class Beyond {
  from: JournalPosition | undefined;
  /** How many records were not held since the start. */
  skipped = 0;
  /** Something may wait there that is of nobody known. */
  isBlind = false;
  private readonly known = new Map<string, number>();

  /** Without an item: nobody knows what stands behind that place. */
  leave(from: JournalPosition, item?: WaitingItem): void {
    this.skipped += 1;
    if (this.from === undefined || from.record < this.from.record) this.from = from;
    if (item === undefined) this.isBlind = true;
    else this.note(item);
  }

  note(item: WaitingItem): void {
    for (const lane of lanesOf(item)) {
      if (this.known.size >= KNOWN_MAX) this.isBlind = true;
      else this.known.set(lane, (this.known.get(lane) ?? 0) + 1);
    }
  }

  /** It is held now. */
  forget(item: WaitingItem): void {
    for (const lane of lanesOf(item)) {
      const left = (this.known.get(lane) ?? 0) - 1;
      if (left > 0) this.known.set(lane, left);
      else this.known.delete(lane);
    }
  }

  mayHave(lane: string): boolean {
    return this.from !== undefined && (this.isBlind || this.known.has(lane));
  }

  readUpTo(position: JournalPosition | undefined): void {
    this.from = position;
    if (position !== undefined) return;
    this.isBlind = false;
    this.known.clear();
  }
}

function lanesOf(item: WaitingItem): readonly string[] {
  if (item.kind === "chore") return [];
  const own = item.key === undefined ? item.lane : swipeLane(item.key);
  return own === item.lane ? [own] : [own, item.lane];
}
