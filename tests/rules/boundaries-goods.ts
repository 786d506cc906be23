import type { Case, Cases } from "./boundaries-conduct.ts";
import type { Facts } from "./fixtures.ts";

/** A watched drug of which there is nothing too much, for a person with no filed disease. */
const CALM: Facts = {
  watched: true,
  watchFactor: 0.5,
  prescriptionDrug: true,
  onePack: false,
  rxLong: false,
  rxCompletes: false,
  daysSupply: 7,
  dayAllowance: 22,
  onHandDays: 0,
  packs: 2,
  doseCovered: true,
  doubleDoseCovered: true,
  daysStated: false,
  packs30d: 2,
  monthCovered: true,
  pharmaciesToday: 1,
  pharmacies30d: 1,
  supply30d: 14,
};
const watched = (level: string, facts: Facts): Case => [level, { ...CALM, ...facts }];

const resale: Cases = {
  "TR-01": [
    ["deny", { traceSoldElsewhere: true, traceHeldElsewhere: false }],
    ["hold", { traceSoldElsewhere: false, traceHeldElsewhere: true }],
    ["-", { traceSoldElsewhere: false, traceHeldElsewhere: false }],
  ],
  "TR-02": [
    ["hold", { traceSoldHere: true, traceTwiceInRequest: false }],
    ["hold", { traceSoldHere: false, traceTwiceInRequest: true }],
    ["-", { traceSoldHere: false, traceTwiceInRequest: false }],
  ],
  "TR-03": [
    ["hold", { codesMissing: true, traceMandatory: true }],
    ["warn", { codesMissing: true, traceMandatory: false }],
    ["-", { codesMissing: false, traceMandatory: true }],
  ],
  "TR-04": [
    ["warn", { traceShapeOther: true }],
    ["-", { traceShapeOther: false }],
  ],
  "TR-05": [
    ["hold", { prefixDiffers: true, prefixLearned: false, learnedDrugDiffers: false }],
    ["warn", { prefixDiffers: false, prefixLearned: true, learnedDrugDiffers: false }],
    ["warn", { prefixDiffers: false, prefixLearned: false, learnedDrugDiffers: true }],
    ["-", { prefixDiffers: false, prefixLearned: false, learnedDrugDiffers: false }],
  ],
  "TR-06": [
    ["hold", { traceOverSplit: true }],
    ["-", { traceOverSplit: false }],
  ],
  "TR-07": [
    ["deny", { expired: true }],
    ["-", { expired: false }],
    ["-", {}],
  ],
  "RS-01": [
    watched("-", {}),
    watched("-", { daysSupply: 11 }),
    watched("warn", { daysSupply: 12 }),
    watched("warn", { daysSupply: 28 }),
    watched("warn", { daysSupply: 31 }),
    watched("hold", { daysSupply: 32 }),
    watched("warn", { daysSupply: 45, dayAllowance: 47, watchFactor: 0.7 }),
    watched("hold", { daysSupply: 56, dayAllowance: 47, watchFactor: 0.7 }),
    watched("-", { daysSupply: 56, onePack: true }),
    watched("-", { daysSupply: 84, dayAllowance: 106, rxLong: true }),
    watched("-", { daysSupply: 7, dayAllowance: 8 }),
    watched("warn", { onHandDays: 3.6 }),
    watched("hold", { onHandDays: 15.1 }),
    watched("warn", { onHandDays: 20, watchFactor: 0.7 }),
    watched("hold", { onHandDays: 21.1, watchFactor: 0.7 }),
    watched("warn", { packs: 4, doseCovered: false }),
    watched("hold", { packs: 7, doseCovered: false, doubleDoseCovered: true }),
    watched("warn", { packs: 7, doseCovered: false, doubleDoseCovered: true, daysStated: true }),
    watched("-", { packs30d: 12, supply30d: 30 }),
    watched("warn", { packs30d: 7, supply30d: 49 }),
    watched("warn", { packs30d: 28, supply30d: 84, watchFactor: 0.7 }),
    watched("hold", { packs30d: 17, supply30d: 119, watchFactor: 0.7, monthCovered: false }),
    watched("hold", { packs30d: 13, supply30d: 0, monthCovered: false }),
    watched("hold", { pharmaciesToday: 2 }),
    watched("-", { pharmaciesToday: 2, prescriptionDrug: false }),
    watched("-", { pharmaciesToday: 2, rxCompletes: true }),
    watched("-", { pharmaciesToday: 2, watchFactor: 0.7 }),
    watched("-", { pharmacies30d: 2, supply30d: 70 }),
    watched("hold", { pharmacies30d: 3, supply30d: 61 }),
    watched("-", { pharmacies30d: 3, supply30d: 60 }),
    watched("-", { watched: false, watchFactor: 1, onHandDays: 60, packs30d: 20 }),
  ],
  "RS-02": [
    ["warn", { watchedDrugs: 3, diseaseGiven: false, fundYuan: 300 }],
    ["-", { watchedDrugs: 2, diseaseGiven: false, fundYuan: 900 }],
    ["-", { watchedDrugs: 3, diseaseGiven: true, fundYuan: 900 }],
    ["-", { watchedDrugs: 3, diseaseGiven: false, fundYuan: 299 }],
  ],
  "RS-03": [
    ["-", { firstBuyer180d: 0 }],
    ["stepUp", { firstBuyer180d: 1 }],
    ["hold", { firstBuyer180d: 2 }],
  ],
  "RS-05": [
    ["warn", { drugPacksToday: 10, drugPacksUsual: 1.9, prescriptionDrug: true }],
    ["-", { drugPacksToday: 10, drugPacksUsual: 2, prescriptionDrug: true }],
    ["-", { drugPacksToday: 9, drugPacksUsual: 0, prescriptionDrug: true }],
    ["hold", { drugPacksToday: 30, drugPacksUsual: 2.9, prescriptionDrug: true }],
    ["warn", { drugPacksToday: 30, drugPacksUsual: 3, prescriptionDrug: true }],
    ["warn", { drugPacksToday: 90, drugPacksUsual: 0, prescriptionDrug: false }],
    ["-", { drugPacksToday: 90, prescriptionDrug: true }],
  ],
  "RS-06": [
    ["-", { watched: true, soonReturned30d: 1 }],
    ["warn", { watched: true, soonReturned30d: 2 }],
    ["hold", { watched: true, soonReturned30d: 3 }],
    ["-", { watched: false, soonReturned30d: 4 }],
    ["hold", { watched: false, soonReturned30d: 5 }],
  ],
  "RS-08": [
    ["hold", { dealerPerson: true }],
    ["hold", { dealerPerson: false, dealerAgent: true }],
    ["-", { dealerPerson: false, dealerAgent: false }],
  ],
};

