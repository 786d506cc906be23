import type { Metric, Registry } from "prom-client";
import type { MetricDefinition } from "./notice-definition.ts";

export type Labels = Readonly<Record<string, string>>;

/** Counts under one set of labels. */
type Count = (value: number) => void;
type SeriesOf = (labels: Labels) => Count;

/** What the library's registry asks of a metric. */
interface Exposed {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "histogram";
  readonly labelNames: readonly string[];
  readonly aggregator: "sum";
  get(): Promise<object>;
}

interface Value {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/**
 * A counter whose series are at hand where they are counted: the library makes a text of the labels at each count and
 * looks it up. The caller bounds the sets of labels.
 */
export function createCounter(registry: Registry, metric: MetricDefinition): SeriesOf {
  const series: { readonly labels: Labels; value: number }[] = [];
  register(registry, metric, "counter", () => series);
  return onceEach(metric, (labels) => {
    const one = { labels, value: 0 };
    series.push(one);
    return (value) => {
      one.value += value;
    };
  });
}

/** The same for a histogram. */
export function createHistogram(registry: Registry, metric: MetricDefinition): SeriesOf {
  const series: HistogramSeries[] = [];
  register(registry, metric, "histogram", () => series.flatMap((one) => one.values(metric.name)));
  return onceEach(metric, (labels) => {
    const one = new HistogramSeries(labels, metric.buckets ?? []);
    series.push(one);
    return (value) => one.observe(value);
  });
}

/** Sets of labels that differ only in what the metric does not keep are one series; that of no labels is there at once. */
function onceEach({ labels }: MetricDefinition, begin: SeriesOf): SeriesOf {
  const known = new Map<string, Count>();
  const seriesOf: SeriesOf = (of) => {
    const name = JSON.stringify(labels.map((label) => of[label]));
    const count = known.get(name) ?? begin(of);
    known.set(name, count);
    return count;
  };
  if (labels.length === 0) seriesOf({});
  return seriesOf;
}

class HistogramSeries {
  private readonly labels: Labels;
  private readonly bounds: readonly number[];
  /** Of each bucket alone; what is beyond the last bound is in `count` only. */
  private readonly counts: number[];
  private sum = 0;
  private count = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count += 1;
    const { bounds } = this;
    for (let place = 0; place < bounds.length; place += 1) {
      if (value <= (bounds[place] as number)) {
        this.counts[place] = (this.counts[place] as number) + 1;
        return;
      }
    }
  }

  values(name: string): Value[] {
    const { labels } = this;
    let upTo = 0;
    const buckets = this.bounds.map((le, place) => {
      upTo += this.counts[place] as number;
      return { labels: { le, ...labels }, value: upTo, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels: { le: "+Inf", ...labels }, value: this.count, metricName: `${name}_bucket` },
      { labels, value: this.sum, metricName: `${name}_sum` },
      { labels, value: this.count, metricName: `${name}_count` },
    ];
  }
}

function register(
  registry: Registry,
  { name, help, labels: labelNames }: MetricDefinition,
  type: Exposed["type"],
  values: () => readonly Value[],
): void {
  const shown = { name, help, type, labelNames, aggregator: "sum" as const };
  const exposed: Exposed = { ...shown, get: async () => ({ ...shown, values: values() }) };
  // The library types a metric as one of its classes; its registry asks for no more than this.
  registry.registerMetric(exposed as unknown as Metric);
}
