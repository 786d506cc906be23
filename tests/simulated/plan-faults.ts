import type { Random } from "../../src/simulation/random.ts";
import type { DurationMs } from "../../src/units.ts";

/** One thing that goes wrong, for a while. Times are after the life's start. */
export type PlannedFault = { readonly at: DurationMs; readonly lasts: DurationMs } & (
  | { readonly kind: "store"; readonly mood: "stalled" | "gone" | "full" }
  /** A replica takes over that has not heard the last so many milliseconds. */
  | { readonly kind: "failover"; readonly lost: DurationMs }
  | {
      readonly kind: "link";
      readonly instance: number;
      readonly slow: DurationMs;
      readonly loss: number;
      readonly twice: number;
      readonly mixed: boolean;
    }
  /** Dies and comes back after `lasts`. `power`: what was not flushed is gone. */
  | { readonly kind: "crash"; readonly instance: number; readonly power: boolean }
  | { readonly kind: "kafka"; readonly mood: "down" | "deaf" | "late" }
  | {
      readonly kind: "disk";
      readonly instance: number;
      readonly what: "slow" | "full" | "unsound";
      readonly slow: DurationMs;
    }
  /** The clock of one instance is stepped, and back again after `lasts`. */
  | { readonly kind: "clock"; readonly instance: number; readonly by: DurationMs }
);

type Maker = (
  random: Random,
  when: { readonly at: DurationMs; readonly lasts: DurationMs },
  instances: number,
) => PlannedFault;

const MAKERS: readonly { readonly weight: number; readonly make: Maker }[] = [
  {
    weight: 4,
    make: (random, when) => ({
      ...when,
      kind: "store",
      mood: random.pick(["stalled", "stalled", "gone", "full"] as const),
    }),
  },
  {
    weight: 1,
    make: (random, when) => ({ ...when, kind: "failover", lost: random.within(1, 800) }),
  },
  {
    weight: 4,
    make: (random, when, instances) => ({
      ...when,
      kind: "link",
      instance: random.below(instances),
      slow: random.chance(0.6) ? random.within(1, 120) : 0,
      loss: random.chance(0.4) ? random.within(0, 0.4) : 0,
      twice: random.chance(0.4) ? random.within(0, 0.6) : 0,
      mixed: random.chance(0.3),
    }),
  },
  {
    weight: 4,
    make: (random, when, instances) => ({
      ...when,
      kind: "crash",
      instance: random.below(instances),
      power: random.chance(0.4),
    }),
  },
  {
    weight: 2,
    make: (random, when) => ({
      ...when,
      kind: "kafka",
      mood: random.pick(["down", "deaf", "late"] as const),
    }),
  },
  {
    weight: 2,
    make: (random, when, instances) => ({
      ...when,
      kind: "disk",
      instance: random.below(instances),
      what: random.pick(["slow", "full", "unsound"] as const),
      slow: random.within(1, 60),
    }),
  },
  {
    weight: 1,
    make: (random, when, instances) => ({
      ...when,
      kind: "clock",
      instance: random.below(instances),
      by: random.chance(0.8) ? random.within(-1_900, 1_900) : random.pick([-600_000, 600_000]),
    }),
  },
];

/** A fifth of all lives has none: what is right without faults must be so exactly. */
export function planFaults(
  random: Random,
  span: DurationMs,
  instances: number,
  moments: readonly DurationMs[],
): PlannedFault[] {
  if (random.chance(0.2)) return [];
  // Faults that meet are worse than faults that come one by one.
  const together = random.within(0, span);
  return Array.from({ length: random.between(1, 6) }, () => {
    const at = random.pick([
      // While somebody is being served, and just after.
      random.pick(moments) + random.within(0, 60),
      together + random.within(0, 300),
      random.within(0, span),
    ]);
    const lasts = random.chance(0.5) ? random.within(5, 400) : random.within(400, 8_000);
    return random.weighted(MAKERS, ({ weight }) => weight).make(random, { at, lasts }, instances);
  });
}
