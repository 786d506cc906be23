import { z } from "zod";

/** How much one call reads and writes, on average. A key is one string, or one field of a hash. */
export interface CallShape {
  /** Keys read and written anew, and the bytes of each: the mean of before and after. */
  readonly rewritten: number;
  readonly rewrittenBytes: number;
  /** Keys read and left, and the bytes found in each; many are empty. */
  readonly readOnly: number;
  readonly readOnlyBytes: number;
  /** Keys written that were not there, and the bytes put into each. */
  readonly fresh: number;
  readonly freshBytes: number;
  /** Bytes of the packed argument. */
  readonly argumentBytes: number;
}

/** The guard's traffic with its memory for one check, and for one step after it. */
export interface MemoryShape {
  readonly check: CallShape;
  readonly step: CallShape;
}

const Call = z.strictObject({
  rewritten: z.number().min(0),
  rewrittenBytes: z.number().min(0),
  readOnly: z.number().min(0),
  readOnlyBytes: z.number().min(0),
  fresh: z.number().min(0),
  freshBytes: z.number().min(0),
  argumentBytes: z.number().min(0),
});
const Shape = z.strictObject({ check: Call, step: Call });

/** @throws Error where the text is not a MemoryShape in JSON */
export function readShape(text: string): MemoryShape {
  return Shape.parse(JSON.parse(text));
}

/**
 * Heard by `calibrate` of the canonical workload with 100 rules, after some 9,000 swipes: of most keys the swipe is
 * the first. A bench hears its own.
 */
export const DEFAULT_SHAPE: MemoryShape = {
  check: {
    ...{ rewritten: 2.9, rewrittenBytes: 33, readOnly: 5.3, readOnlyBytes: 0.7 },
    ...{ fresh: 14.2, freshBytes: 88, argumentBytes: 1_589 },
  },
  step: {
    ...{ rewritten: 4.7, rewrittenBytes: 39, readOnly: 4, readOnlyBytes: 212 },
    ...{ fresh: 0.8, freshBytes: 19, argumentBytes: 310 },
  },
};
