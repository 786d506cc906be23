import type { PharmacyEntry } from "../reference/bundle.ts";
import { MINUTE, shanghaiMidnight } from "../units.ts";
import type { FeatureDefinition } from "./definition.ts";
import { ABSENT } from "./definition.ts";
import type { Parameters } from "./parameters.ts";
import { swipeFact } from "./swipe-features.ts";

/** What is not said by a file is this word, so that a rule may name what it does not want. */
const NONE = "none";

/** Designated and active today (rule PH-01); absent where there is no pharmacies.csv to know it from. */
export const pharmacyDesignated = () =>
  swipeFact("boolean", "reference", ({ swipe, reference, day }) => {
    if (!reference.knowsPharmacies) return ABSENT;
    const pharmacy = reference.pharmacy(swipe.pharmacy.code);
    if (pharmacy === undefined) return false;
    const isInEffect = pharmacy.since === undefined || pharmacy.since <= day;
    return (pharmacy.status === "active") === isInEffect;
  });

/** For instance hospital-gate, station, campus; `none` where pharmacies.csv does not say. */
export const pharmacyKind = () =>
  swipeFact(
    "string",
    "reference",
    ({ swipe, reference }) => reference.pharmacy(swipe.pharmacy.code)?.kind ?? NONE,
  );

/** Within the opening hours (Shanghai); absent for a pharmacy of which nothing is known (rule CF-09). */
export const openNow = () =>
  swipeFact("boolean", "reference", ({ swipe, reference, at, day }) => {
    const pharmacy = reference.pharmacy(swipe.pharmacy.code);
    if (pharmacy === undefined) return ABSENT;
    return isOpen(pharmacy, (at - shanghaiMidnight(day)) / MINUTE);
  });

const DAY_MINUTES = 24 * 60;

/** Hours that end before they begin go past midnight; none at all, or equal ones, are the whole day. */
function isOpen({ opens, closes }: PharmacyEntry, minute: number): boolean {
  const from = opens ?? 0;
  const to = closes ?? DAY_MINUTES;
  if (from === to) return true;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** opter_type: 1 clerk, 2 self-service, 3 mobile terminal (rule CF-11). */
export const operatorType = () =>
  swipeFact("string", "swipe", ({ swipe }) => swipe.pharmacy.operatorType);

/** A reviewing pharmacist is named (rule PH-03). NHSA's messages have no field for it, so there only a named one is known. */
export const pharmacistGiven = () =>
  swipeFact("boolean", "swipe", ({ swipe: { pharmacy, via } }) => {
    if (pharmacy.pharmacist !== undefined) return true;
    return via === "nhsa" ? ABSENT : false;
  });

/** A period of calendar.csv is in force today (Shanghai), for instance spring-festival. */
export function period(parameters: Parameters): FeatureDefinition {
  const name = parameters.text("name");
  return swipeFact("boolean", "reference", ({ reference, day }) =>
    reference.periods(day).includes(name),
  );
}
