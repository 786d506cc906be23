import { kindNames } from "../../src/features/catalogue.ts";

const source = "the test";
const allowance = {
  ...{ ordinary: 7, chronic: 30, long: 84, chronicTypes: ["9929"] },
  ...{ slackShare: 0.1, slackPacks: 1, source },
};
const travel = {
  ...{ window: "24h", minKm: 30, speed: 120, farKm: 200, farSpeed: 350 },
  ...{ prefectureGap: "60m", provinceGap: "120m", source },
};
const days = { history: 28, minDays: 14 };
const log = { entity: "terminal", window: "10m", exact: 64 };

/** What a kind needs besides its name. */
export const PARAMETERS: Readonly<Record<string, object>> = {
  "distinct: person": log,
  "distinct: operator": log,
  "distinct: prefecture": { ...log, entity: "outsiders" },
  "gaps: person": { ...log, below: "15s" },
  "count: attempts": log,
  "sum: amount": log,
  recent: { recent: 10, entity: "issued", below: "60s", window: "24h", exact: 32 },
  "count: settled": { entity: "pharmacy", per: "day" },
  "count: reversals": { entity: "pharmacy", per: "day" },
  "count: days": { entity: "pharmacy", history: 28 },
  "median: settled": { entity: "pharmacy", per: "day", ...days },
  "share: outsiders": { entity: "pharmacy", per: "day" },
  "sum: packs": { entity: "pharmacyDrug", per: "day" },
  "mean: packs": { entity: "pharmacyDrug", ...days },
  listed: { listed: { list: "deceased", of: "person" } },
  "fact: notHere": { why: "nobody says it.", type: "boolean" },
  "fact: dateReached": { date: "2026-01-01", source },
  "fact: period": { name: "spring-festival" },
  "fact: dayAllowance": allowance,
  "fact: doseCovered": allowance,
  "fact: watchFactor": { factor: 0.5, chronic: 0.7, source },
  "fact: limitBreaches": { window: "30d" },
  "fact: packsDispensed": { window: "30d" },
  "fact: packsCovered": { window: "30d", ...allowance },
  "fact: pharmaciesOfMolecule": { per: "day" },
  "fact: supplyOfMolecule": { window: "90d" },
  "fact: soonReturned": { window: "30d" },
  "fact: purchasesHere": { per: "day" },
  "fact: groupsHere": { window: "30d" },
  "fact: sameAmountHere": { window: "60s" },
  "fact: credentialHop": { window: "60m" },
  "fact: nearbyHop": { window: "5m", minKm: 2, source },
  "fact: impossibleTravel": travel,
  "fact: travelCredentialsPhysical": travel,
  "fact: tokenReplayed": { window: "24h" },
  "fact: cardPersons": { window: "400d" },
  "fact: personCards": { window: "7d" },
  "fact: devicePharmacies": { window: "24h" },
  "fact: articleDrugs": { window: "30d" },
  "fact: idPersons": { window: "30d" },
  "fact: ownMedianPrice": { window: "90d", min: 5 },
  "fact: learnedDrugDiffers": { sales: 50, share: 0.95 },
  "fact: cohortSize": { window: "30d" },
  "fact: firstBuyerFindings": { window: "180d" },
};

/** A declaration of this kind, with what it needs. */
export function declarationOf(kind: string): object {
  const [key = "", name] = kind.split(": ");
  return { ...(name !== undefined && { [key]: name }), ...PARAMETERS[kind] };
}

/** All kinds of feature but the one that nobody reads. */
export const KINDS = kindNames().filter((kind) => kind !== "fact: notHere");
