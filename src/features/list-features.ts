import type { ListName, ReferenceBundle } from "../reference/bundle.ts";
import { LIST_NAMES } from "../reference/bundle.ts";
import type { DurationMs, ShanghaiDay } from "../units.ts";
import { DAY } from "../units.ts";
import type { FeatureDefinition, Scope, Seen } from "./definition.ts";
import { ABSENT, MISSING, NOTHING } from "./definition.ts";
import type { Ground } from "./grounds.ts";
import * as grounds from "./grounds.ts";
import { Parameters } from "./parameters.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";

/** A list older than this says nothing about anybody. */
const AGE_MAX: DurationMs = 400 * DAY;

interface Subject {
  readonly scope: Scope;
  /** What is looked for on the list; undefined where the swipe does not say. */
  readonly id: IdOf;
  /** A second name of the same person. */
  readonly other?: IdOf;
  /** Without it nobody is to be looked for. */
  readonly ground?: Ground;
}

type IdOf = (context: ReadContext, facts: LineFacts) => string | undefined;

const PERSON: Subject = {
  scope: "swipe",
  id: ({ swipe }) => swipe.person.id,
  other: ({ swipe }) => swipe.credential.idNumber,
};
const AGENT: Subject = {
  scope: "swipe",
  id: ({ swipe }) => swipe.agent?.id,
  ground: grounds.AGENT,
};

/** What a list's ids are compared with, by the contract's table (section 7). */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  person: PERSON,
  agent: AGENT,
  credential: {
    scope: "swipe",
    id: ({ swipe }) => swipe.credential.number,
    other: ({ swipe }) => swipe.credential.card,
  },
  operator: { scope: "swipe", id: ({ swipe }) => swipe.pharmacy.operatorStaff },
  pharmacist: { scope: "swipe", id: ({ swipe }) => swipe.pharmacy.pharmacist },
  approver: {
    scope: "swipe",
    id: ({ swipe }) => swipe.override?.approver,
    ground: grounds.OVERRIDE,
  },
  employer: { scope: "swipe", id: ({ swipe }) => swipe.person.employer },
  employee: { scope: "swipe", id: ({ swipe }) => `${swipe.pharmacy.code}:${swipe.person.id}` },
  prescriber: {
    scope: "line",
    id: (_, { line }) => line.prescription?.prescriber,
    ground: grounds.PRESCRIPTION,
  },
};

/** The subjects a list may be asked of; the first is what it means where nothing else is said. */
const ASKED_OF: Readonly<
  Record<Exclude<ListName, "no-code-stock">, readonly [string, ...string[]]>
> = {
  deceased: ["person"],
  inpatient: ["person"],
  "settlement-stopped": ["person"],
  dishonest: ["person"],
  "lost-credential": ["credential"],
  "suspended-staff": ["operator", "pharmacist", "approver"],
  "suspended-prescriber": ["prescriber"],
  employees: ["employee"],
  "care-institution": ["agent"],
  "family-account": ["agent"],
  "exempt-employer": ["employer"],
  dealers: ["person", "agent"],
};

/**
 * Whether the swipe is on a list today. A list that is not installed is empty; absent where the swipe does not say
 * whom to look for; missing where the list is older than the declaration's `maxAge`.
 */
export function listed(parameters: Parameters): FeatureDefinition {
  const choice = parameters.record("listed");
  const list = choice.word<ListName>("list", LIST_NAMES, "deceased");
  const maxAge = parameters.has("maxAge") ? parameters.duration("maxAge", AGE_MAX) : undefined;
  const definition =
    list === "no-code-stock" ? noCodeStock(maxAge) : personal(list, choice, maxAge);
  choice.finish();
  for (const fault of choice.faults) parameters.report("listed", fault.reason);
  return definition;
}

/** Lists a rule may name as `exempt`: organisations and employers that registered. */
export const EXEMPT_LISTS = ["care-institution", "family-account", "exempt-employer"] as const;
export type ExemptList = (typeof EXEMPT_LISTS)[number];

/** Names that no declaration can have: they begin with a sign. */
export const APPROVER_SUSPENDED = "#approver-suspended";

export function exemptFeature(list: ExemptList): string {
  return `#exempt:${list}`;
}

/** Features every policy may use without declaring them: who is exempt, and whether an approver may approve. */
export function impliedFeatures(): ReadonlyMap<string, FeatureDefinition> {
  const implied = new Map(
    EXEMPT_LISTS.map((list) => [
      exemptFeature(list),
      personal(list, new Parameters({ of: ASKED_OF[list][0] }), undefined),
    ]),
  );
  return implied.set(
    APPROVER_SUSPENDED,
    personal("suspended-staff", new Parameters({ of: "approver" }), undefined),
  );
}

function personal(
  list: Exclude<ListName, "no-code-stock">,
  choice: Parameters,
  maxAge: DurationMs | undefined,
): FeatureDefinition {
  const allowed = ASKED_OF[list];
  const of = choice.word("of", allowed, allowed[0]);
  const subject = SUBJECTS[of] ?? PERSON;
  const lasting = choice.has("lasting") ? choice.integer("lasting", { min: 1, max: 30 }) : 0;
  const asked: Asked = { list, lasting, maxAge };
  const { id, other, ground } = subject;
  return {
    type: "boolean",
    scope: subject.scope,
    kind: "list",
    bound: "exact",
    needs: NOTHING,
    ...(ground !== undefined && { rests: { on: ground, without: ABSENT } }),
    read: (context, facts) => readList(context, asked, id(context, facts), other?.(context, facts)),
  };
}

interface Asked {
  readonly list: ListName;
  /** Days after today on which it must stand there too: who leaves a hospital tomorrow may fetch medicine today. */
  readonly lasting: number;
  readonly maxAge: DurationMs | undefined;
}

function readList(
  context: ReadContext,
  { list, lasting, maxAge }: Asked,
  id: string | undefined,
  other: string | undefined,
): Seen {
  const { reference, day } = context;
  if (id === undefined && other === undefined) return ABSENT;
  if (isStale(context, list, maxAge)) return MISSING;
  if (!isListed(reference, list, id, other, day)) return false;
  return lasting === 0 || isListed(reference, list, id, other, day + lasting);
}

function isListed(
  reference: ReferenceBundle,
  list: ListName,
  id: string | undefined,
  other: string | undefined,
  on: ShanghaiDay,
): boolean {
  if (id !== undefined && reference.listed(list, id, on)) return true;
  return other !== undefined && reference.listed(list, other, on);
}

function noCodeStock(maxAge: DurationMs | undefined): FeatureDefinition {
  return {
    type: "boolean",
    scope: "line",
    kind: "list",
    bound: "exact",
    needs: NOTHING,
    read(context, { line }): Seen {
      if (isStale(context, "no-code-stock", maxAge)) return MISSING;
      const { swipe, reference, day } = context;
      return reference.isNoCodeStock(swipe.pharmacy.code, line.drug, day);
    },
  };
}

function isStale(
  { reference, at }: ReadContext,
  list: ListName,
  maxAge: DurationMs | undefined,
): boolean {
  if (maxAge === undefined || at - reference.loadedAt <= maxAge) return false;
  return !reference.notInstalled.some((name) => name === list || name === `lists/${list}.csv`);
}
