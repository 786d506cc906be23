import { type Capacity, capacityFor, type Kept, type MeasuredCosts } from "./capacity.ts";
import { table } from "./markdown.ts";
import { figure, large, size } from "./numbers.ts";
import type { Place } from "./places.ts";

interface Row {
  readonly what: string;
  readonly how: string;
  value(of: Capacity, place: Place): string;
}

/** The arithmetic, one line a step, and what it comes to for each place. */
export function capacityTable(costs: MeasuredCosts, kept: Kept, places: readonly Place[]): string {
  const results = places.map((place) => ({ place, of: capacityFor(costs, place.given, kept) }));
  const given = places[0]?.given;
  if (given === undefined) throw new Error("There is no place to reckon for.");
  const rows = rowsOf(costs, kept).map(({ what, how, value }) => [
    what,
    how,
    ...results.map(({ of, place }) => value(of, place)),
  ]);
  return table(["", "how", ...places.map(({ name }) => name)], rows);
}

function rowsOf(costs: MeasuredCosts, kept: Kept): readonly Row[] {
  return [
    ...trafficRows(costs),
    ...memoryRows(costs, kept),
    ...redisRows(costs),
    ...kafkaRows(costs),
  ];
}

function onCluster(one: number, cluster: number | undefined): string {
  return cluster === undefined
    ? `${figure(Math.round(one))} µs`
    : `${figure(Math.round(one))} µs, on a Cluster ${figure(Math.round(cluster))}`;
}

function trafficRows(costs: MeasuredCosts): readonly Row[] {
  const { guardUs, recordBytes, onCluster: cluster, tail } = costs;
  const tailText = tail === undefined ? "" : `; p99 at ${tail.load}: ${tail.p99.toFixed(1)} ms`;
  return [
    {
      what: "pharmacies",
      how: "share of 480,000 by persons",
      value: (_, { given }) => figure(given.pharmacies),
    },
    { what: "swipes a day", how: "× 150", value: ({ swipesADay }) => large(swipesADay) },
    {
      what: "**swipes a second at the peak**",
      how: "× 13.4 % ÷ 3,600 × 2",
      value: ({ peakPerSecond }) => figure(Math.round(peakPerSecond)),
    },
    {
      what: "guards' CPU at the peak",
      how: `× ${onCluster(guardUs, cluster?.guardUs)}`,
      value: ({ guardCores }) => `${figure(guardCores)} cores`,
    },
    {
      what: "**guards**",
      how: "÷ 50 % ÷ 3 zones, rounded up, + 1 a zone",
      value: ({ guards, guardsAZone }) => `**${guards}** (3 × ${guardsAZone})`,
    },
    {
      what: "busy at the peak with one zone gone",
      how: "CPU ÷ guards left",
      value: ({ busyWithoutAZone }) => `${figure(Math.round(1_000 * busyWithoutAZone) / 10)} %`,
    },
    {
      what: "swipes a second of a guard then",
      how: `peak ÷ guards left${tailText}`,
      value: ({ perGuardWithoutAZone }) => figure(Math.round(perGuardWithoutAZone)),
    },
    {
      what: "Kafka may be away: a guard's journal of 10 GB",
      how: `÷ (${size(recordBytes)} × swipes a day ÷ guards); 30 days at most`,
      value: ({ journalDays }) => daysText(Math.min(30, journalDays)),
    },
  ];
}

/** Rounded down: nobody may rely on what is not there. */
function daysText(days: number): string {
  return days < 1
    ? `${figure(Math.floor(days * 24))} h`
    : `${figure(Math.floor(days * 10) / 10)} days`;
}

