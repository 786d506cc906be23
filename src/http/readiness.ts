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

/** What the parts say of themselves, in their own words. */
export interface HealthFacts {
  readonly journal: "ok" | "full" | "failing";
  /** undefined without Redis; `up` when it answers. */
  readonly redis: string | undefined;
  /** Redis' maxmemory-policy; undefined while unknown. */
  readonly eviction: string | undefined;
  readonly keysAgreed: boolean;
  readonly kafkaDown: boolean;
  /** Files on disk that were refused: what decides is older than they are. */
  readonly refused: readonly ("policy" | "reference")[];
  readonly notInstalled: readonly string[];
}

const JOURNAL_REASONS = {
  full: "Records owed to Kafka fill 80 % of the journal's limit.",
  failing: "The journal's disk does not take records.",
} as const;
const REFUSED_REASONS = {
  policy: "The policy file was refused at the last reload: the one before decides.",
  reference: "The reference files were refused as they are now: those loaded before decide.",
} as const;

export function readinessOf(facts: HealthFacts): Readiness {
  const { journal, redis, eviction, refused, notInstalled } = facts;
  const blocking = journal === "ok" ? [] : [{ name: "journal", reason: JOURNAL_REASONS[journal] }];
  const degraded: Ailment[] = [];
  const add = (name: string, reason: string) => degraded.push({ name, reason });
  if (redis !== undefined && redis !== "up") {
    add("redis", "The store does not answer: checks are stand-ins.");
  }
  if (!facts.keysAgreed) {
    add("keys", "The store has not agreed to the pseudonym key: checks are stand-ins.");
  }
  if (eviction !== undefined && eviction !== "noeviction") {
    add("redis-eviction", "maxmemory-policy is not noeviction: Redis may erase counts silently.");
  }
  for (const files of refused) add(files, REFUSED_REASONS[files]);
  if (facts.kafkaDown) {
    add("kafka", "Kafka does not take records: they wait in the journal.");
  }
  return { blocking, degraded, notInstalled };
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
