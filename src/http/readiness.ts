import { CLOCKS_APART_MAX } from "../control/instances.ts";
import { type DurationMs, SECOND } from "../units.ts";

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
  /** Room on the journal's volume; absent: not looked at. */
  readonly space?: "ok" | "low" | "short" | "out";
  /** undefined without Redis; `up` when it answers. */
  readonly redis: string | undefined;
  /** Why it is not up, the beginning of a sentence; undefined while unknown. */
  readonly redisReason?: string | undefined;
  /** Redis' maxmemory-policy; undefined while unknown. */
  readonly eviction: string | undefined;
  readonly keysAgreed: boolean;
  /** Whether another generation of the memory stands beside the living one; absent, and steady: it does not. */
  readonly generations?: "steady" | "filling" | "mirrored" | "leaving";
  readonly kafkaDown: boolean;
  /** What was answered without the store's word and is not entered yet; `more` is only in the journal. */
  readonly entry?: { readonly waiting: number; readonly more: boolean };
  /** To the clock of the furthest other instance on the same store; undefined: nobody to compare with. */
  readonly clocksApart?: DurationMs | undefined;
  /** Files on disk that were refused: what decides is older than they are. */
  readonly refused: readonly ("policy" | "reference")[];
  readonly notInstalled: readonly string[];
}

const JOURNAL_REASONS = {
  full: "Records owed to Kafka fill 80 % of the journal's limit.",
  failing: "The journal's disk does not take records.",
} as const;
const SPACE_REASONS = {
  low: "The volume of the journal has less than twice its reserve left.",
  short: "The volume of the journal is down to its reserve.",
  out: "The volume of the journal is as good as full: records are refused.",
} as const;
const REFUSED_REASONS = {
  policy: "The policy file was refused at the last reload: the one before decides.",
  reference: "The reference files were refused as they are now: those loaded before decide.",
} as const;

const REBUILD_REASON =
  "The memory is being rebuilt from the record: checks go on, and everything stands until it switches.";

/** What it means at the till; a Cluster may be there in part. */
const WITHOUT_STORE: Readonly<Record<string, string>> = {
  partly: "checks are partial, or stand-ins",
};

export function readinessOf(facts: HealthFacts): Readiness {
  const { refused, notInstalled, kafkaDown, space = "ok" } = facts;
  const degraded = [...storeAilments(facts), ...sharedAilments(facts)];
  const add = (name: string, reason: string) => degraded.push({ name, reason });
  if (space === "low") add("disk", SPACE_REASONS.low);
  for (const files of refused) add(files, REFUSED_REASONS[files]);
  if (kafkaDown) add("kafka", "Kafka does not take records: they wait in the journal.");
  return { blocking: ownAilments(facts), degraded, notInstalled };
}

/** What another instance could do better. */
function ownAilments({ journal, space = "ok" }: HealthFacts): Ailment[] {
  const blocking: Ailment[] = [];
  if (journal !== "ok") blocking.push({ name: "journal", reason: JOURNAL_REASONS[journal] });
  if (space === "short" || space === "out") {
    blocking.push({ name: "disk", reason: SPACE_REASONS[space] });
  }
  return blocking;
}

function storeAilments({ redis, redisReason, eviction, keysAgreed }: HealthFacts): Ailment[] {
  const degraded: Ailment[] = [];
  if (redis !== undefined && redis !== "up") {
    const meaning = WITHOUT_STORE[redis] ?? "checks are stand-ins";
    const why = redisReason ?? "The store does not answer";
    degraded.push({ name: "redis", reason: `${why}: ${meaning}.` });
  }
  if (!keysAgreed) {
    const reason = "The store has not agreed to the pseudonym key: checks are stand-ins.";
    degraded.push({ name: "keys", reason });
  }
  if (eviction !== undefined && eviction !== "noeviction") {
    const reason = "maxmemory-policy is not noeviction: Redis may erase counts silently.";
    degraded.push({ name: "redis-eviction", reason });
  }
  return degraded;
}

/** What instances of one store share: what waits for it, their clocks, a rebuild. */
function sharedAilments({
  entry,
  clocksApart = 0,
  generations = "steady",
}: HealthFacts): Ailment[] {
  const degraded: Ailment[] = [];
  if (entry !== undefined && (entry.waiting > 0 || entry.more)) {
    const count = `${entry.waiting}${entry.more ? " and more" : ""}`;
    const reason = `${count} swipes and steps wait for the store and are entered when it answers.`;
    degraded.push({ name: "entry", reason });
  }
  if (clocksApart > CLOCKS_APART_MAX) {
    const seconds = (clocksApart / SECOND).toFixed(1);
    const reason = `The clocks of two instances are ${seconds} s apart; windows allow for 2 s.`;
    degraded.push({ name: "clock", reason });
  }
  if (generations !== "steady") degraded.push({ name: "rebuild", reason: REBUILD_REASON });
  return degraded;
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
