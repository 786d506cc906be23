import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Redis } from "ioredis";
import { CLAIM_WIDTH } from "../../src/counters/entry-layouts.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { decodeLedger, LEDGER_HEAD } from "../../src/counters/ledger-layout.ts";
import { BINDING_LETTERS } from "../../src/features/bindings.ts";
import { DAY } from "../../src/units.ts";

/** What swipes leave in Redis and in the journal; bytes with their key, its time and its place in the tables. */
export interface LeftSizes {
  /** One trace code in a bucket at the declared fill. */
  readonly codeBytes: number;
  /** A person's ledger without its swipes, and one swipe in it. */
  readonly ledgerBytes: number;
  readonly ledgerSwipeBytes: number;
  readonly locatorBytes: number;
  readonly answerBytes: number;
  /** Prescriptions, tokens, attempts and the like: bytes a swipe, times the days each is kept. */
  readonly swipeByteDays: number;
  /** Cards, ID numbers and flags, a person. */
  readonly personBytes: number;
  /** What an article's names and prices at one pharmacy take. */
  readonly articleBytes: number;
  /** What gzip leaves of the journal on its way to Kafka, 0 to 1. */
  readonly gzipShare: number;
}

export interface LeftBehind extends LeftSizes {
  /** yyyy-mm-dd. */
  readonly measuredOn?: string;
  readonly swipes: number;
  readonly persons: number;
  readonly kinds: Readonly<Record<string, KindLeft>>;
}

export interface KindLeft {
  readonly keys: number;
  readonly bytesAKey: number;
  readonly daysKept: number;
}

/** Keys looked at of each kind. */
const SAMPLE = 2_000;
/** What MEMORY USAGE leaves out: rounding of the entry, the entry in the table of times, both tables' slots. */
export const TABLES = 64;
/** Codes a bucket is declared to hold (`src/counters/limits.ts`), and enough buckets for a mean. */
const FILL = 64;
const BUCKETS = 500;
/** Records of one partition that go to Kafka together; more would be packed better. */
const BATCH = 10;

const { card, personCard, idNumber, article, price } = BINDING_LETTERS;

/** Names of keys behind the generation (`src/counters/keys.ts`), by what there are as many of. */
const KINDS: readonly (readonly [kind: string, name: RegExp])[] = [
  ["ledger", /^\{p[^}]+\}l$/],
  ["answer", /^\{p[^}]+\}a:/],
  ["locator", /^\{s[^}]+\}$/],
  ["trace codes", /^\{K[^}]+\}$/],
  ["attempts", /^\{p[^}]+\}t$/],
  ["returns", /^\{p[^}]+\}r:/],
  ["split pack", /^\{K[^}]+\}s:/],
  ["token", /^\{k[^}]+\}$/],
  ["prescription", /^\{x[^}]+\}$/],
  ["flags", /^\{f[^}]+\}$/],
  ["card or ID number", new RegExp(`^\\{[${card}${personCard}${idNumber}][^}]+\\}b$`)],
  ["article", new RegExp(`^\\{${article}[^}]+\\}b$`)],
  ["price", new RegExp(`^\\{${price}[^}]+\\}b$`)],
  ["binding", /^\{[^}]+\}b$/],
  ["log", /^\{[^}]+\}w$/],
  ["tally", /^\{[^}]+\}d$/],
];
const OF_A_SWIPE = ["attempts", "returns", "split pack", "token", "prescription"];
const OF_A_PERSON = ["flags", "card or ID number"];
const OF_AN_ARTICLE = ["article", "price"];

/** Which kind of memory a key is. */
export function kindOf(key: string): string {
  const name = key.slice(key.indexOf(":") + 1);
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? "other";
}

