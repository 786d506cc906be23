/** One thing that is not as it should be: a short name for programs, a sentence for people. */
export interface Ailment {
  /** For instance `redis`, `kafka`, `journal`, `warming`, `draining`, `overload`, `clock`. */
  readonly name: string;
  readonly reason: string;
}

/** What the parts of the guard say of themselves; put together in wire, answered by `GET /readyz`. */
export interface Readiness {
  /** What another instance could do better: own disk, not warmed up yet. Each of these makes `readyz` 503. */
  readonly blocking: readonly Ailment[];
  /** What is worse than it should be everywhere, such as a dead Redis: named, and still 200. */
  readonly degraded: readonly Ailment[];
  /** Reference files and lists that are not there: a list that is not installed is empty. */
  readonly notInstalled: readonly string[];
}

export interface ReadinessAnswer extends Readiness {
  readonly status: "ready" | "degraded" | "notReady";
}

export function readinessAnswer(own: Readiness, doors: readonly Ailment[]): ReadinessAnswer {
  const blocking = [...doors, ...own.blocking];
  const degraded = own.degraded.length > 0 ? "degraded" : "ready";
  return {
    status: blocking.length > 0 ? "notReady" : degraded,
    blocking,
    degraded: own.degraded,
    notInstalled: own.notInstalled,
  };
}
