import * as claims from "./claim-features.ts";
import type { FeatureDefinition } from "./definition.ts";
import * as lines from "./line-features.ts";
import { listed } from "./list-features.ts";
import * as logs from "./log-features.ts";
import type { DeclarationFault } from "./parameters.ts";
import { isRecord, Parameters } from "./parameters.ts";
import * as purchases from "./purchase-features.ts";
import * as swipes from "./swipe-features.ts";
import * as travel from "./travel.ts";

type Kind = (parameters: Parameters) => FeatureDefinition;

/**
 * Every kind of feature there is, by how a policy declares it: counts over an entity by their aggregate,
 * lists by `listed`, single facts by `fact`. A new kind is one entry here.
 */
const CATALOGUE: Readonly<Record<string, Kind>> = {
  "distinct: person": logs.distinctPersons,
  "gaps: person": logs.shortGaps,
  "count: attempts": logs.attemptsCount,
  "count: settled": logs.settledCount,
  "sum: amount": logs.amountSum,
  listed,
  "fact: stage": swipes.stage,
  "fact: channel": swipes.channel,
  "fact: medicalType": swipes.medicalType,
  "fact: credentialType": swipes.credentialType,
  "fact: personStatus": swipes.personStatus,
  "fact: personAge": swipes.personAge,
  "fact: insurance": swipes.insurance,
  "fact: agentRegistered": swipes.agentRegistered,
  "fact: diseaseGiven": swipes.diseaseGiven,
  "fact: totalYuan": swipes.totalYuan,
  "fact: fundYuan": swipes.fundYuan,
  "fact: outOfArea": swipes.isOutOfArea,
  "fact: tokenAgeSeconds": swipes.tokenAgeSeconds,
  "fact: dateReached": swipes.dateReached,
  "fact: pharmacyDesignated": swipes.pharmacyDesignated,
  "fact: daysSupply": lines.daysSupplied,
  "fact: daysStated": lines.daysStated,
  "fact: dayAllowance": lines.dayAllowance,
  "fact: packs": lines.packsInSale,
  "fact: doseCovered": lines.doseCovered,
  "fact: codesMissing": lines.codesMissing,
  "fact: traceTwiceInRequest": lines.traceTwiceInRequest,
  "fact: watched": lines.isWatched,
  "fact: drugListed": lines.isListedDrug,
  "fact: prescriptionDrug": lines.isPrescriptionDrug,
  "fact: hasPrescription": lines.hasPrescription,
  "fact: lineYuan": lines.lineYuan,
  "fact: onHandDays": purchases.onHandDays,
  "fact: packsDispensed": purchases.packsDispensed,
  "fact: impossibleTravel": travel.impossibleTravel,
  "fact: travelCredentialsPhysical": travel.travelCredentialsPhysical,
  "fact: tokenReplayed": claims.tokenReplayed,
  "fact: cardPersons": claims.cardPersons,
  "fact: personCards": claims.personCards,
  "fact: rxOtherPerson": claims.prescriptionOfOther,
  "fact: rxOverused": claims.prescriptionOverused,
  "fact: traceSoldElsewhere": claims.traceSoldElsewhere,
  "fact: traceHeldElsewhere": claims.traceHeldElsewhere,
  "fact: traceSoldHere": claims.traceSoldHere,
  "fact: traceOverSplit": claims.traceOverSplit,
  "fact: traceResold": claims.traceResold,
};

const KIND_KEYS = ["distinct", "gaps", "count", "sum", "fact"] as const;

export type Declared =
  | { readonly definition: FeatureDefinition }
  | { readonly faults: readonly DeclarationFault[] };

/** Understands one declared feature, as plain data out of the policy file; says all that is wrong with it. */
export function readDeclaration(declaration: unknown): Declared {
  if (!isRecord(declaration)) return { faults: [{ reason: "a feature is a map" }] };
  const kindKeys = KIND_KEYS.filter((key) => declaration[key] !== undefined);
  const isList = declaration["listed"] !== undefined;
  if (kindKeys.length + (isList ? 1 : 0) !== 1) {
    return {
      faults: [{ reason: `a feature has exactly one of ${KIND_KEYS.join(", ")} and listed` }],
    };
  }
  const [key] = kindKeys;
  const name = key === undefined ? "listed" : `${key}: ${String(declaration[key])}`;
  const kind = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined;
  if (kind === undefined)
    return {
      faults: [{ ...(key && { key }), reason: `there is no feature of the kind "${name}"` }],
    };
  const parameters = new Parameters(declaration);
  if (key === "fact") parameters.accept("fact");
  // Anybody may say where a feature comes from; kinds with thresholds must.
  parameters.accept("source");
  const definition = kind(parameters);
  parameters.finish();
  return parameters.faults.length > 0 ? { faults: parameters.faults } : { definition };
}

/** The kinds a policy may declare, for documentation and tests. */
export function kindNames(): readonly string[] {
  return Object.keys(CATALOGUE);
}
