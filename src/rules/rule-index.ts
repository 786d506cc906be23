import type { FeaturePlan } from "../features/plan.ts";
import type { FeatureValue, FeatureVector, Reading } from "../features/vector.ts";
import type { Rule } from "./rule.ts";
import type { Trigger, Triggers } from "./triggers.ts";

const WORD = 32;

/**
 * Finds the rules that may say something of a vector, so that the others cost nothing: of the shipped policy's rules
 * some nine of 70 are left for a usual sale. Whatever it leaves out neither holds nor hangs on a missing fact; what it
 * lets through is still judged.
 */
export class RuleIndex {
  readonly #rules: readonly Rule[];
  /** A bit a rule: those that must always be judged. */
  readonly #always: Uint32Array;
  readonly #marks: Uint32Array;
  readonly #swipe: readonly Watch[];
  readonly #lines: readonly Watch[];

  constructor(rules: readonly Rule[], { positions }: Pick<FeaturePlan, "positions">) {
    this.#rules = rules;
    this.#always = new Uint32Array(Math.ceil(rules.length / WORD));
    this.#marks = new Uint32Array(this.#always.length);
    const watches = { swipe: new Map<number, Watch>(), line: new Map<number, Watch>() };
    rules.forEach((rule, number) => {
      const triggers = ofAllLevels(rule);
      if (triggers === undefined) mark(this.#always, number);
      for (const trigger of triggers ?? []) {
        const position = positions.get(trigger.feature);
        if (position === undefined) continue;
        const { scope, index } = position;
        const watch = watches[scope].get(index) ?? new Watch(index);
        watches[scope].set(index, watch);
        watch.add(trigger, number);
      }
    });
    this.#swipe = [...watches.swipe.values()];
    this.#lines = [...watches.line.values()];
  }

  /** In the order of the policy. */
  possible({ swipe, lines }: FeatureVector): readonly Rule[] {
    const marks = this.#marks;
    marks.set(this.#always);
    seeRow(this.#swipe, swipe, marks);
    for (let i = 0; i < lines.length; i += 1) seeRow(this.#lines, lines[i] ?? NO_ROW, marks);
    return this.#marked();
  }

  #marked(): readonly Rule[] {
    const marked: Rule[] = [];
    for (let word = 0; word < this.#marks.length; word += 1) {
      let bits = this.#marks[word] ?? 0;
      while (bits !== 0) {
        const bit = WORD - 1 - Math.clz32(bits & -bits);
        const rule = this.#rules[word * WORD + bit];
        if (rule !== undefined) marked.push(rule);
        bits &= bits - 1;
      }
    }
    return marked;
  }
}

const NO_ROW: readonly Reading[] = Object.freeze([]);

function seeRow(watches: readonly Watch[], row: readonly Reading[], marks: Uint32Array): void {
  for (let i = 0; i < watches.length; i += 1) {
    const watch = watches[i];
    if (watch !== undefined) watch.see(row[watch.index], marks);
  }
}

function mark(marks: Uint32Array, number: number): void {
  const word = number >>> 5;
  marks[word] = (marks[word] ?? 0) | (1 << (number & (WORD - 1)));
}

function markAll(marks: Uint32Array, numbers: readonly number[]): void {
  for (let i = 0; i < numbers.length; i += 1) mark(marks, numbers[i] ?? 0);
}

/** What a rule cannot say anything without, at any of its levels. */
function ofAllLevels({ levels }: Rule): Triggers {
  const all: Trigger[] = [];
  for (const { condition } of levels) {
    if (condition.triggers === undefined) return undefined;
    all.push(...condition.triggers);
  }
  return all;
}

/** One feature, and the rules that wait for it. */
class Watch {
  readonly index: number;
  readonly #all: number[] = [];
  readonly #ifTrue: number[] = [];
  readonly #ifFalse: number[] = [];
  /** By the text or number they wait for. */
  readonly #ifEqual = new Map<FeatureValue, number[]>();
  readonly #above = new Thresholds();
  /** Of the number with its sign changed. */
  readonly #below = new Thresholds();
  /** Rules that almost any value suits. */
  readonly #ifKnown: number[] = [];
  /** Of numbers between these two nobody says anything: a usual sale's are there. */
  #quietAbove = Number.NEGATIVE_INFINITY;
  #quietBelow = Number.POSITIVE_INFINITY;

  constructor(index: number) {
    this.index = index;
  }

  add({ operator, value }: Trigger, rule: number): void {
    this.#all.push(rule);
    if (operator === "==") this.#equalTo(value).push(rule);
    else if (operator === "!=" || typeof value !== "number") this.#ifKnown.push(rule);
    else if (operator === ">" || operator === ">=") {
      this.#above.add({ limit: value, isBeyond: operator === ">", rule });
      this.#quietBelow = Math.min(this.#quietBelow, value);
    } else {
      this.#below.add({ limit: -value, isBeyond: operator === "<", rule });
      this.#quietAbove = Math.max(this.#quietAbove, value);
    }
    const isLoud = this.#ifKnown.length > 0 || this.#ifEqual.size > 0;
    if (isLoud) this.#quietBelow = Number.NEGATIVE_INFINITY;
  }

  #equalTo(value: FeatureValue): number[] {
    if (typeof value === "boolean") return value ? this.#ifTrue : this.#ifFalse;
    const known = this.#ifEqual.get(value);
    if (known !== undefined) return known;
    const rules: number[] = [];
    this.#ifEqual.set(value, rules);
    return rules;
  }

  see(reading: Reading | undefined, marks: Uint32Array): void {
    if (typeof reading !== "object") {
      // An absent fact makes nothing true; a missing one might.
      if (reading === "missing") markAll(marks, this.#all);
      return;
    }
    const { known } = reading;
    if (typeof known === "number") {
      if (known > this.#quietAbove && known < this.#quietBelow) return;
      this.#seeNumber(known, marks);
    } else if (known === true) markAll(marks, this.#ifTrue);
    else if (known === false) markAll(marks, this.#ifFalse);
    else this.#seeEqual(known, marks);
    markAll(marks, this.#ifKnown);
  }

  #seeNumber(known: number, marks: Uint32Array): void {
    this.#above.see(known, marks);
    this.#below.see(-known, marks);
    // What is no number is neither above nor below anything, and a negation of either holds.
    if (Number.isNaN(known)) markAll(marks, this.#all);
    this.#seeEqual(known, marks);
  }

  #seeEqual(known: number | string, marks: Uint32Array): void {
    const equal = this.#ifEqual.size === 0 ? undefined : this.#ifEqual.get(known);
    if (equal !== undefined) markAll(marks, equal);
  }
}

interface Threshold {
  readonly limit: number;
  /** The limit itself does not reach it. */
  readonly isBeyond: boolean;
  readonly rule: number;
}

/** Lowest first. */
class Thresholds {
  readonly #thresholds: Threshold[] = [];

  add(threshold: Threshold): void {
    this.#thresholds.push(threshold);
    this.#thresholds.sort((a, b) => a.limit - b.limit || Number(a.isBeyond) - Number(b.isBeyond));
  }

  see(value: number, marks: Uint32Array): void {
    for (const { limit, isBeyond, rule } of this.#thresholds) {
      if (value < limit || (isBeyond && value === limit)) return;
      mark(marks, rule);
    }
  }
}
