import { DAY, HOUR } from "../../src/units.ts";
import type { LeftSizes } from "../profile/left-behind.ts";

/** What was measured on one machine; a swipe is a check with its settlement. */
export interface MeasuredCosts extends LeftSizes {
  /** CPU of the guard and of Redis, µs a swipe. */
  readonly guardUs: number;
  readonly redisUs: number;
  /** The same where several shards are needed; undefined where no Cluster was measured. */
  readonly onCluster: { readonly guardUs: number; readonly redisUs: number } | undefined;
  /** Tail of one guard under checks at a constant rate; undefined where it was not measured. */
  readonly tail: { readonly load: string; readonly p99: number } | undefined;
  /** Bytes into and out of Redis, a swipe. */
  readonly redisBytes: number;
  /** Bytes of the record, a swipe, as written to the journal. */
  readonly recordBytes: number;
}

/** What cannot be measured here: each figure with where it is from. */
export interface Assumptions {
  readonly persons: number;
  readonly pharmacies: number;
  /** Swipes a pharmacy on an ordinary day. */
  readonly swipesADay: number;
  /** Trace codes a swipe. */
  readonly codes: number;
  /** Articles a pharmacy sells while they are remembered; its logs, and their bytes at the bound. */
  readonly articles: number;
  readonly logs: number;
  readonly logBytes: number;
  /** Share of a day's swipes in its busiest hour, 0 to 1. */
  readonly busiestHour: number;
  /** The worst day against an ordinary one. */
  readonly worstDay: number;
  /** How busy a core may be at the peak, 0 to 1. */
  readonly busy: number;
  readonly zones: number;
  /** Bytes of data one Redis primary holds. */
  readonly shardBytes: number;
  readonly replicas: number;
  readonly kafkaCopies: number;
  /** Free space on Kafka's disks, against what is on them. */
  readonly diskRoom: number;
  readonly partitionsLeast: number;
}

/** How long each is kept, ms: `src/counters/limits.ts` and the topics' retention. */
export interface Kept {
  readonly codes: number;
  readonly ledger: number;
  readonly answer: number;
  readonly record: number;
  /** Codes a bucket holds without pruning, and the bits of a bucket's number. */
  readonly codesABucket: number;
  readonly bucketBits: number;
  /** Bytes of journal an instance keeps. */
  readonly journalBytes: number;
}

export interface Capacity {
  readonly swipesADay: number;
  readonly peakPerSecond: number;
  /** CPU a swipe as reckoned with: on one Redis or on a Cluster. */
  readonly guardUs: number;
  readonly redisUs: number;
  readonly guardCores: number;
  readonly guards: number;
  readonly guardsAZone: number;
  /** At the peak with one zone gone: how busy a guard is, 0 to 1, and its swipes a second. */
  readonly busyWithoutAZone: number;
  readonly perGuardWithoutAZone: number;
  readonly journalDays: number;
  readonly codes: number;
  readonly bucketBits: number;
  readonly memory: Memory;
  readonly memoryBytes: number;
  readonly shardsForMemory: number;
  readonly shardsForCpu: number;
  readonly shards: number;
  /** A shard's one core at the peak, 0 to 1; a replica that takes over has a core of its own. */
  readonly shardBusy: number;
  readonly redisServers: number;
  readonly redisBytesPerSecond: number;
  readonly recordsADayBytes: number;
  /** Packed records into Kafka at the peak. */
  readonly recordBytesPerSecond: number;
  readonly partitions: number;
  readonly kafkaBytes: number;
}

/** Bytes in Redis by what they are. */
export interface Memory {
  readonly codes: number;
  readonly ledgers: number;
  readonly locators: number;
  readonly answers: number;
  readonly ofSwipes: number;
  readonly ofPersons: number;
  readonly ofArticles: number;
  readonly logs: number;
}

/** Arithmetic only: what so many pharmacies and persons need, at the peak and with one zone gone. */
export function capacityFor(costs: MeasuredCosts, given: Assumptions, kept: Kept): Capacity {
  const swipesADay = given.pharmacies * given.swipesADay;
  const peakPerSecond = ((swipesADay * given.busiestHour) / (HOUR / 1_000)) * given.worstDay;
  const codes = swipesADay * given.codes * (kept.codes / DAY);
  const memory = memoryFor(costs, given, kept, swipesADay);
  const memoryBytes = Object.values(memory).reduce((sum, bytes) => sum + bytes, 0);
  const shardsForMemory = Math.ceil(memoryBytes / given.shardBytes);
  const { guardUs, redisUs } = shardsForMemory > 1 ? (costs.onCluster ?? costs) : costs;
  const shardsForCpu = Math.ceil((peakPerSecond * redisUs) / 1e6 / given.busy);
  const shards = Math.max(shardsForMemory, shardsForCpu);
  const recordsADayBytes = swipesADay * costs.recordBytes;
  const guards = guardsFor(guardUs, given, peakPerSecond);
  return {
    ...{ swipesADay, peakPerSecond, codes, memory, memoryBytes, guardUs, redisUs },
    ...guards,
    journalDays: kept.journalBytes / (recordsADayBytes / guards.guards),
    bucketBits: Math.max(0, Math.ceil(Math.log2(codes / kept.codesABucket))),
    ...{ shardsForMemory, shardsForCpu, shards },
    shardBusy: (peakPerSecond * redisUs) / 1e6 / shards,
    redisServers: shards * (1 + given.replicas),
    redisBytesPerSecond: peakPerSecond * costs.redisBytes,
    recordsADayBytes,
    recordBytesPerSecond: peakPerSecond * costs.recordBytes * costs.gzipShare,
    partitions: partitionsFor(guardUs, given, peakPerSecond),
    kafkaBytes:
      recordsADayBytes * costs.gzipShare * (kept.record / DAY) * given.kafkaCopies * given.diskRoom,
  };
}

function memoryFor(
  costs: MeasuredCosts,
  given: Assumptions,
  kept: Kept,
  swipesADay: number,
): Memory {
  const remembered = swipesADay * (kept.ledger / DAY);
  return {
    codes: swipesADay * given.codes * (kept.codes / DAY) * costs.codeBytes,
    ledgers: given.persons * costs.ledgerBytes + remembered * costs.ledgerSwipeBytes,
    locators: remembered * costs.locatorBytes,
    answers: swipesADay * (kept.answer / DAY) * costs.answerBytes,
    ofSwipes: swipesADay * costs.swipeByteDays,
    ofPersons: given.persons * costs.personBytes,
    ofArticles: given.pharmacies * given.articles * costs.articleBytes,
    logs: given.pharmacies * given.logs * given.logBytes,
  };
}

/** A guard is one process and fills about one core; one more in each zone may be away for an update. */
function guardsFor(guardUs: number, { busy, zones }: Assumptions, perSecond: number) {
  const guardCores = (perSecond * guardUs) / 1e6;
  const guardsAZone = Math.ceil(guardCores / busy / zones) + 1;
  const left = (zones - 1) * guardsAZone;
  return {
    guardCores,
    guardsAZone,
    guards: zones * guardsAZone,
    busyWithoutAZone: guardCores / left,
    perGuardWithoutAZone: perSecond / left,
  };
}

/** One reader a partition, at no more CPU a swipe than a guard, busy as a guard at the peak. */
function partitionsFor(guardUs: number, given: Assumptions, perSecond: number): number {
  const needed = Math.ceil((perSecond * guardUs) / 1e6 / given.busy);
  return Math.max(given.partitionsLeast, needed);
}