const prescriptions: Cases = {
  "RX-01": [
    ["deny", { rxOtherPerson: true, rxOverused: false }],
    ["hold", { rxOtherPerson: false, rxOverused: true }],
    ["-", { rxOtherPerson: false, rxOverused: false }],
  ],
  "RX-02": [
    ["-", { prescriberPersons1h: 14, prescriberPersonsToday: 39 }],
    ["warn", { prescriberPersons1h: 15, prescriberPersonsToday: 39 }],
    ["hold", { prescriberPersons1h: 1, prescriberPersonsToday: 40 }],
  ],
  "RX-03": [
    ["hold", { prescriptionDrug: true, hasPrescription: false }],
    ["-", { prescriptionDrug: true, hasPrescription: true }],
    ["-", { prescriptionDrug: false, hasPrescription: false }],
    ["-", { hasPrescription: false }],
  ],
  "RX-04": [
    ["hold", { prescriberSuspended: true, prescriberKnown: true, prescriberActive: true }],
    ["hold", { prescriberSuspended: false, prescriberKnown: false }],
    ["hold", { prescriberSuspended: false, prescriberKnown: true, prescriberActive: false }],
    ["-", { prescriberSuspended: false, prescriberKnown: true, prescriberActive: true }],
    ["-", { prescriberSuspended: false }],
  ],
  "RX-05": [
    ["-", { rxFast: 4 }],
    ["warn", { rxFast: 5 }],
    ["-", {}],
  ],
  "RX-06": [
    ["-", { rxLong: false, rxAgeDays: 3 }],
    ["hold", { rxLong: false, rxAgeDays: 4 }],
    ["-", { rxLong: true, rxAgeDays: 84 }],
    ["hold", { rxLong: true, rxAgeDays: 85 }],
    ["-", { rxLong: false }],
  ],
  "RX-07": [
    ["hold", { dualChannel: true, rxExternal: false }],
    ["-", { dualChannel: true, rxExternal: true }],
    ["-", { dualChannel: false, rxExternal: false }],
    ["-", { dualChannel: true }],
  ],
};

