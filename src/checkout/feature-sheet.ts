import type { FeaturePlan, PlannedFeature } from "../features/plan.ts";
import type { FeatureVector, Reading } from "../features/vector.ts";

/** Bytes of a value with what stands around it: a number has 24, and a longer text is not for a sheet. */
const VALUE_MAX = 64;
const TEXT_MAX = 48;
/** Shorter ones are copied byte by byte, which is faster. */
const LONG_RUN = 32;

/** Before the first record: equal to no reading that a vector has. */
const NOTHING: Reading = { known: Number.NaN };
const ABSENT = Buffer.from('"absent"');
const MISSING = Buffer.from('"missing"');
const TRUE = Buffer.from('{"known":true}');
const FALSE = Buffer.from('{"known":false}');
const KNOWN = Buffer.from('{"known":');
const ZERO = 0x30;
const COMMA = 0x2c;
const BRACKET = 0x5d;
const BRACE = 0x7d;

/** What every record under one plan says before each feature's value: `"a":{"kind":"store","value":`. */
export class FeatureHeads {
  readonly plan: FeaturePlan;
  /** An open brace, and all of them. */
  readonly bytes: Buffer;
  /** Where each begins, and where the last one ends. */
  readonly ends: Int32Array;

  constructor(plan: FeaturePlan) {
    this.plan = plan;
    const heads = [
      ...plan.swipe.map((feature) => `${headOf(feature)},"value":`),
      ...plan.lines.map((feature) => `${headOf(feature)},"lines":[`),
    ].map((text, index) => Buffer.from(index === 0 ? text : `,${text}`));
    this.bytes = Buffer.concat([Buffer.from("{"), ...heads]);
    this.ends = new Int32Array(heads.length + 1);
    let end = 1;
    this.ends[0] = end;
    for (const [index, head] of heads.entries()) {
      end += head.length;
      this.ends[index + 1] = end;
    }
  }

  lengthOf(index: number): number {
    return (this.ends[index + 1] ?? 0) - (this.ends[index] ?? 0);
  }
}

export function headOf({ name, definition }: PlannedFeature): string {
  return `${JSON.stringify(name)}:{"kind":${JSON.stringify(definition.kind)}`;
}

/**
 * The features of one decision after the other as JSON in UTF-8, for swipes of one number of lines. Of 172 features 42
 * say something else than in the record before; what stands between them is copied from there.
 */
export class FeatureSheet {
  private readonly heads: FeatureHeads;
  private readonly lines: number;
  /** The record before stands in one half, the next is written to the other. */
  private readonly bytes: Buffer;
  private readonly half: number;
  private start = 0;
  /** What the record before says: first of the swipe, then feature by feature of its lines. */
  private readonly seen: (Reading | undefined)[];
  /** Where each feature ends in the record before, and in the next; the first is where they begin. */
  private ends: Int32Array;
  private nextEnds: Int32Array;
  /** The next record is written up to here. */
  private at = 0;
  /** The record before is copied, or written anew, up to here. */
  private copied = 0;

  constructor(heads: FeatureHeads, lines: number) {
    const { swipe, lines: ofLines } = heads.plan;
    this.heads = heads;
    this.lines = lines;
    this.half = heads.bytes.length + (swipe.length + ofLines.length * (lines + 1) + 1) * VALUE_MAX;
    this.bytes = Buffer.allocUnsafeSlow(2 * this.half);
    this.seen = new Array<Reading | undefined>(swipe.length + ofLines.length * lines).fill(NOTHING);
    // The record before the first has nothing but heads.
    this.bytes.set(heads.bytes);
    this.ends = Int32Array.from(heads.ends);
    this.nextEnds = new Int32Array(heads.ends.length);
  }

  /** Good until the next call; undefined where a text is too long for the sheet. */
  write(vector: FeatureVector): Buffer | undefined {
    const start = this.half - this.start;
    this.at = start;
    this.copied = this.start;
    this.nextEnds[0] = start + 1;
    if (!this.writeSwipe(vector) || !this.writeLines(vector)) {
      this.seen.fill(NOTHING);
      return undefined;
    }
    this.copyTo(this.ends.at(-1) ?? 0);
    this.put(BRACE);
    [this.ends, this.nextEnds] = [this.nextEnds, this.ends];
    this.start = start;
    return this.bytes.subarray(start, this.at);
  }

