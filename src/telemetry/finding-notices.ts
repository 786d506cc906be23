import { counter, gauge, type NoticeDefinition } from "./notice-definition.ts";

const FINDINGS = ["traceDuplicate", "settledAgainst", "sharedIdentity", "cohort", "indicator"];
const INDICATOR = /^[A-Z]{2}-[0-9]{2}$/;
const PREFECTURE = { boundBySender: /^[0-9]{4}$/ };
const PHARMACY = { boundBySender: /^[A-Z][0-9]{11}$/ };

/** What was found out behind answers: clues for inspectors, and numbers about pharmacies. */
export const FINDING_NOTICES = {
  "clue.raised": {
    meaning: "Inspectors were told of a finding.",
    labels: { clue: ["traceDuplicate", "settledAgainst", "resettled", "cohort", "sharedIdentity"] },
    metrics: [counter("guard_clues_total", "Clues raised for inspectors.", ["clue"])],
  },
  "finding.failed": {
    meaning:
      "What an answer gave rise to could not be worked out, remembered or recorded; the answer stands.",
    labels: { what: FINDINGS },
    metrics: [
      counter("guard_findings_failed_total", "Findings that could not be worked out.", ["what"]),
    ],
  },
  "finding.dropped": {
    meaning: "Too many findings waited, and one was left out.",
    labels: { what: FINDINGS },
    metrics: [counter("guard_findings_dropped_total", "Findings left out.", ["what"])],
  },
  "indicator.raised": {
    meaning: "A pharmacy's indicator left its bounds.",
    labels: { indicator: INDICATOR },
    metrics: [
      counter("guard_indicators_total", "Indicators raised, by what they measure.", ["indicator"]),
    ],
  },
  "indicator.cleared": {
    meaning: "A Shanghai day has closed; the gauges of the day before begin anew.",
    labels: {},
    metrics: [],
    clears: ["guard_indicator_prefecture_ratio", "guard_indicator_worst_ratio"],
  },
  "indicator.prefecture": {
    meaning:
      "An indicator's mean over a prefecture's pharmacies. Value: as the indicator measures.",
    labels: { indicator: INDICATOR, prefecture: PREFECTURE },
    metrics: [
      gauge("guard_indicator_prefecture_ratio", "Mean of an indicator over a prefecture.", [
        "indicator",
        "prefecture",
      ]),
    ],
  },
  "indicator.worst": {
    meaning: "One of the ten pharmacies where an indicator is highest. Value: as it measures.",
    labels: { indicator: INDICATOR, pharmacy: PHARMACY },
    metrics: [
      gauge(
        "guard_indicator_worst_ratio",
        "An indicator at the ten pharmacies where it is highest.",
        ["indicator", "pharmacy"],
      ),
    ],
  },
  "indicator.unkept": {
    meaning: "The sums that indicators rest on could not be written or read; a restart loses them.",
    labels: {},
    metrics: [
      counter("guard_indicator_unkept_total", "Times the indicators' sums could not be kept."),
    ],
  },
  "indicator.unwatched": {
    meaning: "A sale was of a pharmacy beyond those this instance can watch.",
    labels: {},
    metrics: [
      counter("guard_indicator_unwatched_total", "Sales of pharmacies that are not watched."),
    ],
  },
} as const satisfies Readonly<Record<string, NoticeDefinition>>;
