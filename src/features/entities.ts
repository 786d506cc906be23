import { base64urlOf } from "../counters/key-text.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import { prefecture } from "../swipe/area.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes, DurationMs, EpochMs, ShanghaiDay } from "../units.ts";
import { DAY, HOUR, SECOND, shanghaiMidnight } from "../units.ts";
import { bytes32, pseudonymBytes } from "./digests.ts";

/** What says which entities a swipe counts at. */
export interface Counted {
  readonly swipe: PseudonymisedSwipe;
  readonly reference: ReferenceBundle;
  readonly day: ShanghaiDay;
  /** Four bytes of the drugs and quantities. */
  readonly basket: Bytes;
  /** Insured outside the pharmacy's neighbourhood. */
  readonly outsider: boolean;
}

/** An entity that has a log of its attempts. */
export interface EntityKind {
  /** First letter of its keys in the store: never reused, or two kinds would share what is remembered. */
  readonly letter: string;
  /** One log a swipe, or one a line (lines of one entity share it). */
  readonly scope: "swipe" | "line";
  /** Longest window: logs of busy entities are for rush hours, those of rare ones for a month. */
  readonly windowMax: DurationMs;
  /** What its counts are at a swipe it does not apply to: nothing, or not said by the till. */
  readonly otherwise: 0 | undefined;
  /** undefined: it does not apply, and is neither read nor written. */
  key(counted: Counted, line: number): string | undefined;
  /** What an entry remembers besides person and amount. */
  mark?(counted: Counted): Bytes;
  /** What its marks are. */
  readonly marks?: string;
}

const NO_MARK: Bytes = "\0\0\0\0";
const MONTH: DurationMs = 30 * DAY;

function atPharmacy({ swipe }: Counted): string {
  return swipe.pharmacy.code;
}

/** The entity's own name first: it spreads the keys of one pharmacy over the shards. */
function beside(id: string | undefined, { swipe }: Counted): string | undefined {
  return id === undefined ? undefined : `${id}:${swipe.pharmacy.code}`;
}

/** What can be counted at. A terminal is (pharmacy, terminal): till names repeat from store to store. */
export const ENTITIES = {
  terminal: {
    letter: "t",
    scope: "swipe",
    windowMax: DAY,
    otherwise: 0,
    key: ({ swipe }) => `${swipe.pharmacy.code}:${swipe.pharmacy.terminal}`,
    mark: ({ swipe }) => pseudonymBytes(swipe.pharmacy.operatorStaff).slice(0, 4),
    marks: "operator",
  },
  pharmacy: { letter: "h", scope: "swipe", windowMax: DAY, otherwise: 0, key: atPharmacy },
  operator: {
    letter: "o",
    scope: "swipe",
    windowMax: DAY,
    otherwise: 0,
    key: ({ swipe }) => `${swipe.pharmacy.code}:${swipe.pharmacy.operator}`,
  },
  /** Whoever buys for others, wherever. */
  agent: {
    letter: "a",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: undefined,
    key: ({ swipe }) => swipe.agent?.id,
  },
  employer: {
    letter: "e",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: undefined,
    key: (counted) => beside(counted.swipe.person.employer, counted),
  },
  prescriber: {
    letter: "d",
    scope: "line",
    windowMax: MONTH,
    otherwise: undefined,
    key: (counted, line) => beside(counted.swipe.lines[line]?.prescription?.prescriber, counted),
  },
  /** The same drugs in the same quantities; baskets that a flu wave makes alike are left out (CF-07). */
  basket: {
    letter: "q",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: 0,
    key: (counted) =>
      isTellingBasket(counted)
        ? `${counted.swipe.pharmacy.code}:${base64urlOf(counted.basket)}`
        : undefined,
  },
  outsiders: {
    letter: "y",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: 0,
    key: ({ swipe, outsider }) => (outsider ? swipe.pharmacy.code : undefined),
    mark: ({ swipe }) => prefecture(swipe.person.insuredArea).padEnd(4, "\0"),
    marks: "prefecture",
  },
  /** The pharmacy's own employees, by the list. */
  staff: {
    letter: "g",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: 0,
    key: ({ swipe, reference, day }) => {
      const { code } = swipe.pharmacy;
      return reference.listed("employees", `${code}:${swipe.person.id}`, day) ? code : undefined;
    },
  },
  night: {
    letter: "n",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: 0,
    key: (counted) => (isNight(counted) ? counted.swipe.pharmacy.code : undefined),
  },
  /** Sales on prescriptions whose time of issue the till tells. */
  issued: {
    letter: "r",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: undefined,
    key: (counted) => {
      const isTold = counted.swipe.lines.some(
        ({ prescription }) => prescription?.issuedAt !== undefined,
      );
      return isTold ? counted.swipe.pharmacy.code : undefined;
    },
    mark: ({ swipe }) => bytes32(secondsSinceIssue(swipe)),
    marks: "secondsSinceIssue",
  },
  /** Who approved an override. */
  approver: {
    letter: "m",
    scope: "swipe",
    windowMax: MONTH,
    otherwise: undefined,
    key: (counted) => beside(counted.swipe.override?.approver, counted),
  },
} as const satisfies Readonly<Record<string, EntityKind>>;

export type LogEntity = keyof typeof ENTITIES;
export const ENTITY_NAMES = Object.keys(ENTITIES) as readonly LogEntity[];

export function entityKind(entity: LogEntity): EntityKind {
  return ENTITIES[entity];
}

/** A planned log as the observation asks for it, all of one shape. */
export interface LogAsked {
  readonly letter: string;
  readonly isOfLines: boolean;
  readonly window: DurationMs;
  readonly exact: number;
  readonly key: EntityKind["key"];
  readonly mark: (counted: Counted) => Bytes;
}

export function logAsked(
  entity: LogEntity,
  { window, exact }: Pick<LogAsked, "window" | "exact">,
): LogAsked {
  const { letter, scope, key, mark = noMark } = entityKind(entity);
  return { letter, isOfLines: scope === "line", window, exact, key, mark };
}

function noMark(): Bytes {
  return NO_MARK;
}

/** The entities whose marks have this name. */
export function markedEntities(marks: string): readonly LogEntity[] {
  return ENTITY_NAMES.filter((name) => entityKind(name).marks === marks);
}

function isTellingBasket({ swipe, reference }: Counted): boolean {
  const { lines } = swipe;
  if (!lines.some(({ drug }) => reference.watched(drug) !== undefined)) return false;
  const [only] = lines;
  if (lines.length > 1 || only === undefined) return true;
  return (only.prescriptionDrug ?? reference.drug(only.drug)?.prescription) === true;
}

/** 23:00 to 06:00 in Shanghai (CF-09). */
const NIGHT_FROM: DurationMs = 23 * HOUR;
const NIGHT_TO: DurationMs = 6 * HOUR;

function isNight({ swipe, day }: Counted): boolean {
  const sinceMidnight = swipe.at - shanghaiMidnight(day);
  return sinceMidnight >= NIGHT_FROM || sinceMidnight < NIGHT_TO;
}

/** Of the prescription issued last; none where the issuer's clock is ahead. */
function secondsSinceIssue({ at, lines }: PseudonymisedSwipe): number {
  let last: EpochMs | undefined;
  for (const { prescription } of lines) {
    const issued = prescription?.issuedAt;
    if (issued !== undefined && (last === undefined || issued > last)) last = issued;
  }
  return last === undefined ? 0 : Math.max(0, Math.floor((at - last) / SECOND));
}
