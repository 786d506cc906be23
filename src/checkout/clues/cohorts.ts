import type { EventData } from "../../audit/event.ts";
import type { CounterStore, LogEntry, Observation, PersonKey } from "../../counters/contract.ts";
import { FLAGS_MAX } from "../../counters/limits.ts";
import { rememberedPharmacy } from "../../counters/pharmacy-bytes.ts";
import { ENTITIES } from "../../features/entities.ts";
import { inWindow } from "../../features/live.ts";
import type { CohortLimits } from "../../rules/indicators.ts";
import { instantText } from "../../swipe/calendar.ts";
import { type ShanghaiDay, shanghaiDay } from "../../units.ts";
import type { AnsweredCheck } from "../findings.ts";
import type { Recorder } from "../recorder.ts";
import { base64url, dayText, findingDigest, swipeName } from "./digest.ts";
import { cohortOf, flagKey, joined, type Membership, sharedCohorts } from "./membership.ts";
import { daysTogether, differentDays, groupOf, type Visits, visitsOf } from "./together.ts";

/** Ledgers read for one swipe, its own among them. */
export const COHORT_SEEN_MAX = 64;
/** Two others make the smallest group. */
const OTHERS_LEAST = 2;
const RULE = "CF-13";

export interface CohortTools {
  readonly store: CounterStore;
  readonly recorder: Recorder;
}

/** A check that may have been made together with others. */
export interface Candidate {
  readonly check: AnsweredCheck;
  readonly limits: CohortLimits;
  readonly own: Visits;
  /** Others at this till within the last minutes, the latest first. */
  readonly others: readonly LogEntry[];
}

/** Undefined for most checks; nothing is asked of the store for it. */
export function candidateOf(check: AnsweredCheck): Candidate | undefined {
  const { swipe, observation, memory, bundle } = check;
  const limits = bundle.policy.cohorts;
  if (limits === undefined || memory === undefined) return undefined;
  if (swipe.stage !== "settle" || observation.nature.proxied) return undefined;
  // Most persons have not been anywhere on so many days, and cost nothing more.
  if (memory.ledger.length + 1 < limits.days) return undefined;
  const others = othersAt(check, limits);
  if (others.length < OTHERS_LEAST) return undefined;
  const pharmacy = rememberedPharmacy(swipe.pharmacy.code);
  const { person, visits } = visitsOf(observation.person, memory.ledger, swipe.at, limits);
  const own = { person, visits: [...visits, { at: swipe.at, pharmacy }] };
  return differentDays(own) < limits.days ? undefined : { check, limits, own, others };
}

function othersAt(
  { swipe, observation, memory }: AnsweredCheck,
  { together }: CohortLimits,
): readonly LogEntry[] {
  const log = memory?.logs[tillOf(observation)] ?? [];
  const latest = new Map<PersonKey, LogEntry>();
  for (const entry of log) {
    if (entry.person === observation.person || !inWindow(entry.at, swipe.at, together)) continue;
    latest.set(entry.person, entry);
  }
  return [...latest.values()].sort((a, b) => b.at - a.at).slice(0, COHORT_SEEN_MAX - 1);
}

function tillOf({ logs }: Observation): number {
  return logs.findIndex(({ kind }) => kind === ENTITIES.terminal.letter);
}

/** Finds the group, remembers it with its members, and tells inspectors once it is larger than a family. */
export async function seekCohort(tools: CohortTools, candidate: Candidate): Promise<void> {
  const { check, limits, own, others } = candidate;
  const { at, pharmacy } = check.swipe;
  const persons = others.map(({ person }) => person);
  const ledgers = await tools.store.ledgers(persons);
  const seen = persons.map((person, index) => visitsOf(person, ledgers[index] ?? [], at, limits));
  const group = atMost(groupOf(own.person, [own, ...seen], limits), own.person);
  if (group.length === 0) return;
  const flags = await tools.store.flags(group.map(flagKey));
  const references = sharedCohorts(flags, at, limits.within);
  const heads = await tools.store.flags(references.map(flagKey));
  const known = references.map((reference, index) =>
    cohortOf(reference, heads[index] ?? [], at, limits.within),
  );
  const founded = findingDigest("cohort", pharmacy.code, ...group.slice(0, OTHERS_LEAST + 1));
  const membership = joined(group, flags, known, founded, at);
  await Promise.all(membership.writes.map(({ key, flag }) => tools.store.flag(key, flag)));
  if (membership.members.size < limits.told || !membership.isNews) return;
  const days = seen
    .filter(({ person }) => group.includes(person))
    .flatMap((other) => [...daysTogether(own, other, limits.together)]);
  await tools.recorder.clue(
    clueOf(candidate, group, membership, days),
    `${membership.members.size}.${dayText(shanghaiDay(at))}`,
  );
}

/** Of a group larger than can be remembered the swiping person is always a part. */
function atMost(group: readonly PersonKey[], own: PersonKey): readonly PersonKey[] {
  if (group.length <= FLAGS_MAX) return group;
  return [own, ...group.filter((person) => person !== own).slice(0, FLAGS_MAX - 1)].sort();
}

function clueOf(
  { check, others }: Candidate,
  group: readonly PersonKey[],
  { reference, members, before }: Membership,
  days: readonly ShanghaiDay[],
): EventData<"clue.raised"> {
  const { swipe, decided } = check;
  const { code, area, terminal, operator } = swipe.pharmacy;
  const persons = [...members.keys()].sort().map(base64url);
  const together = others.filter(({ person }) => group.includes(person));
  return {
    clueId: base64url(reference),
    kind: "cohort",
    severity: "high",
    rules: [RULE],
    pharmacies: [code],
    swipes: [swipe.swipeId, ...together.map((entry) => swipeName(entry.swipe))],
    persons,
    now: {
      ...{ swipeId: swipe.swipeId, pharmacy: code, area, terminal, operator },
      ...{ person: swipe.person.id, at: instantText(swipe.at), by: "check" },
      answered: decided.decision,
    },
    lines: [],
    cohort: {
      reference: base64url(reference),
      size: members.size,
      members: persons,
      here: group.map(base64url),
      days: [...new Set(days)].sort((a, b) => a - b).map(dayText),
    },
    evidence: { members: members.size, before, here: group.length, total: swipe.total },
    raisedAt: instantText(swipe.at),
  };
}
