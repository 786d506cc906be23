/** What the rules of twenty count at; how its key is made from a swipe is said beside each. */
export type PeerEntity =
  /** pharmacy code : terminal */
  | "terminal"
  /** pharmacy code */
  | "pharmacy"
  /** pharmacy code : operator */
  | "operator"
  /** the agent's id; nothing is counted where the swipe names none */
  | "agent"
  /** pharmacy code, but only swipes of persons insured outside the pharmacy's prefecture */
  | "outsiders"
  /** pharmacy code : drugs and quantities of all lines; only baskets of two lines and more */
  | "basket"
  /** pharmacy code : employer; nothing where the swipe names none */
  | "employer"
  /** pharmacy code : prescriber, once for each prescriber of the swipe */
  | "prescriber"
  /** pharmacy code : approver of the override; nothing without an override */
  | "approver"
  /** the person's number */
  | "person"
  /** pharmacy code : the person's number */
  | "personHere"
  /** the till's device; nothing where the swipe names none */
  | "device"
  /** the card's serial number; nothing without one */
  | "card"
  /** the ID number, where the credential is an ID card */
  | "idNumber"
  /** each trace code of the swipe */
  | "traceCode";

/** Counts the swipe judged too: the first swipe of an entity counts 1. */
export interface CountedRule {
  readonly kind: "counted";
  readonly id: string;
  readonly entity: PeerEntity;
  /** `count` of swipes, `distinct` persons (pharmacies for a device), `sum` of the swipes' totals in yuan. */
  readonly aggregate: "count" | "distinct" | "sum";
  readonly of: "swipe" | "person" | "pharmacy" | "total";
  readonly windowSeconds: number;
  readonly atLeast: number;
  readonly level: PeerLevel;
}

/** A value of the swipe alone. */
export interface SwipeRule {
  readonly kind: "swipe";
  readonly id: string;
  /** The swipe's total in yuan. */
  readonly field: "total";
  readonly atLeast: number;
  readonly level: PeerLevel;
}

/** On a list of the reference folder (lists/NAME.csv), by the person's number. */
export interface ListedRule {
  readonly kind: "listed";
  readonly id: string;
  readonly list: "settlement-stopped" | "dealers";
  readonly level: PeerLevel;
}

export type PeerLevel = "warn" | "hold" | "deny";
export type PeerRule = CountedRule | SwipeRule | ListedRule;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Counts = Pick<CountedRule, "aggregate" | "of">;
const PERSONS: Counts = { aggregate: "distinct", of: "person" };
const PHARMACIES: Counts = { aggregate: "distinct", of: "pharmacy" };
const SWIPES: Counts = { aggregate: "count", of: "swipe" };
const YUAN: Counts = { aggregate: "sum", of: "total" };

function counted(
  id: string,
  [entity, counts, windowSeconds]: readonly [PeerEntity, Counts, number],
  [level, atLeast]: readonly [PeerLevel, number],
): CountedRule {
  return { kind: "counted", id, entity, ...counts, windowSeconds, atLeast, level };
}

/**
 * Twenty rules that need counters in windows, the swipe and lists alone, so that the peers can be asked
 * for the same: what a team would build first. Over 15 kinds of entity, because each of them is a
 * counter to keep: fewer would flatter whoever keeps them dearly.
 */
export const TWENTY_RULES: readonly PeerRule[] = [
  counted("CF-01", ["terminal", PERSONS, 10 * MINUTE], ["hold", 40]),
  counted("CF-02", ["terminal", SWIPES, MINUTE], ["hold", 20]),
  counted("CF-03", ["pharmacy", SWIPES, DAY], ["warn", 400]),
  counted("CF-15", ["pharmacy", YUAN, DAY], ["warn", 50_000]),
  counted("CF-16", ["operator", PERSONS, 10 * MINUTE], ["warn", 40]),
  counted("CF-05", ["agent", PERSONS, 30 * DAY], ["hold", 7]),
  counted("CF-06", ["outsiders", PERSONS, DAY], ["warn", 40]),
  counted("CF-07", ["basket", PERSONS, 2 * HOUR], ["hold", 7]),
  counted("CF-11", ["employer", PERSONS, DAY], ["hold", 15]),
  counted("RX-02", ["prescriber", PERSONS, HOUR], ["warn", 30]),
  counted("OV-01", ["approver", SWIPES, DAY], ["warn", 20]),
  counted("OQ-07", ["person", SWIPES, DAY], ["warn", 4]),
  counted("CF-04", ["personHere", SWIPES, 30 * DAY], ["warn", 12]),
  counted("PH-02", ["device", PHARMACIES, DAY], ["hold", 2]),
  counted("IM-05", ["card", PERSONS, 400 * DAY], ["hold", 2]),
  counted("IM-09", ["idNumber", PERSONS, 30 * DAY], ["warn", 2]),
  counted("TR-01", ["traceCode", SWIPES, 400 * DAY], ["hold", 2]),
  { kind: "swipe", id: "SW-04", field: "total", atLeast: 5_000, level: "hold" },
  { kind: "listed", id: "IM-03", list: "settlement-stopped", level: "deny" },
  { kind: "listed", id: "RS-08", list: "dealers", level: "hold" },
];
