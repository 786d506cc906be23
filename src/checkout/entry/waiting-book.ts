import type { JournalPosition } from "../../audit/segment-reader.ts";
import type { SwipeKey } from "../../counters/contract.ts";
import type { EpochMs } from "../../units.ts";
import type { WaitingRecord } from "../recorder.ts";
import { Beyond } from "./beyond.ts";
import { type Chore, swipeLane, type WaitingItem } from "./waiting-items.ts";

/**
 * Items held in memory: about 10 KB each, and a record of a stand-in read again has 25 KB. What comes beyond it is only
 * in the journal, and is read again from there once half of these are entered.
 */
export const WAITING_HELD_MAX = 2_000;
/** What is owed besides, some 4 KB each: without a bound a part of the store that is away for hours would fill memory. */
export const CHORES_MAX = 10_000;
/** Lanes looked through for one whose pharmacy is not being served. */
const LOOKED_THROUGH = 200;

/** An item as it stands in its lane. */
export interface Held {
  readonly item: WaitingItem;
  tries: number;
  /** Not tried again before. */
  notBefore: EpochMs;
  /** When the store first said that it does not know its sale. */
  unknownSince: EpochMs | undefined;
  /** When it first failed for another reason than the store's absence. */
  failedSince: EpochMs | undefined;
  forStore: boolean;
}

/** A record about to be written that waits: from here on the journal is owed it. */
export interface Ticket {
  readonly from: JournalPosition | undefined;
  /** It is written. False: there is no room, and it will be read again. */
  kept(item: WaitingItem): boolean;
  dropped(): void;
}

/** A swipe of which something is held: where, how much of it, and how much of that is owed only. */
interface Known {
  readonly lane: string;
  items: number;
  chores: number;
}

/** What waits to be entered: lanes in the order of their first item, as many items as are held, and where the rest begins. */
export class WaitingBook {
  private readonly lanes = new Map<string, Held[]>();
  private readonly ids = new Set<string>();
  private readonly swipes = new Map<SwipeKey, Known>();
  private chores = 0;
  private readonly tickets = new Set<Ticket>();
  private readonly underWay = new Map<string, string>();
  private readonly heldMax: number;
  private readonly forgets: boolean;
  private readonly beyond = new Beyond();

  /** `forgets`: nothing of it ever counts (the test pharmacy), and a store that is away must not fill memory with it. */
  constructor(heldMax: number, forgets = false) {
    this.heldMax = heldMax;
    this.forgets = forgets;
  }

  get held(): number {
    return this.ids.size;
  }

  get room(): number {
    return this.heldMax - (this.ids.size - this.chores);
  }

  /** There is room enough for reading the journal again to be worth it. */
  get isHalfFree(): boolean {
    return 2 * this.room >= this.heldMax;
  }

  get overflow(): JournalPosition | undefined {
    return this.beyond.from;
  }

