import { prefecture } from "../swipe/area.ts";
import { shanghaiMonth } from "../swipe/calendar.ts";
import { SECOND, shanghaiDay } from "../units.ts";
import type { FeatureDefinition, Seen, ValueType } from "./definition.ts";
import { ABSENT, NOTHING } from "./definition.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import type { FeatureKind } from "./vector.ts";

export const FEN_A_YUAN = 100;

export function swipeFact(
  type: ValueType,
  kind: FeatureKind,
  read: (context: ReadContext) => Seen,
): FeatureDefinition {
  return { type, scope: "swipe", kind, bound: "exact", needs: NOTHING, read };
}

export const stage = () => swipeFact("string", "swipe", ({ swipe }) => swipe.stage);
export const channel = () => swipeFact("string", "swipe", ({ swipe }) => swipe.channel);
export const medicalType = () => swipeFact("string", "swipe", ({ swipe }) => swipe.medicalType);
export const credentialType = () =>
  swipeFact("string", "swipe", ({ swipe }) => swipe.credential.type);
/** 1 is insured and active; anything else is paused or ended (domain 1.3). */
export const personStatus = () => swipeFact("string", "swipe", ({ swipe }) => swipe.person.status);
export const personAge = () => swipeFact("number", "swipe", ({ swipe }) => swipe.person.age);
export const insurance = () => swipeFact("string", "swipe", ({ swipe }) => swipe.person.insurance);
/** A proxy registered with the pharmacy; false where nobody buys for the person. */
export const agentRegistered = () =>
  swipeFact("boolean", "swipe", ({ swipe }) => swipe.agent?.registered === true);
export const diseaseGiven = () =>
  swipeFact("boolean", "swipe", ({ swipe }) => swipe.disease !== undefined);
export const totalYuan = () =>
  swipeFact("number", "swipe", ({ swipe }) => swipe.total / FEN_A_YUAN);
/** Fund money: pooled, personal account and family account; absent where the till did not say. */
export const fundYuan = () =>
  swipeFact("number", "swipe", ({ swipe: { funds } }) =>
    funds === undefined
      ? ABSENT
      : ((funds.pooled ?? 0) + (funds.account ?? 0) + (funds.familyAccount ?? 0)) / FEN_A_YUAN,
  );

/** Yuan out of one purse; absent where the till did not say who pays, nothing where it names only other purses. */
function paidFrom(purse: "pooled" | "familyAccount"): () => FeatureDefinition {
  return () =>
    swipeFact("number", "swipe", ({ swipe: { funds } }) =>
      funds === undefined ? ABSENT : (funds[purse] ?? 0) / FEN_A_YUAN,
    );
}

export const pooledYuan = paidFrom("pooled");
/** A relative's account: somebody else pays by right (家庭共济), which is no impersonation. */
export const familyYuan = paidFrom("familyAccount");

export const linesCount = () => swipeFact("number", "swipe", ({ swipe }) => swipe.lines.length);
export const overrideGiven = () =>
  swipeFact("boolean", "swipe", ({ swipe }) => swipe.override !== undefined);

/** Insured in another prefecture than the pharmacy's. */
export const isOutOfArea = () =>
  swipeFact(
    "boolean",
    "swipe",
    ({ swipe }) => prefecture(swipe.person.insuredArea) !== prefecture(swipe.pharmacy.area),
  );

/** Insured neither in the pharmacy's prefecture nor in one that areas.csv calls its neighbour (rule CF-06). */
export const insuredOutsideNeighbourhood = () =>
  swipeFact(
    "boolean",
    "reference",
    ({ swipe, reference }) => !reference.isNear(swipe.person.insuredArea, swipe.pharmacy.area),
  );

/** Seconds between the till's clock and the guard's, whichever is ahead (rule DQ-03). */
export const clockSkewSeconds = () =>
  swipeFact("number", "swipe", ({ swipe }) => Math.abs(swipe.at - swipe.occurredAt) / SECOND);

/** 1 to 12, in Shanghai. */
export const month = () => swipeFact("number", "swipe", ({ at }) => (shanghaiMonth(at) % 12) + 1);

/** Seconds since the electronic credential was issued; absent where the till does not give the time. */
export const tokenAgeSeconds = () =>
  swipeFact("number", "swipe", ({ swipe: { credential, at } }) =>
    credential.type !== "01" || credential.issuedAt === undefined
      ? ABSENT
      : (at - credential.issuedAt) / SECOND,
  );

/** True from 00:00 in Shanghai of the given day. */
export function dateReached(parameters: Parameters): FeatureDefinition {
  parameters.source();
  const from = parameters.day("date");
  return swipeFact("boolean", "swipe", ({ at }) => shanghaiDay(at) >= from);
}