const limitsAndPrices: Cases = {
  "LP-01": [
    ["hold", { isInjection: true, isSelfInjected: false, setting: "none" }],
    ["-", { isInjection: true, isSelfInjected: true, setting: "retail" }],
    ["hold", { isInjection: false, isSelfInjected: false, setting: "inpatient" }],
    ["hold", { isInjection: false, isSelfInjected: false, setting: "emergency" }],
    ["-", { isInjection: false, isSelfInjected: false, setting: "none" }],
  ],
  "LP-02": [
    ["warn", { diseaseFits: false }],
    ["-", { diseaseFits: true }],
    ["-", {}],
  ],
  "LP-03": [
    ["hold", { drugClass: "slice", tcmUse: "2", slices: 1, setting: "none" }],
    ["hold", { drugClass: "slice", slices: 1, setting: "compound" }],
    ["-", { drugClass: "slice", tcmUse: "1", slices: 8, setting: "compound" }],
    ["-", { drugClass: "slice", slices: 1, setting: "none" }],
    ["-", { drugClass: "patent", tcmUse: "2", slices: 0, setting: "none" }],
  ],
  "LP-04": [
    ["deny", { selfPaidOnPool: true }],
    ["-", { selfPaidOnPool: false }],
    ["-", {}],
  ],
  "LP-05": [
    ["hold", { dualChannel: true, filed: false }],
    ["-", { dualChannel: true, filed: true }],
    ["-", { dualChannel: true }],
    ["-", { dualChannel: false, filed: false }],
  ],
  "LP-06": [
    ["hold", { drugClass: "consumable", watched: true }],
    ["-", { drugClass: "consumable", watched: false }],
    ["-", { drugClass: "western", watched: true }],
  ],
  "SW-01": [
    ["-", { articleDrugs30d: 1 }],
    ["warn", { articleDrugs30d: 2 }],
  ],
  "SW-02": [
    ["warn", { priceYuan: 30.01, ownMedianPrice90d: 20 }],
    ["-", { priceYuan: 30, ownMedianPrice90d: 20 }],
    ["-", { priceYuan: 10, ownMedianPrice90d: 20 }],
    ["warn", { priceYuan: 9.99, ownMedianPrice90d: 20 }],
    ["-", { priceYuan: 900 }],
  ],
  "SW-03": [
    ["warn", { priceYuan: 48.01, ceilingYuan: 48 }],
    ["-", { priceYuan: 48, ceilingYuan: 48 }],
  ],
  "SW-04": [
    ["hold", { lineYuan: 762, areaMedianYuan: 20, rxLong: false, doseCovered: false }],
    [
      "hold",
      { lineYuan: 762, areaMedianYuan: 20, rxLong: false, doseCovered: true, priceYuan: 41 },
    ],
    ["-", { lineYuan: 420, areaMedianYuan: 40, rxLong: false, doseCovered: true, priceYuan: 42 }],
    [
      "hold",
      { lineYuan: 420, areaMedianYuan: 40, rxLong: false, doseCovered: false, priceYuan: 42 },
    ],
    ["-", { lineYuan: 199, areaMedianYuan: 20, rxLong: false, doseCovered: false }],
    ["-", { lineYuan: 300, areaMedianYuan: 60, rxLong: false, doseCovered: false }],
    ["-", { lineYuan: 396, areaMedianYuan: 66, rxLong: true, doseCovered: false }],
    ["hold", { lineYuan: 991, areaMedianYuan: 66, rxLong: true, doseCovered: false }],
    ["-", { lineYuan: 9000, rxLong: false, doseCovered: false }],
  ],
};

const pharmacy: Cases = {
  "PH-01": [
    ["deny", { pharmacyDesignated: false }],
    ["-", { pharmacyDesignated: true }],
    ["-", {}],
  ],
  "PH-02": [
    ["-", { devicePharmacies24h: 1 }],
    ["hold", { devicePharmacies24h: 2 }],
    ["-", {}],
  ],
  "PH-03": [
    ["deny", { prescriptionDrug: true, pharmacistGiven: true, pharmacistSuspended: true }],
    ["-", { prescriptionDrug: false, pharmacistGiven: true, pharmacistSuspended: true }],
    ["warn", { prescriptionDrug: true, pharmacistGiven: false, operatorSuspended: false }],
    ["-", { prescriptionDrug: true, operatorSuspended: false }],
    ["-", { prescriptionDrug: false, pharmacistGiven: false, operatorSuspended: false }],
    ["hold", { prescriptionDrug: false, pharmacistGiven: false, operatorSuspended: true }],
  ],
  "DQ-02": [
    ["warn", { repeatedLine: true }],
    ["-", { repeatedLine: false }],
  ],
  "DQ-03": [
    ["-", { clockSkewSeconds: 300 }],
    ["warn", { clockSkewSeconds: 301 }],
  ],
  "OV-01": [
    ["-", { approverOverridesToday: 9 }],
    ["warn", { approverOverridesToday: 10 }],
    ["warn", { approverOverridesToday: 29 }],
    ["hold", { approverOverridesToday: 30 }],
    ["-", {}],
  ],
};

export const GOODS = {
  "trace codes and resale": resale,
  prescriptions,
  "payment limits and prices": limitsAndPrices,
  "the pharmacy, the message, the approver": pharmacy,
};
