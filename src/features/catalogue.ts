import * as bindings from "./binding-features.ts";
import * as claims from "./claim-features.ts";
import type { FeatureDefinition } from "./definition.ts";
import * as drugs from "./drug-features.ts";
import * as duplicates from "./duplicate-features.ts";
import * as flags from "./flag-features.ts";
import * as hops from "./hop-features.ts";
import * as identity from "./identity-features.ts";
import * as limits from "./limit-features.ts";
import * as lines from "./line-features.ts";
import { listed } from "./list-features.ts";
import * as logs from "./log-features.ts";
import * as money from "./money-features.ts";
import { notHere } from "./not-here.ts";
import * as packages from "./package-features.ts";
import type { DeclarationFault } from "./parameters.ts";
import { isRecord, Parameters } from "./parameters.ts";
import * as pharmacies from "./pharmacy-features.ts";
import * as prescriptions from "./prescription-features.ts";
import * as prices from "./price-features.ts";
import * as purchases from "./purchase-features.ts";
import * as sales from "./sale-features.ts";
import * as swipes from "./swipe-features.ts";
import * as tallies from "./tally-features.ts";
import * as travel from "./travel.ts";
import * as visits from "./visit-features.ts";
import * as watch from "./watch-features.ts";

type Kind = (parameters: Parameters) => FeatureDefinition;

/**
 * Every kind of feature there is, by how a policy declares it: counts over an entity by their aggregate,
 * lists by `listed`, the last few by `recent`, single facts by `fact`. A new kind is one entry here.
 */
