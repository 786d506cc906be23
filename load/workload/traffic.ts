/** One request as it goes over the wire. */
export interface Shot {
  readonly path: string;
  readonly body: string;
  readonly kind: "check" | "step";
  readonly swipeId: string;
}

/**
 * A seeded stream without end that never repeats a swipe. `now`, in
 * milliseconds since 1970, stamps the till's clock. A step follows its check
 * only if the check was answered allow or warn.
 */
export interface Traffic {
  next(now: number): Shot;
  answered(shot: Shot, status: number, body: string): void;
}

export interface TrafficOptions {
  readonly seed: number;
  /** Draw from so many insured persons in all; absent: the city's own spread. */
  readonly persons?: number;
  /** Exactly so many lines a swipe; absent: as in the city, 1.6 on average. */
  readonly lines?: number;
  /** Exactly so many trace codes a swipe; absent: as in the city, 2.2 on average. */
  readonly codes?: number;
  /** Each person swipes so many times before another takes the place. */
  readonly swipesPerPerson?: number;
  /** Which copy of the city's goods to begin with, 0 to 999: a memory that has seen the first must be shown others. */
  readonly firstPass?: number;
  /** False leaves the settlements out and sends checks only. */
  readonly settlements?: boolean;
}