  /** How many records were not held since the start. */
  get skipped(): number {
    return this.beyond.skipped;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Whether something of this swipe waits, or may. */
  waits(swipe: SwipeKey): boolean {
    return this.swipes.has(swipe) || this.beyond.mayHave(swipeLane(swipe));
  }

  waitsInLane(lane: string): boolean {
    return this.lanes.has(lane) || this.beyond.mayHave(lane);
  }

  /** Only what this process holds, and only what was told of it: what is owed of a change has changed it already. */
  holds(swipe: SwipeKey): boolean {
    const { items, chores } = this.swipes.get(swipe) ?? { items: 0, chores: 0 };
    return items > chores;
  }

  laneOf(swipe: SwipeKey): string | undefined {
    return this.swipes.get(swipe)?.lane;
  }

  /** What of it was told and is held, in the order it came. */
  stepsOf(swipe: SwipeKey): readonly WaitingRecord[] {
    const lane = this.lanes.get(this.laneOf(swipe) ?? "") ?? [];
    return lane.flatMap(({ item }) =>
      item.kind === "step" && item.key === swipe ? [item.record] : [],
    );
  }

  oldest(): EpochMs | undefined {
    let oldest: EpochMs | undefined;
    for (const [{ item } = { item: undefined }] of this.lanes.values()) {
      if (item !== undefined && (oldest === undefined || item.at < oldest)) oldest = item.at;
    }
    return oldest;
  }

  expect(from: JournalPosition | undefined): Ticket {
    const ticket: Ticket = {
      from,
      kept: (item) => {
        this.tickets.delete(ticket);
        return this.add(item);
      },
      dropped: () => {
        this.tickets.delete(ticket);
      },
    };
    this.tickets.add(ticket);
    return ticket;
  }

  /** False where there is no room: the journal has it. Without a journal everything is held, or what is beyond forgotten. */
  add(item: WaitingItem): boolean {
    if (this.ids.has(item.id)) return true;
    const isFull = this.beyond.from !== undefined || this.room <= 0;
    if (isFull && item.from !== undefined) {
      this.beyond.leave(item.from, item);
      return false;
    }
    if (isFull && this.forgets) return false;
    this.hold(item);
    return true;
  }

  /** Read again from the journal. */
  hold(item: WaitingItem): void {
    if (this.ids.has(item.id)) return;
    this.put(item, Number.POSITIVE_INFINITY);
    this.beyond.forget(item);
  }

  /** Before whatever waits in its lane, but behind what is under way and owed before. False: more is owed than is held. */
  owe(chore: Chore): boolean {
    if (this.chores >= CHORES_MAX) return false;
    const lane = this.lanes.get(chore.lane) ?? [];
    const from = this.underWay.has(chore.lane) ? 1 : 0;
    const place = lane.findIndex(({ item }, index) => index >= from && item.kind !== "chore");
    this.chores += 1;
    this.put(chore, place < 0 ? Number.POSITIVE_INFINITY : place);
    return true;
  }

  private put(item: WaitingItem, place: number): void {
    this.ids.add(item.id);
    const held: Held = {
      ...{ item, tries: 0, notBefore: 0, forStore: false },
      ...{ unknownSince: undefined, failedSince: undefined },
    };
    const lane = this.lanes.get(item.lane);
    if (lane === undefined) this.lanes.set(item.lane, [held]);
    else lane.splice(place, 0, held);
    const key = keyOf(item);
    if (key === undefined) return;
    const known = this.swipes.get(key) ?? { lane: item.lane, items: 0, chores: 0 };
    known.items += 1;
    if (item.kind === "chore") known.chores += 1;
    this.swipes.set(key, known);
  }

  /** From there on the journal is to be read again, and nobody knows yet what of it waits. */
  leaveFrom(from: JournalPosition): void {
    this.beyond.leave(from);
  }

  /** Of what is left beyond, as a look at it finds it. */
  foundBeyond(item: WaitingItem): void {
    this.beyond.note(item);
  }

  /** All of it was looked at: what is not known to wait does not. */
  knowBeyond(): void {
    this.beyond.isBlind = false;
  }

  /** Where reading again goes on; undefined once its end was reached. */
  readUpTo(position: JournalPosition | undefined): void {
    this.beyond.readUpTo(position);
  }

  /** The first item whose lane and pharmacy nobody else serves; it stays until it is done or put back. */
  take(now: EpochMs): Held | undefined {
    let looked = 0;
    for (const [lane, [held]] of this.lanes) {
      if (held === undefined || held.notBefore > now || this.underWay.has(lane)) continue;
      if (++looked > LOOKED_THROUGH) return undefined;
      const { pharmacy } = held.item;
      if ([...this.underWay.values()].includes(pharmacy)) continue;
      this.underWay.set(lane, pharmacy);
      return held;
    }
    return undefined;
  }

  /** Entered: the next of its lane may go. */
  done({ item }: Held): void {
    this.underWay.delete(item.lane);
    const lane = this.lanes.get(item.lane);
    lane?.shift();
    if (lane?.length === 0) this.lanes.delete(item.lane);
    this.ids.delete(item.id);
    if (item.kind === "chore") this.chores -= 1;
    const key = keyOf(item);
    const known = key === undefined ? undefined : this.swipes.get(key);
    if (key === undefined || known === undefined) return;
    known.items -= 1;
    if (item.kind === "chore") known.chores -= 1;
    if (known.items === 0) this.swipes.delete(key);
  }

  /** Not yet: it keeps its place. `forStore`: it is the store that it waits for. */
  putBack(held: Held, notBefore: EpochMs, forStore = false): void {
    this.underWay.delete(held.item.lane);
    held.notBefore = notBefore;
    held.forStore = forStore;
  }

  /** The store answers: nobody has to wait for it any more. */
  forgive(): void {
    for (const [held] of this.lanes.values()) {
      if (held?.forStore) held.notBefore = 0;
    }
  }

  /** A lane of its own for it and the steps of its sale that came after it: nobody else of the old one waits for it. */
  setAside(held: Held, lane: string, notBefore: EpochMs): void {
    const { lane: from } = held.item;
    const key = keyOf(held.item);
    this.putBack(held, notBefore);
    if (from === lane) return;
    const all = this.lanes.get(from) ?? [];
    // Not its check, should that be among them: it is what they wait for.
    const goes = ({ item }: Held) =>
      item === held.item || (item.kind === "step" && key !== undefined && item.key === key);
    const gone = all.filter(goes).map((each) => ({ ...each, item: { ...each.item, lane } }));
    const left = all.filter((each) => !goes(each));
    if (left.length === 0) this.lanes.delete(from);
    else this.lanes.set(from, left);
    this.lanes.set(lane, [...(this.lanes.get(lane) ?? []), ...gone]);
    const known = key === undefined ? undefined : this.swipes.get(key);
    if (key !== undefined && known !== undefined) this.swipes.set(key, { ...known, lane });
  }

  /** When the first of the items that had to wait may be tried; undefined where none has to. */
  nextDue(): EpochMs | undefined {
    let due: EpochMs | undefined;
    for (const [lane, [held]] of this.lanes) {
      if (held === undefined || this.underWay.has(lane)) continue;
      if (due === undefined || held.notBefore < due) due = held.notBefore;
    }
    return due;
  }

  /** Everything before it is closed; `end` where nothing waits. */
  closedBefore(end: JournalPosition): JournalPosition {
    let first = this.beyond.from ?? end;
    const look = (from: JournalPosition | undefined) => {
      if (from !== undefined && from.record < first.record) first = from;
    };
    for (const lane of this.lanes.values()) for (const { item } of lane) look(item.from);
    for (const { from } of this.tickets) look(from);
    return first;
  }
}

function keyOf(item: WaitingItem): SwipeKey | undefined {
  return item.kind === "chore" ? item.of : item.key;
}