  private writeSwipe({ swipe }: FeatureVector): boolean {
    const { seen } = this;
    const count = this.heads.plan.swipe.length;
    for (let index = 0; index < count; index += 1) {
      const reading = swipe[index];
      if (isSame(reading, seen[index])) this.keep(index);
      else {
        seen[index] = reading;
        this.copyHead(index);
        if (!this.putReading(reading)) return false;
        this.put(BRACE);
        this.renew(index);
      }
    }
    return true;
  }

  private writeLines({ lines }: FeatureVector): boolean {
    const { swipe, lines: ofLines } = this.heads.plan;
    for (let index = 0; index < ofLines.length; index += 1) {
      const feature = swipe.length + index;
      const place = swipe.length + index * this.lines;
      if (this.areSame(lines, index, place)) this.keep(feature);
      else {
        this.copyHead(feature);
        if (!this.putReadings(lines, index, place)) return false;
        this.renew(feature);
      }
    }
    return true;
  }

  private areSame(lines: FeatureVector["lines"], index: number, place: number): boolean {
    for (let line = 0; line < this.lines; line += 1) {
      if (!isSame(lines[line]?.[index], this.seen[place + line])) return false;
    }
    // Of no lines at all nothing is known to have been written.
    return this.lines > 0;
  }

  private putReadings(lines: FeatureVector["lines"], index: number, place: number): boolean {
    for (let line = 0; line < this.lines; line += 1) {
      const reading = lines[line]?.[index];
      this.seen[place + line] = reading;
      if (line > 0) this.put(COMMA);
      if (!this.putReading(reading)) return false;
    }
    this.put(BRACKET);
    this.put(BRACE);
    return true;
  }

  private putReading(reading: Reading | undefined): boolean {
    if (reading === "absent") return this.putAll(ABSENT);
    if (reading === undefined || reading === "missing") return this.putAll(MISSING);
    const { known } = reading;
    if (known === true) return this.putAll(TRUE);
    if (known === false) return this.putAll(FALSE);
    this.putAll(KNOWN);
    if (typeof known !== "number" || !Number.isFinite(known)) {
      const text = JSON.stringify(known);
      if (Buffer.byteLength(text) > TEXT_MAX) return false;
      this.at += this.bytes.write(text, this.at);
    } else if (known >= 0 && known < 10 && Number.isInteger(known)) this.put(ZERO + known);
    else this.putDigits(`${known}`);
    this.put(BRACE);
    return true;
  }

  private put(byte: number): void {
    this.bytes[this.at] = byte;
    this.at += 1;
  }

  private putAll(literal: Buffer): true {
    const { bytes, at } = this;
    for (let index = 0; index < literal.length; index += 1) bytes[at + index] = literal[index] ?? 0;
    this.at = at + literal.length;
    return true;
  }

  private putDigits(text: string): void {
    const { bytes, at } = this;
    for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
    this.at = at + text.length;
  }

  /** As in the record before: copied later, together with what stands beside it. */
  private keep(index: number): void {
    const end = this.ends[index + 1] ?? 0;
    this.nextEnds[index + 1] = end + this.at - this.copied;
  }

  /** All up to where the feature's value stands. */
  private copyHead(index: number): void {
    this.copyTo((this.ends[index] ?? 0) + this.heads.lengthOf(index));
  }

  private copyTo(end: number): void {
    const { bytes, at, copied } = this;
    const length = end - copied;
    if (length >= LONG_RUN) bytes.copyWithin(at, copied, end);
    else
      for (let index = 0; index < length; index += 1)
        bytes[at + index] = bytes[copied + index] ?? 0;
    this.at = at + length;
    this.copied = end;
  }

  /** Its value is written, and what the record before said is passed by. */
  private renew(index: number): void {
    this.nextEnds[index + 1] = this.at;
    this.copied = this.ends[index + 1] ?? 0;
  }
}

function isSame(one: Reading | undefined, other: Reading | undefined): boolean {
  if (one === other) return true;
  return typeof one === "object" && typeof other === "object" && one.known === other.known;
}