const CATALOGUE: Readonly<Record<string, Kind>> = {
  "distinct: person": logs.distinctPersons,
  "distinct: operator": logs.distinctMarks("operator"),
  "distinct: prefecture": logs.distinctMarks("prefecture"),
  "gaps: person": logs.shortGaps,
  "count: attempts": logs.attemptsCount,
  "sum: amount": logs.amountSum,
  recent: logs.soonAfterIssue,
  "count: settled": tallies.settledCount,
  "count: reversals": tallies.reversalsCount,
  "count: days": tallies.historyDays,
  "median: settled": tallies.settledMedian,
  "share: outsiders": tallies.outsidersShare,
  "sum: packs": tallies.drugPacks,
  "mean: packs": tallies.drugPacksMean,
  listed,
  "fact: notHere": notHere,
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
  "fact: pooledYuan": swipes.pooledYuan,
  "fact: accountYuan": money.accountYuan,
  "fact: accountShare": money.accountShare,
  "fact: familyYuan": swipes.familyYuan,
  "fact: familyPays": sales.familyPays,
  "fact: month": swipes.month,
  "fact: linesCount": swipes.linesCount,
  "fact: clockSkewSeconds": swipes.clockSkewSeconds,
  "fact: overrideGiven": swipes.overrideGiven,
  "fact: insuredOutsideNeighbourhood": swipes.insuredOutsideNeighbourhood,
  "fact: idChecksumValid": identity.idChecksumValid,
  "fact: idMatches": identity.idMatches,
  "fact: agentGiven": identity.agentGiven,
  "fact: agentNamed": identity.agentNamed,
  "fact: verificationMethod": identity.verificationMethod,
  "fact: verificationPassed": identity.verificationPassed,
  "fact: verificationOtherPerson": identity.verificationOtherPerson,
  "fact: pharmacyDesignated": pharmacies.pharmacyDesignated,
  "fact: pharmacyKind": pharmacies.pharmacyKind,
  "fact: openNow": pharmacies.openNow,
  "fact: operatorType": pharmacies.operatorType,
  "fact: pharmacistGiven": pharmacies.pharmacistGiven,
  "fact: period": pharmacies.period,
  "fact: daysSupply": lines.daysSupplied,
  "fact: daysStated": lines.daysStated,
  "fact: dayAllowance": lines.dayAllowance,
  "fact: packs": lines.packsInSale,
  "fact: onePack": sales.onePack,
  "fact: doseCovered": lines.doseCovered,
  "fact: codesMissing": lines.codesMissing,
  "fact: traceTwiceInRequest": lines.traceTwiceInRequest,
  "fact: watched": watch.isWatched,
  "fact: watchList": watch.watchList,
  "fact: watchedDrugs": watch.watchedDrugs,
  "fact: watchedYuan": watch.watchedYuan,
  "fact: watchFactor": watch.watchFactor,
  "fact: drugListed": drugs.isListedDrug,
  "fact: drugClass": drugs.drugClass,
  "fact: isInjection": drugs.isInjection,
  "fact: isSelfInjected": drugs.isSelfInjected,
  "fact: setting": drugs.setting,
  "fact: dualChannel": drugs.dualChannel,
  "fact: filed": drugs.filed,
  "fact: outsideLimits": limits.outsideLimits,
  "fact: limitBreaches": limits.limitBreaches,
  "fact: diseaseFits": limits.diseaseFits,
  "fact: tcmUse": limits.tcmUse,
  "fact: slices": limits.slices,
  "fact: chargeLevel": limits.chargeLevel,
  "fact: selfPaidOnPool": limits.selfPaidOnPool,
  "fact: prescriptionDrug": lines.isPrescriptionDrug,
  "fact: hasPrescription": lines.hasPrescription,
  "fact: rxExternal": prescriptions.rxExternal,
  "fact: rxSource": prescriptions.rxSource,
  "fact: rxAgeDays": prescriptions.rxAgeDays,
  "fact: rxLong": prescriptions.rxLong,
  "fact: prescriberKnown": prescriptions.prescriberKnown,
  "fact: prescriberActive": prescriptions.prescriberActive,
  "fact: lineYuan": lines.lineYuan,
  "fact: priceYuan": prices.priceYuan,
  "fact: ceilingYuan": prices.ceilingYuan,
  "fact: areaMedianYuan": prices.areaMedianYuan,
  "fact: repeatedLine": packages.repeatedLine,
  "fact: expired": packages.expired,
  "fact: traceShapeOther": packages.traceShapeOther,
  "fact: prefixDiffers": packages.prefixDiffers,
  "fact: prefixLearnedFile": packages.prefixLearnedFile,
  "fact: onHandDays": purchases.onHandDays,
  "fact: packsDispensed": purchases.packsDispensed,
  "fact: packsCovered": purchases.packsCovered,
  "fact: pharmaciesOfMolecule": purchases.pharmaciesOfMolecule,
  "fact: supplyOfMolecule": purchases.supplyOfMolecule,
  "fact: soonReturned": purchases.soonReturned,
  "fact: similarOnHand": duplicates.similarOnHand,
  "fact: similarToday": duplicates.similarToday,
  "fact: purchasesHere": visits.purchasesHere,
  "fact: purchasesToday": visits.purchasesToday,
  "fact: groupsHere": visits.groupsHere,
  "fact: sameAmountHere": visits.sameAmountHere,
  "fact: fundToday": money.fundToday,
  "fact: fundThisMonth": money.fundThisMonth,
  "fact: fundMonthlyMean": money.fundMonthlyMean,
  "fact: credentialHop": hops.credentialHop,
  "fact: nearbyHop": hops.nearbyHop,
  "fact: impossibleTravel": travel.impossibleTravel,
  "fact: travelCredentialsPhysical": travel.travelCredentialsPhysical,
  "fact: tokenReplayed": claims.tokenReplayed,
  "fact: cardPersons": bindings.cardPersons,
  "fact: personCards": bindings.personCards,
  "fact: devicePharmacies": bindings.devicePharmacies,
  "fact: articleDrugs": bindings.articleDrugs,
  "fact: idPersons": bindings.idPersons,
  "fact: ownMedianPrice": bindings.ownMedianPrice,
  "fact: learnedDrugDiffers": bindings.learnedDrugDiffers,
  "fact: cohortSize": flags.cohortSize,
  "fact: firstBuyerFindings": flags.firstBuyerFindings,
  "fact: rxOtherPerson": claims.prescriptionOfOther,
  "fact: rxOverused": claims.prescriptionOverused,
  "fact: rxCovers": claims.prescriptionCovers,
  "fact: rxCompletes": claims.prescriptionCompletes,
  "fact: traceSoldElsewhere": claims.traceSoldElsewhere,
  "fact: traceHeldElsewhere": claims.traceHeldElsewhere,
  "fact: traceSoldHere": claims.traceSoldHere,
  "fact: traceOverSplit": claims.traceOverSplit,
  "fact: traceResold": claims.traceResold,
};

/** Keys whose text names the kind; `recent` and `listed` are kinds by themselves. */
const NAMED_KEYS = ["distinct", "gaps", "count", "sum", "median", "mean", "share", "fact"] as const;
const OWN_KEYS = ["recent", "listed"] as const;

export type Declared =
  | { readonly definition: FeatureDefinition }
  | { readonly faults: readonly DeclarationFault[] };

/** Understands one declared feature, as plain data out of the policy file; says all that is wrong with it. */
export function readDeclaration(declaration: unknown): Declared {
  if (!isRecord(declaration)) return { faults: [{ reason: "a feature is a map" }] };
  // A fact may have a number under the same word, for instance its `share`.
  const named = NAMED_KEYS.filter((key) => typeof declaration[key] === "string");
  const own = OWN_KEYS.filter((key) => declaration[key] !== undefined);
  if (named.length + own.length !== 1) {
    const keys = [...NAMED_KEYS, ...OWN_KEYS].join(", ");
    return { faults: [{ reason: `a feature has exactly one of ${keys}` }] };
  }
  const [key] = named;
  const name = key === undefined ? (own[0] ?? "") : `${key}: ${declaration[key]}`;
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
