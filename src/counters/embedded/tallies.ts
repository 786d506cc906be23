import { type Bytes, type EpochMs, type ShanghaiDay, shanghaiDay } from "../../units.ts";
import type { Tally, TallyColumns } from "../contract.ts";
import * as limits from "../limits.ts";
import type { TallyOperation } from "../operations.ts";
import { addedColumns, decodeTally, encodeTally, subtractedColumns } from "../tally-layout.ts";
import type { ByteShelf } from "./byte-shelf.ts";

type Day = Tally["days"][number];
type OpenSale = Tally["open"][number];

/** What seal and change do to a tally: the same as scripts/includes/tallies.lua. */
export function writeTally(
  shelf: ByteShelf,
  operation: TallyOperation,
  swipe: Bytes,
  now: EpochMs,
): void {
  const bytes = shelf.get(operation.key, now);
  const isNew = bytes === undefined;
  // What is not there has nothing that could be taken away or closed.
  if (isNew && operation.move !== "open" && operation.move !== "add") return;
  const tally = new OpenTally(decodeTally(bytes ?? null));
  tally.foldDue(now);
  tally.move(operation, swipe);
  shelf.set(operation.key, encodeTally(tally.trimmed(now)), now + limits.TALLY_KEPT);
}

/** A tally while it is written. */
class OpenTally {
  private readonly days: Day[];
  private open: OpenSale[];

  constructor({ days, open }: Tally) {
    this.days = [...days];
    this.open = [...open];
  }

  foldDue(now: EpochMs): void {
    const due = this.open.filter(({ at }) => at + limits.RESERVATION <= now);
    this.open = this.open.filter(({ at }) => at + limits.RESERVATION > now);
    for (const { at, columns } of due) this.add(at, columns);
  }

  move({ move, at, columns }: TallyOperation, swipe: Bytes): void {
    const own = this.open.find((sale) => sale.swipe === swipe);
    switch (move) {
      case "open":
        if (own === undefined) this.note({ at, swipe, columns });
        break;
      case "add":
        this.add(at, columns);
        break;
      case "subtract":
        if (own === undefined) this.subtract(at, columns);
        else this.replace(own, subtractedColumns(own.columns, columns));
        break;
      case "close":
        if (own === undefined) break;
        this.open = this.open.filter((sale) => sale !== own);
        this.add(own.at, own.columns);
        break;
    }
  }

  /** Days too old for any reader go. */
  trimmed(now: EpochMs): Tally {
    const newest = Math.max(shanghaiDay(now), this.days.at(-1)?.day ?? 0);
    return {
      days: this.days.filter(({ day }) => day > newest - limits.TALLY_DAYS),
      open: this.open,
    };
  }

  /** A crowd beyond the bound counts the oldest early: it is most likely to stand. */
  private note(sale: OpenSale): void {
    this.open.push(sale);
    if (this.open.length <= limits.TALLY_OPEN_MAX) return;
    const oldest = this.open.reduce((first, other) => (other.at < first.at ? other : first));
    this.open = this.open.filter((other) => other !== oldest);
    this.add(oldest.at, oldest.columns);
  }

  private replace(own: OpenSale, columns: TallyColumns): void {
    const left = columns.some((value) => value > 0) ? [{ ...own, columns }] : [];
    this.open = this.open.flatMap((sale) => (sale === own ? left : [sale]));
  }

  private add(at: EpochMs, columns: TallyColumns): void {
    const day = shanghaiDay(at);
    const known = this.find(day);
    if (known < 0) {
      const place = this.days.findLastIndex((other) => other.day < day) + 1;
      this.days.splice(place, 0, { day, columns: addedColumns(undefined, columns) });
    } else {
      this.days[known] = { day, columns: addedColumns(this.days[known]?.columns, columns) };
    }
  }

  private subtract(at: EpochMs, columns: TallyColumns): void {
    const day = shanghaiDay(at);
    const known = this.find(day);
    const standing = this.days[known];
    if (standing) this.days[known] = { day, columns: subtractedColumns(standing.columns, columns) };
  }

  private find(day: ShanghaiDay): number {
    return this.days.findIndex((other) => other.day === day);
  }
}