function memoryRows(costs: MeasuredCosts, kept: Kept): readonly Row[] {
  const { codeBytes, ledgerBytes, ledgerSwipeBytes, locatorBytes, answerBytes } = costs;
  const { swipeByteDays, personBytes, articleBytes } = costs;
  return [
    {
      what: "trace codes remembered",
      how: "swipes a day × 2.2 × 400 days",
      value: ({ codes }) => large(codes),
    },
    {
      what: "– their memory",
      how: `× ${figure(codeBytes)} B`,
      value: ({ memory }) => size(memory.codes),
    },
    {
      what: "– bits of a bucket's number",
      how: `log₂(codes ÷ ${kept.codesABucket}); the guard has ${kept.bucketBits}`,
      value: ({ bucketBits }) =>
        bucketBits > kept.bucketBits ? `**${bucketBits}**` : String(bucketBits),
    },
    {
      what: "ledgers",
      how: `persons × ${figure(Math.round(ledgerBytes))} B + swipes of 90 days × ${figure(Math.round(ledgerSwipeBytes))} B`,
      value: ({ memory }) => size(memory.ledgers),
    },
    {
      what: "locators",
      how: `swipes of 90 days × ${figure(Math.round(locatorBytes))} B`,
      value: ({ memory }) => size(memory.locators),
    },
    {
      what: "sealed answers",
      how: `swipes of a day × ${figure(Math.round(answerBytes))} B`,
      value: ({ memory }) => size(memory.answers),
    },
    {
      what: "prescriptions, tokens, attempts",
      how: `swipes a day × ${figure(Math.round(swipeByteDays))} B, days kept included`,
      value: ({ memory }) => size(memory.ofSwipes),
    },
    {
      what: "cards, ID numbers, flags",
      how: `persons × ${figure(Math.round(personBytes))} B`,
      value: ({ memory }) => size(memory.ofPersons),
    },
    {
      what: "articles and their prices",
      how: `pharmacies × 1,000 × ${figure(Math.round(articleBytes))} B`,
      value: ({ memory }) => size(memory.ofArticles),
    },
    {
      what: "logs of tills and pharmacies",
      how: "pharmacies × 15 × 8 KB",
      value: ({ memory }) => size(memory.logs),
    },
    {
      what: "**data in Redis**",
      how: "sum",
      value: ({ memoryBytes }) => `**${size(memoryBytes)}**`,
    },
  ];
}

function redisRows({ redisUs, redisBytes, onCluster: cluster }: MeasuredCosts): readonly Row[] {
  return [
    {
      what: "shards for the data",
      how: "÷ 25 GB",
      value: ({ shardsForMemory }) => figure(shardsForMemory),
    },
    {
      what: "shards for the CPU",
      how: `peak × ${onCluster(redisUs, cluster?.redisUs)} ÷ 50 %`,
      value: ({ shardsForCpu }) => figure(shardsForCpu),
    },
    { what: "**shards**", how: "the larger", value: ({ shards }) => `**${figure(shards)}**` },
    {
      what: "a shard's core at the peak",
      how: "the same where its replica has taken over",
      value: ({ shardBusy }) => `${figure(Math.round(1_000 * shardBusy) / 10)} %`,
    },
    {
      what: "**Redis servers of 40 GB**",
      how: "a primary and a replica each in two zones: with one gone every shard still has one",
      value: ({ redisServers }) => `**${figure(redisServers)}**`,
    },
    {
      what: "between guards and Redis at the peak",
      how: `× ${size(redisBytes)} a swipe`,
      value: ({ redisBytesPerSecond }) => `${size(redisBytesPerSecond)}/s`,
    },
  ];
}

function kafkaRows({ recordBytes, gzipShare }: MeasuredCosts): readonly Row[] {
  return [
    {
      what: "records a day",
      how: `swipes a day × ${size(recordBytes)}`,
      value: ({ recordsADayBytes }) => size(recordsADayBytes),
    },
    {
      what: "into Kafka at the peak",
      how: `peak × ${size(recordBytes)} × ${figure(gzipShare)} (gzip), to each of 3 copies`,
      value: ({ recordBytesPerSecond }) => `${size(recordBytesPerSecond)}/s`,
    },
    {
      what: "**Kafka partitions**",
      how: "guards' CPU at the peak ÷ 50 %, 12 at least",
      value: ({ partitions }) => `**${figure(partitions)}**`,
    },
    {
      what: "**Kafka disk**",
      how: `records a day × ${figure(gzipShare)} (gzip) × 400 days × 3 copies × 1.3; with a zone gone two copies still take records`,
      value: ({ kafkaBytes }) => `**${size(kafkaBytes)}**`,
    },
  ];
}
