import { prefecture } from "../swipe/area.ts";
import { SECOND, shanghaiDay } from "../units.ts";
import type { FeatureDefinition, Seen, ValueType } from "./definition.ts";
import { ABSENT, NOTHING } from "./definition.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import type { FeatureKind } from "./vector.ts";

const FEN_A_YUAN = 100;

function swipeFact(
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
export const agentRegistered = () =>
  swipeFact("boolean", "swipe", ({ swipe }) => swipe.agent?.registered);
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
/** Insured in another prefecture than the pharmacy's. */
export const isOutOfArea = () =>
  swipeFact(
    "boolean",
    "swipe",
    ({ swipe }) => prefecture(swipe.person.insuredArea) !== prefecture(swipe.pharmacy.area),
  );

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

/** Designated and active today (rule PH-01); absent where there is no pharmacies.csv to know it from. */
export const pharmacyDesignated = () =>
  swipeFact("boolean", "reference", ({ swipe, reference, day }) => {
    if (!reference.knowsPharmacies) return ABSENT;
    const pharmacy = reference.pharmacy(swipe.pharmacy.code);
    if (pharmacy === undefined) return false;
    const isInEffect = pharmacy.since === undefined || pharmacy.since <= day;
    return (pharmacy.status === "active") === isInEffect;
  });
