import { DAY, type EpochMs } from "../units.ts";
import type { WriterEnd } from "./journal-writer.ts";

/** The part of the limit at which what is still needed makes the instance unready. */
export const FULL_AT = 0.8;

/** A segment that takes no more records. */
export interface ClosedSegment {
  readonly first: number;
  readonly bytes: number;
  readonly writtenAt: EpochMs;
}

export interface RetentionLimits {
  readonly maxBytes: number;
  readonly maxDays: number;
}

/** `space`: the volume is short of it, and Kafka has these records. */
export type TrimReason = "size" | "age" | "space";

export interface Trim {
  readonly segment: ClosedSegment;
  readonly records: number;
  readonly reason: TrimReason;
}

export interface TrimRules {
  readonly limits: RetentionLimits;
  readonly now: EpochMs;
  /** Records from this one on are still needed. */
  readonly needed: number;
  /** What may go is to go now, whatever the limits say. */
  readonly makeRoom: boolean;
}

/** Which segments there are before the one being written, how much they hold, and which of them may go. */
export class KeptSegments {
  private readonly closed: ClosedSegment[];
  private readonly active: () => WriterEnd;

  constructor(closed: readonly ClosedSegment[], active: () => WriterEnd) {
    this.closed = [...closed];
    this.active = active;
  }

  close(segment: ClosedSegment): void {
    this.closed.push(segment);
  }

  forget({ first }: ClosedSegment): void {
    if (this.closed[0]?.first === first) this.closed.shift();
  }

  /** Number of the oldest record kept. */
  oldest(): number {
    return this.closed[0]?.first ?? this.after();
  }

  totalBytes(): number {
    return this.closed.reduce((sum, { bytes }) => sum + bytes, this.active().bytes);
  }

  /** Bytes of the segments with a record that is still needed. */
  heldBytes(needed: number): number {
    const { next, bytes } = this.active();
    if (needed >= next) return 0;
    let held = bytes;
    for (let index = this.closed.length - 1; index >= 0 && this.endOf(index) > needed; index -= 1)
      held += this.closed[index]?.bytes ?? 0;
    return held;
  }

  /** The next segment that has to go and may; undefined where none does. */
  toGo(rules: TrimRules): Trim | undefined {
    const segment = this.closed[0];
    if (segment === undefined) return undefined;
    const end = this.endOf(0);
    const reason = this.reasonToTrim(segment, rules);
    if (reason === undefined || end > rules.needed) return undefined;
    return { segment, records: end - segment.first, reason };
  }

  private reasonToTrim(oldest: ClosedSegment, rules: TrimRules): TrimReason | undefined {
    const { limits, now, makeRoom } = rules;
    if (this.totalBytes() > limits.maxBytes) return "size";
    if (now - oldest.writtenAt > limits.maxDays * DAY) return "age";
    return makeRoom ? "space" : undefined;
  }

  private endOf(index: number): number {
    return this.closed[index + 1]?.first ?? this.after();
  }

  private after(): number {
    const { segment, next } = this.active();
    return segment ?? next;
  }
}
