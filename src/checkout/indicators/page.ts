import { type Bytes, type EpochMs, type Fen, type ShanghaiDay, shanghaiDay } from "../../units.ts";

/** Days of sums kept: five whole weeks and the day under way. */
export const PAGE_DAYS = 36;
/** Weeks of shares kept: four whole ones and the one under way. */
export const PAGE_WEEKS = 5;
export const WEEK = 7;
/** Makers kept a week: a store buys from a few dozen, and a share worth raising is among the largest. */
export const MAKERS_MAX = 24;
/** Persons kept a week, those who cost most: one percent of a store's customers are some ten to thirty. */
export const PERSONS_MAX = 48;
/** Bits by which different persons are counted, within a few percent up to 4,000 of them. */
const SEEN_BYTES = 256;

/** What a Shanghai day came to at one pharmacy. */
export interface DaySums {
  readonly day: ShanghaiDay;
  sales: number;
  total: Fen;
  /** Sum of squares of the tickets, yuan². */
  squares: number;
  fund: Fen;
  /** What came back of the fund's money on this day. */
  back: Fen;
  reversals: number;
  /** Sales that say who paid, and those of them paid from personal accounts alone. */
  funded: number;
  accountOnly: number;
}

/** Who sold and who bought most within a week; weeks are counted from 1970-01-01. */
export interface WeekShares {
  readonly week: number;
  prescribed: Fen;
  readonly makers: Map<string, Fen>;
  readonly persons: Map<Bytes, Fen>;
  readonly seen: Uint8Array;
}

export interface SaleFacts {
  readonly pharmacy: string;
  readonly area: string;
  /** First 6 bytes. */
  readonly person: Bytes;
  /** The check's time: sales count there. */
  readonly at: EpochMs;
  readonly total: Fen;
  readonly fund: Fen;
  /** Undefined where nobody said who pays. */
  readonly accountOnly: boolean | undefined;
  /** Prescription medicines by the maker in their code. */
  readonly makers: readonly (readonly [maker: string, fen: Fen])[];
}

/** What an instance saw of one pharmacy lately. */
export class Page {
  readonly pharmacy: string;
  readonly prefecture: string;
  /** The day of its first sale on record. */
  readonly since: ShanghaiDay;
  readonly days: DaySums[] = [];
  readonly weeks: WeekShares[] = [];
  /** The last day each indicator was raised. */
  readonly raised = new Map<string, ShanghaiDay>();

  constructor(pharmacy: string, area: string, since: ShanghaiDay) {
    this.pharmacy = pharmacy;
    this.prefecture = area.slice(0, 4);
    this.since = since;
  }

  count(sale: SaleFacts): void {
    const day = shanghaiDay(sale.at);
    const sums = this.dayOf(day);
    const yuan = sale.total / 100;
    sums.sales += 1;
    sums.total += sale.total;
    sums.squares += yuan * yuan;
    sums.fund += sale.fund;
    if (sale.accountOnly !== undefined) sums.funded += 1;
    if (sale.accountOnly) sums.accountOnly += 1;
    const shares = this.weekOf(Math.floor(day / WEEK));
    for (const [maker, fen] of sale.makers) {
      shares.prescribed += fen;
      keepLargest(shares.makers, maker, fen, MAKERS_MAX);
    }
    keepLargest(shares.persons, sale.person, sale.fund, PERSONS_MAX);
    mark(shares.seen, sale.person);
  }

  /** A day's sums; made where there are none, the oldest go. */
  dayOf(day: ShanghaiDay): DaySums {
    const newest = this.days.at(-1);
    if (newest?.day === day) return newest;
    const known = this.days.find((sums) => sums.day === day);
    if (known !== undefined) return known;
    const sums: DaySums = {
      day,
      sales: 0,
      total: 0,
      squares: 0,
      fund: 0,
      back: 0,
      reversals: 0,
      funded: 0,
      accountOnly: 0,
    };
    this.days.push(sums);
    this.days.sort((a, b) => a.day - b.day);
    if (this.days.length > PAGE_DAYS) this.days.shift();
    return sums;
  }

  private weekOf(week: number): WeekShares {
    const newest = this.weeks.at(-1);
    if (newest?.week === week) return newest;
    const known = this.weeks.find((shares) => shares.week === week);
    if (known !== undefined) return known;
    const shares: WeekShares = {
      week,
      prescribed: 0,
      makers: new Map(),
      persons: new Map(),
      seen: new Uint8Array(SEEN_BYTES),
    };
    this.weeks.push(shares);
    this.weeks.sort((a, b) => a.week - b.week);
    if (this.weeks.length > PAGE_WEEKS) this.weeks.shift();
    return shares;
  }
}

/** Adds to the sum of a key; when there are too many, the smallest is forgotten, so what is kept is never too much. */
export function keepLargest<K>(sums: Map<K, Fen>, key: K, fen: Fen, most: number): void {
  let least = (sums.get(key) ?? 0) + fen;
  sums.set(key, least);
  if (sums.size <= most) return;
  let smallest = key;
  for (const [other, sum] of sums) {
    if (sum >= least) continue;
    smallest = other;
    least = sum;
  }
  sums.delete(smallest);
}

/** A person's pseudonym is even over all bits: two of its bytes choose one of the bits. */
function mark(seen: Uint8Array, person: Bytes): void {
  const bit = (person.charCodeAt(0) * 256 + person.charCodeAt(1)) % (seen.length * 8);
  seen[bit >> 3] = (seen[bit >> 3] ?? 0) | (1 << (bit & 7));
}

/** How many different persons were marked: bits left empty tell how many fell on one that was taken. */
export function personsMarked(weeks: readonly Pick<WeekShares, "seen">[]): number {
  const bits = SEEN_BYTES * 8;
  let empty = 0;
  for (let byte = 0; byte < SEEN_BYTES; byte += 1) {
    const joined = weeks.reduce((all, { seen }) => all | (seen[byte] ?? 0), 0);
    for (let bit = 0; bit < 8; bit += 1) if ((joined & (1 << bit)) === 0) empty += 1;
  }
  return Math.round(bits * Math.log(bits / Math.max(1, empty)));
}
