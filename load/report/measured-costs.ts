import type { Results } from "../measure/results.ts";
import type { LeftBehind } from "../profile/left-behind.ts";
import type { MeasuredCosts } from "./capacity.ts";
import type { Curve } from "./curve.ts";
import { figure, size } from "./numbers.ts";

/** The files of load/results that capacity is reckoned from. */
export interface CostFiles {
  readonly latest: Results | undefined;
  readonly leftBehind: LeftBehind | undefined;
  readonly curves: readonly Curve[] | undefined;
}

/** What capacity on paper is reckoned from, and where each of it was measured. */
export interface Costs {
  readonly costs: MeasuredCosts;
  readonly sources: readonly (readonly [what: string, value: string, from: string])[];
}

/** Undefined where one of the files it needs is not there; a Cluster is reckoned with where one was measured. */
export function costsOf({ latest, leftBehind, curves }: CostFiles): Costs | undefined {
  // The guard's own row under the closed loop is the first of the table.
  const run = latest?.rows[0];
  if (run === undefined || leftBehind === undefined) return undefined;
  const cluster = curves?.find(({ name }) => name === "shards")?.points.at(-1);
  const tail = latest?.rows.find(
    ({ subject, load }) => subject === run.subject && load !== run.load,
  );
  const costs: MeasuredCosts = {
    onCluster: cluster && { guardUs: cluster.cpuUs, redisUs: cluster.redisCpuUs },
    tail: tail && { load: tail.load, p99: tail.p99 },
    guardUs: run.cpuUs,
    redisUs: run.redisCpuUs,
    redisBytes: run.bytesIn + run.bytesOut,
    recordBytes: run.journalBytes,
    ...leftBehind,
  };
  const row = `the row ${run.subject}, ${run.load}, of the table above`;
  return { costs, sources: [...runSources(costs, row, cluster?.x), ...leftSources(leftBehind)] };
}

function runSources(costs: MeasuredCosts, row: string, shards: number | undefined) {
  const { guardUs, redisUs, onCluster, redisBytes, recordBytes } = costs;
  const pair = (guard: number, redis: number) => `${guard.toFixed(0)} and ${redis.toFixed(0)} µs`;
  return [
    ["CPU of a guard and of Redis, a swipe", pair(guardUs, redisUs), row],
    ...(onCluster === undefined
      ? []
      : [
          [
            "the same on a Cluster, where there is more than one shard",
            pair(onCluster.guardUs, onCluster.redisUs),
            `${shards} shards, the last point of the curve of shards; a call an entity, however many shards there are`,
          ] as const,
        ]),
    ["bytes to Redis and back, a swipe", size(redisBytes), row],
    ["a record", size(recordBytes), `${row}: growth of the journal`],
  ] as const;
}

function leftSources({ swipes, persons, measuredOn, ...left }: LeftBehind) {
  const day = measuredOn === undefined ? "" : ` on ${measuredOn}`;
  const file = `\`left-behind.json\`${day}`;
  const run = `${file}: what ${figure(swipes)} swipes of ${figure(persons)} persons left in Redis, with the tables' own bytes`;
  const bytes = (value: number) => `${figure(value)} B`;
  return [
    [
      "a trace code",
      bytes(left.codeBytes),
      `${file}: 500 buckets filled by hand to their declared 64 codes`,
    ],
    [
      "a ledger without swipes, a swipe in it",
      `${bytes(left.ledgerBytes)}, ${bytes(left.ledgerSwipeBytes)}`,
      run,
    ],
    [
      "a locator, a sealed answer",
      `${bytes(left.locatorBytes)}, ${bytes(left.answerBytes)}`,
      "the same",
    ],
    [
      "prescriptions, tokens, attempts, a swipe",
      `${figure(left.swipeByteDays)} B × days`,
      "the same: bytes of a key times the days it is kept",
    ],
    ["cards, ID numbers, flags, a person", bytes(left.personBytes), "the same"],
    ["an article and its prices", bytes(left.articleBytes), "the same"],
    [
      "what gzip leaves of a record",
      `${figure(100 * left.gzipShare)} %`,
      "the journal of that run, ten records at a time",
    ],
  ] as const;
}