/** Of a Redis that was empty before the run, and is empty of strangers' keys. */
export async function leftBehind(redisUrl: string, dataDir: string): Promise<LeftBehind> {
  const redis = new Redis(redisUrl);
  try {
    const keys = await keysByKind(redis);
    const kinds: Record<string, KindLeft> = {};
    for (const [kind, names] of keys) kinds[kind] = await sample(redis, names);
    const ledger = await ledgerShape(redis, keys.get("ledger") ?? [], kinds["ledger"]);
    const persons = kinds["ledger"]?.keys ?? 0;
    // Each swipe has one locator, inquiries too.
    const swipes = Math.max(1, kinds["locator"]?.keys ?? 0);
    const of = (names: readonly string[]) => names.flatMap((name) => kinds[name] ?? []);
    return {
      ...{ measuredOn: new Date().toISOString().slice(0, 10), swipes, persons, kinds },
      codeBytes: await bytesOfACode(redis),
      ...ledger,
      locatorBytes: kinds["locator"]?.bytesAKey ?? 0,
      answerBytes: kinds["answer"]?.bytesAKey ?? 0,
      swipeByteDays: total(of(OF_A_SWIPE), ({ daysKept }) => daysKept) / swipes,
      personBytes: total(of(OF_A_PERSON)) / Math.max(1, persons),
      articleBytes: of(OF_AN_ARTICLE).reduce((sum, { bytesAKey }) => sum + bytesAKey, 0),
      gzipShare: gzipShareOf(join(dataDir, "journal")),
    };
  } finally {
    redis.disconnect();
  }
}

function total(kinds: readonly KindLeft[], times: (kind: KindLeft) => number = () => 1): number {
  return kinds.reduce((sum, kind) => sum + kind.keys * kind.bytesAKey * times(kind), 0);
}

async function keysByKind(redis: Redis): Promise<ReadonlyMap<string, string[]>> {
  const kinds = new Map<string, string[]>();
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, "COUNT", 1_000);
    for (const key of found) {
      const kind = kindOf(key);
      const names = kinds.get(kind);
      if (names === undefined) kinds.set(kind, [key]);
      else names.push(key);
    }
    cursor = next;
  } while (cursor !== "0");
  return kinds;
}

/** Evenly over all of them: SCAN's order says nothing about age. */
function some(names: readonly string[]): readonly string[] {
  const every = Math.max(1, Math.ceil(names.length / SAMPLE));
  return names.filter((_, index) => index % every === 0);
}

async function sample(redis: Redis, names: readonly string[]): Promise<KindLeft> {
  const looked = some(names);
  let bytes = 0;
  let kept = 0;
  for (const key of looked) {
    const [used, left] = await Promise.all([
      redis.memory("USAGE", key, "SAMPLES", 0),
      redis.pttl(key),
    ]);
    bytes += (used ?? 0) + TABLES;
    kept = Math.max(kept, left);
  }
  return { keys: names.length, bytesAKey: bytes / looked.length, daysKept: Math.ceil(kept / DAY) };
}

async function ledgerShape(redis: Redis, names: readonly string[], left: KindLeft | undefined) {
  let bytes = 0;
  let entries = 0;
  const looked = some(names);
  for (const key of looked) {
    const value = await redis.getBuffer(key);
    bytes += Math.max(0, (value?.length ?? 0) - LEDGER_HEAD);
    entries += decodeLedger(value).length;
  }
  const perLedger = bytes / Math.max(1, looked.length);
  return {
    ledgerBytes: Math.max(0, (left?.bytesAKey ?? 0) - perLedger),
    ledgerSwipeBytes: bytes / Math.max(1, entries),
  };
}

/** A short run fills no bucket: some are filled by hand, as many bytes a code as the guard writes. */
async function bytesOfACode(redis: Redis): Promise<number> {
  const names = createKeyNames("m0");
  let bytes = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const key = names.traceBucket(String.fromCharCode(bucket >> 8, bucket & 255, 0));
    const fields = Array.from({ length: FILL }, (_, code) => {
      const field = Buffer.alloc(8);
      field.writeDoubleBE(Math.sqrt(2 + bucket * FILL + code));
      return [field, Buffer.alloc(CLAIM_WIDTH, bucket + code)];
    });
    await redis.hset(key, ...fields.flat());
    bytes += ((await redis.memory("USAGE", key, "SAMPLES", 0)) ?? 0) + TABLES;
    await redis.del(key);
  }
  return bytes / (BUCKETS * FILL);
}

function gzipShareOf(journal: string): number {
  const [file] = readdirSync(journal)
    .filter((name) => name.endsWith(".ndjson"))
    .sort();
  if (file === undefined) return 1;
  const lines = readFileSync(join(journal, file), "utf8")
    .split("\n")
    .slice(0, 100 * BATCH);
  let raw = 0;
  let packed = 0;
  for (let first = 0; first < lines.length; first += BATCH) {
    const batch = lines.slice(first, first + BATCH).join("\n");
    raw += Buffer.byteLength(batch);
    packed += gzipSync(batch).length;
  }
  return packed / Math.max(1, raw);
}
