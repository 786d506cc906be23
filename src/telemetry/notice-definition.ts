/** What a notice may say and how it is counted: the words in which the table of notices is written. */

/**
 * What a label's value may be. Closed sets first: they bound the number of series by themselves. Where `boundBySender`
 * is said, values come and go (the ten worst pharmacies of a day) and whoever emits them keeps them few.
 */
export type LabelShape = readonly string[] | RegExp | { readonly boundBySender: RegExp };

export type Measure = "counter" | "histogram" | "gauge" | "info";

export interface MetricDefinition {
  /** `guard_<noun>_<unit>`; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly measure: Measure;
  /** Names of the notice's labels this metric keeps. */
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** Counters only: by the notice's value (bytes, records) instead of by one. */
  readonly byValue?: boolean;
}

export interface NoticeDefinition {
  /** When it is emitted, and the unit of `value` where it has one. */
  readonly meaning: string;
  readonly labels: Readonly<Record<string, LabelShape>>;
  /** Empty: only logged. */
  readonly metrics: readonly MetricDefinition[];
  /** Metrics of other kinds that begin anew with it, by name. */
  readonly clears?: readonly string[];
}

export function counter(
  name: string,
  help: string,
  labels: readonly string[] = [],
): MetricDefinition {
  return { name, help, measure: "counter", labels };
}
export function amount(
  name: string,
  help: string,
  labels: readonly string[] = [],
): MetricDefinition {
  return { name, help, measure: "counter", labels, byValue: true };
}
export function gauge(
  name: string,
  help: string,
  labels: readonly string[] = [],
): MetricDefinition {
  return { name, help, measure: "gauge", labels };
}
export function info(name: string, help: string, labels: readonly string[]): MetricDefinition {
  return { name, help, measure: "info", labels };
}
export function histogram(
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
): MetricDefinition {
  return { name, help, measure: "histogram", labels, buckets };
}
export function logged(meaning: string): NoticeDefinition {
  return { meaning, labels: {}, metrics: [] };
}
