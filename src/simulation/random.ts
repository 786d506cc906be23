/**
 * Chance from a seed: the same seed gives the same numbers on every machine. Only additions, shifts and
 * multiplications are used, which IEEE 754 fixes to the last bit; `Math.log` and its like are not fixed.
 */
export class Random {
  private readonly seed: string;
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  constructor(seed: string) {
    this.seed = seed;
    [this.a, this.b, this.c] = digest(seed);
    for (let i = 0; i < WARM_UP; i += 1) this.word();
  }

  /** A stream of its own, the same however much was drawn from this one. */
  fork(name: string): Random {
    return new Random(`${this.seed}/${name}`);
  }

  /** 32 bits (sfc32 by Chris Doty-Humphrey, public domain). */
  private word(): number {
    const sum = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    return this.word() / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** Any number between the two. */
  within(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** Bell-shaped around the mean, within about four times the spread: six even draws added up. */
  around(mean: number, spread: number): number {
    let sum = -3;
    for (let i = 0; i < 6; i += 1) sum += this.next();
    return mean + sum * Math.SQRT2 * spread;
  }

  /** How often something of this mean happens (Knuth; large means in parts). */
  times(mean: number): number {
    let count = 0;
    for (let left = mean; left > 0; left -= PART) count += this.smallTimes(Math.min(left, PART));
    return count;
  }

  private smallTimes(mean: number): number {
    const floor = expOfMinus(mean);
    let count = 0;
    for (let product = this.next(); product > floor; product *= this.next()) count += 1;
    return count;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError("GUARD_SIMULATION_EMPTY: nothing to pick from.");
    return item;
  }

  /** One of them, each as likely as its weight. */
  weighted<T>(list: readonly T[], weight: (item: T) => number): T {
    let left = this.next() * list.reduce((sum, item) => sum + weight(item), 0);
    for (const item of list) {
      left -= weight(item);
      if (left < 0) return item;
    }
    return this.pick(list);
  }

  shuffled<T>(list: readonly T[]): T[] {
    const deck = [...list];
    for (let last = deck.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const card = deck[last] as T;
      deck[last] = deck[other] as T;
      deck[other] = card;
    }
    return deck;
  }

  /** So many different ones, or all there are. */
  sample<T>(list: readonly T[], count: number): T[] {
    if (count * 4 > list.length) return this.shuffled(list).slice(0, count);
    const chosen = new Set<T>();
    while (chosen.size < count) chosen.add(this.pick(list));
    return [...chosen];
  }
}

const WARM_UP = 12;
const PART = 16;
const HALVINGS = 20;

/** By repeated squaring of 1 - x / 2^20, good to five digits. */
function expOfMinus(x: number): number {
  let value = 1 - x / 2 ** HALVINGS;
  for (let i = 0; i < HALVINGS; i += 1) value *= value;
  return value;
}

/** Three words of a text (FNV-1a with three offsets, then mixed). */
function digest(text: string): [number, number, number] {
  const words: [number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    words[0] = Math.imul(words[0] ^ code, 0x01000193);
    words[1] = Math.imul(words[1] ^ (code + i), 0x01000193);
    words[2] = Math.imul(words[2] ^ (code + 7 * i), 0x01000193);
  }
  return words.map(mixed) as [number, number, number];
}

function mixed(word: number): number {
  let x = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
